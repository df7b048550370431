package devices

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// The logical tags of the sequence handshake. State, control and the program tags may be missing from a mapping when the
// machine has none; the others are required.
const (
	TagState         = "state"
	TagControl       = "control"
	TagProgramSet    = "program_set"
	TagProgramActual = "program_actual"
	TagCommandSeq    = "command_seq"
	TagCommandLot    = "command_lot"
	TagAckSeq        = "ack_seq"
	TagResultSeq     = "result_seq"
	TagResultLot     = "result_lot"
	TagResultOK      = "result_ok"
)

// CycleRequest asks a machine for one cycle.
type CycleRequest struct {
	// Seq names the cycle on this machine. It is never 0 and never used for two lots.
	Seq uint32
	Lot string
	// Program is downloaded and read back; 0 leaves the machine's program alone.
	Program int
	// Params are written and read back before the start, by logical tag.
	Params map[string]any
	// Timeout bounds the whole cycle; 0 takes the profile's.
	Timeout time.Duration
	// Looked says that a person has looked at the piece and wants the cycle, whatever the machine remembers.
	Looked bool
	// Heartbeat, when set, is called about once a poll with what the cycle is waiting for.
	Heartbeat func(phase string)
}

// CycleResult is what the machine reports about one cycle.
type CycleResult struct {
	Seq uint32 `json:"seq"`
	Lot string `json:"lot"`
	// Program is the program that the machine says it ran.
	Program int `json:"program"`
	// OK is the machine's own verdict.
	OK     bool    `json:"ok"`
	Values []Value `json:"values"`
	// StartedAt and FinishedAt are the machine's own times where it gives them.
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	// Resumed says that the machine had already been started for this sequence number and only the result was fetched.
	Resumed bool `json:"resumed,omitempty"`
}

// RunCycle starts one cycle on a machine by the sequence handshake and waits for its result.
//
// It is safe to run again with the same request after any failure or crash: a machine that has acknowledged or finished
// Seq for this lot is not started a second time. The start itself is one write; when its answer is lost, the machine's
// own acknowledgement decides. Cycles on one machine must not overlap; [Hub.RunCycle] sees to that.
//
// Errors are ErrNoAnswer, ErrBadQuality, ErrWrongType, ErrUnknownTag, ErrReadBack, ErrRefused, ErrOutcomeUnknown,
// ErrNotReady, ErrSequenceUsed, ErrOldNumber and ErrLostCycle, or the context's own.
func RunCycle(ctx context.Context, m Machine, req CycleRequest) (CycleResult, error) {
	c := &cycle{m: m, cfg: m.Config(), req: req}
	c.profile = c.cfg.Profile.WithDefaults()
	if err := c.check(); err != nil {
		return CycleResult{}, err
	}
	timeout := req.Timeout
	if timeout <= 0 {
		timeout = c.profile.CycleTimeout.Std()
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	res, err := c.run(bounded)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !isTyped(err) {
		err = fmt.Errorf("nothing within %s: %w", timeout, ErrNoAnswer)
	}
	if err != nil {
		return CycleResult{}, fmt.Errorf("%s, lot %s, cycle %d, %s: %w", c.cfg.ID, req.Lot, req.Seq, c.phase, err)
	}
	return res, nil
}

func isTyped(err error) bool {
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrOutcomeUnknown) || errors.Is(err, ErrNotReady) ||
		errors.Is(err, ErrBadQuality)
}

type cycle struct {
	m       Machine
	cfg     Config
	profile Profile
	req     CycleRequest
	phase   string
}

func (c *cycle) check() error {
	if c.req.Seq == 0 || c.req.Lot == "" {
		return fmt.Errorf("%s: a cycle needs a sequence number and a lot", c.cfg.ID)
	}
	need := []string{TagCommandSeq, TagCommandLot, TagAckSeq, TagResultSeq, TagResultLot, TagResultOK}
	if c.req.Program != 0 {
		need = append(need, TagProgramSet, TagProgramActual)
	}
	need = append(need, slices.Sorted(maps.Keys(c.req.Params))...)
	for _, tag := range need {
		if !c.has(tag) {
			return fmt.Errorf("%s has no tag %q: %w", c.cfg.ID, tag, ErrUnknownTag)
		}
	}
	return nil
}

func (c *cycle) has(tag string) bool { return c.cfg.Tags[tag] != "" }

func (c *cycle) run(ctx context.Context) (CycleResult, error) {
	c.enter("looking whether the cycle has run")
	taken, err := c.taken(ctx)
	if err != nil {
		return CycleResult{}, err
	}
	if !taken && c.old() {
		return CycleResult{}, ErrOldNumber
	}
	if !taken {
		if err := c.prepare(ctx); err != nil {
			return CycleResult{}, err
		}
		if err := c.start(ctx); err != nil {
			return CycleResult{}, err
		}
	}
	if err := c.await(ctx); err != nil {
		return CycleResult{}, err
	}
	res, err := c.collect(ctx)
	res.Resumed = taken
	return res, err
}

// enter names what the cycle does now, for heartbeats and error texts.
func (c *cycle) enter(phase string) {
	c.phase = phase
	c.beat()
}

func (c *cycle) beat() {
	if c.req.Heartbeat != nil {
		c.req.Heartbeat(c.phase)
	}
}

// taken reports whether the machine has already acknowledged or finished this cycle for this lot.
func (c *cycle) taken(ctx context.Context) (bool, error) {
	var v []Value
	err := c.try(ctx, func(ctx context.Context) (err error) {
		v, err = c.read(ctx, TagAckSeq, TagCommandLot, TagResultSeq, TagResultLot)
		return err
	})
	if err != nil {
		return false, err
	}
	ack, commandLot, result, resultLot := v[0], v[1], v[2], v[3]
	switch {
	case c.isSeq(result):
		return c.sameLot(resultLot)
	case c.isSeq(ack):
		return c.sameLot(commandLot)
	case !c.req.Looked && !c.old() && (c.lost(result, resultLot) || !Same(ack.Value, result.Value) && c.lost(ack, commandLot)):
		return false, ErrLostCycle
	default:
		return false, nil
	}
}

// lost tells that the machine shows this lot under a number that was given out between a backup and the loss after it:
// one in the gap that the restored ledger leaves.
func (c *cycle) lost(seq, lot Value) bool {
	n, err := seq.Int()
	if c.cfg.OldNumbers == 0 || err != nil {
		return false
	}
	past := int32(uint32(n) - c.cfg.OldNumbers)
	l, err := lot.Text()
	return err == nil && l == c.req.Lot && past > 0 && past <= mes.RestoreSeqJump
}

func (c *cycle) sameLot(v Value) (bool, error) {
	if lot, _ := v.Text(); lot != c.req.Lot {
		return false, fmt.Errorf("%s holds lot %q: %w", v.Tag, lot, ErrSequenceUsed)
	}
	return true, nil
}

// old tells that the cycle's number was given out before a restore. Registers wrap, so numbers are compared by their
// distance.
func (c *cycle) old() bool {
	return c.cfg.OldNumbers != 0 && int32(c.req.Seq-c.cfg.OldNumbers) <= 0
}

func (c *cycle) isSeq(v Value) bool { return Same(v.Value, c.req.Seq) }

func (c *cycle) prepare(ctx context.Context) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	if c.req.Program != 0 {
		c.enter("downloading the program")
		if err := c.write(ctx, TagProgramSet, c.req.Program); err != nil {
			return err
		}
		if err := c.programLoaded(ctx); err != nil {
			return err
		}
	}
	c.enter("writing the lot and its parameters")
	if err := c.write(ctx, TagCommandLot, c.req.Lot); err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(c.req.Params)) {
		if err := c.write(ctx, tag, c.req.Params[tag]); err != nil {
			return err
		}
	}
	return nil
}

func (c *cycle) write(ctx context.Context, tag string, v any) error {
	return c.try(ctx, func(ctx context.Context) error {
		_, err := c.m.WriteVerified(ctx, tag, v)
		return err
	})
}

// ready waits for a state in which the machine accepts a cycle, and resets a machine that still shows the last one.
func (c *cycle) ready(ctx context.Context) error {
	if !c.has(TagState) {
		return nil
	}
	c.enter("waiting for the machine to be ready")
	for {
		state, err := c.state(ctx)
		switch {
		case err != nil:
			return err
		case state == StateIdle, state == StateComplete && !c.has(TagControl):
			return nil
		case state == StateComplete:
			// A reset is harmless to repeat: in any other state the machine ignores it.
			if err := c.m.WriteOnce(ctx, TagControl, ControlReset); err != nil && !errors.Is(err, ErrOutcomeUnknown) {
				return fmt.Errorf("reset: %w", err)
			}
		case state.resting():
			return fmt.Errorf("it is %s: %w", state, ErrNotReady)
		}
		if err := c.pause(ctx); errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("it stays %s: %w", state, ErrNotReady)
		} else if err != nil {
			return err
		}
	}
}

func (c *cycle) state(ctx context.Context) (PackMLState, error) {
	var n int64
	err := c.try(ctx, func(ctx context.Context) error {
		v, err := c.read(ctx, TagState)
		if err == nil {
			n, err = v[0].Int()
		}
		return err
	})
	return PackMLState(n), err
}

// programLoaded waits until the machine itself reports the program that was downloaded.
func (c *cycle) programLoaded(ctx context.Context) error {
	deadline := time.Now().Add(c.profile.Timeout.Std())
	for {
		var v []Value
		err := c.try(ctx, func(ctx context.Context) (err error) {
			v, err = c.read(ctx, TagProgramActual)
			return err
		})
		if err != nil {
			return err
		}
		if Same(v[0].Value, c.req.Program) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("program %d was downloaded, the machine runs %v: %w", c.req.Program, v[0].Value, ErrReadBack)
		}
		if err := c.pause(ctx); err != nil {
			return err
		}
	}
}
