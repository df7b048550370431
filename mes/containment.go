package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CriterionKind says by what the lots of a containment are named.
type CriterionKind string

// The kinds.
const (
	ByLot         CriterionKind = "lot"          // one lot or several
	BySerials     CriterionKind = "serials"      // a range of numbers
	ByComponent   CriterionKind = "component"    // a component lot, and what it is built into
	BySupplierLot CriterionKind = "supplier_lot" // a supplier's own lot number
	ByMachine     CriterionKind = "machine"      // what a station or device worked on in a time
	ByRouting     CriterionKind = "routing"      // lots that are made by one revision of a routing
	ByModel       CriterionKind = "model"        // lots that one version of a vision model judged
	ByGenealogy   CriterionKind = "genealogy"    // what a lot came from or went into, to a depth
)

// CriterionKinds lists all of them.
var CriterionKinds = []CriterionKind{ByLot, BySerials, ByComponent, BySupplierLot, ByMachine, ByRouting, ByModel, ByGenealogy}

// Criterion names the lots of a containment. Each kind uses its own fields and no others.
type Criterion struct {
	Kind CriterionKind `json:"kind"`
	// Lots are named one by one: ByLot, ByComponent, and the one root of ByGenealogy.
	Lots []string `json:"lots,omitempty"`
	// From and To are the ends of BySerials, both included. They differ in their last digits only.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Supplier narrows BySupplierLot.
	Supplier    string `json:"supplier,omitempty"`
	SupplierLot string `json:"supplier_lot,omitempty"`
	// Station or Device, and the time in which it worked; without Until it goes on, and new lots join.
	Station string     `json:"station,omitempty"`
	Device  string     `json:"device,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
	// Product and Revision name a routing.
	Product  string `json:"product,omitempty"`
	Revision string `json:"revision,omitempty"`
	// Model is the model and its version, as verdicts name it.
	Model string `json:"model,omitempty"`
	// Follow is the way through genealogy from each named lot; empty means down, to what it went into.
	Follow Follow `json:"follow,omitempty"`
	// Depth bounds the way; 0 means to its end.
	Depth int `json:"depth,omitempty"`
}

// Follow is a way through genealogy.
type Follow string

// The ways.
const (
	FollowNone Follow = "none" // the named lots only
	FollowDown Follow = "down" // what they went into
	FollowUp   Follow = "up"   // what they came from
	FollowBoth Follow = "both"
	// FollowAround goes up to what they came from, and from there down to everything else that was made of it.
	FollowAround Follow = "around"
)

// Follows lists all of them.
var Follows = []Follow{FollowNone, FollowDown, FollowUp, FollowBoth, FollowAround}

// Up and Down tell which ways are followed from a named lot.
func (f Follow) Up() bool { return f == FollowUp || f == FollowBoth || f == FollowAround }

// Down tells whether what a named lot went into is followed.
func (f Follow) Down() bool { return f != FollowUp && f != FollowNone }

// Watched tells whether lots can come to meet the criterion later. Those that are named one by one can't, nor can those
// of a time that is over.
func (c Criterion) Watched(now time.Time) bool {
	switch c.Kind {
	case BySupplierLot, ByRouting, ByModel, BySerials:
		return true
	case ByMachine:
		return c.Until == nil || c.Until.After(now)
	}
	return false
}

// Title is the criterion in a few words.
func (c Criterion) Title() string {
	switch c.Kind {
	case ByLot, ByComponent, ByGenealogy:
		if len(c.Lots) > 3 {
			return fmt.Sprintf("%s and %d more", strings.Join(c.Lots[:3], ", "), len(c.Lots)-3)
		}
		return strings.Join(c.Lots, ", ")
	case BySerials:
		return c.From + " to " + c.To
	case BySupplierLot:
		return strings.TrimSpace(c.Supplier + " " + c.SupplierLot)
	case ByMachine:
		return c.Station + c.Device
	case ByRouting:
		return c.Product + " rev " + c.Revision
	case ByModel:
		return c.Model
	}
	return ""
}

// MaxNamed is how many lots one criterion can name.
const MaxNamed = 1000

// MaxContainDepth bounds the depth that can be asked for.
const MaxContainDepth = 100

func (c Criterion) validate(f *Faults, at string) {
	f.Check(slices.Contains(CriterionKinds, c.Kind), at+"kind", "must be one of %v", CriterionKinds)
	f.Check(c.Follow == "" || slices.Contains(Follows, c.Follow), at+"follow", "must be one of %v", Follows)
	f.Check(c.Depth >= 0 && c.Depth <= MaxContainDepth, at+"depth", "must be from 0 to %d", MaxContainDepth)
	c.validateLots(f, at)
	c.validateSerials(f, at)
	c.validateMachine(f, at)
	only := func(kind CriterionKind, field, value string) {
		if c.Kind == kind {
			f.Check(!blank(value), at+field, "is missing")
			f.Check(len(value) <= 128, at+field, "is longer than 128 characters")
			return
		}
		f.Check(value == "", at+field, "goes with the kind %s only", kind)
	}
	only(BySupplierLot, "supplier_lot", c.SupplierLot)
	only(ByRouting, "product", c.Product)
	only(ByRouting, "revision", c.Revision)
	only(ByModel, "model", c.Model)
	f.Check(c.Supplier == "" || c.Kind == BySupplierLot, at+"supplier", "goes with the kind %s only", BySupplierLot)
}

func (c Criterion) validateLots(f *Faults, at string) {
	named := c.Kind == ByLot || c.Kind == ByComponent || c.Kind == ByGenealogy
	if !named {
		f.Check(len(c.Lots) == 0, at+"lots", "goes with the kinds %s, %s and %s only", ByLot, ByComponent, ByGenealogy)
		return
	}
	f.Check(len(c.Lots) > 0, at+"lots", "name at least one")
	f.Check(len(c.Lots) <= MaxNamed, at+"lots", "at most %d can be named", MaxNamed)
	f.Check(c.Kind != ByGenealogy || len(c.Lots) <= 1, at+"lots", "a genealogy starts from one lot")
	for i, l := range c.Lots {
		f.Check(!blank(l) && len(l) <= 64, fmt.Sprintf("%slots[%d]", at, i), "must have from 1 to 64 characters")
		f.Check(!slices.Contains(c.Lots[:i], l), fmt.Sprintf("%slots[%d]", at, i), "%s is named twice", l)
	}
}

func (c Criterion) validateSerials(f *Faults, at string) {
	if c.Kind != BySerials {
		f.Check(c.From == "" && c.To == "", at+"from", "goes with the kind %s only", BySerials)
		return
	}
	f.Check(!blank(c.From), at+"from", "is missing")
	f.Check(!blank(c.To), at+"to", "is missing")
	if blank(c.From) || blank(c.To) {
		return
	}
	f.Check(len(c.From) == len(c.To) && stem(c.From) == stem(c.To), at+"to", "must differ from the first number in its last digits only")
	f.Check(c.From <= c.To, at+"to", "comes before the first number")
}

// stem is a serial number without the digits that it ends with.
func stem(serial string) string { return strings.TrimRight(serial, "0123456789") }

func (c Criterion) validateMachine(f *Faults, at string) {
	if c.Kind != ByMachine {
		f.Check(c.Station == "" && c.Device == "", at+"station", "goes with the kind %s only", ByMachine)
		f.Check(c.Since == nil && c.Until == nil, at+"since", "goes with the kind %s only", ByMachine)
		return
	}
	f.Check((c.Station == "") != (c.Device == ""), at+"station", "name a station or a device")
	f.Check(c.Since != nil, at+"since", "is missing")
	f.Check(c.Since == nil || c.Until == nil || c.Until.After(*c.Since), at+"until", "must be after the beginning")
}

// Source is the record that asks for a containment. It is empty when a person does.
type Source struct {
	Noun    string `json:"noun,omitempty"`
	Subject string `json:"subject,omitempty"`
}

// ContainmentRequest asks that everything which meets the criterion, and all that it touched, stands still.
type ContainmentRequest struct {
	Site string `json:"site"`
	// Key makes the request safe to repeat: the same key answers the same containment.
	Key       string    `json:"-"`
	Criterion Criterion `json:"criterion"`
	Reason    string    `json:"reason"`
	Severity  Severity  `json:"severity"`
	Source    Source    `json:"source,omitzero"`
	// Since is when the fact became known, where that was before the request: the third verdict, the customer's call. The
	// time to contain counts from it.
	Since *time.Time `json:"since,omitempty"`
}

// Validate names every field that can't be used.
func (r ContainmentRequest) Validate() error {
	var f Faults
	r.Criterion.validate(&f, "criterion.")
	f.Check(!blank(r.Reason), "reason", "is missing")
	f.Check(len(r.Reason) <= 500, "reason", "is longer than 500 characters")
	f.Check(severityRank[r.Severity] > 0, "severity", "must be critical, high, medium or low")
	return f.Err("Nothing was held.")
}

// ContainmentState is how far a containment is.
type ContainmentState string

// The states, in their order.
const (
	ContainmentPlaced        ContainmentState = "placed"        // what is named is guarded
	ContainmentFinding       ContainmentState = "finding"       // genealogy is followed
	ContainmentContained     ContainmentState = "contained"     // all that was found is guarded, and nothing runs
	ContainmentDispositioned ContainmentState = "dispositioned" // every lot has its decision
	ContainmentClosed        ContainmentState = "closed"        // every lot has its end
)

// ContainmentStates lists all of them.
var ContainmentStates = []ContainmentState{ContainmentPlaced, ContainmentFinding, ContainmentContained, ContainmentDispositioned, ContainmentClosed}

// ContainmentTally counts what a containment holds.
type ContainmentTally struct {
	Found          int  `json:"found"`
	Held           int  `json:"held"`           // under the guard now
	Unacknowledged int  `json:"unacknowledged"` // running lots that have not said that they stand still
	Undecided      int  `json:"undecided"`      // open lots without a decision
	Proposed       int  `json:"proposed"`       // decided, and waiting for signatures
	Open           int  `json:"open"`           // without an end
	Unnotified     int  `json:"unnotified"`     // shipped lots whose customer was not told
	Joined         int  `json:"joined"`         // that came after the finding
	Complete       bool `json:"complete"`       // nothing is left to follow
	Watching       bool `json:"watching"`       // lots may still join
}

// State is where a containment stands by what it holds. It never goes back behind contained, except that a lot which joins
// brings a decided one back to contained.
func (t ContainmentTally) State() ContainmentState {
	switch {
	case !t.Complete || t.Unacknowledged > 0:
		return ContainmentFinding
	case t.Open == 0 && !t.Watching:
		return ContainmentClosed
	case t.Undecided == 0 && t.Unnotified == 0:
		return ContainmentDispositioned
	}
	return ContainmentContained
}

// NounContainment is a containment in alerts and in the audit trail.
const NounContainment = "containment"

// Containment is what a rule that acted asks for: what its group names, and what was made of it. Of a device it is all that
// stood at its station in the rule's window.
func (f Firing) Containment() ContainmentRequest {
	r := ContainmentRequest{Site: f.Rule.Site, Key: "rule/" + f.ID, Reason: clip(f.Why(), 500), Severity: f.Rule.Severity, Source: Source{Noun: "reaction_rule", Subject: f.Rule.ID}}
	last := f.Last()
	r.Since = &last.At
	switch f.Rule.Group {
	case GroupLot:
		r.Criterion = Criterion{Kind: ByLot, Lots: []string{f.Group}}
	case GroupComponent:
		r.Criterion = Criterion{Kind: ByComponent, Lots: []string{f.Group}}
	case GroupModel:
		r.Criterion = Criterion{Kind: ByModel, Model: f.Group}
	case GroupDevice:
		since := f.At.Add(-time.Duration(f.Rule.WindowMin) * time.Minute)
		r.Criterion = Criterion{Kind: ByMachine, Station: last.Station, Since: &since, Until: &f.At}
		if last.Station == "" {
			r.Criterion.Device = f.Group
		}
	}
	return r
}

// clip keeps a text within so many bytes, at the end of a character.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
