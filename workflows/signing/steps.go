package signing

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = 30 * time.Second
	// look is after how long the records are read again although nobody told of a change: a message can be lost.
	look = 24 * time.Hour
)

// turn does the next piece of work. A request that does not exist ends the run; anything else passes.
func (s *wait) turn(ctx workflow.Context) error {
	err := s.work(ctx)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	if refused := contract.Refusal(err); refused != nil && refused.Code == mes.CodeNotFound {
		return contract.Carry(refused)
	}
	workflow.GetLogger(ctx).Error("The wait for a signature is interrupted", "request", s.in.Request, "error", err)
	s.moved = true
	return workflow.Sleep(ctx, recoveryPause)
}

func (s *wait) work(ctx workflow.Context) error {
	if s.moved {
		return s.load(ctx)
	}
	now := workflow.Now(ctx)
	switch remind, escalate := s.pending(); {
	case remind && !now.Before(s.at.RemindAt):
		return s.remind(ctx, false)
	case escalate && !now.Before(s.at.EscalateAt):
		return s.remind(ctx, true)
	case remind:
		return s.sleep(ctx, s.at.RemindAt.Sub(now))
	case escalate:
		return s.sleep(ctx, s.at.EscalateAt.Sub(now))
	}
	return s.sleep(ctx, look)
}

// pending tells which alerts the awaited signature has still to raise.
func (s *wait) pending() (remind, escalate bool) {
	due := !s.at.RemindAt.IsZero()
	escalate = due && s.escalated != s.at.N
	return escalate && s.reminded != s.at.N, escalate
}

func (s *wait) load(ctx workflow.Context) error {
	s.moved = false
	at, err := contract.LoadSigning.RunLocal(ctx, s.in)
	if err == nil {
		s.at = at
	}
	return err
}

func (s *wait) remind(ctx workflow.Context, overdue bool) error {
	n := s.at.N
	at, err := contract.RemindSigning.RunLocal(ctx, contract.SigningReminder{Site: s.in.Site, Request: s.in.Request, N: n, Overdue: overdue})
	if err != nil {
		return err
	}
	s.at = at
	if overdue {
		s.escalated = n
	} else {
		s.reminded = n
	}
	return nil
}

// sleep waits for a signal, at most for d. A day is the longest: then the records are read again.
func (s *wait) sleep(ctx workflow.Context, d time.Duration) error {
	came, err := kit.AwaitFor(ctx, min(d, look), func() bool { return s.moved || kit.Full(ctx) })
	if err == nil && !came && d >= look {
		s.moved = true
	}
	return err
}
