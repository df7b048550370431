package dispatch

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

func messageOf(t *testing.T, kind string, payload any) mes.Message {
	t.Helper()
	b, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return mes.Message{Destination: mes.ToWorkflow, Kind: kind, Key: "k", Payload: b}
}

func TestAnOrderIsStarted(t *testing.T) {
	c := mocks.NewClient(t)
	isOrder := mock.MatchedBy(func(o client.StartWorkflowOptions) bool {
		return o.ID == "wo/HAM/4711" && o.TaskQueue == contract.QueueCore
	})
	c.On("ExecuteWorkflow", mock.Anything, isOrder, "WorkOrder", contract.WorkOrderInput{Site: "HAM", Number: "4711", Line: "L1"}).Return(mocks.NewWorkflowRun(t), nil)
	if _, err := Workflows(c)(t.Context(), messageOf(t, mes.MessageStartOrder, mes.OrderStart{Site: "HAM", Number: "4711", Line: "L1"})); err != nil {
		t.Error(err)
	}
}

func TestAVerdictIsSignalledWhole(t *testing.T) {
	stored := mes.VerdictStored{Site: "HAM", Lot: "A", Event: "e1", Operation: "20", Step: "look", Shot: 2, Key: "A/20/1/look/1/2",
		Verdict: mes.Verdict{Result: mes.ResultPass, Confidence: mes.MustDecimal("0.9"), ResultID: "e1"}}
	c := mocks.NewClient(t)
	same := mock.MatchedBy(func(v contract.VisionVerdict) bool {
		return v.Event == "e1" && v.Operation == "20" && v.Step == "look" && v.Shot == 2 && v.Key == stored.Key && v.Verdict.ResultID == "e1" &&
			v.Verdict.Result == mes.ResultPass && v.Verdict.Confidence.Equal(stored.Verdict.Confidence)
	})
	c.On("SignalWorkflow", mock.Anything, "lot/HAM/A", "", contract.Verdict.Name, same).Return(nil)
	if _, err := Workflows(c)(t.Context(), messageOf(t, mes.MessageVerdict, stored)); err != nil {
		t.Error(err)
	}
}

func TestAWorkflowThatHasEndedNeedsNoSignal(t *testing.T) {
	for err, delivered := range map[error]bool{serviceerror.NewNotFound("closed"): true, serviceerror.NewUnavailable("away"): false, errors.New("other"): false} {
		c := mocks.NewClient(t)
		c.On("SignalWorkflow", mock.Anything, "lot/HAM/A", "", contract.LotVoided.Name, mock.Anything).Return(err)
		_, got := Workflows(c)(t.Context(), messageOf(t, mes.MessageLotVoided, mes.LotVoided{Site: "HAM", Lot: "A"}))
		if (got == nil) != delivered {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestWhatNobodyUnderstandsIsParked(t *testing.T) {
	c := mocks.NewClient(t)
	for _, m := range []mes.Message{{Kind: "other", Payload: []byte("{}")}, {Kind: mes.MessageVerdict, Payload: []byte("[")}} {
		if _, err := Workflows(c)(t.Context(), m); !errors.As(err, new(dead)) {
			t.Errorf("%s: %v", m.Kind, err)
		}
	}
}

func TestALotThatHasWorkAgainIsStartedAndTold(t *testing.T) {
	moved := mes.LotReopened{Site: "HAM", Lot: "A", Order: "4711", Line: "L1", Version: 9}
	for told, delivered := range map[error]bool{nil: true, serviceerror.NewNotFound("closed"): true, serviceerror.NewUnavailable("away"): false} {
		c := mocks.NewClient(t)
		isLot := mock.MatchedBy(func(o client.StartWorkflowOptions) bool {
			return o.ID == "lot/HAM/A" && o.TaskQueue == contract.QueueCore
		})
		c.On("ExecuteWorkflow", mock.Anything, isLot, "LotRoute", contract.LotRouteInput{Site: "HAM", Lot: "A"}).Return(mocks.NewWorkflowRun(t), nil)
		c.On("SignalWorkflow", mock.Anything, "lot/HAM/A", "", contract.LotBehind.Name, contract.Behind{Version: 9, Reason: "rework"}).Return(told)
		_, err := Workflows(c)(t.Context(), messageOf(t, mes.MessageLotReopened, moved))
		if (err == nil) != delivered {
			t.Errorf("%v: %v", told, err)
		}
	}
}
