package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// tally counts as a backup does.
func (f *floor) tally() mes.Tally {
	f.Helper()
	b, err := store.OpenBackups(f.ctx, f.db.App)
	f.must(err)
	defer b.Close()
	t, err := b.Tally(f.ctx)
	f.must(err)
	return t
}

func (f *floor) restore() mes.Restore {
	at := time.Now().UTC().Truncate(time.Microsecond)
	return mes.Restore{ID: f.key(), File: "b.tar.zst", SHA256: "ab", TakenAt: at.Add(-time.Hour), RestoredAt: at, By: "root@plant", LotJump: 500, Before: f.tally()}
}

func TestARestoreLeavesGapsWhereTheWorldRemembers(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 3)[0]
	p.kitted(board(1))
	f.must(p.start("ST20")) // takes the first handshake number of TC
	f.must(f.Sessions.Open(f.ctx, "token", []byte("x"), time.Now().Add(time.Hour), mes.Session{Account: "olga", Method: "password"}))
	in := f.restore()
	out, err := f.Restores.Complete(f.ctx, in)
	f.must(err)
	if g := out.Devices["TC"]; g.From != 1 || g.To != 1+mes.RestoreSeqJump {
		t.Errorf("handshake numbers of TC: %+v", g)
	}
	if g := out.Lots["UNIT"]; g.From != 3 || g.To != 503 {
		t.Errorf("serials of UNIT: %+v", g)
	}
	if g := out.Lots["KIT"]; g.From != 0 || g.To != 500 {
		t.Errorf("a product without lots: %+v", g)
	}
	if _, found, err := f.Sessions.FindCtx(f.ctx, "token"); err != nil || found || out.Sessions != 1 {
		t.Errorf("the session lives: %v, %d ended, %v", found, out.Sessions, err)
	}
	if next := f.lots("WO-2", "UNIT", 1)[0].id; next != "U-00504" {
		t.Errorf("the next serial is %s", next)
	}
	devices, err := f.Plant.Devices(f.ctx, site)
	f.must(err)
	for _, d := range devices {
		var c struct {
			Old uint32 `json:"old_numbers"`
		}
		f.must(json.Unmarshal(d.Config, &c))
		if want := map[string]uint32{"TC": 1}[d.ID]; c.Old != want {
			t.Errorf("%s: old numbers up to %d, want %d", d.ID, c.Old, want)
		}
	}
	f.restoreIsTold(out)
}

// restoreIsTold finds the restore in the audit trail, with both heads, and the administrators' alert.
func (f *floor) restoreIsTold(out mes.Restored) {
	f.Helper()
	page, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "restore"})
	f.must(err)
	if len(page.Items) != 1 || page.Items[0].Action != "restored" || !strings.Contains(string(page.Items[0].Before), out.Before.AuditHead) || !strings.Contains(string(page.Items[0].After), out.Head) {
		f.Errorf("the audit trail tells %+v", page.Items)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true, Kind: mes.AlertRestored})
	f.must(err)
	if len(alerts.Items) != 1 || alerts.Items[0].Role != mes.RoleAdmin || alerts.Items[0].Severity != mes.SeverityCritical {
		f.Errorf("alerts %+v", alerts.Items)
	}
	v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
	f.must(err)
	if !v.OK {
		f.Errorf("the chain is judged %+v", v)
	}
	last, err := f.Restores.Last(f.ctx)
	f.must(err)
	if last.ID != out.ID || last.Lots["UNIT"] != out.Lots["UNIT"] {
		f.Errorf("the last restore reads %+v", last)
	}
}

func TestARestoreIsTakenUpOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 2)
	in := f.restore()
	first, err := f.Restores.Complete(f.ctx, in)
	f.must(err)
	again, err := f.Restores.Complete(f.ctx, in)
	f.must(err)
	if again.Lots["UNIT"] != first.Lots["UNIT"] || again.Head != first.Head {
		t.Errorf("the second start answers %+v, the first %+v", again, first)
	}
	if next := f.lots("WO-2", "UNIT", 1)[0].id; next != "U-00503" {
		t.Errorf("the next serial is %s: the gap was left twice", next)
	}
	in = f.restore() // the next disaster, restored by an administrator who knows no manifest
	in.Before = mes.Tally{}
	second, err := f.Restores.Complete(f.ctx, in)
	f.must(err)
	if g := second.Lots["UNIT"]; g.From != 503 || g.To != 1003 {
		t.Errorf("the second restore leaves %+v", g)
	}
}

func TestOtherRecordsThanTheBackedUpOnesAreRefused(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 2)
	in := f.restore()
	for i, s := range in.Before.Strands {
		if s.N > 0 {
			in.Before.Strands[i].Hash = strings.Repeat("0", 64)
			break
		}
	}
	_, err := f.Restores.Complete(f.ctx, in)
	f.refused(err, mes.CodeConflict, "does not hold the rows")
	if _, err := f.Restores.Last(f.ctx); mes.CodeOf(err) != mes.CodeNotFound {
		t.Errorf("a refused restore was stored: %v", err)
	}
	in = f.restore()
	in.LotJump, in.ID = 0, ""
	_, err = f.Restores.Complete(f.ctx, in)
	f.refused(err, mes.CodeUnprocessable, "lot_jump")
}

func TestWhatARestoreLostIsTold(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)[0]
	p.kitted(board(1))
	out, err := f.Restores.Complete(f.ctx, f.restore())
	f.must(err)
	f.must(p.start("ST20")) // after the restore: not part of what was open
	open, err := f.Restores.OpenAt(f.ctx, out)
	f.must(err)
	if len(open) != 2 || open[0].Lot != p.id || open[0].Operation != "10" || open[0].Order != "WO-1" || open[1].Event != "opened" {
		t.Errorf("open lots %+v", open)
	}
	lots, keys, err := f.Restores.Unknown(f.ctx, []string{p.id, "U-00099"}, []string{"WO-9/final"})
	f.must(err)
	if len(lots) != 1 || lots[0] != "U-00099" || len(keys) != 1 || keys[0] != "WO-9/final" {
		t.Errorf("unknown lots %v, keys %v", lots, keys)
	}
}

func TestAParkedMessageIsEndedOnAPersonsWord(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.confirmations(1)
	for _, m := range []string{mes.MessageOperationConfirmed, mes.MessageOrderConfirmed} {
		got := f.lease(10, time.Minute)
		if len(got) != 1 || got[0].Kind != m {
			t.Fatalf("leased %+v, want %s", got, m)
		}
		f.refused(f.Outbox.Accept(f.ctx, got[0].Key, planner, "compared"), mes.CodeNotFound, got[0].Key)
		f.must(f.Outbox.Failed(f.ctx, got[0].ID, "409 this key came with another body", time.Now(), true))
		f.must(f.Outbox.Accept(f.ctx, got[0].Key, planner, "compared"))
		v, err := f.Outbox.Get(f.ctx, got[0].ID)
		f.must(err)
		if v.State != mes.MessageDelivered || !strings.Contains(v.Answer, "compared") {
			t.Errorf("the message is %+v", v)
		}
	}
	o, err := f.Orders.Get(f.ctx, site, "WO-A")
	f.must(err)
	if o.State != mes.OrderClosed {
		t.Errorf("the order is %s", o.State)
	}
}

func TestABackupIsCountedAndKept(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 2)
	b, err := store.OpenBackups(f.ctx, f.db.App)
	f.must(err)
	defer b.Close()
	n, err := b.Tally(f.ctx)
	f.must(err)
	v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
	f.must(err)
	if n.Orders != 1 || n.OpenOrders != 1 || n.OpenLots != 2 || n.AuditRows != v.Rows || n.AuditHead != v.Head || len(n.Strands) != 16 || len(n.Sites) != 1 || n.Schema == 0 {
		t.Errorf("tally %+v", n)
	}
	f.must(b.Taken(f.ctx, planner, mes.BackupTaken{File: "b.tar.zst", SHA256: "abc"}))
	page, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "backed_up"})
	f.must(err)
	if len(page.Items) != 1 || page.Items[0].Subject != "b.tar.zst" || !strings.Contains(string(page.Items[0].After), "abc") {
		t.Errorf("the audit trail tells %+v", page.Items)
	}
	newest, err := store.NewestSchema()
	f.must(err)
	if n.Schema != newest {
		t.Errorf("schema %d, newest %d", n.Schema, newest)
	}
}
