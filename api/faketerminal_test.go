package api

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// fakeTerminals starts with a terminal at each of some stations; their tokens are terminalToken's.
type fakeTerminals struct {
	mes.Terminals
	mu     sync.Mutex
	byHash map[string]mes.Terminal
	asked  int
	seen   []string
}

func terminalToken(station string) string { return "terminal-at-" + station + "-0123456789" }

func newFakeTerminals(stations ...string) *fakeTerminals {
	f := &fakeTerminals{byHash: map[string]mes.Terminal{}}
	for _, s := range stations {
		f.byHash[auth.HashToken(terminalToken(s))] = mes.Terminal{ID: "T-" + s, Site: "HAM", Station: s, Name: "Screen at " + s, IdleMinutes: 10}
	}
	return f
}

func (f *fakeTerminals) ByToken(_ context.Context, hash string) (mes.Terminal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if t, ok := f.byHash[hash]; ok && t.RevokedAt == nil {
		return t, nil
	}
	return mes.Terminal{}, mes.NotFound("Terminal", "")
}

func (f *fakeTerminals) Seen(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, id)
	return nil
}

func (f *fakeTerminals) List(context.Context, string) ([]mes.Terminal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []mes.Terminal{}
	for _, t := range f.byHash {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b mes.Terminal) int { return len(a.ID) - len(b.ID) })
	return out, nil
}

func (f *fakeTerminals) Register(_ context.Context, by mes.Actor, t mes.Terminal, hash, _ string) (mes.Terminal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t.ID, t.RegisteredBy = fmt.Sprintf("T-%d", len(f.byHash)+1), by.ID
	f.byHash[hash] = t
	return t, nil
}

func (f *fakeTerminals) Revoke(_ context.Context, by mes.Actor, _, id, reason string) (mes.Terminal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for hash, t := range f.byHash {
		if t.ID == id {
			now := time.Now()
			t.RevokedAt, t.RevokedBy, t.Reason = &now, by.ID, reason
			f.byHash[hash] = t
			return t, nil
		}
	}
	return mes.Terminal{}, mes.NotFound("Terminal", id)
}

type fakeShifts struct {
	mes.Shifts
	facts map[string]mes.ShiftFacts
	plan  mes.ShiftPlan
	put   []mes.Shift
	given []mes.ShiftAssignment
}

func (f *fakeShifts) Facts(_ context.Context, _, account string) (mes.ShiftFacts, error) {
	return f.facts[account], nil
}

func (f *fakeShifts) Plan(context.Context, string) (mes.ShiftPlan, error) { return f.plan, nil }

func (f *fakeShifts) Put(_ context.Context, _ mes.Actor, _ string, s mes.Shift, _ string) error {
	f.put = append(f.put, s)
	return s.Validate()
}

func (f *fakeShifts) Assign(_ context.Context, by mes.Actor, _ string, a mes.ShiftAssignment, _ string) (mes.ShiftAssignment, error) {
	a.ID, a.By = "1", by.ID
	f.given = append(f.given, a)
	return a, nil
}

func (f *fakeShifts) Override(_ context.Context, by mes.Actor, _, account string, hours float64, reason string) (mes.ShiftOverride, error) {
	return mes.ShiftOverride{Account: account, Until: monday.Add(time.Duration(hours * float64(time.Hour))), Reason: reason, By: by.ID}, mes.CheckOverride(hours, reason)
}

type fakeDevices struct {
	mes.Devices
	rows map[string]mes.DeviceOwner
}

func (f *fakeDevices) Owner(_ context.Context, _, device string) (mes.DeviceOwner, error) {
	if d, ok := f.rows[device]; ok {
		return d, nil
	}
	return mes.DeviceOwner{}, mes.NotFound("Device", device)
}

func (f *fakeAccounts) List(context.Context, string) ([]mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []mes.Account{}
	for _, a := range f.byID {
		out = append(out, a)
	}
	return out, nil
}
