package mes

import (
	"context"
	"encoding/json"
	"time"
)

// LotRecord is everything that happened to one lot: the device history record of a serialised piece (21 CFR 820.184),
// the batch record of a lot of several pieces.
type LotRecord struct {
	// Hash is the hex SHA-256 of the canonical JSON (RFC 8785) of Content, and of nothing else.
	Hash    string     `json:"hash"`
	Content LotHistory `json:"content"`
	// Deviations is what did not go as planned, worst first; computed from the rest.
	Deviations []Deviation `json:"deviations"`
	Beside     LotBeside   `json:"beside"`
}

// LotHistory is what the hash of a lot's record covers: what was done to the lot, from its opening until it left its
// routing, and every hold, verdict and signature on it, whenever they came. What happens to a finished lot afterwards
// (shipping, delivery of messages, archiving, the record's own signatures) and what master data may call things later
// stand beside it, so that they do not change it. Every list is whole and in a fixed order.
type LotHistory struct {
	Format   string   `json:"format"` // LotRecordFormat
	Site     string   `json:"site"`
	Zone     string   `json:"zone"` // IANA name of the site's zone; all times are UTC
	Lot      string   `json:"lot"`
	Order    string   `json:"order"`
	Number   int      `json:"number"` // n-th lot of its order
	Product  string   `json:"product"`
	Revision string   `json:"revision"` // of the routing, frozen at the order's release
	Routing  string   `json:"routing"`  // hash of that revision, instructions and pictures included
	Tracking Tracking `json:"tracking"`
	Unit     string   `json:"unit"`
	Quantity Decimal  `json:"quantity"` // as started
	Good     Decimal  `json:"good"`
	Scrapped Decimal  `json:"scrapped"`
	// Outcome is how the lot left its routing: packed, scrapped or void; empty while it is in process.
	Outcome   LotState   `json:"outcome,omitempty"`
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
	StartedAt *time.Time `json:"started_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	// MadeFrom are the lots whose pieces this one is made of, by a split or a merge. What was done to them before stands in
	// their records.
	MadeFrom   []string         `json:"made_from,omitempty"`
	Route      []PlannedVisit   `json:"route"`
	Operations []BuiltOperation `json:"operations"`
	Events     []LotEvent       `json:"events"`
	Verdicts   []VisionView     `json:"verdicts"`
	Holds      []HoldRecord     `json:"holds"`
	// Nonconformances are those that the lot stands in, with what became of its pieces.
	Nonconformances []NCRecord   `json:"nonconformances,omitempty"`
	Messages        []ERPMessage `json:"messages"`
	Signatures      []Signature  `json:"signatures"` // of steps, reviews, releases of holds and of the review board
	// Labour and Documents are not in the first form.
	Labour    []RecordLabour   `json:"labour,omitzero"`
	Documents []RecordDocument `json:"documents,omitzero"`
}

// NCRecord is a nonconformance as a lot's record has it. Where it stands now is told on its own page: the record keeps what
// was found and what was done.
type NCRecord struct {
	ID          string        `json:"id"`
	Source      NCSource      `json:"source"`
	Code        string        `json:"code,omitempty"`
	Description string        `json:"description"`
	Severity    Severity      `json:"severity"`
	Quantity    Decimal       `json:"quantity"` // of the lot, affected
	AddedBy     string        `json:"added_by"`
	AddedAt     time.Time     `json:"added_at"`
	Disposals   []DisposalRow `json:"disposals"`
}

// Undecided is what of the lot had no disposition when the record was read.
func (n NCRecord) Undecided() Decimal {
	left := n.Quantity
	for _, d := range n.Disposals {
		left = left.Sub(d.Quantity)
	}
	return left
}

// The formats name the shape of what a hash covers; a change of the shape is a new one. What had ended when a format came
// keeps the one before it: its hash is signed.
const (
	FirstLotFormat    = "steelthread/lot-record/1"
	LotRecordFormat   = "steelthread/lot-record/2" // with labour and documents
	FirstOrderFormat  = "steelthread/order-record/1"
	OrderRecordFormat = "steelthread/order-record/2" // with labour and documents
)

// RecordLabour is one person's time on one operation. Of a lot, on one visit.
type RecordLabour struct {
	Operation string  `json:"operation"`
	Visit     int     `json:"visit,omitempty"`
	Person    string  `json:"person"`
	Millis    int64   `json:"ms"`
	Hours     Decimal `json:"hours"`
	// Cut tells that some of it ended without a clock-off, Corrected that somebody said later what was true.
	Cut       bool `json:"cut,omitempty"`
	Corrected bool `json:"corrected,omitempty"`
}

// RecordDocument is a revision of a controlled document that an order froze.
type RecordDocument struct {
	Kind     DocumentKind `json:"kind"`
	ID       string       `json:"id"`
	Revision string       `json:"revision"`
	Hash     string       `json:"hash"`
	Routing  string       `json:"routing"` // revision of the routing that it was frozen for
	FrozenAt time.Time    `json:"frozen_at"`
	// Read is when those who worked on the lot confirmed that they have read and understood it. An order's record leaves
	// it to those of its lots.
	Read []RecordReading `json:"read,omitzero"`
}

// RecordReading is a person's word that they have read a revision.
type RecordReading struct {
	Person string    `json:"person"`
	Hash   string    `json:"hash"` // of the revision as it was read
	At     time.Time `json:"at"`
}

// PlannedVisit is an operation of the frozen routing with its steps: the way that was planned.
type PlannedVisit struct {
	Operation     string             `json:"operation"`
	Name          string             `json:"name"`
	Qualification *QualificationNeed `json:"qualification,omitempty"`
	Steps         []PlannedStep      `json:"steps"`
}

// PlannedStep is one step of the plan.
type PlannedStep struct {
	Step   string   `json:"step"`
	Kind   StepKind `json:"kind"`
	Name   string   `json:"name"`
	Device string   `json:"device,omitempty"`
	// Qualification is asked of whoever completes the step; the first form leaves it out.
	Qualification *QualificationNeed `json:"qualification,omitempty"`
	// Sign are the signatures that the step's record needs.
	Sign []SignatureNeed `json:"sign,omitempty"`
}

// Planned is the way that a routing plans.
func Planned(r Routing) []PlannedVisit {
	out := make([]PlannedVisit, len(r.Operations))
	for i, o := range r.Operations {
		out[i] = PlannedVisit{Operation: o.ID, Name: o.Name, Qualification: o.Qualification, Steps: make([]PlannedStep, len(o.Steps))}
		for j, s := range o.Steps {
			out[i].Steps[j] = PlannedStep{Step: s.ID, Kind: s.Kind, Name: s.Name, Device: s.Device, Qualification: s.Qualification, Sign: s.Sign}
		}
	}
	return out
}

// First leaves out what the first form of a lot's record did not have.
func (h *LotHistory) First() {
	h.Format, h.Labour, h.Documents = FirstLotFormat, nil, nil
	for i := range h.Route {
		for j := range h.Route[i].Steps {
			h.Route[i].Steps[j].Qualification = nil
		}
	}
}

// LotEvent is one change of a lot as the ledger wrote it.
type LotEvent struct {
	Key       string    `json:"key"`
	Kind      EntryKind `json:"kind"`
	Actor     string    `json:"actor"`
	Station   string    `json:"station,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Visit     int       `json:"visit,omitempty"`
	Step      string    `json:"step,omitempty"`
	Code      string    `json:"code,omitempty"` // of a defect, or a review's decision
	Quantity  Decimal   `json:"quantity"`       // pieces scrapped, or given back; 0 where none moved
	WaitKind  WaitKind  `json:"wait_kind,omitempty"`
	WaitOn    string    `json:"wait_on,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	At        time.Time `json:"at"`
}

// HoldRecord is a hold with its end.
type HoldRecord struct {
	ID            string     `json:"id"`
	Scope         HoldScope  `json:"scope"`
	Subject       string     `json:"subject"`
	Reason        string     `json:"reason"`
	PlacedBy      string     `json:"placed_by"`
	PlacedAt      time.Time  `json:"placed_at"`
	ReleasedBy    string     `json:"released_by,omitempty"`
	ReleasedAt    *time.Time `json:"released_at,omitempty"`
	ReleaseReason string     `json:"release_reason,omitempty"`
}

// ERPMessage is what the ERP was told; whether it has arrived stands beside the record.
type ERPMessage struct {
	Key       string          `json:"key"`
	Kind      string          `json:"kind"`
	Payload   json.RawMessage `json:"payload"`
	CreatedAt time.Time       `json:"created_at"`
}

// Delivery is how far a message has come.
type Delivery struct {
	Key         string     `json:"key"`
	State       string     `json:"state"` // pending, delivered or dead
	Attempts    int        `json:"attempts"`
	Error       string     `json:"error,omitempty"`
	Answer      string     `json:"answer,omitempty"`
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
}

// LotBeside is what belongs to a lot's record and is not covered by its hash, because it goes on after the lot has
// ended or is kept safe by a chain of its own.
type LotBeside struct {
	ReadAt       time.Time        `json:"read_at"` // the snapshot's time by the database's clock
	SiteName     string           `json:"site_name"`
	ProductName  string           `json:"product_name"`
	State        LotState         `json:"state"` // now
	Remaining    Decimal          `json:"remaining"`
	Customer     string           `json:"customer,omitempty"`
	DeliveryNote string           `json:"delivery_note,omitempty"`
	ShippedAt    *time.Time       `json:"shipped_at,omitempty"`
	Names        RecordNames      `json:"names"`
	Authority    []Authority      `json:"authority"`
	Decisions    []RecordDecision `json:"decisions"`
	Deliveries   []Delivery       `json:"deliveries"`
	Runs         []ArchivedRun    `json:"runs"`
	Audit        []AuditRow       `json:"audit"` // each row carries the hash of its place in the chain
	Releases     []RecordRelease  `json:"releases"`
	Signatures   []Signature      `json:"signatures"` // of the record itself
}

// RecordNames are printed names as master data has them now, by ID.
type RecordNames struct {
	People    map[string]string `json:"people"`
	Materials map[string]string `json:"materials"`
}

// Authority says whether who worked on a visit held the certificate that its operation or a step of it asks for, at that
// time. What was given, renewed or withdrawn later makes no difference.
type Authority struct {
	Operation string            `json:"operation"`
	Visit     int               `json:"visit"`
	Step      string            `json:"step,omitempty"` // empty for the operation's own need
	Person    string            `json:"person"`
	Need      QualificationNeed `json:"need"`
	Held      bool              `json:"held"`
	Why       string            `json:"why,omitempty"` // what was missing
}

// RecordDecision is a decision on the lot that took effect, with the signatures that it needed by its request, or by the site's
// rule of that time.
type RecordDecision struct {
	Key       string     `json:"key"` // of the event
	Noun      SignedNoun `json:"noun"`
	Record    string     `json:"record,omitempty"` // that was signed; empty where nothing was asked to be
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Operation string     `json:"operation,omitempty"`
	Visit     int        `json:"visit,omitempty"`
	Step      string     `json:"step,omitempty"`
	Needs     int        `json:"needs"`
}

// OrderRecord is the record of an order: its balance, its own story, and each lot by the hash of its record.
type OrderRecord struct {
	Hash       string       `json:"hash"` // of Content, as with LotRecord
	Content    OrderHistory `json:"content"`
	Deviations []Deviation  `json:"deviations"` // of the order itself
	Lots       []LotSummary `json:"lots"`       // in the order of Content.Lots
	Beside     OrderBeside  `json:"beside"`
}

// OrderHistory is what the hash of an order's record covers.
type OrderHistory struct {
	Format     string  `json:"format"` // OrderRecordFormat
	Site       string  `json:"site"`
	Zone       string  `json:"zone"`
	Order      string  `json:"order"`
	Product    string  `json:"product"`
	Revision   string  `json:"revision"`
	Routing    string  `json:"routing"`
	Line       string  `json:"line"`
	Unit       string  `json:"unit"`
	Quantity   Decimal `json:"quantity"`
	Good       Decimal `json:"good"`
	Scrap      Decimal `json:"scrap"`
	InProcess  Decimal `json:"in_process"`
	NotStarted Decimal `json:"not_started"`
	// Outcome is completed or cancelled; empty while the order is open.
	Outcome    OrderState     `json:"outcome,omitempty"`
	Due        time.Time      `json:"due"`
	CreatedBy  string         `json:"created_by"`
	CreatedAt  time.Time      `json:"created_at"`
	ReleasedAt *time.Time     `json:"released_at,omitempty"`
	StartedAt  *time.Time     `json:"started_at,omitempty"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
	Lots       []LotLine      `json:"lots"`
	Changes    []OrderCommand `json:"changes"`
	Holds      []HoldRecord   `json:"holds"`
	Messages   []ERPMessage   `json:"messages"`
	// Labour and Documents are not in the first form.
	Labour    []RecordLabour   `json:"labour,omitzero"`
	Documents []RecordDocument `json:"documents,omitzero"`
}

// LotLine is a lot within its order's record.
type LotLine struct {
	Lot      string   `json:"lot"`
	Number   int      `json:"number"`
	Outcome  LotState `json:"outcome,omitempty"`
	Quantity Decimal  `json:"quantity"`
	Good     Decimal  `json:"good"`
	Scrapped Decimal  `json:"scrapped"`
	Hash     string   `json:"hash"` // of the lot's record
}

// LotSummary is what a reviewer of the order sees of a lot.
type LotSummary struct {
	Lot        string      `json:"lot"`
	State      LotState    `json:"state"` // now
	Values     int         `json:"values"`
	Deviations []Deviation `json:"deviations"`
}

// OrderCommand is a command that changed the order, as the audit trail has it.
type OrderCommand struct {
	At     time.Time       `json:"at"`
	Action string          `json:"action"`
	Actor  string          `json:"actor"`
	Reason string          `json:"reason,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// OrderBeside is what belongs to an order's record and is not covered by its hash.
type OrderBeside struct {
	ReadAt      time.Time       `json:"read_at"`
	SiteName    string          `json:"site_name"`
	ProductName string          `json:"product_name"`
	State       OrderState      `json:"state"`
	Names       RecordNames     `json:"names"`
	Deliveries  []Delivery      `json:"deliveries"`
	Runs        []ArchivedRun   `json:"runs"`
	Audit       []AuditRow      `json:"audit"`
	Releases    []RecordRelease `json:"releases"`
	Signatures  []Signature     `json:"signatures"`
}

// Balanced tells whether every ordered piece is accounted for, by the order's own figures and by those of its lots.
func (h OrderHistory) Balanced() bool {
	good, scrap := Zero, Zero
	for _, l := range h.Lots {
		good, scrap = good.Add(l.Good), scrap.Add(l.Scrapped)
	}
	return h.Quantity.Equal(h.Good.Add(h.Scrap).Add(h.InProcess).Add(h.NotStarted)) && good.Equal(h.Good) && scrap.Equal(h.Scrap)
}

// Records makes history records, each in one snapshot of the database.
type Records interface {
	// Lot reads a lot's record. Codes: not_found (no such lot, or it was received and not made here).
	Lot(ctx context.Context, site, lot string) (LotRecord, error)
	// Order reads an order's record. Codes: not_found.
	Order(ctx context.Context, site, number string) (OrderRecord, error)
	// Bundle reads an order's record and then each of its lots' in turn, all in one snapshot, holding one at a time.
	// An error of either function ends it. Codes: not_found.
	Bundle(ctx context.Context, site, number string, order func(OrderRecord) error, lot func(LotRecord) error) error
}
