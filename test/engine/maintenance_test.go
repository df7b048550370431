//go:build engine

package engine

import (
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestAMaintenanceJobOutlivesARestartInItsMiddle stops the worker while the machine is locked out: the escalation's time comes while nobody works,
// and whoever takes over raises it once.
func TestAMaintenanceJobOutlivesARestartInItsMiddle(t *testing.T) {
	p := newPlant(t, "MAINT1")
	work := workflowtest.MaintenanceWork{Maintenances: p.maintenance, ID: "MJ-0001"}
	in := contract.MaintenanceInput{Site: workflowtest.Site, Job: work.ID}
	step := func(do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if err := contract.TellMaintenance(p.ctx, p.client, in); err != nil {
			t.Fatal(err)
		}
	}
	p.maintenance.Put(workflowtest.BrokenMachine(work.ID, mes.SeverityHigh, time.Now().UTC()))
	if err := contract.StartMaintenance(p.ctx, p.client, in); err != nil {
		t.Fatal(err)
	}
	step(func() error { return work.Plan(2 * time.Second) })
	step(work.Begin)
	id := contract.MaintenanceFlowID(in.Site, in.Job)
	p.settled(id)
	p.stop()
	due := time.Now().Add(3 * time.Second)
	p.until("the due date", func() bool { return time.Now().After(due) })
	p.work()
	p.until("the reminder", func() bool { return len(p.maintenance.Alerts()) >= 1 })
	step(work.HandBack)
	step(work.Close)
	out, h := ends[contract.MaintenanceResult](p, id)
	if out.State != mes.MaintenanceClosed {
		t.Errorf("it ended %q", out.State)
	}
	if got := p.maintenance.Alerts(); len(got) != 1 || got[0] != "maintenance_due due ole" {
		t.Errorf("raised %q", got)
	}
	save(t, "maintenance", "restarted-locked-out", h)
}

// TestAPlansScheduleFiresAndFollowsThePlan has the engine itself make the job of a plan at its time, changes the plan, and takes it away.
func TestAPlansScheduleFiresAndFollowsThePlan(t *testing.T) {
	p := newPlant(t, "MAINT2")
	plan := mes.MaintenancePlanChanged{Site: workflowtest.Site, Plan: "GREASE", Zone: "Europe/Berlin", Active: true, Trigger: mes.MaintenanceTrigger{On: mes.TriggerCalendar, At: "06:00", Weekdays: []int{1}}, Version: 1}
	put := func() {
		t.Helper()
		for range 2 { // a message that comes twice changes nothing
			if err := contract.PutMaintenanceSchedule(p.ctx, p.client, plan); err != nil {
				t.Fatal(err)
			}
		}
	}
	put()
	h := p.client.ScheduleClient().GetHandle(p.ctx, contract.MaintenanceScheduleID(plan.Site, plan.Plan))
	var next time.Time
	p.until("the engine's next time", func() bool {
		d, err := h.Describe(p.ctx)
		if err != nil || len(d.Info.NextActionTimes) == 0 {
			return false
		}
		next = d.Info.NextActionTimes[0]
		return true
	})
	zone, err := time.LoadLocation(plan.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if want := plan.Trigger.Next(time.Now(), zone); !next.Equal(*want) {
		t.Errorf("the engine's next time is %s, the plan's %s", next, want)
	}
	soon := time.Now().In(zone).Add(time.Minute).Truncate(time.Minute)
	if time.Until(soon) < 3*time.Second {
		soon = soon.Add(time.Minute)
	}
	plan.Trigger = mes.MaintenanceTrigger{On: mes.TriggerCalendar, At: soon.Format("15:04")}
	put()
	deadline := time.Now().Add(3 * time.Minute)
	for p.maintenance.Occurrences() == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the schedule did not fire")
		}
		time.Sleep(100 * time.Millisecond)
	}
	id := "maint-due/" + plan.Site + "/" + plan.Plan + "-" + soon.UTC().Format(time.RFC3339)
	out, run := ends[contract.MaintenanceDueResult](p, id)
	if out.Job != "MJ-0001" {
		t.Errorf("%+v", out)
	}
	if job, err := p.maintenance.OpenPlanned(p.ctx, plan.Site, plan.Plan, soon); err != nil || job != "MJ-0001" || p.maintenance.Occurrences() != 1 {
		t.Errorf("the occurrence is not the one of the plan's own time: %s %v, %d", job, err, p.maintenance.Occurrences())
	}
	save(t, "maintenance", "due-by-schedule", run)
	plan.Active = false
	put()
	if _, err := h.Describe(p.ctx); err == nil {
		t.Error("the schedule of a plan that is not active is there")
	}
}

// TestTheWatchOverConditionsOutlivesARestart looks twice, with another worker each time.
func TestTheWatchOverConditionsOutlivesARestart(t *testing.T) {
	p := newPlant(t, "MAINT3")
	p.maintenance.Condition = func() mes.Reminded {
		now := time.Now()
		next := now.Add(time.Second)
		return mes.Reminded{Now: now, Next: &next}
	}
	if err := contract.WakeMaintenanceWatch(p.ctx, p.client, p.site); err != nil {
		t.Fatal(err)
	}
	p.until("the first look", func() bool { return p.maintenance.Looks() >= 1 })
	p.stop()
	n := p.maintenance.Looks()
	p.work()
	p.until("a further look", func() bool { return p.maintenance.Looks() > n })
	id := contract.MaintenanceWatchID(p.site)
	h := &history.History{}
	it := p.client.GetWorkflowHistory(p.ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	save(t, "maintenancewatch", "restarted", h)
	if err := p.client.TerminateWorkflow(p.ctx, id, "", "the test is over"); err != nil {
		t.Fatal(err)
	}
}
