package mes

import "time"

// LotState is where a lot is in its life. A hold is not a state: it lies over any of them.
type LotState string

// The states of a lot. A lot received from a supplier is only ever available or consumed.
const (
	LotAvailable LotState = "available" // received, may be consumed
	LotConsumed  LotState = "consumed"  // nothing is left of it
	LotQueued    LotState = "queued"    // waits at a station for its operation to start
	LotRunning   LotState = "running"
	LotPaused    LotState = "paused"
	LotReview    LotState = "review"  // quality decides where it goes
	LotPacked    LotState = "packed"  // finished its routing
	LotShipped   LotState = "shipped" // left the plant
	LotScrapped  LotState = "scrapped"
	LotReturned  LotState = "returned" // all of it went back to its supplier
	// LotVoid is a queued lot that never started before its order was cancelled: its pieces went back to not started.
	LotVoid LotState = "void"
	// LotMerged is a lot whose pieces were all put into another one.
	LotMerged LotState = "merged"
)

// Ended tells that the lot's way through its routing is over.
func (s LotState) Ended() bool {
	switch s {
	case LotPacked, LotShipped, LotScrapped, LotConsumed, LotReturned, LotVoid, LotMerged:
		return true
	}
	return false
}

// Phrase is the state as the end of a sentence about the lot.
func (s LotState) Phrase() string {
	switch s {
	case LotAvailable:
		return "is in stock"
	case LotConsumed:
		return "is used up"
	case LotQueued:
		return "is not started"
	case LotReview:
		return "waits for review"
	case LotVoid:
		return "was withdrawn with its order"
	case LotMerged:
		return "was merged into another lot"
	}
	return "is " + string(s)
}

// WaitKind says on whom or what a lot waits. Every open lot waits for exactly one thing.
type WaitKind string

// The kinds of wait.
const (
	WaitStation  WaitKind = "station"   // for its turn at a station
	WaitOperator WaitKind = "operator"  // for a command
	WaitMachine  WaitKind = "machine"   // for a device's answer
	WaitCamera   WaitKind = "camera"    // for a verdict
	WaitAnswer   WaitKind = "answer"    // a device or camera stayed silent; the operator decides what to do
	WaitReview   WaitKind = "review"    // for quality's decision
	WaitSigned   WaitKind = "signature" // for the signatures that the step's record asks for
	WaitNothing  WaitKind = ""
)

// Wait is what the lot waits for, and since when.
type Wait struct {
	Kind   WaitKind  `json:"kind"`
	On     string    `json:"on,omitempty"` // station, device or camera
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"`
	// Shot counts the pictures asked of a camera for this attempt, from 1.
	Shot int `json:"shot,omitempty"`
	// Seq is the handshake number of the device command, given by the ledger; it never repeats for a device.
	Seq uint32 `json:"seq,omitempty"`
	// Asked is how often the command with Seq was asked for again.
	Asked int `json:"asked,omitempty"`
}

// Hold forbids a lot, or every lot of an order, to move.
type Hold struct {
	ID      string    `json:"id"`
	Site    string    `json:"site"`
	Scope   HoldScope `json:"scope"`
	Subject string    `json:"subject"` // order number or lot
	Reason  string    `json:"reason"`
	// From is the station or address that it was placed from, for the audit trail.
	From     string    `json:"-"`
	PlacedBy string    `json:"placed_by"`
	PlacedAt time.Time `json:"placed_at"`
	// Containment is the ID of the containment that it belongs to; empty for a plain hold.
	Containment string `json:"containment,omitempty"`
}

// HoldScope says what a hold lies on.
type HoldScope string

// The scopes.
const (
	HoldOrder HoldScope = "order"
	HoldLot   HoldScope = "lot"
)

// Refusal is what an operator reads when a hold stops a movement.
func (h Hold) Refusal() *Error {
	noun := "Lot "
	if h.Scope == HoldOrder {
		noun = "Order "
	}
	by := ""
	if h.Containment != "" {
		by = " by " + h.Containment
	}
	return Refuse(CodeHeld, noun+h.Subject+" is on hold"+by+": "+clause(h.Reason)+".", "Nothing was moved or consumed.", "Leave it where it is; quality decides.")
}
