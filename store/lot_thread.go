package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// thread draws the lot's way through its routing. What a reworked lot has done before the operation it is at stays
// done; what comes after is ahead again.
func (l *Lots) thread(ctx context.Context, row lotRow) ([]mes.Bead, error) {
	r, err := l.routings.get(ctx, l.q, row.product, row.Revision)
	if err != nil {
		return nil, err
	}
	visits, err := l.q.VisitsOfLot(ctx, row.Lot)
	if err != nil {
		return nil, err
	}
	here, _, _ := r.At(row.Operation)
	beads := make([]mes.Bead, len(r.Operations))
	for i, o := range r.Operations {
		b := mes.Bead{Operation: o.ID, Name: o.Name, Station: o.Stations[0], State: "ahead"}
		for _, v := range visits {
			if v.Operation == o.ID {
				b.Station, b.Visit = v.Station, max(b.Visit, v.Visit)
			}
		}
		switch {
		case i < here:
			b.State = "done"
		case i == here:
			b.State = beadNow(row.LotView)
		}
		beads[i] = b
	}
	return beads, nil
}

// beadNow is how the operation that the lot is at looks.
func beadNow(l mes.LotView) string {
	switch {
	case l.State == mes.LotScrapped || l.State == mes.LotVoid || l.State == mes.LotMerged:
		return "cut"
	case l.State.Ended():
		return "done"
	case len(l.Holds) > 0 || l.State == mes.LotReview || l.Wait != nil && l.Wait.Kind == mes.WaitAnswer:
		return "stopped"
	}
	return "now"
}

// deviations lists what did not go by the plan, as the lot's record has it.
func (l *Lots) deviations(ctx context.Context, site string, lot mes.LotView) ([]mes.Deviation, error) {
	if lot.Order == "" || lot.Revision == "" {
		rows, err := l.q.RecordHolds(ctx, sqlcgen.RecordHoldsParams{Site: site, Lots: []string{lot.Lot}, Orders: []string{}})
		holds := make([]mes.HoldRecord, len(rows))
		for i, h := range rows {
			holds[i] = holdRecord(h)
		}
		return mes.DeviateByHolds(holds), err
	}
	r, err := recordReader{l.q, l.routings, site}.lot(ctx, lot.Lot)
	return r.Deviations, err
}
