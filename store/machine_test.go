package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// machines defines a tagged machine at ST20, which hands over to ST30, and stations that follow the work.
func (f *floor) machines() {
	f.Helper()
	for _, d := range []mes.MachineDefinition{
		{Station: "ST10", Site: site, Source: mes.MachineByWork, Next: []string{"ST20"}},
		{Station: "ST20", Site: site, Source: mes.MachineByTags, Next: []string{"ST30"}, Buffer: 2, Tags: &mes.MachineTags{Device: "TC", State: "state", PackML: true, Counters: mes.MachineCounters{Good: "good", Reject: "bad"}}},
		{Station: "ST30", Site: site, Source: mes.MachineByWork},
		{Station: "ST21", Site: site, Source: mes.MachineByHand},
	} {
		f.must(f.Machines.Define(f.ctx, planner, d, "test"))
	}
}

// batch is a batch of events of one node, whose records are numbered from first.
func batch(first int64, events ...mes.MachineEvent) mes.MachineBatch {
	b := mes.MachineBatch{Node: "n1", First: first, Alive: []string{"ST20"}}
	for _, e := range events {
		if e.Station == "" {
			e.Station = "ST20"
		}
		text, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		b.Records = append(b.Records, text)
	}
	return b
}

func state(s mes.MachineState, at time.Time) mes.MachineEvent {
	return mes.MachineEvent{Kind: mes.MachineStateEvent, State: s, Source: mes.FromTag, At: at, Continues: true}
}

func (f *floor) took(b mes.MachineBatch) mes.MachineTaken {
	f.Helper()
	out, err := f.Machines.Take(f.ctx, site, b)
	f.must(err)
	return out
}

// log reads a machine's log and makes sure that it has neither gap nor overlap.
func (f *floor) log(station string) []mes.StateStretch {
	f.Helper()
	l, err := f.Machines.Log(f.ctx, site, station, time.Now().Add(-240*time.Hour), time.Now().Add(time.Hour))
	f.must(err)
	for i, s := range l.Stretches {
		if last := i == len(l.Stretches)-1; last != (s.Until == nil) || !last && !s.Until.Equal(l.Stretches[i+1].From) {
			f.Fatalf("the log of %s is broken at %d: %+v", station, i, l.Stretches)
		}
	}
	return l.Stretches
}

func states(log []mes.StateStretch) []mes.MachineState {
	var out []mes.MachineState
	for _, s := range log {
		out = append(out, s.State)
	}
	return out
}

func TestAMachineTellsItsLogOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	at := time.Now().Add(-90 * time.Second)
	b := batch(1, state(mes.MachineRunning, at), state(mes.MachineUnplannedDown, at.Add(10*time.Second)),
		mes.MachineEvent{Kind: mes.MachineAlarmEvent, Alarm: "A17", Text: "Bit broken", At: at.Add(11 * time.Second)}, state(mes.MachineRunning, at.Add(30*time.Second)),
		mes.MachineEvent{Kind: mes.MachineAlarmEvent, At: at.Add(31 * time.Second)}, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 12, Rejected: 2, At: at.Add(40 * time.Second)})
	taken := f.took(b)
	again := f.took(b)
	if taken.Through != 6 || again.Through != 6 || taken.Unread != 0 {
		t.Errorf("taken %+v, again %+v", taken, again)
	}
	log := f.log("ST20")
	if got := states(log); len(got) != 3 || got[0] != mes.MachineRunning || got[1] != mes.MachineUnplannedDown || got[2] != mes.MachineRunning || log[1].Alarm != "A17" {
		t.Errorf("log %+v", log)
	}
	v, err := f.Machines.Get(f.ctx, site, "ST20")
	f.must(err)
	if v.State != mes.MachineRunning || v.Produced.String() != "12" || v.Rejected.String() != "2" || v.Alarm != "" {
		t.Errorf("view %+v", v)
	}
	// A batch that overlaps with what is taken is taken from where it is new.
	more := batch(6, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 12, Rejected: 2, At: at.Add(40 * time.Second)}, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 15, Rejected: 2, At: at.Add(50 * time.Second)})
	f.took(more)
	if v, err = f.Machines.Get(f.ctx, site, "ST20"); err != nil || v.Produced.String() != "15" {
		t.Errorf("view %+v %v", v, err)
	}
	if one := f.took(batch(8, mes.MachineEvent{Station: "ST99", Kind: mes.MachineStateEvent, State: mes.MachineIdle, At: at}, mes.MachineEvent{})); one.Unread != 2 || one.Through != 9 {
		t.Errorf("unknown machines and empty records: %+v", one)
	}
}
