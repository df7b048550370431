package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// NounMaintenance is a maintenance job in alerts, links and the audit trail.
const NounMaintenance = "maintenance"

// MaintenanceKind says what a job is for. Corrective work repairs; the others prevent.
type MaintenanceKind string

// The kinds.
const (
	MaintainCorrective  MaintenanceKind = "corrective"
	MaintainPreventive  MaintenanceKind = "preventive"
	MaintainInspection  MaintenanceKind = "inspection"
	MaintainCalibration MaintenanceKind = "calibration" // of a gauge; it is done when its calibration is recorded
)

// MaintenanceKinds lists all of them.
var MaintenanceKinds = []MaintenanceKind{MaintainCorrective, MaintainPreventive, MaintainInspection, MaintainCalibration}

// MaintenanceState says how far a job is.
type MaintenanceState string

// The states, in the order of a job's life.
const (
	MaintenanceRequested MaintenanceState = "requested"
	MaintenancePlanned   MaintenanceState = "planned"
	MaintenanceLocking   MaintenanceState = "lockout_signing" // all points are locked and verified; the signature is asked for
	MaintenanceLocked    MaintenanceState = "locked_out"
	MaintenanceInWork    MaintenanceState = "in_work"
	MaintenanceTested    MaintenanceState = "tested"
	MaintenanceReturning MaintenanceState = "handback_signing"
	MaintenanceReturned  MaintenanceState = "handed_back" // the machine works again; cause, remedy or time may be missing
	MaintenanceClosed    MaintenanceState = "closed"
	MaintenanceRejected  MaintenanceState = "rejected"
	MaintenanceCancelled MaintenanceState = "cancelled"
)

// MaintenanceStates lists all of them.
var MaintenanceStates = []MaintenanceState{MaintenanceRequested, MaintenancePlanned, MaintenanceLocking, MaintenanceLocked, MaintenanceInWork, MaintenanceTested, MaintenanceReturning,
	MaintenanceReturned, MaintenanceClosed, MaintenanceRejected, MaintenanceCancelled}

// Ended tells that nothing follows.
func (s MaintenanceState) Ended() bool {
	return s == MaintenanceClosed || s == MaintenanceRejected || s == MaintenanceCancelled
}

// back tells that the machine is production's again, or was never taken.
func (s MaintenanceState) back() bool { return s == MaintenanceReturned || s.Ended() }

// MaintenanceSource says who asked for a job.
type MaintenanceSource string

// The sources.
const (
	MaintainByPerson    MaintenanceSource = "person"
	MaintainByAlarm     MaintenanceSource = "alarm"
	MaintainByCondition MaintenanceSource = "condition"
	MaintainByCalendar  MaintenanceSource = "calendar"
	MaintainByRule      MaintenanceSource = "rule"
	MaintainByCMMS      MaintenanceSource = "cmms"
)

// IsolationPoint is one place at which a machine is cut off from one energy (ISO 14118, OSHA 1910.147).
type IsolationPoint struct {
	ID string `json:"id"`
	// Energy is electrical, pneumatic, hydraulic, mechanical, thermal, chemical, gravity or another word of the plant.
	Energy   string `json:"energy"`
	Place    string `json:"place"`    // where it is
	Position string `json:"position"` // what is done there: open and lock, close and vent
	Check    string `json:"check"`    // how zero energy is verified
}

// LockedPoint is an isolation point in one job.
type LockedPoint struct {
	IsolationPoint
	Lock       string     `json:"lock,omitempty"` // number of the padlock or tag
	LockedBy   string     `json:"locked_by,omitempty"`
	LockedAt   *time.Time `json:"locked_at,omitempty"`
	VerifiedBy string     `json:"verified_by,omitempty"` // who saw that the energy is gone
	VerifiedAt *time.Time `json:"verified_at,omitempty"`
	RemovedBy  string     `json:"removed_by,omitempty"`
	RemovedAt  *time.Time `json:"removed_at,omitempty"`
	// RemovedWhy is given where somebody else than who set the lock removes it.
	RemovedWhy string `json:"removed_why,omitempty"`
}

func (p LockedPoint) on() bool { return p.LockedAt != nil && p.RemovedAt == nil }

// MaintenancePart is something that was used. With a lot it is taken from the material ledger.
type MaintenancePart struct {
	Lot      string    `json:"lot,omitempty"`
	Material string    `json:"material,omitempty"`
	Text     string    `json:"text,omitempty"` // what it was, where it is in no ledger
	Quantity Decimal   `json:"quantity"`
	Unit     string    `json:"unit,omitempty"`
	Cost     *Decimal  `json:"cost,omitempty"` // of all of it, in the site's currency
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// MaintenanceLabour is time that a person worked on a job.
type MaintenanceLabour struct {
	Person  string    `json:"person"`
	Minutes int       `json:"minutes"`
	Note    string    `json:"note,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// MaintenanceTest is one trial of the machine after work.
type MaintenanceTest struct {
	Passed bool      `json:"passed"`
	Note   string    `json:"note"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// Calibration is the number of the gauge's calibration that is this test; 0 for a machine.
	Calibration int64 `json:"calibration,omitempty"`
}

// MaintenanceRound is a lock-out that came to nothing: its points as they stood, and how many tests there were.
type MaintenanceRound struct {
	Points []LockedPoint `json:"points"`
	Tests  int           `json:"tests"`
}

// MaintenanceSigning is one of the two things of a job that are signed.
type MaintenanceSigning string

// What is signed.
const (
	MaintenanceSignLockout  MaintenanceSigning = "lockout"
	MaintenanceSignHandback MaintenanceSigning = "handback"
)

// MaintenanceRecord is what was done.
type MaintenanceRecord struct {
	Points []LockedPoint       `json:"points"`
	Parts  []MaintenancePart   `json:"parts"`
	Labour []MaintenanceLabour `json:"labour"`
	Tests  []MaintenanceTest   `json:"tests"`
	// Found is what was found, in words; Cause and Remedy are codes.
	Found  string `json:"found,omitempty"`
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Running is why the machine need not stop for it; with it nothing is locked out.
	Running string `json:"running,omitempty"`
	// Requests are the requests for signatures, the newest of each.
	Requests map[MaintenanceSigning]string `json:"requests,omitempty"`
	// Round counts lock-outs: after a test that failed without its locks, or a signature that was refused, the machine is locked out anew, and
	// what is signed then is another record. Former are the rounds before.
	Round  int                `json:"round"`
	Former []MaintenanceRound `json:"former,omitempty"`
}

// MaintenanceJob is one piece of work on a machine or a gauge, from its request until the machine is handed back and its record is complete.
type MaintenanceJob struct {
	Site     string            `json:"site"`
	ID       string            `json:"id"`
	Kind     MaintenanceKind   `json:"kind"`
	State    MaintenanceState  `json:"state"`
	Station  string            `json:"station,omitempty"`
	Gauge    string            `json:"gauge,omitempty"`
	Severity Severity          `json:"severity"`
	Source   MaintenanceSource `json:"source"`
	Title    string            `json:"title"`
	Why      string            `json:"why"`
	Plan     string            `json:"plan,omitempty"`
	Rule     string            `json:"rule,omitempty"`
	Group    string            `json:"group,omitempty"`
	Alarm    string            `json:"alarm,omitempty"`
	// Outside is the job's number in an outside CMMS.
	Outside  string     `json:"outside,omitempty"`
	RaisedBy string     `json:"raised_by"`
	RaisedAt time.Time  `json:"raised_at"`
	Owner    string     `json:"owner,omitempty"` // who does it; empty means everyone in maintenance
	DueAt    *time.Time `json:"due_at,omitempty"`
	// TakesOut tells that the machine is locked out for it. OutFrom is when it stops being dispatchable if it is not locked out before.
	TakesOut bool       `json:"takes_out"`
	OutFrom  *time.Time `json:"out_from,omitempty"`
	Minutes  int        `json:"minutes,omitempty"` // planned duration
	// DownFrom is since when the machine has not worked for what this job repairs; nil while it works.
	DownFrom  *time.Time        `json:"down_from,omitempty"`
	PlannedAt *time.Time        `json:"planned_at,omitempty"`
	LockedAt  *time.Time        `json:"locked_at,omitempty"` // the lock-out was signed
	StartedAt *time.Time        `json:"started_at,omitempty"`
	TestedAt  *time.Time        `json:"tested_at,omitempty"`
	BackAt    *time.Time        `json:"back_at,omitempty"` // the hand-back was signed
	EndedAt   *time.Time        `json:"ended_at,omitempty"`
	EndReason string            `json:"end_reason,omitempty"`
	Version   int64             `json:"version"`
	Record    MaintenanceRecord `json:"record"`
}

// MaintenanceRequest asks for a job.
type MaintenanceRequest struct {
	Site     string            `json:"site"`
	Key      string            `json:"-"` // the same one opens one job
	Kind     MaintenanceKind   `json:"kind"`
	Station  string            `json:"station,omitempty"`
	Gauge    string            `json:"gauge,omitempty"`
	Severity Severity          `json:"severity"`
	Source   MaintenanceSource `json:"source"`
	Title    string            `json:"title"`
	Why      string            `json:"why"`
	Plan     string            `json:"plan,omitempty"`
	Rule     string            `json:"rule,omitempty"`
	Group    string            `json:"group,omitempty"`
	Alarm    string            `json:"alarm,omitempty"`
	Outside  string            `json:"outside,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	DueAt    *time.Time        `json:"due_at,omitempty"`
	Minutes  int               `json:"minutes,omitempty"`
	// Down tells that the machine does not work: nothing starts there from now on.
	Down     bool       `json:"down,omitempty"`
	DownFrom *time.Time `json:"down_from,omitempty"`
	Running  string     `json:"running,omitempty"`
}

const (
	maxMaintenanceTitle = 200
	maxMaintenanceText  = 2000
	// MaxMaintenanceList bounds each list in a job.
	MaxMaintenanceList = 100
	maxMaintenanceMin  = 60 * 24 * 60 // 60 days
)

// Validate names every field that cannot be.
func (r MaintenanceRequest) Validate(now time.Time) error {
	var f Faults
	f.Check(slices.Contains(MaintenanceKinds, r.Kind), "kind", "must be one of %v", MaintenanceKinds)
	f.Check(r.Station != "" || r.Gauge != "", "station", "a station or a gauge is needed")
	f.Check((r.Kind == MaintainCalibration) == (r.Gauge != ""), "gauge", "goes with a calibration, and only with it")
	f.Check(severityRank[r.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(!blank(r.Title) && len(r.Title) <= maxMaintenanceTitle, "title", "must have 1 to %d characters", maxMaintenanceTitle)
	f.Check(!blank(r.Why) && len(r.Why) <= maxMaintenanceText, "why", "must have 1 to %d characters", maxMaintenanceText)
	f.Check(r.Minutes >= 0 && r.Minutes <= maxMaintenanceMin, "minutes", "must be from 0 to %d", maxMaintenanceMin)
	f.Check(len(r.Outside) <= 100, "outside", "must have at most 100 characters")
	f.Check(r.Source != MaintainByCMMS || !blank(r.Outside), "outside", "is missing")
	f.Check(!r.Down || r.Station != "", "down", "goes with a station")
	f.Check(r.DownFrom == nil || r.Down && !r.DownFrom.After(now.Add(time.Minute)), "down_from", "goes with a machine that is down, and must not lie in the future")
	return f.Err("No job was opened.")
}

// Open makes the job that was asked for. points are those of the station. A request about a machine that works takes nothing out of service
// until it is planned or locked out.
func (r MaintenanceRequest) Open(id string, by Actor, now time.Time, points []IsolationPoint) MaintenanceJob {
	j := MaintenanceJob{Site: r.Site, ID: id, Kind: r.Kind, State: MaintenanceRequested, Station: r.Station, Gauge: r.Gauge, Severity: r.Severity, Source: r.Source,
		Title: strings.TrimSpace(r.Title), Why: strings.TrimSpace(r.Why), Plan: r.Plan, Rule: r.Rule, Group: r.Group, Alarm: r.Alarm, Outside: r.Outside, RaisedBy: by.ID, RaisedAt: now,
		Owner: r.Owner, DueAt: r.DueAt, Minutes: r.Minutes, TakesOut: r.Station != "" && r.Kind != MaintainCalibration && blank(r.Running), Version: 1,
		Record: MaintenanceRecord{Points: []LockedPoint{}, Parts: []MaintenancePart{}, Labour: []MaintenanceLabour{}, Tests: []MaintenanceTest{}, Round: 1}}
	if r.Down {
		at := now
		if r.DownFrom != nil {
			at = *r.DownFrom
		}
		j.DownFrom, j.TakesOut = &at, true
	}
	if j.TakesOut {
		j.Record.Points = toLock(points)
	} else {
		j.Record.Running = r.Running
	}
	if j.DueAt == nil {
		due := now.Add(maintenancePace[r.Severity].due)
		j.DueAt = &due
	}
	return j
}

func toLock(points []IsolationPoint) []LockedPoint {
	out := make([]LockedPoint, len(points))
	for i, p := range points {
		out[i] = LockedPoint{IsolationPoint: p}
	}
	return out
}

// MaintenanceID is the n-th job of a site.
func MaintenanceID(n int) string { return fmt.Sprintf("MJ-%04d", n) }

// SignedID names what is signed of a job: MJ-0001/1/handback.
func (j MaintenanceJob) SignedID(s MaintenanceSigning) string {
	return fmt.Sprintf("%s/%d/%s", j.ID, j.Record.Round, s)
}

// refuse says that a job is not where a command needs it.
func (j MaintenanceJob) refuse(what, do string) error {
	return Refuse(CodeConflict, fmt.Sprintf("%s %s", j.ID, what), "Nothing was changed.", do)
}

// needs refuses a command that does not fit the state.
func (j MaintenanceJob) needs(what string, states ...MaintenanceState) error {
	if slices.Contains(states, j.State) {
		return nil
	}
	return j.refuse(fmt.Sprintf("is %s, so it can't be %s.", j.State.Phrase(), what), "Look at what it waits for.")
}

var maintenancePhrases = map[MaintenanceState]string{MaintenanceLocking: "waiting for the signature of its lock-out", MaintenanceLocked: "locked out", MaintenanceInWork: "in work",
	MaintenanceReturning: "waiting for the signature of its hand-back", MaintenanceReturned: "handed back"}

// Phrase is the state in a sentence.
func (s MaintenanceState) Phrase() string {
	if p := maintenancePhrases[s]; p != "" {
		return p
	}
	return string(s)
}

// Downtime is for how long the machine has not been production's for this job, up to now for one that has not come back.
func (j MaintenanceJob) Downtime(now time.Time) time.Duration {
	from := j.OutSince()
	if from == nil {
		return 0
	}
	until := now
	if j.BackAt != nil {
		until = *j.BackAt
	} else if j.EndedAt != nil {
		until = *j.EndedAt
	}
	return max(until.Sub(*from), 0)
}

// OutSince is since when the machine was away: it broke, or the first lock was set.
func (j MaintenanceJob) OutSince() *time.Time {
	out := j.DownFrom
	if !j.TakesOut {
		return out
	}
	rounds := append(slices.Clone(j.Record.Former), MaintenanceRound{Points: j.Record.Points})
	for _, r := range rounds {
		for _, p := range r.Points {
			if p.LockedAt != nil && (out == nil || p.LockedAt.Before(*out)) {
				out = p.LockedAt
			}
		}
	}
	return out
}

// LabourMinutes is the time of all that worked on it.
func (j MaintenanceJob) LabourMinutes() int {
	n := 0
	for _, l := range j.Record.Labour {
		n += l.Minutes
	}
	return n
}
