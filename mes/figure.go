package mes

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes/oee"
)

// FigureFilter asks for figures of a station or a line. Without a shift and a window it is the shift that runs, or the last one
// that ran.
type FigureFilter struct {
	Site      string
	Equipment string
	// Shift and Day name a shift of the calendar.
	Shift string
	Day   Day
	// From and Until are any window.
	From, Until time.Time
	Product     string
	Order       string
}

// MaxFigureWindow bounds a window: longer ones are read from what was stated.
const MaxFigureWindow = 35 * 24 * time.Hour

// FigureReport is what is known of a window, and what it is made of.
type FigureReport struct {
	Equipment Equipment `json:"equipment"`
	Line      string    `json:"line"`
	From      time.Time `json:"from"`
	// Until is the end of the window, or now while it lasts; Ends is when a shift ends.
	Until     time.Time `json:"until"`
	Ends      time.Time `json:"ends"`
	Live      bool      `json:"live"`
	Shift     string    `json:"shift,omitempty"`
	ShiftName string    `json:"shift_name,omitempty"`
	Day       Day       `json:"day,omitzero"`
	Product   string    `json:"product,omitempty"`
	Order     string    `json:"order,omitempty"`
	// Products and Orders are what was in work in the window, to choose from.
	Products  []string            `json:"products"`
	Orders    []string            `json:"orders"`
	Target    *Decimal            `json:"target"`
	Figures   oee.Figures         `json:"figures"`
	Counts    FigureCounts        `json:"counts"`
	Times     []CategoryTime      `json:"times"`
	Waterfall []oee.WaterfallStep `json:"waterfall"`
	Losses    []Loss              `json:"losses"`
	Stations  []StationTimes      `json:"stations"`
	// Versions are the stated figures of the shift, oldest first.
	Versions []FigureVersion `json:"versions"`
	Trend    []TrendPoint    `json:"trend"`
	Todo     *FigureTodo     `json:"todo,omitempty"`
	// Rows are all figures of the equipment and its stations, one a line.
	Rows []FigureRow `json:"rows"`
}

// FigureCounts are the quantities behind the figures.
type FigureCounts struct {
	Made    Decimal `json:"made"`
	Good    Decimal `json:"good"`
	Scrap   Decimal `json:"scrap"`
	Rework  Decimal `json:"rework"`
	Unrated Decimal `json:"unrated"` // of the made: without a planned run time
	Outside Decimal `json:"outside"` // made outside of shifts, and in no figure
	// Rate is the planned run time of a unit in seconds, where all had the same.
	Rate *Decimal `json:"rate_s"`
}

// CategoryTime is how much of the clock went to a category.
type CategoryTime struct {
	Category oee.Category `json:"category"`
	Seconds  Decimal      `json:"seconds"`
}

// Loss is time that was lost to one reason.
type Loss struct {
	Kind   string `json:"kind" enum:"unplanned_down,setup,blocked,starved,idle,unknown,short_stop,slow_cycle,reject"`
	Reason string `json:"reason,omitempty"` // code of the stop reason; empty when nobody has named one
	// Names are the reason in words, by language.
	Names map[string]string `json:"names,omitempty"`
	By    string            `json:"by,omitempty"` // the neighbour that was waited for
	// Seconds below zero are a gain against the plan.
	Seconds Decimal `json:"seconds"`
	Events  int     `json:"events"`
}

// StationTimes is one line of the timeline.
type StationTimes struct {
	Station      string       `json:"station"`
	Name         string       `json:"name"`
	Availability oee.Ratio    `json:"availability"`
	Pieces       []StatePiece `json:"pieces"`
}

// StatePiece is a stretch of the timeline.
type StatePiece struct {
	From     time.Time    `json:"from"`
	Until    time.Time    `json:"until"`
	Category oee.Category `json:"category"`
	Stretch  int64        `json:"stretch,omitempty"`
	Reason   string       `json:"reason,omitempty"`
}

// FigureVersion is a shift's figure as it was stated once.
type FigureVersion struct {
	Version int         `json:"version"`
	At      time.Time   `json:"at"`
	Cause   string      `json:"cause,omitempty"`
	Good    Decimal     `json:"good"`
	Made    Decimal     `json:"made"`
	Figures oee.Figures `json:"figures"`
}

// TrendPoint is a stated shift.
type TrendPoint struct {
	Shift     string    `json:"shift"`
	ShiftName string    `json:"shift_name"`
	Day       Day       `json:"day"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	OEE       oee.Ratio `json:"oee"`
	Version   int       `json:"version"`
}

// FigureTodo is the fault that cost most, with what it cost in the seven days before.
type FigureTodo struct {
	Loss
	Station string  `json:"station"`
	Before  Decimal `json:"before_s"`
}

// FigureRow is one figure of one station or of the whole.
type FigureRow struct {
	Equipment   string   `json:"equipment"`
	Figure      string   `json:"figure"`
	Value       *Decimal `json:"value"`
	Numerator   Decimal  `json:"numerator"`
	Denominator Decimal  `json:"denominator"`
	Unit        oee.Unit `json:"unit"`
	Why         oee.Why  `json:"why,omitempty"`
	Over        bool     `json:"over,omitempty"`
}

// LossEvent is one event behind a loss: a stretch of the log, or a lot that was slow or rejected.
type LossEvent struct {
	Station string    `json:"station"`
	Kind    string    `json:"kind"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	// Seconds that were lost within the window.
	Seconds Decimal `json:"seconds"`
	Reason  string  `json:"reason,omitempty"`
	// Names are the reason in words, by language.
	Names     map[string]string `json:"names,omitempty"`
	Source    string            `json:"source,omitempty"`
	Detail    string            `json:"detail,omitempty"`
	Alarm     string            `json:"alarm,omitempty"`
	Note      string            `json:"note,omitempty"`
	Stretch   int64             `json:"stretch,omitempty"`
	Lot       string            `json:"lot,omitempty"`
	Operation string            `json:"operation,omitempty"`
	Product   string            `json:"product,omitempty"`
	Order     string            `json:"order,omitempty"`
	Bad       Decimal           `json:"bad"` // pieces
}

// Figures tells how well machines are used.
type Figures interface {
	// Report reads a window. Codes: not_found (equipment, shift), unprocessable (window).
	Report(ctx context.Context, f FigureFilter) (FigureReport, error)
	// Events are what a loss of a window is made of, in order of time. reason "-" asks for those without one.
	Events(ctx context.Context, f FigureFilter, kind, reason string) ([]LossEvent, error)
	// Aim sets what OEE is aimed at. Codes: not_found, unprocessable.
	Aim(ctx context.Context, by Actor, site, equipment string, target Decimal, reason string) error
}

// FigureLedger states the figures of shifts that have ended, and states them again where something became known late.
type FigureLedger interface {
	// State brings a site's statements up to date and tells how many it wrote. Any number of processes may do it at any time.
	State(ctx context.Context, site string) (int, error)
}

// Whole adds machines up: the figures of a line are ratios of its machines' sums.
func Whole(windows []MachineWindow) oee.Sums {
	var out oee.Sums
	for _, w := range windows {
		out = out.Add(w.Sums)
	}
	out.Passed, out.Parts = FirstPass(windows)
	return out
}

// lossKinds are the categories of the clock that are losses one by one.
var lossKinds = []oee.Category{oee.Down, oee.Setup, oee.Blocked, oee.Starved, oee.Idle, oee.Unknown, oee.ShortStop}

// Losses lists where time was lost, the largest first.
func Losses(windows []MachineWindow, names map[string]map[string]string) []Loss {
	type key struct{ kind, reason, by string }
	seconds, events := map[key]time.Duration{}, map[key]map[int64]bool{}
	sums := Whole(windows)
	for _, w := range windows {
		for _, p := range w.Pieces {
			if !slices.Contains(lossKinds, p.Category) {
				continue
			}
			k := key{kind: string(p.Category)}
			switch p.Category {
			case oee.Blocked:
				_, k.by = w.neighbours()
			case oee.Starved:
				k.by, _ = w.neighbours()
			case oee.ShortStop:
			default:
				k.reason = w.reason(p.Stretch)
			}
			seconds[k] += p.Duration()
			if events[k] == nil {
				events[k] = map[int64]bool{}
			}
			events[k][p.Stretch] = true
		}
	}
	out := []Loss{}
	for k, d := range seconds {
		out = append(out, Loss{Kind: k.kind, Reason: k.reason, Names: names[k.reason], By: k.by, Seconds: oee.Seconds(d), Events: len(events[k])})
	}
	if !sums.Unrated.IsPositive() {
		out = append(out, qualityAndSpeed(windows, sums)...)
	}
	slices.SortFunc(out, func(a, b Loss) int {
		return cmp.Or(b.Seconds.Cmp(a.Seconds), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.By, b.By))
	})
	return out
}

func qualityAndSpeed(windows []MachineWindow, sums oee.Sums) []Loss {
	var out []Loss
	if slow := oee.Seconds(sums.Times[oee.Running]).Sub(sums.Ideal); !slow.IsZero() {
		out = append(out, Loss{Kind: "slow_cycle", Seconds: slow, Events: int(sums.Slow)})
	}
	if bad := sums.Ideal.Sub(sums.IdealGood); bad.IsPositive() {
		n := 0
		for _, w := range windows {
			n += len(w.rejects())
		}
		out = append(out, Loss{Kind: "reject", Seconds: bad, Events: n})
	}
	return out
}

// rejects are the batches in the figures that were not all good.
func (w MachineWindow) rejects() []oee.Batch {
	var out []oee.Batch
	for _, b := range w.Made {
		if b.Good.LessThan(b.Made) && w.counts(b) {
			out = append(out, b)
		}
	}
	return out
}

// stretch finds an entry of the log.
func (w MachineWindow) stretch(id int64) (StateStretch, bool) {
	i := slices.IndexFunc(w.Facts.Log, func(s StateStretch) bool { return s.ID == id })
	if i < 0 {
		return StateStretch{}, false
	}
	return w.Facts.Log[i], true
}

func (w MachineWindow) reason(id int64) string {
	s, _ := w.stretch(id)
	return s.Reason
}

// neighbours are the stations before and after, by the routing of what was in work.
func (w MachineWindow) neighbours() (before, next string) {
	for _, v := range w.Facts.Visits {
		if v.Before != "" || v.Next != "" {
			return v.Before, v.Next
		}
	}
	return "", ""
}

// Timeline is the machine's line in the picture of states.
func (w MachineWindow) Timeline() StationTimes {
	out := StationTimes{Station: w.Facts.Station, Name: w.Facts.Name, Availability: w.Sums.Figures().Availability, Pieces: make([]StatePiece, len(w.Pieces))}
	for i, p := range w.Pieces {
		out.Pieces[i] = StatePiece{From: p.From, Until: p.Until, Category: p.Category, Stretch: p.Stretch}
		if slices.Contains(lossKinds, p.Category) {
			out.Pieces[i].Reason = w.reason(p.Stretch)
		}
	}
	return out
}

// Events are what a loss at the machine is made of. reason "-" asks for those that nobody has explained, empty for all.
func (w MachineWindow) Events(kind, reason string, names map[string]map[string]string) []LossEvent {
	out := []LossEvent{}
	for _, p := range w.Pieces {
		if string(p.Category) != kind {
			continue
		}
		s, _ := w.stretch(p.Stretch)
		if reason != "" && s.Reason != reason && (reason != "-" || s.Reason != "") {
			continue
		}
		if n := len(out) - 1; n >= 0 && out[n].Stretch == p.Stretch && p.Stretch != 0 {
			out[n].Until, out[n].Seconds = p.Until, out[n].Seconds.Add(oee.Seconds(p.Duration()))
			continue
		}
		out = append(out, LossEvent{Station: w.Facts.Station, Kind: kind, From: p.From, Until: p.Until, Seconds: oee.Seconds(p.Duration()), Reason: s.Reason, Names: names[s.Reason],
			Source: string(s.Source), Detail: s.Detail, Alarm: s.Alarm, Note: s.Note, Stretch: p.Stretch})
	}
	if kind == "slow_cycle" || kind == "reject" {
		out = append(out, w.lotEvents(kind)...)
	}
	return out
}

// lotEvents are the lots that took longer than planned, or were not good.
func (w MachineWindow) lotEvents(kind string) []LossEvent {
	var out []LossEvent
	for _, v := range w.Facts.Visits {
		if v.Ended.IsZero() || v.PRU == nil {
			continue
		}
		b := v.batch()
		var s oee.Sums
		if s.Count([]oee.Batch{b}, w.calendar, w.reading); !s.Made.IsPositive() || !v.is(w.product, w.order) {
			continue
		}
		e := LossEvent{Station: w.Facts.Station, Kind: kind, From: v.Started, Until: v.Ended, Lot: v.Lot, Operation: v.Operation, Product: v.Product, Order: v.Order, Bad: b.Made.Sub(b.Good)}
		switch {
		case kind == "slow_cycle" && s.Slow > 0:
			e.Seconds = oee.Seconds(b.Took).Sub(s.Ideal)
		case kind == "reject" && e.Bad.IsPositive():
			e.Seconds = s.Ideal.Sub(s.IdealGood)
		default:
			continue
		}
		out = append(out, e)
	}
	return out
}

// FigureNames are the names of all figures in the order in which they are told.
var FigureNames = []string{"oee", "availability", "effectiveness", "quality", "nee", "quality_ratio", "first_pass_yield", "scrap_ratio", "rework_ratio", "fall_off", "throughput_rate",
	"setup_ratio", "technical_efficiency", "allocation_ratio", "allocation_efficiency", "utilisation_efficiency"}

// Rows writes figures one a line.
func Rows(equipment string, f oee.Figures) []FigureRow {
	all := []oee.Ratio{f.OEE, f.Availability, f.Effectiveness, f.Quality, f.NEE, f.QualityRatio, f.FirstPassYield, f.ScrapRatio, f.ReworkRatio, f.FallOff, f.ThroughputRate,
		f.SetupRatio, f.TechnicalEfficiency, f.AllocationRatio, f.AllocationEfficiency, f.UtilisationEfficiency}
	out := make([]FigureRow, len(all))
	for i, r := range all {
		out[i] = FigureRow{Equipment: equipment, Figure: FigureNames[i], Value: r.Value, Numerator: r.Numerator, Denominator: r.Denominator, Unit: r.Unit, Why: r.Why, Over: r.Over}
	}
	return out
}

// Counts are the quantities of sums, as people read them.
func Counts(s oee.Sums) FigureCounts {
	out := FigureCounts{Made: s.Made, Good: s.Good, Scrap: s.Scrap, Rework: s.Rework, Unrated: s.Unrated, Outside: s.Outside}
	if len(s.Rates) == 1 && s.Unrated.IsZero() {
		for r := range s.Rates {
			if d, err := ParseDecimal(r); err == nil {
				out.Rate = &d
			}
		}
	}
	return out
}

// CategoryTimes lists the categories that have time, in their order.
func CategoryTimes(t oee.Times) []CategoryTime {
	out := []CategoryTime{}
	for _, c := range oee.Categories {
		if d := t[c]; d != 0 {
			out = append(out, CategoryTime{c, oee.Seconds(d)})
		}
	}
	return out
}
