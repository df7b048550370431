package mes

import (
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes/sampling"
)

// InspectionState is where an inspection stands.
type InspectionState string

// The states.
const (
	InspectionDue         InspectionState = "due"
	InspectionRunning     InspectionState = "running" // the sample was drawn
	InspectionAccepted    InspectionState = "accepted"
	InspectionNotAccepted InspectionState = "not_accepted"
	InspectionCancelled   InspectionState = "cancelled"
)

// InspectionStates lists all of them, in the order of an inspection's life.
var InspectionStates = []InspectionState{InspectionDue, InspectionRunning, InspectionAccepted, InspectionNotAccepted, InspectionCancelled}

// Open tells that the inspection is not decided.
func (s InspectionState) Open() bool { return s == InspectionDue || s == InspectionRunning }

// Inspection is one lot's inspection by one revision of a plan.
type Inspection struct {
	ID        string    `json:"id"`
	Site      string    `json:"site"`
	Plan      string    `json:"plan"`
	Revision  string    `json:"revision"`
	Title     string    `json:"title"`
	Point     PlanPoint `json:"point"`
	Lot       string    `json:"lot"`
	Material  string    `json:"material"`
	Supplier  string    `json:"supplier,omitempty"`
	Quantity  Decimal   `json:"quantity"`
	Unit      string    `json:"unit"`
	Operation string    `json:"operation,omitempty"`
	Visit     int       `json:"visit,omitempty"`
	// Original tells that the lot was submitted for the first time: only then the result counts for switching.
	Original bool `json:"original"`
	// Asked tells that the plan asked for it, not a person.
	Asked  bool          `json:"asked"`
	Blocks bool          `json:"blocks"`
	Mode   sampling.Mode `json:"mode"`
	// Sample is the plan that was used; while the inspection is due, the one that would be used now.
	Sample sampling.Plan   `json:"sample"`
	State  InspectionState `json:"state"`
	// Done of Needed entries are there; Nonconforming counts pieces.
	Done          int        `json:"done"`
	Needed        int        `json:"needed"`
	Nonconforming int        `json:"nonconforming"`
	OpenedAt      time.Time  `json:"opened_at"`
	OpenedBy      string     `json:"opened_by"`
	StartedAt     *time.Time `json:"started_at,omitempty"`
	StartedBy     string     `json:"started_by,omitempty"`
	DecidedAt     *time.Time `json:"decided_at,omitempty"`
	DecidedBy     string     `json:"decided_by,omitempty"`
	Comment       string     `json:"comment,omitempty"`
}

// InspectionEntry is what was found on one piece for one characteristic. It is never changed: a correction is a further
// entry, with its reason, and the newest counts.
type InspectionEntry struct {
	N              int64      `json:"n"` // its number within the inspection, from 1
	Piece          int        `json:"piece"`
	Characteristic string     `json:"characteristic"`
	Value          *Decimal   `json:"value,omitempty"`
	Result         StepResult `json:"result"` // pass or fail
	Code           string     `json:"code,omitempty"`
	Gauge          string     `json:"gauge,omitempty"`
	Note           string     `json:"note,omitempty"`
	Reason         string     `json:"reason,omitempty"` // of a correction
	By             string     `json:"by"`
	Station        string     `json:"station,omitempty"`
	At             time.Time  `json:"at"`
}

// NewEntry is what a person enters. Of Value and Good the characteristic's kind takes one.
type NewEntry struct {
	Piece          int
	Characteristic string
	Value          *Decimal
	Good           *bool
	Code           string // for a piece that is not good; left out, it is the characteristic's own
	Gauge          string
	Note           string
	Reason         string
}

// InspectionView is an inspection with its plan and what was entered.
type InspectionView struct {
	Inspection
	Content InspectionPlan    `json:"content"`
	Entries []InspectionEntry `json:"entries"`
}

// Judge holds entries against the plan, all or none, and numbers them after those that are there.
func (v InspectionView) Judge(news []NewEntry) ([]InspectionEntry, error) {
	var f Faults
	f.Check(len(news) > 0, "entries", "at least one is needed")
	var out []InspectionEntry
	now := v.latest()
	for i, e := range news {
		at := fmt.Sprintf("entries[%d].", i)
		c, known := v.Content.At(e.Characteristic)
		if !known {
			f.Add(at+"characteristic", "%q is not inspected by this plan", e.Characteristic)
			continue
		}
		f.Check(e.Piece >= 1 && e.Piece <= v.Sample.Size && c.on(e.Piece), at+"piece", "%s is inspected on pieces 1 to %d", c.limits().title(), c.pieces(v.Sample.Size))
		_, again := now[slot{e.Piece, c.ID}]
		f.Check(!again || !blank(e.Reason), at+"reason", "is missing: piece %d has %s already", e.Piece, c.limits().title())
		j := c.judge(&f, at, e)
		j.N = int64(len(v.Entries) + len(out) + 1)
		now[slot{e.Piece, c.ID}] = j
		out = append(out, j)
	}
	if err := f.Err("Nothing was stored."); err != nil {
		return nil, err
	}
	return out, nil
}

func (c PlanCharacteristic) judge(f *Faults, at string, e NewEntry) InspectionEntry {
	j := InspectionEntry{Piece: e.Piece, Characteristic: c.ID, Value: e.Value, Result: ResultPass, Gauge: e.Gauge, Note: e.Note, Reason: e.Reason}
	f.Check((c.Kind == Variable) == (e.Value != nil), at+"value", "goes with a measured characteristic, and only with it")
	f.Check((c.Kind == Attribute) == (e.Good != nil), at+"good", "goes with an attribute, and only with it")
	f.Check(c.Gauge == "" || !blank(e.Gauge), at+"gauge", "is missing: %s is measured with a gauge of kind %s", c.limits().title(), c.Gauge)
	if e.Value != nil && !c.limits().Within(*e.Value) || e.Good != nil && !*e.Good {
		j.Result, j.Code = ResultFail, e.Code
		if j.Code == "" {
			j.Code = c.Code
		}
	}
	f.Check(j.Result == ResultFail || e.Code == "", at+"code", "goes with a piece that is not good")
	return j
}

// pieces is on how many pieces of a sample the characteristic is looked at.
func (c PlanCharacteristic) pieces(size int) int {
	if c.Samples == 0 {
		return size
	}
	return min(c.Samples, size)
}

type slot struct {
	piece          int
	characteristic string
}

// latest is what counts of each piece and characteristic.
func (v InspectionView) latest() map[slot]InspectionEntry {
	out := map[slot]InspectionEntry{}
	for _, e := range v.Entries {
		out[slot{e.Piece, e.Characteristic}] = e
	}
	return out
}

// Tally fills Done, Needed and Nonconforming from the entries.
func (v InspectionView) Tally() InspectionView {
	v.Needed = v.Content.Needs(v.Sample)
	now := v.latest()
	bad := map[int]bool{}
	for _, e := range now {
		if e.Result == ResultFail {
			bad[e.Piece] = true
		}
	}
	v.Done, v.Nonconforming = len(now), len(bad)
	return v
}

// Needs is how many entries a sample takes.
func (p InspectionPlan) Needs(s sampling.Plan) int {
	n := 0
	for _, c := range p.Characteristics {
		n += c.pieces(s.Size)
	}
	return n
}

// Codes are the defect codes of the pieces that do not conform, the most frequent first.
func (v InspectionView) Codes() []string {
	count := map[string]int{}
	var out []string
	for _, e := range v.Entries {
		if e.Result == ResultFail && e.Code != "" && v.latest()[slot{e.Piece, e.Characteristic}].N == e.N {
			if count[e.Code] == 0 {
				out = append(out, e.Code)
			}
			count[e.Code]++
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return count[b] - count[a] })
	return out
}

// Decide computes the decision: nobody chooses it. An inspection that can't be accepted any more may end before its
// whole sample was looked at. Codes: conflict.
func (v InspectionView) Decide() (InspectionState, error) {
	v = v.Tally()
	switch {
	case v.State != InspectionRunning:
		return v.State, v.notRunning()
	case v.Nonconforming >= v.Sample.Re:
		return InspectionNotAccepted, nil
	case v.Done < v.Needed:
		return v.State, Refuse(CodeConflict, fmt.Sprintf("%s has %d of %d entries.", v.ID, v.Done, v.Needed), "They are kept.", "Inspect the rest of the sample first.")
	}
	return InspectionAccepted, nil
}

// notRunning says why nothing can be entered or decided.
func (v Inspection) notRunning() error {
	do := "Open another one by hand."
	if v.State == InspectionDue {
		do = "Start it and draw the sample first."
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s is %s.", v.ID, v.State.phrase()), nothingStored, do)
}

func (s InspectionState) phrase() string {
	if s == InspectionNotAccepted {
		return "not accepted"
	}
	return string(s)
}

// CanEnter refuses entries of an inspection that does not run. Codes: conflict.
func (v Inspection) CanEnter() error {
	if v.State == InspectionRunning {
		return nil
	}
	return v.notRunning()
}

// CanStart refuses a second start, and a start while inspection is discontinued. Codes: conflict.
func (v Inspection) CanStart(m sampling.Mode) error {
	if v.State != InspectionDue {
		return Refuse(CodeConflict, fmt.Sprintf("%s is %s.", v.ID, v.State.phrase()), "Nothing was changed.", "Look at it again.")
	}
	if m == sampling.Discontinued {
		return Refuse(CodeConflict, fmt.Sprintf("Inspection by %s is discontinued: 5 lots %s were not accepted under tightened inspection.", v.Plan, from(v.Supplier)),
			"The lot stays as it is.", "Resume inspection once the cause is mended.")
	}
	return nil
}

func from(supplier string) string {
	if supplier == "" {
		return "made here"
	}
	return "from " + supplier
}

// CanCancel refuses to give up an inspection that its plan asked for. Codes: conflict.
func (v Inspection) CanCancel() error {
	switch {
	case !v.State.Open():
		return v.notRunning()
	case v.Asked:
		return Refuse(CodeConflict, fmt.Sprintf("%s asks for %s.", v.Plan, v.ID), "Nothing was changed.", "Inspect the lot; only an inspection opened by hand can be cancelled.")
	}
	return nil
}

// Sentence tells the decision in words.
func (v InspectionView) Sentence() string {
	return fmt.Sprintf("%s: %d of %d pieces of %s do not conform, %d may", v.ID, v.Nonconforming, v.Sample.Size, v.Lot, v.Sample.Ac)
}
