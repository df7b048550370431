package mes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// GaugeState says whether a gauge may be used.
type GaugeState string

// The states. Due and overdue follow from the calibrations; the rest is what people or results made of it.
const (
	GaugeFit          GaugeState = "fit"
	GaugeDueSoon      GaugeState = "due_soon" // fit, and within its first reminder
	GaugeOverdue      GaugeState = "overdue"
	GaugeUncalibrated GaugeState = "uncalibrated" // never calibrated
	GaugeFailed       GaugeState = "failed"       // its last calibration left it out of tolerance
	GaugeBlocked      GaugeState = "blocked"      // by a person's word
	GaugeRetired      GaugeState = "retired"
)

// GaugeStates lists all of them.
var GaugeStates = []GaugeState{GaugeFit, GaugeDueSoon, GaugeOverdue, GaugeUncalibrated, GaugeFailed, GaugeBlocked, GaugeRetired}

// Gauge is a measuring instrument of a site.
type Gauge struct {
	ID    string   `json:"id"`
	Site  string   `json:"site"`
	Name  string   `json:"name"`
	Kind  string   `json:"kind"` // what plans and steps ask for, for example caliper
	Unit  string   `json:"unit,omitempty"`
	Lower *Decimal `json:"lower,omitempty"` // of its range
	Upper *Decimal `json:"upper,omitempty"`
	// Resolution is the smallest step that it shows.
	Resolution *Decimal `json:"resolution,omitempty"`
	Station    string   `json:"station,omitempty"`
	Owner      string   `json:"owner,omitempty"`
	// Device is the device that is this gauge: its steps don't start while the gauge may not be used.
	Device string `json:"device,omitempty"`
	// IntervalDays is how long a calibration usually holds.
	IntervalDays int `json:"interval_days"`
	// RemindDays are the days before the end at which a reminder goes out, longest first.
	RemindDays []int `json:"remind_days"`
	// Blocked and Retired are a person's word.
	Blocked bool `json:"blocked,omitempty"`
	Retired bool `json:"retired,omitempty"`

	Version   int64        `json:"version"`
	ChangedBy string       `json:"changed_by,omitempty"`
	ChangedAt time.Time    `json:"changed_at,omitzero"`
	Last      *Calibration `json:"last,omitempty"` // the newest
	State     GaugeState   `json:"state,omitempty"`
}

// Calibration is one comparison of a gauge with a standard. It never changes; a later one is a further row.
type Calibration struct {
	N           int64     `json:"n"`
	Gauge       string    `json:"gauge"`
	PerformedAt time.Time `json:"performed_at"`
	PerformedBy string    `json:"performed_by"` // the laboratory or person
	Certificate string    `json:"certificate,omitempty"`
	// AsFound and AsLeft tell whether the gauge was within tolerance before and after it was adjusted.
	AsFound Conformity         `json:"as_found"`
	AsLeft  Conformity         `json:"as_left"`
	Points  []CalibrationPoint `json:"points,omitempty"`
	// DueAt is when the next one is due.
	DueAt        time.Time `json:"due_at"`
	Evidence     string    `json:"evidence,omitempty"` // hash of the document
	EvidenceName string    `json:"evidence_name,omitempty"`
	Note         string    `json:"note,omitempty"`
	RecordedBy   string    `json:"recorded_by"`
	RecordedAt   time.Time `json:"recorded_at"`
}

// Conformity is how a gauge stands to its tolerance.
type Conformity string

// The conformities.
const (
	InTolerance    Conformity = "in_tolerance"
	OutOfTolerance Conformity = "out_of_tolerance"
)

// CalibrationPoint is one value of a standard with what the gauge read.
type CalibrationPoint struct {
	Nominal   Decimal  `json:"nominal"`
	Tolerance Decimal  `json:"tolerance"` // either way
	Found     Decimal  `json:"found"`
	Left      *Decimal `json:"left,omitempty"` // after adjustment; nil when it was not adjusted
}

func (p CalibrationPoint) within(v Decimal) bool {
	return v.Sub(p.Nominal).Abs().LessThanOrEqual(p.Tolerance)
}

// DefaultGaugeReminders are for gauges that name none.
var DefaultGaugeReminders = []int{30, 7}

// Validate names what is wrong with a gauge.
func (g Gauge) Validate() error {
	var f Faults
	f.Check(routingID.MatchString(g.ID), "id", idForm)
	f.Check(!blank(g.Name), "name", "is missing")
	f.Check(routingID.MatchString(g.Kind), "kind", idForm)
	f.Check(g.Lower == nil || g.Upper == nil || g.Lower.LessThan(*g.Upper), "lower", "must be below the upper end of the range")
	f.Check(g.Resolution == nil || g.Resolution.IsPositive(), "resolution", "must be above 0")
	f.Check(g.IntervalDays >= 1 && g.IntervalDays <= 3650, "interval_days", "must be from 1 to 3650")
	for i, d := range g.RemindDays {
		f.Check(d > 0 && d <= 365, fmt.Sprintf("remind_days[%d]", i), "must be from 1 to 365")
		f.Check(i == 0 || d < g.RemindDays[i-1], fmt.Sprintf("remind_days[%d]", i), "must be less than the one before")
	}
	return f.Err("The gauge was not stored.")
}

// Judge is the gauge's state at a time, by its newest calibration.
func (g Gauge) Judge(now time.Time) GaugeState {
	switch {
	case g.Retired:
		return GaugeRetired
	case g.Blocked:
		return GaugeBlocked
	case g.Last == nil:
		return GaugeUncalibrated
	case g.Last.AsLeft == OutOfTolerance:
		return GaugeFailed
	case !g.Last.DueAt.After(now):
		return GaugeOverdue
	case len(g.RemindDays) > 0 && !now.Before(g.Last.DueAt.AddDate(0, 0, -g.RemindDays[0])):
		return GaugeDueSoon
	}
	return GaugeFit
}

// Usable refuses a gauge that nothing may be measured with. The sentence is for an operator. Codes: conflict.
func (g Gauge) Usable(now time.Time, zone *time.Location) *Error {
	why := map[GaugeState]string{
		GaugeRetired: "is retired", GaugeBlocked: "is blocked", GaugeUncalibrated: "was never calibrated", GaugeFailed: "failed its calibration",
	}
	switch s := g.Judge(now); s {
	case GaugeFit, GaugeDueSoon:
		return nil
	case GaugeOverdue:
		return Refuse(CodeConflict, fmt.Sprintf("Gauge %s is overdue for calibration since %s.", g.ID, g.Last.DueAt.In(zone).Format("2 Jan 2006")), nothingStored, "Take another gauge, or have this one calibrated.")
	default:
		return Refuse(CodeConflict, fmt.Sprintf("Gauge %s %s.", g.ID, why[s]), nothingStored, "Take another gauge.")
	}
}

// Fits refuses a gauge that is not of the kind that is asked for, or a value outside its range; nil skips the range.
func (g Gauge) Fits(kind, field string, value *Decimal) error {
	var f Faults
	f.Check(kind == "" || g.Kind == kind, field, "%s is a gauge of kind %s, %s is asked for", g.ID, g.Kind, kind)
	if value != nil {
		r := Characteristic{Lower: g.Lower, Upper: g.Upper}
		f.Check(r.Within(*value), field, "%s lies outside the range of %s", *value, g.ID)
	}
	return f.Err(nothingStored)
}

// NewCalibration records a calibration. With points, AsFound and AsLeft follow from them and may be left out.
type NewCalibration struct {
	PerformedAt time.Time
	PerformedBy string
	Certificate string
	AsFound     Conformity
	AsLeft      Conformity
	Points      []CalibrationPoint
	DueAt       *time.Time // nil means by the gauge's interval
	Note        string
	Evidence    *Evidence
}

// Calibrated makes the record of a calibration, and names every field that cannot work.
func (g Gauge) Calibrated(c NewCalibration, by Actor, now time.Time, zone *time.Location) (Calibration, error) {
	var f Faults
	f.Check(!blank(c.PerformedBy), "performed_by", "is missing")
	f.Check(!c.PerformedAt.IsZero() && !c.PerformedAt.After(now.Add(time.Minute)), "performed_at", "must not lie in the future")
	f.Check(g.Last == nil || c.PerformedAt.After(g.Last.PerformedAt), "performed_at", "must come after the calibration before")
	found, left := c.conformity()
	for _, w := range []struct {
		field      string
		said, seen Conformity
	}{{"as_found", c.AsFound, found}, {"as_left", c.AsLeft, left}} {
		f.Check(w.said == "" || w.said == InTolerance || w.said == OutOfTolerance, w.field, "must be %q or %q", InTolerance, OutOfTolerance)
		f.Check(w.said != "" || w.seen != "", w.field, "is missing")
		f.Check(w.said == "" || w.seen == "" || w.said == w.seen, w.field, "does not fit the points: they are %s", w.seen)
	}
	for i, p := range c.Points {
		f.Check(p.Tolerance.IsPositive(), fmt.Sprintf("points[%d].tolerance", i), "must be above 0")
	}
	out := Calibration{Gauge: g.ID, PerformedAt: c.PerformedAt, PerformedBy: c.PerformedBy, Certificate: c.Certificate, AsFound: cmp.Or(c.AsFound, found), AsLeft: cmp.Or(c.AsLeft, left),
		Points: c.Points, Note: c.Note, RecordedBy: by.ID, RecordedAt: now, DueAt: c.PerformedAt.In(zone).AddDate(0, 0, g.IntervalDays).UTC()}
	if c.DueAt != nil {
		out.DueAt = c.DueAt.UTC()
	}
	f.Check(out.DueAt.After(c.PerformedAt), "due_at", "must come after performed_at")
	if e := c.Evidence; e != nil {
		f.Check(len(e.Content) > 0 && len(e.Content) <= MaxEvidence, "evidence", "must have 1 byte to 8 MiB")
		f.Check(slices.Contains(EvidenceTypes, e.ContentType), "evidence", "must be a PDF, PNG or JPEG file")
		out.EvidenceName = e.Name
	}
	f.Check(!g.Retired, "gauge", "%s is retired", g.ID)
	return out, f.Err("The calibration was not stored.")
}

// conformity is what the points say; empty without points.
func (c NewCalibration) conformity() (found, left Conformity) {
	if len(c.Points) == 0 {
		return "", ""
	}
	found, left = InTolerance, InTolerance
	for _, p := range c.Points {
		after := p.Found
		if p.Left != nil {
			after = *p.Left
		}
		if !p.within(p.Found) {
			found = OutOfTolerance
		}
		if !p.within(after) {
			left = OutOfTolerance
		}
	}
	return found, left
}

// Doubtful tells that what was measured since the last good calibration is in doubt.
func (c Calibration) Doubtful() bool { return c.AsFound == OutOfTolerance }

// Measured is one thing that was measured with a gauge: an entry of an inspection or a step's record.
type Measured struct {
	Noun    string    `json:"noun"` // inspection or lot
	Subject string    `json:"subject"`
	Lot     string    `json:"lot"`
	What    string    `json:"what"` // characteristic or step
	Value   *Decimal  `json:"value,omitempty"`
	Unit    string    `json:"unit,omitempty"`
	Result  string    `json:"result"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// ReachBack is what a failed calibration puts in doubt: everything between two calibrations.
type ReachBack struct {
	Gauge string `json:"gauge"`
	// From is the last good calibration before, nil when there was none; Until the one that found the gauge out of
	// tolerance, nil for a list up to now.
	From  *time.Time     `json:"from,omitempty"`
	Until *time.Time     `json:"until,omitempty"`
	Items Page[Measured] `json:"items"`
}

// GaugeFilter narrows the list of gauges. Sorts: id, kind, station, due_at. Zero fields do not narrow.
type GaugeFilter struct {
	Paging
	Site    string
	Kind    string
	Station string
	// DueBefore keeps gauges in use whose calibration ends before it, those without one included.
	DueBefore *time.Time
	// Retired adds those that are out of use.
	Retired bool
}

// Gauges keeps the register of gauges with their calibrations. Every change writes an audit row and wakes the site's
// reminders.
type Gauges interface {
	// List reads a page with the states as they are now. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f GaugeFilter) (Page[Gauge], error)
	// Get reads one. Codes: not_found.
	Get(ctx context.Context, site, id string) (Gauge, error)
	// Put makes a gauge or changes one; Version must be the one that was read, 0 for a new one. A change needs a reason.
	// Codes: unprocessable, conflict, not_found (station, device).
	Put(ctx context.Context, key, site string, by Actor, g Gauge, reason string) (Gauge, error)
	// Calibrate records a calibration. One that found the gauge out of tolerance raises an alert, with how much is in doubt.
	// Codes: not_found, unprocessable.
	Calibrate(ctx context.Context, key, site string, by Actor, id string, c NewCalibration) (Gauge, error)
	// Calibrations lists them, newest first. Codes: not_found.
	Calibrations(ctx context.Context, site, id string) ([]Calibration, error)
	// Evidence reads a calibration's document. Codes: not_found.
	Evidence(ctx context.Context, site, id string, n int64) (Blob, error)
	// Reach lists what was measured with the gauge before its n-th calibration, back to the last good one; n of 0 means
	// since the last good one up to now. Codes: not_found.
	Reach(ctx context.Context, site, id string, n int64, p Paging) (ReachBack, error)
}

// GaugeLedger is what the site's reminders of calibrations are kept in.
type GaugeLedger interface {
	// Remind raises every alert that is due, once each, and answers when the next one falls due.
	RemindGauges(ctx context.Context, site string) (Reminded, error)
}

// GaugeReminder is one word that a calibration ends, so many days before it; 0 says that it has ended.
type GaugeReminder struct {
	Gauge Gauge
	Days  int
}

// Key identifies the reminder: it goes out once for each calibration.
func (r GaugeReminder) Key() string {
	return fmt.Sprintf("gauge/%s/%d/%d", r.Gauge.ID, r.Gauge.Last.N, r.Days)
}

// GaugeReminders says which reminders are due now, the latest of each gauge only, and when the next one falls due.
func GaugeReminders(gs []Gauge, now time.Time) (due []GaugeReminder, next *time.Time) {
	for _, g := range gs {
		if g.Retired || g.Blocked || g.Last == nil || g.Last.AsLeft == OutOfTolerance {
			continue
		}
		days, soonest := latestReminder(g.Last.DueAt, g.RemindDays, now)
		if soonest != nil && (next == nil || soonest.Before(*next)) {
			next = soonest
		}
		if days >= 0 {
			due = append(due, GaugeReminder{Gauge: g, Days: days})
		}
	}
	return due, next
}

// latestReminder is the last reminder that has come of an end, in days before it, -1 when none has; and when the next comes.
func latestReminder(end time.Time, remind []int, now time.Time) (days int, next *time.Time) {
	sorted := slices.Clone(remind)
	slices.Sort(sorted)
	for _, d := range append([]int{0}, sorted...) { // from the end backwards
		at := end.AddDate(0, 0, -d)
		if !at.After(now) {
			return d, next
		}
		next = &at
	}
	return -1, next
}
