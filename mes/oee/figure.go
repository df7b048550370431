package oee

import (
	"time"

	"github.com/shopspring/decimal"
)

// Unit is what a ratio's parts are counted in.
type Unit string

// The units.
const (
	Time         Unit = "s"
	Units        Unit = "units"
	UnitsPerHour Unit = "units/h"
)

// Why says why a figure is not defined.
type Why string

// The reasons.
const (
	Defined     Why = ""
	NoTime      Why = "nothing_planned" // nobody was planned to work
	NothingMade Why = "nothing_made"
	NotRated    Why = "no_planned_time" // some of what was made has no planned run time
	NotKnown    Why = "not_known"       // nothing is known of the machine for all of the planned time
	NoProducing Why = "no_production"   // the machine did not produce
	NoOrder     Why = "no_order"        // no order was in work
	NoParts     Why = "no_parts"        // no serialised part was finished
)

// Ratio is a figure with what it is made of.
type Ratio struct {
	Numerator   decimal.Decimal `json:"numerator"`
	Denominator decimal.Decimal `json:"denominator"`
	Unit        Unit            `json:"unit" enum:"s,units,units/h"`
	// Value is the ratio, rounded to 10 places for whoever shows it; nil when it is not defined. It is never computed with.
	Value *decimal.Decimal `json:"value"`
	Why   Why              `json:"why,omitempty"`
	// Over flags a ratio above 1. It is shown as it is: clamping it would hide that a plan or a count is wrong.
	Over bool `json:"over,omitempty"`
}

const places = 10

// ratio is defined unless the denominator is zero or there is another reason.
func ratio(n, d decimal.Decimal, u Unit, zero Why, also ...Why) Ratio {
	out := Ratio{Numerator: n, Denominator: d, Unit: u}
	for _, w := range also {
		if w != Defined && out.Why == Defined {
			out.Why = w
		}
	}
	if out.Why == Defined && d.IsZero() {
		out.Why = zero
	}
	if out.Why == Defined {
		v := n.DivRound(d, places)
		out.Value, out.Over = &v, n.GreaterThan(d)
	}
	return out
}

// Figures are the key figures of a window, for one machine or for several together. Times are in seconds: a minute's parts have
// no finite decimal.
type Figures struct {
	OEE                   Ratio `json:"oee"`
	Availability          Ratio `json:"availability"`
	Effectiveness         Ratio `json:"effectiveness"`
	Quality               Ratio `json:"quality"`       // the factor: in planned run time where products differ in it, else in units
	QualityRatio          Ratio `json:"quality_ratio"` // GQ/PQ in units, as the standard has it
	NEE                   Ratio `json:"nee"`
	AllocationRatio       Ratio `json:"allocation_ratio"`
	AllocationEfficiency  Ratio `json:"allocation_efficiency"`
	UtilisationEfficiency Ratio `json:"utilisation_efficiency"`
	ThroughputRate        Ratio `json:"throughput_rate"`
	SetupRatio            Ratio `json:"setup_ratio"`
	TechnicalEfficiency   Ratio `json:"technical_efficiency"`
	ScrapRatio            Ratio `json:"scrap_ratio"`
	ReworkRatio           Ratio `json:"rework_ratio"`
	FirstPassYield        Ratio `json:"first_pass_yield"`
	FallOff               Ratio `json:"fall_off"`
}

// known says whether anything is known of the planned time at all. A machine that was silent for all of it has no availability
// of 0 %: nobody knows.
func (s Sums) known() Why {
	if pbt := s.Times.PBT(); pbt > 0 && s.Times[Unknown] == pbt {
		return NotKnown
	}
	return Defined
}

func (s Sums) rated() Why {
	if s.Unrated.IsPositive() {
		return NotRated
	}
	return Defined
}

// Figures computes the key figures.
func (s Sums) Figures() Figures {
	t := s.Times
	pbt, apt, aupt := Seconds(t.PBT()), Seconds(t.APT()), Seconds(t.AUPT())
	min := func(n, d decimal.Decimal, zero Why, also ...Why) Ratio {
		return ratio(n, d, Time, zero, append([]Why{s.known()}, also...)...)
	}
	units := func(n, d decimal.Decimal, zero Why) Ratio { return ratio(n, d, Units, zero) }
	count := decimal.NewFromInt
	f := Figures{
		Availability:          min(apt, pbt, NoTime),
		Effectiveness:         min(s.Ideal, apt, NoProducing, s.rated()),
		Quality:               s.quality(),
		QualityRatio:          units(s.Good, s.Made, NothingMade),
		AllocationRatio:       min(Seconds(s.Busy), Seconds(s.Order), NoOrder),
		AllocationEfficiency:  min(Seconds(s.Busy), pbt, NoTime),
		UtilisationEfficiency: min(apt, Seconds(s.Busy), NoOrder),
		ThroughputRate:        s.throughput(),
		SetupRatio:            min(Seconds(t[Setup]), aupt, NoProducing),
		TechnicalEfficiency:   min(apt, apt.Add(Seconds(t.ADET())), NoProducing),
		ScrapRatio:            units(s.Scrap, s.Made, NothingMade),
		ReworkRatio:           units(s.Rework, s.Made, NothingMade),
		FirstPassYield:        units(count(s.Passed), count(s.Parts), NoParts),
		FallOff:               units(s.Scrap, s.First, NothingMade),
	}
	f.OEE = min(s.IdealGood, pbt, NoTime, s.rated())
	f.NEE = s.nee()
	return f
}

// quality is the factor of OEE. Products that differ in their planned run time weigh by it, so that the three factors multiply
// to OEE without a rest and the losses add up.
func (s Sums) quality() Ratio {
	if s.Unrated.IsPositive() || len(s.Rates) <= 1 {
		return ratio(s.Good, s.Made, Units, NothingMade)
	}
	return ratio(s.IdealGood, s.Ideal, Time, NothingMade)
}

// nee counts set-up as busy: AUPT/PBT × effectiveness × quality, which is what the good were worth, stretched by AUPT/APT, in
// planned busy time.
func (s Sums) nee() Ratio {
	t := s.Times
	if t.APT() == 0 {
		return ratio(decimal.Zero, Seconds(t.PBT()), Time, NoTime, s.known(), s.rated(), whenZero(t.PBT(), NoTime), NoProducing)
	}
	worth := s.IdealGood.Mul(Seconds(t.AUPT())).DivRound(Seconds(t.APT()), 2*places)
	return ratio(worth, Seconds(t.PBT()), Time, NoTime, s.known(), s.rated())
}

func whenZero(d time.Duration, w Why) Why {
	if d == 0 {
		return w
	}
	return Defined
}

// throughput is units per hour of order time.
func (s Sums) throughput() Ratio {
	hours := Seconds(s.Order).DivRound(decimal.NewFromInt(3600), 20)
	out := ratio(s.Made, hours, UnitsPerHour, NoOrder, s.known())
	out.Over = false // a rate, not a share
	return out
}

// WaterfallStep is one bar of the waterfall from the time that was planned to the time that good parts were worth.
type WaterfallStep struct {
	Key string `json:"key" enum:"planned_busy,unplanned_down,setup,blocked,starved,idle,unknown,producing,short_stop,slow_cycle,net,reject,good"`
	// Total tells a level from a loss.
	Total bool `json:"total,omitempty"`
	// Seconds of a level, or lost; nil when it is not known. A gain against the plan is a loss below zero.
	Seconds *decimal.Decimal `json:"seconds"`
	// Factor is which of the three it belongs to.
	Factor string `json:"factor,omitempty" enum:"availability,effectiveness,quality"`
}

// Waterfall tells where the planned busy time went. Each level is the one before it less the losses between; when nothing can
// be said about speed, what follows production time is not known.
func (s Sums) Waterfall() []WaterfallStep {
	t := s.Times
	level := func(key string, v *decimal.Decimal) WaterfallStep {
		return WaterfallStep{Key: key, Total: true, Seconds: v}
	}
	loss := func(key, factor string, v *decimal.Decimal) WaterfallStep {
		return WaterfallStep{Key: key, Seconds: v, Factor: factor}
	}
	sec := func(d time.Duration) *decimal.Decimal { v := Seconds(d); return &v }
	out := []WaterfallStep{level("planned_busy", sec(t.PBT()))}
	for _, c := range []Category{Down, Setup, Blocked, Starved, Idle, Unknown} {
		out = append(out, loss(string(c), "availability", sec(t[c])))
	}
	var slow, net, reject, good *decimal.Decimal
	if s.rated() == Defined {
		a, b, c, d := Seconds(t[Running]).Sub(s.Ideal), s.Ideal, s.Ideal.Sub(s.IdealGood), s.IdealGood
		slow, net, reject, good = &a, &b, &c, &d
	}
	return append(out, level("producing", sec(t.APT())), loss(string(ShortStop), "effectiveness", sec(t[ShortStop])),
		loss("slow_cycle", "effectiveness", slow), level("net", net), loss("reject", "quality", reject), level("good", good))
}
