package mes

import (
	"fmt"
	"time"
)

// pace is how fast something of a severity must go: answer is the time until a request is planned, due the one until it is done where
// nobody names a date, escalate how long after its date a supervisor is told.
type pace struct{ answer, due, escalate time.Duration }

var maintenancePace = map[Severity]pace{
	SeverityCritical: {30 * time.Minute, 8 * time.Hour, time.Hour},
	SeverityHigh:     {4 * time.Hour, 2 * 24 * time.Hour, 8 * time.Hour},
	SeverityMedium:   {24 * time.Hour, 7 * 24 * time.Hour, 2 * 24 * time.Hour},
	SeverityLow:      {3 * 24 * time.Hour, 30 * 24 * time.Hour, 7 * 24 * time.Hour},
}

const (
	maintenanceRemindBefore = 24 * time.Hour
	// maintenanceUsual is how long a machine is expected to be out where nobody planned it.
	maintenanceUsual = 4 * time.Hour
	// maintenanceClose is how long a job that was handed back may wait for the rest of its record.
	maintenanceClose = 24 * time.Hour
)

// Reminders are all alerts that the job will raise if nothing happens, those whose time has passed included.
func (j MaintenanceJob) Reminders() []DatedAlert {
	if j.State.Ended() {
		return nil
	}
	if j.State == MaintenanceReturned {
		return []DatedAlert{j.reminder("close", "remind", j.BackAt.Add(maintenanceClose), *j.BackAt, AlertMaintenanceDue, SeverityLow, "was handed back and is not closed: its record is incomplete")}
	}
	p := maintenancePace[j.Severity]
	var out []DatedAlert
	if j.State == MaintenanceRequested {
		at := j.RaisedAt.Add(p.answer)
		out = append(out, j.late("answer", "escalate", at, at, AlertMaintenanceOverdue, "waits since its request: nobody has planned it"))
	}
	if j.DueAt != nil {
		out = append(out, j.dueReminders(*j.DueAt, p)...)
	}
	if since := j.OutSince(); since != nil && j.taken() {
		planned := maintenanceUsual
		if j.Minutes > 0 {
			planned = time.Duration(j.Minutes) * time.Minute
		}
		at := since.Add(planned)
		out = append(out, j.late("out", "escalate", at, *since, AlertMaintenanceOut, fmt.Sprintf("keeps %s out of service for longer than %s", j.Station, planned)))
	}
	return out
}

func (j MaintenanceJob) dueReminders(due time.Time, p pace) []DatedAlert {
	var out []DatedAlert
	if before := due.Add(-maintenanceRemindBefore); before.After(j.RaisedAt) {
		out = append(out, j.reminder("due", "remind", before, due, AlertMaintenanceDue, SeverityLow, "is due soon"))
	}
	word := "is due"
	if j.Severity == SeverityCritical && j.Station != "" {
		word = "is due; nothing starts at " + j.Station + " until it is done"
	}
	return append(out, j.reminder("due", "due", due, due, AlertMaintenanceDue, SeverityMedium, word),
		j.late("due", "escalate", due.Add(p.escalate), due, AlertMaintenanceOverdue, "is overdue"))
}

// reminder is for whoever does the job. Its key holds the date that it belongs to: a moved date reminds anew.
func (j MaintenanceJob) reminder(thing, stage string, at, date time.Time, kind AlertKind, s Severity, text string) DatedAlert {
	a := Alert{Site: j.Site, Kind: kind, Severity: s, Noun: NounMaintenance, Subject: j.AlertOn(thing), Account: j.Owner, Text: fmt.Sprintf("%s (%s) %s.", j.ID, clause(j.Title), text)}
	if j.Owner == "" {
		a.Role = RoleMaintenance
	}
	return DatedAlert{Thing: thing, At: at, Alert: a, Key: fmt.Sprintf("maint/%s/%s/%s/%s/%s", j.Site, j.ID, thing, date.UTC().Format(time.RFC3339), stage)}
}

// late is for the supervisor, whose production waits.
func (j MaintenanceJob) late(thing, stage string, at, date time.Time, kind AlertKind, text string) DatedAlert {
	s := SeverityHigh
	if j.Severity == SeverityCritical {
		s = SeverityCritical
	}
	r := j.reminder(thing, stage, at, date, kind, s, text)
	r.Account, r.Role = "", RoleSupervisor
	return r
}

// AlertOn names one thing of a job in alerts, so that they end with it: MJ-0001/due.
func (j MaintenanceJob) AlertOn(thing string) string { return j.ID + "/" + thing }

// DueReminders are the alerts to raise now, and when the following one falls due; nil when none does.
func (j MaintenanceJob) DueReminders(now time.Time) (due []DatedAlert, next *time.Time) {
	return dueReminders(j.Reminders(), now)
}

// MaintenanceTimer is what a screen shows of a timer that runs.
type MaintenanceTimer struct {
	Thing string    `json:"thing"` // answer, due, out, close
	At    time.Time `json:"at"`
}

// Timers are the reminders that lie ahead, soonest first of each thing.
func (j MaintenanceJob) Timers(now time.Time) []MaintenanceTimer {
	out, seen := []MaintenanceTimer{}, map[string]bool{}
	for _, r := range j.Reminders() {
		if r.At.After(now) && !seen[r.Thing] {
			seen[r.Thing] = true
			out = append(out, MaintenanceTimer{r.Thing, r.At})
		}
	}
	return out
}

// MaintenanceWait is what a job's workflow waits for, by the database's clock. It holds nothing of the record.
type MaintenanceWait struct {
	State MaintenanceState `json:"state"`
	Now   time.Time        `json:"now"`
	// Next is when the next reminder falls due, nil when none does.
	Next *time.Time `json:"next,omitempty"`
}

// Waits says what the job waits for.
func (j MaintenanceJob) Waits(now time.Time) MaintenanceWait {
	w := MaintenanceWait{State: j.State, Now: now}
	if !j.State.Ended() {
		_, w.Next = j.DueReminders(now)
	}
	return w
}
