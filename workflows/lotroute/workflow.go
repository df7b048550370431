// Package lotroute is one lot's way through its routing, as a durable workflow. People command it by updates, machines
// and cameras are asked by activities, and every change of state is one transaction of the ledger: the workflow moves
// on only to what the ledger has stored.
package lotroute

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// LotRoute takes one lot from its first operation until it is packed, scrapped or void.
func LotRoute(ctx workflow.Context, in contract.LotRouteInput) (contract.LotRouteResult, error) {
	r := newRoute(ctx, in)
	if err := r.listen(ctx); err != nil {
		return contract.LotRouteResult{}, err
	}
	if err := r.open(ctx); err != nil {
		return contract.LotRouteResult{}, err
	}
	for !r.ended() && !kit.Full(ctx) {
		if err := r.turn(ctx); err != nil {
			return contract.LotRouteResult{}, err
		}
	}
	if err := kit.Settle(ctx, r.drain); err != nil {
		return contract.LotRouteResult{}, err
	}
	if r.ended() {
		return r.result(), nil
	}
	return contract.LotRouteResult{}, contract.LotRoute.ContinueAsNew(ctx, r.next())
}
