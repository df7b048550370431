package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/steelthread/steelthread/mes"
)

// sourceEngine marks rows of the workflow engine's history.
const sourceEngine = "engine"

// engineRows tells a run's history in rows: commands that were refused or are not finished, activities with their
// attempts and failures, waits, and how the run ended. What the engine writes for itself is left out, and so is what
// the records tell better: a command that was carried out is one of their rows.
func engineRows(events []*historypb.HistoryEvent, lot string) []mes.TimelineRow {
	t := teller{lot: lot, byID: make(map[int64]*historypb.HistoryEvent, len(events)), answered: map[int64]bool{}}
	for _, e := range events {
		t.byID[e.GetEventId()] = e
		if a := e.GetWorkflowExecutionUpdateCompletedEventAttributes(); a != nil {
			t.answered[a.GetAcceptedEventId()] = true
		}
	}
	for _, e := range events {
		t.tell(e)
	}
	return t.rows
}

type teller struct {
	lot      string
	byID     map[int64]*historypb.HistoryEvent
	answered map[int64]bool // updates, by the event that accepted them
	rows     []mes.TimelineRow
}

func (t *teller) add(e *historypb.HistoryEvent, r mes.TimelineRow) {
	r.At, r.Source, r.Lot = e.GetEventTime().AsTime(), sourceEngine, t.lot
	t.rows = append(t.rows, r)
}

func (t *teller) tell(e *historypb.HistoryEvent) {
	switch e.GetEventType() {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		a := e.GetWorkflowExecutionStartedEventAttributes()
		t.add(e, mes.TimelineRow{Kind: "run_started", Text: a.GetWorkflowType().GetName()})
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		t.updateAccepted(e)
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
		t.updateCompleted(e)
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		a := e.GetWorkflowExecutionSignaledEventAttributes()
		t.add(e, mes.TimelineRow{Kind: "told", Text: a.GetSignalName(), Reason: brief(a.GetInput())})
	case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		a := e.GetActivityTaskCompletedEventAttributes()
		t.activity(e, a.GetScheduledEventId(), a.GetStartedEventId(), "answered", brief(a.GetResult()))
	case enums.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		a := e.GetActivityTaskFailedEventAttributes()
		t.activity(e, a.GetScheduledEventId(), a.GetStartedEventId(), "failed", failureText(a.GetFailure()))
	case enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		a := e.GetActivityTaskTimedOutEventAttributes()
		t.activity(e, a.GetScheduledEventId(), a.GetStartedEventId(), "no answer", failureText(a.GetFailure()))
	case enums.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		a := e.GetActivityTaskCanceledEventAttributes()
		t.activity(e, a.GetScheduledEventId(), a.GetStartedEventId(), "cancelled", "")
	case enums.EVENT_TYPE_TIMER_FIRED:
		t.timer(e, e.GetTimerFiredEventAttributes().GetStartedEventId())
	case enums.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		t.add(e, mes.TimelineRow{Kind: "run_stumbled", Text: failureText(e.GetWorkflowTaskFailedEventAttributes().GetFailure())})
	default:
		if status := closedAs(e.GetEventType()); status != "" {
			t.add(e, mes.TimelineRow{Kind: "run_" + status, Text: failureText(e.GetWorkflowExecutionFailedEventAttributes().GetFailure())})
		}
	}
}

// updateAccepted tells of a command that has no answer yet.
func (t *teller) updateAccepted(e *historypb.HistoryEvent) {
	if !t.answered[e.GetEventId()] {
		t.add(e, commandRow(e, "command_taken", ""))
	}
}

// updateCompleted tells of a command that was refused when it was to be stored.
func (t *teller) updateCompleted(e *historypb.HistoryEvent) {
	a := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
	if f := a.GetOutcome().GetFailure(); f != nil {
		t.add(e, commandRow(t.byID[a.GetAcceptedEventId()], "command_refused", failureText(f)))
	}
}

// commandRow tells who asked for what.
func commandRow(accepted *historypb.HistoryEvent, kind, reason string) mes.TimelineRow {
	req := accepted.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest()
	var in struct {
		Actor     mes.Actor `json:"actor"`
		Operation string    `json:"operation"`
		Step      string    `json:"step"`
		Reason    string    `json:"reason"`
	}
	_ = json.Unmarshal(firstPayload(req.GetInput().GetArgs()), &in) // what has another form is told without these
	if reason == "" {
		reason = in.Reason
	}
	return mes.TimelineRow{Kind: kind, Actor: in.Actor.ID, Station: in.Actor.Station, Operation: in.Operation, Step: in.Step, Text: req.GetInput().GetName(), Reason: reason}
}

// activity tells what was asked of a device or of the house itself, in how many attempts, and what came back.
func (t *teller) activity(e *historypb.HistoryEvent, scheduledID, startedID int64, result, text string) {
	asked := t.byID[scheduledID]
	a := asked.GetActivityTaskScheduledEventAttributes()
	started := t.byID[startedID].GetActivityTaskStartedEventAttributes()
	var in struct {
		Device, Camera, Printer, Operation, Step string
	}
	_ = json.Unmarshal(firstPayload(a.GetInput()), &in) // what has another form is told without these
	r := mes.TimelineRow{Kind: a.GetActivityType().GetName(), Device: in.Device + in.Camera + in.Printer, Operation: in.Operation, Step: in.Step, Result: result, Text: text}
	if n := started.GetAttempt(); n > 1 {
		r.Reason = fmt.Sprintf("attempt %d; before: %s", n, failureText(started.GetLastFailure()))
	}
	r.Seconds = e.GetEventTime().AsTime().Sub(asked.GetEventTime().AsTime()).Round(time.Millisecond).Seconds()
	t.add(e, r)
}

func (t *teller) timer(e *historypb.HistoryEvent, startedID int64) {
	d := t.byID[startedID].GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration()
	t.add(e, mes.TimelineRow{Kind: "wait_ended", Text: fmt.Sprintf("the limit of %s has passed", d), Seconds: d.Seconds()})
}

// failureText is a failure's message with its causes.
func failureText(f *failurepb.Failure) string {
	var parts []string
	for ; f != nil && len(parts) < 4; f = f.GetCause() {
		if m := f.GetMessage(); m != "" {
			parts = append(parts, m)
		}
	}
	return shorten(strings.Join(parts, ": "))
}

func firstPayload(p *commonpb.Payloads) []byte {
	if len(p.GetPayloads()) == 0 {
		return nil
	}
	return p.GetPayloads()[0].GetData()
}

// brief is a payload in a few words: its plain fields, and how long its lists are.
func brief(p *commonpb.Payloads) string {
	data := firstPayload(p)
	var fields map[string]any
	if json.Unmarshal(data, &fields) != nil {
		return shorten(string(data))
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		label := strings.ReplaceAll(name, "_", " ")
		switch v := fields[name].(type) {
		case []any:
			parts = append(parts, fmt.Sprintf("%d %s", len(v), label))
		case string, float64, bool:
			parts = append(parts, fmt.Sprintf("%s %v", label, v))
		}
	}
	return shorten(strings.Join(parts, ", "))
}

const longest = 300

func shorten(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + " …"
}
