package mes

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// LabourCode is a kind of time that belongs to no order: cleaning, a meeting, a break.
type LabourCode struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Validate names what is wrong with a code.
func (c LabourCode) Validate() error {
	var f Faults
	f.Check(routingID.MatchString(c.ID), "id", idForm)
	f.Check(!blank(c.Name), "name", "is missing")
	return f.Err("The labour code was not stored.")
}

// LabourJob is one visit of a lot to an operation, as people work on it.
type LabourJob struct {
	Order     string `json:"order,omitempty"`
	Lot       string `json:"lot,omitempty"`
	Operation string `json:"operation,omitempty"`
	Visit     int    `json:"visit,omitempty"`
	Station   string `json:"station,omitempty"`
}

// same tells whether two jobs are the same visit; the station does not matter.
func (j LabourJob) same(k LabourJob) bool {
	return j.Lot == k.Lot && j.Operation == k.Operation && j.Visit == k.Visit
}

// ClockKind says what a clock event does.
type ClockKind string

// The kinds of clock event.
const (
	ClockOn     ClockKind = "on"      // a person begins on a job, or on a code
	ClockOff    ClockKind = "off"     // a person ends a job, a code, or with neither of them everything
	ClockJobEnd ClockKind = "job_end" // a job ended or was paused: everyone on it goes off
	// ClockCorrection says what a person did in a stretch of time, whatever the clock said.
	ClockCorrection ClockKind = "correction"
)

// ClockEvent is one line of the clock. Lines are only ever added; what people worked is what they add up to (Clocked).
type ClockEvent struct {
	ID      int64
	Kind    ClockKind
	Account string // empty for the end of a job
	Job     LabourJob
	Code    string
	At      time.Time
	// From and To bound a correction.
	From, To time.Time
	Reason   string
	By       string
}

// LongestStretch is how long the clock runs without a word from the person before it stops by itself and says so.
const LongestStretch = 12 * time.Hour

// LabourEntry is a stretch of a person's time. Entries of one person never overlap, except that those who work on
// several jobs at once share the stretch: then each job has an entry with Share above 1 and its part of the time.
type LabourEntry struct {
	Account       string    `json:"account"`
	Name          string    `json:"name"` // of the person
	LabourJob               // empty for indirect time
	OperationName string    `json:"operation_name,omitempty"`
	Code          string    `json:"code,omitempty"`
	From          time.Time `json:"from"`
	To            time.Time `json:"to"`
	// Share is how many jobs the stretch is shared by; Millis is this entry's part of it, in milliseconds.
	Share  int   `json:"share"`
	Millis int64 `json:"ms"`
	// Open tells that the clock still runs.
	Open bool `json:"open,omitempty"`
	// Cut tells that nobody clocked off: the clock stopped by itself, and somebody must say what was true.
	Cut       bool   `json:"cut,omitempty"`
	Corrected string `json:"corrected,omitempty"` // why, where a correction says so
}

// Direct tells time on a job from other time.
func (e LabourEntry) Direct() bool { return e.Lot != "" }

// Within keeps the part of the entries that lies between from and to.
func Within(entries []LabourEntry, from, to time.Time) []LabourEntry {
	out := []LabourEntry{}
	for _, e := range entries {
		whole := e.To.Sub(e.From)
		if e.From.Before(from) {
			e.From = from
		}
		if e.To.After(to) {
			e.To, e.Open = to, false
		}
		if !e.To.After(e.From) {
			continue
		}
		if part := e.To.Sub(e.From); part != whole {
			e.Millis = part.Milliseconds() / int64(e.Share)
		}
		out = append(out, e)
	}
	return out
}

// Clock is what a lot's entry does to the clock: whoever starts or resumes an operation is clocked on to it, and
// whatever stops it clocks everyone off.
func (e Entry) Clock(order string, after Progress) []ClockEvent {
	job := func(p Progress) LabourJob {
		return LabourJob{Order: order, Lot: e.Lot, Operation: p.Operation, Visit: p.Visit, Station: p.Station}
	}
	var out []ClockEvent
	stays := after.State == LotRunning && after.Operation == e.Before.Operation && after.Visit == e.Before.Visit
	if e.Before.State == LotRunning && !stays {
		out = append(out, ClockEvent{Kind: ClockJobEnd, Job: job(e.Before), At: e.At, By: e.Actor.ID})
	}
	person := e.Actor.ID != "" && e.Actor.ID != ActorSystem
	if person && after.State == LotRunning && (e.Kind == EntryStarted || e.Kind == EntryResumed) {
		out = append(out, ClockEvent{Kind: ClockOn, Account: e.Actor.ID, Job: job(after), At: e.At, By: e.Actor.ID})
	}
	return out
}

// OrderLabour is what an order cost in people's time.
type OrderLabour struct {
	Order  string      `json:"order"`
	Millis int64       `json:"ms"`
	Hours  Decimal     `json:"hours"`
	Good   Decimal     `json:"good"`
	Piece  *Decimal    `json:"hours_per_piece,omitempty"` // hours divided by good pieces, once there are any
	Rows   []OrderWork `json:"rows"`
}

// OrderWork is one person's time on one operation of an order.
type OrderWork struct {
	Operation     string  `json:"operation"`
	OperationName string  `json:"operation_name"`
	Account       string  `json:"account"`
	Name          string  `json:"name"`
	Entries       int     `json:"entries"`
	Millis        int64   `json:"ms"`
	Hours         Decimal `json:"hours"`
	Open          bool    `json:"open"` // the clock still runs
	Cut           bool    `json:"cut"`  // some of it ended without a clock-off
}

var msPerHour = Count(3_600_000)

// HoursOf turns milliseconds into hours with four decimals.
func HoursOf(ms int64) Decimal { return Count(ms).DivRound(msPerHour, 4) }

// OfOrder adds entries up for one order, by operation and person.
func OfOrder(order string, good Decimal, entries []LabourEntry) OrderLabour {
	out := OrderLabour{Order: order, Good: good, Rows: []OrderWork{}}
	for _, e := range entries {
		if e.Order != order {
			continue
		}
		i := slices.IndexFunc(out.Rows, func(w OrderWork) bool { return w.Operation == e.Operation && w.Account == e.Account })
		if i < 0 {
			i = len(out.Rows)
			out.Rows = append(out.Rows, OrderWork{Operation: e.Operation, OperationName: e.OperationName, Account: e.Account, Name: e.Name})
		}
		w := &out.Rows[i]
		w.Entries, w.Millis, w.Open, w.Cut = w.Entries+1, w.Millis+e.Millis, w.Open || e.Open, w.Cut || e.Cut
		out.Millis += e.Millis
	}
	for i := range out.Rows {
		out.Rows[i].Hours = HoursOf(out.Rows[i].Millis)
	}
	slices.SortFunc(out.Rows, func(a, b OrderWork) int {
		if a.Operation != b.Operation {
			return compareNumbers(a.Operation, b.Operation)
		}
		return compareNumbers(a.Account, b.Account)
	})
	out.Hours = HoursOf(out.Millis)
	if good.IsPositive() {
		piece := Count(out.Millis).DivRound(msPerHour.Mul(good), 4)
		out.Piece = &piece
	}
	return out
}

// compareNumbers puts 5 before 10 and other words in their own order.
func compareNumbers(a, b string) int {
	if len(a) != len(b) && isDigits(a) && isDigits(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func isDigits(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}

// LotLabour adds up what people worked on one lot, by visit and person, from all clock events of those who did and the ends
// of the jobs they were on. What still runs does not count yet.
func LotLabour(lot string, events []ClockEvent, until time.Time) []RecordLabour {
	of, ends := map[string][]ClockEvent{}, []ClockEvent{}
	for _, e := range events {
		if e.Kind == ClockJobEnd {
			ends = append(ends, e)
		} else {
			of[e.Account] = append(of[e.Account], e)
		}
	}
	out := []RecordLabour{}
	for account, mine := range of {
		for _, e := range Clocked(append(slices.Clone(mine), ends...), until, true) {
			if e.Lot != lot || e.Open {
				continue
			}
			i := slices.IndexFunc(out, func(w RecordLabour) bool {
				return w.Operation == e.Operation && w.Visit == e.Visit && w.Person == account
			})
			if i < 0 {
				i = len(out)
				out = append(out, RecordLabour{Operation: e.Operation, Visit: e.Visit, Person: account})
			}
			w := &out[i]
			w.Millis, w.Cut, w.Corrected = w.Millis+e.Millis, w.Cut || e.Cut, w.Corrected || e.Corrected != ""
		}
	}
	for i := range out {
		out[i].Hours = HoursOf(out[i].Millis)
	}
	slices.SortFunc(out, func(a, b RecordLabour) int {
		return cmp.Or(compareNumbers(a.Operation, b.Operation), a.Visit-b.Visit, compareNumbers(a.Person, b.Person))
	})
	return out
}

// LabourDays is what people did in a span of days, by the site's calendar.
type LabourDays struct {
	From string `json:"from"` // first day, as 2006-01-02
	To   string `json:"to"`   // last day
	// Rows have one line for each day, person and kind of time.
	Rows    []LabourDay   `json:"rows"`
	Entries []LabourEntry `json:"entries"`
}

// LabourDay is one person's time of one kind on one day.
type LabourDay struct {
	Day     string  `json:"day"`
	Account string  `json:"account"`
	Name    string  `json:"name"`
	Code    string  `json:"code,omitempty"` // empty for work on orders
	Millis  int64   `json:"ms"`
	Hours   Decimal `json:"hours"`
	Open    bool    `json:"open"`
	Cut     bool    `json:"cut"`
}

// DaysOf adds entries up by day, person and kind of time. from is the beginning of the first day in the site's zone.
func DaysOf(entries []LabourEntry, from time.Time, days int, zone *time.Location) LabourDays {
	from = from.In(zone)
	out := LabourDays{From: from.Format(time.DateOnly), To: from.AddDate(0, 0, days-1).Format(time.DateOnly), Rows: []LabourDay{}, Entries: []LabourEntry{}}
	for n := range days {
		begin, end := from.AddDate(0, 0, n), from.AddDate(0, 0, n+1)
		first := len(out.Rows)
		for _, e := range Within(entries, begin, end) {
			out.Entries = append(out.Entries, e)
			day := begin.Format(time.DateOnly)
			i := slices.IndexFunc(out.Rows[first:], func(d LabourDay) bool { return d.Account == e.Account && d.Code == e.Code })
			if i < 0 {
				out.Rows = append(out.Rows, LabourDay{Day: day, Account: e.Account, Name: e.Name, Code: e.Code})
				i = len(out.Rows) - 1 - first
			}
			d := &out.Rows[first+i]
			d.Millis, d.Open, d.Cut = d.Millis+e.Millis, d.Open || e.Open, d.Cut || e.Cut
		}
	}
	for i := range out.Rows {
		out.Rows[i].Hours = HoursOf(out.Rows[i].Millis)
	}
	return out
}

// LongestReport is how many days one report covers.
const LongestReport = 31

// Clocking asks for a clock event of a person. Exactly one of Lot and Code is set; to clock off, both may be empty,
// which ends everything.
type Clocking struct {
	Account string
	Lot     string
	Code    string
}

// LabourCorrection says what a person did between two times. Lot with Operation, or Code, or neither: then it was no
// working time.
type LabourCorrection struct {
	Account   string    `json:"account"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Lot       string    `json:"lot,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Code      string    `json:"code,omitempty"`
	Reason    string    `json:"reason"`
}

// Validate names what is wrong with a correction.
func (c LabourCorrection) Validate(now time.Time) error {
	var f Faults
	f.Check(!blank(c.Account), "account", "is missing")
	f.Check(!blank(c.Reason), "reason", "is missing")
	f.Check(!c.From.IsZero() && c.From.After(now.AddDate(0, 0, -LongestReport)), "from", "must lie within the last %d days", LongestReport)
	f.Check(c.To.After(c.From), "to", "must come after from")
	f.Check(!c.To.After(now), "to", "must not lie in the future")
	f.Check(c.To.Sub(c.From) <= 24*time.Hour, "to", "must be at most 24 h after from")
	f.Check(c.Lot == "" || c.Code == "", "code", "give a lot or a code, not both")
	f.Check((c.Lot == "") == (c.Operation == ""), "operation", "goes with a lot")
	return f.Err("The time was not corrected.")
}

// Labour keeps the clock. People work, the clock adds up; no figure is stored.
type Labour interface {
	// Codes lists the codes of indirect time.
	Codes(ctx context.Context) ([]LabourCode, error)
	// ClockOn begins a person's time on a running lot, or on a code. Codes: not_found, conflict (the lot does not run).
	ClockOn(ctx context.Context, key, site string, by Actor, c Clocking) ([]LabourEntry, error)
	// ClockOff ends it. Ending what does not run changes nothing. Codes: not_found.
	ClockOff(ctx context.Context, key, site string, by Actor, c Clocking) ([]LabourEntry, error)
	// Correct says what was true. Nobody corrects their own time. Codes: not_found, unprocessable, forbidden.
	Correct(ctx context.Context, key, site string, by Actor, c LabourCorrection) ([]LabourEntry, error)
	// Running reads what the clock runs on now: of one person, or of all who work at a station.
	Running(ctx context.Context, site, account, station string) ([]LabourEntry, error)
	// Order reads an order's labour. Codes: not_found.
	Order(ctx context.Context, site, number string) (OrderLabour, error)
	// Days reads what people did on some days; an empty account means everyone. Codes: unprocessable.
	Days(ctx context.Context, site, account string, from time.Time, days int) (LabourDays, error)
}
