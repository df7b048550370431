package mes

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// PermitState is where a deviation permit stands.
type PermitState string

// The states. An approved permit ends by itself: with its time, or with its quantity.
const (
	PermitRequested PermitState = "requested"
	PermitApproved  PermitState = "approved"
	PermitRejected  PermitState = "rejected"
	PermitWithdrawn PermitState = "withdrawn"
	PermitExpired   PermitState = "expired" // approved, and its time is over
	PermitUsedUp    PermitState = "used_up" // approved, and its quantity is used
)

// PermitStates lists all of them.
var PermitStates = []PermitState{PermitRequested, PermitApproved, PermitRejected, PermitWithdrawn, PermitExpired, PermitUsedUp}

// MaxPermit is how long a permit holds at most. What deviates for longer is a change of the specification.
const MaxPermit = 366 * 24 * time.Hour

// NewPermit asks for permission to use what is outside the specification.
type NewPermit struct {
	Product        string    `json:"product"`
	Operation      string    `json:"operation,omitempty"`
	Characteristic string    `json:"characteristic,omitempty"`
	Code           string    `json:"code,omitempty"` // defect code
	Allows         string    `json:"allows"`         // in words: what deviates, by how much
	Lots           []string  `json:"lots,omitempty"` // empty allows every lot of the product
	Quantity       *Decimal  `json:"quantity,omitempty"`
	ValidUntil     time.Time `json:"valid_until"`
	Reason         string    `json:"reason"`
}

// Validate names every field that cannot work. A permit is bounded by lots or by a quantity, and by a time.
func (n NewPermit) Validate(now time.Time) error {
	var f Faults
	f.Check(!blank(n.Product), "product", "is missing")
	f.Check(!blank(n.Allows), "allows", "is missing")
	f.Check(!blank(n.Reason), "reason", "is missing")
	f.Check(n.Quantity != nil || len(n.Lots) > 0, "quantity", "is missing, and so are lots; a permit has a bound")
	f.Check(n.Quantity == nil || n.Quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(n.ValidUntil.After(now), "valid_until", "is in the past")
	f.Check(!n.ValidUntil.After(now.Add(MaxPermit)), "valid_until", "is more than a year away")
	f.Check(len(n.Lots) <= MaxNCLots, "lots", "at most %d", MaxNCLots)
	for i, l := range n.Lots {
		f.Check(!blank(l) && !slices.Contains(n.Lots[:i], l), fmt.Sprintf("lots[%d]", i), "must be given, and once")
	}
	return f.Err("The permit was not asked for.")
}

// Permit is a deviation permit with what was used of it.
type Permit struct {
	ID   string `json:"id"` // DP-3
	Site string `json:"site"`
	NewPermit
	State       PermitState `json:"state"`
	Used        Decimal     `json:"used"`
	Request     string      `json:"request,omitempty"`
	RequestedBy string      `json:"requested_by"`
	RequestedAt time.Time   `json:"requested_at"`
	EndedBy     string      `json:"ended_by,omitempty"`
	EndedAt     *time.Time  `json:"ended_at,omitempty"`
	EndReason   string      `json:"end_reason,omitempty"`
	Uses        []PermitUse `json:"uses,omitempty"` // not in lists
}

// PermitUse is a quantity that was let go under a permit.
type PermitUse struct {
	Lot      string    `json:"lot"`
	Quantity Decimal   `json:"quantity"`
	Noun     string    `json:"noun"`
	Subject  string    `json:"subject"`
	At       time.Time `json:"at"`
}

// StateAt is the permit's state by a clock: a stored "approved" ends by itself.
func (p Permit) StateAt(now time.Time) PermitState {
	switch {
	case p.State != PermitApproved:
		return p.State
	case !now.Before(p.ValidUntil):
		return PermitExpired
	case p.Quantity != nil && p.Used.GreaterThanOrEqual(*p.Quantity):
		return PermitUsedUp
	}
	return PermitApproved
}

// Allow judges one use: a lot of a product, so much of it, for a defect code, now. The error is what a signer reads.
func (p Permit) Allow(lot, product, code string, quantity Decimal, now time.Time) error {
	refuse := func(format string, args ...any) error {
		return Refuse(CodeConflict, fmt.Sprintf("Permit %s "+format+".", append([]any{p.ID}, args...)...), "Nothing was carried out.", "Take another disposition, or ask for a permit that allows it.")
	}
	switch s := p.StateAt(now); {
	case s == PermitExpired:
		return refuse("expired at %s", p.ValidUntil.UTC().Format("2006-01-02 15:04 UTC"))
	case s == PermitUsedUp:
		return refuse("is used up: %s of %s", p.Used, p.Quantity)
	case s != PermitApproved:
		return refuse("is %s", s)
	case p.Product != product:
		return refuse("is for %s, %s is %s", p.Product, lot, product)
	case len(p.Lots) > 0 && !slices.Contains(p.Lots, lot):
		return refuse("does not name %s", lot)
	case p.Code != "" && p.Code != code:
		return refuse("is for defect %s", p.Code)
	case p.Quantity != nil && p.Used.Add(quantity).GreaterThan(*p.Quantity):
		return refuse("has %s left, %s are asked for", p.Quantity.Sub(p.Used), quantity)
	}
	return nil
}

// PermitFilter narrows the list, newest first. Sorts: id, valid_until.
type PermitFilter struct {
	Paging
	Site    string
	State   PermitState
	Product string
	// Usable keeps those that allow something now.
	Usable bool
}

// Permits keeps deviation permits.
type Permits interface {
	// Ask makes a permit that waits for its signatures. Codes: not_found (product, lot), unprocessable.
	Ask(ctx context.Context, key, site string, by Actor, n NewPermit) (Permit, error)
	Get(ctx context.Context, site, id string) (Permit, error)
	List(ctx context.Context, f PermitFilter) (Page[Permit], error)
	// Withdraw ends one that waits or is in force. Codes: not_found, conflict, unprocessable.
	Withdraw(ctx context.Context, key, site, id string, by Actor, reason string) (Permit, error)
}
