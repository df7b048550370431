package witness

import (
	"context"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Prover checks the trail with what stands outside the database, one check at a time.
type Prover struct {
	Audits mes.Audits
	Keys   Keys
	Log    Log

	mu      sync.Mutex
	running *mes.ProofProgress
	failed  string
}

var _ mes.AuditProof = (*Prover)(nil)

// longest bounds a check that nobody waits for.
const longest = time.Hour

// Check checks the trail now and keeps the verdict. Codes: conflict (a check is under way).
func (p *Prover) Check(ctx context.Context, by string, whole bool) (mes.AuditVerdict, error) {
	if err := p.begin(whole); err != nil {
		return mes.AuditVerdict{}, err
	}
	return p.run(ctx, by, whole)
}

// Start checks the trail behind the caller's back.
func (p *Prover) Start(ctx context.Context, by mes.Actor, whole bool) (mes.ProofState, error) {
	if err := p.begin(whole); err != nil {
		return mes.ProofState{}, err
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
		_, _ = p.run(ctx, by.ID, whole) // State tells how it ended
	}()
	return p.State(ctx)
}

func (p *Prover) begin(whole bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		return mes.Refuse(mes.CodeConflict, "The audit trail is being checked already.", "That check goes on.", "Wait for its result.")
	}
	p.running, p.failed = &mes.ProofProgress{Whole: whole}, ""
	return nil
}

func (p *Prover) run(ctx context.Context, by string, whole bool) (mes.AuditVerdict, error) {
	v, err := p.verify(ctx, whole)
	if err == nil {
		err = p.Audits.Verified(ctx, by, v)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = nil
	if err != nil {
		p.failed = "The check could not be done; the log of the server says why."
	}
	return v, err
}

// Verify checks the whole trail and keeps no verdict.
func (p *Prover) Verify(ctx context.Context) (mes.AuditVerdict, error) {
	return p.judge(ctx, mes.AuditCheck{})
}

func (p *Prover) verify(ctx context.Context, whole bool) (mes.AuditVerdict, error) {
	c := mes.AuditCheck{Progress: p.progress}
	if !whole {
		c.Since = p.since(ctx)
	}
	return p.judge(ctx, c)
}

func (p *Prover) judge(ctx context.Context, c mes.AuditCheck) (mes.AuditVerdict, error) {
	if p.Keys.File != "" {
		known, _, err := p.Keys.Known()
		if err != nil {
			return mes.AuditVerdict{}, err
		}
		c.Known = known
	}
	// Read before the database's snapshot: whatever stands in the file was in the database before.
	entries, found, err := p.Log.Read()
	if err != nil {
		return mes.AuditVerdict{}, err
	}
	c.Log, c.Compared = entries, found
	return p.Audits.Verify(ctx, c)
}

// since is the newest checkpoint that a check has found right, 0 where the last check found a fault.
func (p *Prover) since(ctx context.Context) int64 {
	var since int64
	for _, whole := range []bool{true, false} {
		v, err := p.Audits.LastVerified(ctx, whole)
		if err == nil && !v.OK {
			return 0
		}
		if err == nil && v.Checkpoints > since {
			since = v.Checkpoints
		}
	}
	return since
}

func (p *Prover) progress(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		p.running.Done, p.running.Total = done, total
	}
}

// State tells what is known of the proof.
func (p *Prover) State(ctx context.Context) (mes.ProofState, error) {
	s := p.now()
	var err error
	if s.Rows, err = p.Audits.Rows(ctx); err != nil {
		return s, err
	}
	newest, err := p.Audits.NewestCheckpoint(ctx)
	if err != nil {
		return s, err
	}
	if s.Checkpoints, s.Newer = newest.N, s.Rows-newest.Rows; newest.N > 0 {
		s.Last = &newest
	}
	for whole, to := range map[bool]**mes.AuditVerdict{true: &s.Whole, false: &s.Part} {
		v, err := p.Audits.LastVerified(ctx, whole)
		if err == nil {
			*to = &v
		} else if mes.CodeOf(err) != mes.CodeNotFound {
			return s, err
		}
	}
	return s, nil
}

func (p *Prover) now() mes.ProofState {
	var s mes.ProofState
	p.mu.Lock()
	if p.running != nil {
		r := *p.running
		s.Running = &r
	}
	s.Failed = p.failed
	p.mu.Unlock()
	if p.Keys.File != "" {
		if _, id, err := p.Keys.Known(); err == nil {
			s.Key = id
		}
	}
	s.Log = p.Log.there()
	return s
}
