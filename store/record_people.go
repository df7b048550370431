package store

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// admit asks for the certificates of whoever made the entry, as they stand in this transaction: the API has asked
// before, and one may have ended or been withdrawn since.
func (r *recording) admit(ctx context.Context) error {
	if r.e.Actor.ID == "" || r.e.Actor.ID == mes.ActorSystem {
		return nil
	}
	routing, err := r.work.db.routings.get(ctx, r.Queries, r.order.Product, r.order.Revision)
	if err != nil {
		return err
	}
	gate, needs := r.e.Gate(routing)
	if len(needs) == 0 {
		return nil
	}
	rows, err := r.Queries.Qualifications(ctx, r.e.Actor.ID)
	if err != nil {
		return err
	}
	held := make([]mes.Qualification, len(rows))
	for i, q := range rows {
		held[i] = mes.Qualification{ID: q.ID, Level: q.Level, ExpiresAt: q.ExpiresAt}
	}
	zone, err := r.zone(ctx, r.e.Site)
	if err != nil {
		return err
	}
	return gate.Admit(held, r.e.At, zone, needs...)
}

// clock writes what the entry does to people's time.
func (r *recording) clock(ctx context.Context) error {
	for i, e := range r.e.Clock(r.order.Number, r.after) {
		if err := r.later.AddLabourEvent(ctx, clockParams(fmt.Sprintf("%s#clock%d", r.e.Key, i), r.e.Site, e)); err != nil {
			return err
		}
		r.tell(r.e.Site, mes.EventLabour, r.order.Number)
	}
	return nil
}

func clockParams(key, site string, e mes.ClockEvent) sqlcgen.AddLabourEventParams {
	p := sqlcgen.AddLabourEventParams{Key: key, Site: site, Kind: string(e.Kind), Account: e.Account, WorkOrder: e.Job.Order, Lot: e.Job.Lot, Operation: e.Job.Operation,
		Visit: e.Job.Visit, Station: e.Job.Station, Code: e.Code, At: e.At, Reason: e.Reason, ByAccount: e.By}
	if e.Kind == mes.ClockCorrection {
		p.FromAt, p.ToAt = &e.From, &e.To
	}
	return p
}
