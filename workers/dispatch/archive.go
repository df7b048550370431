package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// notClosed is how long to wait for a run that is about to end.
const notClosed = 2 * time.Second

// nudgeEvery is how many looks at an open run go by before its workflow is asked to look at the ledger.
const nudgeEvery = 5

// Archive exports the history of an ended workflow, every run of its chain, before the engine forgets it. The store
// keeps each run once and puts its hash into the audit chain.
func Archive(c client.Client, keep mes.Archive) Deliver {
	return func(ctx context.Context, m mes.Message) (string, error) {
		ended, err := decode[mes.RunEnded](m)
		if err != nil {
			return "", err
		}
		id := contract.LotRouteID(ended.Site, ended.Subject)
		switch ended.Noun {
		case "order":
			id = contract.WorkOrderID(ended.Site, ended.Subject)
		case mes.NounContainment:
			id = contract.LotHoldID(ended.Site, ended.Subject)
		case mes.NounCAPA:
			id = contract.CAPAFlowID(ended.Site, ended.Subject)
		case mes.NounCall:
			id = contract.AndonID(ended.Site, ended.Subject)
		case mes.NounMaintenance:
			id = contract.MaintenanceFlowID(ended.Site, ended.Subject)
		}
		n, err := exportChain(ctx, c, keep, id, ended.Subject)
		var open later
		if errors.As(err, &open) && ended.Noun == "lot" && m.Attempts%nudgeEvery == nudgeEvery-1 {
			// The ledger has ended the lot and its workflow does not know: the process that told it so was lost.
			return "", errors.Join(err, contract.LotBehind.Send(ctx, c, id, contract.Behind{Reason: "ended"}))
		}
		var gone *serviceerror.NotFound
		if errors.As(err, &gone) {
			return "", Dead(fmt.Errorf("the engine has no history of %s", id))
		}
		return fmt.Sprintf("%d runs", n), err
	}
}

// exportChain walks back from the newest run to the first.
func exportChain(ctx context.Context, c client.Client, keep mes.Archive, id, subject string) (int, error) {
	d, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return 0, err
	}
	info := d.GetWorkflowExecutionInfo()
	if info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return 0, Later(notClosed, "the run is still open")
	}
	run, status, n := info.GetExecution().GetRunId(), info.GetStatus().String(), 0
	for run != "" {
		h, before, err := read(ctx, c, id, run)
		if err != nil {
			return n, err
		}
		text, err := temporalproto.CustomJSONMarshalOptions{Indent: ""}.Marshal(h)
		if err != nil {
			return n, err
		}
		_, err = keep.Put(ctx, mes.ArchivedRun{WorkflowID: id, RunID: run, Subject: subject, Status: status, Events: len(h.Events)}, text)
		if err != nil {
			return n, err
		}
		run, status, n = before, enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW.String(), n+1
	}
	return n, nil
}

// read fetches one run's history and the run that it continues.
func read(ctx context.Context, c client.Client, id, run string) (h *history.History, before string, err error) {
	h = &history.History{}
	it := c.GetWorkflowHistory(ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			return nil, "", err
		}
		h.Events = append(h.Events, e)
	}
	if len(h.Events) > 0 {
		before = h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	return h, before, nil
}
