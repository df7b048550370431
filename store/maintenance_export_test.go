package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
)

// MachineChanged tells the hooks of a machine's change, as the part that keeps its log does in its transaction.
func (s *Maintenances) MachineChanged(ctx context.Context, c mes.MachineChange) error {
	return s.change(ctx, func(w *work) error { return w.machineChanged(ctx, c) })
}

// Exec prepares rows that other parts write.
func (s *Maintenances) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.pool.Exec(ctx, sql, args...)
	return err
}

// Row reads one row.
func (s *Maintenances) Row(ctx context.Context, sql string, into ...any) error {
	return s.pool.QueryRow(ctx, sql).Scan(into...)
}
