package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
)

// run is one run of a workflow with its history.
type run struct {
	info   HistoryRun
	events []*historypb.HistoryEvent
}

// maxRuns bounds how far a chain of continued runs is followed back.
const maxRuns = 100

// runs reads every run of a workflow, oldest first: those that the engine still has by following the chain back from
// the newest, the others from the archive. gaps say what could not be read.
func (s *Server) runs(ctx context.Context, id string) (found []run, gaps []string) {
	archived, err := s.Archive.Runs(ctx, id)
	if err != nil {
		s.Log.WarnContext(ctx, "archive not read", "workflow", id, "err", err)
		gaps = append(gaps, "The archive of "+id+" could not be read.")
	}
	runID := ""
	for len(found) < maxRuns {
		events, err := s.engineHistory(ctx, id, runID)
		if gone(err) {
			break
		}
		if err != nil {
			s.Log.WarnContext(ctx, "history not read", "workflow", id, "err", err)
			gaps = append(gaps, "The workflow engine did not give the history of "+id+".")
			break
		}
		r := describe(id, runID, events)
		found = append(found, r)
		if runID = continuedFrom(events); runID == "" {
			break
		}
	}
	slices.Reverse(found)
	return s.withArchived(ctx, found, archived, gaps)
}

// withArchived marks the runs that are exported, and reads those that only the archive has.
func (s *Server) withArchived(ctx context.Context, found []run, archived []mes.ArchivedRun, gaps []string) ([]run, []string) {
	var older []run
	for _, a := range archived {
		i := slices.IndexFunc(found, func(r run) bool { return r.info.RunID == a.RunID })
		if i >= 0 {
			found[i].info.Archived, found[i].info.Blob = true, a.Blob
			continue
		}
		events, err := s.archivedHistory(ctx, a.Blob)
		if err != nil {
			s.Log.WarnContext(ctx, "archived history not read", "workflow", a.WorkflowID, "run", a.RunID, "err", err)
			gaps = append(gaps, "The archived history of "+a.WorkflowID+" could not be read.")
		}
		r := describe(a.WorkflowID, a.RunID, events)
		r.info.Events, r.info.Archived, r.info.Blob = a.Events, true, a.Blob
		if len(events) == 0 {
			r.info.Status = strings.ToLower(a.Status)
		}
		older = append(older, r)
	}
	return append(older, found...), gaps
}

func gone(err error) bool {
	var nf *serviceerror.NotFound
	var bad *serviceerror.InvalidArgument
	return errors.As(err, &nf) || errors.As(err, &bad)
}

func (s *Server) engineHistory(ctx context.Context, id, runID string) ([]*historypb.HistoryEvent, error) {
	var events []*historypb.HistoryEvent
	it := s.Temporal.GetWorkflowHistory(ctx, id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func (s *Server) archivedHistory(ctx context.Context, hash string) ([]*historypb.HistoryEvent, error) {
	b, err := s.Blobs.Get(ctx, hash)
	if err != nil {
		return nil, err
	}
	h, err := client.HistoryFromJSON(bytes.NewReader(b.Content), client.HistoryJSONOptions{})
	if err != nil {
		return nil, fmt.Errorf("history in blob %s: %w", hash, err)
	}
	return h.GetEvents(), nil
}

// describe reads a run's own data from its first and last event.
func describe(id, runID string, events []*historypb.HistoryEvent) run {
	r := run{info: HistoryRun{WorkflowID: id, RunID: runID, Status: "running", Events: len(events)}, events: events}
	if len(events) == 0 {
		return r
	}
	first, last := events[0], events[len(events)-1]
	if a := first.GetWorkflowExecutionStartedEventAttributes(); a != nil {
		r.info.RunID = a.GetOriginalExecutionRunId()
		if runID != "" {
			r.info.RunID = runID
		}
	}
	at := first.GetEventTime().AsTime()
	r.info.StartedAt = &at
	if status := closedAs(last.GetEventType()); status != "" {
		end := last.GetEventTime().AsTime()
		r.info.Status, r.info.ClosedAt = status, &end
	}
	return r
}

func closedAs(t enums.EventType) string {
	switch t {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		return "completed"
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return "failed"
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return "timed_out"
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return "cancelled"
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		return "terminated"
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return "continued"
	}
	return ""
}

func continuedFrom(events []*historypb.HistoryEvent) string {
	if len(events) == 0 {
		return ""
	}
	return events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
}
