package mes

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// QualityKind says what kind of fact about quality an event tells.
type QualityKind string

// The kinds.
const (
	QualityVerdict       QualityKind = "verdict"       // a picture failed its inspection rule
	QualityDefect        QualityKind = "defect"        // a person reported a defect
	QualityNonconforming QualityKind = "nonconforming" // a nonconformance was opened
	QualityAlarm         QualityKind = "spc_alarm"     // a control chart left control
	QualityInspection    QualityKind = "inspection"    // a sample was not accepted
	QualityComplaint     QualityKind = "complaint"     // a customer complained
	QualitySafety        QualityKind = "safety"        // a person or a zone was not safe
)

// QualityKinds lists all of them.
var QualityKinds = []QualityKind{QualityVerdict, QualityDefect, QualityNonconforming, QualityAlarm, QualityInspection, QualityComplaint, QualitySafety}

// QualityEvent is one fact about quality. Reaction rules count events; a fact is told once per key.
type QualityEvent struct {
	Key  string      `json:"key"`
	Site string      `json:"site"`
	Kind QualityKind `json:"kind"`
	// Code is the defect code, the class that a model named, or the rule of a chart.
	Code string `json:"code"`
	// Noun and Subject name the record that tells the whole of it.
	Noun      string    `json:"noun"`
	Subject   string    `json:"subject"`
	Lot       string    `json:"lot,omitempty"`
	Product   string    `json:"product,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Step      string    `json:"step,omitempty"`
	Station   string    `json:"station,omitempty"`
	Device    string    `json:"device,omitempty"`
	Model     string    `json:"model,omitempty"` // model and version
	Text      string    `json:"text"`
	At        time.Time `json:"at"`
}

// ReactionGroup says which events count together.
type ReactionGroup string

// The groups.
const (
	GroupAll       ReactionGroup = "all"
	GroupLot       ReactionGroup = "lot"
	GroupCode      ReactionGroup = "code"
	GroupStation   ReactionGroup = "station"
	GroupDevice    ReactionGroup = "device"
	GroupProduct   ReactionGroup = "product"
	GroupModel     ReactionGroup = "model"
	GroupComponent ReactionGroup = "component" // the lot of Component's material that was built into the event's lot
)

// ReactionGroups lists all of them.
var ReactionGroups = []ReactionGroup{GroupAll, GroupLot, GroupCode, GroupStation, GroupDevice, GroupProduct, GroupModel, GroupComponent}

// ReactionKind is something that a rule does by itself.
type ReactionKind string

// The reactions.
const (
	ReactAlert         ReactionKind = "alert"
	ReactHold          ReactionKind = "hold"          // contain what the group names and all that it touched
	ReactNonconforming ReactionKind = "nonconforming" // open a nonconformance
	ReactCAPA          ReactionKind = "capa"          // open a CAPA
	ReactStop          ReactionKind = "stop"          // stop the station: nothing starts there
	ReactMaintenance   ReactionKind = "maintenance"   // ask for a maintenance job
	ReactAndon         ReactionKind = "andon"         // call for help at the station of the event
)

// ReactionKinds lists all of them.
var ReactionKinds = []ReactionKind{ReactAlert, ReactHold, ReactNonconforming, ReactCAPA, ReactStop, ReactMaintenance, ReactAndon}

// ReactionRule acts when enough events of one kind come together: Count of them within Window, in one group, since it last
// acted there.
type ReactionRule struct {
	ID     string      `json:"id"`
	Site   string      `json:"site"`
	Name   string      `json:"name"`
	Active bool        `json:"active"`
	Kind   QualityKind `json:"kind"`
	// Code, Product, Operation and Device narrow the events; empty takes all.
	Code      string `json:"code,omitempty"`
	Product   string `json:"product,omitempty"`
	Operation string `json:"operation,omitempty"`
	Device    string `json:"device,omitempty"`

	Group     ReactionGroup `json:"group"`
	Component string        `json:"component,omitempty"` // a material, for GroupComponent
	Count     int           `json:"count"`
	WindowMin int           `json:"window_min"` // minutes
	// PerThousand makes it a rule on a rate: it acts when there are Count events at least, and more of them than this per
	// 1,000 pieces made in the window, of the rule's product and at its operation where it names them; zero asks for no rate.
	PerThousand Decimal        `json:"per_thousand,omitzero"`
	Severity    Severity       `json:"severity"`
	Then        []ReactionKind `json:"then"`
	Version     int            `json:"version"`
	ChangedBy   string         `json:"changed_by"`
	ChangedAt   time.Time      `json:"changed_at"`
}

// Validate names every field that cannot work.
func (r ReactionRule) Validate() error {
	var f Faults
	f.Check(routingID.MatchString(r.ID), "id", idForm)
	f.Check(!blank(r.Name), "name", "is missing")
	f.Check(slices.Contains(QualityKinds, r.Kind), "kind", "must be one of %v", QualityKinds)
	f.Check(slices.Contains(ReactionGroups, r.Group), "group", "must be one of %v", ReactionGroups)
	f.Check((r.Group == GroupComponent) == (r.Component != ""), "component", "goes with the group component, and only with it")
	f.Check(r.Count >= 1 && r.Count <= 1000, "count", "must be from 1 to 1000")
	f.Check(r.WindowMin >= 1 && r.WindowMin <= 60*24*92, "window_min", "must be from a minute to 92 days")
	f.Check(!r.PerThousand.IsNegative(), "per_thousand", "must not be negative")
	f.Check(severityRank[r.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(len(r.Then) > 0, "then", "at least one is needed")
	for i, t := range r.Then {
		f.Check(slices.Contains(ReactionKinds, t), fmt.Sprintf("then[%d]", i), "must be one of %v", ReactionKinds)
	}
	f.Check(!slices.Contains(r.Then, ReactHold) || slices.Contains(holdGroups, r.Group), "then", "a hold needs a group that names what is held: %v", holdGroups)
	f.Check(!slices.Contains(r.Then, ReactStop) || r.Group == GroupStation, "then", "a stop needs the group station")
	f.Check(!slices.Contains(r.Then, ReactMaintenance) || r.Group == GroupStation || r.Group == GroupDevice, "then", "maintenance needs the group station or device")
	return f.Err("The rule was not stored.")
}

// holdGroups are the groups that name something to hold.
var holdGroups = []ReactionGroup{GroupLot, GroupComponent, GroupDevice, GroupModel}

// Counts tells whether the rule counts the event.
func (r ReactionRule) Counts(e QualityEvent) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return r.Active && r.Kind == e.Kind && r.Site == e.Site && is(r.Code, e.Code) && is(r.Product, e.Product) && is(r.Operation, e.Operation) && is(r.Device, e.Device)
}

// TooMany tells whether so many events are more than the rule's rate allows for the pieces made in its window. Where nothing was
// made there is no rate, and a rule on a rate does not act.
func (r ReactionRule) TooMany(events int, pieces Decimal) bool {
	if r.PerThousand.IsZero() {
		return true
	}
	return pieces.IsPositive() && Count(int64(events)*1000).GreaterThan(r.PerThousand.Mul(pieces))
}

// GroupsOf are the groups in which the event counts, given the lots of the rule's component that are in its lot. An event
// that does not know what the rule groups by counts nowhere.
func (r ReactionRule) GroupsOf(e QualityEvent, components []string) []string {
	one := map[ReactionGroup]string{GroupAll: "all", GroupLot: e.Lot, GroupCode: e.Code, GroupStation: e.Station, GroupDevice: e.Device, GroupProduct: e.Product, GroupModel: e.Model}
	if r.Group == GroupComponent {
		return components
	}
	if one[r.Group] == "" {
		return nil
	}
	return []string{one[r.Group]}
}

// Firing is one time that a rule acted: the events that made it act, in the order in which they came.
type Firing struct {
	ID     string         `json:"id"`
	Rule   ReactionRule   `json:"rule"`
	Group  string         `json:"group"` // the value that the events share
	Events []QualityEvent `json:"events"`
	At     time.Time      `json:"at"`
	// Done says of each reaction what came of it.
	Done []ReactionDone `json:"done"`
}

// ReactionDone is what came of one reaction: the record that it made, or why it made none.
type ReactionDone struct {
	Kind    ReactionKind `json:"kind"`
	Subject string       `json:"subject,omitempty"`
	Refused string       `json:"refused,omitempty"`
}

// Last is the event that made the rule act.
func (f Firing) Last() QualityEvent { return f.Events[len(f.Events)-1] }

// Why tells in words what made the rule act.
func (f Firing) Why() string {
	n := len(f.Events)
	if n == 1 {
		return fmt.Sprintf("%s: %s", f.Rule.Name, f.Last().Text)
	}
	return fmt.Sprintf("%s: %d times within %d min, last %s", f.Rule.Name, n, f.Rule.WindowMin, f.Last().Text)
}

// FiringFilter narrows a list of firings, newest first.
type FiringFilter struct {
	Paging
	Site string
	Rule string
}

// Reactions keeps the rules, and what they did.
type Reactions interface {
	// Rules lists a site's rules by ID.
	Rules(ctx context.Context, site string) ([]ReactionRule, error)
	// Put makes or changes a rule. Version must be the one that was read, 0 for a new one. Codes: unprocessable, conflict.
	Put(ctx context.Context, by Actor, r ReactionRule, reason string) (ReactionRule, error)
	// Firings reads a page. Codes: unprocessable (cursor).
	Firings(ctx context.Context, f FiringFilter) (Page[Firing], error)
	// Tell stores an event that has no transaction of its own, once per key, and lets the rules act.
	Tell(ctx context.Context, e QualityEvent) error
}
