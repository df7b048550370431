package mes

import (
	"fmt"
	"time"
)

// ComponentLot is a component as it stands under its row lock at the moment of consumption.
type ComponentLot struct {
	ID        string
	Material  string
	Unit      string
	Origin    string // received or produced
	State     LotState
	Remaining Decimal
	ExpiresAt *time.Time
	Hold      *Hold // the first open hold on it, or on the order that made it
	// BuiltInto is the lot that used the last of it, where one is known.
	BuiltInto string
}

// ComponentTake is what a lot needs of a component.
type ComponentTake struct {
	Material string
	Quantity Decimal
	// Into is the lot that takes it.
	Into string
}

// CheckComponent tells whether the need may be taken from the component at the given time, in the operator's words.
// Codes: unprocessable (wrong material), held, conflict (expired, built in already, used up, too little left).
func CheckComponent(c ComponentLot, need ComponentTake, now time.Time) error {
	switch {
	case c.Material != need.Material:
		return wrongMaterial(c, need)
	case c.ID == need.Into:
		return Refuse(CodeConflict, fmt.Sprintf("%s can't be built into itself.", c.ID), nothingTaken, "Scan the component, not the lot.")
	case c.Hold != nil:
		return c.Hold.Refusal()
	case c.ExpiresAt != nil && !c.ExpiresAt.After(now):
		return Refuse(CodeConflict, fmt.Sprintf("%s expired on %s.", c.ID, c.ExpiresAt.UTC().Format("2 Jan 2006 15:04 MST")), nothingTaken, "Take another lot and put this one aside.")
	case c.Origin == "produced" && c.State != LotPacked && c.State != LotConsumed:
		return Refuse(CodeConflict, fmt.Sprintf("%s is %s, not finished.", c.ID, c.State), nothingTaken, "Take a packed one.")
	case c.Remaining.IsZero() && c.BuiltInto != "":
		return Refuse(CodeConflict, fmt.Sprintf("%s is already built into %s.", c.ID, c.BuiltInto), nothingTaken, "Scan another one.")
	case c.State != LotAvailable && c.State != LotPacked || c.Remaining.IsZero():
		return Refuse(CodeConflict, fmt.Sprintf("%s is used up.", c.ID), nothingTaken, "Scan another one.")
	case c.Remaining.LessThan(need.Quantity):
		return Refuse(CodeConflict, fmt.Sprintf("%s has %s %s left, %s are needed.", c.ID, c.Remaining, c.Unit, need.Quantity), nothingTaken,
			"Scan a second lot for the rest, or another one.")
	}
	return nil
}

const nothingTaken = "Nothing was consumed."

func wrongMaterial(c ComponentLot, need ComponentTake) error {
	return &Error{Code: CodeUnprocessable, What: fmt.Sprintf("%s is %s, this step needs %s.", c.ID, c.Material, need.Material),
		Kept: nothingTaken, Do: "Scan the right component.", Fields: []FieldError{{Field: "components", Message: "is another material"}}}
}

// UnknownComponent refuses a code that names no lot of this plant.
func UnknownComponent(scan Scan) error {
	return &Error{Code: CodeUnprocessable, What: fmt.Sprintf("%s is not known here.", scan.Identity()), Kept: nothingTaken,
		Do: "Scan it again, or receive it first.", Fields: []FieldError{{Field: "components", Message: "is not known"}}}
}
