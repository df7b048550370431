package mes_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestBuilt(t *testing.T) {
	r, now := inverter(), later(time.Minute)
	p := reach(t, 1, "20", "20-1")
	_, done, err := p.Measured(r, lot1, torque("11"), false, now)
	if err != nil {
		t.Fatal(err)
	}
	b := p.Built(r, done, mes.Actor{}, now)
	if b.Operation != "20" || b.Visit != 1 || b.Step != "20-1" || b.Attempt != 1 || b.Station != "ST20" || b.Operator != "olga" || b.Device != "TC-20" ||
		b.Result != mes.ResultFail || b.ByHand || len(b.Values) != 2 || !b.StartedAt.Equal(monday) || !b.EndedAt.Equal(now) {
		t.Errorf("%+v", b)
	}
	if up := b.Values[0]; !up.Value.Equal(dec("11")) || !up.Upper.Equal(dec("10.5")) || up.Unit != "Nm" || up.Result != mes.ResultFail {
		t.Errorf("%+v", up)
	}
	if b := p.Built(r, done, mes.Actor{ID: "otto"}, now); b.Operator != "otto" || !b.ByHand {
		t.Errorf("values entered by otto: %+v", b)
	}
	if b := p.Built(r, mes.StepDone{Result: mes.ResultPass}, mes.Actor{ID: "quinn"}, now); b.ByHand {
		t.Error("a decision without values counts as values entered by hand")
	}
	for _, q := range []mes.Progress{reach(t, 1, "20", ""), reach(t, 1, "10", "done"), packed(t)} {
		if b := q.Built(r, done, olga, now); b != nil {
			t.Errorf("a step was built at %+v: %+v", q, b)
		}
	}
}

// An answer is worth something as long as the lot waits for it.
func TestSame(t *testing.T) {
	r, p := inverter(), reach(t, 1, "20", "20-1")
	repeated, _, err := p.Measured(r, lot1, torque("11"), false, monday)
	if err != nil {
		t.Fatal(err)
	}
	seq := p
	seq.Wait.Seq = 7
	shot := reach(t, 1, "30", "30-1")
	second, _ := shot.Unseen(r, "", monday)
	for name, c := range map[string]struct {
		p, q mes.Progress
		want bool
	}{
		"nothing happened":     {p, p, true},
		"a pause":              {p, paused(t, p), true},
		"another attempt":      {p, repeated, false},
		"another handshake":    {p, seq, false},
		"another picture":      {shot, second, false},
		"a silence":            {p, p.Silent("Down", monday), false},
		"a review":             {p, reviewed(t, p), false},
		"the next step":        {p, reach(t, 1, "20", "20-2"), false},
		"the end":              {p, packed(t), false},
		"some pieces scrapped": {reach(t, 5, "20", "20-1"), scrapped(t, reach(t, 5, "20", "20-1"), "1"), true},
		"all pieces scrapped":  {p, scrapped(t, p, "1"), false},
	} {
		if got := c.p.Same(c.q); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func scrapped(t *testing.T, p mes.Progress, pieces string) mes.Progress {
	t.Helper()
	next, err := p.Scrap(lot1, mes.TrackLot, dec(pieces), "Dented", monday)
	if err != nil {
		t.Fatal(err)
	}
	return next
}
