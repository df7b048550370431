package mes_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

var codes = mes.DefectTree{
	{Code: "PASTE", Name: "Paste", Severity: mes.SeverityHigh, Active: true},
	{Code: "GAP", Parent: "PASTE", Name: "Bead broken", Severity: mes.SeverityHigh, Active: true},
	{Code: "OLD", Name: "No longer", Severity: mes.SeverityLow},
	{Code: "OLDER", Parent: "OLD", Name: "Under it", Severity: mes.SeverityLow, Active: true},
}

func TestADefectCodeIsUsedWhileItsBranchIs(t *testing.T) {
	for code, want := range map[string]bool{"PASTE": true, "GAP": true, "OLD": false, "OLDER": false, "NONE": false} {
		if codes.Reportable(code) != want {
			t.Errorf("%s is reportable: %v", code, !want)
		}
	}
	if !(mes.DefectTree{}).Reportable("ANY") {
		t.Error("a site without codes takes any word")
	}
	circle := mes.DefectCode{Code: "PASTE", Parent: "GAP", Name: "x", Severity: mes.SeverityLow}
	rule{mes.CodeUnprocessable, "was not stored"}.check(t, circle.Validate(codes))
	deep := mes.DefectTree{}
	for i := range mes.MaxDefectDepth {
		deep = append(deep, mes.DefectCode{Code: fmt.Sprint("C", i), Parent: parentOf(i), Name: "x", Severity: mes.SeverityLow, Active: true})
	}
	rule{mes.CodeUnprocessable, ""}.check(t, mes.DefectCode{Code: "C9", Parent: fmt.Sprint("C", mes.MaxDefectDepth-1), Name: "x", Severity: mes.SeverityLow}.Validate(deep))
	rule{}.check(t, mes.DefectCode{Code: "C9", Parent: "C0", Name: "x", Severity: mes.SeverityLow}.Validate(deep))
}

func parentOf(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprint("C", i-1)
}

func ncLot(lot string, quantity int64, state mes.LotState) mes.NCLot {
	origin := "produced"
	if state == mes.LotAvailable {
		origin = "received"
	}
	q := mes.Count(quantity)
	return mes.NCLot{Lot: lot, Origin: origin, State: state, Quantity: q, Decided: mes.Zero, Undecided: q, Left: q}
}

func disposition(lot string, kind mes.DispositionKind, quantity int64) mes.Disposition {
	d := mes.Disposition{Lot: lot, Kind: kind, Quantity: mes.Count(quantity), Bad: mes.Zero}
	if kind.Routed() {
		d.Routing = "RW"
	}
	return d
}

func TestWhatABoardCanBeAskedToDecide(t *testing.T) {
	made, bought, gone, built := ncLot("M", 10, mes.LotReview), ncLot("B", 10, mes.LotAvailable), ncLot("S", 10, mes.LotShipped), ncLot("C", 10, mes.LotConsumed)
	permit := disposition("M", mes.DisposeScrap, 1)
	permit.Permit = "DP-1"
	bad := disposition("M", mes.DisposeSort, 5)
	bad.Bad = mes.Count(6)
	for name, c := range map[string]struct {
		of   []mes.Disposition
		code mes.Code
	}{
		"scrap a part, use the rest":     {[]mes.Disposition{disposition("M", mes.DisposeUse, 6), disposition("M", mes.DisposeScrap, 4)}, ""},
		"rework and use need a split":    {[]mes.Disposition{disposition("M", mes.DisposeUse, 6), disposition("M", mes.DisposeRework, 4)}, mes.CodeUnprocessable},
		"more than there is":             {[]mes.Disposition{disposition("M", mes.DisposeUse, 6), disposition("M", mes.DisposeScrap, 5)}, mes.CodeUnprocessable},
		"what is made is not returned":   {[]mes.Disposition{disposition("M", mes.DisposeReturn, 1)}, mes.CodeUnprocessable},
		"what is bought is returned":     {[]mes.Disposition{disposition("B", mes.DisposeReturn, 4), disposition("B", mes.DisposeUse, 6)}, ""},
		"what is bought is not reworked": {[]mes.Disposition{disposition("B", mes.DisposeRework, 1)}, mes.CodeUnprocessable},
		"what is shipped is accepted":    {[]mes.Disposition{disposition("S", mes.DisposeUse, 10)}, ""},
		"what is shipped is away":        {[]mes.Disposition{disposition("S", mes.DisposeRework, 10)}, mes.CodeUnprocessable},
		"what is built in stays":         {[]mes.Disposition{disposition("C", mes.DisposeScrap, 1)}, mes.CodeUnprocessable},
		"another lot":                    {[]mes.Disposition{disposition("X", mes.DisposeUse, 1)}, mes.CodeUnprocessable},
		"a permit lets nothing be scrap": {[]mes.Disposition{permit}, mes.CodeUnprocessable},
		"more bad than sorted":           {[]mes.Disposition{bad}, mes.CodeUnprocessable},
		"nothing":                        {nil, mes.CodeUnprocessable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mes.NewProposal{Dispositions: c.of, Reason: "x"}.Fits([]mes.NCLot{made, bought, gone, built})
			rule{c.code, ""}.check(t, err)
		})
	}
}

// Whatever is proposed: what a board can sign never decides more of a lot than is affected, never parts a lot that stays, and
// is carried out so that what leaves a lot goes before what stays.
func TestProposalsAlwaysBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		states := []mes.LotState{mes.LotQueued, mes.LotReview, mes.LotPaused, mes.LotPacked, mes.LotAvailable, mes.LotShipped, mes.LotConsumed, mes.LotRunning}
		lots := make([]mes.NCLot, rapid.IntRange(1, 4).Draw(t, "lots"))
		for i := range lots {
			lots[i] = ncLot(fmt.Sprint("L", i), rapid.Int64Range(1, 20).Draw(t, "affected"), rapid.SampledFrom(states).Draw(t, "state"))
			lots[i].Decided = mes.Count(rapid.Int64Range(0, lots[i].Quantity.IntPart()).Draw(t, "decided"))
			lots[i].Undecided = lots[i].Quantity.Sub(lots[i].Decided)
		}
		p := mes.NewProposal{Reason: "x"}
		for range rapid.IntRange(1, 6).Draw(t, "dispositions") {
			p.Dispositions = append(p.Dispositions, disposition(fmt.Sprint("L", rapid.IntRange(0, 4).Draw(t, "lot")), rapid.SampledFrom(mes.DispositionKinds).Draw(t, "kind"), rapid.Int64Range(0, 22).Draw(t, "quantity")))
		}
		of, err := p.Fits(lots)
		if err != nil {
			wellSaid(t, err)
			return
		}
		if len(of) != len(p.Dispositions) {
			t.Fatalf("%d dispositions came back as %d", len(p.Dispositions), len(of))
		}
		for _, l := range lots {
			sum, stays := mes.Zero, 0
			for _, d := range of {
				if d.Lot != l.Lot {
					continue
				}
				if d.Kind.Takes() && stays > 0 {
					t.Fatalf("%s: what leaves comes after what stays: %+v", l.Lot, of)
				}
				if !d.Kind.Takes() {
					stays++
				}
				sum = sum.Add(d.Quantity)
			}
			if sum.GreaterThan(l.Undecided) || stays > 1 {
				t.Fatalf("%s: %s of %s are decided, in %d ways to stay", l.Lot, sum, l.Undecided, stays)
			}
		}
	})
}

func reworkOf(base mes.Routing) mes.ReworkRouting {
	return mes.ReworkRouting{Title: "Again", Product: base.Product, ReturnTo: base.Operations[0].ID, Operations: []mes.Operation{
		{ID: "RW1", Name: "Take apart", Stations: []string{"R1"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Apart"}}},
		{ID: "RW2", Name: "Clean", Stations: []string{"R2"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Clean"}}}}}
}

var reworkKey = mes.RevisionKey{Kind: mes.DocRework, ID: "RW", Revision: "B"}

func threeOperations() mes.Routing {
	r := mes.Routing{Product: "P", Revision: "A", LotSize: mes.One, LotPattern: "P-{n}", Window: 1}
	for _, id := range []string{"10", "20", "30"} {
		r.Operations = append(r.Operations, mes.Operation{ID: id, Name: "Op " + id, Stations: []string{"S" + id}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Do"}}})
	}
	return r
}

func TestAComposedRoutingHasBoth(t *testing.T) {
	base := threeOperations()
	w := reworkOf(base)
	w.ReturnTo = "20"
	got, err := mes.Compose(base, w, reworkKey)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range got.Operations {
		ids = append(ids, o.ID+o.Rework)
	}
	if fmt.Sprint(ids) != "[10 RW1RW rev B RW2RW rev B 20 30]" || got.Revision != "A+RW.B" || mes.BaseRevision(got.Revision) != "A" || len(base.Operations) != 3 {
		t.Errorf("composed %v as %s", ids, got.Revision)
	}
	for name, change := range map[string]func(*mes.ReworkRouting){
		"of another product":  func(w *mes.ReworkRouting) { w.Product = "Q" },
		"to no operation":     func(w *mes.ReworkRouting) { w.ReturnTo = "99" },
		"an operation of its": func(w *mes.ReworkRouting) { w.Operations[0].ID = "30" },
	} {
		bad := reworkOf(base)
		change(&bad)
		_, err := mes.Compose(base, bad, reworkKey)
		rule{mes.CodeConflict, ""}.check(t, err)
		if err == nil {
			t.Error(name)
		}
	}
	marked := threeOperations()
	marked.Operations[0].Rework = "x"
	rule{mes.CodeUnprocessable, ""}.check(t, marked.Validate())
}

// From wherever a lot stands still, rework leads through each of its operations in turn and back to where it returns, with as
// many pieces as before, and from there to the end.
func TestReworkAlwaysLeadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := threeOperations()
		w := reworkOf(base)
		w.ReturnTo = rapid.SampledFrom([]string{"10", "20", "30"}).Draw(t, "return to")
		composed, err := mes.Compose(base, w, reworkKey)
		if err != nil {
			t.Fatal(err)
		}
		p := mes.Enter(base, mes.Count(rapid.Int64Range(1, 50).Draw(t, "pieces")), monday)
		for range rapid.IntRange(0, 3).Draw(t, "done") {
			p = through(t, base, p)
		}
		before := p
		at, _, _ := base.At(w.ReturnTo)
		here, _, _ := base.At(p.Operation)
		if p, err = p.Dispatch(base, composed, lot1, "Again", monday); before.State != mes.LotPacked && here < at {
			if mes.CodeOf(err) != mes.CodeConflict {
				t.Fatalf("rework to %s leaves out %s: %v", w.ReturnTo, before.Operation, err)
			}
			wellSaid(t, err)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"RW1", "RW2"} {
			if p.Operation != want || p.State != mes.LotQueued {
				t.Fatalf("it is %s at %s, not at %s", p.State, p.Operation, want)
			}
			if _, err := p.Rebase(composed, base); err == nil {
				t.Fatal("a lot in rework went over to another revision")
			}
			next := through(t, composed, p)
			if leaves := p.LeavesRework(composed, next); leaves != (want == "RW2") {
				t.Fatalf("leaving %s leaves the rework: %v", want, leaves)
			}
			p = next
		}
		if p.Operation != w.ReturnTo || !p.Quantity.Equal(before.Quantity) || !p.Scrapped.Equal(before.Scrapped) {
			t.Fatalf("after the rework %+v, before it %+v", p, before)
		}
		for p.State != mes.LotPacked {
			p = through(t, base, p)
		}
	})
}

// through does one operation.
func through(t *rapid.T, r mes.Routing, p mes.Progress) mes.Progress {
	_, o, _ := r.At(p.Operation)
	by := mes.Actor{ID: "op"}
	started, err := p.Start(r, lot1, mes.StartOperation{Actor: by, Operation: o.ID, Station: o.Stations[0]}, monday)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := started.Dispatch(r, r, lot1, "x", monday); mes.CodeOf(err) != mes.CodeConflict {
		t.Fatalf("a lot at work was dispatched: %v", err)
	}
	done, _, err := started.Complete(r, lot1, mes.CompleteStep{Actor: by, Operation: o.ID, Step: "1"}, monday)
	if err != nil {
		t.Fatal(err)
	}
	out, err := done.Finish(r, lot1, by, o.ID, monday)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatAPermitAllows(t *testing.T) {
	ten := mes.Count(10)
	p := mes.Permit{ID: "DP-1", NewPermit: mes.NewPermit{Product: "P", Code: "GAP", Lots: []string{"L1", "L2"}, Quantity: &ten, ValidUntil: monday.Add(time.Hour)}, State: mes.PermitApproved, Used: mes.Count(4)}
	for name, c := range map[string]struct {
		lot, product, code string
		quantity           int64
		after              time.Duration
		change             func(*mes.Permit)
		says               string
	}{
		"all of the rest":  {lot: "L1", product: "P", code: "GAP", quantity: 6},
		"one too many":     {lot: "L1", product: "P", code: "GAP", quantity: 7, says: "has 6 left"},
		"another lot":      {lot: "L3", product: "P", code: "GAP", quantity: 1, says: "does not name L3"},
		"another product":  {lot: "L1", product: "Q", code: "GAP", quantity: 1, says: "is for P"},
		"another defect":   {lot: "L1", product: "P", code: "DENT", quantity: 1, says: "is for defect GAP"},
		"at its very end":  {lot: "L1", product: "P", code: "GAP", quantity: 1, after: time.Hour, says: "expired"},
		"just before":      {lot: "L1", product: "P", code: "GAP", quantity: 1, after: time.Hour - 1},
		"not signed":       {lot: "L1", product: "P", code: "GAP", quantity: 1, change: func(p *mes.Permit) { p.State = mes.PermitRequested }, says: "is requested"},
		"withdrawn":        {lot: "L1", product: "P", code: "GAP", quantity: 1, change: func(p *mes.Permit) { p.State = mes.PermitWithdrawn }, says: "is withdrawn"},
		"used up":          {lot: "L1", product: "P", code: "GAP", quantity: 1, change: func(p *mes.Permit) { p.Used = ten }, says: "is used up"},
		"bounded by lots":  {lot: "L2", product: "P", code: "GAP", quantity: 99, change: func(p *mes.Permit) { p.Quantity = nil }},
		"for every defect": {lot: "L1", product: "P", code: "DENT", quantity: 1, change: func(p *mes.Permit) { p.Code = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := p
			if c.change != nil {
				c.change(&p)
			}
			want := rule{}
			if c.says != "" {
				want = rule{mes.CodeConflict, c.says}
			}
			want.check(t, p.Allow(c.lot, c.product, c.code, mes.Count(c.quantity), monday.Add(c.after)))
		})
	}
	rule{mes.CodeUnprocessable, ""}.check(t, mes.NewPermit{Product: "P", Allows: "x", Reason: "x", ValidUntil: monday.Add(time.Hour)}.Validate(monday))
	rule{mes.CodeUnprocessable, ""}.check(t, mes.NewPermit{Product: "P", Allows: "x", Reason: "x", Quantity: &ten, ValidUntil: monday.Add(2 * mes.MaxPermit)}.Validate(monday))
}

// A report's sum is the sum of its rows, whatever they are, and says that something is missing exactly when it is.
func TestACostReportAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string) mes.Decimal {
			return mes.Count(rapid.Int64Range(0, 100000).Draw(t, name)).Shift(-2)
		}
		r := mes.CostReport{By: mes.CostByCode}
		missing := false
		for i := range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := mes.CostRow{Group: fmt.Sprint(i), Scrapped: amount("n"), ScrapCost: amount("scrap"), ReworkCost: amount("rework"), HandlingCost: amount("handling"), External: amount("external")}
			if rapid.Bool().Draw(t, "unpriced") {
				row.ScrapUnpriced, missing = mes.One, true
			}
			r.Rows = append(r.Rows, row)
		}
		out := r.Report()
		sum := mes.Zero
		for i, row := range out.Rows {
			sum = sum.Add(row.Total)
			if i > 0 && row.Total.GreaterThan(out.Rows[i-1].Total) {
				t.Fatal("the dearest does not come first")
			}
		}
		if !out.Sum.Total.Equal(sum) || out.Sum.Complete == missing {
			t.Fatalf("the sum is %s, the rows make %s; complete: %v, something is missing: %v", out.Sum.Total, sum, out.Sum.Complete, missing)
		}
	})
}
