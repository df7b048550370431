package devices

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// start gives the start pulse and makes sure that the machine has taken it. An attempt of which nothing left this machine
// may be repeated; one that was sent may not, its fate is read from the machine.
func (c *cycle) start(ctx context.Context) error {
	c.enter("starting the machine")
	for attempt := 1; ; attempt++ {
		err := c.pulse(ctx)
		switch {
		case err == nil:
			return c.acknowledged(ctx, nil)
		case errors.Is(err, ErrOutcomeUnknown):
			return c.acknowledged(ctx, err)
		case !errors.Is(err, ErrNoAnswer) || attempt >= c.profile.Attempts:
			return err
		}
		if err := c.pause(ctx); err != nil {
			return err
		}
	}
}

func (c *cycle) pulse(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.profile.Timeout.Std())
	defer cancel()
	return c.m.WriteOnce(ctx, TagCommandSeq, c.req.Seq)
}

// acknowledged waits for the machine to echo the sequence number. Lost is the error of a start whose answer never came:
// then a machine that can be read and does not show the number has not taken it, and one that cannot be read leaves the
// outcome unknown.
func (c *cycle) acknowledged(ctx context.Context, lost error) error {
	deadline := time.Now().Add(c.profile.Timeout.Std() * time.Duration(c.profile.Attempts))
	var last error
	looked := false
	for {
		v, err := c.once(ctx, TagAckSeq, TagResultSeq)
		last = err
		if err == nil && (c.isSeq(v[0]) || c.isSeq(v[1])) {
			return nil
		}
		if err != nil && !passing(err) {
			return err
		}
		if err == nil && !looked { // from here on it is the machine that is slow, not the line
			looked, deadline = true, time.Now().Add(c.profile.Timeout.Std())
		}
		if time.Now().After(deadline) {
			break
		}
		if err := c.pause(ctx); errors.Is(err, context.Canceled) {
			return err
		} else if err != nil {
			break
		}
	}
	switch {
	case last != nil && lost != nil:
		return fmt.Errorf("%w; looking again failed: %v", ErrOutcomeUnknown, last)
	case last != nil:
		return fmt.Errorf("the start was written, its acknowledgement cannot be read: %w", last)
	default:
		return fmt.Errorf("the machine did not acknowledge the start: %w", ErrNoAnswer)
	}
}

// await waits for the result. Lost connections are waited out, since the machine goes on without us.
func (c *cycle) await(ctx context.Context) error {
	c.enter("waiting for the result")
	tags := []string{TagResultSeq, TagAckSeq}
	if c.has(TagState) {
		tags = append(tags, TagState)
	}
	var last error
	for {
		v, err := c.once(ctx, tags...)
		switch {
		case err == nil && c.isSeq(v[0]):
			return nil
		case err == nil:
			if err := c.stopped(v); err != nil {
				return err
			}
		case !passing(err):
			return err
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			last = err
		}
		c.beat()
		if perr := c.pause(ctx); perr != nil {
			if last != nil && errors.Is(perr, context.DeadlineExceeded) {
				return fmt.Errorf("no result: %w", last)
			}
			return perr
		}
	}
}

// stopped tells whether the machine has left the cycle without a result.
func (c *cycle) stopped(v []Value) error {
	if len(v) < 3 {
		return nil
	}
	n, err := v[2].Int()
	if err == nil && PackMLState(n).ended() {
		return fmt.Errorf("it went to %s without a result: %w", PackMLState(n), ErrNotReady)
	}
	return nil
}

// collect reads the result and all values in one request and trusts none that the machine does not vouch for.
func (c *cycle) collect(ctx context.Context) (CycleResult, error) {
	c.enter("reading the result")
	var res CycleResult
	err := c.try(ctx, func(ctx context.Context) error {
		v, err := c.read(ctx, c.resultTags()...)
		if err == nil {
			res, err = c.result(v)
		}
		return err
	})
	return res, err
}

func (c *cycle) resultTags() []string {
	tags := []string{TagResultSeq, TagResultLot, TagResultOK, TagAckSeq}
	if c.req.Program != 0 {
		tags = append(tags, TagProgramActual)
	}
	for _, s := range c.cfg.Values {
		tags = append(tags, s.Tag)
	}
	return tags
}

func (c *cycle) result(v []Value) (CycleResult, error) {
	res := CycleResult{Seq: c.req.Seq, Lot: c.req.Lot, FinishedAt: v[0].at(), StartedAt: v[3].at()}
	lot, err := v[1].Text()
	if err != nil {
		return res, err
	}
	if !c.isSeq(v[0]) || lot != c.req.Lot {
		return res, fmt.Errorf("the result is of cycle %v, lot %q: %w", v[0].Value, lot, ErrSequenceUsed)
	}
	if res.OK, err = v[2].Bool(); err != nil {
		return res, err
	}
	rest := v[4:]
	if c.req.Program != 0 {
		n, err := rest[0].Int()
		if err != nil {
			return res, err
		}
		if res.Program = int(n); res.Program != c.req.Program {
			return res, fmt.Errorf("program %d was asked, %d has run: %w", c.req.Program, n, ErrReadBack)
		}
		rest = rest[1:]
	}
	res.Values, err = c.values(rest)
	return res, err
}

func (c *cycle) values(v []Value) ([]Value, error) {
	out := make([]Value, len(v))
	var errs []error
	for i, s := range c.cfg.Values {
		v[i].Name, v[i].Unit = s.Name, s.Unit
		if !v[i].Usable() {
			errs = append(errs, v[i].bad())
		}
		out[i] = v[i]
	}
	return out, errors.Join(errs...)
}

// at is the device's own time of a value, or the time of receipt where it gives none.
func (v Value) at() time.Time {
	if v.SourceTime.IsZero() {
		return v.ReceivedTime
	}
	return v.SourceTime
}

// read reads tags of the handshake itself, which must be good to be believed. Values are judged by their caller.
func (c *cycle) read(ctx context.Context, tags ...string) ([]Value, error) {
	v, err := c.m.Read(ctx, tags...)
	if err != nil {
		return nil, err
	}
	if len(v) != len(tags) {
		return nil, fmt.Errorf("%d values for %d tags: %w", len(v), len(tags), ErrNoAnswer)
	}
	for i := range min(4, len(v)) {
		if !v[i].Usable() {
			return nil, v[i].bad()
		}
	}
	return v, nil
}

// once reads in one attempt, bounded by the profile's time-out.
func (c *cycle) once(ctx context.Context, tags ...string) ([]Value, error) {
	ctx, cancel := context.WithTimeout(ctx, c.profile.Timeout.Std())
	defer cancel()
	return c.read(ctx, tags...)
}

// try repeats what may be repeated, as often as the profile says, while the device gives no or no good answer.
func (c *cycle) try(ctx context.Context, do func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		bounded, cancel := context.WithTimeout(ctx, c.profile.Timeout.Std())
		err := do(bounded)
		cancel()
		if err == nil || !passing(err) || attempt >= c.profile.Attempts {
			return untimed(ctx, err)
		}
		c.beat()
		if perr := c.pause(ctx); perr != nil {
			return untimed(ctx, err)
		}
	}
}

// passing reports an error that may go away by itself.
func passing(err error) bool {
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrBadQuality) || errors.Is(err, context.DeadlineExceeded)
}

// untimed turns the time-out of one attempt into ErrNoAnswer, and leaves the end of the caller's own context alone.
func untimed(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrNoAnswer) {
		return fmt.Errorf("%w: %v", ErrNoAnswer, err)
	}
	return err
}

// pause waits one poll, or fails with the context's error.
func (c *cycle) pause(ctx context.Context) error {
	t := time.NewTimer(c.profile.Poll.Std())
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
