package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
)

// ChangeMachine tells the hooks of a machine's change, as the log of states does in its own transaction.
func ChangeMachine(ctx context.Context, s *Store, c mes.MachineChange) error {
	return s.Calls.change(ctx, func(w *work) error { return w.machineChanged(ctx, c) })
}
