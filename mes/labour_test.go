package mes_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var eight = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)

func job(lot string) mes.LabourJob {
	return mes.LabourJob{Order: "WO", Lot: lot, Operation: "10", Visit: 1}
}

// clock writes events at minutes after eight: "on A", "off A", "end A", "on #C" for a code, "off #C", "off".
func clockAt(minute int, kind mes.ClockKind, what string) mes.ClockEvent {
	e := mes.ClockEvent{ID: int64(minute), Kind: kind, Account: "olga", At: eight.Add(time.Duration(minute) * time.Minute)}
	switch {
	case kind == mes.ClockJobEnd:
		e.Account, e.Job = "", job(what)
	case len(what) > 1 && what[0] == '#':
		e.Code = what[1:]
	case what != "":
		e.Job = job(what)
	}
	return e
}

// spelt spells entries out: "A 0-10/2" is lot A from minute 0 to 10, shared by two.
func spelt(es []mes.LabourEntry) string {
	out := ""
	for _, e := range es {
		what := e.Lot
		if e.Code != "" {
			what = "#" + e.Code
		}
		out += fmt.Sprintf("%s %d-%d", what, int(e.From.Sub(eight).Minutes()), int(e.To.Sub(eight).Minutes()))
		if e.Share > 1 {
			out += fmt.Sprintf("/%d", e.Share)
		}
		if e.Cut {
			out += "!"
		}
		if e.Open {
			out += "+"
		}
		if e.Corrected != "" {
			out += "*"
		}
		out += " "
	}
	return out
}

func TestTheClockAddsUp(t *testing.T) {
	correct := func(from, to int, what string) mes.ClockEvent {
		e := clockAt(900, mes.ClockCorrection, what)
		e.From, e.To, e.Reason = eight.Add(time.Duration(from)*time.Minute), eight.Add(time.Duration(to)*time.Minute), "told"
		return e
	}
	for name, c := range map[string]struct {
		events []mes.ClockEvent
		end    int
		want   string
	}{
		"a job":                        {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(30, mes.ClockJobEnd, "A")}, 60, "A 0-30 "},
		"the end of another's job":     {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(10, mes.ClockJobEnd, "B")}, 20, "A 0-10 A 10-20+ "},
		"two jobs share evenly":        {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(10, mes.ClockOn, "B"), clockAt(30, mes.ClockJobEnd, "A"), clockAt(40, mes.ClockOff, "B")}, 60, "A 0-10 A 10-30/2 B 10-30/2 B 30-40 "},
		"a break interrupts":           {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(10, mes.ClockOn, "#BREAK"), clockAt(25, mes.ClockOff, "#BREAK"), clockAt(40, mes.ClockJobEnd, "A")}, 60, "A 0-10 #BREAK 10-25 A 25-40 "},
		"work ends the break":          {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "#BREAK"), clockAt(10, mes.ClockOn, "A"), clockAt(20, mes.ClockOff, "")}, 60, "#BREAK 0-10 A 10-20 "},
		"a forgotten clock-off is cut": {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A")}, 800, "A 0-720! "},
		"and begins anew":              {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(800, mes.ClockOn, "B"), clockAt(830, mes.ClockOff, "")}, 840, "A 0-720! B 800-830 "},
		"on twice counts once":         {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(5, mes.ClockOn, "A"), clockAt(10, mes.ClockOff, "A")}, 20, "A 0-5 A 5-10 "},
		"corrected in the middle":      {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(60, mes.ClockOff, ""), correct(20, 30, "#BREAK")}, 90, "A 0-20 #BREAK 20-30* A 30-60 "},
		"corrected away":               {[]mes.ClockEvent{clockAt(0, mes.ClockOn, "A"), clockAt(60, mes.ClockOff, ""), correct(30, 90, "")}, 90, "A 0-30 "},
		"corrected where nothing was":  {[]mes.ClockEvent{correct(10, 20, "B")}, 90, "B 10-20* "},
	} {
		got := spelt(mes.Clocked(c.events, eight.Add(time.Duration(c.end)*time.Minute), true))
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestTimeNeverOverlaps gives the clock commands in every disorder: whatever they are, stretches do not overlap, shared
// ones are given out whole, and the sum is the time in which the clock ran.
func TestTimeNeverOverlaps(t *testing.T) {
	whats := []string{"A", "B", "C", "#CLEAN", "#BREAK"}
	kinds := []mes.ClockKind{mes.ClockOn, mes.ClockOn, mes.ClockOff, mes.ClockJobEnd, mes.ClockCorrection}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 7))
		var events []mes.ClockEvent
		for i := range 40 {
			e := clockAt(r.IntN(2000), kinds[r.IntN(len(kinds))], whats[r.IntN(len(whats))])
			if e.Kind == mes.ClockOff && r.IntN(4) == 0 {
				e.Job, e.Code = mes.LabourJob{}, ""
			}
			if e.Kind == mes.ClockJobEnd {
				e.Job, e.Code = job(whats[r.IntN(3)]), ""
			}
			if e.Kind == mes.ClockCorrection {
				e.From = eight.Add(time.Duration(r.IntN(1900)) * time.Minute)
				e.To, e.Reason = e.From.Add(time.Duration(1+r.IntN(99))*time.Minute), "told"
			}
			e.ID = int64(i)
			events = append(events, e)
		}
		end := eight.Add(2100 * time.Minute)
		entries := mes.Clocked(events, end, true)
		shuffled := slices.Clone(events)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if a, b := spelt(entries), spelt(mes.Clocked(shuffled, end, true)); a != b {
			t.Fatalf("seed %d: the order in which events are read changes the sum:\n%s\n%s", seed, a, b)
		}
		noOverlap(t, seed, entries)
	}
}

func noOverlap(t *testing.T, seed uint64, entries []mes.LabourEntry) {
	t.Helper()
	var last time.Time
	for i := 0; i < len(entries); {
		first := entries[i]
		if first.From.Before(last) || !first.To.After(first.From) {
			t.Fatalf("seed %d: %s overlaps what came before it", seed, spelt(entries[i:i+1]))
		}
		var sum int64
		for _, e := range entries[i : i+first.Share] {
			if !e.From.Equal(first.From) || !e.To.Equal(first.To) || e.Share != first.Share {
				t.Fatalf("seed %d: a shared stretch is torn: %s", seed, spelt(entries[i:i+first.Share]))
			}
			sum += e.Millis
		}
		if sum != first.To.Sub(first.From).Milliseconds() {
			t.Fatalf("seed %d: parts of %s sum to %d ms", seed, spelt(entries[i:i+1]), sum)
		}
		last, i = first.To, i+first.Share
	}
}

func TestMovementsClock(t *testing.T) {
	at := func(state mes.LotState, op string) mes.Progress {
		return mes.Progress{State: state, Operation: op, Visit: 1}
	}
	olga := mes.Actor{ID: "olga"}
	for name, c := range map[string]struct {
		e     mes.Entry
		after mes.Progress
		want  string
	}{
		"start":              {mes.Entry{Kind: mes.EntryStarted, Actor: olga, Before: at(mes.LotQueued, "10")}, at(mes.LotRunning, "10"), "on 10 olga;"},
		"pause":              {mes.Entry{Kind: mes.EntryPaused, Actor: olga, Before: at(mes.LotRunning, "10")}, at(mes.LotPaused, "10"), "job_end 10 ;"},
		"resume by another":  {mes.Entry{Kind: mes.EntryResumed, Actor: olga, Before: at(mes.LotPaused, "10")}, at(mes.LotRunning, "10"), "on 10 olga;"},
		"complete":           {mes.Entry{Kind: mes.EntryCompleted, Actor: olga, Before: at(mes.LotRunning, "10")}, at(mes.LotQueued, "20"), "job_end 10 ;"},
		"a step":             {mes.Entry{Kind: mes.EntryStep, Actor: olga, Before: at(mes.LotRunning, "10")}, at(mes.LotRunning, "10"), ""},
		"a machine's defect": {mes.Entry{Kind: mes.EntryMachine, Before: at(mes.LotRunning, "10")}, at(mes.LotReview, "10"), "job_end 10 ;"},
		"scrap of a part":    {mes.Entry{Kind: mes.EntryScrapped, Actor: olga, Before: at(mes.LotRunning, "10")}, at(mes.LotRunning, "10"), ""},
		"scrap of all":       {mes.Entry{Kind: mes.EntryScrapped, Actor: olga, Before: at(mes.LotRunning, "10")}, at(mes.LotScrapped, "10"), "job_end 10 ;"},
		"scrap in the queue": {mes.Entry{Kind: mes.EntryScrapped, Actor: olga, Before: at(mes.LotQueued, "10")}, at(mes.LotScrapped, "10"), ""},
	} {
		got := ""
		for _, e := range c.e.Clock("WO", c.after) {
			got += fmt.Sprintf("%s %s %s;", e.Kind, e.Job.Operation, e.Account)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDaysAreTheSitesOwn(t *testing.T) {
	hamburg, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 10, 25, 0, 0, 0, 0, hamburg) // a day of 25 hours
	e := mes.LabourEntry{Account: "olga", Code: "CLEAN", From: midnight.Add(-time.Hour), To: midnight.Add(26 * time.Hour), Share: 1, Millis: (27 * time.Hour).Milliseconds()}
	days := mes.DaysOf([]mes.LabourEntry{e}, midnight.AddDate(0, 0, -1), 3, hamburg)
	got := ""
	for _, d := range days.Rows {
		got += d.Day + " " + d.Hours.String() + ";"
	}
	if got != "2026-10-24 1;2026-10-25 25;2026-10-26 1;" || days.From != "2026-10-24" || days.To != "2026-10-26" {
		t.Errorf("%s from %s to %s", got, days.From, days.To)
	}
}
