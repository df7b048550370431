package workflowtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Calls is a CallLedger in memory by the rules of package mes: one call whose answers a test gives.
type Calls struct {
	Now func() time.Time

	mu    sync.Mutex
	c     mes.Call
	done  []string
	looks int
	fails int
}

var _ mes.CallLedger = (*Calls)(nil)

// CallPlan tells maintenance, after 5 minutes the supervisor and after 15 the manager that nobody comes, and the manager after
// 30 that it lasts.
func CallPlan() mes.AndonPlan {
	step := func(min int, role string) mes.EscalationStep {
		return mes.EscalationStep{AfterMin: min, Role: role, By: []mes.Channel{mes.ByMail}, Mail: []string{role + "@plant.example"}}
	}
	return mes.AndonPlan{Kinds: []mes.CallKindPlan{{Kind: mes.CallMaintenance, Name: "Maintenance", Role: mes.RoleMaintenance, Severity: mes.SeverityHigh, CallLadder: mes.CallLadder{
		Respond: []mes.EscalationStep{step(5, "supervisor"), step(15, "manager")}, Resolve: []mes.EscalationStep{step(30, "manager")}}}}}
}

// NewCalls makes a ledger without a call.
func NewCalls() *Calls { return &Calls{Now: time.Now} }

// Raise makes the call; a machine's waits for so many seconds.
func (s *Calls) Raise(id string, afterS int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.c = mes.CallRequest{Site: Site, Station: "ST50", Kind: mes.CallMaintenance, AfterS: afterS}.Open(id, "L1", CallPlan(), mes.Actor{ID: "olga"}, s.Now())
}

// Do gives a person's command.
func (s *Calls) Do(rule func(mes.Call, time.Time) (mes.Call, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := rule(s.c, s.Now())
	if err == nil {
		s.c = c
	}
	return err
}

// Change changes the call as no rule does.
func (s *Calls) Change(do func(*mes.Call)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&s.c)
}

// Fail makes the next n looks fail, as when the database is away.
func (s *Calls) Fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = n
}

// Call is the call as it stands.
func (s *Calls) Call() mes.Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.c
}

// Done are the steps that were done, in their order.
func (s *Calls) Done() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

// Looks counts how often the workflow looked.
func (s *Calls) Looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks
}

// Watch raises what has waited long enough, and does what is due.
func (s *Calls) Watch(_ context.Context, _, id string) (mes.CallStanding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	if s.fails > 0 {
		s.fails--
		return mes.CallStanding{}, errors.New("the database is away")
	}
	if s.c.ID != id {
		return mes.CallStanding{}, mes.NotFound("Call", id)
	}
	now := s.Now()
	s.c, _ = s.c.Raised(now)
	out := mes.CallStanding{State: s.c.State, Now: now}
	if s.c.State == mes.CallWaiting {
		out.Next = &s.c.OpenAt
	}
	for _, r := range s.c.Rungs() {
		switch {
		case slices.Contains(s.done, r.Key):
		case r.At.After(now):
			out.Next = &r.At
			return out, nil
		default:
			s.done = append(s.done, r.Key)
		}
	}
	return out, nil
}

// OpenCalls lists none: a test starts its own.
func (s *Calls) OpenCalls(context.Context) ([]mes.CallRef, error) { return nil, nil }

// Register gives the activity of an Andon this ledger, as package activities does.
func (s *Calls) Register(r worker.ActivityRegistry) {
	contract.WatchCall.Register(r, func(ctx context.Context, in contract.AndonInput) (mes.CallStanding, error) {
		out, err := s.Watch(ctx, in.Site, in.Call)
		return out, contract.Carry(err)
	})
}
