package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func checkpointOf(r sqlcgen.AuditCheckpoint) (mes.Checkpoint, error) {
	c := mes.Checkpoint{N: r.N, At: r.At.UTC(), Rows: r.Rows, Prev: r.Prev, Key: r.Key, Public: r.Public, Next: r.Next, Signature: r.Signature}
	if err := json.Unmarshal(r.Heads, &c.Heads); err != nil {
		return c, fmt.Errorf("heads of checkpoint %d: %w", r.N, err)
	}
	return c, nil
}

// Checkpoint stores the next checkpoint. Writers in other processes are kept out by a lock that ends with the
// transaction; the heads are read by one statement, so they belong to one moment.
func (a *Audits) Checkpoint(ctx context.Context, always bool, seal func(last mes.Checkpoint, next *mes.Checkpoint) error) (mes.Checkpoint, bool, error) {
	var newest mes.Checkpoint
	made := false
	err := a.change(ctx, func(w *work) (err error) {
		newest, made = mes.Checkpoint{}, false
		mine, err := w.LockCheckpoints(ctx)
		if err != nil || !mine {
			return err
		}
		if newest, err = newestCheckpoint(ctx, w.Queries); err != nil {
			return err
		}
		next, err := w.nextCheckpoint(ctx, newest)
		if err != nil || !always && next.Rows == newest.Rows {
			return err
		}
		if err := seal(newest, &next); err != nil {
			return err
		}
		newest, made = next, true
		return w.addCheckpoint(ctx, next)
	})
	return newest, made && err == nil, err
}

// NewestCheckpoint reads the newest checkpoint.
func (a *Audits) NewestCheckpoint(ctx context.Context) (mes.Checkpoint, error) {
	c, err := newestCheckpoint(ctx, a.q)
	return c, translate(err)
}

func newestCheckpoint(ctx context.Context, q *sqlcgen.Queries) (mes.Checkpoint, error) {
	row, err := q.NewestCheckpoint(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.Checkpoint{}, nil
	}
	if err != nil {
		return mes.Checkpoint{}, err
	}
	return checkpointOf(row)
}

func (w *work) nextCheckpoint(ctx context.Context, last mes.Checkpoint) (mes.Checkpoint, error) {
	next := mes.Checkpoint{N: last.N + 1}
	if last.N > 0 {
		next.Prev = last.Digest()
	}
	heads, err := w.AuditHeads(ctx)
	if err != nil {
		return next, err
	}
	for _, h := range heads {
		next.Heads = append(next.Heads, mes.StrandHead{N: h.N, Hash: h.Hash})
		next.Rows += h.N
	}
	next.At, err = w.Now(ctx)
	return next, err
}

func (w *work) addCheckpoint(ctx context.Context, c mes.Checkpoint) error {
	heads, err := json.Marshal(c.Heads)
	if err != nil {
		return err
	}
	return w.later.AddCheckpoint(ctx, sqlcgen.AddCheckpointParams{N: c.N, At: c.At, Rows: c.Rows, Heads: heads, Prev: c.Prev, Key: c.Key, Public: c.Public,
		Next: c.Next, Signature: c.Signature})
}

// Checkpoints reads checkpoints, oldest first.
func (a *Audits) Checkpoints(ctx context.Context, after int64, most int) ([]mes.Checkpoint, error) {
	rows, err := a.q.CheckpointsAfter(ctx, sqlcgen.CheckpointsAfterParams{After: after, Most: most})
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.Checkpoint, len(rows))
	for i, r := range rows {
		if out[i], err = checkpointOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Rows counts the trail.
func (a *Audits) Rows(ctx context.Context) (int64, error) {
	n, err := a.q.AuditRows(ctx)
	return n, translate(err)
}
