package store

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// machineHooks are told of each change of a machine, in its transaction and after its own rows are written. A noun registers
// its own in init. An error undoes the change, so a hook refuses nothing: what it can't do it keeps.
var machineHooks []func(ctx context.Context, w *work, c mes.MachineChange) error

// machineChanged tells the hooks.
func (w *work) machineChanged(ctx context.Context, c mes.MachineChange) error {
	for _, hook := range machineHooks {
		if err := hook(ctx, w, c); err != nil {
			return err
		}
	}
	return nil
}

// askRestatement asks that figures of a station be computed again for a window, because of something that became known late or was
// corrected. cause is for whoever reads the figure.
func (w *work) askRestatement(ctx context.Context, site, station string, from, until time.Time, cause string) error {
	return w.AddRestatement(ctx, sqlcgen.AddRestatementParams{Site: site, Station: station, FromAt: from, UntilAt: until, Cause: cause})
}

// takeStream tells from which record on an edge node's batch is new, and notes that all of it is taken: first is the number of
// the batch's first record, n how many it has. It locks the node's stream until the transaction ends, so that a batch which is
// sent twice is taken once. A batch that begins beyond what was expected tells of records that the node lost.
func (w *work) takeStream(ctx context.Context, site, node, stream string, first int64, n int) (fresh int, lost int64, err error) {
	last, err := w.LockEdgeStream(ctx, sqlcgen.LockEdgeStreamParams{Site: site, Node: node, Stream: stream})
	if err != nil {
		return 0, 0, err
	}
	end := first + int64(n) - 1
	if end <= last {
		return n, 0, nil
	}
	if err := w.AdvanceEdgeStream(ctx, sqlcgen.AdvanceEdgeStreamParams{Site: site, Node: node, Stream: stream, Last: end}); err != nil {
		return 0, 0, err
	}
	return int(max(last+1-first, 0)), max(first-last-1, 0), nil
}
