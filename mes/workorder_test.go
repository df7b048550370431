package mes_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestOrderRequest(t *testing.T) {
	good := mes.OrderRequest{Number: "WO-1", Product: "INV-200", Quantity: mes.Count(120), Due: later(time.Hour), Priority: 50, Line: "L1"}
	known := mes.OrderContext{ProductKnown: true, ProductTracking: mes.TrackSerial, RoutingApproved: true, LineKnown: true, Now: monday}
	for name, c := range map[string]struct {
		change func(r *mes.OrderRequest, c *mes.OrderContext)
		want   rule
	}{
		"good":                  {func(*mes.OrderRequest, *mes.OrderContext) {}, rule{}},
		"no number":             {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Number = "" }, rule{mes.CodeUnprocessable, "Order was not created. Nothing was stored. Correct the named fields and send it again. number: must be"}},
		"a number with a slash": {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Number = "WO/1" }, rule{mes.CodeUnprocessable, "number: must be 1 to 40 letters, digits, points, dashes or underscores"}},
		"no product":            {func(r *mes.OrderRequest, c *mes.OrderContext) { r.Product, c.ProductKnown = "", false }, rule{mes.CodeUnprocessable, "again. product: is missing"}},
		"unknown product":       {func(_ *mes.OrderRequest, c *mes.OrderContext) { c.ProductKnown = false }, rule{mes.CodeUnprocessable, `product: "INV-200" is not a known product`}},
		"no routing":            {func(_ *mes.OrderRequest, c *mes.OrderContext) { c.RoutingApproved = false }, rule{mes.CodeUnprocessable, `product: "INV-200" has no approved routing`}},
		"none":                  {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Quantity = mes.Zero }, rule{mes.CodeUnprocessable, "quantity: must be above 0"}},
		"half a serial":         {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Quantity = dec("1.5") }, rule{mes.CodeUnprocessable, "quantity: must be a whole number, since INV-200 carries serial numbers"}},
		"half a metre": {func(r *mes.OrderRequest, c *mes.OrderContext) {
			r.Quantity, c.ProductTracking = dec("1.5"), mes.TrackLot
		}, rule{}},
		"the most":          {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Quantity = mes.MaxOrderQuantity }, rule{}},
		"too many":          {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Quantity = mes.MaxOrderQuantity.Add(mes.One) }, rule{mes.CodeUnprocessable, "quantity: must be at most 1000000"}},
		"no due date":       {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Due = time.Time{} }, rule{mes.CodeUnprocessable, "due: is missing"}},
		"due now":           {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Due = monday }, rule{mes.CodeUnprocessable, "due: is in the past"}},
		"priority too high": {func(r *mes.OrderRequest, _ *mes.OrderContext) { r.Priority = 101 }, rule{mes.CodeUnprocessable, "priority: must be from 0 to 100"}},
		"no line":           {func(r *mes.OrderRequest, c *mes.OrderContext) { r.Line, c.LineKnown = "", false }, rule{mes.CodeUnprocessable, "line: is missing"}},
		"unknown line":      {func(_ *mes.OrderRequest, c *mes.OrderContext) { c.LineKnown = false }, rule{mes.CodeUnprocessable, `line: "L1" is not a known line`}},
		"everything at once": {func(r *mes.OrderRequest, c *mes.OrderContext) {
			*r, *c = mes.OrderRequest{}, mes.OrderContext{Now: monday}
		}, rule{mes.CodeUnprocessable, "number: must be 1 to 40 letters, digits, points, dashes or underscores; product: is missing; quantity: must be above 0; due: is missing; line: is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, k := good, known
			c.change(&r, &k)
			c.want.check(t, r.Validate(k))
		})
	}
}

// What may be done with an order in each state, and what is said where it may not.
func TestOrderCommands(t *testing.T) {
	ledger := mes.Ledger{Ordered: mes.Count(10), Good: mes.Count(3), Scrap: mes.One, InProcess: mes.Count(2), NotStarted: mes.Count(4)}
	more := mes.OrderChange{Quantity: decp("12"), Reason: "Demand"}
	for _, c := range []struct {
		state        mes.OrderState
		held, cancel bool
		release      string // "" where it may be done
		hold, resume string
		cancelling   string
		change       string
	}{
		{mes.OrderCreated, false, false, "", "", "is not on hold.", "", ""},
		{mes.OrderCreated, true, false, "", "is on hold already. The first hold stands.", "", "", ""},
		{mes.OrderCreated, false, true, "Order WO-1 is being cancelled. Nothing was released.", "", "is not on hold.", "is being cancelled already.", "is being cancelled."},
		{mes.OrderReleased, false, false, "Order WO-1 was released before. It goes on. Look at its lots.", "", "is not on hold.", "", ""},
		{mes.OrderRunning, false, false, "Order WO-1 was released before.", "", "is not on hold.", "", ""},
		{mes.OrderRunning, true, false, "was released before.", "is on hold already.", "", "", ""},
		{mes.OrderRunning, false, true, "is being cancelled.", "", "is not on hold.", "is being cancelled already. No more lots are started. Finish or scrap its lots in process.", "is being cancelled. Nothing was changed."},
		{mes.OrderCompleted, false, false, "Order WO-1 is completed. Nothing was released.", "is completed. Nothing was held.", "is not on hold.", "is completed. Nothing was cancelled.", "is completed. Nothing was changed."},
		{mes.OrderClosed, false, false, "is closed.", "is closed.", "is not on hold.", "is closed.", "is closed."},
		{mes.OrderCancelled, false, true, "Order WO-1 is cancelled.", "is cancelled.", "is not on hold.", "Order WO-1 is cancelled. Nothing was cancelled.", "Order WO-1 is cancelled."},
	} {
		o := mes.OrderStatus{Number: "WO-1", State: c.state, Held: c.held, CancelRequested: c.cancel, Ledger: ledger}
		for name, try := range map[string]struct {
			err  error
			want string
		}{
			"release": {o.CanRelease(), c.release}, "hold": {o.CanHold(), c.hold}, "resume": {o.CanResume(), c.resume},
			"cancel": {o.CanCancel(), c.cancelling}, "change": {o.CanChange(more, monday), c.change},
		} {
			t.Run(string(c.state)+" "+name, func(t *testing.T) {
				want := rule{mes.CodeConflict, try.want}
				if try.want == "" {
					want = rule{}
				}
				want.check(t, try.err)
			})
		}
		if o.AwaitsRelease() != (o.CanRelease() == nil) {
			t.Errorf("%+v awaits its release: %v", o, o.AwaitsRelease())
		}
	}
}

func TestOrderChange(t *testing.T) {
	o := mes.OrderStatus{Number: "WO-1", State: mes.OrderRunning, Tracking: mes.TrackSerial,
		Ledger: mes.Ledger{Ordered: mes.Count(10), Good: mes.Count(3), Scrap: mes.One, InProcess: mes.Count(2), NotStarted: mes.Count(4)}}
	due, past, high := later(time.Hour), later(-time.Hour), 101
	for name, c := range map[string]struct {
		give mes.OrderChange
		want rule
	}{
		"more":                {mes.OrderChange{Quantity: decp("11"), Reason: "Demand"}, rule{}},
		"what is started":     {mes.OrderChange{Quantity: decp("6"), Reason: "Demand"}, rule{}},
		"less than started":   {mes.OrderChange{Quantity: decp("5"), Reason: "Demand"}, rule{mes.CodeUnprocessable, "quantity: 6 are started already, it can't be fewer"}},
		"half a piece":        {mes.OrderChange{Quantity: decp("10.5"), Reason: "Demand"}, rule{mes.CodeUnprocessable, "quantity: must be a whole number"}},
		"too many":            {mes.OrderChange{Quantity: decp("1000001"), Reason: "Demand"}, rule{mes.CodeUnprocessable, "at most 1000000"}},
		"due later":           {mes.OrderChange{Due: &due, Reason: "Demand"}, rule{}},
		"due before now":      {mes.OrderChange{Due: &past, Reason: "Demand"}, rule{mes.CodeUnprocessable, "due: is in the past"}},
		"a priority too high": {mes.OrderChange{Priority: &high, Reason: "Demand"}, rule{mes.CodeUnprocessable, "priority: must be from 0 to 100"}},
		"nothing":             {mes.OrderChange{Reason: "Demand"}, rule{mes.CodeUnprocessable, "name at least one of quantity, due, priority"}},
		"no reason":           {mes.OrderChange{Due: &due, Reason: " "}, rule{mes.CodeUnprocessable, "reason: is missing"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, o.CanChange(c.give, monday)) })
	}
}

func TestBalanced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := func(name string) mes.Decimal {
			return mes.Count(rapid.Int64Range(0, 1000).Draw(t, name)).Div(mes.Count(8))
		}
		l := mes.Ledger{Good: part("good"), Scrap: part("scrap"), InProcess: part("in process"), NotStarted: part("not started")}
		l.Ordered = l.Good.Add(l.Scrap).Add(l.InProcess).Add(l.NotStarted)
		if !l.Balanced() {
			t.Fatalf("%+v", l)
		}
		off := rapid.SampledFrom([]string{"0.000001", "1", "-1", "-2000"}).Draw(t, "off")
		for name, account := range map[string]*mes.Decimal{"ordered": &l.Ordered, "good": &l.Good, "scrap": &l.Scrap, "in process": &l.InProcess, "not started": &l.NotStarted} {
			was := *account
			*account = was.Add(dec(off))
			if l.Balanced() {
				t.Fatalf("%s is off by %s: %+v", name, off, l)
			}
			*account = was
		}
		l.Good, l.Scrap = l.Good.Add(l.Scrap).Add(mes.One), mes.One.Neg() // the sum is right, an account is not
		if l.Balanced() {
			t.Fatalf("a negative account: %+v", l)
		}
	})
}
