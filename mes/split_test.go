package mes

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func heap(id string, n int64) StandingLot {
	return StandingLot{ID: id, Site: "HAM", Material: "HK-20", Tracking: TrackLot, Origin: "produced", State: LotQueued, Remaining: Count(n), Order: "4711", Revision: "A", Operation: "20", Visit: 1}
}

func TestWhatCannotBeSplit(t *testing.T) {
	serial := heap("U-1", 1)
	serial.Tracking, serial.Remaining = TrackSerial, Count(2)
	running := heap("K-2", 50)
	running.State = LotRunning
	for name, c := range map[string]struct {
		lot  StandingLot
		ask  LotSplit
		code Code
	}{
		"serial":        {serial, LotSplit{Quantity: One, Reason: "r"}, CodeConflict},
		"in work":       {running, LotSplit{Quantity: One, Reason: "r"}, CodeConflict},
		"all of it":     {heap("K", 50), LotSplit{Quantity: Count(50), Reason: "r"}, CodeUnprocessable},
		"more than all": {heap("K", 50), LotSplit{Quantity: Count(51), Reason: "r"}, CodeUnprocessable},
		"nothing":       {heap("K", 50), LotSplit{Quantity: Zero, Reason: "r"}, CodeUnprocessable},
		"no reason":     {heap("K", 50), LotSplit{Quantity: One}, CodeUnprocessable},
	} {
		if err := c.ask.Check(c.lot); CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if err := (LotSplit{Quantity: Count(20), Reason: "urgent part"}).Check(heap("K", 50)); err != nil {
		t.Error(err)
	}
}

func TestOnlyAlikeLotsAreMerged(t *testing.T) {
	soon, late := time.Unix(1, 0), time.Unix(2, 0)
	for name, change := range map[string]func(*StandingLot){
		"material":  func(l *StandingLot) { l.Material = "OTHER" },
		"state":     func(l *StandingLot) { l.State = LotPacked },
		"order":     func(l *StandingLot) { l.Order = "4712" },
		"revision":  func(l *StandingLot) { l.Revision = "B" },
		"operation": func(l *StandingLot) { l.Operation = "30" },
		"visit":     func(l *StandingLot) { l.Visit = 2 },
		"supplier":  func(l *StandingLot) { l.SupplierLot = "X" },
		"expiry":    func(l *StandingLot) { l.ExpiresAt = &soon },
	} {
		other := heap("K-2", 10)
		change(&other)
		if err := (LotMerge{Lots: []string{"K-1", "K-2"}, Reason: "r"}).Check([]StandingLot{heap("K-1", 5), other}); err == nil {
			t.Errorf("lots with another %s are merged", name)
		}
	}
	a, b := heap("K-1", 5), heap("K-2", 10)
	a.ExpiresAt, b.ExpiresAt = &late, &late
	if err := (LotMerge{Lots: []string{"K-1", "K-2"}, Reason: "r"}).Check([]StandingLot{a, b}); err != nil {
		t.Error(err)
	}
	for _, m := range []LotMerge{{Lots: []string{"K-1"}, Reason: "r"}, {Lots: []string{"K-1", "K-1"}, Reason: "r"}, {Lots: []string{"K-1", "K-2"}}} {
		if err := m.Check([]StandingLot{a, b}); CodeOf(err) != CodeUnprocessable {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

// TestNoPieceIsLostOrMade divides and puts together at random: the sum stays.
func TestNoPieceIsLostOrMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(2, 1000).Draw(t, "pieces")
		q := rapid.Int64Range(1, n-1).Draw(t, "taken")
		p := Progress{State: LotQueued, Operation: "10", Quantity: Count(n), Scrapped: Count(3), Version: 7, Visits: map[string]int{"10": 2}}
		left, off := p.Split(Count(q)), p.SplitOff(Count(q))
		if !left.Quantity.Add(off.Quantity).Equal(p.Quantity) || !left.Scrapped.Equal(p.Scrapped) || !off.Scrapped.IsZero() || left.Version != 8 || off.Version != 1 {
			t.Fatalf("%+v was divided into %+v and %+v", p, left, off)
		}
		off.Visits["10"]++
		if p.Visits["10"] != 2 || left.Visits["10"] != 2 {
			t.Fatal("the two share their visits")
		}
		if m := left.Merge(time.Unix(1, 0)); !m.State.Ended() || !m.Quantity.IsZero() || m.Wait.Kind != WaitNothing {
			t.Fatalf("merged %+v", m)
		}
	})
}
