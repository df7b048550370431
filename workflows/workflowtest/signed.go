package workflowtest

import (
	"encoding/json"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Sign gives a lot the signatures that its step waits for, as the ledger does: without the workflow, which is told after.
func (l *Ledger) Sign(lot string) error {
	return l.moveBy(lot, mes.EntrySigned, func(p mes.Progress, r mes.Routing) (mes.Progress, error) { return p.Signed(r, lot, l.Now()) })
}

// Unsign sends a lot to quality because somebody does not sign.
func (l *Ledger) Unsign(lot, reason string) error {
	return l.moveBy(lot, mes.EntryUnsigned, func(p mes.Progress, _ mes.Routing) (mes.Progress, error) { return p.Unsigned(lot, reason, l.Now()) })
}

func (l *Ledger) moveBy(id string, kind mes.EntryKind, rule func(mes.Progress, mes.Routing) (mes.Progress, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	lot, ok := l.lots[id]
	if !ok {
		return mes.NotFound("Lot", id)
	}
	after, err := rule(lot.Progress, l.orders[lot.Order].routing)
	if err != nil {
		return err
	}
	rec, err := l.record(mes.Entry{Key: string(kind) + id + lot.Progress.Wait.Since.String(), Lot: id, Kind: kind, At: l.Now(), Before: lot.Progress, After: after})
	if err == nil {
		l.send(mes.MessageLotBehind, string(kind), id, mes.LotMoved{Site: l.Site, Lot: id, Version: rec.After.Version})
	}
	return err
}

// Signed lets the ledger sign at the script's next second, and tells the workflow as the outbox would.
func (r *LotRun) Signed() { r.byLedger(func() error { return r.Ledger.Sign(r.Lot) }) }

// Unsigned lets somebody refuse to sign at the script's next second.
func (r *LotRun) Unsigned(reason string) {
	r.byLedger(func() error { return r.Ledger.Unsign(r.Lot, reason) })
}

func (r *LotRun) byLedger(do func() error) {
	r.Then(func() {
		if err := do(); err != nil {
			r.T.Error(err)
		}
		for _, m := range r.Ledger.TakeMessages() {
			var moved mes.LotMoved
			if err := json.Unmarshal(m.Payload, &moved); err != nil || m.Kind != mes.MessageLotBehind {
				r.T.Errorf("message %s: %v", m.Kind, err)
			}
			r.Env.SignalWorkflow(contract.LotBehind.Name, contract.Behind{Version: moved.Version})
		}
	})
}
