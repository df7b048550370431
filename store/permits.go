package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Permits keeps deviation permits.
type Permits struct{ db }

var _ mes.Permits = (*Permits)(nil)

// Ask makes a permit that waits for its signatures.
func (p *Permits) Ask(ctx context.Context, key, site string, by mes.Actor, n mes.NewPermit) (mes.Permit, error) {
	var id string
	err := p.change(ctx, func(w *work) error {
		if err := w.LockPermits(ctx, site); err != nil {
			return err
		}
		var err error
		if id, err = w.PermitByKey(ctx, key); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err := w.permissible(ctx, site, n); err != nil {
			return err
		}
		id, err = w.askPermit(ctx, key, site, by, n)
		return err
	})
	if err != nil {
		return mes.Permit{}, err
	}
	return p.Get(ctx, site, id)
}

// permissible refuses a permit for what is not there.
func (w *work) permissible(ctx context.Context, site string, n mes.NewPermit) error {
	now, err := w.Clock(ctx)
	if err != nil {
		return err
	}
	if err := n.Validate(now); err != nil {
		return err
	}
	known, err := w.KnownMaterials(ctx, []string{n.Product})
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return mes.NotFound("Product", n.Product)
	}
	for _, lot := range n.Lots {
		at, err := w.LotAtRest(ctx, sqlcgen.LotAtRestParams{Site: site, Lot: lot})
		if err != nil {
			return missing(err, "Lot", lot)
		}
		if at.Material != n.Product {
			var f mes.Faults
			f.Add("lots", "%s is %s", lot, at.Material)
			return f.Err("The permit was not asked for.")
		}
	}
	return nil
}

func (w *work) askPermit(ctx context.Context, key, site string, by mes.Actor, n mes.NewPermit) (string, error) {
	no, err := w.NextPermit(ctx, site)
	if err != nil {
		return "", err
	}
	id := fmt.Sprintf("DP-%d", no)
	err = w.AddPermit(ctx, sqlcgen.AddPermitParams{Site: site, ID: id, N: no, Key: key, Product: n.Product, Operation: n.Operation, Characteristic: n.Characteristic, Code: n.Code, Allows: n.Allows,
		Lots: orEmpty(n.Lots), Quantity: n.Quantity, ValidUntil: n.ValidUntil, Reason: n.Reason, RequestedBy: by.ID})
	if err != nil {
		return id, err
	}
	w.tell(site, mes.EventPermit, id)
	if err := w.audit(by, "permit_requested", "permit", id, n.Reason, key, nil, n); err != nil {
		return id, err
	}
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedPermit, ID: id}, Title: id + ": " + n.Allows, RequestedBy: by.ID, Reason: n.Reason})
	if err != nil {
		return id, err
	}
	return id, w.later.KeepPermitRequest(ctx, sqlcgen.KeepPermitRequestParams{Site: site, ID: id, Request: asked.ID})
}

func permitOf(r sqlcgen.DeviationPermit) mes.Permit {
	return mes.Permit{ID: r.ID, Site: r.Site, NewPermit: mes.NewPermit{Product: r.Product, Operation: r.Operation, Characteristic: r.Characteristic, Code: r.Code, Allows: r.Allows, Lots: r.Lots,
		Quantity: r.Quantity, ValidUntil: r.ValidUntil, Reason: r.Reason}, State: mes.PermitState(r.State), Used: r.Used, Request: r.Request, RequestedBy: r.RequestedBy, RequestedAt: r.RequestedAt,
		EndedBy: r.EndedBy, EndedAt: r.EndedAt, EndReason: r.EndReason}
}

// Get reads one with its uses, its state by the database's clock.
func (p *Permits) Get(ctx context.Context, site, id string) (mes.Permit, error) {
	row, err := p.q.PermitByID(ctx, sqlcgen.PermitByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.Permit{}, missing(err, "Permit", id)
	}
	uses, err := p.q.PermitUses(ctx, sqlcgen.PermitUsesParams{Site: site, Permit: id})
	if err != nil {
		return mes.Permit{}, translate(err)
	}
	now, err := p.q.Clock(ctx)
	out := permitOf(row)
	out.State, out.Uses = out.StateAt(now), make([]mes.PermitUse, len(uses))
	for i, u := range uses {
		out.Uses[i] = mes.PermitUse(u)
	}
	return out, translate(err)
}

const permitState = `CASE WHEN p.state = 'approved' AND p.valid_until <= now() THEN 'expired' WHEN p.state = 'approved' AND p.used >= p.quantity THEN 'used_up' ELSE p.state END`

// List reads a page, newest first.
func (p *Permits) List(ctx context.Context, f mes.PermitFilter) (mes.Page[mes.Permit], error) {
	l := newListing("deviation_permit p", f.Paging, sorts{"": nil, "id": {{"p.n", "bigint", false}}, "valid_until": {{"p.valid_until", "timestamptz", false}}}, column{"p.n", "bigint", true})
	l.where("p.site = ?", f.Site).where("p.product = ?", f.Product).where(permitState+" = ?", string(f.State)).when(f.Usable, permitState+" = 'approved'")
	l.search(f.Text, "p.id", "p.allows", "p.product", "p.characteristic")
	const columns = `p.id, p.site, p.product, p.operation, p.characteristic, p.code, p.allows, p.lots, p.quantity, p.valid_until, p.reason, ` + permitState + `, p.used, p.request, p.requested_by,
		p.requested_at, p.ended_by, p.ended_at, p.end_reason`
	return page(ctx, p.db, l, columns, func(r *mes.Permit) []any {
		return []any{&r.ID, &r.Site, &r.Product, &r.Operation, &r.Characteristic, &r.Code, &r.Allows, &r.Lots, &r.Quantity, &r.ValidUntil, &r.Reason, &r.State, &r.Used, &r.Request, &r.RequestedBy,
			&r.RequestedAt, &r.EndedBy, &r.EndedAt, &r.EndReason}
	})
}

// Withdraw ends a permit that waits or is in force.
func (p *Permits) Withdraw(ctx context.Context, key, site, id string, by mes.Actor, reason string) (mes.Permit, error) {
	key = "permit-withdraw/" + site + "/" + id + "#" + key
	err := p.change(ctx, func(w *work) error {
		row, err := w.LockPermit(ctx, sqlcgen.LockPermitParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Permit", id)
		}
		var done bool
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := required("reason", reason, id+" stays in force."); err != nil {
			return err
		}
		now, err := w.Clock(ctx)
		if err != nil {
			return err
		}
		if s := permitOf(row).StateAt(now); s != mes.PermitRequested && s != mes.PermitApproved {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", id, s), "Nothing was changed.", "")
		}
		at := mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedPermit, ID: id}}
		if err := w.voidOpen(ctx, at, now, "Withdrawn: "+reason); err != nil {
			return err
		}
		if err := w.movePermit(ctx, site, row, mes.PermitWithdrawn, by, reason, key); err != nil {
			return err
		}
		return w.remember(ctx, key, id, true)
	})
	if err != nil {
		return mes.Permit{}, err
	}
	return p.Get(ctx, site, id)
}

func (w *work) movePermit(ctx context.Context, site string, was sqlcgen.DeviationPermit, to mes.PermitState, by mes.Actor, reason, key string) error {
	w.tell(site, mes.EventPermit, was.ID)
	if err := w.later.MovePermit(ctx, sqlcgen.MovePermitParams{Site: site, ID: was.ID, State: string(to), EndedBy: by.ID, EndReason: reason}); err != nil {
		return err
	}
	return w.audit(by, "permit_"+string(to), "permit", was.ID, reason, key, map[string]any{"state": was.State}, map[string]any{"state": to})
}

// permitToSign is a permit as it is signed. What was used of it, and how it ended, comes later.
func permitToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	row, err := q.PermitByID(ctx, sqlcgen.PermitByIDParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Permit", id)
	}
	return map[string]any{"permit": row.ID, "product": row.Product, "operation": row.Operation, "characteristic": row.Characteristic, "code": row.Code, "allows": row.Allows, "lots": row.Lots,
		"quantity": row.Quantity, "valid_until": row.ValidUntil.UTC(), "reason": row.Reason, "requested_by": row.RequestedBy, "requested_at": row.RequestedAt.UTC()}, nil
}

func permitSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	row, err := w.LockPermit(ctx, sqlcgen.LockPermitParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Permit", r.Record.ID)
	}
	now, err := w.Clock(ctx)
	if err != nil {
		return err
	}
	if !now.Before(row.ValidUntil) {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s would have ended at %s already.", row.ID, row.ValidUntil.UTC().Format(time.RFC3339)), "Nothing was signed.", "Reject it, and ask for another one.")
	}
	return w.movePermit(ctx, r.Site, row, mes.PermitApproved, signerOf(r), r.Reason, r.ID)
}

func permitRefused(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	row, err := w.LockPermit(ctx, sqlcgen.LockPermitParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Permit", r.Record.ID)
	}
	return w.movePermit(ctx, r.Site, row, mes.PermitRejected, by, reason, r.ID)
}

// usePermit takes a disposal's quantity from a permit, under the permit's lock and by the clock after it: an expired or used-up
// permit lets nothing go.
func (w *work) usePermit(ctx context.Context, d mes.Disposal, product string) error {
	row, err := w.LockPermit(ctx, sqlcgen.LockPermitParams{Site: d.Site, ID: d.Permit})
	if err != nil {
		return missing(err, "Permit", d.Permit)
	}
	now, err := w.Clock(ctx)
	if err != nil {
		return err
	}
	if err := permitOf(row).Allow(d.Lot, product, d.Code, d.Quantity, now); err != nil {
		return err
	}
	w.tell(d.Site, mes.EventPermit, d.Permit)
	if err := w.UsePermit(ctx, sqlcgen.UsePermitParams{Site: d.Site, ID: d.Permit, Quantity: d.Quantity}); err != nil {
		return err
	}
	if err := w.later.AddPermitUse(ctx, sqlcgen.AddPermitUseParams{Key: d.Key, Site: d.Site, Permit: d.Permit, Lot: d.Lot, Quantity: d.Quantity, Noun: d.Noun, Subject: d.Subject}); err != nil {
		return err
	}
	return w.audit(d.By, "permit_used", "permit", d.Permit, d.Reason, d.Key, map[string]any{"used": row.Used}, map[string]any{"used": row.Used.Add(d.Quantity), "lot": d.Lot})
}
