package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestALotIsMadeFromFirstScanToLastStation(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	if len(ps) != 3 {
		t.Fatalf("got %d lots, want 3", len(ps))
	}
	p := ps[0]
	p.kitted("(01)04012345000023(21)BOARD-1")
	p.screwed()
	if s := f.status("WO-1"); s.State != mes.OrderRunning || !s.Ledger.InProcess.Equal(mes.Count(3)) || !s.Ledger.Balanced() {
		t.Errorf("order is %+v", s)
	}
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if len(built.Operations) != 3 || len(built.Operations[0].Steps) != 2 || len(built.Operations[1].Steps) != 1 {
		t.Fatalf("as built: %+v", built)
	}
	board := built.Operations[0].Steps[0].Components
	if len(board) != 1 || board[0].Lot != "BOARD-1" || board[0].SupplierLot != "C-9" || !board[0].Quantity.Equal(mes.One) {
		t.Errorf("board: %+v", board)
	}
	v := built.Operations[1].Steps[0].Values
	if len(v) != 1 || !v[0].Value.Equal(mes.MustDecimal("2.0")) || v[0].Lower == nil || !v[0].Lower.Equal(mes.MustDecimal("1.8")) || v[0].Result != mes.ResultPass {
		t.Errorf("values: %+v", v)
	}
	if left := f.lot("SCREW-1"); !left.Remaining.Equal(mes.Count(996)) || left.State != mes.LotAvailable {
		t.Errorf("screws: %s left, %s", left.Remaining, left.State)
	}
	if b := f.lot("BOARD-1"); !b.Remaining.IsZero() || b.State != mes.LotConsumed {
		t.Errorf("board: %s left, %s", b.Remaining, b.State)
	}
}
