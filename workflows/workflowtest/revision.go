package workflowtest

import "github.com/steelthread/steelthread/mes"

// MoveOrder moves an order to another revision, as an approved change does: lots between two operations go over at once,
// others with the entry that brings them there. It answers the lots that went over, whose workflows must be told.
func (l *Ledger) MoveOrder(number string, to mes.Routing) (gone []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.orders[number].moved = &to
	for _, id := range l.lotIDs {
		if lot := l.lots[id]; lot.Order == number && l.goOver(lot) {
			gone = append(gone, id)
		}
	}
	return gone
}

// goOver moves a lot to its order's revision when it stands between two operations and its way can be mapped.
func (l *Ledger) goOver(lot *Lot) bool {
	to := l.orders[lot.Order].moved
	if to == nil || lot.routing.Revision == to.Revision || lot.Progress.State != mes.LotQueued {
		return false
	}
	after, err := lot.Progress.Rebase(lot.routing, *to)
	if err != nil {
		return false
	}
	after.Version++
	l.entries = append(l.entries, mes.Entry{Key: "revision/" + lot.ID, Site: l.Site, Lot: lot.ID, Kind: mes.EntryRebased, Actor: mes.Actor{ID: mes.ActorSystem}, At: l.Now(),
		Before: lot.Progress, After: after})
	lot.Progress, lot.routing = after, *to
	return true
}
