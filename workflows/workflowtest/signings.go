package workflowtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Signings is an in-memory mes.SigningLedger: requests for signatures, and the alerts that they have raised.
type Signings struct {
	Now func() time.Time

	mu       sync.Mutex
	requests map[string]mes.SignatureRequest
	alerts   []mes.Alert
	keys     map[string]bool
	fails    int
}

var _ mes.SigningLedger = (*Signings)(nil)

// NewSignings makes an empty ledger of signatures.
func NewSignings() *Signings {
	return &Signings{Now: time.Now, requests: map[string]mes.SignatureRequest{}, keys: map[string]bool{}}
}

// Ask opens a request for one signature per need, due after patience.
func (s *Signings) Ask(id string, patience time.Duration, needs ...mes.SignatureNeed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := mes.SignatureRequest{ID: id, Site: Site, Title: "Lot 7", Needs: needs, State: mes.RequestOpen, RequestedAt: s.Now()}
	if patience > 0 {
		due := s.Now().Add(patience)
		r.DueAt = &due
	}
	s.requests[id] = r
}

// Sign adds the next signature; the last one ends the request.
func (s *Signings) Sign(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[id]
	r.Signatures = append(r.Signatures, mes.Signature{N: len(r.Signatures) + 1, At: s.Now()})
	if len(r.Signatures) == len(r.Needs) {
		r.State = mes.RequestSigned
	}
	s.requests[id] = r
}

// Reject ends a request.
func (s *Signings) Reject(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[id]
	r.State = mes.RequestRejected
	s.requests[id] = r
}

// Fail makes the next n calls fail, as when the database is away.
func (s *Signings) Fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = n
}

// Alerts lists what was raised, each as "kind role", in order.
func (s *Signings) Alerts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, a := range s.alerts {
		out = append(out, string(a.Kind)+" "+string(a.Role))
	}
	return out
}

func (s *Signings) find(id string) (mes.SignatureRequest, error) {
	if s.fails > 0 {
		s.fails--
		return mes.SignatureRequest{}, errAway
	}
	r, ok := s.requests[id]
	if !ok {
		return r, mes.NotFound("Signature request", id)
	}
	return r, nil
}

// Awaited reads what a request waits for.
func (s *Signings) Awaited(_ context.Context, _, id string) (mes.SignatureWait, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(id)
	return r.Awaits(), err
}

// Remind raises the alerts of a signature that is still missing, once.
func (s *Signings) Remind(_ context.Context, _, id string, n int, overdue bool) (mes.SignatureWait, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(id)
	if err != nil || r.Awaits().N != n {
		return r.Awaits(), err
	}
	for _, a := range r.Reminders(overdue) {
		if key := fmt.Sprintf("%s/%s/%d/%s", a.Kind, id, n, a.Role); !s.keys[key] {
			s.keys[key] = true
			s.alerts = append(s.alerts, a)
		}
	}
	return r.Awaits(), nil
}

// Register gives the activities of a Signing their implementation, as package activities does.
func (s *Signings) Register(r worker.ActivityRegistry) {
	contract.LoadSigning.Register(r, func(ctx context.Context, in contract.SigningInput) (mes.SignatureWait, error) {
		out, err := s.Awaited(ctx, in.Site, in.Request)
		return out, contract.Carry(err)
	})
	contract.RemindSigning.Register(r, func(ctx context.Context, in contract.SigningReminder) (mes.SignatureWait, error) {
		out, err := s.Remind(ctx, in.Site, in.Request, in.N, in.Overdue)
		return out, contract.Carry(err)
	})
}
