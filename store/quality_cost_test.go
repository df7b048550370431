package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func (f *floor) cost(by mes.CostBy) mes.CostReport {
	f.Helper()
	r, err := f.Costs.Report(f.ctx, mes.CostFilter{Site: site, By: by, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)})
	f.must(err)
	return r
}

func TestPoorQualityCostsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	f.order("WO-1", "KIT", 150)
	lots := f.fill("WO-1")
	p := f.piece(lots[0])
	f.must(p.start("ST10"))
	f.must(p.scrap(2)) // nobody gave a cost yet, nor a code
	if r := f.cost(mes.CostByCode); len(r.Rows) != 1 || r.Rows[0].Group != "" || !r.Rows[0].ScrapUnpriced.Equal(mes.Count(2)) || !r.Sum.Total.IsZero() || r.Sum.Complete || r.Currency != "" {
		t.Fatalf("without a price: %+v", r.Rows)
	}
	f.must(f.Costs.SetMaterialCost(f.ctx, f.key(), site, quality, "KIT", mes.MustDecimal("4.25"), "Controlling"))
	_, err := f.Costs.SetRate(f.ctx, f.key(), site, quality, mes.LabourRate{PerHour: mes.Count(60), Currency: "EUR"}, "Controlling")
	f.must(err)
	f.refused(f.Costs.SetMaterialCost(f.ctx, f.key(), site, quality, "KIT", mes.Count(-1), "x"), mes.CodeUnprocessable, "")
	cents := mes.MustDecimal("0.10")
	long, _ := must1(f.DefectCodes.Tree(f.ctx, site))(f).At("LONG")
	long.PieceCost = &cents
	_, err = f.DefectCodes.Put(f.ctx, f.key(), site, quality, long, "Handling")
	f.must(err)

	f.piece(lots[1]).cut()
	n := f.open(false, lots[1])
	f.must(f.decide(f.propose(n.ID, scrapped(lots[1], 10), reworked(lots[1], 40))))
	q := f.piece(lots[1])
	q.confirmed("RW10", "ST10")
	f.must(f.asOwner("UPDATE mes.lot_operation SET started_at = ended_at - interval '30 minutes' WHERE operation = 'RW10'"))
	_, err = f.Nonconformances.AddCost(f.ctx, f.key(), site, n.ID, quality, mes.ExtraCost{Amount: mes.MustDecimal("120.00"), Text: "Sorting firm"})
	f.must(err)
	r := f.cost(mes.CostByCode)
	if len(r.Rows) != 2 || r.Rows[0].Group != "LONG" || r.Rows[0].Name != "Too long" {
		t.Fatalf("dearest first: %+v", r.Rows)
	}
	want := mes.CostRow{Group: "LONG", Name: "Too long", Scrapped: mes.Count(10), ScrapCost: mes.MustDecimal("42.50"), ScrapUnpriced: mes.Zero, ReworkMin: mes.Count(30), ReworkCost: mes.Count(30),
		ReworkUnpriced: mes.Zero, Handled: mes.Count(50), HandlingCost: mes.Count(5), External: mes.Count(120), Total: mes.MustDecimal("197.50"), Complete: true}
	got := r.Rows[0]
	for name, pair := range map[string][2]mes.Decimal{"scrapped": {got.Scrapped, want.Scrapped}, "scrap": {got.ScrapCost, want.ScrapCost}, "minutes": {got.ReworkMin, want.ReworkMin},
		"rework": {got.ReworkCost, want.ReworkCost}, "handled": {got.Handled, want.Handled}, "handling": {got.HandlingCost, want.HandlingCost}, "external": {got.External, want.External},
		"total": {got.Total, want.Total}} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s is %s, want %s", name, pair[0], pair[1])
		}
	}
	// What was scrapped before the cost was given stays without one.
	if r.Rows[1].Complete || !r.Rows[1].ScrapUnpriced.Equal(mes.Count(2)) || r.Sum.Complete || !r.Sum.Total.Equal(want.Total) || r.Currency != "EUR" {
		t.Errorf("the rest %+v, sum %+v", r.Rows[1], r.Sum)
	}
	by, month := f.cost(mes.CostByProduct), f.cost(mes.CostByMonth)
	if len(by.Rows) != 1 || by.Rows[0].Name != "Hose kit" || !by.Sum.Total.Equal(want.Total) || !month.Sum.Total.Equal(want.Total) || len(month.Rows[0].Group) != 7 {
		t.Errorf("by product %+v, by month %+v", by.Rows, month.Rows)
	}
}

func TestANonconformanceIsChangedWithAReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	lots := f.lots("WO-1", "KIT", 50)
	n := f.open(false, "SCREW-1")
	owner, high := "quinn", mes.SeverityCritical
	_, err := f.Nonconformances.Change(f.ctx, f.key(), site, n.ID, quality, mes.NCChange{Version: 1, Owner: &owner})
	f.refused(err, mes.CodeUnprocessable, "")
	n, err = f.Nonconformances.Change(f.ctx, f.key(), site, n.ID, quality, mes.NCChange{Version: 1, Owner: &owner, Severity: &high, Reason: "She knows it"})
	f.must(err)
	if n.Owner != "quinn" || n.Severity != mes.SeverityCritical || n.Version != 2 {
		t.Errorf("changed %+v", n)
	}
	_, err = f.Nonconformances.Change(f.ctx, f.key(), site, n.ID, quality, mes.NCChange{Version: 1, Owner: &owner, Reason: "Again"})
	f.refused(err, mes.CodeConflict, "changed by somebody else")
	n, err = f.Nonconformances.AddLots(f.ctx, f.key(), site, n.ID, quality, []mes.AffectedLot{{Lot: lots[0].id}}, true, "Made with it")
	f.must(err)
	f.refused(lots[0].start("ST10"), mes.CodeHeld, "NC-1")
	hash, err := f.Blobs.Put(f.ctx, "image/png", []byte("picture"))
	f.must(err)
	n, err = f.Nonconformances.AddPicture(f.ctx, f.key(), site, n.ID, quality, mes.NewPicture{Hash: hash, Caption: "Left end"})
	f.must(err)
	n, err = f.Nonconformances.Note(f.ctx, f.key(), site, n.ID, quality, "The supplier was called")
	f.must(err)
	var kinds []string
	for _, e := range n.Events {
		kinds = append(kinds, e.Kind)
	}
	if got := len(n.Lots); got != 2 || len(n.Pictures) != 1 || len(kinds) != 5 || kinds[4] != "note" {
		t.Errorf("%d lots, pictures %v, events %v", got, n.Pictures, kinds)
	}
	low := mes.SeverityLow
	f.propose(n.ID, use("SCREW-1", 1000))
	_, err = f.Nonconformances.Change(f.ctx, f.key(), site, n.ID, quality, mes.NCChange{Version: f.nc(n.ID).Version, Severity: &low, Reason: "Less"})
	f.refused(err, mes.CodeUnprocessable, "")
	other := f.open(false)
	other, err = f.Nonconformances.Cancel(f.ctx, f.key(), site, other.ID, quality, "None after all")
	if err != nil || other.State != mes.NCCancelled {
		t.Errorf("cancelled %s, %v", other.State, err)
	}
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "nonconformance", Subject: n.ID, Action: "changed"})
	f.must(err)
	if len(trail.Items) != 1 || trail.Items[0].Reason != "She knows it" || trail.Items[0].Before == nil {
		t.Errorf("trail %+v", trail.Items)
	}
}
