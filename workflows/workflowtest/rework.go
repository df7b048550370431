package workflowtest

import "github.com/steelthread/steelthread/mes"

// Rework sends a lot through a rework and back, as the ledger does when a board has decided: without the workflow, which is
// told after. The lot goes by the composed routing until it has left the rework.
func (l *Ledger) Rework(lot string, w mes.ReworkRouting) error {
	return l.moveBy(lot, mes.EntryReworked, func(p mes.Progress, _ mes.Routing) (mes.Progress, error) {
		held := l.lots[lot]
		to, err := mes.Compose(held.routing, w, mes.RevisionKey{Kind: mes.DocRework, ID: "RW", Revision: "A"})
		if err != nil {
			return p, err
		}
		after, err := p.Dispatch(held.routing, to, lot, "The board decided", l.Now())
		if err == nil {
			held.base, held.routing = held.routing, to
		}
		return after, err
	})
}

// backFromRework puts a lot that has left its rework back on its own routing.
func (l *Ledger) backFromRework(lot *Lot, e mes.Entry) bool {
	if e.Kind != mes.EntryCompleted || !e.Before.LeavesRework(lot.routing, lot.Progress) {
		return false
	}
	lot.routing = lot.base
	return true
}

// Reworked lets the board send the lot into rework at the script's next second, and tells the workflow as the outbox would.
func (r *LotRun) Reworked(w mes.ReworkRouting) {
	r.byLedger(func() error { return r.Ledger.Rework(r.Lot, w) })
}
