package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Archive keeps the exported histories of closed runs.
type Archive struct{ db }

var _ mes.Archive = (*Archive)(nil)

// Put stores a run's history once, with its hash in the audit chain.
func (a *Archive) Put(ctx context.Context, r mes.ArchivedRun, history []byte) (mes.ArchivedRun, error) {
	err := a.change(ctx, func(w *work) error {
		hash, err := putBlob(ctx, w.Queries, "application/json", history)
		if err != nil {
			return err
		}
		n, err := w.AddArchivedRun(ctx, sqlcgen.AddArchivedRunParams{WorkflowID: r.WorkflowID, RunID: r.RunID, Subject: r.Subject, Status: r.Status, Events: r.Events, Blob: hash})
		if err != nil || n == 0 {
			return err
		}
		r.Blob = hash
		return w.audit(mes.Actor{ID: mes.ActorSystem}, "history_archived", "run", r.WorkflowID, "", r.RunID, nil, r)
	})
	if err != nil {
		return mes.ArchivedRun{}, err
	}
	row, err := a.q.ArchivedRun(ctx, sqlcgen.ArchivedRunParams{WorkflowID: r.WorkflowID, RunID: r.RunID})
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.ArchivedRun{}, mes.NotFound("Run", r.RunID)
	}
	return runOf(row), translate(err)
}

// Runs lists the archived runs of a workflow.
func (a *Archive) Runs(ctx context.Context, workflowID string) ([]mes.ArchivedRun, error) {
	rows, err := a.q.ArchivedRuns(ctx, workflowID)
	out := make([]mes.ArchivedRun, len(rows))
	for i, r := range rows {
		out[i] = runOf(r)
	}
	return out, translate(err)
}

func runOf(r sqlcgen.RunArchive) mes.ArchivedRun {
	return mes.ArchivedRun{WorkflowID: r.WorkflowID, RunID: r.RunID, Subject: r.Subject, Status: r.Status, Events: r.Events, Blob: r.Blob, ArchivedAt: r.ArchivedAt}
}
