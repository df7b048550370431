package mes

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// OrderState is the life of a work order.
type OrderState string

// The states. Held is not one of them in storage: a held order is Running or Released with an open hold, so that
// resuming returns it to what it was.
const (
	OrderCreated   OrderState = "created"
	OrderReleased  OrderState = "released"
	OrderRunning   OrderState = "running"
	OrderCompleted OrderState = "completed" // every piece is good or scrap
	OrderClosed    OrderState = "closed"    // and the ERP has the final confirmation
	OrderCancelled OrderState = "cancelled"
)

// Ended tells that nothing more will be made for the order.
func (s OrderState) Ended() bool {
	return s == OrderCompleted || s == OrderClosed || s == OrderCancelled
}

// OrderRequest is what an ERP or a planner asks for.
type OrderRequest struct {
	Number   string    `json:"number"`
	Product  string    `json:"product"`
	Quantity Decimal   `json:"quantity"`
	Due      time.Time `json:"due"`
	Priority int       `json:"priority"`
	Line     string    `json:"line"`
}

var orderNumber = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// MaxOrderQuantity bounds one order; larger demand is several orders.
var MaxOrderQuantity = Count(1_000_000)

// OrderContext is what the plant knows about a request's product and line.
type OrderContext struct {
	ProductKnown    bool
	ProductTracking Tracking
	RoutingApproved bool
	LineKnown       bool
	Now             time.Time
}

// Validate names every field that the plant refuses.
func (r OrderRequest) Validate(c OrderContext) error {
	var f Faults
	f.Check(orderNumber.MatchString(r.Number), "number", "must be 1 to 40 letters, digits, points, dashes or underscores")
	f.Check(r.Product != "", "product", "is missing")
	f.Check(c.ProductKnown || r.Product == "", "product", "%q is not a known product", r.Product)
	if c.ProductKnown {
		f.Check(c.RoutingApproved, "product", "%q has no approved routing", r.Product)
	}
	f.Check(r.Quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(r.Quantity.LessThanOrEqual(MaxOrderQuantity), "quantity", "must be at most %s", MaxOrderQuantity)
	if c.ProductTracking == TrackSerial {
		f.Check(r.Quantity.IsInteger(), "quantity", "must be a whole number, since %s carries serial numbers", r.Product)
	}
	f.Check(!r.Due.IsZero(), "due", "is missing")
	f.Check(r.Due.IsZero() || r.Due.After(c.Now), "due", "is in the past")
	f.Check(r.Priority >= 0 && r.Priority <= 100, "priority", "must be from 0 to 100")
	f.Check(r.Line != "", "line", "is missing")
	f.Check(c.LineKnown || r.Line == "", "line", "%q is not a known line", r.Line)
	return f.Err(strings.Join(strings.Fields("Order "+r.Number+" was not created."), " "))
}

// Ledger is an order's account of its pieces. It always balances; the database checks the same equation.
type Ledger struct {
	Ordered    Decimal `json:"ordered"`
	Good       Decimal `json:"good"`
	Scrap      Decimal `json:"scrap"`
	InProcess  Decimal `json:"in_process"`
	NotStarted Decimal `json:"not_started"`
}

// Balanced is the equation ordered = good + scrap + in process + not started, with no negative account.
func (l Ledger) Balanced() bool {
	for _, a := range []Decimal{l.Good, l.Scrap, l.InProcess, l.NotStarted} {
		if a.IsNegative() {
			return false
		}
	}
	return l.Ordered.Equal(l.Good.Add(l.Scrap).Add(l.InProcess).Add(l.NotStarted))
}

// OrderStatus is the part of an order that its commands depend on.
type OrderStatus struct {
	Number          string     `json:"number"`
	State           OrderState `json:"state"`
	Held            bool       `json:"held"`
	CancelRequested bool       `json:"cancel_requested"`
	Revision        string     `json:"revision"`
	// Tracking is the product's; it may be empty where nobody asks for a change of quantity.
	Tracking Tracking `json:"tracking,omitempty"`
	Ledger   Ledger   `json:"ledger"`
	// Version counts the order's entries; a command says by Actor.Seen on which one it was given.
	Version int64 `json:"version,omitempty"`
}

// OrderChange alters a running order; nil leaves a field as it is. Reason goes to the audit trail.
type OrderChange struct {
	Quantity *Decimal   `json:"quantity,omitempty"`
	Due      *time.Time `json:"due,omitempty"`
	Priority *int       `json:"priority,omitempty"`
	Reason   string     `json:"reason"`
}

// AwaitsRelease tells that the order has not begun and may still do so.
func (o OrderStatus) AwaitsRelease() bool { return o.State == OrderCreated && !o.CancelRequested }

// CanRelease tells whether the order may be released now.
func (o OrderStatus) CanRelease() error {
	switch {
	case o.AwaitsRelease():
		return nil
	case o.State.Ended() || o.CancelRequested:
		return o.refuse("is %s.", "Nothing was released.", "Create a new order.")
	}
	return Refuse(CodeConflict, fmt.Sprintf("Order %s was released before.", o.Number), "It goes on.", "Look at its lots.")
}

// CanHold tells whether the order may be held now.
func (o OrderStatus) CanHold() error {
	if o.State.Ended() {
		return o.refuse("is %s.", "Nothing was held.", "Hold its lots or its components instead.")
	}
	if o.Held {
		return Refuse(CodeConflict, fmt.Sprintf("Order %s is on hold already.", o.Number), "The first hold stands.", "")
	}
	return nil
}

// CanResume tells whether the order may be resumed now.
func (o OrderStatus) CanResume() error {
	if !o.Held {
		return Refuse(CodeConflict, fmt.Sprintf("Order %s is not on hold.", o.Number), "Nothing was changed.", "")
	}
	return nil
}

// CanCancel tells whether the order may be cancelled. Lots in process are finished or scrapped by people; a cancelled
// order only starts no more.
func (o OrderStatus) CanCancel() error {
	if o.State.Ended() {
		return o.refuse("is %s.", "Nothing was cancelled.", "Look at its lots.")
	}
	if o.CancelRequested {
		return Refuse(CodeConflict, fmt.Sprintf("Order %s is being cancelled already.", o.Number), "No more lots are started.", "Finish or scrap its lots in process.")
	}
	return nil
}

// CanChange tells whether the change may be made now. Quantity never falls below what was started.
func (o OrderStatus) CanChange(c OrderChange, now time.Time) error {
	if o.State.Ended() || o.CancelRequested {
		return o.refuse("is %s.", "Nothing was changed.", "Create a new order for what is missing.")
	}
	var f Faults
	if c.Quantity != nil {
		started := o.Ledger.Ordered.Sub(o.Ledger.NotStarted)
		f.Check(c.Quantity.IsPositive(), "quantity", "must be above 0")
		f.Check(c.Quantity.GreaterThanOrEqual(started), "quantity", "%s are started already, it can't be fewer", started)
		f.Check(c.Quantity.LessThanOrEqual(MaxOrderQuantity), "quantity", "must be at most %s", MaxOrderQuantity)
		f.Check(o.Tracking != TrackSerial || c.Quantity.IsInteger(), "quantity", "must be a whole number, since its pieces carry serial numbers")
	}
	if c.Due != nil {
		f.Check(c.Due.After(now), "due", "is in the past")
	}
	if c.Priority != nil {
		f.Check(*c.Priority >= 0 && *c.Priority <= 100, "priority", "must be from 0 to 100")
	}
	f.Check(c.Quantity != nil || c.Due != nil || c.Priority != nil, "quantity", "name at least one of quantity, due, priority")
	f.Check(!blank(c.Reason), "reason", "is missing")
	return f.Err(fmt.Sprintf("Order %s was not changed.", o.Number))
}

func (o OrderStatus) refuse(what, kept, do string) error {
	state := string(o.State)
	if o.CancelRequested && !o.State.Ended() {
		state = "being cancelled"
	}
	return Refuse(CodeConflict, fmt.Sprintf("Order %s "+what, o.Number, state), kept, do)
}
