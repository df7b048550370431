package mes

import (
	"slices"
	"time"
)

// stretch is a span in which a person did the same all the time.
type stretch struct {
	from, to  time.Time
	jobs      []LabourJob
	code      string
	open, cut bool
	corrected string
}

// clock is one person's state while their events are read.
type clock struct {
	at     time.Time
	jobs   []LabourJob
	code   string
	passed []stretch
}

func (c *clock) idle() bool { return c.code == "" && len(c.jobs) == 0 }

// run lets time pass until t.
func (c *clock) run(t time.Time, open bool) {
	from := c.at
	c.at = t
	if c.idle() || !t.After(from) {
		return
	}
	s := stretch{from: from, to: t, code: c.code, open: open}
	if c.code == "" {
		s.jobs = slices.Clone(c.jobs)
	}
	if t.Sub(from) > LongestStretch {
		s.to, s.cut, s.open = from.Add(LongestStretch), true, false
		c.jobs, c.code = nil, ""
	}
	c.passed = append(c.passed, s)
}

// take applies one event. Work on a job ends indirect time; indirect time interrupts the jobs, which go on after it.
func (c *clock) take(e ClockEvent) {
	c.run(e.At, false)
	on := slices.IndexFunc(c.jobs, e.Job.same)
	switch {
	case e.Kind == ClockOn && e.Code != "":
		c.code = e.Code
	case e.Kind == ClockOn && on < 0:
		c.jobs, c.code = append(c.jobs, e.Job), ""
	case e.Kind == ClockOn:
		c.code = ""
	case e.Kind == ClockOff && e.Code != "":
		if c.code == e.Code {
			c.code = ""
		}
	case e.Kind == ClockOff && e.Job.Lot == "":
		c.jobs, c.code = nil, ""
	case on >= 0:
		c.jobs = slices.Delete(slices.Clone(c.jobs), on, on+1)
	}
}

// Clocked adds one person's clock events up to entries, oldest first, in whatever order the events come. Events of jobs
// that ended may be of any job. The clock is read until end; open says that it still runs then.
func Clocked(events []ClockEvent, end time.Time, open bool) []LabourEntry {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b ClockEvent) int {
		if d := a.At.Compare(b.At); d != 0 {
			return d
		}
		return int(a.ID - b.ID)
	})
	var c clock
	account := ""
	var corrections []ClockEvent
	for _, e := range events {
		if e.Account != "" {
			account = e.Account
		}
		switch {
		case e.Kind == ClockCorrection:
			corrections = append(corrections, e)
		case !e.At.After(end):
			c.take(e)
		}
	}
	c.run(end, open)
	slices.SortStableFunc(corrections, func(a, b ClockEvent) int { return int(a.ID - b.ID) })
	for _, e := range corrections {
		c.passed = corrected(c.passed, e)
	}
	return entries(account, c.passed)
}

// corrected replaces what stands in a correction's time by what it says; with neither job nor code, by nothing.
func corrected(stretches []stretch, e ClockEvent) []stretch {
	var out []stretch
	for _, s := range stretches {
		if !s.from.Before(e.To) || !e.From.Before(s.to) {
			out = append(out, s)
			continue
		}
		if before := s; s.from.Before(e.From) {
			before.to, before.open, before.cut = e.From, false, false
			out = append(out, before)
		}
		if after := s; e.To.Before(s.to) {
			after.from = e.To
			out = append(out, after)
		}
	}
	if e.Job.Lot != "" || e.Code != "" {
		s := stretch{from: e.From, to: e.To, code: e.Code, corrected: e.Reason}
		if e.Code == "" {
			s.jobs = []LabourJob{e.Job}
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b stretch) int { return a.from.Compare(b.from) })
	return out
}

// entries spells stretches out. The milliseconds of a shared stretch are given out whole, the first jobs taking what
// does not divide, so that the parts sum to the stretch.
func entries(account string, stretches []stretch) []LabourEntry {
	var out []LabourEntry
	for _, s := range stretches {
		e := LabourEntry{Account: account, Code: s.code, From: s.from, To: s.to, Share: max(len(s.jobs), 1), Open: s.open, Cut: s.cut, Corrected: s.corrected}
		total := s.to.Sub(s.from).Milliseconds()
		if s.code != "" {
			e.Millis = total
			out = append(out, e)
			continue
		}
		n := int64(len(s.jobs))
		for i, j := range s.jobs {
			e.LabourJob, e.Millis = j, total/n
			if int64(i) < total%n {
				e.Millis++
			}
			out = append(out, e)
		}
	}
	return out
}
