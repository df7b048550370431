package contract

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/kit"
)

// MaintenanceFlowID is the workflow ID of a maintenance job.
func MaintenanceFlowID(site, id string) string { return "maint/" + site + "/" + id }

// MaintenanceScheduleID is the ID of the schedule of a plan. The runs that it starts are named maint-due/<site>/<plan>-<time>.
func MaintenanceScheduleID(site, plan string) string { return "maint-plan/" + site + "/" + plan }

// MaintenanceWatchID is the workflow ID of the watch over a site's conditions.
func MaintenanceWatchID(site string) string { return "maint-watch/" + site }

// MaintenanceInput starts or continues a job's workflow.
type MaintenanceInput struct {
	Site string `json:"site"`
	Job  string `json:"job"`
}

// MaintenanceResult is how it ended.
type MaintenanceResult struct {
	State mes.MaintenanceState `json:"state"`
}

// MaintenanceDueInput is one occurrence of a plan. At is empty in what a schedule starts: the run knows its time itself.
type MaintenanceDueInput struct {
	Site string     `json:"site"`
	Plan string     `json:"plan"`
	At   *time.Time `json:"at,omitempty"`
}

// MaintenanceDueResult names the job that was made, or the one that was still open.
type MaintenanceDueResult struct {
	Job string `json:"job"`
}

// MaintenanceWatchInput starts or continues a watch.
type MaintenanceWatchInput struct {
	Site string `json:"site"`
}

var (
	// Maintenance reminds and escalates from a job's request until it is closed. What is decided stands in the records.
	Maintenance = kit.Workflow[MaintenanceInput, MaintenanceResult]{Name: "Maintenance"}
	// MaintenanceDue makes the job of one occurrence of a plan's calendar.
	MaintenanceDue = kit.Workflow[MaintenanceDueInput, MaintenanceDueResult]{Name: "MaintenanceDue"}
	// MaintenanceWatch looks at the conditions of a site's plans. It never ends.
	MaintenanceWatch = kit.Workflow[MaintenanceWatchInput, struct{}]{Name: "MaintenanceWatch"}
)

var (
	// MaintenanceMoved tells a job's workflow that its record changed, MaintenancePlansChanged a watch that plans did.
	MaintenanceMoved        = kit.Signal[mes.MaintenanceChanged]{Name: "MaintenanceMoved"}
	MaintenancePlansChanged = kit.Signal[mes.SiteChanged]{Name: "MaintenancePlansChanged"}
)

// Activities of maintenance.
var (
	// RemindMaintenance raises the reminders that are due and answers what is waited for.
	RemindMaintenance = kit.Activity[MaintenanceInput, mes.MaintenanceWait]{Name: "maintenance.Remind", Profile: Record}
	// OpenPlannedMaintenance makes a plan's job.
	OpenPlannedMaintenance = kit.Activity[MaintenanceDueInput, MaintenanceDueResult]{Name: "maintenance.OpenPlanned", Profile: Record}
	// WatchMaintenance sums machine logs since the last job, so it may take its time.
	WatchMaintenance = kit.Activity[MaintenanceWatchInput, mes.Reminded]{Name: "maintenance.Watch", Profile: Read}
)

// StartMaintenance starts a job's workflow, or finds it running.
func StartMaintenance(ctx context.Context, c client.Client, in MaintenanceInput) error {
	o := startOptions(MaintenanceFlowID(in.Site, in.Job))
	o.TypedSearchAttributes = temporal.NewSearchAttributes(AttrSite.ValueSet(in.Site))
	_, err := Maintenance.Start(ctx, c, o, in)
	return err
}

// TellMaintenance tells a job's workflow to look at the records, and starts it where it is not there.
func TellMaintenance(ctx context.Context, c client.Client, in MaintenanceInput) error {
	return tell(ctx, c, MaintenanceFlowID(in.Site, in.Job), MaintenanceMoved, mes.MaintenanceChanged(in), func() error { return StartMaintenance(ctx, c, in) })
}

// WakeMaintenanceWatch tells a site's watch to look at the plans, and starts it where it does not run.
func WakeMaintenanceWatch(ctx context.Context, c client.Client, site string) error {
	return wake(ctx, c, MaintenanceWatchID(site), site, MaintenancePlansChanged, MaintenanceWatch, MaintenanceWatchInput{Site: site})
}

// catchUp is for how long an occurrence is made up for when the engine was away at its time.
const catchUp = 30 * 24 * time.Hour

// PutMaintenanceSchedule makes the schedule of a plan what the plan says: made, changed, or deleted where the plan is not active or not by the
// calendar. Doing it again changes nothing.
func PutMaintenanceSchedule(ctx context.Context, c client.Client, p mes.MaintenancePlanChanged) error {
	id := MaintenanceScheduleID(p.Site, p.Plan)
	h := c.ScheduleClient().GetHandle(ctx, id)
	var gone *serviceerror.NotFound
	if !p.Active || p.Trigger.On != mes.TriggerCalendar {
		err := h.Delete(ctx)
		if errors.As(err, &gone) {
			return nil
		}
		return err
	}
	spec, err := scheduleOf(p)
	if err != nil {
		return err
	}
	err = h.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		s := in.Description.Schedule
		s.Spec = spec
		s.Action = dueAction(p)
		return &client.ScheduleUpdate{Schedule: &s}, nil
	}})
	if !errors.As(err, &gone) {
		return err
	}
	_, err = c.ScheduleClient().Create(ctx, client.ScheduleOptions{ID: id, Spec: *spec, Action: dueAction(p), Overlap: enums.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL, CatchupWindow: catchUp})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("the schedule of %s was made meanwhile: %w", p.Plan, err) // comes again, and is changed then
	}
	return err
}

func dueAction(p mes.MaintenancePlanChanged) *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{ID: "maint-due/" + p.Site + "/" + p.Plan, Workflow: MaintenanceDue.Name, TaskQueue: QueueCore,
		Args: []any{MaintenanceDueInput{Site: p.Site, Plan: p.Plan}}, TypedSearchAttributes: temporal.NewSearchAttributes(AttrSite.ValueSet(p.Site))}
}

func scheduleOf(p mes.MaintenancePlanChanged) (*client.ScheduleSpec, error) {
	hour, minute, ok := strings.Cut(p.Trigger.At, ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !ok || err1 != nil || err2 != nil {
		return nil, fmt.Errorf("plan %s: %q is no time of day", p.Plan, p.Trigger.At)
	}
	// All of it is said: an empty list means never to the engine.
	each := func(list []int, from, to int) []client.ScheduleRange {
		if len(list) == 0 {
			return []client.ScheduleRange{{Start: from, End: to}}
		}
		out := make([]client.ScheduleRange, len(list))
		for i, n := range list {
			out[i] = client.ScheduleRange{Start: n}
		}
		return out
	}
	at := func(n int) []client.ScheduleRange { return []client.ScheduleRange{{Start: n, End: n}} }
	return &client.ScheduleSpec{TimeZoneName: p.Zone, Calendars: []client.ScheduleCalendarSpec{{Second: at(0), Minute: at(m), Hour: at(h), DayOfWeek: each(p.Trigger.Weekdays, 0, 6),
		DayOfMonth: each(p.Trigger.Days, 1, 31), Month: each(p.Trigger.Months, 1, 12)}}}, nil
}
