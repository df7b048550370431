package devicetest

import (
	"errors"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

func cycleTwice(t *testing.T, s *suite) {
	m := s.open(t)
	before := s.Pulses(t)
	req := s.next()
	first, err := devices.RunCycle(t.Context(), m, req)
	if err != nil || !first.OK || first.Resumed || first.Program != req.Program || first.Lot != req.Lot {
		t.Fatalf("%+v %v", first, err)
	}
	second, err := devices.RunCycle(t.Context(), s.open(t), req)
	if err != nil || !second.Resumed || !second.FinishedAt.Equal(first.FinishedAt) {
		t.Errorf("told again: %+v %v, first %+v", second, err, first)
	}
	other := req
	other.Lot = "ANOTHER"
	if _, err := devices.RunCycle(t.Context(), m, other); !errors.Is(err, devices.ErrSequenceUsed) {
		t.Errorf("the number for another lot: %v", err)
	}
	if n := s.Pulses(t) - before; n != 1 {
		t.Errorf("the machine was started %d times", n)
	}
}

// afterRestore runs a cycle that the records then forget, and orders what a restored plant would.
func afterRestore(t *testing.T, s *suite) {
	forgotten := s.next()
	if _, err := devices.RunCycle(t.Context(), s.open(t), forgotten); err != nil {
		t.Fatal(err)
	}
	before := s.Pulses(t)
	s.Config.OldNumbers = forgotten.Seq - 1 // the newest that the restored records know
	defer func() { s.Config.OldNumbers = 0 }()
	m := s.open(t)
	stale := forgotten
	stale.Seq, stale.Lot = forgotten.Seq-1, "STALE" // was on its way at the backup; the machine has gone on since
	if _, err := devices.RunCycle(t.Context(), m, stale); !errors.Is(err, devices.ErrOldNumber) {
		t.Errorf("a number of before the restore: %v", err)
	}
	again := forgotten
	again.Seq += mes.RestoreSeqJump
	if _, err := devices.RunCycle(t.Context(), m, again); !errors.Is(err, devices.ErrLostCycle) {
		t.Errorf("a lot that was run in the lost time: %v", err)
	}
	if n := s.Pulses(t) - before; n != 0 {
		t.Errorf("the machine was started %d times", n)
	}
	again.Looked = true
	if res, err := devices.RunCycle(t.Context(), m, again); err != nil || res.Resumed || s.Pulses(t)-before != 1 {
		t.Errorf("after a person has looked: %+v, %v, %d starts", res, err, s.Pulses(t)-before)
	}
	s.seq = again.Seq
}

// cycleUnderCuts cuts the connection at growing distances from the beginning of a cycle, so that every request of the
// handshake is hit in some round. Whatever a round says, running it again ends well, and the machine has started once.
func cycleUnderCuts(t *testing.T, s *suite) {
	m := s.open(t)
	before := s.Pulses(t)
	const rounds = 12
	for i := range rounds {
		req := s.next()
		timer := time.AfterFunc(time.Duration(i*i)*2*time.Millisecond, s.Relay.Cut)
		s.untilDone(t, m, req)
		timer.Stop()
	}
	if n := s.Pulses(t) - before; n != rounds {
		t.Errorf("%d cycles, but the machine was started %d times", rounds, n)
	}
}

func cycleUnderKill(t *testing.T, s *suite) {
	m := s.open(t)
	before := s.Pulses(t)
	req := s.next()
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		eventually(t, func() (bool, string) { return s.Pulses(t) > before, "the start" })
		s.Kill(t)
		s.Restart(t)
	}()
	s.untilDone(t, m, req)
	<-killed
	if n := s.Pulses(t) - before; n != 1 {
		t.Errorf("the machine was started %d times", n)
	}
}

// untilDone runs a cycle as an activity would: again and again with the same request until it ends well.
func (s *suite) untilDone(t *testing.T, m devices.Machine, req devices.CycleRequest) {
	t.Helper()
	var err error
	for range 8 {
		var res devices.CycleResult
		if res, err = devices.RunCycle(t.Context(), m, req); err == nil {
			if !res.OK || res.Lot != req.Lot || res.Program != req.Program {
				t.Fatalf("%+v", res)
			}
			return
		}
	}
	t.Fatalf("cycle %d never ends: %v", req.Seq, err)
}
