package mes

import (
	"context"
	"time"
)

// EntryKind names what happened to a lot.
type EntryKind string

// The kinds of entry.
const (
	EntryOpened    EntryKind = "opened"
	EntryStarted   EntryKind = "operation_started"
	EntryPaused    EntryKind = "operation_paused"
	EntryResumed   EntryKind = "operation_resumed"
	EntryStep      EntryKind = "step_completed"
	EntryAttempt   EntryKind = "step_attempted" // recorded, but it does not count
	EntrySilent    EntryKind = "no_answer"
	EntryRetried   EntryKind = "retried"
	EntryPrinted   EntryKind = "label_printed"
	EntryCompleted EntryKind = "operation_completed"
	EntryDefect    EntryKind = "defect_reported"
	EntryReviewed  EntryKind = "reviewed"
	EntryScrapped  EntryKind = "scrapped"
	// EntryMachine and EntryVerdict are results that came by themselves. They are recorded whatever lies on the lot.
	EntryMachine EntryKind = "machine_answered"
	EntryVerdict EntryKind = "verdict_taken"
	// The ledger itself writes these; no workflow sends them.
	EntrySigned   EntryKind = "step_signed"       // the last signature of a step: the lot goes on
	EntryUnsigned EntryKind = "signature_refused" // a signer said no: quality decides
	EntryVoided   EntryKind = "voided"
	EntryHeld     EntryKind = "held"
	EntryReleased EntryKind = "hold_released"
	EntryReceived EntryKind = "received"
	EntryShipped  EntryKind = "shipped"
	// EntrySplit and EntryMerged tell of pieces that left for another lot, EntryMade of the lot that they became.
	EntrySplit    EntryKind = "split"
	EntryMerged   EntryKind = "merged"
	EntryMade     EntryKind = "made_from"
	EntryRebased  EntryKind = "revision_changed"  // the lot goes on by another revision of its routing
	EntryReworked EntryKind = "rework_dispatched" // the lot was sent through a rework routing
	EntryDisposed EntryKind = "disposed"          // a disposition that moved nothing
	EntryReturned EntryKind = "returned"          // pieces went back to their supplier
	EntryUsed     EntryKind = "used_up"           // pieces went into a machine as spare parts
)

// Moves tells whether the entry moves or consumes material, so that a hold must stop it. What a machine or camera has
// already done is recorded whatever lies on the lot; scrapping and reviewing are how held material ends.
func (k EntryKind) Moves() bool {
	switch k {
	case EntryStarted, EntryStep, EntryCompleted, EntryResumed, EntryRetried, EntrySigned:
		return true
	}
	return false
}

// StepRecord is the as-built record of one attempt at one step. It is written once and never changed.
type StepRecord struct {
	Operation string     `json:"operation"`
	Visit     int        `json:"visit"`
	Step      string     `json:"step"`
	Kind      StepKind   `json:"kind"`
	Name      string     `json:"name"`
	Attempt   int        `json:"attempt"`
	Station   string     `json:"station"`
	Operator  string     `json:"operator,omitempty"`
	Device    string     `json:"device,omitempty"`
	Program   int        `json:"program,omitempty"`
	Gauge     string     `json:"gauge,omitempty"` // that a person measured with
	Result    StepResult `json:"result"`
	ByHand    bool       `json:"by_hand,omitempty"`
	VisionID  string     `json:"vision_id,omitempty"`
	Note      string     `json:"note,omitempty"`
	Values    []Judged   `json:"values,omitempty"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   time.Time  `json:"ended_at"`
}

// Entry is one change of a lot: what happened, where the lot stands afterwards, and what it took. The ledger stores
// all of it in one transaction, with its audit row and its outbox rows, or none of it.
type Entry struct {
	// Key makes the entry safe to store twice: the update's ID, or workflow ID and version. Never a run ID.
	Key     string        `json:"key"`
	Site    string        `json:"site"`
	Lot     string        `json:"lot"`
	Kind    EntryKind     `json:"kind"`
	Actor   Actor         `json:"actor"`
	At      time.Time     `json:"at"`
	Before  Progress      `json:"before"`
	After   Progress      `json:"after"`
	Step    *StepRecord   `json:"step,omitempty"`
	Consume []Consumption `json:"consume,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	// PlaceHold asks for a hold on the lot in the same transaction, with Reason.
	PlaceHold bool `json:"place_hold,omitempty"`
	// Confirm asks for a partial confirmation of the completed operation.
	Confirm bool `json:"confirm,omitempty"`
	// Code is the defect code of a reported defect.
	Code string `json:"code,omitempty"`
}

// StoppedByHold tells whether an open hold refuses the entry: it moves or consumes material, and is not merely the
// record of what a machine or camera has done already. A result that leads straight on to the next machine is stopped.
func (e Entry) StoppedByHold() bool {
	done := e.Step != nil && e.Step.Kind.Automatic() && !e.Step.ByHand && !e.After.Automatic()
	return e.Kind.Moves() && !done
}

// Recorded is the ledger's answer. After is the stored progress: it has the new version and, where the lot now waits
// for a machine, the handshake number.
type Recorded struct {
	After     Progress `json:"after"`
	Duplicate bool     `json:"duplicate,omitempty"`
	// Replanned tells that the lot goes on by another revision of its routing, so its plan must be loaded again.
	Replanned bool `json:"replanned,omitempty"`
}

// Plan is what a lot's workflow needs to know before its first move.
type Plan struct {
	Routing  Routing   `json:"routing"` // without instructions and pictures
	Order    string    `json:"order"`
	Product  string    `json:"product"`
	GTIN     string    `json:"gtin,omitempty"`
	Tracking Tracking  `json:"tracking"`
	Quantity Decimal   `json:"quantity"`
	Progress *Progress `json:"progress,omitempty"` // nil for a lot that was never opened
}

// LotLedger is the one writer of lots. Its implementation takes the lot's row lock, checks holds, the entry's version
// and the components' stock in that same transaction.
type LotLedger interface {
	// Plan loads the frozen routing and the stored progress. Codes: not_found.
	Plan(ctx context.Context, site, lot string) (Plan, error)
	// Record stores one entry. An entry whose Key is stored already answers as it did the first time.
	// Codes: held, conflict (version, component used or expired or too little of it), unprocessable, not_found.
	Record(ctx context.Context, e Entry) (Recorded, error)
	// Held reads the first open hold on the lot or its order; nil when there is none. What it says may change at once: a
	// movement is guarded by Record. Codes: none.
	Held(ctx context.Context, site, lot string) (*Hold, error)
}

// FillRequest asks for lots until the order's window is full.
type FillRequest struct {
	Site  string `json:"site"`
	Order string `json:"order"`
}

// Fill is the answer: the lots that are open and need a running workflow, and whether any may be created later.
type Fill struct {
	// Open are lots without an ended state whose workflow must run; starting one twice is harmless.
	Open []string `json:"open"`
	// Created counts those that this call made.
	Created int `json:"created"`
	// Remaining is true while pieces are not started and the order is not being cancelled.
	Remaining bool `json:"remaining"`
}

// OrderProgress is what an order waits on.
type OrderProgress struct {
	Status OrderStatus `json:"status"`
	Open   int         `json:"open"` // lots in process
	Window int         `json:"window"`
}

// HasRoom tells that enough of the window is free to be worth filling: a quarter of it, so that an order's history
// grows by batches of lots and not by single ones.
func (p OrderProgress) HasRoom() bool {
	free := p.Window - p.Open
	more := p.Status.Ledger.NotStarted.IsPositive() && !p.Status.CancelRequested && !p.Status.Held
	return more && free >= max(p.Window/4, 1)
}

// Finished tells that no piece is in process and none will be started.
func (p OrderProgress) Finished() bool {
	l := p.Status.Ledger
	return p.Open == 0 && l.InProcess.IsZero() && (l.NotStarted.IsZero() || p.Status.CancelRequested)
}

// OrderLedger is the one writer of orders. Every command carries the key of the update that gave it.
type OrderLedger interface {
	// Status reads the order under no lock. Codes: not_found.
	Status(ctx context.Context, site, number string) (OrderStatus, error)
	// Release freezes the routing revision that is in force, and the instructions that its steps name. Codes: conflict.
	Release(ctx context.Context, key, site, number string, by Actor) (OrderStatus, error)
	Change(ctx context.Context, key, site, number string, by Actor, c OrderChange) (OrderStatus, error)
	Hold(ctx context.Context, key, site, number string, by Actor, reason string) (OrderStatus, error)
	Resume(ctx context.Context, key, site, number string, by Actor, reason string) (OrderStatus, error)
	Cancel(ctx context.Context, key, site, number string, by Actor, reason string) (OrderStatus, error)
	// Fill creates lots until the window is full. Running it twice creates nothing more.
	Fill(ctx context.Context, r FillRequest) (Fill, error)
	// Progress reads what the order waits on.
	Progress(ctx context.Context, site, number string) (OrderProgress, error)
	// Complete ends the order once every piece is accounted for, and queues the final confirmation.
	// Codes: conflict when pieces are still in process.
	Complete(ctx context.Context, key, site, number string) (OrderStatus, error)
}
