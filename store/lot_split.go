package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// How a lot's pieces came into another lot: built in, or as they were under a new number.
const (
	consumed = "consumed"
	bySplit  = "split"
	byMerge  = "merged"
)

// Split takes pieces out of a lot into a new one. Both lie where the lot lay; the genealogy leads from one to the other.
func (l *Lots) Split(ctx context.Context, key, site string, by mes.Actor, s mes.LotSplit) (mes.Divided, error) {
	return l.divide(ctx, "split", key, site, []string{s.Lot}, func(d *dividing) error {
		if err := s.Check(d.lots[0].StandingLot); err != nil {
			return err
		}
		return d.split(ctx, by, s)
	})
}

// Merge puts lots together into a new one, and ends them.
func (l *Lots) Merge(ctx context.Context, key, site string, by mes.Actor, m mes.LotMerge) (mes.Divided, error) {
	return l.divide(ctx, "merge", key, site, m.Lots, func(d *dividing) error {
		atRest := make([]mes.StandingLot, len(d.lots))
		for i, s := range d.lots {
			atRest[i] = s.StandingLot
		}
		if err := m.Check(atRest); err != nil {
			return err
		}
		return d.merge(ctx, by, m, mes.Total(atRest))
	})
}

// dividing is one split or merge while it is carried out.
type dividing struct {
	*work
	key  string
	now  time.Time
	lots []atRest
	out  mes.Divided
}

// atRest is a locked lot with what its successor takes over.
type atRest struct {
	mes.StandingLot
	row sqlcgen.LockStandingRow
	at  *mes.Progress
}

// divide locks the lots in the order of their IDs, and runs the command once per key.
func (l *Lots) divide(ctx context.Context, command, key, site string, lots []string, do func(*dividing) error) (mes.Divided, error) {
	d := &dividing{key: command + "/" + site + "#" + key}
	err := l.change(ctx, func(w *work) error {
		*d = dividing{key: d.key, work: w}
		if err := d.lock(ctx, site, lots); err != nil {
			return err
		}
		found, err := w.answered(ctx, d.key, &d.out)
		if found || err != nil {
			return err
		}
		if err := w.refuseHeld(ctx, lots...); err != nil {
			return err
		}
		if d.now, err = w.Now(ctx); err != nil {
			return err
		}
		if err := do(d); err != nil {
			return err
		}
		return w.remember(ctx, d.key, d.out.New, d.out)
	})
	return d.out, err
}

func (d *dividing) lock(ctx context.Context, site string, lots []string) error {
	rows, err := d.LockStanding(ctx, sqlcgen.LockStandingParams{Site: site, Lots: lots})
	if err != nil {
		return err
	}
	found := map[string]atRest{}
	for _, r := range rows {
		s := atRest{row: r, StandingLot: mes.StandingLot{ID: r.ID, Site: r.Site, Material: r.Material, Tracking: mes.Tracking(r.Tracking), Origin: r.Origin, State: mes.LotState(r.State),
			Remaining: r.Remaining, Order: r.WorkOrder, Revision: r.Revision, Operation: r.Operation, Visit: r.Visit, Supplier: r.Supplier, SupplierLot: r.SupplierLot, ExpiresAt: r.ExpiresAt}}
		if len(r.Progress) > 0 {
			s.at = &mes.Progress{}
			if err := json.Unmarshal(r.Progress, s.at); err != nil {
				return fmt.Errorf("progress of %s: %w", r.ID, err)
			}
		}
		found[r.ID] = s
	}
	for _, id := range lots {
		s, ok := found[id]
		if !ok {
			return mes.NotFound("Lot", id)
		}
		d.lots = append(d.lots, s)
	}
	return nil
}

func (d *dividing) split(ctx context.Context, by mes.Actor, s mes.LotSplit) error {
	from := d.lots[0]
	made, err := d.make(ctx, by, s.Quantity, bySplit)
	if err != nil {
		return err
	}
	var progress json.RawMessage
	if from.at != nil {
		if progress, err = json.Marshal(from.at.Split(s.Quantity)); err != nil {
			return err
		}
	}
	return d.give(ctx, by, from, made, gift{kind: bySplit, entry: mes.EntrySplit, state: from.State, quantity: s.Quantity, progress: progress, reason: s.Reason})
}

func (d *dividing) merge(ctx context.Context, by mes.Actor, m mes.LotMerge, total mes.Decimal) error {
	made, err := d.make(ctx, by, total, byMerge)
	if err != nil {
		return err
	}
	for i, from := range d.lots {
		var progress json.RawMessage
		if from.at != nil {
			if progress, err = json.Marshal(from.at.Merge(d.now)); err != nil {
				return err
			}
		}
		if err := d.give(ctx, by, from, made, gift{n: i, kind: byMerge, entry: mes.EntryMerged, state: mes.LotMerged, quantity: from.Remaining, progress: progress, reason: m.Reason}); err != nil {
			return err
		}
		if err := d.later.CloseVisits(ctx, sqlcgen.CloseVisitsParams{Lot: from.ID, At: &d.now}); err != nil {
			return err
		}
	}
	return nil
}

// make writes the new lot beside the first of the others. Its edges come with what each gives.
func (d *dividing) make(ctx context.Context, by mes.Actor, quantity mes.Decimal, how string) (string, error) {
	like := d.lots[0]
	p := sqlcgen.AddLotFromParams{Source: like.ID, Quantity: quantity, CreatedBy: by.ID, At: d.now, Version: like.row.Version}
	if like.at != nil {
		at := like.at.SplitOff(quantity)
		progress, err := json.Marshal(at)
		if err != nil {
			return "", err
		}
		p.Progress, p.Version = progress, at.Version
	}
	if like.Order != "" {
		// The order's lock keeps its lots' numbers apart.
		if _, err := d.LockOrder(ctx, sqlcgen.LockOrderParams{Site: like.Site, Number: like.Order}); err != nil {
			return "", missing(err, "Order", like.Order)
		}
		n, err := d.LastLotOfOrder(ctx, &like.Order)
		if err != nil {
			return "", err
		}
		if n >= math.MaxInt32 {
			return "", mes.Refuse(mes.CodeConflict, "Order "+like.Order+" has no more numbers for its lots.", "Nothing was changed.", "")
		}
		next := int32(n + 1) //nolint:gosec // bounded above
		p.Number = &next
	}
	var err error
	if p.ID, err = d.name(ctx, like, how); err != nil {
		return "", err
	}
	added, err := d.AddLotFrom(ctx, p)
	if err != nil {
		return "", err
	}
	if added == 0 {
		e := mes.Refuse(mes.CodeConflict, fmt.Sprintf("A lot %s exists already.", p.ID), "Nothing was changed.", "Try once more.")
		e.Retry = true
		return "", e
	}
	d.out.New = p.ID
	return p.ID, d.begin(ctx, by, like, p.ID)
}

// begin lets the new lot wait where the other one did, with a workflow of its own.
func (d *dividing) begin(ctx context.Context, by mes.Actor, like atRest, made string) error {
	err := d.later.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: d.key + "/made", Lot: made, WorkOrder: like.Order, Kind: string(mes.EntryMade), Actor: by.ID, Station: like.row.Station,
		Operation: like.Operation, Visit: like.Visit, Quantity: mes.Zero, Reason: like.ID, At: d.now})
	if err != nil {
		return err
	}
	d.tell(like.Site, mes.EventLot, made)
	d.tell(like.Site, mes.EventMaterial, made)
	if like.State != mes.LotQueued {
		return nil
	}
	if err := d.later.CopyVisit(ctx, sqlcgen.CopyVisitParams{Lot: made, Source: like.ID}); err != nil {
		return err
	}
	for _, s := range like.row.Stations {
		d.tell(like.Site, mes.EventStation, s)
	}
	return d.send(ctx, mes.ToWorkflow, mes.MessageLotMade, made, "lot/"+like.Site+"/"+made, mes.LotMade{Site: like.Site, Lot: made, Order: like.Order, Line: like.row.Line})
}

// name numbers the new lot: a produced one by its product's numbers, a received one after the lot that it came from.
func (d *dividing) name(ctx context.Context, like atRest, how string) (string, error) {
	if like.Origin == "produced" {
		routing, err := d.db.routings.get(ctx, d.Queries, like.Material, like.Revision)
		if err != nil {
			return "", err
		}
		last, err := d.TakeLotNumbers(ctx, sqlcgen.TakeLotNumbersParams{Product: routing.Product, N: 1})
		return routing.LotID(last), err
	}
	n, err := d.CountMadeFrom(ctx, sqlcgen.CountMadeFromParams{Component: like.ID, Kind: how})
	if err != nil {
		return "", err
	}
	mark := "S"
	if how == byMerge {
		mark = "M"
	}
	return fmt.Sprintf("%s-%s%d", like.ID, mark, n+1), nil
}

// gift is what one lot gives to the new one.
type gift struct {
	n        int
	kind     string
	entry    mes.EntryKind
	state    mes.LotState // of the giver, afterwards
	quantity mes.Decimal
	progress json.RawMessage
	reason   string
}

// give takes the pieces out of a lot, with the edge that leads to the new one, and tells its workflow.
func (d *dividing) give(ctx context.Context, by mes.Actor, from atRest, made string, g gift) error {
	key := d.key + "/" + from.ID
	steps := []error{
		d.later.MoveFromLot(ctx, sqlcgen.MoveFromLotParams{Lot: from.ID, Quantity: g.quantity, State: string(g.state), Progress: g.progress, At: d.now}),
		d.later.AddEdge(ctx, sqlcgen.AddEdgeParams{Key: d.key, N: g.n, Component: from.ID, Lot: made, Material: from.Material, Quantity: g.quantity, Operation: from.Operation,
			Station: from.row.Station, Operator: by.ID, At: d.now, Kind: g.kind}),
		d.later.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: key, Lot: from.ID, WorkOrder: from.Order, Kind: string(g.entry), Actor: by.ID, Station: from.row.Station,
			Operation: from.Operation, Visit: from.Visit, Code: made, Quantity: g.quantity, Reason: g.reason, At: d.now}),
		d.audit(by, string(g.entry), "lot", from.ID, g.reason, key, map[string]any{"quantity": from.Remaining}, map[string]any{"quantity": from.Remaining.Sub(g.quantity), "into": made, "taken": g.quantity}),
		d.lotChanged(ctx, from.Site, from.ID, from.Order, by.ID, "pieces left it for "+made),
	}
	for _, err := range steps {
		if err != nil {
			return err
		}
	}
	d.tell(from.Site, mes.EventLot, from.ID)
	d.tell(from.Site, mes.EventMaterial, from.ID)
	for _, s := range from.row.Stations {
		d.tell(from.Site, mes.EventStation, s)
	}
	d.out.Lots = append(d.out.Lots, mes.DividedPart{Lot: from.ID, Quantity: g.quantity, Left: from.Remaining.Sub(g.quantity)})
	if from.State != mes.LotQueued {
		return nil
	}
	return d.send(ctx, mes.ToWorkflow, mes.MessageLotBehind, key, "lot/"+from.Site+"/"+from.ID, mes.LotMoved{Site: from.Site, Lot: from.ID, Version: from.row.Version + 1, Reason: string(g.entry)})
}
