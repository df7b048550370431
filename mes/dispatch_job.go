package mes

import (
	"fmt"
	"slices"
	"time"
)

// Plan fills in what a job's routing asks for: planned times for all of its pieces, certificates, components, gauges and
// machines. Of a routing that does not have its operation nothing is known.
func (j *QueuedJob) Plan(r Routing) {
	at, o, ok := r.At(j.Card.Operation)
	if !ok {
		return
	}
	j.Card.Needs = append([]*QualificationNeed{}, r.Needs(o.ID, "")...)
	pieces := j.Card.Quantity
	j.Work = o.Planned(pieces)
	for _, later := range r.Operations[at:] {
		j.Left += later.Planned(pieces)
	}
	if o.Qualification != nil {
		j.Needs = append(j.Needs, *o.Qualification)
	}
	for _, s := range o.Steps {
		if s.Qualification != nil {
			j.Needs = append(j.Needs, *s.Qualification)
		}
		switch {
		case s.Kind == StepScan && s.Component != nil:
			j.Components = addNeed(j.Components, ComponentNeed{Material: s.Component.Material, Quantity: s.Component.Quantity.Mul(pieces)})
		case s.Kind == StepDevice && !s.ByHand:
			j.Devices = append(j.Devices, s.Device)
		case s.Kind == StepMeasure && s.Gauge != "" && !slices.Contains(j.Gauges, s.Gauge):
			j.Gauges = append(j.Gauges, s.Gauge)
		}
	}
}

// addNeed adds up what several steps take of one material.
func addNeed(needs []ComponentNeed, n ComponentNeed) []ComponentNeed {
	if i := slices.IndexFunc(needs, func(o ComponentNeed) bool { return o.Material == n.Material }); i >= 0 {
		needs[i].Quantity = needs[i].Quantity.Add(n.Quantity)
		return needs
	}
	return append(needs, n)
}

// Planned is the planned time of the operation for so many pieces; 0 where none is planned.
func (o Operation) Planned(pieces Decimal) time.Duration {
	return time.Duration(pieces.Mul(Count(int64(o.PlannedS))).IntPart()) * time.Second
}

// LateMaterial is material that an order waits for, though its job should start within the line's lead.
type LateMaterial struct {
	Order, Station, Material string
	Wanted                   time.Time
	Text                     string
}

// Key names what is late, so that it is told once.
func (l LateMaterial) Key() string { return l.Order + "/" + l.Material }

// LateMaterials are those of a station's queue, each order and material once.
func LateMaterials(station string, next []LotCard, now time.Time, lead time.Duration, zone *time.Location) []LateMaterial {
	var out []LateMaterial
	for _, c := range next {
		d := c.Dispatch
		if d == nil || d.State != JobWaits || d.Wanted == nil || d.Wanted.After(now.Add(lead)) {
			continue
		}
		for _, r := range d.Reasons {
			l := LateMaterial{Order: c.Order, Station: station, Material: r.Subject, Wanted: *d.Wanted}
			known := slices.ContainsFunc(out, func(o LateMaterial) bool { return o.Key() == l.Key() })
			if known || r.Code != ReasonNoMaterial && r.Code != ReasonShort && r.Code != ReasonTaken {
				continue
			}
			l.Text = fmt.Sprintf("Material is late for %s at %s: %s. %s is to start at %s.", c.Order, station, r.Text, c.Lot, d.Wanted.In(zone).Format("Mon 2 Jan 15:04"))
			out = append(out, l)
		}
	}
	return out
}
