package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// askSigned asks for the signatures of a step's record when the lot begins to wait for them, and takes the question back
// when the lot goes another way than signed.
func (r *recording) askSigned(ctx context.Context) error {
	b, a := r.e.Before, r.after
	waited, waits := b.Wait.Kind == mes.WaitSigned, a.Wait.Kind == mes.WaitSigned
	if waited && !waits && r.e.Kind != mes.EntrySigned && r.e.Kind != mes.EntryUnsigned {
		now, err := r.Now(ctx)
		if err != nil {
			return err
		}
		at := mes.SignatureRequest{Site: r.e.Site, Record: mes.SignedRecord{Noun: mes.SignedStep, ID: stepID(r.e.Lot, b.Operation, b.Visit, b.Step, max(b.Attempt, 1))}}
		return r.voidOpen(ctx, at, now, "The lot went another way")
	}
	if waited || !waits {
		return nil
	}
	o, err := r.operation(ctx, a.Operation)
	if err != nil {
		return err
	}
	_, s, ok := o.At(a.Step)
	if !ok {
		return mes.NotFound("Step", a.Step)
	}
	id := stepID(r.e.Lot, a.Operation, a.Visit, a.Step, max(a.Attempt, 1))
	by, err := r.performer(ctx, id)
	if err != nil {
		return err
	}
	_, err = r.ask(ctx, mes.SignatureRequest{Site: r.e.Site, Record: mes.SignedRecord{Noun: mes.SignedStep, ID: id},
		Title: fmt.Sprintf("%s, step %s: %s", r.e.Lot, s.ID, s.Name), Needs: s.Sign, RequestedBy: r.e.Actor.ID, PerformedBy: by})
	return err
}

// performer is who did the step: by the record that this entry brings, or by the one that stands there when quality has the
// signatures asked for again.
func (r *recording) performer(ctx context.Context, id string) (string, error) {
	if r.e.Step != nil {
		return r.e.Step.Operator, nil
	}
	content, err := stepToSign(ctx, r.Queries, r.e.Site, id)
	if err != nil {
		return "", err
	}
	fields, _ := content.(map[string]any)
	by, _ := fields["operator"].(string)
	return by, nil
}

// ledgerMove is a movement that the ledger makes by itself: what was signed allows it.
type ledgerMove struct {
	site, lot, key string
	kind           mes.EntryKind
	by             mes.Actor
	reason, code   string
	rule           func(p mes.Progress, r mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error)
}

// moveLot carries a movement out within a transaction that already runs, by the same checks as any other, and tells the
// lot's workflow that it is behind.
func (w *work) moveLotBy(ctx context.Context, m ledgerMove) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	r := &recording{work: w, e: mes.Entry{Key: m.key, Site: m.site, Lot: m.lot, Kind: m.kind, Actor: m.by, At: now, Reason: m.reason, Code: m.code}}
	if err := r.lookNow(ctx); err != nil {
		return err
	}
	if first, err := r.open(); err != nil || first != nil {
		return err
	}
	routing, at, err := w.standing(ctx, m.site, m.lot)
	if err != nil {
		return err
	}
	r.e.Before = at
	if r.e.After, r.e.Step, err = m.rule(at, routing, now); err != nil {
		return err
	}
	if err := r.lookNow(ctx); err != nil { // again, since only now the entry names its devices
		return err
	}
	r.after = r.e.After
	if err := r.check(ctx); err != nil {
		return err
	}
	if err := r.write(ctx); err != nil {
		return err
	}
	stored, err := r.atSafePoint(ctx)
	if err != nil {
		return err
	}
	return w.send(ctx, mes.ToWorkflow, mes.MessageLotBehind, m.key, "lot/"+m.site+"/"+m.lot, mes.LotMoved{Site: m.site, Lot: m.lot, Version: stored.After.Version, Reason: string(m.kind)})
}

// lookNow is look in a transaction that already runs.
func (r *recording) lookNow(ctx context.Context) error {
	b := &pgx.Batch{}
	r.look(b)
	return r.tx.SendBatch(ctx, b).Close()
}

// standing reads a locked lot's frozen routing and where it stands in it.
func (w *work) standing(ctx context.Context, site, lot string) (mes.Routing, mes.Progress, error) {
	row, err := w.PlanOfLot(ctx, sqlcgen.PlanOfLotParams{Site: site, Lot: lot})
	if err != nil {
		return mes.Routing{}, mes.Progress{}, missing(err, "Lot", lot)
	}
	var at mes.Progress
	if err := json.Unmarshal(row.Progress, &at); err != nil {
		return mes.Routing{}, at, fmt.Errorf("progress of %s: %w", lot, err)
	}
	routing, err := w.db.routings.get(ctx, w.Queries, row.Product, row.Revision)
	return routing, at, err
}

// signerOf is who gave the last signature, as the one who moves the lot.
func signerOf(r mes.SignatureRequest) mes.Actor {
	if len(r.Signatures) == 0 {
		return mes.Actor{ID: mes.ActorSystem}
	}
	last := r.Signatures[len(r.Signatures)-1]
	return mes.Actor{ID: last.Signer, Station: last.Station, Source: last.Source}
}

// stepSigned lets the lot go on.
func stepSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	lot := lotOfStep(r.Record.ID)
	return w.moveLotBy(ctx, ledgerMove{site: r.Site, lot: lot, key: "signed/" + r.ID, kind: mes.EntrySigned, by: signerOf(r),
		rule: func(p mes.Progress, routing mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
			if stepID(lot, p.Operation, p.Visit, p.Step, max(p.Attempt, 1)) != r.Record.ID {
				return p, nil, mes.Refuse(mes.CodeConflict, lot+" is at another step by now.", "Nothing was signed.", "Look at it again.")
			}
			after, err := p.Signed(routing, lot, now)
			return after, nil, err
		}})
}

// stepUnsigned sends the lot to quality, with the signer's reason.
func stepUnsigned(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	lot := lotOfStep(r.Record.ID)
	return w.moveLotBy(ctx, ledgerMove{site: r.Site, lot: lot, key: "unsigned/" + r.ID, kind: mes.EntryUnsigned, by: by, reason: reason,
		rule: func(p mes.Progress, _ mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
			after, err := p.Unsigned(lot, by.ID+" does not sign: "+reason, now)
			return after, nil, err
		}})
}
