package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func lotsOf(cards []mes.LotCard) string {
	out := ""
	for _, c := range cards {
		out += c.Lot + " "
	}
	return out
}

func TestTheQueueGoesByPriorityThenDueDate(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for _, o := range []struct {
		number   string
		priority int
		due      time.Duration
	}{{"WO-LATE", 50, 0}, {"WO-SOON", 50, -time.Hour}, {"WO-URGENT", 90, 0}} {
		r := request(o.number, "UNIT", 1)
		r.Priority, r.Due = o.priority, due.Add(o.due)
		_, _, err := f.Orders.Create(f.ctx, f.key(), site, planner, r)
		f.must(err)
		_, err = f.Orders.Release(f.ctx, f.key(), site, o.number, planner)
		f.must(err)
		f.fill(o.number)
	}
	q, err := f.Stations.Queue(f.ctx, site, "ST10")
	f.must(err)
	if got := lotsOf(q.Next); got != "U-00003 U-00002 U-00001 " {
		t.Errorf("queue %s", got)
	}
	if c := q.Next[0]; c.Order != "WO-URGENT" || c.OperationName != "Kit" || c.Wait == nil || c.Wait.Kind != mes.WaitStation || c.Why != "" || c.ProductName != "Drive unit" {
		t.Errorf("card %+v", c)
	}
	_, err = f.Stations.Queue(f.ctx, site, "L99")
	f.refused(err, mes.CodeNotFound, "L99")
	_, err = f.Stations.Queue(f.ctx, "elsewhere", "ST10")
	f.refused(err, mes.CodeNotFound, "ST10")
}

func TestALotWaitsAtEveryStationThatCanTakeIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	for _, station := range []string{"ST20", "ST21"} {
		q, err := f.Stations.Queue(f.ctx, site, station)
		f.must(err)
		if lotsOf(q.Next) != p.id+" " {
			t.Errorf("%s has %q", station, lotsOf(q.Next))
		}
	}
	f.must(p.start("ST20"))
	spare, err := f.Stations.Queue(f.ctx, site, "ST21")
	f.must(err)
	first, err := f.Stations.Queue(f.ctx, site, "ST20")
	f.must(err)
	if lotsOf(first.Now) != p.id+" " || len(first.Next)+len(spare.Now)+len(spare.Next) != 0 {
		t.Errorf("spare %+v, first %+v", spare, first)
	}
}

func TestTheTerminalShowsTheJob(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	if _, found, err := f.Stations.Job(f.ctx, site, "ST10", ""); found || err != nil {
		t.Errorf("an empty station: found %v, %v", found, err)
	}
	ps := f.lots("WO-1", "UNIT", 3)
	_, err := f.Lots.Hold(f.ctx, "h", site, ps[0].id, planner, "bent")
	f.must(err)
	j, found, err := f.Stations.Job(f.ctx, site, "ST10", "")
	f.must(err)
	if !found || j.Card.Lot != ps[1].id {
		t.Errorf("the first job is %s, want the first lot that may move, %s", j.Card.Lot, ps[1].id)
	}
	f.must(ps[1].start("ST10"))
	f.must(ps[1].scan(board(1)))
	f.must(f.Plant.Report(f.ctx, site, []mes.DeviceReport{{Device: "TC", State: "connected", Since: now(), Live: []byte(`[{"name":"torque","value":1.9}]`)}, {Device: "NOBODY", State: "down", Since: now()}}))
	j, found, err = f.Stations.Job(f.ctx, site, "ST10", ps[1].id)
	f.must(err)
	if !found || j.Position != 2 || j.Of != 3 || j.Revision != "A" || len(j.Operation.Steps) != 2 || j.Operation.Steps[0].Instruction != "Scan the board." {
		t.Errorf("job %+v", j)
	}
	if len(j.Steps) != 1 || j.Steps[0].Components[0].Lot != board(1) || j.Progress.Step != "2" || j.Next == nil || j.Next.Lot == ps[1].id {
		t.Errorf("steps %+v, progress %+v, next %+v", j.Steps, j.Progress, j.Next)
	}
	held, _, err := f.Stations.Job(f.ctx, site, "ST10", ps[0].id)
	f.must(err)
	if !held.Card.Held || held.Card.Why != "On hold: bent" || len(held.Holds) != 1 {
		t.Errorf("held job %+v", held.Card)
	}
	at20, _, err := f.Stations.Job(f.ctx, site, "ST20", ps[1].id)
	f.must(err)
	if len(at20.Devices) != 1 || at20.Devices[0].State != "connected" || !json.Valid(at20.Devices[0].Live) {
		t.Errorf("devices %+v", at20.Devices)
	}
	_, _, err = f.Stations.Job(f.ctx, site, "ST10", "U-77777")
	f.refused(err, mes.CodeNotFound, "U-77777")
}

func TestStationsSayHowTheyAre(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 2)
	state := func(id string) mes.StationView {
		t.Helper()
		view, err := f.Plant.View(f.ctx, site)
		f.must(err)
		for _, s := range view.Stations {
			if s.ID == id {
				return s
			}
		}
		t.Fatalf("%s is not in the plant", id)
		return mes.StationView{}
	}
	if s := state("ST10"); s.State != "idle" || s.Waiting != 2 || s.Line != "T1-L1" {
		t.Errorf("ST10 %+v", s)
	}
	ps[0].kitted(board(1))
	f.must(ps[0].start("ST20"))
	if s := state("ST20"); s.State != "running" || s.Running != 1 || s.Since.IsZero() {
		t.Errorf("ST20 %+v", s)
	}
	f.must(ps[0].record(mes.EntrySilent, ps[0].at.Silent("no answer in 90 s", now())))
	if s := state("ST20"); s.State != "stopped" || !contains(s.Reason, "TC gave no answer") {
		t.Errorf("ST20 %+v", s)
	}
	f.must(f.Plant.Report(f.ctx, site, []mes.DeviceReport{{Device: "TC", State: "down", Since: now(), Error: "connection refused"}}))
	if s := state("ST20"); s.State != "down" || !contains(s.Reason, "Torque controller") {
		t.Errorf("ST20 %+v", s)
	}
	_, err := f.Plant.View(f.ctx, "ELSEWHERE")
	f.refused(err, mes.CodeNotFound, "ELSEWHERE")
}

func TestAScanSaysWhatItIs(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 2)
	f.must(ps[0].start("ST10"))
	cases := []struct {
		name, code, lot string
		kind            mes.ScanKind
		subject, says   string
		fits            bool
	}{
		{"a board for the step", "(01)04012345000023(21)BOARD-1", ps[0].id, mes.ScanComponent, board(1), "1 pcs left", true},
		{"screws at the board's step", "SCREW-1", ps[0].id, mes.ScanComponent, "SCREW-1", "this step needs BOARD", false},
		{"screws with nothing in work", "SCREW-1", "", mes.ScanComponent, "SCREW-1", "1000 pcs left", false},
		{"a lot", ps[1].id, "", mes.ScanLot, ps[1].id, "queued", false},
		{"a badge", "B-OLGA", "", mes.ScanAccount, "olga", "Olga Operator", false},
		{"nothing known", "4711", "", mes.ScanUnknown, "", "4711 is not known here", false},
	}
	for _, c := range cases {
		got, err := f.Stations.Identify(f.ctx, site, c.code, c.lot)
		f.must(err)
		if got.Kind != c.kind || got.Subject != c.subject || got.FitsStep != c.fits || !contains(got.Text, c.says) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	_, err := f.Stations.Identify(f.ctx, site, "", "")
	f.refused(err, mes.CodeUnprocessable, "code")
}
