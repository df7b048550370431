package mes_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestHasRoomAndFinished(t *testing.T) {
	status := func(inProcess, notStarted int64, held, cancel bool) mes.OrderStatus {
		return mes.OrderStatus{Held: held, CancelRequested: cancel, Ledger: mes.Ledger{InProcess: mes.Count(inProcess), NotStarted: mes.Count(notStarted)}}
	}
	for name, c := range map[string]struct {
		p              mes.OrderProgress
		room, finished bool
	}{
		"empty window":                  {mes.OrderProgress{Status: status(0, 9, false, false), Open: 0, Window: 12}, true, false},
		"full window":                   {mes.OrderProgress{Status: status(12, 9, false, false), Open: 12, Window: 12}, false, false},
		"less than a quarter is free":   {mes.OrderProgress{Status: status(10, 9, false, false), Open: 10, Window: 12}, false, false},
		"a quarter is free":             {mes.OrderProgress{Status: status(9, 9, false, false), Open: 9, Window: 12}, true, false},
		"a small window is never stuck": {mes.OrderProgress{Status: status(0, 1, false, false), Open: 0, Window: 1}, true, false},
		"one of three is free":          {mes.OrderProgress{Status: status(2, 1, false, false), Open: 2, Window: 3}, true, false},
		"nothing left to start":         {mes.OrderProgress{Status: status(1, 0, false, false), Open: 1, Window: 12}, false, false},
		"on hold":                       {mes.OrderProgress{Status: status(0, 9, true, false), Open: 0, Window: 12}, false, false},
		"being cancelled":               {mes.OrderProgress{Status: status(2, 9, false, true), Open: 2, Window: 12}, false, false},
		"cancelled to the end":          {mes.OrderProgress{Status: status(0, 9, false, true), Open: 0, Window: 12}, false, true},
		"all done":                      {mes.OrderProgress{Status: status(0, 0, false, false), Open: 0, Window: 12}, false, true},
		"a lot is open":                 {mes.OrderProgress{Status: status(0, 0, false, false), Open: 1, Window: 12}, false, false},
		"pieces are in process":         {mes.OrderProgress{Status: status(1, 0, false, false), Open: 0, Window: 12}, false, false},
	} {
		if c.p.HasRoom() != c.room || c.p.Finished() != c.finished {
			t.Errorf("%s: room %v, finished %v", name, c.p.HasRoom(), c.p.Finished())
		}
	}
}

// plant plays an order's ledger as the store keeps it: lots are cut from what is not started, and end good or scrapped.
type plant struct {
	r      mes.Routing
	order  mes.OrderStatus
	lots   []mes.Progress
	issued mes.Decimal
}

// fill makes lots while the window has room.
func (p *plant) fill() {
	l := &p.order.Ledger
	for p.state().HasRoom() || len(p.lots) == 0 && p.mayFill() {
		q := p.r.NextLot(l.NotStarted)
		l.NotStarted, l.InProcess, p.issued = l.NotStarted.Sub(q), l.InProcess.Add(q), p.issued.Add(q)
		p.lots = append(p.lots, mes.Enter(p.r, q, monday))
	}
}

func (p *plant) mayFill() bool {
	o := p.order
	return (o.State == mes.OrderReleased || o.State == mes.OrderRunning) && !o.Held && !o.CancelRequested && o.Ledger.NotStarted.IsPositive()
}

func (p *plant) state() mes.OrderProgress {
	if !p.mayFill() {
		return mes.OrderProgress{Status: p.order, Open: len(p.lots), Window: 0}
	}
	return mes.OrderProgress{Status: p.order, Open: len(p.lots), Window: p.r.Window}
}

// book moves a lot's pieces out of process, as its progress says.
func (p *plant) book(i int, after mes.Progress) {
	l, before := &p.order.Ledger, p.lots[i]
	scrap := after.Scrapped.Sub(before.Scrapped)
	l.Scrap, l.InProcess = l.Scrap.Add(scrap), l.InProcess.Sub(scrap)
	if after.State == mes.LotPacked {
		l.Good, l.InProcess = l.Good.Add(after.Quantity), l.InProcess.Sub(after.Quantity)
	}
	p.lots[i] = after
	if after.State.Ended() {
		p.lots = append(p.lots[:i:i], p.lots[i+1:]...)
	}
}

// Whatever is commanded, made and lost, the order's account of its pieces balances, no lot is made of nothing, and an
// order that is let run comes to its end.
func TestOrdersAlwaysBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRouting().Draw(t, "routing")
		q := mes.Count(rapid.Int64Range(1, 40).Draw(t, "ordered"))
		p := &plant{r: r, order: mes.OrderStatus{Number: "WO-1", State: mes.OrderCreated, Ledger: mes.Ledger{Ordered: q, NotStarted: q}}}
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			p.move(t)
			p.check(t)
		}
		for range 2000 { // let it run
			p.order.Held = false
			if p.order.AwaitsRelease() {
				p.order.State = mes.OrderReleased
			}
			p.fill()
			if len(p.lots) == 0 {
				break
			}
			next, _, err := onward(r, p.lots[0], monday)
			if err != nil {
				t.Fatal(err)
			}
			p.book(0, next)
			p.check(t)
		}
		end := mes.OrderProgress{Status: p.order, Open: len(p.lots), Window: r.Window}
		if !end.Finished() {
			t.Fatalf("not finished: %+v", end)
		}
		l := p.order.Ledger
		if !p.order.CancelRequested && !l.Good.Add(l.Scrap).Equal(l.Ordered) {
			t.Fatalf("the end: %+v", l)
		}
	})
}

func (p *plant) move(t *rapid.T) {
	switch rapid.SampledFrom([]string{"release", "fill", "lot", "lot", "lot", "scrap", "hold", "resume", "cancel", "change", "change"}).Draw(t, "move") {
	case "release":
		if p.order.CanRelease() == nil {
			p.order.State = mes.OrderReleased
		}
	case "fill":
		p.fill()
	case "lot":
		if i := len(p.lots) - 1; i >= 0 {
			if next, _, err := onward(p.r, p.lots[i], monday); err == nil {
				p.book(i, next)
			}
		}
	case "scrap":
		if len(p.lots) > 0 {
			some := dec(rapid.SampledFrom([]string{"0.5", "1", "3"}).Draw(t, "pieces"))
			if next, err := p.lots[0].Scrap(lot1, mes.TrackLot, some, "Dented", monday); err == nil {
				p.book(0, next)
			}
		}
	case "hold":
		p.order.Held = p.order.Held || p.order.CanHold() == nil
	case "resume":
		p.order.Held = p.order.Held && p.order.CanResume() != nil
	case "cancel":
		p.order.CancelRequested = p.order.CancelRequested || p.order.CanCancel() == nil && rapid.IntRange(0, 5).Draw(t, "really") == 0
	case "change":
		to := mes.Count(rapid.Int64Range(-2, 50).Draw(t, "to"))
		if err := p.order.CanChange(mes.OrderChange{Quantity: &to, Reason: "Demand"}, monday); err != nil {
			wellSaid(t, err)
			return
		}
		l := &p.order.Ledger
		l.NotStarted, l.Ordered = l.NotStarted.Add(to.Sub(l.Ordered)), to
	}
}

func (p *plant) check(t *rapid.T) {
	l := p.order.Ledger
	if !l.Balanced() {
		t.Fatalf("%+v does not balance", l)
	}
	open := mes.Zero
	for _, lot := range p.lots {
		open = open.Add(lot.Quantity)
	}
	if !open.Equal(l.InProcess) || len(p.lots) > p.r.Window {
		t.Fatalf("%d lots with %s pieces are open, the ledger says %s, the window is %d", len(p.lots), open, l.InProcess, p.r.Window)
	}
	if !p.issued.Equal(l.Good.Add(l.Scrap).Add(l.InProcess)) {
		t.Fatalf("%s pieces were started: %+v", p.issued, l)
	}
}

// What a hold stops: every move and every consumption, and never the record of what is done already.
func TestStoppedByHold(t *testing.T) {
	step := func(kind mes.StepKind, byHand bool) *mes.StepRecord {
		return &mes.StepRecord{Kind: kind, ByHand: byHand}
	}
	asks := mes.Progress{State: mes.LotRunning, Wait: mes.Wait{Kind: mes.WaitMachine}}
	rests := mes.Progress{State: mes.LotRunning, Wait: mes.Wait{Kind: mes.WaitOperator}}
	for name, c := range map[string]struct {
		e    mes.Entry
		want bool
	}{
		"a start":                        {mes.Entry{Kind: mes.EntryStarted, After: rests}, true},
		"a scanned component":            {mes.Entry{Kind: mes.EntryStep, Step: step(mes.StepScan, false), After: rests}, true},
		"values entered by hand":         {mes.Entry{Kind: mes.EntryStep, Step: step(mes.StepDevice, true), After: rests}, true},
		"a finish":                       {mes.Entry{Kind: mes.EntryCompleted, After: rests}, true},
		"a resume":                       {mes.Entry{Kind: mes.EntryResumed, After: rests}, true},
		"another try":                    {mes.Entry{Kind: mes.EntryRetried, After: asks}, true},
		"a result that starts a machine": {mes.Entry{Kind: mes.EntryStep, Step: step(mes.StepDevice, false), After: asks}, true},
		"a result that starts none":      {mes.Entry{Kind: mes.EntryStep, Step: step(mes.StepDevice, false), After: rests}, false},
		"a machine's answer":             {mes.Entry{Kind: mes.EntryMachine, Step: step(mes.StepDevice, false), After: asks}, false},
		"a verdict":                      {mes.Entry{Kind: mes.EntryVerdict, Step: step(mes.StepVision, false), After: rests}, false},
		"a silence":                      {mes.Entry{Kind: mes.EntrySilent, After: rests}, false},
		"a pause":                        {mes.Entry{Kind: mes.EntryPaused, After: rests}, false},
		"a decision":                     {mes.Entry{Kind: mes.EntryReviewed, After: rests}, false},
		"a failed attempt":               {mes.Entry{Kind: mes.EntryAttempt, Step: step(mes.StepMeasure, false), After: rests}, false},
	} {
		if got := c.e.StoppedByHold(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
