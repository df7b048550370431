package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Nonconformances keeps what does not conform, and what the board decides.
type Nonconformances struct{ db }

var _ mes.Nonconformances = (*Nonconformances)(nil)

// Open makes a nonconformance.
func (n *Nonconformances) Open(ctx context.Context, by mes.Actor, in mes.NewNonconformance) (mes.Nonconformance, error) {
	var id string
	in.Key = "open/" + in.Key
	err := n.change(ctx, func(w *work) (err error) {
		id, err = w.raiseNonconformance(ctx, by, in)
		return err
	})
	if violates(err, "nonconformance_key_key") { // the same key came twice at once
		err = n.change(ctx, func(w *work) (err error) {
			id, err = w.NonconformanceByKey(ctx, in.Key)
			return err
		})
	}
	if err != nil {
		return mes.Nonconformance{}, err
	}
	return n.Get(ctx, in.Site, id)
}

// Get reads one whole.
func (n *Nonconformances) Get(ctx context.Context, site, id string) (mes.Nonconformance, error) {
	out, err := readNonconformance(ctx, n.q, site, id)
	return out, translate(err)
}

func readNonconformance(ctx context.Context, q *sqlcgen.Queries, site, id string) (mes.Nonconformance, error) {
	row, err := q.NonconformanceByID(ctx, sqlcgen.NonconformanceByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.Nonconformance{}, missing(err, "Nonconformance", id)
	}
	out := nonconformanceOf(row)
	tree, err := defectTree(ctx, q, site)
	if err != nil {
		return out, err
	}
	if c, ok := tree.At(out.Code); ok {
		out.CodeName = c.Name
	}
	for _, part := range []func(context.Context, *sqlcgen.Queries, *mes.Nonconformance) error{ncLots, ncPictures, ncProposals, ncDisposals, ncCosts, ncEvents} {
		if err := part(ctx, q, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func nonconformanceOf(r sqlcgen.Nonconformance) mes.Nonconformance {
	return mes.Nonconformance{ID: r.ID, Site: r.Site, Source: mes.NCSource(r.Source), Noun: r.Noun, Subject: r.Subject, Code: r.Code, Description: r.Description,
		Severity: mes.Severity(r.Severity), Product: r.Product, Operation: r.Operation, Customer: r.Customer, Reference: r.Reference, Supplier: r.Supplier,
		Containment: r.Containment, CAPA: r.Capa, State: mes.NCState(r.State), Owner: r.Owner, DueAt: r.DueAt, Overdue: overdue(mes.NCState(r.State), r.DueAt), OpenedBy: r.OpenedBy,
		OpenedAt: r.OpenedAt, EndedBy: r.EndedBy, EndedAt: r.EndedAt, EndReason: r.EndReason, Version: r.Version, Quantity: mes.Zero}
}

func overdue(s mes.NCState, due time.Time) bool {
	return (s == mes.NCOpen || s == mes.NCInReview) && due.Before(time.Now())
}

func ncLots(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.NonconformingLots(ctx, sqlcgen.NonconformingLotsParams{Site: n.Site, Nc: n.ID})
	n.Lots = make([]mes.NCLot, len(rows))
	for i, r := range rows {
		state := mes.LotState(r.State)
		n.Lots[i] = mes.NCLot{Lot: r.Lot, Material: r.Material, Unit: r.Unit, Origin: r.Origin, Quantity: r.Quantity, Decided: r.Decided, Undecided: r.Quantity.Sub(r.Decided), Hold: r.Hold, WasState: mes.LotState(r.WasState),
			WasAt: r.WasAt, State: state, At: placeOf(state, r.Station, r.Customer), Left: r.Remaining, Held: r.Held, InRework: mes.BaseRevision(r.Revision) != r.Revision && !state.Ended(),
			Order: r.WorkOrder, AddedBy: r.AddedBy, AddedAt: r.AddedAt}
		n.Quantity = n.Quantity.Add(r.Quantity)
	}
	n.LotCount = len(rows)
	return err
}

func ncPictures(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.NonconformancePictures(ctx, sqlcgen.NonconformancePicturesParams{Site: n.Site, Nc: n.ID})
	n.Pictures = make([]mes.NCPicture, len(rows))
	for i, r := range rows {
		n.Pictures[i] = mes.NCPicture(r)
	}
	return err
}

func ncProposals(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.ProposalsOf(ctx, sqlcgen.ProposalsOfParams{Site: n.Site, Nc: n.ID})
	if err != nil {
		return err
	}
	all, err := q.ProposedDispositions(ctx, sqlcgen.ProposedDispositionsParams{Site: n.Site, Nc: n.ID})
	n.Proposals = make([]mes.Proposal, len(rows))
	for i, r := range rows {
		n.Proposals[i] = mes.Proposal{N: r.N, State: mes.ProposalState(r.State), Reason: r.Reason, Request: r.Request, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt,
			EndedBy: r.EndedBy, EndedAt: r.EndedAt, EndReason: r.EndReason, Dispositions: []mes.Disposition{}}
		for _, d := range all {
			if d.Proposal == r.N {
				n.Proposals[i].Dispositions = append(n.Proposals[i].Dispositions, mes.Disposition{Lot: d.Lot, Kind: mes.DispositionKind(d.Kind), Quantity: d.Quantity, Bad: d.Bad,
					Routing: d.Routing, Revision: d.Revision, Permit: d.Permit, Note: d.Note})
			}
		}
	}
	return err
}

func ncDisposals(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.DisposalsOf(ctx, sqlcgen.DisposalsOfParams{Site: n.Site, Noun: "nonconformance", Subject: n.ID})
	n.Disposals = make([]mes.DisposalRow, len(rows))
	for i, r := range rows {
		n.Disposals[i] = mes.DisposalRow{ID: r.ID, Noun: r.Noun, Subject: r.Subject, Lot: r.Lot, Kind: mes.DispositionKind(r.Kind), Quantity: r.Quantity, Bad: r.Bad, Code: r.Code,
			Routing: r.Routing, Permit: r.Permit, Request: r.Request, Actor: r.Actor, Reason: r.Reason, At: r.At}
	}
	return err
}

func ncCosts(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.ExternalCosts(ctx, sqlcgen.ExternalCostsParams{Site: n.Site, Nc: n.ID})
	n.Costs = make([]mes.ExtraCost, len(rows))
	for i, r := range rows {
		n.Costs[i] = mes.ExtraCost(r)
	}
	return err
}

func ncEvents(ctx context.Context, q *sqlcgen.Queries, n *mes.Nonconformance) error {
	rows, err := q.NonconformanceEvents(ctx, sqlcgen.NonconformanceEventsParams{Site: n.Site, Nc: n.ID})
	n.Events = make([]mes.NCEvent, len(rows))
	for i, r := range rows {
		n.Events[i] = mes.NCEvent(r)
	}
	return err
}

const ncColumns = `n.id, n.site, n.source, n.noun, n.subject, n.code, coalesce(c.name, ''), n.description, n.severity, n.product, n.operation, n.customer, n.reference, n.supplier,
	n.containment, n.capa, n.state, n.owner, n.due_at, n.state IN ('open', 'in_review') AND n.due_at < now(), n.opened_by, n.opened_at, n.ended_by, n.ended_at, n.end_reason, n.version,
	(SELECT count(*)::int FROM nonconformance_lot l WHERE l.site = n.site AND l.nc = n.id),
	coalesce((SELECT sum(l.quantity) FROM nonconformance_lot l WHERE l.site = n.site AND l.nc = n.id), 0)::numeric`

// List reads a page, newest first.
func (n *Nonconformances) List(ctx context.Context, f mes.NCFilter) (mes.Page[mes.Nonconformance], error) {
	number := []column{{"n.n", "bigint", true}}
	severity := []column{{"array_position(ARRAY['low', 'medium', 'high', 'critical'], n.severity)", "int", false}}
	l := newListing("nonconformance n LEFT JOIN defect_code c ON c.site = n.site AND c.code = n.code", f.Paging, sorts{"": nil, "id": {{"n.n", "bigint", false}}, "severity": severity,
		"due_at": {{"n.due_at", "timestamptz", false}}, "opened_at": {{"n.opened_at", "timestamptz", false}}}, number[0])
	states := make([]string, len(f.States))
	for i, s := range f.States {
		states[i] = string(s)
	}
	l.where("n.site = ?", f.Site).where("n.state = ANY (?)", states).where("n.source = ?", string(f.Source)).where("n.code = ?", f.Code).where("n.product = ?", f.Product).where("n.owner = ?", f.Owner)
	l.where("EXISTS (SELECT FROM nonconformance_lot x WHERE x.site = n.site AND x.nc = n.id AND x.lot = ?)", f.Lot)
	l.when(f.Overdue, "n.state IN ('open', 'in_review') AND n.due_at < now()")
	l.search(f.Text, "n.id", "n.description", "n.code", "n.product", "n.customer", "n.reference")
	return page(ctx, n.db, l, ncColumns, func(r *mes.Nonconformance) []any {
		return []any{&r.ID, &r.Site, &r.Source, &r.Noun, &r.Subject, &r.Code, &r.CodeName, &r.Description, &r.Severity, &r.Product, &r.Operation, &r.Customer, &r.Reference, &r.Supplier,
			&r.Containment, &r.CAPA, &r.State, &r.Owner, &r.DueAt, &r.Overdue, &r.OpenedBy, &r.OpenedAt, &r.EndedBy, &r.EndedAt, &r.EndReason, &r.Version, &r.LotCount, &r.Quantity}
	})
}

// Reworks lists the rework routings in force for a product.
func (n *Nonconformances) Reworks(ctx context.Context, product, code string) ([]mes.ReworkInForce, error) {
	rows, err := n.q.ReworksInForce(ctx, product)
	out := make([]mes.ReworkInForce, len(rows))
	for i, r := range rows {
		var w mes.ReworkRouting
		if err := json.Unmarshal(r.Content, &w); err != nil {
			return nil, fmt.Errorf("rework %s rev %s: %w", r.ID, r.Revision, err)
		}
		out[i] = mes.ReworkInForce{ID: r.ID, Revision: r.Revision, Title: w.Title, ReturnTo: w.ReturnTo, Codes: orEmpty(w.Codes), Fits: code != "" && slices.Contains(w.Codes, code)}
	}
	slices.SortStableFunc(out, func(a, b mes.ReworkInForce) int {
		if a.Fits == b.Fits {
			return 0
		}
		if a.Fits {
			return -1
		}
		return 1
	})
	return out, translate(err)
}
