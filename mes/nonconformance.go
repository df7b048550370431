package mes

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// NCSource says where a nonconformance was found.
type NCSource string

// The sources.
const (
	NCVerdict    NCSource = "verdict"    // a camera
	NCSPC        NCSource = "spc"        // a control chart
	NCOperator   NCSource = "operator"   // a person at work
	NCIncoming   NCSource = "incoming"   // goods received
	NCCustomer   NCSource = "customer"   // a complaint
	NCInspection NCSource = "inspection" // a sample
	NCAudit      NCSource = "audit"
)

// NCSources lists all of them.
var NCSources = []NCSource{NCVerdict, NCSPC, NCOperator, NCIncoming, NCCustomer, NCInspection, NCAudit}

// NCState is where a nonconformance stands.
type NCState string

// The states.
const (
	NCOpen          NCState = "open"
	NCInReview      NCState = "in_review"     // the material review board has something to decide
	NCDispositioned NCState = "dispositioned" // every affected piece has its disposition, and it was carried out
	NCClosed        NCState = "closed"
	NCCancelled     NCState = "cancelled"
)

// NCStates lists all of them, in the order of a nonconformance's life.
var NCStates = []NCState{NCOpen, NCInReview, NCDispositioned, NCClosed, NCCancelled}

// Ended tells that nothing can happen to it any more.
func (s NCState) Ended() bool { return s == NCClosed || s == NCCancelled }

// Phrase is the state as the end of a sentence.
func (s NCState) Phrase() string {
	if s == NCInReview {
		return "before the material review board"
	}
	return string(s)
}

// AffectedLot is a lot that a nonconformance concerns. A nil quantity means all that is there.
type AffectedLot struct {
	Lot      string   `json:"lot"`
	Quantity *Decimal `json:"quantity,omitempty"`
}

// NewPicture is a stored picture that shows what is wrong.
type NewPicture struct {
	Hash    string `json:"hash"`
	Caption string `json:"caption,omitempty"`
}

// NewNonconformance opens a nonconformance, once per key.
type NewNonconformance struct {
	Key    string   `json:"-"`
	Site   string   `json:"-"`
	Source NCSource `json:"source"`
	// Noun and Subject name the record that it came from: a verdict, an alarm, a firing of a rule.
	Noun        string `json:"noun,omitempty"`
	Subject     string `json:"subject,omitempty"`
	Code        string `json:"code,omitempty"`
	Description string `json:"description"`
	// Severity is the code's when it is left out, else medium.
	Severity  Severity      `json:"severity,omitempty"`
	Product   string        `json:"product,omitempty"` // the lots' when it is left out
	Operation string        `json:"operation,omitempty"`
	Customer  string        `json:"customer,omitempty"`
	Reference string        `json:"reference,omitempty"` // the customer's or supplier's own number
	Supplier  string        `json:"supplier,omitempty"`
	Lots      []AffectedLot `json:"lots,omitempty"`
	Pictures  []NewPicture  `json:"pictures,omitempty"`
	Owner     string        `json:"owner,omitempty"`
	// DueAt is NCDue after the opening when it is left out.
	DueAt *time.Time `json:"due_at,omitempty"`
	// Hold holds the lots, from the same moment on.
	Hold bool `json:"hold,omitempty"`
	// Containment is the hold that contains the lots already.
	Containment string `json:"containment,omitempty"`
}

// NCDue is how long a disposition may take where nobody says.
const NCDue = 14 * 24 * time.Hour

// MaxNCLots is how many lots one nonconformance concerns at most.
const MaxNCLots = 500

// Validate names every field that cannot work.
func (n NewNonconformance) Validate(t DefectTree, now time.Time) error {
	var f Faults
	f.Check(slices.Contains(NCSources, n.Source), "source", "must be one of %v", NCSources)
	f.Check(!blank(n.Description), "description", "is missing")
	f.Check(n.Severity == "" || severityRank[n.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(n.Code == "" || t.Reportable(n.Code), "code", "%q is not among the site's defect codes in use", n.Code)
	f.Check(n.Source != NCCustomer || !blank(n.Customer), "customer", "is missing")
	f.Check(n.DueAt == nil || n.DueAt.After(now), "due_at", "is in the past")
	f.Check(len(n.Lots) <= MaxNCLots, "lots", "at most %d", MaxNCLots)
	f.Check(!n.Hold || len(n.Lots) > 0, "lots", "name what is to be held")
	ValidateAffected(&f, n.Lots)
	return f.Err("The nonconformance was not opened.")
}

// ValidateAffected names lots that can't stand in a list of affected ones.
func ValidateAffected(f *Faults, lots []AffectedLot) {
	seen := map[string]bool{}
	for i, l := range lots {
		at := fmt.Sprintf("lots[%d]", i)
		f.Check(!blank(l.Lot), at+".lot", "is missing")
		f.Check(!seen[l.Lot], at+".lot", "%s is named twice", l.Lot)
		f.Check(l.Quantity == nil || l.Quantity.IsPositive(), at+".quantity", "must be above 0")
		seen[l.Lot] = true
	}
}

// Nonconformance is one thing that does not conform, with what became of it. Lists leave what is below Lots empty.
type Nonconformance struct {
	ID          string     `json:"id"` // NC-17, unique in its site
	Site        string     `json:"site"`
	Source      NCSource   `json:"source"`
	Noun        string     `json:"noun,omitempty"`
	Subject     string     `json:"subject,omitempty"`
	Code        string     `json:"code"`
	CodeName    string     `json:"code_name,omitempty"`
	Description string     `json:"description"`
	Severity    Severity   `json:"severity"`
	Product     string     `json:"product,omitempty"`
	Operation   string     `json:"operation,omitempty"`
	Customer    string     `json:"customer,omitempty"`
	Reference   string     `json:"reference,omitempty"`
	Supplier    string     `json:"supplier,omitempty"`
	Containment string     `json:"containment,omitempty"`
	CAPA        string     `json:"capa,omitempty"`
	State       NCState    `json:"state"`
	Owner       string     `json:"owner,omitempty"`
	DueAt       time.Time  `json:"due_at"`
	Overdue     bool       `json:"overdue,omitempty"`
	OpenedBy    string     `json:"opened_by"`
	OpenedAt    time.Time  `json:"opened_at"`
	EndedBy     string     `json:"ended_by,omitempty"`
	EndedAt     *time.Time `json:"ended_at,omitempty"`
	EndReason   string     `json:"end_reason,omitempty"`
	Version     int64      `json:"version"`
	LotCount    int        `json:"lot_count"`
	Quantity    Decimal    `json:"quantity"` // affected, all lots

	Lots      []NCLot       `json:"lots,omitempty"`
	Pictures  []NCPicture   `json:"pictures,omitempty"`
	Proposals []Proposal    `json:"proposals,omitempty"` // newest first
	Disposals []DisposalRow `json:"disposals,omitempty"`
	Costs     []ExtraCost   `json:"costs,omitempty"`
	Events    []NCEvent     `json:"events,omitempty"` // oldest first
}

// NCLot is an affected lot, with where it was and where it is.
type NCLot struct {
	Lot      string  `json:"lot"`
	Material string  `json:"material"`
	Unit     string  `json:"unit"`
	Origin   string  `json:"origin"`
	Quantity Decimal `json:"quantity"` // affected
	Decided  Decimal `json:"decided"`  // of it, with a disposition that was carried out
	// Undecided is the rest, which still needs one.
	Undecided Decimal   `json:"undecided"`
	Hold      string    `json:"hold,omitempty"`
	WasState  LotState  `json:"was_state"`
	WasAt     string    `json:"was_at,omitempty"`
	State     LotState  `json:"state"`
	At        string    `json:"at,omitempty"` // station, customer, or nothing in stock
	Left      Decimal   `json:"left"`         // pieces that are in the lot now
	Held      bool      `json:"held,omitempty"`
	InRework  bool      `json:"in_rework,omitempty"`
	Order     string    `json:"order,omitempty"`
	AddedBy   string    `json:"added_by"`
	AddedAt   time.Time `json:"added_at"`
}

// NCPicture shows what is wrong.
type NCPicture struct {
	Hash    string    `json:"hash"`
	Caption string    `json:"caption,omitempty"`
	AddedBy string    `json:"added_by"`
	AddedAt time.Time `json:"added_at"`
}

// NCEvent is one line of the timeline.
type NCEvent struct {
	ID    int64     `json:"id"`
	Kind  string    `json:"kind"`
	Actor string    `json:"actor"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

// ExtraCost is a cost that came from outside: a sorting firm, a freight, a customer's charge.
type ExtraCost struct {
	Amount Decimal   `json:"amount"`
	Text   string    `json:"text"`
	Actor  string    `json:"actor"`
	At     time.Time `json:"at"`
}

// NCChange changes who looks after a nonconformance, or how it is told. Nil fields stay.
type NCChange struct {
	Version     int64      `json:"version"`
	Owner       *string    `json:"owner,omitempty"`
	DueAt       *time.Time `json:"due_at,omitempty"`
	Severity    *Severity  `json:"severity,omitempty"`
	Code        *string    `json:"code,omitempty"`
	Description *string    `json:"description,omitempty"`
	CAPA        *string    `json:"capa,omitempty"`
	Containment *string    `json:"containment,omitempty"`
	Reason      string     `json:"reason"`
}

// NCFilter narrows the list, newest first. Sorts: id, severity, due_at, opened_at.
type NCFilter struct {
	Paging
	Site    string
	States  []NCState
	Source  NCSource
	Code    string
	Product string
	Lot     string
	Owner   string
	Overdue bool
}

// Nonconformances keeps them and what the board decides.
type Nonconformances interface {
	// Open makes one, once per key. Codes: not_found (lot), conflict (lot can't be held), unprocessable.
	Open(ctx context.Context, by Actor, n NewNonconformance) (Nonconformance, error)
	// Get reads one whole. Codes: not_found.
	Get(ctx context.Context, site, id string) (Nonconformance, error)
	List(ctx context.Context, f NCFilter) (Page[Nonconformance], error)
	// Change changes the fields that are given. Codes: not_found, conflict (version, ended, before the board), unprocessable.
	Change(ctx context.Context, key, site, id string, by Actor, c NCChange) (Nonconformance, error)
	// AddLots adds affected lots, and holds them when asked. Codes: not_found, conflict, unprocessable.
	AddLots(ctx context.Context, key, site, id string, by Actor, lots []AffectedLot, hold bool, reason string) (Nonconformance, error)
	AddPicture(ctx context.Context, key, site, id string, by Actor, p NewPicture) (Nonconformance, error)
	// Note adds a line to the timeline.
	Note(ctx context.Context, key, site, id string, by Actor, text string) (Nonconformance, error)
	// AddCost notes a cost from outside.
	AddCost(ctx context.Context, key, site, id string, by Actor, c ExtraCost) (Nonconformance, error)
	// Propose asks the board to decide. Codes: not_found, conflict, unprocessable.
	Propose(ctx context.Context, key, site, id string, by Actor, p NewProposal) (Nonconformance, error)
	// Withdraw takes the open proposal back.
	Withdraw(ctx context.Context, key, site, id string, by Actor, reason string) (Nonconformance, error)
	// Close ends one whose pieces are all decided and back from rework; Cancel one that was none.
	Close(ctx context.Context, key, site, id string, by Actor, reason string) (Nonconformance, error)
	Cancel(ctx context.Context, key, site, id string, by Actor, reason string) (Nonconformance, error)
	// Reworks lists the rework routings in force for a product, the fitting ones for a code first.
	Reworks(ctx context.Context, product, code string) ([]ReworkInForce, error)
}
