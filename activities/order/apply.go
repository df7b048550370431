package order

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Apply stores one command on an order. Safe to run twice: the command's key is stored in the same transaction, and a
// key that is stored already gets its first answer.
type Apply struct{ Ledger mes.OrderLedger }

// Execute carries the command out under the order's row lock, which judges it a second time.
func (a Apply) Execute(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
	s, err := a.apply(ctx, in)
	return s, contract.Carry(err)
}

func (a Apply) apply(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
	l := a.Ledger
	switch in.Command {
	case contract.OrderRelease:
		return l.Release(ctx, in.Key, in.Site, in.Number, in.Actor)
	case contract.OrderHold:
		return l.Hold(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderResume:
		return l.Resume(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderCancel:
		return l.Cancel(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderComplete:
		return l.Complete(ctx, in.Key, in.Site, in.Number)
	case contract.OrderChange:
		if in.Change != nil {
			return l.Change(ctx, in.Key, in.Site, in.Number, in.Actor, *in.Change)
		}
	}
	return mes.OrderStatus{}, mes.Refuse(mes.CodeUnprocessable, fmt.Sprintf("%q is no command for an order.", in.Command), "Nothing was changed.", "")
}
