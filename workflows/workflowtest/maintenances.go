package workflowtest

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Maintenances is an in-memory mes.MaintenanceLedger by the rules of package mes. People's commands are given with Do.
type Maintenances struct {
	Now func() time.Time
	// Condition answers what a look at the conditions finds; nil finds nothing.
	Condition func() mes.Reminded

	mu          sync.Mutex
	jobs        map[string]mes.MaintenanceJob
	occurrences map[string]string
	alerts      []string
	keys        map[string]bool
	looks       int
	fails       int
}

var _ mes.MaintenanceLedger = (*Maintenances)(nil)

// NewMaintenances makes an empty ledger.
func NewMaintenances() *Maintenances {
	return &Maintenances{Now: time.Now, jobs: map[string]mes.MaintenanceJob{}, occurrences: map[string]string{}, keys: map[string]bool{}}
}

// Put stores a job as it is.
func (s *Maintenances) Put(j mes.MaintenanceJob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs[j.ID] = j
}

// Do changes a job by rules, one after the other.
func (s *Maintenances) Do(id string, rules ...func(mes.MaintenanceJob) (mes.MaintenanceJob, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.jobs[id]
	for _, rule := range rules {
		var err error
		if j, err = rule(j); err != nil {
			return err
		}
	}
	s.jobs[id] = j
	return nil
}

// Get reads one.
func (s *Maintenances) Get(id string) mes.MaintenanceJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[id]
}

// Fail makes the next n calls fail, as when the database is away.
func (s *Maintenances) Fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = n
}

// Alerts lists what was raised, each as "kind thing account/role", in order.
func (s *Maintenances) Alerts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.alerts...)
}

// Looks counts how often the records were read.
func (s *Maintenances) Looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks
}

func (s *Maintenances) away() error {
	if s.fails > 0 {
		s.fails--
		return errAway
	}
	s.looks++
	return nil
}

// OpenMaintenance lists nothing: tests start what they need.
func (s *Maintenances) OpenMaintenance(context.Context) ([]mes.MaintenanceChanged, error) {
	return nil, nil
}

// CalendarPlans lists nothing, too.
func (s *Maintenances) CalendarPlans(context.Context) ([]mes.MaintenancePlanChanged, error) {
	return nil, nil
}

// RemindMaintenance raises what is due, once.
func (s *Maintenances) RemindMaintenance(_ context.Context, _, id string) (mes.MaintenanceWait, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.away(); err != nil {
		return mes.MaintenanceWait{}, err
	}
	j, ok := s.jobs[id]
	if !ok {
		return mes.MaintenanceWait{}, mes.NotFound("Maintenance job", id)
	}
	now := s.Now()
	due, _ := j.DueReminders(now)
	for _, r := range due {
		if !s.keys[r.Key] {
			s.keys[r.Key] = true
			s.alerts = append(s.alerts, string(r.Kind)+" "+r.Thing+" "+r.Account+string(r.Role))
		}
	}
	return j.Waits(now), nil
}

// OpenPlanned makes one job for each time.
func (s *Maintenances) OpenPlanned(_ context.Context, _, plan string, at time.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.away(); err != nil {
		return "", err
	}
	if plan == "NONE" {
		return "", mes.NotFound("Maintenance plan", plan)
	}
	key := plan + "/" + at.UTC().Format(time.RFC3339)
	if s.occurrences[key] == "" {
		s.occurrences[key] = mes.MaintenanceID(len(s.occurrences) + 1)
	}
	return s.occurrences[key], nil
}

// Occurrences counts those that have their job.
func (s *Maintenances) Occurrences() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.occurrences)
}

// WatchConditions answers what Condition says.
func (s *Maintenances) WatchConditions(context.Context, string) (mes.Reminded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.away(); err != nil || s.Condition == nil {
		return mes.Reminded{Now: s.Now()}, err
	}
	return s.Condition(), nil
}

// Numbered is not needed by a workflow.
func (s *Maintenances) Numbered(context.Context, string, string, string) error { return nil }

// Register gives the activities of maintenance to a test or a worker.
func (s *Maintenances) Register(r worker.ActivityRegistry) {
	contract.RemindMaintenance.Register(r, func(ctx context.Context, in contract.MaintenanceInput) (mes.MaintenanceWait, error) {
		out, err := s.RemindMaintenance(ctx, in.Site, in.Job)
		return out, contract.Carry(err)
	})
	contract.OpenPlannedMaintenance.Register(r, func(ctx context.Context, in contract.MaintenanceDueInput) (contract.MaintenanceDueResult, error) {
		job, err := s.OpenPlanned(ctx, in.Site, in.Plan, *in.At)
		return contract.MaintenanceDueResult{Job: job}, contract.Carry(err)
	})
	contract.WatchMaintenance.Register(r, func(ctx context.Context, in contract.MaintenanceWatchInput) (mes.Reminded, error) {
		return s.WatchConditions(ctx, in.Site)
	})
}

// MaintenanceWork is a job's way from its planning to its end, as one rule after the other.
type MaintenanceWork struct {
	*Maintenances
	ID string
}

// Plan plans the job, due after some time.
func (w MaintenanceWork) Plan(in time.Duration) error {
	return w.Do(w.ID, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) {
		due := w.Now().Add(in)
		return j.Schedule(mes.MaintenancePlanning{Severity: j.Severity, DueAt: &due, Owner: "ole", Minutes: 60}, w.Now())
	})
}

// Begin locks the machine out and begins the work.
func (w MaintenanceWork) Begin() error {
	by := mes.Actor{ID: "ole"}
	return w.Do(w.ID,
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Lock("E1", "7", by, w.Now()) },
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Verify("E1", by, w.Now()) },
		mes.MaintenanceJob.AskLockout,
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.LockoutSigned(w.Now()) },
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Begin(w.Now()) })
}

// HandBack tests the machine and hands it back.
func (w MaintenanceWork) HandBack() error {
	by := mes.Actor{ID: "ole"}
	return w.Do(w.ID,
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) {
			return j.Test(mes.MaintenanceTest{Passed: true, Note: "runs", By: by.ID, At: w.Now()})
		},
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Remove("E1", "", by, w.Now()) },
		mes.MaintenanceJob.AskHandback,
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.HandbackSigned(w.Now()) })
}

// Close writes cause and remedy and ends the job.
func (w MaintenanceWork) Close() error {
	return w.Do(w.ID,
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) {
			return j.Find(mes.Findings{Found: "worn", Cause: "WEAR", Remedy: "REPLACE"})
		},
		func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Close(w.Now()) })
}

// BrokenMachine is a request about a station with one isolation point.
func BrokenMachine(id string, severity mes.Severity, now time.Time) mes.MaintenanceJob {
	return mes.MaintenanceRequest{Site: Site, Kind: mes.MaintainCorrective, Station: "ST50", Severity: severity, Source: mes.MaintainByPerson, Title: "Does not seal", Why: "Three false leaks"}.
		Open(id, mes.Actor{ID: "anna"}, now, []mes.IsolationPoint{{ID: "E1", Energy: "electrical", Place: "Cabinet", Position: "Off"}})
}
