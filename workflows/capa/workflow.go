// Package capa is a corrective and preventive action as a durable workflow: for months it reminds and escalates, sleeps
// through the period of the effectiveness check, has the defect data read, and begins again where the effect did not show.
// It decides nothing; the rules are in package mes, and what was decided stands in the records.
package capa

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// CAPA runs until the records say that it is closed or cancelled.
func CAPA(ctx workflow.Context, in contract.CAPAInput) (contract.CAPAResult, error) {
	c := &capa{in: in, moved: true}
	contract.CAPAMoved.Listen(ctx, c.told)
	for n := 0; !c.ended() && n < turns && !kit.Full(ctx); n++ {
		if err := c.turn(ctx); err != nil {
			return contract.CAPAResult{}, err
		}
	}
	if err := kit.Settle(ctx, c.drain); err != nil {
		return contract.CAPAResult{}, err
	}
	if c.ended() {
		return contract.CAPAResult{State: c.at.State}, nil
	}
	return contract.CAPAResult{}, contract.CAPA.ContinueAsNew(ctx, c.in)
}

// capa is what one run knows. Nothing of it is carried on: the records have it.
type capa struct {
	in contract.CAPAInput
	at mes.CAPAWait
	// moved asks for the records' word: at the beginning, after a signal, and once a day.
	moved bool
}

func (c *capa) ended() bool { return c.at.State.Ended() }

func (c *capa) told(mes.CAPAChanged) { c.moved = true }

// drain takes the signals that wait. What they tell of is in the records, which the next run reads first.
func (c *capa) drain(ctx workflow.Context) {
	contract.CAPAMoved.Drain(ctx, func(mes.CAPAChanged) {})
}
