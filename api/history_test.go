package api

import (
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/steelthread/steelthread/mes"
)

func payload(json string) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte(json)}}}
}

// lotRun is the history of a lot's run: a command, a machine that answers at the second attempt, a camera that does not.
func lotRun(previous string) []*historypb.HistoryEvent {
	at := func(s int) *timestamppb.Timestamp { return timestamppb.New(monday.Add(time.Duration(s) * time.Second)) }
	return []*historypb.HistoryEvent{
		{EventId: 1, EventTime: at(0), EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{WorkflowType: &commonpb.WorkflowType{Name: "LotRoute"}, OriginalExecutionRunId: "run-2", ContinuedExecutionRunId: previous}}},
		{EventId: 2, EventTime: at(1), EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{
			WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{AcceptedRequest: &updatepb.Request{
				Input: &updatepb.Input{Name: "StartOperation", Args: payload(`{"actor":{"id":"op-121","station":"ST20"},"operation":"20"}`)}}}}},
		{EventId: 3, EventTime: at(2), EventType: enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{ActivityType: &commonpb.ActivityType{Name: "device.RunCycle"}, Input: payload(`{"device":"TC-20","operation":"20","step":"20-2"}`)}}},
		{EventId: 4, EventTime: at(3), EventType: enums.EVENT_TYPE_ACTIVITY_TASK_STARTED, Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
			ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{Attempt: 2, LastFailure: &failurepb.Failure{Message: "connection lost"}}}},
		{EventId: 5, EventTime: at(6), EventType: enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
			ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{ScheduledEventId: 3, StartedEventId: 4, Result: payload(`{"program":7,"readings":[1,2]}`)}}},
		{EventId: 6, EventTime: at(7), EventType: enums.EVENT_TYPE_TIMER_STARTED, Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
			TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{StartToFireTimeout: durationpb.New(30 * time.Second)}}},
		{EventId: 7, EventTime: at(37), EventType: enums.EVENT_TYPE_TIMER_FIRED, Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{
			TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{StartedEventId: 6}}},
		{EventId: 8, EventTime: at(40), EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{}}},
	}
}

func withStory(t *testing.T) *house {
	h := newHouse(t)
	h.orders.timeline = []mes.TimelineRow{
		{At: monday.Add(time.Second), Source: "lot", Kind: "operation_started", Lot: "L1", Actor: "op-121"},
		{At: monday.Add(6 * time.Second), Source: "step", Kind: "device", Lot: "L1", Device: "TC-20"},
		{At: monday.Add(time.Hour), Source: "outbox", Kind: "confirmed"}}
	return h
}

func story(h *house, query string) History {
	h.t.Helper()
	var out History
	h.get(mes.RoleAuditor, "~/work-orders/4711/history"+query).wants(200).into(&out)
	return out
}

func TestHistoryJoinsTheEngines(t *testing.T) {
	h := withStory(t)
	h.temporal.history = map[string][]*historypb.HistoryEvent{"lot/HAM/L1#": lotRun("run-1"), "lot/HAM/L1#run-1": lotRun("")[:2]}
	out := story(h, "")
	if len(out.Runs) != 2 || out.Runs[0].RunID != "run-1" || out.Runs[1].RunID != "run-2" || out.Runs[1].Status != "completed" || out.Runs[1].Lot != "L1" || len(out.Gaps) != 0 {
		t.Errorf("the runs are %+v, gaps %v", out.Runs, out.Gaps)
	}
	var told []string
	last := time.Time{}
	for _, r := range out.Rows {
		if r.At.Before(last) {
			t.Errorf("%+v is out of order", r)
		}
		last = r.At
		told = append(told, strings.Join([]string{r.Source, r.Kind, r.Device, r.Actor, r.Text, r.Reason}, "|"))
	}
	all := strings.Join(told, "\n")
	for _, want := range []string{"engine|command_taken||op-121|StartOperation|", `engine|device.RunCycle|TC-20||program 7, 2 readings|attempt 2; before: connection lost`, "engine|wait_ended|||the limit of 30s has passed|", "engine|run_completed", "outbox|confirmed"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
}

// TestHistoryAfterTheEngineForgot reads a run from its archive.
func TestHistoryAfterTheEngineForgot(t *testing.T) {
	h := withStory(t)
	content, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&historypb.History{Events: lotRun("")})
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Repeat("b", 64)
	h.blobs.rows[hash] = mes.Blob{Hash: hash, ContentType: "application/json", Content: content}
	h.archive.runs = []mes.ArchivedRun{{WorkflowID: "lot/HAM/L1", RunID: "run-2", Status: "completed", Events: 8, Blob: hash}}
	out := story(h, "?lot=L1")
	if len(out.Runs) != 1 || !out.Runs[0].Archived || out.Runs[0].Blob != hash || out.Runs[0].Events != 8 {
		t.Errorf("the runs are %+v", out.Runs)
	}
	found := false
	for _, r := range out.Rows {
		found = found || r.Kind == "device.RunCycle" && r.Device == "TC-20"
		if r.Source == "outbox" {
			t.Error("the story of one lot tells of others")
		}
	}
	if !found {
		t.Errorf("the archived run is not told: %+v", out.Rows)
	}
	delete(h.blobs.rows, hash)
	if out := story(h, "?lot=L1"); len(out.Gaps) != 1 || len(out.Rows) != 2 {
		t.Errorf("a lost archive leaves the gaps %v", out.Gaps)
	}
}

func TestHistoryPages(t *testing.T) {
	h := withStory(t)
	first := story(h, "?limit=2")
	if len(first.Rows) != 2 || first.Next != "2" || first.Total != 3 {
		t.Errorf("the first page is %+v", first)
	}
	second := story(h, "?limit=2&cursor=2")
	if len(second.Rows) != 1 || second.Next != "" || second.Rows[0].Kind != "confirmed" {
		t.Errorf("the second page is %+v", second)
	}
	csv := h.get(mes.RoleAuditor, "~/work-orders/4711/history?format=csv").wants(200)
	if n := strings.Count(strings.TrimSpace(string(csv.body)), "\n"); n != 3 {
		t.Errorf("the table has %d rows:\n%s", n, csv.body)
	}
	h.get(mes.RoleOperator, "~/work-orders/4711/history").refused(403, mes.CodeForbidden)
	h.get(mes.RoleAuditor, "~/work-orders/4711/history?cursor=-1").refused(422, mes.CodeUnprocessable, "query.cursor")
}

// TestCommandsInTheHistory tells a refused command once, with who gave it, and leaves one that was carried out to the
// records.
func TestCommandsInTheHistory(t *testing.T) {
	accepted := func(id int64, name string) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: id, EventTime: timestamppb.New(monday), EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
				AcceptedRequest: &updatepb.Request{Input: &updatepb.Input{Name: name, Args: payload(`{"actor":{"id":"op-121"},"operation":"20"}`)}}}}}
	}
	completed := func(id, of int64, failure string) *historypb.HistoryEvent {
		out := &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: payload(`{}`)}}
		if failure != "" {
			out.Value = &updatepb.Outcome_Failure{Failure: &failurepb.Failure{Message: failure}}
		}
		return &historypb.HistoryEvent{EventId: id, EventTime: timestamppb.New(monday), EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateCompletedEventAttributes{WorkflowExecutionUpdateCompletedEventAttributes: &historypb.WorkflowExecutionUpdateCompletedEventAttributes{AcceptedEventId: of, Outcome: out}}}
	}
	rows := engineRows([]*historypb.HistoryEvent{accepted(1, "PauseOperation"), completed(2, 1, ""), accepted(3, "CompleteStep"), completed(4, 3, "L1 is on hold."), accepted(5, "ScrapLot")}, "L1")
	if len(rows) != 2 || rows[0].Kind != "command_refused" || rows[0].Actor != "op-121" || rows[0].Reason != "L1 is on hold." || rows[1].Kind != "command_taken" || rows[1].Text != "ScrapLot" {
		t.Errorf("told %+v", rows)
	}
}
