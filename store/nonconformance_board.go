package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Propose asks the material review board to decide.
func (n *Nonconformances) Propose(ctx context.Context, key, site, id string, by mes.Actor, p mes.NewProposal) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-propose", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if was.State == mes.NCInReview {
			return mes.Refuse(mes.CodeConflict, "A proposal for "+id+" waits for the board already.", "Nothing was proposed.", "Sign or withdraw that one first.")
		}
		if err := standing(was, mes.NCOpen); err != nil {
			return err
		}
		of, err := p.Fits(was.Lots)
		if err != nil {
			return err
		}
		for i := range of {
			if err := w.foresee(ctx, site, was, &of[i]); err != nil {
				return err
			}
		}
		return w.propose(ctx, was, by, mes.NewProposal{Dispositions: of, Reason: p.Reason}, key)
	})
}

// foresee refuses what could not be carried out as things stand, and names the rework revision that is in force.
func (w *work) foresee(ctx context.Context, site string, nc mes.Nonconformance, d *mes.Disposition) error {
	now, err := w.Clock(ctx)
	if err != nil {
		return err
	}
	at, err := w.LotAtRest(ctx, sqlcgen.LotAtRestParams{Site: site, Lot: d.Lot})
	if err != nil {
		return missing(err, "Lot", d.Lot)
	}
	if d.Permit != "" {
		row, err := w.PermitByID(ctx, sqlcgen.PermitByIDParams{Site: site, ID: d.Permit})
		if err != nil {
			return missing(err, "Permit", d.Permit)
		}
		if err := permitOf(row).Allow(d.Lot, at.Material, nc.Code, d.Quantity, now); err != nil {
			return err
		}
	}
	if !d.Kind.Routed() {
		return nil
	}
	revision, err := w.inForce(ctx, mes.RevisionKey{Kind: mes.DocRework, ID: d.Routing})
	if err != nil {
		return err
	}
	if revision == "" {
		return mes.NotFound("Rework routing in force", d.Routing)
	}
	d.Revision = revision
	routing, err := w.composed(ctx, at.Material, at.Revision, mes.RevisionKey{Kind: mes.DocRework, ID: d.Routing, Revision: revision})
	if err != nil {
		return err
	}
	from, here, err := w.standing(ctx, site, d.Lot)
	if err != nil || here.State == mes.LotRunning || here.State == mes.LotPaused { // it may stand still by then
		return err
	}
	_, err = here.Dispatch(from, routing, d.Lot, nc.ID, now)
	return err
}

func (w *work) propose(ctx context.Context, was mes.Nonconformance, by mes.Actor, p mes.NewProposal, key string) error {
	no, err := w.NextProposal(ctx, sqlcgen.NextProposalParams{Site: was.Site, Nc: was.ID})
	if err != nil {
		return err
	}
	if err := w.AddProposal(ctx, sqlcgen.AddProposalParams{Site: was.Site, Nc: was.ID, N: no, Reason: p.Reason, ProposedBy: by.ID}); err != nil {
		return err
	}
	for i, d := range p.Dispositions {
		err := w.AddDispositionOf(ctx, sqlcgen.AddDispositionOfParams{Site: was.Site, Nc: was.ID, Proposal: no, N: i + 1, Lot: d.Lot, Kind: string(d.Kind), Quantity: d.Quantity, Bad: d.Bad,
			Routing: d.Routing, Revision: d.Revision, Permit: d.Permit, Note: d.Note})
		if err != nil {
			return err
		}
	}
	if err := w.moveNC(ctx, was, mes.NCInReview, by, ""); err != nil {
		return err
	}
	if err := w.story(ctx, was.Site, was.ID, "proposed", by.ID, phrases(p.Dispositions)+". "+p.Reason, key); err != nil {
		return err
	}
	if err := w.audit(by, "disposition_proposed", "nonconformance", was.ID, p.Reason, key, nil, p); err != nil {
		return err
	}
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: was.Site, Record: mes.SignedRecord{Noun: mes.SignedNonconformance, ID: proposalID(was.ID, no)},
		Title: fmt.Sprintf("%s: %s", was.ID, phrases(p.Dispositions)), RequestedBy: by.ID, Reason: p.Reason})
	if err != nil {
		return err
	}
	return w.later.KeepProposalRequest(ctx, sqlcgen.KeepProposalRequestParams{Site: was.Site, Nc: was.ID, N: no, Request: asked.ID})
}

// phrases are dispositions in a line that a list can show.
func phrases(of []mes.Disposition) string {
	const most = 3
	var parts []string
	for i, d := range of {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(of)-most))
			break
		}
		parts = append(parts, d.Lot+": "+d.Phrase())
	}
	return strings.Join(parts, "; ")
}

// proposalID names a proposal as a signed record: NC-17/1.
func proposalID(nc string, n int) string { return nc + "/" + strconv.Itoa(n) }

func proposalKey(record string) (nc string, n int, err error) {
	nc, no, _ := strings.Cut(record, "/")
	if n, err = strconv.Atoi(no); err != nil {
		return nc, n, mes.NotFound("Proposal", record)
	}
	return nc, n, nil
}

// proposalToSign is what the board signs: what does not conform, where, and what is to become of it.
func proposalToSign(ctx context.Context, q *sqlcgen.Queries, site, record string) (any, error) {
	id, n, err := proposalKey(record)
	if err != nil {
		return nil, err
	}
	nc, err := readNonconformance(ctx, q, site, id)
	if err != nil {
		return nil, err
	}
	for _, p := range nc.Proposals {
		if p.N != n {
			continue
		}
		lots := []map[string]any{}
		for _, l := range nc.Lots {
			if l.AddedAt.After(p.ProposedAt) {
				continue
			}
			lots = append(lots, map[string]any{"lot": l.Lot, "material": l.Material, "affected": l.Quantity, "found_in_state": l.WasState, "found_at": l.WasAt})
		}
		pictures := []string{}
		for _, x := range nc.Pictures {
			if !x.AddedAt.After(p.ProposedAt) {
				pictures = append(pictures, x.Hash)
			}
		}
		return map[string]any{"nonconformance": nc.ID, "source": nc.Source, "code": nc.Code, "description": nc.Description, "severity": nc.Severity, "product": nc.Product,
			"customer": nc.Customer, "lots": lots, "pictures": pictures, "dispositions": p.Dispositions, "reason": p.Reason, "proposed_by": p.ProposedBy, "proposed_at": p.ProposedAt.UTC()}, nil
	}
	return nil, mes.NotFound("Proposal", record)
}

// boardDecided carries out what the board signed, all of it or nothing.
func boardDecided(ctx context.Context, w *work, r mes.SignatureRequest) error {
	id, n, err := proposalKey(r.Record.ID)
	if err != nil {
		return err
	}
	lots, err := w.lockProposed(ctx, r.Site, id, n)
	if err != nil {
		return err
	}
	nc, err := w.lockNonconformance(ctx, r.Site, id)
	if err != nil {
		return err
	}
	by := signerOf(r)
	for i, d := range lots {
		if err := w.disposeOf(ctx, nc, r, by, i+1, lastOfLot(lots, i), mes.Disposition{Lot: d.Lot, Kind: mes.DispositionKind(d.Kind), Quantity: d.Quantity, Bad: d.Bad, Routing: d.Routing, Revision: d.Revision,
			Permit: d.Permit, Note: d.Note}); err != nil {
			return err
		}
	}
	if err := w.later.EndProposal(ctx, sqlcgen.EndProposalParams{Site: r.Site, Nc: id, N: n, State: string(mes.ProposalDone), EndedBy: by.ID}); err != nil {
		return err
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	if err := ncLots(ctx, w.Queries, &nc); err != nil {
		return err
	}
	to := mes.NCOpen
	if _, decided := mes.Balances(nc.Lots); decided {
		to = mes.NCDispositioned
	}
	if err := w.moveNC(ctx, nc, to, by, ""); err != nil {
		return err
	}
	if err := w.settle(ctx, r.Site, "nonconformance", id, "the board decided", mes.AlertNonconformance); err != nil {
		return err
	}
	if err := w.story(ctx, r.Site, id, "decided", by.ID, r.Title, "decided/"+r.ID); err != nil {
		return err
	}
	return w.audit(by, "disposition_carried_out", "nonconformance", id, r.Reason, r.ID, map[string]any{"state": mes.NCInReview}, map[string]any{"state": to, "proposal": n})
}

// lockProposed locks the lots of a proposal, those that are made before those that were received, and reads what is proposed.
func (w *work) lockProposed(ctx context.Context, site, id string, n int) ([]sqlcgen.NonconformanceDisposition, error) {
	all, err := w.ProposedDispositions(ctx, sqlcgen.ProposedDispositionsParams{Site: site, Nc: id})
	if err != nil {
		return nil, err
	}
	var out []sqlcgen.NonconformanceDisposition
	var ids []string
	for _, d := range all {
		if d.Proposal == n {
			out, ids = append(out, d), append(ids, d.Lot)
		}
	}
	_, err = w.AffectedLots(ctx, sqlcgen.AffectedLotsParams{Site: site, Lots: ids})
	return out, err
}

// lastOfLot tells that no later disposition of the proposal is about the same lot.
func lastOfLot(of []sqlcgen.NonconformanceDisposition, i int) bool {
	for _, d := range of[i+1:] {
		if d.Lot == of[i].Lot {
			return false
		}
	}
	return true
}

// disposeOf carries out one disposition. The hold that the nonconformance laid on the lot ends with the lot's last one, once
// all of it is decided.
func (w *work) disposeOf(ctx context.Context, nc mes.Nonconformance, r mes.SignatureRequest, by mes.Actor, n int, last bool, d mes.Disposition) error {
	out := mes.Disposal{Key: fmt.Sprintf("%s/%d", r.ID, n), Site: r.Site, Lot: d.Lot, Kind: d.Kind, Quantity: d.Quantity, Bad: d.Bad, Routing: d.Routing, Revision: d.Revision, Permit: d.Permit,
		Code: nc.Code, Noun: "nonconformance", Subject: nc.ID, Request: r.ID, By: by, Reason: nc.ID + ": " + d.Phrase() + ". " + r.Reason}
	for _, l := range nc.Lots {
		if l.Lot != d.Lot || !last {
			continue
		}
		open, err := w.holdsOf(ctx, l)
		if err != nil {
			return err
		}
		left, err := w.leftAfter(ctx, r, l)
		if err != nil {
			return err
		}
		for _, h := range open {
			if !left.IsPositive() {
				out.Holds = append(out.Holds, h.ID)
			}
		}
	}
	return w.dispose(ctx, out)
}

// leftAfter is what of a lot stays undecided when the whole proposal is carried out.
func (w *work) leftAfter(ctx context.Context, r mes.SignatureRequest, l mes.NCLot) (mes.Decimal, error) {
	id, n, err := proposalKey(r.Record.ID)
	if err != nil {
		return mes.Zero, err
	}
	all, err := w.ProposedDispositions(ctx, sqlcgen.ProposedDispositionsParams{Site: r.Site, Nc: id})
	left := l.Undecided
	for _, d := range all {
		if d.Proposal == n && d.Lot == l.Lot {
			left = left.Sub(d.Quantity)
		}
	}
	return left, err
}

// boardRefused ends a proposal that was not signed.
func boardRefused(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	id, n, err := proposalKey(r.Record.ID)
	if err != nil {
		return err
	}
	nc, err := w.lockNonconformance(ctx, r.Site, id)
	if err != nil {
		return err
	}
	return w.endProposal(ctx, nc, n, mes.ProposalRejected, by, reason, r.ID)
}

func (w *work) endProposal(ctx context.Context, nc mes.Nonconformance, n int, state mes.ProposalState, by mes.Actor, reason, key string) error {
	if err := w.later.EndProposal(ctx, sqlcgen.EndProposalParams{Site: nc.Site, Nc: nc.ID, N: n, State: string(state), EndedBy: by.ID, EndReason: reason}); err != nil {
		return err
	}
	if err := w.moveNC(ctx, nc, mes.NCOpen, by, ""); err != nil {
		return err
	}
	if err := w.story(ctx, nc.Site, nc.ID, string(state), by.ID, reason, string(state)+"/"+key); err != nil {
		return err
	}
	return w.audit(by, "disposition_"+string(state), "nonconformance", nc.ID, reason, key, map[string]any{"state": nc.State}, map[string]any{"state": mes.NCOpen, "proposal": n})
}

// Withdraw takes the open proposal back.
func (n *Nonconformances) Withdraw(ctx context.Context, key, site, id string, by mes.Actor, reason string) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-withdraw", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if err := required("reason", reason, "The proposal still waits."); err != nil {
			return err
		}
		p, found, err := w.openProposal(ctx, site, id)
		if err != nil {
			return err
		}
		if !found {
			return mes.Refuse(mes.CodeConflict, "No proposal for "+id+" waits for the board.", "Nothing was changed.", "")
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		at := mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedNonconformance, ID: proposalID(id, p.N)}}
		if err := w.voidOpen(ctx, at, now, "Withdrawn: "+reason); err != nil {
			return err
		}
		return w.endProposal(ctx, was, p.N, mes.ProposalWithdrawn, by, reason, key)
	})
}
