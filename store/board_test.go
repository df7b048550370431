package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// allDay gives the site one shift that runs around the clock, so that a test means the same at every hour.
func (f *floor) allDay() {
	f.Helper()
	f.must(f.Shifts.Put(f.ctx, planner, site, mes.Shift{ID: "all", Name: "All", Days: []int{1, 2, 3, 4, 5, 6, 7}, Start: 0, End: 0}, "test"))
}

func (f *floor) read() mes.LineBoard {
	f.Helper()
	b, err := f.Boards.Board(f.ctx, site, "T1-L1")
	f.must(err)
	return b
}

func (f *floor) column(b mes.LineBoard, id string) mes.BoardStation {
	f.Helper()
	for _, s := range b.Stations {
		if s.ID == id {
			return s
		}
	}
	f.Fatalf("the board has no %s: %+v", id, b.Stations)
	return mes.BoardStation{}
}

func TestABoardTellsWhatTheLedgerKnows(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	if b := f.read(); b.Packed != 0 || b.Plan != nil || b.TaktS != nil || b.SafeDays != nil || b.Shift != nil || len(b.Stations) == 0 {
		t.Errorf("an empty plant's board knows %+v", b)
	}
	f.allDay()
	ps := f.lots("WO-1", "UNIT", 4)
	f.flawless(ps[0], 1)
	f.flawless(ps[1], 2)
	ps[2].kitted(board(3))
	f.must(ps[2].start("ST20"))
	_, err := f.Lots.Hold(f.ctx, f.key(), site, ps[2].id, planner, "a crack")
	f.must(err)
	_, err = f.Calls.RecordSafety(f.ctx, f.key(), site, planner, mes.DayOf(time.Now(), time.UTC).Add(-10), "cut a finger")
	f.must(err)
	c := f.callFrom("ST20", mes.CallMaintenance)
	b := f.read()
	if b.Product != "UNIT" || b.Packed != 2 || b.FirstPass != 2 || b.Finished != 2 || b.Held != 1 || b.TaktS == nil || b.Shift == nil || len(b.Hours) < 23 {
		t.Errorf("board %+v", b)
	}
	if b.SafeDays == nil || *b.SafeDays < 9 || *b.SafeDays > 11 {
		t.Errorf("%v days without accident", b.SafeDays)
	}
	if len(b.Calls) != 1 || b.Calls[0].ID != c.ID || b.Calls[0].NextRole != "supervisor" || b.Calls[0].NextMin != 10 {
		t.Errorf("calls %+v", b.Calls)
	}
	if s := f.column(b, "ST20"); s.State != "running" || s.WIP != 1 || s.CycleS == nil {
		t.Errorf("ST20 is %+v", s)
	}
	if s := f.column(b, "ST10"); s.WIP != 1 {
		t.Errorf("ST10 is %+v", s)
	}
	_, err = f.Boards.Board(f.ctx, site, "L9")
	f.refused(err, mes.CodeNotFound, "L9")
}

func TestABoardShowsTheLogOfStates(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.allDay()
	f.flawless(f.lots("WO-1", "UNIT", 1)[0], 1)
	f.must(f.asOwner(`INSERT INTO machine (station, site, definition) VALUES ('ST20', 'T1', '{}'), ('ST30', 'T1', '{}')`))
	f.must(f.asOwner(`INSERT INTO machine_state (site, station, from_at, until_at, observed, state, source) VALUES
		('T1', 'ST20', now() - interval '6 minutes', NULL, 'unplanned_down', 'unplanned_down', 'tag'),
		('T1', 'ST30', now() - interval '10 minutes', now() - interval '3 minutes', 'running', 'running', 'tag'),
		('T1', 'ST30', now() - interval '3 minutes', NULL, 'starved', 'starved', 'tag')`))
	b := f.read()
	down := f.column(b, "ST20")
	if down.State != "unplanned_down" || down.Since == nil || time.Since(*down.Since) < 5*time.Minute {
		t.Errorf("ST20 is %+v", down)
	}
	if s := f.column(b, "ST30"); s.State != "starved" {
		t.Errorf("ST30 is %+v", s)
	}
	f.must(f.Shifts.Put(f.ctx, planner, site, mes.Shift{ID: "all", Name: "All", Days: []int{(int(time.Now().Weekday())+2)%7 + 1}, Start: 600, End: 601}, "closed"))
	if s := f.column(f.read(), "ST30"); s.State != mes.StateOffShift {
		t.Errorf("outside of shifts ST30 is %+v", s)
	}
}

// TestABoardIsCheap reads a board of a plant with a busy day behind it. It logs what a reading costs; the limit is far above it, for
// a machine under load.
func TestABoardIsCheap(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.allDay()
	f.flawless(f.lots("WO-1", "UNIT", 1)[0], 1)
	f.must(f.asOwner(fmt.Sprintf(`INSERT INTO lot (id, site, material, origin, state, quantity, remaining, work_order, number, created_by, created_at, started_at, ended_at, revision)
		SELECT 'X-' || g, 'T1', 'UNIT', 'produced', 'packed', 1, 1, 'WO-1', 1000 + g, 'x', now(), now(), now() - g * interval '20 seconds', 'A' FROM generate_series(1, %d) g`, 3000)))
	f.must(f.asOwner(`INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at, started_at, ended_at)
		SELECT 'X-' || g, op, 1, 'x', 'ST' || op, 'completed', now(), now() - interval '4 minutes', now() - g * interval '20 seconds' FROM generate_series(1, 3000) g, unnest(ARRAY['10', '20', '30']) op`))
	f.must(f.asOwner("ANALYZE"))
	f.read()
	best := time.Hour
	for range 20 {
		began := time.Now()
		f.read()
		best = min(best, time.Since(began))
	}
	t.Logf("a board with 3000 packed lots behind it is read in %s", best)
	if best > time.Second {
		t.Errorf("a board takes %s", best)
	}
}
