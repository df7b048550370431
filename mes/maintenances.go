package mes

import (
	"context"
	"time"
)

// MaintenanceChanged names a job in messages to its workflow. Nothing else travels: the workflow reads the records.
type MaintenanceChanged struct {
	Site string `json:"site"`
	Job  string `json:"job"`
}

// MaintenancePlanChanged tells the scheduler of a plan. It carries all that its calendar needs.
type MaintenancePlanChanged struct {
	Site    string             `json:"site"`
	Plan    string             `json:"plan"`
	Zone    string             `json:"zone"`
	Active  bool               `json:"active"`
	Trigger MaintenanceTrigger `json:"trigger"`
	Version int64              `json:"version"`
}

// MaintenanceTold is what an outside CMMS is told of a job: once when it is opened, and at each change of its state.
type MaintenanceTold struct {
	Site     string            `json:"site"`
	Job      string            `json:"job"`
	Outside  string            `json:"outside,omitempty"` // the CMMS' own number, where it has one
	State    MaintenanceState  `json:"state"`
	Kind     MaintenanceKind   `json:"kind"`
	Source   MaintenanceSource `json:"source"`
	Station  string            `json:"station,omitempty"`
	Gauge    string            `json:"gauge,omitempty"`
	Severity Severity          `json:"severity"`
	Title    string            `json:"title"`
	Why      string            `json:"why"`
	DueAt    *time.Time        `json:"due_at,omitempty"`
	DownFrom *time.Time        `json:"down_from,omitempty"`
	LockedAt *time.Time        `json:"locked_at,omitempty"`
	BackAt   *time.Time        `json:"back_at,omitempty"`
	Cause    string            `json:"cause,omitempty"`
	Remedy   string            `json:"remedy,omitempty"`
	Found    string            `json:"found,omitempty"`
	Labour   int               `json:"labour_minutes"`
	Parts    []MaintenancePart `json:"parts"`
	Reason   string            `json:"reason,omitempty"` // of a rejection or cancellation
	Version  int64             `json:"version"`
	At       time.Time         `json:"at"`
}

// Told is what the CMMS is told of the job as it stands.
func (j MaintenanceJob) Told(now time.Time) MaintenanceTold {
	return MaintenanceTold{Site: j.Site, Job: j.ID, Outside: j.Outside, State: j.State, Kind: j.Kind, Source: j.Source, Station: j.Station, Gauge: j.Gauge, Severity: j.Severity, Title: j.Title, Why: j.Why,
		DueAt: j.DueAt, DownFrom: j.DownFrom, LockedAt: j.LockedAt, BackAt: j.BackAt, Cause: j.Record.Cause, Remedy: j.Record.Remedy, Found: j.Record.Found, Labour: j.LabourMinutes(),
		Parts: j.Record.Parts, Reason: j.EndReason, Version: j.Version, At: now}
}

// MaintenanceFilter narrows the list of jobs. Sorts: id, title, severity, state, station, raised_at, due_at; the list's own order is what is due
// first. Zero fields do not narrow.
type MaintenanceFilter struct {
	Paging
	Site     string
	States   []MaintenanceState
	Open     bool // only those that have not ended
	Overdue  bool
	Kind     MaintenanceKind
	Severity Severity
	Station  string
	Gauge    string
	Owner    string
	Plan     string
}

// MaintenanceRow is one line of the list.
type MaintenanceRow struct {
	ID       string            `json:"id"`
	Kind     MaintenanceKind   `json:"kind"`
	State    MaintenanceState  `json:"state"`
	Severity Severity          `json:"severity"`
	Source   MaintenanceSource `json:"source"`
	Station  string            `json:"station,omitempty"`
	Gauge    string            `json:"gauge,omitempty"`
	Title    string            `json:"title"`
	Plan     string            `json:"plan,omitempty"`
	Outside  string            `json:"outside,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	RaisedBy string            `json:"raised_by"`
	RaisedAt time.Time         `json:"raised_at"`
	DueAt    *time.Time        `json:"due_at,omitempty"`
	Out      bool              `json:"out"` // maintenance has the machine
	BackAt   *time.Time        `json:"back_at,omitempty"`
	EndedAt  *time.Time        `json:"ended_at,omitempty"`
}

// MaintenancePlace is what every command on a job names.
type MaintenancePlace struct {
	Site    string
	ID      string
	Key     string
	By      Actor
	Version int64 // 0 takes any
	Reason  string
}

// MaintenanceSite is what a station's work needs to know: its isolation points.
type MaintenanceSite struct {
	Station string           `json:"station"`
	Points  []IsolationPoint `json:"points"`
	Version int64            `json:"version"`
}

// Maintenances keeps maintenance jobs, the plans that make them, and what they are described with. Commands answer with the job as it stands
// after them. Every command may refuse with not_found, conflict (its state, its version) and unprocessable.
type Maintenances interface {
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f MaintenanceFilter) (Page[MaintenanceRow], error)
	// Get reads one whole. Codes: not_found.
	Get(ctx context.Context, site, id string) (MaintenanceJob, error)
	// Request opens one; a number of an outside CMMS that is known answers with its job.
	Request(ctx context.Context, by Actor, r MaintenanceRequest) (MaintenanceJob, error)
	Schedule(ctx context.Context, p MaintenancePlace, n MaintenancePlanning) (MaintenanceJob, error)
	Lock(ctx context.Context, p MaintenancePlace, point, lock string) (MaintenanceJob, error)
	Verify(ctx context.Context, p MaintenancePlace, point string) (MaintenanceJob, error)
	Remove(ctx context.Context, p MaintenancePlace, point string) (MaintenanceJob, error)
	AskLockout(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	Begin(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	Find(ctx context.Context, p MaintenancePlace, f Findings) (MaintenanceJob, error)
	// Use adds a part. One of a lot is taken from the ledger in the same transaction. Codes besides: held, insufficient stock as conflict.
	Use(ctx context.Context, p MaintenancePlace, part MaintenancePart) (MaintenanceJob, error)
	Work(ctx context.Context, p MaintenancePlace, l MaintenanceLabour) (MaintenanceJob, error)
	Test(ctx context.Context, p MaintenancePlace, t MaintenanceTest) (MaintenanceJob, error)
	AskHandback(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	Close(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	Reject(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	Cancel(ctx context.Context, p MaintenancePlace) (MaintenanceJob, error)
	// Plans lists the site's plans with how far each is. Codes: not_found.
	Plans(ctx context.Context, site string) ([]MaintenancePlan, error)
	// PutPlan makes or changes a plan; Version must be the one that was read, 0 for a new one. A change needs a reason.
	PutPlan(ctx context.Context, key, site string, by Actor, p MaintenancePlan, reason string) (MaintenancePlan, error)
	// Points reads the isolation points of a station, PutPoints replaces them; jobs that are planned keep theirs.
	Points(ctx context.Context, site, station string) (MaintenanceSite, error)
	PutPoints(ctx context.Context, key, site string, by Actor, s MaintenanceSite, reason string) (MaintenanceSite, error)
	// Codes lists causes and remedies; PutCode makes or changes one.
	Codes(ctx context.Context, site string) ([]MaintenanceCode, error)
	PutCode(ctx context.Context, key, site string, by Actor, c MaintenanceCode, reason string) (MaintenanceCode, error)
	// Figures reads what happened to each machine in a window; with a station, only that one.
	Figures(ctx context.Context, site, station string, from, until time.Time) ([]MaintenanceWindow, error)
}

// MaintenanceLedger is what the workflows of maintenance need of the records.
type MaintenanceLedger interface {
	// OpenMaintenance lists all jobs that have not ended, so that each has its workflow.
	OpenMaintenance(ctx context.Context) ([]MaintenanceChanged, error)
	// RemindMaintenance raises the reminders that are due, once each, and answers what the job waits for now. Codes: not_found.
	RemindMaintenance(ctx context.Context, site, id string) (MaintenanceWait, error)
	// CalendarPlans lists the plans that the calendar makes jobs of, ended ones included.
	CalendarPlans(ctx context.Context) ([]MaintenancePlanChanged, error)
	// OpenPlanned makes the job of a plan's occurrence, once; while the plan's last job is open it notes that the occurrence was left out. A plan
	// that is not active any more makes none.
	OpenPlanned(ctx context.Context, site, plan string, at time.Time) (job string, err error)
	// WatchConditions makes the jobs of conditions that are met, once per crossing, and answers when to look again.
	WatchConditions(ctx context.Context, site string) (Reminded, error)
	// Numbered keeps the number that an outside CMMS gave a job; again, it changes nothing.
	Numbered(ctx context.Context, site, id, outside string) error
}
