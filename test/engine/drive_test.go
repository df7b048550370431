//go:build engine

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

var operator = mes.Actor{ID: "olga"}

// deliver signals a workflow; one that has ended needs no signal.
func deliver(p *plant, m mes.Message) {
	var v mes.LotMoved
	if err := json.Unmarshal(m.Payload, &v); err != nil {
		p.t.Error(err)
		return
	}
	id := contract.LotRouteID(p.site, v.Lot)
	if m.Kind == mes.MessageLotBehind {
		_ = contract.LotBehind.Send(p.ctx, p.client, id, contract.Behind{Version: v.Version})
		return
	}
	var voided mes.LotVoided
	if err := json.Unmarshal(m.Payload, &voided); err != nil {
		p.t.Error(err)
	}
	_ = contract.LotVoided.Send(p.ctx, p.client, id, voided)
}

// begin makes an order of the routing, starts its workflow and releases it.
func (p *plant) begin(quantity int64, r mes.Routing) {
	p.t.Helper()
	p.ledger.AddOrder(p.order, quantity, r)
	if err := contract.StartWorkOrder(p.ctx, p.client, contract.WorkOrderInput{Site: p.site, Number: p.order, Line: "L1"}); err != nil {
		p.t.Fatal(err)
	}
	p.command(contract.ReleaseOrder, "release")
}

// command tells the order something that must succeed.
func (p *plant) command(u kit.Update[contract.OrderCommand, contract.OrderAnswer], reason string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if _, err := u.Call(ctx, p.client, contract.WorkOrderID(p.site, p.order), reason, contract.OrderCommand{Actor: operator, Reason: reason}); err != nil {
		p.t.Fatalf("%s: %v", u.Name, err)
	}
}

// until waits for something to become true.
func (p *plant) until(what string, ok func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: waited in vain; lots %+v", what, p.ledger.Lots())
		}
	}
}

// lot drives one lot.
type lot struct {
	*plant
	id string
	n  int
}

// lot waits for the n-th lot of the order, from 0, and for its workflow.
func (p *plant) lot(n int) *lot {
	p.t.Helper()
	p.until("a lot", func() bool { return len(p.ledger.Lots()) > n })
	l := &lot{plant: p, id: p.ledger.Lots()[n].ID}
	p.until("its workflow", func() bool {
		_, err := p.client.DescribeWorkflowExecution(p.ctx, contract.LotRouteID(p.site, l.id), "")
		return err == nil
	})
	return l
}

func (l *lot) at() mes.Progress { return l.ledger.Lot(l.id).Progress }

// tell sends an update and returns its refusal.
func tell[In any](l *lot, u kit.Update[In, contract.LotAnswer], in In) error {
	l.n++
	ctx, cancel := context.WithTimeout(l.ctx, 20*time.Second)
	defer cancel()
	_, err := u.Call(ctx, l.client, contract.LotRouteID(l.site, l.id), fmt.Sprintf("%s-%d", u.Name, l.n), in)
	return err
}

func (l *lot) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("%s at %+v: %v", l.id, l.at(), err)
	}
}

func (l *lot) start(operation, station string) {
	l.t.Helper()
	l.must(tell(l, contract.StartOperation, mes.StartOperation{Actor: operator, Operation: operation, Station: station}))
}

func (l *lot) complete(operation, step string, with mes.CompleteStep) {
	l.t.Helper()
	with.Actor, with.Operation, with.Step = operator, operation, step
	l.must(tell(l, contract.CompleteStep, with))
}

func (l *lot) finish(operation string) {
	l.t.Helper()
	l.must(tell(l, contract.CompleteOperation, contract.OperationCommand{Actor: operator, Operation: operation}))
}

func (l *lot) scrap() {
	l.t.Helper()
	l.must(tell(l, contract.ScrapLot, contract.Scrap{Actor: operator, Quantity: l.at().Quantity, Reason: "scrap"}))
}

// waits waits for the lot to wait for something at a step.
func (l *lot) waits(step string, kind mes.WaitKind) {
	l.t.Helper()
	l.until(fmt.Sprintf("%s to wait for %s at %s", l.id, kind, step), func() bool { return l.at().Step == step && l.at().Wait.Kind == kind })
}

// prepare and pack do operations 10 and 30 of workflowtest.Routing.
func (l *lot) prepare() {
	l.t.Helper()
	l.start("10", "S1")
	l.complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	l.complete("10", "gap", workflowtest.Gap("1.5"))
	l.finish("10")
}

func (l *lot) pack() {
	l.t.Helper()
	l.start("30", "S3")
	l.waits("label", mes.WaitOperator)
	l.complete("30", "label", mes.CompleteStep{Scan: l.id})
	l.complete("30", "close", mes.CompleteStep{})
	l.finish("30")
}

// sees sends a verdict for the picture that the lot waits for.
func (l *lot) sees(event string, result mes.StepResult, confidence string) {
	l.t.Helper()
	p := l.at()
	l.must(contract.Verdict.Send(l.ctx, l.client, contract.LotRouteID(l.site, l.id), contract.VisionVerdict{Event: event, Operation: p.Operation, Step: p.Step,
		Shot: p.Wait.Shot, Key: mes.ShotKey(l.id, p), Verdict: mes.Verdict{Result: result, Confidence: mes.MustDecimal(confidence), ResultID: event}}))
}

// ends waits for a workflow to end well and returns its newest run's history.
func ends[Out any](p *plant, id string) (Out, *history.History) {
	p.t.Helper()
	var out Out
	ctx, cancel := context.WithTimeout(p.ctx, 60*time.Second)
	defer cancel()
	if err := p.client.GetWorkflow(ctx, id, "").Get(ctx, &out); err != nil {
		p.t.Fatalf("%s: %v", id, err)
	}
	return out, p.history(id, "")
}

func (p *plant) history(id, run string) *history.History {
	p.t.Helper()
	h := &history.History{}
	it := p.client.GetWorkflowHistory(p.ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			p.t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	return h
}

// grew tells by how many events a workflow's history grows while do runs, once nothing more is written.
func (p *plant) grew(id string, do func()) int {
	p.t.Helper()
	before := p.settled(id)
	do()
	return p.settled(id) - before
}

// settled is the length of a history that has not grown for a while.
func (p *plant) settled(id string) int {
	p.t.Helper()
	last, since := -1, time.Now()
	for time.Since(since) < 300*time.Millisecond {
		if n := len(p.history(id, "").Events); n != last {
			last, since = n, time.Now()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return last
}
