package mes

import (
	"fmt"
	"math"
	"time"
)

// Counter turns the values of a machine's counter into what was made. It is the whole memory of one counter, so that it can be
// kept over a restart. A reset, a roll-over and a value that goes backwards are never a negative or a giant number of pieces;
// where the truth can't be known it counts too little, and says so.
type Counter struct {
	Known bool      `json:"known"`
	Raw   int64     `json:"raw"` // last value that was believed
	At    time.Time `json:"at"`
	// Total is what was counted since the counter is followed.
	Total int64 `json:"total"`
	// Mark is where the counter stood before it was reset, and Since what was counted from there: a counter that jumps back to
	// its mark was never reset, it was only read wrongly.
	Mark  int64     `json:"mark,omitempty"`
	Since int64     `json:"since,omitempty"`
	Reset time.Time `json:"reset,omitzero"`
	// Pending is what a counter that fell showed at once. It counts with the next value, which says that it was no wrong
	// reading, or when none comes for a while.
	Pending int64 `json:"pending,omitempty"`
}

// backAfter is how long a reset counter may come back to where it was.
const backAfter = time.Minute

// defaultPerMinute is what a machine may make when its definition says nothing: 100 pieces a second.
const defaultPerMinute = 6000

// See takes one good value. notice says in words what was strange about it, empty where nothing was.
func (c *Counter) See(raw int64, at time.Time, o MachineCounters) (notice string) {
	if raw < 0 || o.Modulus > 0 && raw >= o.Modulus {
		return fmt.Sprintf("shows %d, which it can't reach; not counted", raw)
	}
	if !c.Known {
		c.Known, c.Raw, c.At = true, raw, at
		return ""
	}
	limit := c.limit(at, o)
	if raw >= c.Raw {
		return c.forward(raw, at, limit)
	}
	wrapped := o.Modulus - c.Raw + raw
	rolls := o.Modulus > 0 && c.Raw >= o.Modulus-o.Modulus/10 && wrapped <= o.most(at.Sub(c.At)+2*time.Second)
	if !rolls && raw > c.Raw/2 { // waits for the counter to pass where it was
		return fmt.Sprintf("went backwards from %d to %d; nothing is counted until it is past %d", c.Raw, raw, c.Raw)
	}
	was := c.Raw
	c.Settle(at)
	c.Mark, c.Since, c.Reset, c.Pending = was, 0, at, 0
	c.Raw, c.At = raw, at
	if rolls {
		c.Pending = wrapped
		return ""
	}
	if raw <= limit {
		c.Pending = raw
	}
	return fmt.Sprintf("was reset from %d to %d", was, raw)
}

// settleAfter is how long what a fallen counter showed waits for the next value.
const settleAfter = 10 * time.Second

// Settle counts what waits, when it has waited long enough.
func (c *Counter) Settle(now time.Time) {
	if c.Pending > 0 && now.Sub(c.Reset) >= settleAfter {
		c.Total, c.Since, c.Pending = c.Total+c.Pending, c.Since+c.Pending, 0
	}
}

// forward counts a step up.
func (c *Counter) forward(raw int64, at time.Time, limit int64) string {
	step, pending := raw-c.Raw, c.Pending
	if step == 0 { // the same again proves nothing
		return ""
	}
	c.Pending = 0
	if c.Mark > 0 && at.Sub(c.Reset) <= backAfter && raw >= c.Mark && step > c.Mark/2 {
		// Only what is beyond the mark is new, and some of it may have been counted since.
		again := max(raw-c.Mark-c.Since, 0)
		mark := c.Mark
		c.Mark = 0
		if again > limit {
			c.Raw, c.At = raw, at
			return fmt.Sprintf("jumped to %d; not counted", raw)
		}
		c.add(again, raw, at)
		return fmt.Sprintf("came back to %d; it had not been reset", mark)
	}
	if step > limit {
		was := c.Raw
		c.Raw, c.At, c.Mark = raw, at, 0
		return fmt.Sprintf("jumped from %d to %d; not counted", was, raw)
	}
	c.add(step+pending, raw, at)
	return ""
}

func (c *Counter) add(n, raw int64, at time.Time) {
	c.Total, c.Since, c.Raw = c.Total+n, c.Since+n, raw
	if n > 0 || at.After(c.At) {
		c.At = at
	}
}

// limit is what can have been made since the last value, with a minute's allowance.
func (c *Counter) limit(at time.Time, o MachineCounters) int64 {
	return o.most(at.Sub(c.At) + time.Minute)
}

// most is what the machine can make in a time.
func (o MachineCounters) most(d time.Duration) int64 {
	per := o.MaxPerMinute
	if per == 0 {
		per = defaultPerMinute
	}
	return int64(math.Min(math.Ceil(float64(per)*max(d.Minutes(), 0)), math.MaxInt64/4))
}
