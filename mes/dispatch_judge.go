package mes

import (
	"slices"
	"strconv"
	"time"
)

// NounStation and the others name what a reason is about.
const (
	nounStation  = "station"
	nounLot      = "lot"
	nounOrder    = "order"
	nounHold     = "hold"
	nounMaterial = "material"
	nounDevice   = "device"
	nounGauge    = "gauge"
	nounAccount  = "account"
)

// bars are why nothing may start at a station: what its machine says, and what people and other parts of the house say.
func (f DispatchFacts) bars(s StationFacts) []DispatchReason {
	var out []DispatchReason
	for _, b := range s.Bars {
		mark := ": "
		if b.Code == ReasonDown || b.Code == ReasonPlannedDown {
			mark = ", "
		}
		since := b.Since
		if since == nil {
			since = &f.Now
		}
		noun, subject := b.Noun, b.Subject
		if subject == "" {
			noun, subject = nounStation, s.ID
		}
		out = append(out, f.say(b.Code, JobBarred, since, "station", s.ID, "detail", after(mark, b.Text)).about(noun, subject))
	}
	return out
}

// MachineBar is the bar that a machine's state makes. A machine that is blocked, starved, being set up or silent bars nothing:
// its operator knows more than the queue. Nor does a state that only follows from a station's stop: the stop itself is a bar.
func MachineBar(station string, m MachineNow) (StationBar, bool) {
	b := StationBar{Station: station, Text: m.Detail, Since: &m.Since}
	if m.Source == FromWork {
		return b, false
	}
	switch m.State {
	case MachineUnplannedDown:
		b.Code = ReasonDown
	case MachinePlannedDown:
		b.Code = ReasonPlannedDown
	default:
		return b, false
	}
	return b, true
}

// held are the holds on a job or its order.
func (f DispatchFacts) held(j *QueuedJob) []DispatchReason {
	var out []DispatchReason
	for _, h := range j.Holds {
		at := h.At
		if h.Scope == HoldOrder {
			out = append(out, f.say(ReasonOrderHold, JobBarred, &at, "order", j.Order, "detail", after(": ", h.Reason)).about(nounOrder, j.Order))
			continue
		}
		r := f.say(ReasonHold, JobBarred, &at, "hold", after(" ", h.Containment), "detail", after(": ", h.Reason)).about(nounLot, j.Lot)
		if h.Containment != "" {
			r = r.about(nounHold, h.Containment)
		}
		out = append(out, r)
	}
	return out
}

// people are the certificates that nobody who is at work has, and those that somebody has who is at another station. Where
// nobody is known to be at work nothing is said: it would be said of every job.
func (f DispatchFacts) people(s StationFacts, j *QueuedJob) []DispatchReason {
	if len(f.People) == 0 {
		return nil
	}
	var out []DispatchReason
	for i, n := range j.Needs {
		if slices.Contains(j.Needs[:i], n) {
			continue
		}
		level := strconv.Itoa(n.Level)
		met := func(p PersonHere) bool { return n.met(p.Held, f.Now) }
		if !slices.ContainsFunc(f.People, met) {
			out = append(out, f.say(ReasonNobody, JobWaits, nil, "skill", n.ID, "level", level).about("qualification", n.ID))
			continue
		}
		at := func(p PersonHere) bool { return p.Station == s.ID }
		if !slices.ContainsFunc(f.People, at) || slices.ContainsFunc(f.People, func(p PersonHere) bool { return at(p) && met(p) }) {
			continue
		}
		if k := slices.IndexFunc(f.People, func(p PersonHere) bool { return met(p) && p.Station != "" }); k >= 0 {
			p := f.People[k]
			out = append(out, f.say(ReasonElsewhere, JobReady, nil, "person", p.Name, "station", p.Station, "skill", n.ID, "level", level).about(nounAccount, p.Account))
		}
	}
	return out
}

// tools are the machines and gauges without which a job's steps can't be done.
func (f DispatchFacts) tools(s StationFacts, j *QueuedJob) []DispatchReason {
	var out []DispatchReason
	for _, d := range j.Devices {
		if since, silent := f.Silent[d]; silent {
			out = append(out, f.say(ReasonSilent, JobWaits, &since, "device", d).about(nounDevice, d))
		}
		for _, g := range f.Gauges {
			if g.Device == d && !g.fit(f.Now) {
				out = append(out, f.say(ReasonGaugeOf, JobWaits, nil, "gauge", g.ID, "device", d).about(nounGauge, g.ID))
			}
		}
	}
	for _, kind := range j.Gauges {
		if !slices.ContainsFunc(f.Gauges, func(g Gauge) bool { return g.Kind == kind && (g.Station == "" || g.Station == s.ID) && g.fit(f.Now) }) {
			out = append(out, f.say(ReasonGauge, JobWaits, nil, "kind", kind).about(nounGauge, kind))
		}
	}
	return out
}

func (g Gauge) fit(now time.Time) bool {
	s := g.Judge(now)
	return s == GaugeFit || s == GaugeDueSoon
}

// material are the components that a job lacks, when left is what the jobs before it leave. A job that lacks nothing takes
// what it needs from left.
func (f DispatchFacts) material(j *QueuedJob, left map[string]Decimal, takes bool) []DispatchReason {
	var out []DispatchReason
	for _, n := range j.Components {
		stock := f.Stock[n.Material]
		free, seen := left[n.Material]
		if !seen {
			free = stock.Free
		}
		if free.LessThan(n.Quantity) {
			out = append(out, f.short(stock, n, free)...)
		}
	}
	if len(out) > 0 || !takes {
		return out
	}
	for _, n := range j.Components {
		free, seen := left[n.Material]
		if !seen {
			free = f.Stock[n.Material].Free
		}
		left[n.Material] = free.Sub(n.Quantity)
	}
	return nil
}

// short says what is missing of a component, and which lots of it can't be used.
func (f DispatchFacts) short(s MaterialStock, n ComponentNeed, free Decimal) []DispatchReason {
	name := s.Name
	if name == "" {
		name = n.Material
	}
	code := ReasonShort
	switch {
	case s.Free.IsZero():
		code = ReasonNoMaterial
	case s.Free.GreaterThanOrEqual(n.Quantity):
		code = ReasonTaken
	}
	out := []DispatchReason{f.say(code, JobWaits, nil, "material", name, "free", free.String(), "need", n.Quantity.String(), "unit", s.Unit).about(nounMaterial, n.Material)}
	if code == ReasonTaken {
		return out
	}
	if s.Held != "" {
		out = append(out, f.say(ReasonHeldStock, JobWaits, s.HeldSince, "lot", s.Held, "material", name, "hold", after(" ", s.Hold)).about(nounLot, s.Held))
	}
	if s.Expired != "" {
		out = append(out, f.say(ReasonOldStock, JobWaits, s.ExpiredAt, "lot", s.Expired, "material", name).about(nounLot, s.Expired))
	}
	return out
}

// place says why a job has its rank.
func (f DispatchFacts) place(s StationFacts, j *QueuedJob) []DispatchReason {
	var out []DispatchReason
	if p := j.Places[s.ID]; p != nil {
		code := ReasonMoved
		if p.Before == "" {
			code = ReasonTop
		}
		out = append(out, f.say(code, JobReady, &p.At, "lot", p.Before, "by", p.By, "detail", after(": ", p.Reason)).about(nounAccount, p.By))
	}
	switch s.Rule {
	case DispatchFIFO:
		out = append(out, f.say(ReasonAge, JobReady, &j.Queued))
	case DispatchCritical:
		out = append(out, f.say(ReasonRatio, JobReady, nil, "ratio", strconv.FormatFloat(j.Ratio(f.Now), 'f', 1, 64)))
	case DispatchSetup:
		if s.SetUp == j.Product {
			out = append(out, f.say(ReasonSetUp, JobReady, nil, "product", j.Product))
		}
	}
	if s.Rule != DispatchFIFO {
		out = append(out, f.say(ReasonPriority, JobReady, nil, "priority", strconv.Itoa(j.Priority)).about(nounOrder, j.Order))
	}
	slack := j.slack(f.Now)
	code := ReasonDue
	if slack < 0 {
		code = ReasonLate
	}
	return append(out, f.say(code, JobReady, nil, "due", j.Due.UTC().Format(time.RFC3339), "seconds", strconv.FormatInt(int64(slack.Abs().Seconds()), 10)))
}

// slack is what is left until the due date when all planned work is done without waiting.
func (k DispatchKey) slack(now time.Time) time.Duration { return k.Due.Sub(now) - k.Left }
