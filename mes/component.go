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
	case c.State == LotShipped || c.State == LotScrapped || c.State == LotVoid || c.State == LotMerged:
		return Refuse(CodeConflict, fmt.Sprintf("%s %s.", c.ID, c.State.Phrase()), nothingTaken, "Put it aside and scan another one.")
	case c.Origin == "produced" && c.State != LotPacked && c.State != LotConsumed:
		return Refuse(CodeConflict, fmt.Sprintf("%s is not finished, it %s.", c.ID, c.State.Phrase()), nothingTaken, "Take a packed one.")
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

// componentsFor shares out a step's need among the scanned components.
func componentsFor(s Step, pieces Decimal, c CompleteStep) ([]Consumption, error) {
	uses := c.Components
	if len(uses) == 0 && c.Scan != "" {
		uses = []ComponentUse{{Scan: c.Scan}}
	}
	need := s.Component.Quantity.Mul(pieces)
	var f Faults
	f.Check(len(uses) > 0, "components", "scan %s", s.Component.Material)
	share := shareOf(need, uses, &f)
	var out []Consumption
	given := Zero
	for i, u := range uses {
		q := share
		if u.Quantity != nil {
			q = *u.Quantity
		}
		scan, err := readComponent(u.Scan)
		if err != nil {
			f.Add(fmt.Sprintf("components[%d].scan", i), "%s", err)
			continue
		}
		f.Check(u.Quantity == nil || q.IsPositive(), fmt.Sprintf("components[%d].quantity", i), "must be above 0")
		given = given.Add(q)
		out = append(out, Consumption{Component: scan, Material: s.Component.Material, Quantity: q})
	}
	if len(f) == 0 {
		f.Check(given.Equal(need), "components", "%s of %s are needed, %s were given", need, s.Component.Material, given)
	}
	if err := f.Err(fmt.Sprintf("Step %s is not complete.", s.title())); err != nil {
		return nil, err
	}
	return out, nil
}

// shareOf is what each component without a quantity gives: an equal part of what the others leave. A part that is not
// a whole number where the need is one can't be meant.
func shareOf(need Decimal, uses []ComponentUse, f *Faults) Decimal {
	rest, open := need, int64(0)
	for _, u := range uses {
		if u.Quantity == nil {
			open++
		} else {
			rest = rest.Sub(*u.Quantity)
		}
	}
	switch {
	case open == 0:
		return Zero
	case open == 1 && rest.IsPositive():
		return rest
	}
	share := rest.DivRound(Count(open), 6)
	whole := !need.IsInteger() || share.IsInteger()
	f.Check(share.IsPositive() && whole && share.Mul(Count(open)).Equal(rest), "components", "say how much of each is used, %s in all", need)
	return share
}

// readComponent reads a component's code. A label that names only the product does not say which piece or lot it is.
func readComponent(code string) (Scan, error) {
	scan, err := ParseScan(code)
	if err == nil && scan.GTIN != "" && scan.Lot == "" && scan.Serial == "" {
		err = fmt.Errorf("the label names product %s only; scan the one with the lot or serial number", scan.GTIN)
	}
	return scan, err
}
