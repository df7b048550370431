package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxMerged is how many lots become one at a time.
const MaxMerged = 50

// StandingLot is a lot as it stands, for a decision on whether it may be divided or put together with others.
type StandingLot struct {
	ID          string
	Site        string
	Material    string
	Tracking    Tracking
	Origin      string // received or produced
	State       LotState
	Remaining   Decimal
	Order       string
	Revision    string
	Operation   string
	Visit       int
	Supplier    string
	SupplierLot string
	ExpiresAt   *time.Time
}

// divisible are the states in which a lot lies still, so that pieces can be taken out of it and put into it. A lot in work
// is divided when its operation is over.
var divisible = []LotState{LotAvailable, LotPacked, LotQueued}

// LotSplit takes pieces out of a lot into a lot of their own.
type LotSplit struct {
	Lot      string  `json:"lot"`
	Quantity Decimal `json:"quantity"` // of the new lot
	Reason   string  `json:"reason"`
}

// Check refuses a split that can't be. Holds are the ledger's to refuse, as for every movement.
func (s LotSplit) Check(l StandingLot) error {
	const kept = "Nothing was split."
	var f Faults
	f.Check(!blank(s.Reason), "reason", "is missing")
	f.Check(s.Quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(s.Quantity.LessThan(l.Remaining), "quantity", "must leave something: %s are in the lot", l.Remaining)
	if err := f.Err(kept); err != nil {
		return err
	}
	return l.still("split", kept)
}

// still refuses to divide or merge a lot that is no heap of pieces lying still.
func (l StandingLot) still(verb, kept string) error {
	switch {
	case l.Tracking == TrackSerial:
		return Refuse(CodeConflict, fmt.Sprintf("%s is one piece with a serial number.", l.ID), kept, "")
	case !slices.Contains(divisible, l.State):
		return Refuse(CodeConflict, fmt.Sprintf("%s %s.", l.ID, l.State.Phrase()), kept, fmt.Sprintf("Only a lot in stock, before an operation or packed can be %s.", participle(verb)))
	}
	return nil
}

func participle(verb string) string {
	if verb == "split" {
		return "split"
	}
	return verb + "d"
}

// LotMerge puts lots together into a new one.
type LotMerge struct {
	Lots   []string `json:"lots"`
	Reason string   `json:"reason"`
}

// Check refuses lots that are not the same thing at the same place: what is merged can't be told apart again, so all that
// was known of each must hold for all.
func (m LotMerge) Check(lots []StandingLot) error {
	const kept = "Nothing was merged."
	var f Faults
	f.Check(!blank(m.Reason), "reason", "is missing")
	f.Check(len(m.Lots) >= 2 && len(m.Lots) <= MaxMerged, "lots", "must be 2 to %d", MaxMerged)
	f.Check(len(slices.Compact(slices.Sorted(slices.Values(m.Lots)))) == len(m.Lots), "lots", "name a lot twice")
	if err := f.Err(kept); err != nil {
		return err
	}
	for _, l := range lots {
		if err := l.still("merge", kept); err != nil {
			return err
		}
		if why := l.differs(lots[0]); why != "" {
			return Refuse(CodeConflict, fmt.Sprintf("%s and %s differ: %s.", lots[0].ID, l.ID, why), kept, "Merge only lots that are alike.")
		}
	}
	return nil
}

// differs says in what two lots are not alike.
func (l StandingLot) differs(o StandingLot) string {
	var out []string
	add := func(same bool, what string) {
		if !same {
			out = append(out, what)
		}
	}
	add(l.Material == o.Material, "material")
	add(l.State == o.State, "state")
	add(l.Order == o.Order, "order")
	add(l.Revision == o.Revision, "revision of the routing")
	add(l.Operation == o.Operation && l.Visit == o.Visit, "operation")
	add(l.Supplier == o.Supplier && l.SupplierLot == o.SupplierLot, "supplier's lot")
	add(sameTime(l.ExpiresAt, o.ExpiresAt), "expiry")
	return strings.Join(out, ", ")
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// Total is how many pieces the lots hold together.
func Total(lots []StandingLot) Decimal {
	sum := Zero
	for _, l := range lots {
		sum = sum.Add(l.Remaining)
	}
	return sum
}

// Split leaves q pieces less in the lot; the rest of it stays where it is.
func (p Progress) Split(q Decimal) Progress {
	p = p.clone()
	p.Quantity = p.Quantity.Sub(q)
	p.Version++
	return p
}

// SplitOff is the progress of the new lot: it has been where its pieces have been, and none of them was scrapped in it.
func (p Progress) SplitOff(q Decimal) Progress {
	p = p.clone()
	p.Quantity, p.Scrapped, p.Version = q, Zero, 1
	return p
}

// Merge ends the lot: its pieces are in another one.
func (p Progress) Merge(now time.Time) Progress {
	p = p.clone()
	p.State, p.Quantity, p.Wait = LotMerged, Zero, Wait{Since: now}
	p.Version++
	return p
}

// Divided is the answer to a split or merge: the lot that was made, and what is left of the others.
type Divided struct {
	New  string        `json:"new"`
	Lots []DividedPart `json:"lots"`
}

// DividedPart is one lot that pieces were taken from.
type DividedPart struct {
	Lot      string  `json:"lot"`
	Quantity Decimal `json:"quantity"` // taken
	Left     Decimal `json:"left"`
}
