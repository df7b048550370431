//go:build engine

package engine

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestStepsCostFewEvents counts: what a step costs in events is what the system's speed and its storage depend on.
func TestStepsCostFewEvents(t *testing.T) {
	p := newPlant(t, "COST")
	p.begin(1, workflowtest.Routing())
	l := p.lot(0)
	id := contract.LotRouteID(p.site, l.id)
	check := func(what string, most int, do func()) {
		t.Helper()
		n := p.grew(id, do)
		t.Logf("%-34s %d events", what, n)
		if n > most {
			t.Errorf("%s costs %d events, at most %d are allowed", what, n, most)
		}
	}
	check("start an operation", 6, func() { l.start("10", "S1") })
	check("scan a component", 6, func() { l.complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part}) })
	check("a value out of limits, refused", 6, func() {
		with := workflowtest.Gap("9")
		with.Actor, with.Operation, with.Step = operator, "10", "gap"
		if tell(l, contract.CompleteStep, with) == nil {
			t.Error("a value out of limits was taken")
		}
	})
	check("a command out of order, refused", 0, func() {
		if tell(l, contract.CompleteOperation, contract.OperationCommand{Actor: operator, Operation: "10"}) == nil {
			t.Error("an operation with an open step was finished")
		}
	})
	check("enter a value", 6, func() { l.complete("10", "gap", workflowtest.Gap("1.5")) })
	check("finish an operation", 6, func() { l.finish("10") })
	release := make(chan struct{})
	p.devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		<-release
		return workflowtest.Good(in), nil
	}
	check("start at a machine", 7, func() { l.start("20", "S2") })
	// The cycle itself was scheduled with the start: 6 for its answer, 7 to ask for a picture and time it.
	check("a machine's answer, a picture asked for", 13, func() { close(release); l.waits("look", mes.WaitCamera) })
	check("a verdict", 6, func() { l.sees("v1", mes.ResultPass, "0.9"); l.waits("", mes.WaitOperator) })
	l.finish("20")
	l.pack()
	out, h := ends[contract.LotRouteResult](p, id)
	t.Logf("the whole lot: %d events", len(h.Events))
	if out.State != mes.LotPacked {
		t.Errorf("the lot ended %s", out.State)
	}
	ends[contract.WorkOrderResult](p, contract.WorkOrderID(p.site, p.order))
}

// TestDeviceStepCost counts a device step alone: from the step before it to the wait for the operator behind it.
func TestDeviceStepCost(t *testing.T) {
	r := workflowtest.Routing()
	r.Operations = r.Operations[1:2]
	r.Operations[0].OnFail = mes.FailRule{Then: mes.FailReview}
	r.Operations[0].Steps = []mes.Step{{ID: "ready", Kind: mes.StepConfirm, Name: "Ready"}, r.Operations[0].Steps[0]}
	p := newPlant(t, "DEV")
	p.begin(1, r)
	l := p.lot(0)
	l.start("20", "S2")
	n := p.grew(contract.LotRouteID(p.site, l.id), func() {
		l.complete("20", "ready", mes.CompleteStep{})
		l.waits("", mes.WaitOperator)
	})
	t.Logf("an operator's step and the machine's step behind it: %d events", n)
	if n > 6+8 {
		t.Errorf("the device step costs %d events, at most 8 are allowed", n-6)
	}
	l.finish("20")
	ends[contract.WorkOrderResult](p, contract.WorkOrderID(p.site, p.order))
}
