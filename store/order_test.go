package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

func TestTheSameRequestAnswersTheSameOrder(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := request("WO-1", "UNIT", 5)
	first, created, err := f.Orders.Create(f.ctx, "a", site, planner, r)
	f.must(err)
	if !created || first.State != mes.OrderCreated || first.ProductName != "Drive unit" || !first.NotStarted.Equal(mes.Count(5)) || first.CreatedBy != "paula" {
		t.Errorf("created %v, %+v", created, first)
	}
	if first.WaitsFor == nil || first.WaitsFor.Kind != "release" {
		t.Errorf("waits for %+v", first.WaitsFor)
	}
	r.Quantity = mes.MustDecimal("5.000") // the same number, written otherwise
	again, created, err := f.Orders.Create(f.ctx, "b", site, planner, r)
	f.must(err)
	if created || !again.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("created %v, %+v", created, again)
	}
	r.Priority = 51
	_, _, err = f.Orders.Create(f.ctx, "c", site, planner, r)
	f.refused(err, mes.CodeConflict, "exists with other content")
	f.messages(mes.ToWorkflow, mes.MessageStartOrder, 1)
}

func TestAnOrderThatCannotBeMadeIsNotStored(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	cases := map[string]func(*mes.OrderRequest){
		"product":  func(r *mes.OrderRequest) { r.Product = "UNICORN" },
		"quantity": func(r *mes.OrderRequest) { r.Quantity = mes.MustDecimal("1.5") },
		"due":      func(r *mes.OrderRequest) { r.Due = time.Now().Add(-time.Minute) },
		"line":     func(r *mes.OrderRequest) { r.Line = "ST10" },
		"priority": func(r *mes.OrderRequest) { r.Priority = 101 },
		"number":   func(r *mes.OrderRequest) { r.Number = "WO 1" },
	}
	for field, spoil := range cases {
		r := request("WO-1", "UNIT", 5)
		spoil(&r)
		_, _, err := f.Orders.Create(f.ctx, f.key(), site, planner, r)
		f.refused(err, mes.CodeUnprocessable, field+": ")
	}
	r := request("WO-1", "SCREW", 5) // known, but without a routing
	_, _, err := f.Orders.Create(f.ctx, f.key(), site, planner, r)
	f.refused(err, mes.CodeUnprocessable, "no approved routing")
	page, err := f.Orders.List(f.ctx, mes.OrderFilter{Site: site})
	f.must(err)
	if page.Total != 0 {
		t.Errorf("%d orders were stored", page.Total)
	}
}

func TestReleaseFreezesTheRevision(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.order("WO-1", "UNIT", 1)
	b := newRevision("B")
	_, err := f.Plant.Import(f.ctx, planner, b)
	f.must(err)
	f.order("WO-2", "UNIT", 1)
	if one, two := f.status("WO-1").Revision, f.status("WO-2").Revision; one != "A" || two != "B" {
		t.Errorf("revisions %s and %s, want A and B", one, two)
	}
	_, err = f.Orders.Release(f.ctx, "again", site, "WO-1", planner)
	f.refused(err, mes.CodeConflict, "released before")
	b.Routings[0].Window = 3
	_, err = f.Plant.Import(f.ctx, planner, b)
	f.refused(err, mes.CodeConflict, "UNIT rev B is stored with other content")
	v, err := f.Plant.Routing(f.ctx, "UNIT", "")
	f.must(err)
	if v.Routing.Revision != "B" || v.State != mes.RoutingApproved || v.Routing.Window != 4 {
		t.Errorf("approved: %+v", v)
	}
	old, err := f.Plant.Routing(f.ctx, "UNIT", "A")
	f.must(err)
	if old.State != mes.RoutingSuperseded {
		t.Errorf("rev A is %s", old.State)
	}
}

func newRevision(revision string) mes.PlantImport {
	r := storetest.Unit()
	r.Revision, r.Window = revision, 4
	return mes.PlantImport{Routings: []mes.Routing{r}, ApprovedBy: "engineer"}
}

func TestAChangeNeverGoesBelowWhatWasStarted(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 10) // the window takes 8
	seven, nine, forty, later := mes.Count(7), mes.Count(9), 40, due.Add(time.Hour)
	_, err := f.Orders.Change(f.ctx, "a", site, "WO-1", planner, mes.OrderChange{Quantity: &seven, Reason: "less"})
	f.refused(err, mes.CodeUnprocessable, "8 are started already")
	s, err := f.Orders.Change(f.ctx, "b", site, "WO-1", planner, mes.OrderChange{Quantity: &nine, Due: &later, Priority: &forty, Reason: "less"})
	f.must(err)
	again, err := f.Orders.Change(f.ctx, "b", site, "WO-1", planner, mes.OrderChange{Quantity: &forty2, Reason: "ignored"})
	f.must(err)
	if !s.Ledger.Ordered.Equal(nine) || !again.Ledger.Ordered.Equal(nine) || !s.Ledger.NotStarted.Equal(mes.One) {
		t.Errorf("changed to %+v, again %+v", s, again)
	}
	o, err := f.Orders.Get(f.ctx, site, "WO-1")
	f.must(err)
	if o.Priority != 40 || !o.Due.Equal(later) {
		t.Errorf("priority %d, due %s", o.Priority, o.Due)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "order", Subject: "WO-1", Action: "terms_changed"})
	f.must(err)
	if rows.Total != 1 || rows.Items[0].Reason != "less" || !contains(string(rows.Items[0].Before), `"10"`) || !contains(string(rows.Items[0].After), `"9"`) {
		t.Errorf("audit %+v", rows.Items)
	}
}

var forty2 = mes.Count(42)

func TestTheWindowIsFilledAsLotsEnd(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 330) // 7 lots, window 4
	if len(ps) != 4 {
		t.Fatalf("%d lots are open, want 4", len(ps))
	}
	if again := f.fill("WO-1"); len(again) != 4 {
		t.Errorf("a second fill opened %d lots", len(again)-4)
	}
	f.ledger("WO-1", 330, 0, 0, 200, 130)
	p, err := f.Orders.Progress(f.ctx, site, "WO-1")
	f.must(err)
	if p.Open != 4 || p.Window != 4 || p.HasRoom() || p.Finished() {
		t.Errorf("progress %+v", p)
	}
	ps[0].packed()
	ps[1].packed()
	out, err := f.Orders.Fill(f.ctx, mes.FillRequest{Site: site, Order: "WO-1"})
	f.must(err)
	if out.Created != 2 || len(out.Open) != 4 || !out.Remaining {
		t.Errorf("fill %+v", out)
	}
	other := f.lots("WO-2", "KIT", 50)
	if ps[0].id != "K-0001" || out.Open[3] != "K-0006" || other[0].id != "K-0007" {
		t.Errorf("numbers %s, %v, %s", ps[0].id, out.Open, other[0].id)
	}
	if l := f.lot(other[0].id); l.Number != 1 || f.lot("K-0006").Number != 6 {
		t.Errorf("places in the order: %d, %d", l.Number, f.lot("K-0006").Number)
	}
}

func TestAnOrderEndsWithItsLastPieceAndTheERPClosesIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 100)
	ps[0].packed()
	_, err := f.Orders.Complete(f.ctx, "c", site, "WO-1")
	f.refused(err, mes.CodeConflict, "50 in process")
	f.must(ps[1].scrap(1))
	ps[1].packed()
	s, err := f.Orders.Complete(f.ctx, "c", site, "WO-1")
	f.must(err)
	again, err := f.Orders.Complete(f.ctx, "other", site, "WO-1")
	f.must(err)
	if s.State != mes.OrderCompleted || again.State != mes.OrderCompleted {
		t.Errorf("states %s, %s", s.State, again.State)
	}
	m := f.messages(mes.ToERP, mes.MessageOrderConfirmed, 1)[0]
	var final mes.OrderConfirmed
	f.must(json.Unmarshal(m.Payload, &final))
	if !final.Quantity.Equal(mes.Count(100)) || !final.Good.Equal(mes.Count(99)) || !final.Scrap.Equal(mes.One) || !final.NotStarted.IsZero() || final.Revision != "A" || m.Key != "WO-1/final" {
		t.Errorf("final confirmation %+v under %s", final, m.Key)
	}
	f.must(f.Outbox.Delivered(f.ctx, m.ID, "200 OK"))
	f.must(f.Outbox.Delivered(f.ctx, m.ID, "200 OK"))
	if got := f.status("WO-1").State; got != mes.OrderClosed {
		t.Errorf("order is %s, want closed", got)
	}
	_, err = f.Orders.Cancel(f.ctx, "x", site, "WO-1", planner, "too late")
	f.refused(err, mes.CodeConflict, "closed")
}

func TestCancelGivesBackWhatNeverBegan(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 330)
	f.must(ps[0].start("ST10"))
	_, err := f.Orders.Cancel(f.ctx, "x", site, "WO-1", planner, "customer withdrew")
	f.must(err)
	f.ledger("WO-1", 330, 0, 0, 50, 280)
	for _, p := range ps[1:] {
		if l := f.lot(p.id); l.State != mes.LotVoid || l.EndedAt == nil || l.Wait != nil {
			t.Errorf("%s is %s, waits for %+v", p.id, l.State, l.Wait)
		}
		again := f.piece(p.id)
		if again.at.State != mes.LotVoid || again.at.Version != 2 {
			t.Errorf("its plan says %s at version %d", again.at.State, again.at.Version)
		}
		f.refused(p.start("ST10"), mes.CodeConflict, "changed meanwhile")
	}
	f.messages(mes.ToWorkflow, mes.MessageLotVoided, 3)
	if open := f.fill("WO-1"); len(open) != 1 {
		t.Errorf("a cancelled order has %d open lots", len(open))
	}
	_, err = f.Orders.Cancel(f.ctx, "y", site, "WO-1", planner, "again")
	f.refused(err, mes.CodeConflict, "being cancelled")
	f.must(ps[0].scrap(50))
	s, err := f.Orders.Complete(f.ctx, "c", site, "WO-1")
	f.must(err)
	if s.State != mes.OrderCancelled {
		t.Errorf("order is %s", s.State)
	}
	f.messages(mes.ToERP, mes.MessageOrderConfirmed, 1)
}

func TestTheTimelineTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	f.must(p.start("ST20"))
	f.must(p.measured("3.5"))
	f.must(p.measured("2.1"))
	f.must(p.finish())
	rows, err := f.Orders.Timeline(f.ctx, site, "WO-1")
	f.must(err)
	seen := map[string]bool{}
	for i, r := range rows {
		seen[r.Source+"/"+r.Kind] = true
		if i > 0 && r.At.Before(rows[i-1].At) {
			t.Errorf("row %d is out of time", i)
		}
	}
	for _, want := range []string{"audit/created", "audit/released", "lot/opened", "lot/operation_started", "step/scan", "step/device", "lot/operation_completed", "outbox/operation_confirmed"} {
		if !seen[want] {
			t.Errorf("the story lacks %s; it has %v", want, seen)
		}
	}
	text := ""
	for _, r := range rows {
		text += r.Text + "\n"
	}
	for _, want := range []string{"Torque 3.5 Nm (out of limits)", "Torque 2.1 Nm", "BOARD-1 (1)"} {
		if !contains(text, want) {
			t.Errorf("no row says %q:\n%s", want, text)
		}
	}
	_, err = f.Orders.Timeline(f.ctx, site, "WO-9")
	f.refused(err, mes.CodeNotFound, "WO-9")
}
