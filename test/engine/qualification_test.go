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

const day = 24 * time.Hour

// TestRemindersOutliveARestart stops the worker while a site's reminders sleep: the timer fires all the same, whoever
// carries it on, and no word goes out twice.
func TestRemindersOutliveARestart(t *testing.T) {
	p := newPlant(t, "QUAL")
	wake := func() {
		t.Helper()
		if err := contract.WakeQualificationWatch(p.ctx, p.client, p.site); err != nil {
			t.Fatal(err)
		}
	}
	out := func(want ...string) {
		t.Helper()
		p.until("the reminders", func() bool { return len(p.held.Out()) >= len(want) })
		if got := p.held.Out(); !slices.Equal(got, want) {
			t.Fatalf("%v went out, want %v", got, want)
		}
	}
	p.held.Give(1, "olga", 7*day+4*time.Second)
	wake()
	out("qualification/1/30")
	p.stop()
	p.work()
	out("qualification/1/30", "qualification/1/7")
	p.held.Give(2, "hans", time.Second)
	wake() // a second start finds the first
	out("qualification/1/30", "qualification/1/7", "qualification/2/7", "qualification/2/0")
	id := contract.QualificationWatchID(p.site)
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
	t.Logf("five looks and three timers: %d events", len(h.Events))
	save(t, "qualificationwatch", "restarted", h)
	if err := p.client.TerminateWorkflow(p.ctx, id, "", "the test is over"); err != nil {
		t.Fatal(err)
	}
}
