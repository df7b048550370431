package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CAPAMeasure is what the effectiveness check compares.
type CAPAMeasure string

// The measures.
const (
	MeasureCount CAPAMeasure = "count" // events in the period
	MeasureRate  CAPAMeasure = "rate"  // events per 1,000 pieces made
)

// CAPACriterion is how the effect will be judged, agreed before the actions are carried out and signed with the plan.
type CAPACriterion struct {
	// Kinds, Codes, Product, Operation and Station say which quality events count; empty takes all.
	Kinds     []QualityKind `json:"kinds"`
	Codes     []string      `json:"codes"`
	Product   string        `json:"product,omitempty"`
	Operation string        `json:"operation,omitempty"`
	Station   string        `json:"station,omitempty"`

	Measure CAPAMeasure `json:"measure"`
	Target  Decimal     `json:"target"` // at most so many events, or events per 1,000 pieces
	Days    int         `json:"days"`   // length of the period
	// MinPieces is how many pieces must be made in the period for the data to say anything; at least 1.
	MinPieces Decimal `json:"min_pieces"`
	// Baseline is what the data said over the same number of days before the CAPA was raised.
	Baseline *CAPAReading `json:"baseline,omitempty"`
}

// CAPAReading is what the data say of a period.
type CAPAReading struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // excluded
	Events int64     `json:"events"`
	Pieces Decimal   `json:"pieces"`
	// Last are the newest events, as a lead for who wants to look.
	Last []QualityEvent `json:"last,omitempty"`
}

// CAPAWeek is one bar of the chart.
type CAPAWeek struct {
	From   time.Time `json:"from"`
	Events int64     `json:"events"`
	Pieces Decimal   `json:"pieces"`
}

// Rate is events per 1,000 pieces; ok is false when nothing was made.
func (r CAPAReading) Rate() (rate Decimal, ok bool) {
	if !r.Pieces.IsPositive() {
		return Zero, false
	}
	return Count(r.Events*1000).DivRound(r.Pieces, 3), true
}

// CAPAOutcome is what the data say about a criterion.
type CAPAOutcome string

// The outcomes.
const (
	OutcomeEffective    CAPAOutcome = "effective"
	OutcomeNotEffective CAPAOutcome = "not_effective"
	// OutcomeNoData says that too little was made to tell. It is never taken for success.
	OutcomeNoData CAPAOutcome = "no_data"
)

// CAPAEffect is the effectiveness check of one iteration.
type CAPAEffect struct {
	Since    time.Time       `json:"since"`
	CheckAt  time.Time       `json:"check_at"`
	Extended []CAPAExtension `json:"extended"`
	// Outcome, Reading and ReadAt are the verdict that the data propose; empty while the period runs.
	Outcome CAPAOutcome  `json:"outcome,omitempty"`
	Reading *CAPAReading `json:"reading,omitempty"`
	ReadAt  *time.Time   `json:"read_at,omitempty"`
}

// CAPAExtension is one time that the period was made longer.
type CAPAExtension struct {
	At      time.Time    `json:"at"`
	Until   time.Time    `json:"until"`
	By      string       `json:"by"`
	Why     string       `json:"why"`
	Reading *CAPAReading `json:"reading,omitempty"`
}

// Effective tells that the data met the criterion.
func (e CAPAEffect) Effective() bool { return e.Outcome == OutcomeEffective }

// period is a criterion's length.
func (k CAPACriterion) period() time.Duration { return time.Duration(k.Days) * 24 * time.Hour }

// Before is the period of the baseline: as long as the check's, up to when the CAPA was raised.
func (k CAPACriterion) Before(raised time.Time) (from, until time.Time) {
	return raised.Add(-k.period()), raised
}

func (k CAPACriterion) validate(f *Faults, at string) {
	f.Check(k.Measure == MeasureCount || k.Measure == MeasureRate, at+".measure", "must be count or rate")
	f.Check(!k.Target.IsNegative(), at+".target", "must not be negative")
	f.Check(k.Measure != MeasureCount || k.Target.IsInteger(), at+".target", "a count is a whole number")
	f.Check(k.Days >= 1 && k.Days <= 730, at+".days", "must be from 1 to 730")
	f.Check(k.MinPieces.GreaterThanOrEqual(One), at+".min_pieces", "must be at least 1: nothing made proves nothing")
	f.Check(len(k.Codes)+len(k.Kinds) > 0, at+".codes", "name a defect code or a kind of event")
	for i, kind := range k.Kinds {
		f.Check(slices.Contains(QualityKinds, kind), fmt.Sprintf("%s.kinds[%d]", at, i), "must be one of %v", QualityKinds)
	}
	f.Check(len(k.Codes) <= 20, at+".codes", "at most 20")
}

// Judge holds a reading against the criterion. Too many events are too many, however little was made; but a good result
// needs enough pieces.
func (k CAPACriterion) Judge(r CAPAReading) CAPAOutcome {
	enough := r.Pieces.IsPositive() && r.Pieces.GreaterThanOrEqual(k.MinPieces)
	if k.Measure == MeasureCount {
		switch {
		case Count(r.Events).GreaterThan(k.Target):
			return OutcomeNotEffective
		case enough:
			return OutcomeEffective
		}
		return OutcomeNoData
	}
	if !enough {
		return OutcomeNoData
	}
	if rate := Count(r.Events * 1000); rate.GreaterThan(k.Target.Mul(r.Pieces)) { // multiplied, so that nothing is rounded
		return OutcomeNotEffective
	}
	return OutcomeEffective
}

// Sentence says the criterion in words.
func (k CAPACriterion) Sentence() string {
	what := fmt.Sprintf("at most %s events", k.Target)
	if k.Target.Equal(One) {
		what = "at most 1 event"
	}
	if k.Measure == MeasureRate {
		what += " per 1,000 pieces"
	}
	for _, part := range [][2]string{{"product", k.Product}, {"operation", k.Operation}, {"station", k.Station}} {
		if part[1] != "" {
			what += fmt.Sprintf(", %s %s", part[0], part[1])
		}
	}
	if len(k.Codes) > 0 {
		what += ", code " + strings.Join(k.Codes, ", ")
	}
	if len(k.Kinds) > 0 {
		kinds := make([]string, len(k.Kinds))
		for i, kind := range k.Kinds {
			kinds[i] = strings.ReplaceAll(string(kind), "_", " ")
		}
		what += ", of kind " + strings.Join(kinds, ", ")
	}
	return fmt.Sprintf("%s, in %d days, over at least %s pieces", what, k.Days, k.MinPieces)
}

// Sentence says a reading in words.
func (r CAPAReading) Sentence() string {
	if rate, ok := r.Rate(); ok {
		return fmt.Sprintf("%d events in %s pieces, %s per 1,000", r.Events, r.Pieces, rate)
	}
	return fmt.Sprintf("%d events, nothing made", r.Events)
}

// PlanSigned begins the work on the actions.
func (c CAPA) PlanSigned(by string, now time.Time) (CAPA, error) {
	if c.State != CAPAPlanSigning {
		return c, c.refuse("waits for no signature of its plan.", "Look at it again.")
	}
	return c.signed(CAPASignPlan, by, now, CAPAImplementing), nil
}

func (c CAPA) signed(s CAPASigning, by string, now time.Time, next CAPAState) CAPA {
	c = c.clone()
	c.Record.Signed[s], c.State = CAPADone{By: by, At: now}, next
	return c
}

// watch begins the effectiveness check. D8 becomes due five days after it.
func (c CAPA) watch(now time.Time) CAPA {
	at := now.Add(c.Record.Plan.Criterion.period())
	c.State = CAPAWatching
	c.Record.Effect = &CAPAEffect{Since: now, CheckAt: at, Extended: []CAPAExtension{}}
	c.Record.Due[D8] = at.Add(5 * 24 * time.Hour)
	return c
}

// Read takes what the data say at the end of the period: a verdict that waits for its signature, or more time.
func (c CAPA) Read(r CAPAReading, now time.Time) (CAPA, error) {
	e := c.Record.Effect
	if c.State != CAPAWatching || e == nil {
		return c, c.refuse("checks no effect now.", "")
	}
	if now.Before(e.CheckAt) {
		return c, c.refuse("is read at "+e.CheckAt.Format(time.RFC3339)+", not before.", "Nothing is decided before the date.")
	}
	outcome := c.Record.Plan.Criterion.Judge(r)
	if outcome == OutcomeNoData {
		return c.extend(ActorSystem, "Too little was made to tell: "+r.Sentence(), &r, now), nil
	}
	c = c.clone()
	e = c.Record.Effect
	e.Outcome, e.Reading, e.ReadAt = outcome, &r, &now
	c.State = CAPAVerdictSigning
	return c, nil
}

// extend makes the period longer by its own length. It keeps its beginning: what was seen stays seen.
func (c CAPA) extend(by, why string, r *CAPAReading, now time.Time) CAPA {
	c = c.clone()
	e := c.Record.Effect
	until := now.Add(c.Record.Plan.Criterion.period())
	e.Extended = append(e.Extended, CAPAExtension{At: now, Until: until, By: by, Why: why, Reading: r})
	e.CheckAt, e.Outcome, e.Reading, e.ReadAt = until, "", nil, nil
	c.State = CAPAWatching
	c.Record.Due[D8] = until.Add(5 * 24 * time.Hour)
	return c
}

// VerdictSigned takes the signed verdict: proven, or back to the causes in a new iteration.
func (c CAPA) VerdictSigned(by string, now time.Time) (CAPA, error) {
	if c.State != CAPAVerdictSigning {
		return c, c.refuse("waits for no signature of a verdict.", "Look at it again.")
	}
	c = c.signed(CAPASignVerdict, by, now, CAPAProven)
	if c.Record.Effect.Effective() {
		return c, nil
	}
	return c.again(now), nil
}

// again begins the next iteration at D4. Team, problem and containment go on; the former record is kept whole.
func (c CAPA) again(now time.Time) CAPA {
	old := c
	reason := "Not effective: " + c.Record.Effect.Reading.Sentence()
	next := CAPARecord{Team: old.Record.Team, Problem: old.Record.Problem, Containment: old.Record.Containment, Prevention: old.Record.Prevention,
		Done: map[Discipline]CAPADone{}, Due: map[Discipline]time.Time{}}
	// The bones stay as a list of what was thought of; that they were confirmed was wrong, or not all of it.
	for _, f := range old.Record.Fishbone {
		if f.State == "confirmed" {
			f.State, f.Why = "possible", ""
		}
		next.Fishbone = append(next.Fishbone, f)
	}
	for _, d := range []Discipline{D1, D2, D3} {
		if done, ok := old.Record.Done[d]; ok {
			next.Done[d] = done
		}
		next.Due[d] = old.Record.Due[d]
	}
	for _, d := range []Discipline{D4, D5, D6, D7} {
		next.Due[d] = now.Add(capaPace(c.Severity, capaDays[d]))
	}
	c.Former = append(slices.Clone(c.Former), CAPAIteration{N: c.Iteration, Record: old.Record, Tasks: old.Tasks, EndedAt: now, Reason: reason})
	c.Record, c.State, c.Iteration = next, CAPAOpen, c.Iteration+1
	c.Tasks = slices.DeleteFunc(slices.Clone(c.Tasks), func(t CAPATask) bool { return t.D >= D4 && t.Ended() })
	for i := range c.Tasks {
		c.Tasks[i].Iteration = c.Iteration
	}
	return c.tidy()
}

// ClosureSigned ends a CAPA.
func (c CAPA) ClosureSigned(by string, now time.Time) (CAPA, error) {
	if c.State != CAPAClosureSigning {
		return c, c.refuse("waits for no signature of its closure.", "Look at it again.")
	}
	c = c.signed(CAPASignClosure, by, now, CAPAClosed)
	c.EndedAt, c.EndReason = &now, "Effective: "+c.Record.Effect.Reading.Sentence()
	return c, nil
}

// SigningRejected takes a no. A plan goes back to D5, a closure to D8; who does not believe a verdict gets more data.
func (c CAPA) SigningRejected(s CAPASigning, by, reason string, now time.Time) CAPA {
	switch {
	case s == CAPASignPlan && c.State == CAPAPlanSigning:
		c = c.clone()
		delete(c.Record.Done, D5)
		c.State = CAPAOpen
	case s == CAPASignVerdict && c.State == CAPAVerdictSigning:
		c = c.extend(by, reason, c.Record.Effect.Reading, now)
	case s == CAPASignClosure && c.State == CAPAClosureSigning:
		c = c.clone()
		delete(c.Record.Done, D8)
		c.State = CAPAProven
	}
	return c
}
