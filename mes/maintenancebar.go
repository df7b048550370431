package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Barring says why a job keeps anything from starting at its station.
type Barring string

// The reasons, strongest first.
const (
	BarredByLocks   Barring = "locked"  // a lock is on, or the machine was not handed back
	BarredByFault   Barring = "down"    // the request says that it does not work
	BarredByPlan    Barring = "planned" // it was planned to be out from a time that has come
	BarredByOverdue Barring = "overdue" // critical work is past its date
)

// Barrings lists them, strongest first.
var Barrings = []Barring{BarredByLocks, BarredByFault, BarredByPlan, BarredByOverdue}

// Rank is how strong a reason is, 0 for none.
func (b Barring) Rank() int {
	i := slices.Index(Barrings, b)
	if i < 0 {
		return 0
	}
	return len(Barrings) - i
}

// Bars says whether nothing may start at the job's station now, and why; empty when it bars nothing. What runs there is finished and recorded.
func (j MaintenanceJob) Bars(now time.Time) Barring {
	switch {
	case j.Station == "" || j.State.back():
		return ""
	case j.taken():
		return BarredByLocks
	case j.DownFrom != nil:
		return BarredByFault
	case j.TakesOut && j.State == MaintenancePlanned && j.OutFrom != nil && !j.OutFrom.After(now):
		return BarredByPlan
	case j.Severity == SeverityCritical && j.DueAt != nil && j.DueAt.Before(now) && (j.State == MaintenanceRequested || j.State == MaintenancePlanned):
		return BarredByOverdue
	}
	return ""
}

// taken tells that maintenance has the machine: from the first lock until the hand-back is signed.
func (j MaintenanceJob) taken() bool {
	if !j.TakesOut {
		return false
	}
	for _, p := range j.Record.Points {
		if p.on() {
			return true
		}
	}
	return j.LockedAt != nil || j.State != MaintenanceRequested && j.State != MaintenancePlanned
}

// Refusal is what an operator reads who would start something at a station that the job bars. others are the stations that can do the
// operation as well.
func (j MaintenanceJob) Refusal(why Barring, others []string, now time.Time, zone *time.Location) *Error {
	since := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return " since " + t.In(zone).Format("2 Jan 15:04 MST")
	}
	what := map[Barring]string{
		BarredByLocks:   fmt.Sprintf("%s is locked out for %s (%s)%s.", j.Station, j.ID, clause(j.Title), since(j.OutSince())),
		BarredByFault:   fmt.Sprintf("%s is down%s and waits for %s (%s).", j.Station, since(j.DownFrom), j.ID, clause(j.Title)),
		BarredByPlan:    fmt.Sprintf("%s is maintenance's%s for %s (%s).", j.Station, since(j.OutFrom), j.ID, clause(j.Title)),
		BarredByOverdue: fmt.Sprintf("%s (%s) at %s is critical and overdue%s.", j.ID, clause(j.Title), j.Station, since(j.DueAt)),
	}[why]
	do := "Wait until it is handed back."
	if why == BarredByOverdue {
		do = "Let maintenance do it first."
	}
	if len(others) > 0 {
		do = fmt.Sprintf("Take the lot to %s, where its operation can be done too.", strings.Join(others, " or "))
	}
	return Refuse(CodeHeld, what, "Nothing was started.", do)
}
