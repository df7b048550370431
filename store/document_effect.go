package store

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// TakeEffect brings an approved revision into force once its date has come. It decides by the database's clock, under
// the document's lock, so that it may be asked too early, twice or never: Release asks as well.
func (d *Documents) TakeEffect(ctx context.Context, site string, k mes.RevisionKey) (*time.Time, error) {
	var next *time.Time
	err := d.change(ctx, func(w *work) error {
		next = nil
		r, err := w.lockRevision(ctx, k)
		if err != nil || r.State != mes.DocApproved {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if r.EffectiveOn != nil && r.EffectiveOn.After(now) {
			next = r.EffectiveOn
			return nil
		}
		return w.takeEffect(ctx, site, mes.Actor{ID: mes.ActorSystem}, r)
	})
	return next, err
}

// takeEffect makes the revision the one in force and supersedes the one before it, in this transaction.
func (w *work) takeEffect(ctx context.Context, site string, by mes.Actor, r mes.DocumentRevision) error {
	was, err := w.inForce(ctx, r.RevisionKey)
	if err != nil {
		return err
	}
	if was != "" {
		if err := w.supersede(ctx, site, by, mes.RevisionKey{Kind: r.Kind, ID: r.ID, Revision: was}, r.Revision); err != nil {
			return err
		}
	}
	if err := w.BringIntoForce(ctx, sqlcgen.BringIntoForceParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision}); err != nil {
		return err
	}
	if err := w.executable(ctx, r); err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, r.String())
	return w.audit(by, "effective", "document", r.String(), r.Reason, "", map[string]any{"state": mes.DocApproved, "in_force": was},
		map[string]any{"state": mes.DocEffective, "hash": r.Hash})
}

func (w *work) supersede(ctx context.Context, site string, by mes.Actor, old mes.RevisionKey, with string) error {
	err := w.SupersedeRevision(ctx, sqlcgen.SupersedeRevisionParams{Kind: string(old.Kind), ID: old.ID, SupersededBy: with})
	if err != nil {
		return err
	}
	if err := w.settle(ctx, site, "document", old.String(), "superseded by rev "+with, mes.AlertDocumentToRead); err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, old.String())
	return w.audit(by, "superseded", "document", old.String(), "", "", map[string]any{"state": mes.DocEffective}, map[string]any{"state": mes.DocSuperseded, "superseded_by": with})
}

// executable writes the routing that orders and lots run by. Rows of that table never change, so whoever froze one
// keeps it.
func (w *work) executable(ctx context.Context, r mes.DocumentRevision) error {
	if r.Kind != mes.DocRouting {
		return nil
	}
	if err := w.SupersedeRoutings(ctx, r.ID); err != nil {
		return err
	}
	return w.AddRouting(ctx, sqlcgen.AddRoutingParams{Product: r.ID, Revision: r.Revision, Definition: r.Content, Hash: r.Hash, ApprovedBy: r.ApprovedBy})
}

// takeDue brings into force what is due for a product, so that an order released after a revision's date gets it even
// while the timer is late.
func (w *work) takeDue(ctx context.Context, site, product string) error {
	due, err := w.DueRevisions(ctx, product)
	if err != nil {
		return err
	}
	for _, d := range due {
		r, err := w.lockRevision(ctx, mes.RevisionKey{Kind: mes.DocumentKind(d.Kind), ID: d.ID, Revision: d.Revision})
		if err != nil {
			return err
		}
		if r.State != mes.DocApproved { // another one was faster
			continue
		}
		if err := w.takeEffect(ctx, site, mes.Actor{ID: mes.ActorSystem}, r); err != nil {
			return err
		}
	}
	return nil
}
