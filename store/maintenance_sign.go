package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// maintenanceAsks is the signature that each state waits for.
var maintenanceAsks = map[mes.MaintenanceState]struct {
	part mes.MaintenanceSigning
	noun mes.SignedNoun
	word string
}{
	mes.MaintenanceLocking:   {mes.MaintenanceSignLockout, mes.SignedLockout, "lock-out of"},
	mes.MaintenanceReturning: {mes.MaintenanceSignHandback, mes.SignedHandback, "hand-back of"},
}

// askMaintenance asks for the signature that the state now waits for, and keeps which request that is.
func (w *work) askMaintenance(ctx context.Context, by mes.Actor, j *mes.MaintenanceJob, was mes.MaintenanceState, reason string) error {
	a, ok := maintenanceAsks[j.State]
	if !ok || j.State == was {
		return nil
	}
	if err := w.saveMaintenanceRow(ctx, *j); err != nil { // what is signed is read from it
		return err
	}
	at := j.Station
	if at == "" {
		at = j.Gauge
	}
	q := mes.SignatureRequest{Site: j.Site, Record: mes.SignedRecord{Noun: a.noun, ID: j.SignedID(a.part)}, RequestedBy: by.ID, Reason: reason, Title: fmt.Sprintf("%s, %s %s: %s", j.ID, a.word, at, j.Title)}
	if a.part == mes.MaintenanceSignHandback {
		q.PerformedBy = j.LastWorker()
	}
	asked, err := w.ask(ctx, q)
	if err != nil {
		return err
	}
	requests := map[mes.MaintenanceSigning]string{a.part: asked.ID}
	for k, v := range j.Record.Requests {
		if k != a.part {
			requests[k] = v
		}
	}
	j.Record.Requests = requests
	return nil
}

// What is signed of a job. Nothing in it may change after the signature but by a change that must void it.
type (
	signedLockout struct {
		Job      string         `json:"job"`
		Round    int            `json:"round"`
		Station  string         `json:"station"`
		Title    string         `json:"title"`
		Why      string         `json:"why"`
		Severity mes.Severity   `json:"severity"`
		Points   []lockedSigned `json:"points"`
	}
	lockedSigned struct {
		mes.IsolationPoint
		Lock       string     `json:"lock"`
		LockedBy   string     `json:"locked_by"`
		LockedAt   *time.Time `json:"locked_at"`
		VerifiedBy string     `json:"verified_by"`
		VerifiedAt *time.Time `json:"verified_at"`
	}
	signedHandback struct {
		Job       string                `json:"job"`
		Round     int                   `json:"round"`
		Kind      mes.MaintenanceKind   `json:"kind"`
		Station   string                `json:"station,omitempty"`
		Gauge     string                `json:"gauge,omitempty"`
		Title     string                `json:"title"`
		Why       string                `json:"why"`
		Running   string                `json:"running,omitempty"`
		Locks     []lockRemoved         `json:"locks"`
		Tests     []mes.MaintenanceTest `json:"tests"`
		StartedAt *time.Time            `json:"started_at"`
	}
	lockRemoved struct {
		Point      string     `json:"point"`
		Lock       string     `json:"lock"`
		RemovedBy  string     `json:"removed_by"`
		RemovedAt  *time.Time `json:"removed_at"`
		RemovedWhy string     `json:"removed_why,omitempty"`
	}
)

// lockoutToSign reads a lock-out as it stands now.
func lockoutToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	j, round, err := maintenanceSigned(ctx, q, site, id)
	if err != nil {
		return nil, err
	}
	out := signedLockout{Job: j.ID, Round: round, Station: j.Station, Title: j.Title, Why: j.Why, Severity: j.Severity, Points: []lockedSigned{}}
	for _, p := range j.At(round).Points {
		out.Points = append(out.Points, lockedSigned{p.IsolationPoint, p.Lock, p.LockedBy, p.LockedAt, p.VerifiedBy, p.VerifiedAt})
	}
	return out, nil
}

// handbackToSign reads a hand-back as it stands now.
func handbackToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	j, round, err := maintenanceSigned(ctx, q, site, id)
	if err != nil {
		return nil, err
	}
	out := signedHandback{Job: j.ID, Round: round, Kind: j.Kind, Station: j.Station, Gauge: j.Gauge, Title: j.Title, Why: j.Why, Running: j.Record.Running, Locks: []lockRemoved{}, Tests: j.Record.Tests[:j.At(round).Tests],
		StartedAt: j.StartedAt}
	for _, p := range j.At(round).Points {
		out.Locks = append(out.Locks, lockRemoved{p.ID, p.Lock, p.RemovedBy, p.RemovedAt, p.RemovedWhy})
	}
	return out, nil
}

// maintenanceSigned takes a signed record's ID apart and reads the job.
func maintenanceSigned(ctx context.Context, q *sqlcgen.Queries, site, id string) (mes.MaintenanceJob, int, error) {
	p := strings.Split(id, "/")
	if len(p) != 3 {
		return mes.MaintenanceJob{}, 0, mes.NotFound("Maintenance job", id)
	}
	round, err := strconv.Atoi(p[1])
	if err != nil {
		return mes.MaintenanceJob{}, 0, mes.NotFound("Maintenance job", id)
	}
	row, err := q.MaintenanceByID(ctx, sqlcgen.MaintenanceByIDParams{Site: site, ID: p[0]})
	if err != nil {
		return mes.MaintenanceJob{}, 0, missing(err, "Maintenance job", p[0])
	}
	j, err := maintenanceOf(row)
	return j, round, err
}

// maintenanceSignedNow does what the last signature allows: work begins, or the machine is production's again.
func maintenanceSignedNow(ctx context.Context, w *work, r mes.SignatureRequest) error {
	last := r.Signatures[len(r.Signatures)-1]
	by := mes.Actor{ID: last.Signer, Station: last.Station, Source: last.Source}
	return w.signedMaintenance(ctx, r, by, last.Reason, func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, string, error) {
		if r.Record.Noun == mes.SignedLockout {
			j, err := j.LockoutSigned(now)
			return j, "lockout_signed", err
		}
		j, err := j.HandbackSigned(now)
		return j, "handback_signed", err
	})
}

// maintenanceRefused takes a no.
func maintenanceRefused(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	return w.signedMaintenance(ctx, r, by, reason, func(j mes.MaintenanceJob, _ time.Time) (mes.MaintenanceJob, string, error) {
		part := mes.MaintenanceSignHandback
		if r.Record.Noun == mes.SignedLockout {
			part = mes.MaintenanceSignLockout
		}
		return j.SigningRejected(part), string(part) + "_refused", nil
	})
}

func (w *work) signedMaintenance(ctx context.Context, r mes.SignatureRequest, by mes.Actor, reason string, do func(mes.MaintenanceJob, time.Time) (mes.MaintenanceJob, string, error)) error {
	id, _, _ := strings.Cut(r.Record.ID, "/")
	before, now, err := w.lockMaintenance(ctx, r.Site, id)
	if err != nil {
		return err
	}
	after, action, err := do(before, now)
	if err != nil {
		return err
	}
	return w.saveMaintenance(ctx, by, action, reason, "maint/"+r.ID+"/"+action, before, after, now)
}
