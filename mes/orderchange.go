package mes

import (
	"context"
	"errors"
	"slices"
	"time"
)

// RevisionChangeState is where a running order's move to another revision stands.
type RevisionChangeState string

// The states.
const (
	ChangeRequested RevisionChangeState = "requested" // waits for its signature
	ChangeApproved  RevisionChangeState = "approved"  // in force: new lots at once, open ones at their safe point
	ChangeRejected  RevisionChangeState = "rejected"
)

// RevisionChange moves a running order to another routing revision.
type RevisionChange struct {
	ID          string              `json:"id"`
	Site        string              `json:"site"`
	Order       string              `json:"order"`
	Product     string              `json:"product"`
	From        string              `json:"from"`
	To          string              `json:"to"`
	Reason      string              `json:"reason"`
	State       RevisionChangeState `json:"state"`
	RequestedBy string              `json:"requested_by"`
	RequestedAt time.Time           `json:"requested_at"`
	Request     string              `json:"request,omitempty"` // for its signature
	DecidedBy   string              `json:"decided_by,omitempty"`
	DecidedAt   *time.Time          `json:"decided_at,omitempty"`
	EndReason   string              `json:"end_reason,omitempty"`
	Lots        []ChangedLot        `json:"lots"`
}

// The fates of a lot in a revision change.
const (
	FateMoved = "moved"   // it goes on by the new revision
	FateWaits = "waiting" // it is within an operation and moves when it is between two
	FateStays = "stays"   // its way can't be mapped, so it ends on the old revision
)

// ChangedLot is one lot's part in a revision change.
type ChangedLot struct {
	Lot       string     `json:"lot"`
	State     LotState   `json:"state"`
	Operation string     `json:"operation"`
	Fate      string     `json:"fate"`           // moved, waiting or stays
	Next      string     `json:"next,omitempty"` // the operation that it waits for on the new revision
	Ahead     []string   `json:"ahead,omitempty"`
	Why       string     `json:"why,omitempty"` // it stays
	At        *time.Time `json:"at,omitempty"`  // when it moved
}

// RevisionPreview says what a move to another revision would do, before anyone asks for it.
type RevisionPreview struct {
	Order      string       `json:"order"`
	Product    string       `json:"product"`
	From       string       `json:"from"`
	To         string       `json:"to"`
	NotStarted Decimal      `json:"not_started"` // pieces that begin on the new revision at once
	Changes    []Difference `json:"changes"`
	// Missed are the differences within operations that some open lot has done: it goes on without them.
	Missed []Difference `json:"missed"`
	Lots   []ChangedLot `json:"lots"`
}

// PreviewLot says what would become of one open lot. A lot within an operation is judged as it will stand after it.
func PreviewLot(lot string, p Progress, from, to Routing) ChangedLot {
	out := ChangedLot{Lot: lot, State: p.State, Operation: p.Operation, Fate: FateMoved, Ahead: p.Ahead(from)}
	at := p
	if p.State != LotQueued {
		here, _, known := from.At(p.Operation)
		if !known || here+1 >= len(from.Operations) {
			out.Fate, out.Why = FateStays, "It is in its last operation."
			return out
		}
		at.State, at.Operation, out.Fate = LotQueued, from.Operations[here+1].ID, FateWaits
	}
	after, err := at.Rebase(from, to)
	if err == nil {
		out.Next, out.Ahead = after.Operation, after.Ahead(to)
		return out
	}
	out.Fate, out.Why = FateStays, WhyOf(err)
	return out
}

// WhyOf is what happened, of a refusal's three parts.
func WhyOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.What
	}
	return err.Error()
}

// WithinDone keeps the differences inside operations that are done.
func WithinDone(changes []Difference, done []string) []Difference {
	out := []Difference{}
	for _, c := range changes {
		if len(c.Path) > 2 && c.Path[0] == "operations" && slices.Contains(done, c.Path[1]) {
			out = append(out, c)
		}
	}
	return out
}

// Worth refuses a change that would move nothing.
func (p RevisionPreview) Worth() error {
	moves := slices.ContainsFunc(p.Lots, func(l ChangedLot) bool { return l.Fate != FateStays })
	if moves || p.NotStarted.IsPositive() {
		return nil
	}
	return Refuse(CodeConflict, "No piece of order "+p.Order+" can move to rev "+p.To+".", "Nothing was asked for.", "Finish its lots on rev "+p.From+".")
}

// CanMove refuses a move of an order to a revision that it can't or need not take.
func (s OrderStatus) CanMove(to string) error {
	switch {
	case s.State.Ended() || s.CancelRequested:
		return Refuse(CodeConflict, "Order "+s.Number+" takes no more changes.", "Nothing was changed.", "")
	case s.State == OrderCreated:
		return Refuse(CodeConflict, "Order "+s.Number+" is not released.", "Nothing was changed.", "Release it: it gets the revision in force.")
	case s.Revision == to:
		return Refuse(CodeConflict, "Order "+s.Number+" is made by rev "+to+" already.", "Nothing was changed.", "")
	}
	return nil
}

// OrderChanges moves running orders to other revisions, after a signature that is not the asker's.
type OrderChanges interface {
	// Preview says what a move would do. Codes: not_found, conflict.
	Preview(ctx context.Context, site, number, to string) (RevisionPreview, error)
	// Ask opens the request for the signature. The same key answers the first request. Codes: not_found, conflict (one is
	// open, nothing would move), unprocessable (reason).
	Ask(ctx context.Context, key, site, number string, by Actor, to, reason string) (RevisionChange, error)
	// Of lists an order's changes, newest first, with what became of each lot. Codes: not_found.
	Of(ctx context.Context, site, number string) ([]RevisionChange, error)
}
