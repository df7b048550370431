package oee

import (
	"time"

	"github.com/shopspring/decimal"
)

// Sums is all that figures are made of. The figures of several machines, shifts or products are made of the sum of their sums,
// never of the mean of their figures.
type Sums struct {
	Times Times `json:"times,omitempty"` // in nanoseconds

	Made   decimal.Decimal `json:"made"`   // PQ
	Good   decimal.Decimal `json:"good"`   // GQ
	Scrap  decimal.Decimal `json:"scrap"`  // SQ
	Rework decimal.Decimal `json:"rework"` // RQ
	// Ideal and IdealGood are what the made and the good were worth in planned run time, in seconds: the sums of PRU times
	// PQ and of PRU times GQ over all products.
	Ideal     decimal.Decimal `json:"ideal_s"`
	IdealGood decimal.Decimal `json:"ideal_good_s"`
	// Unrated is how many of the made have no planned run time; while there are any, nothing can be said about speed.
	Unrated decimal.Decimal `json:"unrated"`
	// Rates are the planned run times that occur, in seconds. With one of them, time and units say the same of quality.
	Rates map[string]bool `json:"rates,omitempty"`
	// Parts are serialised parts that were finished for the first time (IP), Passed those of them that were good (GP).
	Parts  int64 `json:"parts"`
	Passed int64 `json:"passed"`
	// First is how many were made at the first operation of the same products, for the fall-off.
	First decimal.Decimal `json:"first"`
	// Busy is AUBT, Order is AOET.
	Busy  time.Duration `json:"busy_ns"`
	Order time.Duration `json:"order_ns"`
	// Slow is how many units took longer than planned.
	Slow int64 `json:"slow"`
	// Outside is how many were made while nobody was planned to work. They are in no figure.
	Outside decimal.Decimal `json:"outside"`
}

// Add returns the sum of two.
func (s Sums) Add(o Sums) Sums {
	s.Times = s.Times.Add(o.Times)
	s.Made, s.Good, s.Scrap, s.Rework = s.Made.Add(o.Made), s.Good.Add(o.Good), s.Scrap.Add(o.Scrap), s.Rework.Add(o.Rework)
	s.Ideal, s.IdealGood, s.Unrated = s.Ideal.Add(o.Ideal), s.IdealGood.Add(o.IdealGood), s.Unrated.Add(o.Unrated)
	rates := map[string]bool{}
	for _, m := range []map[string]bool{s.Rates, o.Rates} {
		for r := range m {
			rates[r] = true
		}
	}
	s.Rates = rates
	s.Parts, s.Passed, s.Slow = s.Parts+o.Parts, s.Passed+o.Passed, s.Slow+o.Slow
	s.First, s.Outside = s.First.Add(o.First), s.Outside.Add(o.Outside)
	s.Busy, s.Order = s.Busy+o.Busy, s.Order+o.Order
	return s
}

// Batch is what was made at one moment: a lot's visit when it ended, or a minute of a counter.
type Batch struct {
	At                        time.Time
	Made, Good, Scrap, Rework decimal.Decimal
	// PRU is the planned run time of one unit in seconds; nil when nobody has planned one.
	PRU *decimal.Decimal
	// Took is how long it took; 0 when that is not known.
	Took time.Duration
	// Part tells that it is a serialised part at its first visit, Passed that it was good then.
	Part, Passed bool
}

// Count adds what was made within a reading to the sums. What was made outside of shifts, or before the machine was watched,
// stays out of the figures and is counted apart.
func (s *Sums) Count(made []Batch, calendar []Slot, r Reading) {
	for _, b := range made {
		if b.At.Before(r.From) || !b.At.Before(r.Until) {
			continue
		}
		if !r.counts(b.At, calendar) {
			s.Outside = s.Outside.Add(b.Made)
			continue
		}
		s.count(b)
	}
}

func (s *Sums) count(b Batch) {
	s.Made, s.Good, s.Scrap, s.Rework = s.Made.Add(b.Made), s.Good.Add(b.Good), s.Scrap.Add(b.Scrap), s.Rework.Add(b.Rework)
	if b.Part {
		s.Parts++
		if b.Passed {
			s.Passed++
		}
	}
	if b.PRU == nil {
		s.Unrated = s.Unrated.Add(b.Made)
		return
	}
	if s.Rates == nil {
		s.Rates = map[string]bool{}
	}
	s.Rates[b.PRU.String()] = true
	s.Ideal = s.Ideal.Add(b.PRU.Mul(b.Made))
	s.IdealGood = s.IdealGood.Add(b.PRU.Mul(b.Good))
	if b.Took > 0 && Seconds(b.Took).GreaterThan(b.PRU.Mul(b.Made)) {
		s.Slow += b.Made.IntPart()
	}
}

func (r Reading) counts(at time.Time, calendar []Slot) bool {
	if r.Began.IsZero() || at.Before(r.Began) {
		return false
	}
	for _, c := range calendar {
		if !at.Before(c.From) && at.Before(c.Until) {
			return c.Planned != PlannedOff
		}
	}
	return false
}

// Seconds is a duration in exact seconds.
func Seconds(d time.Duration) decimal.Decimal { return decimal.New(int64(d), -9) }
