package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// TestAHoldMeetsAStationThatConsumesAtThatMoment: either the consumption comes before the hold, and what it made is found, or
// it is refused. There is no third way, in any round.
func TestAHoldMeetsAStationThatConsumesAtThatMoment(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	const rounds, stations = 25, 4
	ps := f.lots("WO-1", "UNIT", 8)
	before, refused := 0, 0
	for n := range rounds {
		screws := fmt.Sprintf("SCREW-R%d", n)
		_, err := f.Materials.Receive(f.ctx, f.key(), site, planner, []mes.Receipt{{Lot: screws, Material: "SCREW", Quantity: mes.Count(100), Supplier: "Bolt AG", SupplierLot: screws}})
		f.must(err)
		if n > 0 {
			ps = f.lots(fmt.Sprintf("WO-R%d", n), "UNIT", stations)
		}
		for i, p := range ps[:stations] {
			board := fmt.Sprintf("BOARD-R%d-%d", n, i)
			_, err := f.Materials.Receive(f.ctx, f.key(), site, planner, []mes.Receipt{{Lot: board, Material: "BOARD", Quantity: mes.One, Supplier: "Chip AG", SupplierLot: board}})
			f.must(err)
			f.must(p.start("ST10"))
			f.must(p.scan(board))
		}
		var id string
		errs := together(stations+1, func(i int) error {
			if i == stations {
				out, err := f.Containments.Place(f.ctx, quinn, mes.ContainmentRequest{Site: site, Criterion: component(screws), Reason: "cracked", Severity: mes.SeverityHigh})
				id = out.ID
				return err
			}
			return ps[i].scan(screws)
		})
		f.must(errs[stations])
		f.found(id)
		for i, p := range ps[:stations] {
			found, err := f.Containments.Lots(f.ctx, mes.ContainedFilter{Site: site, Containment: id, Paging: mes.Paging{Text: p.id}})
			f.must(err)
			switch {
			case errs[i] == nil && found.Total == 1:
				before++
			case mes.CodeOf(errs[i]) == mes.CodeHeld && found.Total == 0:
				refused++
			default:
				t.Fatalf("round %d, %s: consumed %v, found %d times", n, p.id, errs[i], found.Total)
			}
		}
	}
	t.Logf("%d consumed before the hold and were found, %d were refused", before, refused)
	if before+refused != rounds*stations || before == 0 || refused == 0 {
		t.Errorf("%d before and %d refused: the race was not run both ways", before, refused)
	}
}

// TestAMachineWorksWhileItsTimeIsHeld: what a station records in a transaction that runs beside the placing is found when
// that has ended, since the finding waits for it.
func TestAMachineWorksWhileItsTimeIsHeld(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 8)
	hour := now().Add(-1 * 3600e9)
	var id string
	errs := together(len(ps)+1, func(i int) error {
		if i == len(ps) {
			out, err := f.Containments.Place(f.ctx, quinn, mes.ContainmentRequest{Site: site, Reason: "hot", Severity: mes.SeverityLow,
				Criterion: mes.Criterion{Kind: mes.ByMachine, Station: "ST10", Since: &hour}})
			id = out.ID
			return err
		}
		return ps[i].start("ST10")
	})
	for _, err := range errs {
		f.must(err)
	}
	if s := f.found(id); s.Found != len(ps) {
		t.Errorf("%d of %d lots that started at the station are held", s.Found, len(ps))
	}
}

// TestContainmentsAndStationsDoNotBlockEachOther: a few containments on the same lots, beside stations at work.
func TestContainmentsAndStationsDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 6)
	for _, p := range ps {
		f.must(p.start("ST10"))
	}
	var mu sync.Mutex
	var ids []string
	errs := together(len(ps)+4, func(i int) error {
		if i < len(ps) {
			if err := ps[i].scan(board(i + 1)); mes.CodeOf(err) != mes.CodeHeld {
				return err
			}
			return nil
		}
		out, err := f.Containments.Place(f.ctx, quinn, mes.ContainmentRequest{Site: site, Criterion: component(board(1), board(2), board(3)), Reason: "r", Severity: mes.SeverityLow})
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, out.ID)
		return err
	})
	for _, err := range errs {
		f.must(err)
	}
	for _, id := range ids {
		f.found(id)
	}
}
