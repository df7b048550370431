package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaintenancePlanning is what planning a job sets.
type MaintenancePlanning struct {
	Severity Severity
	Owner    string
	DueAt    *time.Time
	OutFrom  *time.Time
	Minutes  int
	// Running is why the machine need not be locked out; empty locks it out.
	Running string
	// Points replace the station's isolation points for this job; nil keeps them.
	Points []IsolationPoint
}

// Schedule plans a job, or plans it anew before work begins.
func (j MaintenanceJob) Schedule(p MaintenancePlanning, now time.Time) (MaintenanceJob, error) {
	if err := j.needs("planned", MaintenanceRequested, MaintenancePlanned); err != nil {
		return j, err
	}
	if j.taken() {
		return j, j.refuse("has locks on, or was locked out and not handed back.", "Carry it through.")
	}
	var f Faults
	f.Check(severityRank[p.Severity] > 0, "severity", "must be critical, high, medium or low")
	f.Check(p.DueAt != nil, "due_at", "is missing")
	f.Check(p.Minutes >= 0 && p.Minutes <= maxMaintenanceMin, "minutes", "must be from 0 to %d", maxMaintenanceMin)
	f.Check(len(p.Running) <= 500, "running", "must have at most 500 characters")
	f.Check(blank(p.Running) || p.OutFrom == nil, "out_from", "goes with a machine that is locked out")
	f.Check(blank(p.Running) || j.DownFrom == nil, "running", "%s is down", j.Station)
	f.Check(p.OutFrom == nil || p.DueAt == nil || !p.OutFrom.After(*p.DueAt), "out_from", "must not come after the due date")
	validatePoints(&f, "points", p.Points)
	if err := f.Err("The job was not planned."); err != nil {
		return j, err
	}
	j.State, j.Severity, j.Owner, j.DueAt, j.OutFrom, j.Minutes, j.PlannedAt = MaintenancePlanned, p.Severity, p.Owner, p.DueAt, p.OutFrom, p.Minutes, &now
	j.Record.Running = strings.TrimSpace(p.Running)
	j.TakesOut = j.Station != "" && j.Kind != MaintainCalibration && j.Record.Running == ""
	switch {
	case !j.TakesOut:
		j.Record.Points = []LockedPoint{}
	case p.Points != nil:
		j.Record.Points = toLock(p.Points)
	}
	return j, nil
}

func validatePoints(f *Faults, at string, points []IsolationPoint) {
	f.Check(len(points) <= MaxMaintenanceList, at, "at most %d", MaxMaintenanceList)
	seen := map[string]bool{}
	for i, p := range points {
		where := fmt.Sprintf("%s[%d]", at, i)
		f.Check(routingID.MatchString(p.ID), where+".id", idForm)
		f.Check(!seen[p.ID], where+".id", "%q is given twice", p.ID)
		f.Check(!blank(p.Energy) && len(p.Energy) <= 64, where+".energy", "must have 1 to 64 characters")
		f.Check(!blank(p.Place) && len(p.Place) <= 200, where+".place", "must have 1 to 200 characters")
		f.Check(!blank(p.Position) && len(p.Position) <= 200, where+".position", "must have 1 to 200 characters")
		f.Check(len(p.Check) <= 200, where+".check", "must have at most 200 characters")
		seen[p.ID] = true
	}
}

// ValidatePoints names what is wrong with a station's isolation points.
func ValidatePoints(points []IsolationPoint) error {
	var f Faults
	validatePoints(&f, "points", points)
	return f.Err("The isolation points were not stored.")
}

// point finds an isolation point of the job and copies the list, so that the job before stays as it was.
func (j *MaintenanceJob) point(id string) (*LockedPoint, error) {
	i := slices.IndexFunc(j.Record.Points, func(p LockedPoint) bool { return p.ID == id })
	if i < 0 {
		return nil, NotFound("Isolation point", j.ID+"/"+id)
	}
	j.Record.Points = slices.Clone(j.Record.Points)
	return &j.Record.Points[i], nil
}

// Lock sets a lock at a point. From the first one on the machine is maintenance's.
func (j MaintenanceJob) Lock(id, lock string, by Actor, now time.Time) (MaintenanceJob, error) {
	if err := j.needs("locked out", MaintenancePlanned); err != nil {
		return j, err
	}
	if !j.TakesOut {
		return j, j.refuse("is done while the machine runs.", "Plan it anew to lock the machine out.")
	}
	var f Faults
	f.Check(!blank(lock) && len(lock) <= 64, "lock", "must have 1 to 64 characters: the number on the padlock or tag")
	if err := f.Err("Nothing was locked."); err != nil {
		return j, err
	}
	p, err := j.point(id)
	if err != nil {
		return j, err
	}
	if p.on() {
		return j, j.refuse(fmt.Sprintf("has a lock at %s already, set by %s.", id, p.LockedBy), "")
	}
	*p = LockedPoint{IsolationPoint: p.IsolationPoint, Lock: strings.TrimSpace(lock), LockedBy: by.ID, LockedAt: &now}
	return j, nil
}

// Verify says that no energy is left behind a lock.
func (j MaintenanceJob) Verify(id string, by Actor, now time.Time) (MaintenanceJob, error) {
	if err := j.needs("verified", MaintenancePlanned); err != nil {
		return j, err
	}
	p, err := j.point(id)
	if err != nil {
		return j, err
	}
	if !p.on() {
		return j, j.refuse("has no lock at "+id+".", "Lock it first.")
	}
	p.VerifiedBy, p.VerifiedAt = by.ID, &now
	return j, nil
}

// AskLockout asks for the signature of the lock-out.
func (j MaintenanceJob) AskLockout() (MaintenanceJob, error) {
	if err := j.needs("locked out", MaintenancePlanned); err != nil {
		return j, err
	}
	if !j.TakesOut {
		return j, j.refuse("is done while the machine runs.", "Begin it.")
	}
	if len(j.Record.Points) == 0 {
		return j, j.refuse("names no isolation point.", "Plan it anew with the points at which "+j.Station+" is cut off.")
	}
	for _, p := range j.Record.Points {
		if !p.on() || p.VerifiedAt == nil {
			return j, j.refuse(fmt.Sprintf("is not safe: %s is not locked and verified.", p.ID), "Lock each point and verify that no energy is left.")
		}
	}
	j.State = MaintenanceLocking
	return j, nil
}

// LockoutSigned lets work begin.
func (j MaintenanceJob) LockoutSigned(now time.Time) (MaintenanceJob, error) {
	if err := j.needs("locked out", MaintenanceLocking); err != nil {
		return j, err
	}
	j.State, j.LockedAt = MaintenanceLocked, &now
	return j, nil
}

// Begin starts the work.
func (j MaintenanceJob) Begin(now time.Time) (MaintenanceJob, error) {
	first := MaintenanceLocked
	if !j.TakesOut {
		first = MaintenancePlanned
	}
	if err := j.needs("begun", first); err != nil {
		if j.State == MaintenancePlanned {
			return j, j.refuse("takes "+j.Station+" out of service and is not locked out.", "Lock each point, verify it, and have the lock-out signed.")
		}
		return j, err
	}
	j.State = MaintenanceInWork
	if j.StartedAt == nil {
		j.StartedAt = &now
	}
	return j, nil
}

// Remove takes a lock off, when the work is done. Who has not set it needs a reason (OSHA 1910.147(e)(3)).
func (j MaintenanceJob) Remove(id, why string, by Actor, now time.Time) (MaintenanceJob, error) {
	if err := j.needs("unlocked", MaintenancePlanned, MaintenanceInWork, MaintenanceTested); err != nil {
		return j, err
	}
	p, err := j.point(id)
	if err != nil {
		return j, err
	}
	if !p.on() {
		return j, j.refuse("has no lock at "+id+".", "")
	}
	if p.LockedBy != by.ID && blank(why) {
		var f Faults
		f.Add("reason", "%s set this lock; whoever removes another's lock says why", p.LockedBy)
		return j, f.Err("The lock stays.")
	}
	p.RemovedBy, p.RemovedAt, p.RemovedWhy = by.ID, &now, strings.TrimSpace(why)
	return j, nil
}

// working are the states in which what was done is written down.
var working = []MaintenanceState{MaintenanceLocked, MaintenanceInWork, MaintenanceTested, MaintenanceReturning, MaintenanceReturned}

// Findings are what was found and done, by code and in words.
type Findings struct {
	Found  string
	Cause  string
	Remedy string
}

// Find writes what was found. Codes are judged by the caller, who has the tree.
func (j MaintenanceJob) Find(n Findings) (MaintenanceJob, error) {
	if err := j.needs("described", working...); err != nil {
		return j, err
	}
	var f Faults
	f.Check(len(n.Found) <= maxMaintenanceText, "found", "must have at most %d characters", maxMaintenanceText)
	if err := f.Err("Nothing was written."); err != nil {
		return j, err
	}
	j.Record.Found, j.Record.Cause, j.Record.Remedy = strings.TrimSpace(n.Found), n.Cause, n.Remedy
	return j, nil
}

// Use adds a part.
func (j MaintenanceJob) Use(p MaintenancePart) (MaintenanceJob, error) {
	if err := j.needs("given parts", working...); err != nil {
		return j, err
	}
	var f Faults
	f.Check(p.Quantity.IsPositive(), "quantity", "must be above 0")
	f.Check((p.Lot != "") != !blank(p.Text), "text", "a lot or a text is needed, not both")
	f.Check(len(p.Text) <= 200, "text", "must have at most 200 characters")
	f.Check(p.Cost == nil || !p.Cost.IsNegative(), "cost", "must not be negative")
	f.Check(len(j.Record.Parts) < MaxMaintenanceList, "lot", "%s has as many parts as it can have", j.ID)
	if err := f.Err("No part was taken."); err != nil {
		return j, err
	}
	j.Record.Parts = append(slices.Clone(j.Record.Parts), p)
	return j, nil
}

// Work adds time that somebody worked.
func (j MaintenanceJob) Work(l MaintenanceLabour) (MaintenanceJob, error) {
	if err := j.needs("given time", working...); err != nil {
		return j, err
	}
	var f Faults
	f.Check(!blank(l.Person), "person", "is missing")
	f.Check(l.Minutes >= 1 && l.Minutes <= 24*60, "minutes", "must be from 1 to 1440")
	f.Check(len(l.Note) <= 500, "note", "must have at most 500 characters")
	f.Check(len(j.Record.Labour) < MaxMaintenanceList, "person", "%s has as many entries as it can have", j.ID)
	if err := f.Err("No time was written."); err != nil {
		return j, err
	}
	j.Record.Labour = append(slices.Clone(j.Record.Labour), l)
	return j, nil
}

// Test tells how the machine did after the work. One that fails is in work again; where locks were removed for the test, the machine is locked
// out anew before anybody reaches into it.
func (j MaintenanceJob) Test(t MaintenanceTest) (MaintenanceJob, error) {
	if j.Kind == MaintainCalibration && t.Calibration == 0 {
		return j, j.refuse("is a calibration.", "Record the calibration of "+j.Gauge+"; that is its test.")
	}
	if err := j.needs("tested", MaintenanceInWork, MaintenanceTested); err != nil {
		return j, err
	}
	var f Faults
	f.Check(!blank(t.Note) && len(t.Note) <= maxMaintenanceText, "note", "must have 1 to %d characters: what was tried", maxMaintenanceText)
	f.Check(len(j.Record.Tests) < MaxMaintenanceList, "note", "%s has as many tests as it can have", j.ID)
	if err := f.Err("No test was stored."); err != nil {
		return j, err
	}
	j.Record.Tests = append(slices.Clone(j.Record.Tests), t)
	if !t.Passed {
		return j.again(), nil
	}
	at := t.At
	j.State, j.TestedAt = MaintenanceTested, &at
	return j, nil
}

// again goes on with work that was thought to be done.
func (j MaintenanceJob) again() MaintenanceJob {
	j.State, j.TestedAt = MaintenanceInWork, nil
	if !j.TakesOut || !slices.ContainsFunc(j.Record.Points, func(p LockedPoint) bool { return !p.on() }) {
		return j
	}
	j = j.nextRound()
	points := make([]LockedPoint, len(j.Record.Points))
	for i, p := range j.Record.Points {
		points[i] = LockedPoint{IsolationPoint: p.IsolationPoint}
		if p.on() {
			points[i] = p
		}
	}
	j.State, j.Record.Points = MaintenancePlanned, points
	return j
}

// nextRound keeps what was signed, or asked to be, and counts on.
func (j MaintenanceJob) nextRound() MaintenanceJob {
	j.Record.Former = append(slices.Clone(j.Record.Former), MaintenanceRound{Points: j.Record.Points, Tests: len(j.Record.Tests)})
	j.Record.Round++
	return j
}

// Calibrated takes a gauge's calibration as the job's work and test. A gauge that was left out of tolerance stays in work.
func (j MaintenanceJob) Calibrated(c Calibration, now time.Time) (MaintenanceJob, error) {
	switch j.State {
	case MaintenanceRequested, MaintenancePlanned:
		at := now
		if c.PerformedAt.Before(at) && c.PerformedAt.After(j.RaisedAt) {
			at = c.PerformedAt
		}
		j.State, j.StartedAt = MaintenanceInWork, &at
	}
	note := "Calibration " + c.PerformedAt.Format(time.DateOnly) + " by " + c.PerformedBy
	return j.Test(MaintenanceTest{Passed: c.AsLeft == InTolerance, Note: note, By: c.RecordedBy, At: now, Calibration: c.N})
}

// AskHandback asks for the signatures of the hand-back: every lock is off and the last test was passed.
func (j MaintenanceJob) AskHandback() (MaintenanceJob, error) {
	if err := j.needs("handed back", MaintenanceTested); err != nil {
		if j.State == MaintenanceInWork {
			return j, j.refuse("has passed no test since its work.", "Test it first.")
		}
		return j, err
	}
	for _, p := range j.Record.Points {
		if p.on() {
			return j, j.refuse(fmt.Sprintf("has a lock at %s.", p.ID), "Remove each lock, then hand it back.")
		}
	}
	j.State = MaintenanceReturning
	return j, nil
}

// HandbackSigned gives the machine back to production.
func (j MaintenanceJob) HandbackSigned(now time.Time) (MaintenanceJob, error) {
	if err := j.needs("handed back", MaintenanceReturning); err != nil {
		return j, err
	}
	j.State, j.BackAt = MaintenanceReturned, &now
	return j, nil
}

// SigningRejected takes a no: a lock-out is looked at again, a machine that production does not take is worked on again.
func (j MaintenanceJob) SigningRejected(s MaintenanceSigning) MaintenanceJob {
	switch {
	case s == MaintenanceSignLockout && j.State == MaintenanceLocking:
		j = j.nextRound()
		j.State = MaintenancePlanned
	case s == MaintenanceSignHandback && j.State == MaintenanceReturning:
		round := j.Record.Round
		if j = j.again(); j.Record.Round == round {
			j = j.nextRound()
		}
	}
	return j
}

// At is the job's record as it stood in a round, for what was signed then.
func (j MaintenanceJob) At(round int) MaintenanceRound {
	if round >= 1 && round <= len(j.Record.Former) {
		return j.Record.Former[round-1]
	}
	return MaintenanceRound{Points: j.Record.Points, Tests: len(j.Record.Tests)}
}

// Close ends a job that was handed back. What broke needs its cause and its remedy.
func (j MaintenanceJob) Close(now time.Time) (MaintenanceJob, error) {
	if err := j.needs("closed", MaintenanceReturned); err != nil {
		return j, err
	}
	var f Faults
	if j.Kind == MaintainCorrective {
		f.Check(j.Record.Cause != "", "cause", "is missing")
		f.Check(j.Record.Remedy != "", "remedy", "is missing")
	}
	if err := f.Err(j.ID + " was not closed."); err != nil {
		return j, err
	}
	j.State, j.EndedAt = MaintenanceClosed, &now
	return j, nil
}

// Reject ends a request that is not taken up; Cancel one that was planned and is not needed any more.
func (j MaintenanceJob) Reject(reason string, now time.Time) (MaintenanceJob, error) {
	return j.end(MaintenanceRejected, "rejected", reason, now, MaintenanceRequested)
}

// Cancel ends a job before its work has begun and while no lock is on.
func (j MaintenanceJob) Cancel(reason string, now time.Time) (MaintenanceJob, error) {
	return j.end(MaintenanceCancelled, "cancelled", reason, now, MaintenanceRequested, MaintenancePlanned)
}

func (j MaintenanceJob) end(to MaintenanceState, word, reason string, now time.Time, from ...MaintenanceState) (MaintenanceJob, error) {
	var f Faults
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err("Nothing was " + word + "."); err != nil {
		return j, err
	}
	if err := j.needs(word, from...); err != nil {
		return j, err
	}
	if j.taken() {
		return j, j.refuse("has locks on, or was locked out and not handed back.", "Remove the locks, or carry it through.")
	}
	j.State, j.EndedAt, j.EndReason = to, &now, strings.TrimSpace(reason)
	return j, nil
}

// LastWorker is who tested the machine last: that person can't verify the hand-back.
func (j MaintenanceJob) LastWorker() string {
	if n := len(j.Record.Tests); n > 0 {
		return j.Record.Tests[n-1].By
	}
	return ""
}
