package mes

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"time"
)

// TriggerKind says what a plan makes jobs of.
type TriggerKind string

// The triggers.
const (
	TriggerCalendar TriggerKind = "calendar"  // days of the week, of the month, of the year, at a time of the site
	TriggerDays     TriggerKind = "days"      // so many days after the last one was handed back
	TriggerRunHours TriggerKind = "run_hours" // hours in which the machine ran since then
	TriggerCycles   TriggerKind = "cycles"    // pieces that it made since then
	TriggerTag      TriggerKind = "tag"       // a value beyond its limits
	TriggerAlarm    TriggerKind = "alarm"     // an alarm of the machine whose code fits
)

// TriggerKinds lists all of them.
var TriggerKinds = []TriggerKind{TriggerCalendar, TriggerDays, TriggerRunHours, TriggerCycles, TriggerTag, TriggerAlarm}

// MaintenanceTrigger says when a plan makes a job.
type MaintenanceTrigger struct {
	On TriggerKind `json:"on"`
	// At is a time of day in the site's zone, as 06:00. Weekdays are 0 (Sunday) to 6, Days 1 to 31, Months 1 to 12; an empty list takes all.
	// A time that a clock change leaves out is left out.
	At       string `json:"at,omitempty"`
	Weekdays []int  `json:"weekdays,omitempty"`
	Days     []int  `json:"days,omitempty"`
	Months   []int  `json:"months,omitempty"`
	// Every counts days, hours or pieces.
	Every int `json:"every,omitempty"`
	// Device and Tag name a value, Lower and Upper its limits, ForS for how many seconds it must lie beyond them.
	Device string   `json:"device,omitempty"`
	Tag    string   `json:"tag,omitempty"`
	Lower  *Decimal `json:"lower,omitempty"`
	Upper  *Decimal `json:"upper,omitempty"`
	// Alarm is a code in which * stands for any letters.
	Alarm string `json:"alarm,omitempty"`
}

// Condition tells that the plan is looked at again and again.
func (t MaintenanceTrigger) Condition() bool {
	return t.On == TriggerDays || t.On == TriggerRunHours || t.On == TriggerCycles || t.On == TriggerTag
}

// MaintenancePlan makes jobs by itself.
type MaintenancePlan struct {
	Site     string          `json:"site"`
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Why      string          `json:"why"`
	Kind     MaintenanceKind `json:"kind"`
	Station  string          `json:"station,omitempty"`
	Gauge    string          `json:"gauge,omitempty"`
	Severity Severity        `json:"severity"`
	Owner    string          `json:"owner,omitempty"`
	Minutes  int             `json:"minutes"`
	Running  string          `json:"running,omitempty"` // why the machine need not stop for it
	// Down takes the machine out, from an alarm that stopped it until it is handed back. Without it an alarm that goes by itself bars nothing.
	Down     bool               `json:"down,omitempty"`
	DueHours int                `json:"due_hours"` // a job is due so long after it was opened
	Trigger  MaintenanceTrigger `json:"trigger"`
	Active   bool               `json:"active"`
	Version  int64              `json:"version"`

	ChangedBy string    `json:"changed_by"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
	// What a list shows: when the next job is made by the calendar, how far a condition is, the job that is open.
	NextAt   *time.Time `json:"next_at,omitempty"`
	Progress *Decimal   `json:"progress,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Open     string     `json:"open,omitempty"`
}

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Validate names every field that cannot work.
func (p MaintenancePlan) Validate() error {
	var f Faults
	f.Check(routingID.MatchString(p.ID), "id", idForm)
	f.Check(!blank(p.Title) && len(p.Title) <= maxMaintenanceTitle, "title", "must have 1 to %d characters", maxMaintenanceTitle)
	f.Check(!blank(p.Why) && len(p.Why) <= maxMaintenanceText, "why", "must have 1 to %d characters", maxMaintenanceText)
	f.Check(slices.Contains(MaintenanceKinds, p.Kind), "kind", "must be one of %v", MaintenanceKinds)
	f.Check(p.Station != "" || p.Gauge != "", "station", "a station or a gauge is needed")
	f.Check((p.Kind == MaintainCalibration) == (p.Gauge != ""), "gauge", "goes with a calibration, and only with it")
	f.Check(severityRank[p.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(p.Minutes >= 0 && p.Minutes <= maxMaintenanceMin, "minutes", "must be from 0 to %d", maxMaintenanceMin)
	f.Check(p.DueHours >= 1 && p.DueHours <= 24*366, "due_hours", "must be from 1 to %d", 24*366)
	f.Check(len(p.Running) <= 500, "running", "must have at most 500 characters")
	f.Check(!p.Down || p.Trigger.On == TriggerAlarm && p.Kind == MaintainCorrective, "down", "goes with a repair that an alarm asks for")
	p.Trigger.validate(&f, p.Station)
	return f.Err("The plan was not stored.")
}

func (t MaintenanceTrigger) validate(f *Faults, station string) {
	f.Check(slices.Contains(TriggerKinds, t.On), "trigger.on", "must be one of %v", TriggerKinds)
	within := func(field string, list []int, low, high int) {
		for i, n := range list {
			f.Check(n >= low && n <= high, fmt.Sprintf("trigger.%s[%d]", field, i), "must be from %d to %d", low, high)
		}
	}
	switch t.On {
	case TriggerCalendar:
		f.Check(timeOfDay.MatchString(t.At), "trigger.at", "must be a time of day as 06:00")
		within("weekdays", t.Weekdays, 0, 6)
		within("days", t.Days, 1, 31)
		within("months", t.Months, 1, 12)
	case TriggerDays:
		f.Check(t.Every >= 1 && t.Every <= 3650, "trigger.every", "must be from 1 to 3650 days")
	case TriggerRunHours:
		f.Check(t.Every >= 1 && t.Every <= 100_000, "trigger.every", "must be from 1 to 100000 hours")
	case TriggerCycles:
		f.Check(t.Every >= 1 && t.Every <= 1_000_000_000, "trigger.every", "must be from 1 to 1000000000 pieces")
	case TriggerTag:
		f.Check(!blank(t.Device) && !blank(t.Tag), "trigger.tag", "a device and a tag are needed")
		f.Check(t.Lower != nil || t.Upper != nil, "trigger.upper", "a limit is needed")
		f.Check(t.Lower == nil || t.Upper == nil || t.Lower.LessThan(*t.Upper), "trigger.lower", "must be below the upper limit")
	case TriggerAlarm:
		_, err := path.Match(t.Alarm, "")
		f.Check(!blank(t.Alarm) && len(t.Alarm) <= 100 && err == nil, "trigger.alarm", "must be a code in which * stands for any letters")
	}
	f.Check(station != "" || t.On == TriggerCalendar || t.On == TriggerDays, "trigger.on", "a gauge is calibrated by the calendar")
}

// Fits tells whether the trigger's pattern takes an alarm's code.
func (t MaintenanceTrigger) Fits(alarm string) bool {
	ok, err := path.Match(t.Alarm, alarm)
	return t.On == TriggerAlarm && alarm != "" && ok && err == nil
}

// Beyond tells whether a value lies outside the trigger's limits.
func (t MaintenanceTrigger) Beyond(v Decimal) bool {
	return t.Lower != nil && v.LessThan(*t.Lower) || t.Upper != nil && v.GreaterThan(*t.Upper)
}

// Next is the first time after now at which the calendar makes a job; nil when it never does (31 February).
func (t MaintenanceTrigger) Next(now time.Time, zone *time.Location) *time.Time {
	clock, err := time.Parse("15:04", t.At)
	if t.On != TriggerCalendar || err != nil {
		return nil
	}
	in := func(list []int, n int) bool { return len(list) == 0 || slices.Contains(list, n) }
	day := now.In(zone)
	for n := range 8 * 366 { // the 29th of February may be eight years away
		d := time.Date(day.Year(), day.Month(), day.Day()+n, clock.Hour(), clock.Minute(), 0, 0, zone)
		if d.After(now) && d.Hour() == clock.Hour() && in(t.Weekdays, int(d.Weekday())) && in(t.Days, d.Day()) && in(t.Months, int(d.Month())) {
			return &d
		}
	}
	return nil
}

// Request is what the plan asks for at a time. key names the occurrence: the same one makes one job.
func (p MaintenancePlan) Request(key, why string, source MaintenanceSource, at time.Time) MaintenanceRequest {
	due := at.Add(time.Duration(p.DueHours) * time.Hour)
	return MaintenanceRequest{Site: p.Site, Key: "plan/" + p.Site + "/" + p.ID + "/" + key, Kind: p.Kind, Station: p.Station, Gauge: p.Gauge, Severity: p.Severity, Source: source, Title: p.Title,
		Why: why, Plan: p.ID, Owner: p.Owner, DueAt: &due, Minutes: p.Minutes, Running: p.Running}
}

// PlanProgress is how far a condition is since the plan's last job was handed back, or since the plan was made.
type PlanProgress struct {
	Since time.Time
	// Value is days, hours or pieces, or the tag's value; nil where nothing is known.
	Value *Decimal
	// Back tells that a tag's value has been within its limits since then, so that a further crossing counts.
	Back bool
}

// Due tells whether the condition is met, and says why in words.
func (p MaintenancePlan) Due(g PlanProgress) (why string, due bool) {
	if g.Value == nil {
		return "", false
	}
	t := p.Trigger
	unit := map[TriggerKind]string{TriggerDays: "days", TriggerRunHours: "hours of running", TriggerCycles: "pieces"}[t.On]
	if unit != "" {
		return fmt.Sprintf("%s %s since the last time, every %d. %s", g.Value.Round(1), unit, t.Every, p.Why), g.Value.GreaterThanOrEqual(Count(int64(t.Every)))
	}
	return fmt.Sprintf("%s of %s is %s, beyond its limits. %s", t.Tag, t.Device, *g.Value, p.Why), t.On == TriggerTag && g.Back && t.Beyond(*g.Value)
}

// MaintenanceCode is one word of the tree of causes or of remedies.
type MaintenanceCode struct {
	Tree   string `json:"tree"` // cause or remedy
	ID     string `json:"id"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name"`
	NameDE string `json:"name_de,omitempty"`
	Ended  bool   `json:"ended,omitempty"` // not given any more; old jobs keep it
}

// The trees.
const (
	TreeCause  = "cause"
	TreeRemedy = "remedy"
)

// Validate names what is wrong with a code.
func (c MaintenanceCode) Validate() error {
	var f Faults
	f.Check(c.Tree == TreeCause || c.Tree == TreeRemedy, "tree", "must be cause or remedy")
	f.Check(routingID.MatchString(c.ID), "id", idForm)
	f.Check(c.Parent != c.ID, "parent", "must be another code")
	f.Check(!blank(c.Name) && len(c.Name) <= 100, "name", "must have 1 to 100 characters")
	f.Check(len(c.NameDE) <= 100, "name_de", "must have at most 100 characters")
	return f.Err("The code was not stored.")
}
