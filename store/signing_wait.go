package store

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

var _ mes.SigningLedger = (*Signatures)(nil)

// Awaited reads what a request waits for.
func (s *Signatures) Awaited(ctx context.Context, site, id string) (mes.SignatureWait, error) {
	r, err := s.Request(ctx, site, id)
	return r.Awaits(), err
}

// Remind raises the alerts of a signature that is still missing. The request's lock keeps a signature that comes at the same
// moment from leaving an alert behind.
func (s *Signatures) Remind(ctx context.Context, site, id string, n int, overdue bool) (mes.SignatureWait, error) {
	var out mes.SignatureWait
	err := s.change(ctx, func(w *work) error {
		row, err := w.LockSignatureRequest(ctx, sqlcgen.LockSignatureRequestParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Signature request", id)
		}
		r, err := requestOf(ctx, w.Queries, row)
		if err != nil {
			return err
		}
		if out = r.Awaits(); out.N != n {
			return nil
		}
		for _, a := range r.Reminders(overdue) {
			if err := w.alert(ctx, fmt.Sprintf("%s/%s/%d/%s", a.Kind, id, n, a.Role), a); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// given tells of a signature after which another one is awaited: what was due is over, and the wait begins anew.
func (w *work) given(ctx context.Context, r mes.SignatureRequest) error {
	n := len(r.Signatures)
	if err := w.settle(ctx, r.Site, mes.NounSignatureRequest, r.ID, fmt.Sprintf("signature %d given", n), mes.AlertSignatureDue, mes.AlertSignatureOverdue); err != nil {
		return err
	}
	return w.send(ctx, mes.ToWorkflow, mes.MessageSignatureGiven, fmt.Sprintf("%s/%d", r.ID, n), signingSubject(r.Site, r.ID), mes.SignatureAsked{Site: r.Site, Request: r.ID})
}
