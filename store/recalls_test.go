package store_test

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// recalledPlant has units of one board each, all with screws of one lot: one shipped, one packed, one scrapped, one in work.
func (f *floor) recalledPlant() (units []*piece) {
	f.Helper()
	units = f.lots("WO-1", "UNIT", 4)
	for i, p := range units {
		p.kitted(board(i + 1))
	}
	units[2].screwed()
	f.must(units[2].scrap(1))
	f.must(f.asOwner("UPDATE mes.lot SET state = 'packed' WHERE id IN ('" + units[0].id + "', '" + units[1].id + "')"))
	f.must(f.ship(units[0].id, "D-1"))
	return units
}

func TestARecallFindsEveryPiece(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	units := f.recalledPlant()
	_, err := f.Lots.Split(f.ctx, "s", site, operator, mes.LotSplit{Lot: "SCREW-1", Quantity: mes.Count(100), Reason: "Line 2."})
	f.must(err)
	r, err := f.Recalls.Start(f.ctx, "k", site, planner, mes.NewRecall{Lot: "SCREW-1", Mock: true, Reason: "Yearly drill."})
	f.must(err)
	again, err := f.Recalls.Start(f.ctx, "k", site, planner, mes.NewRecall{Lot: "SCREW-1", Mock: true, Reason: "Yearly drill."})
	f.must(err)
	if r.ID != "R-1" || again.ID != r.ID || !r.Balanced || r.Lots != 6 || r.Customers != 1 || r.TracedAt.Before(r.StartedAt) {
		t.Fatalf("recall %+v, again %+v", r, again)
	}
	_, found, err := f.Recalls.Get(f.ctx, site, r.ID)
	f.must(err)
	at := map[string]mes.RecalledLot{}
	for _, l := range found.Affected {
		at[l.Lot] = l
	}
	root := at["SCREW-1"]
	if !root.Made.Equal(mes.Count(1000)) || !root.Used.Equal(mes.Count(16)) || !root.SplitOff.Equal(mes.Count(100)) || !root.Stock.Equal(mes.Count(884)) {
		t.Errorf("the sheet of the root %+v", root)
	}
	for lot, want := range map[string]mes.RecallPlace{"SCREW-1-S1": mes.RecallStock, units[0].id: mes.RecallShipped, units[1].id: mes.RecallStock, units[2].id: mes.RecallScrap, units[3].id: mes.RecallWork} {
		if at[lot].Place != want {
			t.Errorf("%s is at %q, want %s", lot, at[lot].Place, want)
		}
	}
	if len(found.Customers) != 1 || found.Customers[0].Lots[0] != units[0].id {
		t.Errorf("customers %+v", found.Customers)
	}
	up, err := f.Recalls.Start(f.ctx, "k2", site, planner, mes.NewRecall{Lot: units[0].id, Reason: "Complaint."})
	f.must(err)
	_, found, err = f.Recalls.Get(f.ctx, site, up.ID)
	f.must(err)
	var sources []string
	for _, l := range found.Sources {
		sources = append(sources, l.Lot)
	}
	if up.ID != "R-2" || strings.Join(sources, " ") != board(1)+" SCREW-1" {
		t.Errorf("%s was made of %v", units[0].id, sources)
	}
}

func TestALedgerThatDoesNotHoldIsSeen(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.recalledPlant()
	f.must(f.asOwner("UPDATE mes.lot SET remaining = remaining - 7 WHERE id = 'SCREW-1'"))
	r, err := f.Recalls.Start(f.ctx, "k", site, planner, mes.NewRecall{Lot: "SCREW-1", Mock: true, Reason: "Drill."})
	f.must(err)
	_, found, err := f.Recalls.Get(f.ctx, site, r.ID)
	f.must(err)
	if r.Balanced || !found.Affected[0].Missing.Equal(mes.Count(7)) {
		t.Errorf("balanced %v, root %+v", r.Balanced, found.Affected[0])
	}
}

func TestARecallIsCompletedOnceAndKeepsWhatItFound(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.recalledPlant()
	r, err := f.Recalls.Start(f.ctx, "k", site, planner, mes.NewRecall{Lot: "SCREW-1", Mock: true, Reason: "Drill."})
	f.must(err)
	_, err = f.Recalls.Complete(f.ctx, site, r.ID, planner, "")
	f.refused(err, mes.CodeUnprocessable, "note")
	done, err := f.Recalls.Complete(f.ctx, site, r.ID, planner, "The customer has set the unit aside.")
	f.must(err)
	if done.CompletedBy != planner.ID || done.CompletedAt == nil {
		t.Errorf("completed %+v", done)
	}
	_, err = f.Recalls.Complete(f.ctx, site, r.ID, planner, "again")
	f.refused(err, mes.CodeConflict, planner.ID)
	if err := f.asOwner("UPDATE mes.recall SET found = '{}'"); err == nil {
		t.Error("what was found could be changed")
	}
	f.must(f.asOwner("ALTER TABLE mes.recall DISABLE TRIGGER ALL; UPDATE mes.recall SET found = jsonb_set(found, '{affected,0,made}', '\"1\"')"))
	_, _, err = f.Recalls.Get(f.ctx, site, r.ID)
	f.refused(err, mes.CodeInternal, "does not fit its hash")
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "recall_completed"})
	f.must(err)
	if len(trail.Items) != 1 {
		t.Errorf("trail %+v", trail.Items)
	}
	_, err = f.Recalls.Start(f.ctx, "k3", site, planner, mes.NewRecall{Lot: "NONE", Reason: "r"})
	f.refused(err, mes.CodeNotFound, "NONE")
}
