package mes

import (
	"fmt"
	"strings"
	"time"
)

// ReasonCode names a reason of a queue, so that screens can say it in their own language.
type ReasonCode string

// The reasons. First what bars the whole station, then what bars or delays a job, then what only explains its place.
const (
	ReasonDown        ReasonCode = "station_down"
	ReasonPlannedDown ReasonCode = "station_planned_down"
	ReasonStopped     ReasonCode = "station_stopped"
	ReasonMaintenance ReasonCode = "station_maintenance"

	ReasonHold       ReasonCode = "lot_hold"
	ReasonOrderHold  ReasonCode = "order_hold"
	ReasonNoMaterial ReasonCode = "material_none"
	ReasonShort      ReasonCode = "material_short"
	ReasonTaken      ReasonCode = "material_taken"
	ReasonHeldStock  ReasonCode = "component_held"
	ReasonOldStock   ReasonCode = "component_expired"
	ReasonNobody     ReasonCode = "nobody_qualified"
	ReasonGauge      ReasonCode = "gauge_unfit"
	ReasonGaugeOf    ReasonCode = "gauge_of_device"
	ReasonSilent     ReasonCode = "device_silent"

	ReasonInstead   ReasonCode = "goes_to"
	ReasonFrom      ReasonCode = "comes_from"
	ReasonAlso      ReasonCode = "also_at"
	ReasonBusy      ReasonCode = "station_busy"
	ReasonElsewhere ReasonCode = "qualified_elsewhere"
	ReasonTop       ReasonCode = "moved_top"
	ReasonMoved     ReasonCode = "moved_before"
	ReasonPriority  ReasonCode = "priority"
	ReasonDue       ReasonCode = "due"
	ReasonLate      ReasonCode = "late"
	ReasonRatio     ReasonCode = "critical_ratio"
	ReasonAge       ReasonCode = "age"
	ReasonSetUp     ReasonCode = "set_up"
)

// dispatchWords are the sentences. {since}, {due} and {time} are written for the site's clock.
var dispatchWords = map[ReasonCode]string{
	ReasonDown:        "{station} is down since {since}{detail}",
	ReasonPlannedDown: "{station} is down as planned since {since}{detail}",
	ReasonStopped:     "{station} is stopped since {since}{detail}",
	ReasonMaintenance: "{station} is in maintenance since {since}{detail}",

	ReasonHold:       "on hold{hold}{detail}",
	ReasonOrderHold:  "order {order} is on hold{detail}",
	ReasonNoMaterial: "no {material} is free, {need} {unit} needed",
	ReasonShort:      "{free} {unit} of {material} free, {need} {unit} needed",
	ReasonTaken:      "the free {material} goes to the jobs before it",
	ReasonHeldStock:  "{lot} of {material} is on hold{hold}",
	ReasonOldStock:   "{lot} of {material} has expired",
	ReasonNobody:     "nobody here has {skill} level {level}",
	ReasonGauge:      "no gauge of the kind {kind} may be used",
	ReasonGaugeOf:    "gauge {gauge}, which is {device}, may not be used",
	ReasonSilent:     "{device} does not answer since {since}",

	ReasonInstead:   "goes to {station} instead",
	ReasonFrom:      "from {station}, where nothing may start: {why}",
	ReasonAlso:      "also in the queue of {station}",
	ReasonBusy:      "after {lot}, which is in work",
	ReasonElsewhere: "{person}, at {station}, has {skill} level {level}",
	ReasonTop:       "moved to the top by {by}{detail}",
	ReasonMoved:     "moved before {lot} by {by}{detail}",
	ReasonPriority:  "priority {priority}, then by due date",
	ReasonDue:       "due {due}, {time} slack",
	ReasonLate:      "due {due}, {time} late by planned times",
	ReasonRatio:     "critical ratio {ratio}",
	ReasonAge:       "here since {since}, first come, first served",
	ReasonSetUp:     "the station is set up for {product}",
}

// ReasonCodes lists all reasons.
func ReasonCodes() []ReasonCode {
	out := make([]ReasonCode, 0, len(dispatchWords))
	for c := range dispatchWords {
		out = append(out, c)
	}
	return out
}

// barWords say in a sentence what keeps a station from starting.
var barWords = map[ReasonCode]string{ReasonDown: "it is down", ReasonPlannedDown: "it is down as planned", ReasonStopped: "it is stopped", ReasonMaintenance: "it is in maintenance"}

// say makes a reason. values come in pairs of name and text.
func (f DispatchFacts) say(code ReasonCode, effect JobState, since *time.Time, values ...string) DispatchReason {
	r := DispatchReason{Code: code, Effect: effect, Since: since}
	if len(values) > 1 {
		r.Values = make(map[string]string, len(values)/2)
	}
	pairs := make([]string, 0, len(values)+4)
	for i := 0; i+1 < len(values); i += 2 {
		r.Values[values[i]] = values[i+1]
		word := values[i+1]
		switch values[i] {
		case "due":
			if at, err := time.Parse(time.RFC3339, word); err == nil {
				word = at.In(f.Zone).Format("Mon 2 Jan 15:04")
			}
		case "seconds":
			if d, err := time.ParseDuration(word + "s"); err == nil {
				pairs = append(pairs, "time", spanWords(d))
			}
		case "why":
			word = barWords[ReasonCode(word)]
		}
		pairs = append(pairs, values[i], word)
	}
	if since != nil {
		pairs = append(pairs, "since", f.clock(*since))
	}
	r.Text = filled(dispatchWords[code], pairs)
	return r
}

// filled puts values, which come in pairs of name and text, in their places in a sentence. A queue has thousands of them.
func filled(sentence string, pairs []string) string {
	var b strings.Builder
	b.Grow(len(sentence) + 32)
	for {
		before, rest, found := strings.Cut(sentence, "{")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				b.WriteString(pairs[i+1])
			}
		}
		sentence = after
	}
}

// about names the record that the reason is about.
func (r DispatchReason) about(noun, subject string) DispatchReason {
	r.Noun, r.Subject = noun, subject
	return r
}

// clock writes a time as people at the site say it: with the day only where it is another one.
func (f DispatchFacts) clock(at time.Time) string {
	if DayOf(at, f.Zone) == DayOf(f.Now, f.Zone) {
		return at.In(f.Zone).Format("15:04")
	}
	return at.In(f.Zone).Format("Mon 2 Jan 15:04")
}

// spanWords writes a span with its two largest units at most.
func spanWords(d time.Duration) string {
	m := int(d.Abs().Minutes())
	switch {
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m < 24*60:
		if m%60 == 0 {
			return fmt.Sprintf("%d h", m/60)
		}
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
	if h := m / 60 % 24; h > 0 {
		return fmt.Sprintf("%d d %d h", m/(24*60), h)
	}
	return fmt.Sprintf("%d d", m/(24*60))
}

// after writes a detail behind a sentence, where there is one.
func after(mark, detail string) string {
	if detail = unstopped(detail); detail != "" {
		return mark + detail
	}
	return ""
}
