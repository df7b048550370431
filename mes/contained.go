package mes

import (
	"fmt"
	"slices"
	"time"
)

// Place is where a contained lot was when it was found.
type Place string

// The places.
const (
	PlaceStock    Place = "stock"    // received, in store
	PlaceProcess  Place = "process"  // on its way through its routing
	PlaceFinished Place = "finished" // packed
	PlaceShipped  Place = "shipped"  // with a customer
	PlaceConsumed Place = "consumed" // nothing is left of it but what it is built into
	PlaceGone     Place = "gone"     // scrapped or withdrawn
)

// Places lists all of them, in the order in which people look for lots.
var Places = []Place{PlaceProcess, PlaceStock, PlaceFinished, PlaceShipped, PlaceConsumed, PlaceGone}

// HoldDecision is what becomes of a contained lot.
type HoldDecision string

// The decisions.
const (
	HoldFree   HoldDecision = "release" // it was never bad
	HoldUse    HoldDecision = "use_as_is"
	HoldRework HoldDecision = "rework"
	HoldRepair HoldDecision = "repair"
	HoldScrap  HoldDecision = "scrap"
	HoldReturn HoldDecision = "return"
	HoldSort   HoldDecision = "sort"
)

// HoldDecisions lists all of them.
var HoldDecisions = []HoldDecision{HoldFree, HoldUse, HoldRework, HoldRepair, HoldScrap, HoldReturn, HoldSort}

// ContainedEnd is how a contained lot ended.
type ContainedEnd string

// The ends. A lot of which nothing is left ends at once: what it is built into is contained in its place.
const (
	EndReleased  ContainedEnd = "released"
	EndUsedAsIs  ContainedEnd = "used_as_is"
	EndReworked  ContainedEnd = "reworked"
	EndRepaired  ContainedEnd = "repaired"
	EndScrapped  ContainedEnd = "scrapped"
	EndReturned  ContainedEnd = "returned"
	EndSorted    ContainedEnd = "sorted"
	EndInProduct ContainedEnd = "in_product"
	EndGone      ContainedEnd = "gone" // it was scrapped or withdrawn before
)

// disposes are the decisions that are carried out on the lot itself, in the words of dispositions.
var disposes = map[HoldDecision]DispositionKind{HoldUse: DisposeUse, HoldRework: DisposeRework, HoldRepair: DisposeRepair, HoldScrap: DisposeScrap, HoldReturn: DisposeReturn, HoldSort: DisposeSort}

// Disposes names the disposition of a lot that a decision comes to; ok is false for one that only frees it.
func (d HoldDecision) Disposes() (kind DispositionKind, ok bool) {
	kind, ok = disposes[d]
	return kind, ok
}

// End is what a decision comes to once it is carried out.
func (d HoldDecision) End() ContainedEnd {
	return map[HoldDecision]ContainedEnd{HoldFree: EndReleased, HoldUse: EndUsedAsIs, HoldRework: EndReworked, HoldRepair: EndRepaired,
		HoldScrap: EndScrapped, HoldReturn: EndReturned, HoldSort: EndSorted}[d]
}

// fits says for which places a decision makes sense.
var fits = map[HoldDecision][]Place{
	HoldFree:   {PlaceStock, PlaceProcess, PlaceFinished, PlaceShipped},
	HoldUse:    {PlaceStock, PlaceProcess, PlaceFinished, PlaceShipped},
	HoldRework: {PlaceProcess, PlaceFinished},
	HoldRepair: {PlaceProcess, PlaceFinished},
	HoldScrap:  {PlaceStock, PlaceProcess, PlaceFinished, PlaceShipped},
	HoldReturn: {PlaceStock, PlaceShipped},
	HoldSort:   {PlaceStock, PlaceFinished},
}

// HoldDisposition decides on contained lots.
type HoldDisposition struct {
	Site        string       `json:"site"`
	Containment string       `json:"containment"`
	Lots        []string     `json:"lots"`
	Decision    HoldDecision `json:"decision"`
	// ReworkTo is the operation of its own routing that a reworked lot goes back to, Routing a rework routing that it goes by
	// in its place. With neither it goes back to the operation that it is at.
	ReworkTo string `json:"rework_to,omitempty"`
	Routing  string `json:"routing,omitempty"`
	Permit   string `json:"permit,omitempty"` // a deviation permit, for use as is and repair
	// Bad is how many of a sorted lot are bad.
	Bad    Decimal `json:"bad,omitzero"`
	Reason string  `json:"reason"`
}

// MaxDisposed is how many lots one decision can cover. What moves lots one by one covers fewer than what only frees them.
func (d HoldDisposition) MaxDisposed() int {
	switch d.Decision {
	case HoldFree:
		return 10_000
	case HoldUse:
		return 1000
	case HoldSort:
		return 1 // each has its own count
	}
	return 200
}

// Validate names every field that can't be used.
func (d HoldDisposition) Validate() error {
	var f Faults
	f.Check(slices.Contains(HoldDecisions, d.Decision), "decision", "must be one of %v", HoldDecisions)
	f.Check(len(d.Lots) > 0, "lots", "name at least one")
	f.Check(len(d.Lots) <= d.MaxDisposed(), "lots", "at most %d at a time", d.MaxDisposed())
	f.Check(d.ReworkTo == "" || d.Decision == HoldRework, "rework_to", "goes with rework only")
	f.Check(d.Routing == "" || d.Decision == HoldRework || d.Decision == HoldRepair, "routing", "goes with rework and repair only")
	f.Check(d.Routing != "" || d.Decision != HoldRepair, "routing", "is needed for a repair")
	f.Check(d.Routing == "" || d.ReworkTo == "", "rework_to", "goes without a rework routing")
	f.Check(d.Permit == "" || d.Decision == HoldUse || d.Decision == HoldRepair, "permit", "goes with use as is and repair")
	f.Check(d.Bad.IsZero() || d.Decision == HoldSort, "bad", "goes with a sort only")
	f.Check(!blank(d.Reason), "reason", "is missing")
	f.Check(len(d.Reason) <= 500, "reason", "is longer than 500 characters")
	return f.Err("Nothing was decided.")
}

// Fits tells whether the decision makes sense for a lot at a place.
func (d HoldDisposition) Fits(lot string, p Place) error {
	if slices.Contains(fits[d.Decision], p) {
		return nil
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s is %s; %s does not fit it.", lot, p, d.Decision), "Nothing was decided.", "Decide on it by itself.")
}

// patience is how long a containment may stand before somebody is called: until nothing runs, and until every lot has its
// decision. After the same time again it goes one level up.
var patience = map[Severity]struct{ contain, decide time.Duration }{
	SeverityCritical: {10 * time.Minute, 4 * time.Hour},
	SeverityHigh:     {30 * time.Minute, 8 * time.Hour},
	SeverityMedium:   {time.Hour, 24 * time.Hour},
	SeverityLow:      {4 * time.Hour, 72 * time.Hour},
}

// Escalation is one call for somebody to see to a containment.
type Escalation struct {
	Key  string // within the containment
	At   time.Time
	Role Role
	Text string
}

// Escalations are the calls of a containment in the state that it is in, in the order in which they fall due.
func (c Containment) Escalations() []Escalation {
	p, stage, why := patience[c.Severity], "contain", "not everything stands still yet"
	wait := p.contain
	if c.State == ContainmentContained {
		stage, wait, why = "decide", p.decide, "lots wait for their decision"
	}
	if c.State == ContainmentDispositioned || c.State == ContainmentClosed {
		return nil
	}
	text := fmt.Sprintf("Hold %s, %s: %s", c.ID, c.Title, why)
	return []Escalation{
		{Key: stage + "/1", At: c.RequestedAt.Add(wait), Role: RoleSupervisor, Text: text},
		{Key: stage + "/2", At: c.RequestedAt.Add(2 * wait), Role: RoleAdmin, Text: text},
	}
}
