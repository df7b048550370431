package mes_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

var berlin, _ = time.LoadLocation("Europe/Berlin")

func local(day, hour, min int) time.Time { return time.Date(2026, 11, day, hour, min, 0, 0, berlin) }

// boardShifts are early, late and night of weekdays.
func boardShifts() []mes.Shift {
	days := []int{1, 2, 3, 4, 5}
	return []mes.Shift{{ID: "early", Name: "Early", Days: days, Start: 360, End: 840}, {ID: "late", Name: "Late", Days: days, Start: 840, End: 1320}, {ID: "night", Name: "Night", Days: days, Start: 1320, End: 360}}
}

func timeOf(shifts []mes.Shift, now time.Time, zone *time.Location) mes.BoardTime {
	return mes.Calendar{Zone: zone, Patterns: shifts}.TimeAround([]string{"L1"}, now)
}

func TestTheProductionDay(t *testing.T) {
	for now, want := range map[time.Time]time.Time{
		local(24, 11, 42): local(24, 6, 0), // Tuesday's early shift
		local(25, 2, 0):   local(24, 6, 0), // Tuesday's night goes on after midnight
		local(25, 6, 0):   local(25, 6, 0), // Wednesday begins
		local(28, 3, 0):   local(27, 6, 0), // Saturday, in Friday's night
		local(28, 12, 0):  local(28, 0, 0), // Saturday has no shift
		local(23, 5, 59):  local(23, 0, 0), // Sunday has no night
		local(24, 23, 30): local(24, 6, 0),
	} {
		if got := timeOf(boardShifts(), now, berlin).Day(now); !got.Equal(want) {
			t.Errorf("at %s the day began at %s, want %s", now, got, want)
		}
	}
	if got := timeOf(nil, local(24, 11, 0), berlin).Day(local(24, 11, 0)); !got.Equal(local(24, 0, 0)) {
		t.Errorf("without shifts it began at %s", got)
	}
}

// TestTheHoursOfTheMockUp lays a shift with two breaks over a takt of 4 minutes.
func TestTheHoursOfTheMockUp(t *testing.T) {
	now := local(24, 11, 40)
	at := timeOf(boardShifts(), now, berlin)
	at.Pauses = []mes.Span{{From: local(24, 9, 0), Until: local(24, 9, 16)}, {From: local(24, 12, 0), Until: local(24, 12, 16)}}
	run, ok := at.Now(now)
	if !ok || run.Shift.Name != "Early" {
		t.Fatalf("it runs %+v", run)
	}
	hours := at.Hours(run, []mes.PackedLot{{At: local(24, 6, 30), Pieces: 14}, {At: local(24, 11, 10), Pieces: 2}}, 4*time.Minute, now)
	plan := []int{15, 15, 15, 11, 15, 15, 11, 15}
	if len(hours) != 8 {
		t.Fatalf("%d hours", len(hours))
	}
	for i, h := range hours {
		if *h.Plan != plan[i] {
			t.Errorf("hour %d is planned with %d, want %d", i, *h.Plan, plan[i])
		}
		if (h.PlanNow == nil) != (i > 5) {
			t.Errorf("hour %d: %v", i, h.PlanNow)
		}
	}
	if hours[0].Packed != 14 || hours[5].Packed != 2 || *hours[5].PlanNow != 10 || *hours[0].PlanNow != 15 {
		t.Errorf("%+v", hours)
	}
	b := mes.LineBoard{}.Figures(mes.BoardFacts{Time: at, Now: now, Takt: 4 * time.Minute, Lots: []mes.PackedLot{{At: local(24, 6, 30), Pieces: 67, Clean: true}}})
	if b.Packed != 67 || *b.Plan != 81 || b.FirstPass != 67 {
		t.Errorf("%d of %d", b.Packed, *b.Plan)
	}
}

func TestAnHourOfAZoneThatIsNoWholeHourAway(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Skip(err)
	}
	now := time.Date(2026, 11, 24, 8, 10, 0, 0, zone)
	at := timeOf([]mes.Shift{{ID: "a", Name: "A", Days: []int{2}, Start: 390, End: 540}}, now, zone)
	run, _ := at.Now(now)
	hours := at.Hours(run, nil, time.Minute, now)
	if len(hours) != 3 || hours[0].Until.In(zone).Hour() != 7 || hours[0].Until.In(zone).Minute() != 0 || *hours[0].Plan != 30 {
		t.Errorf("%+v", hours)
	}
}

func TestTheTaktOfALineThatStands(t *testing.T) {
	var lots []mes.PackedLot
	if _, ok := mes.TaktNow(lots, local(24, 11, 0)); ok {
		t.Error("nothing has a takt")
	}
	for i := range 12 {
		lots = append(lots, mes.PackedLot{At: local(24, 10, 4*i), Pieces: 1})
	}
	if got, _ := mes.TaktNow(lots, local(24, 10, 46)); got != 4*time.Minute {
		t.Errorf("it runs at %s", got)
	}
	if got, _ := mes.TaktNow(lots, local(24, 11, 44)); got != 9*time.Minute+36*time.Second { // 36 min for 9, and an hour for the tenth
		t.Errorf("after an hour's wait it is %s", got)
	}
}

func TestPlannedTakt(t *testing.T) {
	r := mes.Routing{Operations: []mes.Operation{{PlannedS: 200, Stations: []string{"A"}}, {PlannedS: 300, Stations: []string{"B", "C"}}}}
	if got := mes.PlannedTakt(r); got != 200*time.Second {
		t.Errorf("%s", got)
	}
}

func TestWhatWasLostAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := local(24, 11, 40)
		f := mes.BoardFacts{Time: timeOf(boardShifts(), now, berlin), Now: now, Takt: 4 * time.Minute, Short: 2 * time.Minute}
		for range rapid.IntRange(0, 4).Draw(t, "holds") {
			f.Held = append(f.Held, mes.BoardLoss{Kind: mes.LossHold, Subject: "H", Pieces: rapid.IntRange(0, 20).Draw(t, "held")})
		}
		for range rapid.IntRange(0, 6).Draw(t, "stops") {
			from := local(24, 6, rapid.IntRange(0, 300).Draw(t, "from"))
			f.Stops = append(f.Stops, mes.BoardStop{Station: rapid.SampledFrom([]string{"ST10", "ST50"}).Draw(t, "station"),
				Span: mes.Span{From: from, Until: from.Add(time.Duration(rapid.IntRange(1, 3600).Draw(t, "s")) * time.Second)}})
		}
		f.Lots = []mes.PackedLot{{At: now, Lost: rapid.IntRange(0, 5).Draw(t, "scrap")}}
		gap := rapid.IntRange(-20, 60).Draw(t, "gap")
		sum := 0
		got := f.Losses(gap)
		for _, l := range got {
			sum += l.Pieces
			if l.Pieces <= 0 {
				t.Fatalf("a line without pieces: %+v", got)
			}
		}
		if sum != max(gap, 0) || len(got) > 4 {
			t.Fatalf("%d are missing, %d lines explain %d: %+v", gap, len(got), sum, got)
		}
	})
}

func TestStopsInABreakCostNothing(t *testing.T) {
	now := local(24, 11, 40)
	at := timeOf(boardShifts(), now, berlin)
	at.Pauses = []mes.Span{{From: local(24, 9, 0), Until: local(24, 9, 30)}}
	f := mes.BoardFacts{Time: at, Now: now, Takt: 4 * time.Minute, Short: 2 * time.Minute, Stops: []mes.BoardStop{
		{Station: "ST50", Span: mes.Span{From: local(24, 9, 0), Until: local(24, 9, 42)}}}}
	got := f.Losses(10)
	if len(got) != 2 || got[0].Kind != mes.LossOther && got[1].Kind != mes.LossOther {
		t.Fatalf("%+v", got)
	}
	for _, l := range got {
		if l.Kind == mes.LossDown && l.Pieces != 3 {
			t.Errorf("12 minutes of work cost %d pieces", l.Pieces)
		}
	}
}
