package mes

import (
	"fmt"
	"slices"
	"time"
)

// DispositionKind is what becomes of what does not conform.
type DispositionKind string

// The kinds (ISO 9001, 8.7).
const (
	DisposeUse    DispositionKind = "use_as_is"
	DisposeRework DispositionKind = "rework" // so that it conforms
	DisposeRepair DispositionKind = "repair" // so that it can be used, though it does not conform
	DisposeScrap  DispositionKind = "scrap"
	DisposeReturn DispositionKind = "return" // to the supplier
	DisposeSort   DispositionKind = "sort"   // counted into good and bad
)

// DispositionKinds lists all of them.
var DispositionKinds = []DispositionKind{DisposeUse, DisposeRework, DisposeRepair, DisposeScrap, DisposeReturn, DisposeSort}

// Routed tells that the lot goes on by a rework routing.
func (k DispositionKind) Routed() bool { return k == DisposeRework || k == DisposeRepair }

// Takes tells that the pieces leave the lot.
func (k DispositionKind) Takes() bool { return k == DisposeScrap || k == DisposeReturn }

// rank is the order in which the dispositions of one lot are carried out: what leaves the lot goes first.
func (k DispositionKind) rank() int { return slices.Index(carriedOut, k) }

var carriedOut = []DispositionKind{DisposeScrap, DisposeReturn, DisposeSort, DisposeUse, DisposeRepair, DisposeRework}

// Disposition is what is proposed, and decided, for a quantity of one lot.
type Disposition struct {
	Lot      string          `json:"lot"`
	Kind     DispositionKind `json:"kind"`
	Quantity Decimal         `json:"quantity"`
	// Bad is how many of a sort's Quantity were found bad; they are scrapped.
	Bad Decimal `json:"bad"`
	// Routing is a rework routing's ID, and Revision the one that was in force when it was proposed.
	Routing  string `json:"routing,omitempty"`
	Revision string `json:"revision,omitempty"`
	Permit   string `json:"permit,omitempty"` // a deviation permit
	Note     string `json:"note,omitempty"`
}

// Phrase is the disposition in words.
func (d Disposition) Phrase() string {
	text := map[DispositionKind]string{DisposeUse: "use as is", DisposeRework: "rework", DisposeRepair: "repair", DisposeScrap: "scrap",
		DisposeReturn: "return to supplier", DisposeSort: "sort"}[d.Kind]
	switch {
	case d.Kind == DisposeSort:
		return fmt.Sprintf("%s: %s good, %s bad", text, d.Quantity.Sub(d.Bad), d.Bad)
	case d.Routing != "":
		return fmt.Sprintf("%s %s by %s rev %s", text, d.Quantity, d.Routing, d.Revision)
	}
	return text + " " + d.Quantity.String()
}

// NewProposal is what the board is asked to decide.
type NewProposal struct {
	Dispositions []Disposition `json:"dispositions"`
	Reason       string        `json:"reason"`
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states.
const (
	ProposalOpen      ProposalState = "open"
	ProposalDone      ProposalState = "carried_out"
	ProposalRejected  ProposalState = "rejected"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// Proposal is a question to the board, with its answer.
type Proposal struct {
	N            int           `json:"n"`
	State        ProposalState `json:"state"`
	Reason       string        `json:"reason"`
	Request      string        `json:"request,omitempty"` // for signatures
	ProposedBy   string        `json:"proposed_by"`
	ProposedAt   time.Time     `json:"proposed_at"`
	EndedBy      string        `json:"ended_by,omitempty"`
	EndedAt      *time.Time    `json:"ended_at,omitempty"`
	EndReason    string        `json:"end_reason,omitempty"`
	Dispositions []Disposition `json:"dispositions"`
}

// Fits judges a proposal against the affected lots: no piece is decided twice, and what would part a lot needs the lot to be
// split first. It answers the dispositions in the order in which they are carried out.
func (p NewProposal) Fits(lots []NCLot) ([]Disposition, error) {
	var f Faults
	f.Check(!blank(p.Reason), "reason", "is missing")
	f.Check(len(p.Dispositions) > 0, "dispositions", "at least one is needed")
	asked, stays := map[string]Decimal{}, map[string]DispositionKind{}
	for i, d := range p.Dispositions {
		at := fmt.Sprintf("dispositions[%d]", i)
		d.validate(&f, at)
		n := slices.IndexFunc(lots, func(l NCLot) bool { return l.Lot == d.Lot })
		if n < 0 {
			f.Add(at+".lot", "%s is not among the affected lots", d.Lot)
			continue
		}
		d.suits(&f, at, lots[n])
		if !d.Kind.Takes() {
			other, twice := stays[d.Lot]
			f.Check(!twice, at+".kind", "%s can't be parted between %s and %s; split the lot first", d.Lot, other, d.Kind)
			stays[d.Lot] = d.Kind
		}
		sum := d.Quantity
		if was, ok := asked[d.Lot]; ok {
			sum = sum.Add(was)
		}
		asked[d.Lot] = sum
		f.Check(sum.LessThanOrEqual(lots[n].Undecided), at+".quantity", "%s has %s without a disposition", d.Lot, lots[n].Undecided)
	}
	if err := f.Err("The board was not asked."); err != nil {
		return nil, err
	}
	return InOrder(p.Dispositions), nil
}

// InOrder sorts dispositions into the order in which they are carried out: lot by lot, what leaves the lot first.
func InOrder(of []Disposition) []Disposition {
	out := slices.Clone(of)
	slices.SortStableFunc(out, func(a, b Disposition) int {
		if a.Lot != b.Lot {
			return slices.Compare([]byte(a.Lot), []byte(b.Lot))
		}
		return a.Kind.rank() - b.Kind.rank()
	})
	return out
}

func (d Disposition) validate(f *Faults, at string) {
	f.Check(slices.Contains(DispositionKinds, d.Kind), at+".kind", "must be one of %v", DispositionKinds)
	f.Check(d.Quantity.IsPositive(), at+".quantity", "must be above 0")
	f.Check(d.Kind == DisposeSort || d.Bad.IsZero(), at+".bad", "goes with a sort, and only with it")
	f.Check(!d.Bad.IsNegative() && d.Bad.LessThanOrEqual(d.Quantity), at+".bad", "must be from 0 to %s", d.Quantity)
	f.Check(d.Kind.Routed() == (d.Routing != ""), at+".routing", "goes with rework and repair, and is needed there")
	f.Check(d.Permit == "" || d.Kind == DisposeUse || d.Kind == DisposeRepair, at+".permit", "goes with use as is and repair")
}

// suits tells what a lot's state rules out.
func (d Disposition) suits(f *Faults, at string, l NCLot) {
	made := l.Origin == "produced"
	f.Check(made || !d.Kind.Routed(), at+".kind", "%s was received, it is not made here", l.Lot)
	f.Check(!made || d.Kind != DisposeReturn, at+".kind", "%s is made here, no supplier takes it back", l.Lot)
	f.Check(l.State != LotShipped || d.Kind == DisposeUse || d.Kind == DisposeScrap, at+".kind",
		"%s is shipped: it can be accepted where it is, or scrapped there", l.Lot)
	f.Check(l.State != LotConsumed || d.Kind == DisposeUse, at+".kind", "%s is built in: it can only be used as is; decide on what it was built into", l.Lot)
	if d.Kind.Routed() && l.State.Ended() && l.State != LotPacked {
		f.Add(at+".kind", "%s %s", l.Lot, l.State.Phrase())
	}
}

// Balance is what of a lot is decided and what is not.
type Balance struct {
	Lot       string  `json:"lot"`
	Affected  Decimal `json:"affected"`
	Decided   Decimal `json:"decided"`
	Undecided Decimal `json:"undecided"`
}

// Balances adds up the lots. Decided is true when every affected piece has its disposition.
func Balances(lots []NCLot) (of []Balance, decided bool) {
	decided = true
	for _, l := range lots {
		of = append(of, Balance{l.Lot, l.Quantity, l.Decided, l.Undecided})
		decided = decided && l.Undecided.IsZero()
	}
	return of, decided
}

// Disposal carries one disposition out, once per key: for a board that decided on a nonconformance, or for a hold.
type Disposal struct {
	Key  string          `json:"-"`
	Site string          `json:"-"`
	Lot  string          `json:"lot"`
	Kind DispositionKind `json:"kind"`
	// Quantity is how much; zero means all that is in the lot.
	Quantity Decimal `json:"quantity"`
	Bad      Decimal `json:"bad"` // of a sort
	Routing  string  `json:"routing,omitempty"`
	Revision string  `json:"revision,omitempty"` // of the rework routing; empty takes the one in force
	Permit   string  `json:"permit,omitempty"`
	Code     string  `json:"code,omitempty"` // defect code, which cost is reported by
	// Noun and Subject name the record that decided, such as nonconformance NC-17.
	Noun    string `json:"noun"`
	Subject string `json:"subject"`
	Request string `json:"request,omitempty"` // whose signatures allow it
	By      Actor  `json:"by"`
	Reason  string `json:"reason"`
	// Holds are open holds on the lot itself that end with the disposal.
	Holds []string `json:"holds,omitempty"`
}

// disposition is the disposal as the board words it.
func (d Disposal) disposition() Disposition {
	return Disposition{Lot: d.Lot, Kind: d.Kind, Quantity: d.Quantity, Bad: d.Bad, Routing: d.Routing, Revision: d.Revision, Permit: d.Permit}
}

// Phrase is the disposal in words.
func (d Disposal) Phrase() string { return d.disposition().Phrase() }

// Suits refuses what the lot's state rules out.
func (d Disposal) Suits(l NCLot) error {
	var f Faults
	d.disposition().suits(&f, "disposal", l)
	f.Check(d.Quantity.LessThanOrEqual(l.Left), "disposal.quantity", "%s has only %s left", l.Lot, l.Left)
	return f.Err("Nothing was carried out.")
}

// Validate names what cannot be carried out.
func (d Disposal) Validate() error {
	var f Faults
	f.Check(d.Key != "", "key", "is missing")
	f.Check(!blank(d.Lot), "lot", "is missing")
	f.Check(!blank(d.Reason), "reason", "is missing")
	d.disposition().validate(&f, "disposal")
	return f.Err("Nothing was disposed of.")
}

// DisposalRow is a disposition that was carried out.
type DisposalRow struct {
	ID       int64           `json:"id"`
	Noun     string          `json:"noun"`
	Subject  string          `json:"subject"`
	Lot      string          `json:"lot"`
	Kind     DispositionKind `json:"kind"`
	Quantity Decimal         `json:"quantity"`
	Bad      Decimal         `json:"bad"`
	Code     string          `json:"code,omitempty"`
	Routing  string          `json:"routing,omitempty"` // that the lot went on by
	Permit   string          `json:"permit,omitempty"`
	Request  string          `json:"request,omitempty"`
	Actor    string          `json:"actor"`
	Reason   string          `json:"reason"`
	At       time.Time       `json:"at"`
}

// Phrase is the disposition in words.
func (r DisposalRow) Phrase() string {
	text := Disposition{Kind: r.Kind, Quantity: r.Quantity, Bad: r.Bad}.Phrase()
	if r.Routing != "" {
		text += " by rev " + r.Routing
	}
	if r.Permit != "" {
		text += " under " + r.Permit
	}
	return text
}

// Dispatch sends a lot into rework: from the routing that it goes by now to the composed one, to the first operation of the
// rework. It must stand still: not started, paused by a person, in review, or packed. What the lot's own routing puts before
// the operation that the rework returns to must be done: rework leaves out nothing.
func (p Progress) Dispatch(from, r Routing, lot, reason string, now time.Time) (Progress, error) {
	const kept = "Nothing was dispatched."
	still := p.State == LotQueued || p.State == LotReview || p.State == LotPacked || p.State == LotPaused && !p.Automatic()
	if !still {
		do := "Let it come to a stop first: pause it, or finish the operation."
		if p.State.Ended() {
			do = ""
		}
		return p, Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), kept, do)
	}
	i := slices.IndexFunc(r.Operations, func(o Operation) bool { return o.Rework != "" })
	if i < 0 {
		return p, fmt.Errorf("routing %s rev %s has no rework", r.Product, r.Revision)
	}
	here := len(from.Operations)
	if p.State != LotPacked {
		here, _, _ = from.At(p.Operation)
	}
	for _, o := range r.Operations[:i] {
		if !slices.ContainsFunc(from.Operations[:here], func(done Operation) bool { return done.ID == o.ID }) {
			return p, Refuse(CodeConflict, fmt.Sprintf("%s has not done operation %s, which the rework would leave out.", lot, o.ID), kept, "Let it finish that operation, or choose a rework that returns to it.")
		}
	}
	return p.queueAt(r.Operations[i], now).because(reason), nil
}
