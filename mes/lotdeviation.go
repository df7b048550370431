package mes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Deviate lists what did not go as planned, from the path that the lot took: what is not listed went by the plan. What
// is still open comes first, then the worst, and among equals the oldest.
func (r LotRecord) Deviate() []Deviation {
	d := &deviations{lot: r.Content.Lot}
	h := r.Content
	d.visits(h)
	for _, v := range h.Operations {
		d.visit(h, v)
	}
	d.events(h)
	d.components(h)
	d.skipped(h)
	d.verdicts(h)
	d.holds(h.Holds)
	d.nonconformances(h.Nonconformances)
	d.quantity(h)
	d.signatures(h.Signatures)
	d.unsigned(h)
	d.decisions(h, r.Beside.Decisions)
	d.deliveries(r.Beside.Deliveries, h.CreatedAt)
	for _, a := range r.Beside.Authority {
		if !a.Held {
			ref := visitRef(a.Operation, a.Visit)
			if a.Step != "" {
				ref = stepRef(a.Operation, a.Visit, a.Step)
			}
			d.add(DeviatedUnqualified, startOf(h, a), a.Person, "step", ref, joined(a.Person, a.Why))
		}
	}
	return d.sorted()
}

// DeviateByHolds lists the holds of a lot that has no record, because it was received and not made here.
func DeviateByHolds(holds []HoldRecord) []Deviation {
	d := &deviations{}
	d.holds(holds)
	return d.sorted()
}

// deviations collects what is found.
type deviations struct {
	lot   string
	found []Deviation
}

func (d *deviations) add(kind DeviationKind, at time.Time, by, noun, ref, text string) *Deviation {
	d.found = append(d.found, Deviation{Kind: kind, Severity: severities[kind], Text: unstopped(text), At: at, By: by, Noun: noun, Ref: ref})
	return &d.found[len(d.found)-1]
}

var severityRank = map[Severity]int{SeverityCritical: 1, SeverityHigh: 2, SeverityMedium: 3, SeverityLow: 4}

// rank puts what is open before what is over.
func (d Deviation) rank() int {
	if d.Open {
		return severityRank[d.Severity] - 10
	}
	return severityRank[d.Severity]
}

func (d *deviations) sorted() []Deviation {
	slices.SortStableFunc(d.found, func(a, b Deviation) int {
		return cmp.Or(a.rank()-b.rank(), a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Ref, b.Ref))
	})
	return append([]Deviation{}, d.found...)
}

func visitRef(operation string, visit int) string { return fmt.Sprintf("%s/%d", operation, visit) }

func stepRef(operation string, visit int, step string) string {
	return visitRef(operation, visit) + "/" + step
}

// joined joins what is there with colons.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

func startOf(h LotHistory, a Authority) time.Time {
	for _, v := range h.Operations {
		if v.Operation == a.Operation && v.Visit == a.Visit && v.StartedAt != nil {
			return *v.StartedAt
		}
	}
	return h.CreatedAt
}

// visits finds rework, and steps done by another revision than the one before them.
func (d *deviations) visits(h LotHistory) {
	revision := h.Revision
	var last time.Time
	for _, v := range h.Operations {
		if v.State == "reworked" {
			d.add(DeviatedRework, timeOr(v.EndedAt, v.QueuedAt), v.Operator, "step", visitRef(v.Operation, v.Visit), joined(v.Operation+" "+v.Name, "left for rework"))
		}
		for _, s := range v.Steps {
			if now := BaseRevision(s.Revision); s.Revision != "" && now != revision { // rework goes by the same revision, and more
				d.add(DeviatedRevision, s.At, s.Operator, "step", stepRef(v.Operation, v.Visit, s.Step), fmt.Sprintf("Revision %s, before it %s", now, revision))
				revision = now
			}
			if s.At.Before(last) || s.At.Before(s.StartedAt) || ahead(s) {
				d.add(DeviatedClock, s.At, first(s.Device, s.Operator), "step", stepRef(v.Operation, v.Visit, s.Step), s.Name+": its times are not in order")
			}
			last = s.At
		}
	}
}

// ahead tells that a device's clock names a time that had not come.
func ahead(s BuiltStep) bool {
	if s.Vision != nil && s.Vision.CapturedAt.After(s.Vision.ReceivedAt.Add(ClockSlack)) {
		return true
	}
	return slices.ContainsFunc(s.Values, func(v BuiltValue) bool { return v.At != nil && v.At.After(s.At.Add(ClockSlack)) })
}

func timeOr(t *time.Time, or time.Time) time.Time {
	if t == nil {
		return or
	}
	return *t
}

func first(texts ...string) string { return cmp.Or(texts...) }

// visit finds what was odd about the steps of one visit.
func (d *deviations) visit(h LotHistory, v BuiltOperation) {
	seen := map[string]bool{}
	for _, s := range v.Steps {
		ref := stepRef(v.Operation, v.Visit, s.Step)
		if s.ByHand {
			d.add(DeviatedByHand, s.At, s.Operator, "step", ref, joined(s.Name, spelled(s.Values, nil)))
		}
		if near := spelled(s.Values, func(v BuiltValue) bool { return v.near() != "" }); near != "" {
			d.add(DeviatedNear, s.At, first(s.Device, s.Operator), "step", ref, joined(s.Name, near))
		}
		if !seen[s.Step] {
			seen[s.Step] = true
			d.attempts(h, v, s.Step)
		}
	}
}

// attempts judges all attempts at one step in one visit together. A device's silence is told by its event.
func (d *deviations) attempts(h LotHistory, v BuiltOperation, step string) {
	var bad, good *BuiltStep
	for i, s := range v.Steps {
		switch {
		case s.Step != step || s.Result == ResultSilent:
		case s.Result == ResultPass:
			good = &v.Steps[i]
		default:
			bad = &v.Steps[i]
		}
	}
	if bad == nil {
		return
	}
	kind := DeviatedFail
	switch {
	case good != nil && !h.reviewed(v.Operation, v.Visit, step):
		kind = DeviatedRepeat
	case bad.Result == ResultUndecided:
		kind = DeviatedUndecided
	}
	out := spelled(bad.Values, func(v BuiltValue) bool { return v.Result != ResultPass })
	if bad.Vision != nil {
		out = fmt.Sprintf("%s says %s, confidence %s", bad.Vision.Camera, bad.Vision.Verdict, bad.Vision.Confidence)
	}
	d.add(kind, bad.At, first(bad.Device, bad.Operator), "step", stepRef(v.Operation, v.Visit, step), joined(bad.Name, out, bad.Note))
}

// spelled lists the values that are asked for, all when which is nil.
func spelled(values []BuiltValue, which func(BuiltValue) bool) string {
	var out []string
	for _, v := range values {
		if which == nil || which(v) {
			out = append(out, v.Written())
		}
	}
	return strings.Join(out, ", ")
}

// reviewed tells that quality let the lot pass at a step.
func (h LotHistory) reviewed(operation string, visit int, step string) bool {
	return slices.ContainsFunc(h.Events, func(e LotEvent) bool {
		return e.Kind == EntryReviewed && e.Code == string(DecidePass) && e.Operation == operation && e.Visit == visit && e.Step == step
	})
}

// events finds what people and devices did beside the plan.
func (d *deviations) events(h LotHistory) {
	printed := map[string]int{}
	for i, e := range h.Events {
		ref := stepRef(e.Operation, e.Visit, e.Step)
		switch e.Kind {
		case EntryDefect:
			d.add(DeviatedDefect, e.At, e.Actor, "step", ref, withCode(e))
		case EntryUnsigned:
			d.add(DeviatedUnsigned, e.At, e.Actor, "step", ref, joined("signature refused", e.Reason))
		case EntryReviewed:
			d.add(h.reviewKind(e), e.At, e.Actor, "step", ref, joined(e.Code, e.Reason))
		case EntryVoided:
			d.add(DeviatedVoid, e.At, e.Actor, "lot", d.lot, e.Reason)
		case EntrySilent:
			d.add(DeviatedSilent, e.At, e.Actor, "step", ref, e.Reason)
		case EntryPaused:
			d.paused(h, i)
		case EntryPrinted:
			if printed[ref]++; printed[ref] > 1 {
				d.add(DeviatedReprint, e.At, e.Actor, "step", ref, fmt.Sprintf("Label printed %d times", printed[ref]))
			}
		}
		if e.scraps() {
			d.add(DeviatedScrap, e.At, e.Actor, "step", ref, joined(e.Quantity.String()+" "+h.Unit, e.Reason))
		}
	}
}

// scraps tells that the event took pieces out by itself; a review that did so is told as the review.
func (e LotEvent) scraps() bool {
	return e.Quantity.IsPositive() && !slices.Contains([]EntryKind{EntryVoided, EntryShipped, EntryReceived, EntryReviewed, EntrySplit, EntryMerged, EntryMade}, e.Kind)
}

func withCode(e LotEvent) string {
	if strings.HasPrefix(e.Reason, e.Code) {
		return e.Reason
	}
	return joined(e.Code, e.Reason)
}

// reviewKind tells a decision that stands against a machine's or camera's word from one where there was none.
func (h LotHistory) reviewKind(e LotEvent) DeviationKind {
	for _, v := range h.Operations {
		for _, s := range v.Steps {
			here := v.Operation == e.Operation && v.Visit == e.Visit && s.Step == e.Step && !s.At.After(e.At)
			if here && s.Kind.Automatic() && s.Result != ResultPass && e.Code == string(DecidePass) {
				return DeviatedOverride
			}
		}
	}
	return DeviatedReview
}

// paused measures an interruption up to whatever happened to the lot next.
func (d *deviations) paused(h LotHistory, i int) {
	e := h.Events[i]
	for _, n := range h.Events[i+1:] {
		if n.Kind == EntryMachine || n.Kind == EntryVerdict || n.Kind == EntryHeld || n.Kind == EntryReleased {
			continue // these come by themselves
		}
		if long := n.At.Sub(e.At); long > LongPause {
			d.add(DeviatedPause, e.At, e.Actor, "step", stepRef(e.Operation, e.Visit, e.Step), joined("Paused for "+long.Round(time.Minute).String(), e.Reason))
		}
		return
	}
}

// components finds a component that was taken twice for the same step.
func (d *deviations) components(h LotHistory) {
	had := map[string]string{}
	for _, v := range h.Operations {
		for _, s := range v.Steps {
			if len(s.Components) == 0 {
				continue
			}
			var lots []string
			for _, c := range s.Components {
				lots = append(lots, c.Lot)
			}
			at, now := v.Operation+"/"+s.Step, strings.Join(lots, ", ")
			if was, again := had[at]; again {
				text := now + ", before it " + was
				if was == now {
					text = now + ", taken again"
				}
				d.add(DeviatedComponent, s.At, s.Operator, "step", stepRef(v.Operation, v.Visit, s.Step), joined(s.Name, text))
			}
			had[at] = now
		}
	}
}

// skipped finds planned steps that a completed operation has no pass of, and planned operations that a packed lot has
// not completed. A lot that was made of others begins where they stood.
func (d *deviations) skipped(h LotHistory) {
	began := len(h.MadeFrom) == 0
	for _, p := range h.Route {
		completed := false
		began = began || slices.ContainsFunc(h.Operations, func(v BuiltOperation) bool { return v.Operation == p.Operation })
		if !began {
			continue
		}
		for _, v := range h.Operations {
			if v.Operation != p.Operation || v.State != "completed" {
				continue
			}
			completed = true
			for _, s := range p.Steps {
				if !slices.ContainsFunc(v.Steps, func(b BuiltStep) bool { return b.Step == s.Step && b.Result == ResultPass }) {
					d.add(DeviatedSkipped, timeOr(v.EndedAt, v.QueuedAt), v.Operator, "step", stepRef(v.Operation, v.Visit, s.Step), s.Name+" has no pass")
				}
			}
		}
		if !completed && h.Outcome == LotPacked {
			d.add(DeviatedSkipped, timeOr(h.EndedAt, h.CreatedAt), "", "step", p.Operation, joined(p.Operation+" "+p.Name, "not completed"))
		}
	}
}

// verdicts finds those that came late, and those that nothing came of.
func (d *deviations) verdicts(h LotHistory) {
	used := map[string]bool{}
	for _, v := range h.Operations {
		for _, s := range v.Steps {
			if s.Vision != nil {
				used[s.Vision.ID] = true
			}
		}
	}
	for _, v := range h.Verdicts {
		text := fmt.Sprintf("%s says %s for step %s, confidence %s", v.Camera, v.Verdict, v.Step, v.Confidence)
		switch {
		case v.Match == MatchLate:
			f := d.add(DeviatedLate, v.ReceivedAt, v.Camera, "vision", v.ID, text)
			if v.Verdict == ResultPass {
				f.Severity = SeverityMedium
			}
		case !used[v.ID] && (h.Outcome != "" || v.Match == MatchUnknown):
			d.add(DeviatedStray, v.ReceivedAt, v.Camera, "vision", v.ID, text)
		}
	}
}

func (d *deviations) holds(holds []HoldRecord) {
	for _, h := range holds {
		end := ""
		if h.ReleasedAt != nil {
			end = "released by " + h.ReleasedBy + ": " + h.ReleaseReason
		}
		f := d.add(DeviatedHold, h.PlacedAt, h.PlacedBy, "hold", h.ID, strings.TrimSuffix(unstopped(h.Reason)+"; "+end, "; "))
		if h.ReleasedAt == nil {
			f.Open, f.Severity = true, SeverityHigh
		}
	}
}

// nonconformances tells what was found and what was done about it. One of which a piece has no disposition is open.
func (d *deviations) nonconformances(of []NCRecord) {
	for _, n := range of {
		text := joined(n.ID, n.Code, n.Description)
		for _, x := range n.Disposals {
			text = unstopped(text) + "; " + x.Phrase()
		}
		f := d.add(DeviatedNC, n.AddedAt, n.AddedBy, "nonconformance", n.ID, text)
		f.Severity, f.Open = n.Severity, n.Undecided().IsPositive()
	}
}

// quantity holds the lot's pieces against what its events took out of it.
func (d *deviations) quantity(h LotHistory) {
	out := Zero
	for _, e := range h.Events {
		if e.scraps() || e.Kind == EntryReviewed {
			out = out.Add(e.Quantity)
		}
	}
	ended := h.Outcome == LotPacked || h.Outcome == LotScrapped
	if !out.Equal(h.Scrapped) || ended && !h.Quantity.Equal(h.Good.Add(h.Scrapped)) {
		d.add(DeviatedQuantity, timeOr(h.EndedAt, h.CreatedAt), "", "lot", d.lot,
			fmt.Sprintf("%s started, %s good, %s scrapped, of which %s are accounted for", h.Quantity, h.Good, h.Scrapped, out))
	}
}

func (d *deviations) deliveries(of []Delivery, at time.Time) {
	for _, m := range of {
		if m.State == "dead" {
			d.add(DeviatedMessage, at, "", "message", m.Key, joined(m.Key, m.Error)).Open = true
		}
	}
}
