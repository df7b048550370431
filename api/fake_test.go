package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// The fakes keep what the API stores and answer what a test lays into them. A method that no test needs is left to the
// embedded interface, so that an unexpected call fails loudly.

type fakeAccounts struct {
	mes.Accounts
	mu     sync.Mutex
	byID   map[string]mes.Account
	tokens map[string]string // hash to account
	held   map[string][]mes.Qualification
	now    func() time.Time
	asked  int
}

func (f *fakeAccounts) Get(_ context.Context, id string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if a, ok := f.byID[id]; ok {
		return a, nil
	}
	return mes.Account{}, mes.NotFound("Account", id)
}

func (f *fakeAccounts) ByBadge(_ context.Context, badge string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.byID {
		if a.Badge == badge {
			return a, nil
		}
	}
	return mes.Account{}, mes.NotFound("Badge", badge)
}

func (f *fakeAccounts) TokenOf(_ context.Context, hash string) (mes.Token, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, ok := f.tokens[hash]
	if !ok {
		return mes.Token{}, mes.NotFound("Token", "")
	}
	return mes.Token{Hash: hash, Account: id, Name: "test", Scopes: []string{mes.ScopeAll}}, nil
}

func (f *fakeAccounts) UsedToken(context.Context, string) error { return nil }

func (f *fakeAccounts) LoginFailed(_ context.Context, id, _ string) (mes.Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	a.Failures++
	if a.Failures >= mes.MaxLoginFailures {
		until := f.now().Add(mes.LoginLock)
		a.LockedUntil = &until
	}
	f.byID[id] = a
	return a, nil
}

func (f *fakeAccounts) LoginOK(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	a.Failures, a.LockedUntil = 0, nil
	f.byID[id] = a
	return nil
}

func (f *fakeAccounts) Qualifications(_ context.Context, id string) ([]mes.Qualification, error) {
	return f.held[id], nil
}

func (f *fakeAccounts) set(id string, change func(*mes.Account)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byID[id]
	change(&a)
	f.byID[id] = a
}

type fakeSessions struct {
	mes.Sessions
	mu   sync.Mutex
	rows map[string]fakeSession
}

type fakeSession struct {
	data   []byte
	expiry time.Time
}

func (f *fakeSessions) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.rows[token]
	if !ok || time.Now().After(s.expiry) {
		return nil, false, nil
	}
	return s.data, true, nil
}

func (f *fakeSessions) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[token] = fakeSession{slices.Clone(b), expiry}
	return nil
}

func (f *fakeSessions) Open(ctx context.Context, token string, b []byte, expiry time.Time, _ mes.Session) error {
	return f.CommitCtx(ctx, token, b, expiry)
}

func (f *fakeSessions) DeleteCtx(_ context.Context, token string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.rows, token)
	return nil
}

func (f *fakeSessions) Find(t string) ([]byte, bool, error) {
	return f.FindCtx(context.Background(), t)
}
func (f *fakeSessions) Commit(t string, b []byte, e time.Time) error {
	return f.CommitCtx(context.Background(), t, b, e)
}
func (f *fakeSessions) Delete(t string) error       { return f.DeleteCtx(context.Background(), t) }
func (f *fakeSessions) Sweep(context.Context) error { return nil }

type fakeAnswers struct {
	mu   sync.Mutex
	rows map[string]mes.Answer
}

func (f *fakeAnswers) Find(_ context.Context, account, key string) (mes.Answer, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.rows[account+"/"+key]
	return a, ok, nil
}

func (f *fakeAnswers) Store(_ context.Context, a mes.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.rows[a.Account+"/"+a.Key]; !ok {
		f.rows[a.Account+"/"+a.Key] = a
	}
	return nil
}

type fakeAudits struct {
	mes.Audits
	mu   sync.Mutex
	rows []mes.AuditRow
}

func (f *fakeAudits) Append(_ context.Context, r mes.AuditRow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, r)
	return nil
}

func (f *fakeAudits) List(context.Context, mes.AuditFilter) (mes.Page[mes.AuditRow], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return mes.Page[mes.AuditRow]{Items: slices.Clone(f.rows), Total: int64(len(f.rows))}, nil
}

func (f *fakeAudits) actions(action string) []mes.AuditRow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.rows), func(r mes.AuditRow) bool { return r.Action != action })
}

type fakeProof struct{}

func (fakeProof) State(context.Context) (mes.ProofState, error) {
	return mes.ProofState{Rows: 12, Checkpoints: 1, Newer: 2}, nil
}

func (p fakeProof) Start(ctx context.Context, _ mes.Actor, whole bool) (mes.ProofState, error) {
	s, err := p.State(ctx)
	s.Running = &mes.ProofProgress{Whole: whole, Total: s.Rows}
	return s, err
}

func (fakeProof) Verify(context.Context) (mes.AuditVerdict, error) {
	return mes.AuditVerdict{OK: true, Rows: 12, Keys: []string{}}, nil
}

func (f *fakeAccounts) Assignments(context.Context, string) ([]mes.Assignment, error) {
	return nil, nil
}
