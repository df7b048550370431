//go:build engine

package engine

import (
	"slices"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"

	"github.com/steelthread/steelthread/workflows/contract"
)

// TestCalibrationRemindersOutliveARestart stops the worker while a site's reminders of calibrations sleep: the timer fires
// all the same, whoever carries it on, and no word goes out twice.
func TestCalibrationRemindersOutliveARestart(t *testing.T) {
	p := newPlant(t, "GAUGE")
	wake := func() {
		t.Helper()
		if err := contract.WakeGaugeWatch(p.ctx, p.client, p.site); err != nil {
			t.Fatal(err)
		}
	}
	out := func(want ...string) {
		t.Helper()
		p.until("the reminders", func() bool { return len(p.gauges.Out()) >= len(want) })
		if got := p.gauges.Out(); !slices.Equal(got, want) {
			t.Fatalf("%v went out, want %v", got, want)
		}
	}
	p.gauges.Calibrate("CAL-1", 1, 7*day+4*time.Second)
	wake()
	out("gauge/CAL-1/1/30")
	p.stop()
	p.work()
	out("gauge/CAL-1/1/30", "gauge/CAL-1/1/7")
	p.gauges.Calibrate("CAL-2", 3, time.Second)
	wake() // a second start finds the first
	out("gauge/CAL-1/1/30", "gauge/CAL-1/1/7", "gauge/CAL-2/3/7", "gauge/CAL-2/3/0")
	id := contract.GaugeWatchID(p.site)
	p.settled(id)
	h := &history.History{}
	it := p.client.GetWorkflowHistory(p.ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	save(t, "gaugewatch", "restarted", h)
	if err := p.client.TerminateWorkflow(p.ctx, id, "", "the test is over"); err != nil {
		t.Fatal(err)
	}
}
