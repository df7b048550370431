package mes

import "time"

// The kinds of outbox message. Each has one payload type below, stored as JSON.
const (
	// To workflows. The receiver is found by site and number; the message's Key is the event ID that makes it count once.
	MessageStartOrder = "start_order" // OrderStart
	MessageVerdict    = "vision_verdict"
	MessageLotVoided  = "lot_voided" // LotVoided
	MessageLotBehind  = "lot_behind" // LotMoved
	MessageLotMade    = "lot_made"   // LotMade
	// A packed lot came back into work for rework, and its workflow has ended: LotReopened.
	MessageLotReopened = "lot_reopened"
	// A request for signatures was opened, got one of its signatures, or ended: SignatureAsked.
	MessageSignatureRequested = "signature_requested"
	MessageSignatureGiven     = "signature_given"
	MessageSignatureEnded     = "signature_ended"
	// An approved revision waits for its date: RevisionApproved.
	MessageRevisionApproved = "revision_approved"
	// Certificates or skills changed: the site's reminders look again (SiteChanged).
	MessageQualificationsChanged = "qualifications_changed"
	MessageGaugesChanged         = "gauges_changed"
	// A CAPA was opened, moved by a person or a signature, or has ended: CAPAChanged.
	MessageCAPAOpened = "capa_opened"
	MessageCAPAMoved  = "capa_moved"
	// A maintenance job was opened, or changed: MaintenanceChanged. A plan was: MaintenancePlanChanged.
	MessageMaintenanceOpened = "maintenance_opened"
	MessageMaintenanceMoved  = "maintenance_moved"
	MessagePlanChanged       = "maintenance_plan_changed"
	// To an outside CMMS: MaintenanceTold.
	MessageMaintenanceTold = "maintenance_job"
	// A containment was placed, or its workflow has to look at it again: ContainmentMoved. A running lot was held: LotHeld.
	MessageContained        = "contained"
	MessageContainmentMoved = "containment_moved"
	MessageLotHeld          = "lot_held"
	// A call was made, or moved by a person: CallRef.
	MessageCallRaised = "call_raised"
	MessageCallMoved  = "call_moved"
	// By mail and to the webhook of calls: CallMail, CallNotice.
	MessageCallEscalated = "call_escalated"
	// To the ERP.
	MessageOperationConfirmed = "operation_confirmed" // OperationConfirmed
	MessageOrderConfirmed     = "order_confirmed"     // OrderConfirmed
	MessageStockDisposed      = "stock_disposed"      // StockDisposed
	// To the archive.
	MessageArchiveRun = "archive_run" // RunEnded
)

// SiteChanged tells a workflow of a site that what it looks after has changed.
type SiteChanged struct {
	Site string `json:"site"`
}

// ContainmentMoved names a containment.
type ContainmentMoved struct {
	Site        string `json:"site"`
	Containment string `json:"containment"`
	// Severity is given at the start only.
	Severity Severity `json:"severity,omitempty"`
}

// LotHeld tells a running lot's workflow that a containment holds the lot.
type LotHeld struct {
	Site        string `json:"site"`
	Lot         string `json:"lot"`
	Containment string `json:"containment"`
}

// OrderStart asks for the order's workflow.
type OrderStart struct {
	Site   string `json:"site"`
	Number string `json:"number"`
	Line   string `json:"line"`
}

// VerdictStored tells a lot's workflow that its camera has answered. Event is the stored result's ID.
type VerdictStored struct {
	Site      string `json:"site"`
	Lot       string `json:"lot"`
	Event     string `json:"event"`
	Operation string `json:"operation"`
	Step      string `json:"step"`
	Shot      int    `json:"shot"`
	// Key is the picture's own key (ShotKey) where the sender gave one; a verdict of an earlier visit is known by it.
	Key     string  `json:"key,omitempty"`
	Verdict Verdict `json:"verdict"`
}

// LotVoided tells a lot's workflow that its order was cancelled before the lot began; the ledger has ended it.
type LotVoided struct {
	Site  string `json:"site"`
	Lot   string `json:"lot"`
	Order string `json:"order"`
}

// LotMoved tells a lot's workflow that the ledger moved the lot without it: a signature, a decision. Version is the ledger's.
type LotMoved struct {
	Site    string `json:"site"`
	Lot     string `json:"lot"`
	Version int64  `json:"version"`
	Reason  string `json:"reason,omitempty"`
}

// LotMade asks for the workflow of a lot that was made of others, in the middle of its routing.
type LotMade struct {
	Site  string `json:"site"`
	Lot   string `json:"lot"`
	Order string `json:"order"`
	Line  string `json:"line"`
}

// LotReopened asks for the workflow of a lot that has work again.
type LotReopened struct {
	Site  string `json:"site"`
	Lot   string `json:"lot"`
	Order string `json:"order"`
	Line  string `json:"line"`
	// Version is the ledger's, for a workflow that still runs.
	Version int64 `json:"version"`
}

// StockDisposed tells the ERP of pieces that left the stock without an order's confirmation: scrapped, or returned.
type StockDisposed struct {
	Lot         string          `json:"lot"`
	Material    string          `json:"material"`
	Order       string          `json:"order,omitempty"`
	Kind        DispositionKind `json:"kind"`
	Quantity    Decimal         `json:"quantity"`
	Supplier    string          `json:"supplier,omitempty"`
	SupplierLot string          `json:"supplier_lot,omitempty"`
	Decision    string          `json:"decision"` // the record that decided: NC-17
	Reason      string          `json:"reason"`
	At          time.Time       `json:"at"`
}

// SignatureAsked names a request for signatures.
type SignatureAsked struct {
	Site    string `json:"site"`
	Request string `json:"request"`
}

// RevisionApproved asks for the timer that brings an approved revision into force.
type RevisionApproved struct {
	Site string `json:"site"`
	RevisionKey
	EffectiveOn time.Time `json:"effective_on"`
}

// OperationConfirmed is the partial confirmation of one lot's completed operation.
type OperationConfirmed struct {
	Order         string    `json:"order"`
	Product       string    `json:"product"`
	Lot           string    `json:"lot"`
	Operation     string    `json:"operation"`
	OperationName string    `json:"operation_name"`
	Visit         int       `json:"visit"`
	Station       string    `json:"station"`
	Operator      string    `json:"operator"`
	Good          Decimal   `json:"good"`     // pieces that go on
	Scrapped      Decimal   `json:"scrapped"` // of this lot so far
	CompletedAt   time.Time `json:"completed_at"`
}

// OrderConfirmed is the final confirmation; its quantities are the ledger's.
type OrderConfirmed struct {
	Order       string     `json:"order"`
	Product     string     `json:"product"`
	Revision    string     `json:"revision"`
	State       OrderState `json:"state"` // completed or cancelled
	Quantity    Decimal    `json:"quantity"`
	Good        Decimal    `json:"good"`
	Scrap       Decimal    `json:"scrap"`
	NotStarted  Decimal    `json:"not_started"` // above 0 only for a cancelled order
	StartedAt   *time.Time `json:"started_at,omitempty"`
	CompletedAt time.Time  `json:"completed_at"`
}

// RunEnded asks for the export of a workflow's history before the engine forgets it.
type RunEnded struct {
	Noun    string `json:"noun"` // order, lot or containment
	Site    string `json:"site"`
	Subject string `json:"subject"` // order number or lot
}

// CallMail is one mail of a call to one address.
type CallMail struct {
	Call    string `json:"call"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// CallNotice tells the webhook of a call's step.
type CallNotice struct {
	Call     string    `json:"call"`
	Site     string    `json:"site"`
	Line     string    `json:"line"`
	Station  string    `json:"station"`
	Kind     CallKind  `json:"kind"`
	Text     string    `json:"text,omitempty"`
	Severity Severity  `json:"severity"`
	State    CallState `json:"state"`
	Step     string    `json:"step"`
	Role     string    `json:"role"`
	AfterMin int       `json:"after_min"`
	OpenAt   time.Time `json:"open_at"`
	// AcknowledgedBy is who is coming; empty for nobody.
	AcknowledgedBy string `json:"acknowledged_by,omitempty"`
}
