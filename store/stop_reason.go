package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Reasons reads the tree.
func (s *Machines) Reasons(ctx context.Context, site string) (mes.StopTree, error) {
	return s.stopTree(ctx, s.q, site)
}

// PutReason stores an entry of the tree.
func (s *Machines) PutReason(ctx context.Context, by mes.Actor, site string, r mes.StopReason, why string) (mes.StopReason, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	err := s.change(ctx, func(w *work) error {
		if err := w.LockStopReasons(ctx, site); err != nil { // the tree is checked as a whole
			return err
		}
		tree, err := s.stopTree(ctx, w.Queries, site)
		if err != nil {
			return err
		}
		had, known := tree.Get(r.Code)
		if r.Version != had.Version {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The reason %s was changed meanwhile.", r.Code), "Your change was not stored.", "Look at it again.")
		}
		if err := tree.Fits(r); err != nil {
			return err
		}
		text, err := document(r)
		if err != nil {
			return err
		}
		if err := w.PutStopReason(ctx, sqlcgen.PutStopReasonParams{Site: site, Code: r.Code, Parent: r.Parent, Definition: text, Position: r.Position, Active: r.Active, ChangedBy: by.ID}); err != nil {
			return err
		}
		r.Version = had.Version + 1
		w.tell(site, mes.EventStopReason, r.Code)
		var was any
		if known {
			was = had
		}
		return w.audit(by, "stop_reason_written", "stop_reason", r.Code, why, "", was, r)
	})
	return r, err
}

func (d db) stopTree(ctx context.Context, q *sqlcgen.Queries, site string) (mes.StopTree, error) {
	rows, err := q.StopReasonsOfSite(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make(mes.StopTree, len(rows))
	for i, r := range rows {
		if out[i], err = stopReasonOf(r); err != nil {
			return nil, fmt.Errorf("stop reason %s: %w", r.Code, err)
		}
	}
	return out, nil
}

func stopReasonOf(r sqlcgen.StopReasonsOfSiteRow) (mes.StopReason, error) {
	var out mes.StopReason
	err := json.Unmarshal(r.Definition, &out)
	out.Code, out.Parent, out.Position, out.Active, out.Version = r.Code, r.Parent, r.Position, r.Active, r.Version
	return out, err
}
