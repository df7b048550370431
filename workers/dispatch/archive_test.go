package dispatch

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/mock"
	common "go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// shelf is an archive in memory.
type shelf struct {
	runs []mes.ArchivedRun
	text []string
}

func (s *shelf) Put(_ context.Context, r mes.ArchivedRun, h []byte) (mes.ArchivedRun, error) {
	s.runs, s.text = append(s.runs, r), append(s.text, string(h))
	return r, nil
}

func (s *shelf) Runs(context.Context, string) ([]mes.ArchivedRun, error) { return s.runs, nil }

// events is a history of one event that began after another run.
type events struct{ list []*history.HistoryEvent }

func (e *events) HasNext() bool { return len(e.list) > 0 }
func (e *events) Next() (*history.HistoryEvent, error) {
	next := e.list[0]
	e.list = e.list[1:]
	return next, nil
}

func began(after string) client.HistoryEventIterator {
	return &events{[]*history.HistoryEvent{{EventId: 1, EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &history.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &history.WorkflowExecutionStartedEventAttributes{ContinuedExecutionRunId: after}}}}}
}

func described(run string, status enums.WorkflowExecutionStatus) *workflowservice.DescribeWorkflowExecutionResponse {
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Execution: &common.WorkflowExecution{RunId: run}, Status: status}}
}

func TestEveryRunOfAnOrderIsArchived(t *testing.T) {
	c := mocks.NewClient(t)
	c.On("DescribeWorkflowExecution", mock.Anything, "wo/HAM/4711", "").Return(described("run-2", enums.WORKFLOW_EXECUTION_STATUS_COMPLETED), nil)
	c.On("GetWorkflowHistory", mock.Anything, "wo/HAM/4711", "run-2", false, mock.Anything).Return(began("run-1"))
	c.On("GetWorkflowHistory", mock.Anything, "wo/HAM/4711", "run-1", false, mock.Anything).Return(began(""))
	s := &shelf{}
	answer, err := Archive(c, s)(t.Context(), messageOf(t, mes.MessageArchiveRun, mes.RunEnded{Noun: "order", Site: "HAM", Subject: "4711"}))
	if err != nil || answer != "2 runs" || len(s.runs) != 2 {
		t.Fatalf("%q, %v, %+v", answer, err, s.runs)
	}
	if s.runs[0].RunID != "run-2" || s.runs[0].Status != "Completed" || s.runs[1].Status != "ContinuedAsNew" || s.runs[0].Subject != "4711" || s.runs[1].Events != 1 {
		t.Errorf("%+v", s.runs)
	}
	if !strings.Contains(s.text[0], "workflowExecutionStarted") && !strings.Contains(s.text[0], "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED") {
		t.Errorf("%s", s.text[0])
	}
}

func TestAnOpenRunIsArchivedLaterAndItsWorkflowIsAskedToLook(t *testing.T) {
	for attempts, asked := range map[int]bool{0: false, nudgeEvery - 1: true, nudgeEvery: false, 3*nudgeEvery - 1: true} {
		c := mocks.NewClient(t)
		c.On("DescribeWorkflowExecution", mock.Anything, "lot/HAM/A", "").Return(described("run-1", enums.WORKFLOW_EXECUTION_STATUS_RUNNING), nil)
		if asked {
			c.On("SignalWorkflow", mock.Anything, "lot/HAM/A", "", contract.LotBehind.Name, mock.Anything).Return(nil)
		}
		m := messageOf(t, mes.MessageArchiveRun, mes.RunEnded{Noun: "lot", Site: "HAM", Subject: "A"})
		m.Attempts = attempts
		_, err := Archive(c, &shelf{})(t.Context(), m)
		if !errors.As(err, new(later)) {
			t.Errorf("after %d attempts: %v", attempts, err)
		}
	}
}

func TestAHistoryThatTheEngineHasForgottenIsParked(t *testing.T) {
	c := mocks.NewClient(t)
	c.On("DescribeWorkflowExecution", mock.Anything, "lot/HAM/A", "").Return(nil, serviceerror.NewNotFound("gone"))
	_, err := Archive(c, &shelf{})(t.Context(), messageOf(t, mes.MessageArchiveRun, mes.RunEnded{Noun: "lot", Site: "HAM", Subject: "A"}))
	if !errors.As(err, new(dead)) {
		t.Error(err)
	}
}
