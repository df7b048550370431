package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// reworkKit is the rework of product KIT: cut again, then back to the packing.
func reworkKit() mes.ReworkRouting {
	return mes.ReworkRouting{Title: "Cut again", Product: "KIT", ReturnTo: "20", Codes: []string{"LONG"}, Operations: []mes.Operation{
		{ID: "RW10", Name: "Cut again", Stations: []string{"ST10"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Cut"}}},
		{ID: "RW20", Name: "Clean", Stations: []string{"ST21"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Clean"}}},
	}}
}

// board makes the people who decide, the codes, and the rework routing.
func (f *floor) board() {
	f.Helper()
	f.person("quinn", mes.RoleQuality)
	f.person("sven", mes.RoleSupervisor)
	content, err := json.Marshal(reworkKit())
	f.must(err)
	_, err = f.Plant.Import(f.ctx, mes.Actor{ID: "setup"}, mes.PlantImport{ApprovedBy: "engineer", Documents: []mes.NewDraft{
		{RevisionKey: mes.RevisionKey{Kind: mes.DocRework, ID: "RW-CUT", Revision: "A"}, Name: "Cut again", Content: content}}})
	f.must(err)
	for _, c := range []mes.DefectCode{{Code: "LEN", Name: "Length", Severity: mes.SeverityLow, Active: true}, {Code: "LONG", Parent: "LEN", Name: "Too long", Severity: mes.SeverityHigh, Active: true}} {
		_, err := f.DefectCodes.Put(f.ctx, f.key(), site, quality, c, "")
		f.must(err)
	}
}

func (f *floor) open(hold bool, lots ...string) mes.Nonconformance {
	f.Helper()
	n := mes.NewNonconformance{Key: f.key(), Site: site, Source: mes.NCOperator, Code: "LONG", Description: "Two millimetres too long", Hold: hold}
	for _, l := range lots {
		n.Lots = append(n.Lots, mes.AffectedLot{Lot: l})
	}
	out, err := f.Nonconformances.Open(f.ctx, quality, n)
	f.must(err)
	return out
}

func (f *floor) propose(nc string, of ...mes.Disposition) mes.SignatureRequest {
	f.Helper()
	out, err := f.Nonconformances.Propose(f.ctx, f.key(), site, nc, quality, mes.NewProposal{Dispositions: of, Reason: "Measured again"})
	f.must(err)
	r, err := f.Signatures.Request(f.ctx, site, out.Proposals[0].Request)
	f.must(err)
	return r
}

// decide gives both signatures of the board.
func (f *floor) decide(r mes.SignatureRequest) error {
	f.Helper()
	r, err := f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningReviewed)
	f.must(err)
	_, err = f.sign(r, signer("sven", mes.RoleSupervisor), mes.MeaningApproved)
	return err
}

func (f *floor) nc(id string) mes.Nonconformance {
	f.Helper()
	out, err := f.Nonconformances.Get(f.ctx, site, id)
	f.must(err)
	return out
}

func use(lot string, quantity int64) mes.Disposition {
	return mes.Disposition{Lot: lot, Kind: mes.DisposeUse, Quantity: mes.Count(quantity)}
}

func scrapped(lot string, quantity int64) mes.Disposition {
	return mes.Disposition{Lot: lot, Kind: mes.DisposeScrap, Quantity: mes.Count(quantity)}
}

func reworked(lot string, quantity int64) mes.Disposition {
	return mes.Disposition{Lot: lot, Kind: mes.DisposeRework, Quantity: mes.Count(quantity), Routing: "RW-CUT"}
}

func TestANonconformanceHoldsItsLotsFromItsOpeningOn(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	n := f.open(true, p.id)
	if n.ID != "NC-1" || n.State != mes.NCOpen || n.Severity != mes.SeverityHigh || n.Product != "KIT" || n.CodeName != "Too long" || !n.Quantity.Equal(mes.Count(50)) {
		t.Errorf("opened %+v", n)
	}
	if l := n.Lots[0]; !l.Held || l.Hold == "" || l.WasAt != "ST10" || l.Order != "WO-1" || n.Events[0].Kind != "opened" {
		t.Errorf("lot %+v, events %+v", l, n.Events)
	}
	f.refused(p.start("ST10"), mes.CodeHeld, "NC-1: Two millimetres too long")
	again := mes.NewNonconformance{Key: "key-twice", Site: site, Source: mes.NCAudit, Description: "A finding"}
	one, err := f.Nonconformances.Open(f.ctx, quality, again)
	f.must(err)
	two, err := f.Nonconformances.Open(f.ctx, quality, again)
	f.must(err)
	if one.ID != "NC-2" || two.ID != one.ID || f.open(false).ID != "NC-3" {
		t.Errorf("the same key opened %s and %s", one.ID, two.ID)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertNonconformance})
	f.must(err)
	if alerts.Total != 2 || alerts.Items[0].Role != mes.RoleQuality { // NC-1 and NC-3 are high by their code
		t.Errorf("alerts %+v", alerts.Items)
	}
	_, err = f.Nonconformances.Cancel(f.ctx, f.key(), site, n.ID, quality, "None after all")
	f.refused(err, mes.CodeConflict, "Release the hold first")
}

func TestWhatANonconformanceCantBeOpenedWith(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	good := mes.NewNonconformance{Key: "k", Site: site, Source: mes.NCOperator, Code: "LONG", Description: "Too long"}
	past := time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		change func(*mes.NewNonconformance)
		code   mes.Code
		says   string
	}{
		"unknown code": {func(n *mes.NewNonconformance) { n.Code = "NONE" }, mes.CodeUnprocessable, "defect codes in use"},
		"unknown lot":  {func(n *mes.NewNonconformance) { n.Lots = []mes.AffectedLot{{Lot: "X"}} }, mes.CodeNotFound, "X"},
		"no customer":  {func(n *mes.NewNonconformance) { n.Source = mes.NCCustomer }, mes.CodeUnprocessable, "customer"},
		"due before":   {func(n *mes.NewNonconformance) { n.DueAt = &past }, mes.CodeUnprocessable, "due_at"},
		"nothing held": {func(n *mes.NewNonconformance) { n.Hold = true }, mes.CodeUnprocessable, "lots"},
		"no picture":   {func(n *mes.NewNonconformance) { n.Pictures = []mes.NewPicture{{Hash: "f00"}} }, mes.CodeUnprocessable, "no stored picture"},
		"more than all": {func(n *mes.NewNonconformance) {
			q := mes.Count(1001)
			n.Lots = []mes.AffectedLot{{Lot: "SCREW-1", Quantity: &q}}
		}, mes.CodeUnprocessable, "has only 1000"},
	} {
		n := good
		c.change(&n)
		_, err := f.Nonconformances.Open(f.ctx, quality, n)
		if mes.CodeOf(err) != c.code || !strings.Contains(err.Error()+fieldsOf(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := f.Nonconformances.List(f.ctx, mes.NCFilter{Site: site}); err != nil || list.Total != 0 {
		t.Errorf("%d are stored, %v", list.Total, err)
	}
}

func fieldsOf(err error) string {
	b, _ := json.Marshal(err) // a test's sentence; what can't be written is not compared
	return string(b)
}

func TestTheBoardsSecondSignatureCarriesTheDispositionsOut(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	f.must(p.start("ST10"))
	p.reviewed()
	n := f.open(true, p.id, "SCREW-1")
	ret := mes.Disposition{Lot: "SCREW-1", Kind: mes.DisposeReturn, Quantity: mes.Count(400)}
	rest := mes.Disposition{Lot: "SCREW-1", Kind: mes.DisposeSort, Quantity: mes.Count(600), Bad: mes.Count(100)}
	r := f.propose(n.ID, use(p.id, 45), scrapped(p.id, 5), rest, ret)
	if got := f.nc(n.ID); got.State != mes.NCInReview || got.Proposals[0].Dispositions[0].Lot != p.id || got.Proposals[0].Dispositions[0].Kind != mes.DisposeScrap {
		t.Fatalf("what leaves the lot goes first: %+v", got.Proposals)
	}
	_, err := f.Nonconformances.Propose(f.ctx, f.key(), site, n.ID, quality, mes.NewProposal{Dispositions: []mes.Disposition{use(p.id, 1)}, Reason: "Twice"})
	f.refused(err, mes.CodeConflict, "waits for the board already")
	// Whoever asked may review it, and somebody else must approve.
	r, err = f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningReviewed)
	f.must(err)
	_, err = f.sign(r, signer("quinn", mes.RoleQuality, mes.RoleSupervisor), mes.MeaningApproved)
	f.refused(err, mes.CodeForbidden, "")
	if l := f.lot(p.id); !l.Remaining.Equal(mes.Count(50)) || l.State != mes.LotReview {
		t.Fatalf("one signature did something: %+v", l)
	}
	_, err = f.sign(r, signer("sven", mes.RoleSupervisor), mes.MeaningApproved)
	f.must(err)

	lot, screws := f.lot(p.id), f.lot("SCREW-1")
	if lot.State != mes.LotRunning || !lot.Remaining.Equal(mes.Count(45)) || !lot.Scrapped.Equal(mes.Count(5)) || len(lot.Holds) != 0 {
		t.Errorf("the lot is %s with %s, scrapped %s, holds %v", lot.State, lot.Remaining, lot.Scrapped, lot.Holds)
	}
	if screws.State != mes.LotAvailable || !screws.Remaining.Equal(mes.Count(500)) || !screws.Scrapped.Equal(mes.Count(100)) || len(screws.Holds) != 0 {
		t.Errorf("the screws are %s with %s, scrapped %s, holds %v", screws.State, screws.Remaining, screws.Scrapped, screws.Holds)
	}
	f.ledger("WO-1", 50, 0, 5, 45, 0)
	f.messages(mes.ToERP, mes.MessageStockDisposed, 2)
	n = f.nc(n.ID)
	if n.State != mes.NCDispositioned || len(n.Disposals) != 4 || n.Proposals[0].State != mes.ProposalDone || !n.Lots[0].Undecided.IsZero() {
		t.Errorf("then it is %s, %+v", n.State, n.Disposals)
	}
	if sigs, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedNonconformance, ID: "NC-1/1"}); err != nil || len(sigs) != 2 || sigs[0].State != mes.SignatureValid || sigs[1].State != mes.SignatureValid {
		t.Errorf("signatures %+v, %v", sigs, err)
	}
	n, err = f.Nonconformances.Close(f.ctx, f.key(), site, n.ID, quality, "Done")
	if err != nil || n.State != mes.NCClosed {
		t.Errorf("closed %s, %v", n.State, err)
	}
	if sigs, _ := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedNonconformance, ID: "NC-1/1"}); sigs[0].State != mes.SignatureValid {
		t.Errorf("after the end the signature is %s: %s", sigs[0].State, sigs[0].Why)
	}
}

// reviewed sends a started lot to quality.
func (p *piece) reviewed() {
	p.f.Helper()
	d := mes.Defect{Actor: operator, Code: "LONG", Text: "too long", Review: true}
	next, err := p.at.Report(p.plan.Routing, p.id, d, now())
	p.f.must(err)
	p.f.must(p.record(mes.EntryDefect, next, func(e *mes.Entry) { e.Code, e.Reason = d.Code, d.Reason() }))
}

// cut brings a KIT lot through its first operation.
func (p *piece) cut() {
	p.f.Helper()
	p.f.must(p.start("ST10"))
	p.f.must(p.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{
		{Characteristic: "D", Value: mes.MustDecimal("10.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}}))
	p.f.must(p.finish())
}

// again takes up what the ledger did to the lot without its workflow.
func (p *piece) again() {
	p.f.Helper()
	was := p.f
	*p = *was.piece(p.id)
}

func (p *piece) confirmed(operation, station string) {
	p.f.Helper()
	if p.at.Operation != operation {
		p.f.Fatalf("%s is at %s, not at %s", p.id, p.at.Operation, operation)
	}
	p.f.must(p.start(station))
	p.f.must(p.complete(mes.CompleteStep{Operation: operation, Step: "1"}))
	p.f.must(p.finish())
	if p.replanned {
		p.again()
	}
}

func TestReworkGoesThroughItsRoutingAndBack(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	f.order("WO-1", "KIT", 100) // the second lot keeps the order open
	p := f.piece(f.fill("WO-1")[0])
	p.packed()
	f.ledger("WO-1", 100, 50, 0, 50, 0)
	n := f.open(true, p.id)
	f.must(f.decide(f.propose(n.ID, reworked(p.id, 50))))
	f.ledger("WO-1", 100, 0, 0, 100, 0) // its pieces are in process again
	p.again()
	if p.at.State != mes.LotQueued || p.at.Operation != "RW10" || p.plan.Routing.Revision != "A+RW-CUT.A" || f.lot(p.id).EndedAt != nil || len(f.lot(p.id).Holds) != 0 {
		t.Fatalf("in rework: %+v by %s", p.at, p.plan.Routing.Revision)
	}
	f.messages(mes.ToWorkflow, mes.MessageLotReopened, 1)
	_, err := f.Nonconformances.Close(f.ctx, f.key(), site, n.ID, quality, "Done")
	f.refused(err, mes.CodeConflict, "is in rework")
	p.confirmed("RW10", "ST10")
	if p.plan.Routing.Revision != "A+RW-CUT.A" {
		t.Errorf("in the middle of the rework it is back on %s", p.plan.Routing.Revision)
	}
	p.confirmed("RW20", "ST21")
	if p.plan.Routing.Revision != "A" || p.at.Operation != "20" || p.at.Visit != 2 || !p.at.Quantity.Equal(mes.Count(50)) {
		t.Fatalf("after the rework: %+v by %s", p.at, p.plan.Routing.Revision)
	}
	p.confirmed("20", "ST10")
	f.ledger("WO-1", 100, 50, 0, 50, 0)
	f.messages(mes.ToArchive, mes.MessageArchiveRun, 2)
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	var visits []string
	for _, o := range built.Operations {
		visits = append(visits, o.Operation+" "+o.State)
		if o.Rework != strings.HasPrefix(o.Operation, "RW") {
			t.Errorf("%s is rework: %v", o.Operation, o.Rework)
		}
	}
	if got := strings.Join(visits, ", "); got != "10 completed, 20 completed, RW10 completed, RW20 completed, 20 completed" {
		t.Errorf("as built: %s", got)
	}
	_, err = f.Nonconformances.Close(f.ctx, f.key(), site, n.ID, quality, "Done")
	f.must(err)
}

func TestTheRecordTellsOfBothPassages(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	p.cut()
	f.must(p.start("ST10"))
	p.reviewed()
	n := f.open(true, p.id)
	deviation := func(kind mes.DeviationKind) (found []mes.Deviation) {
		for _, d := range f.record(p.id).Deviations {
			if d.Kind == kind {
				found = append(found, d)
			}
		}
		return found
	}
	if d := deviation(mes.DeviatedNC); len(d) != 1 || !d[0].Open || d[0].Ref != n.ID || d[0].Severity != mes.SeverityHigh {
		t.Fatalf("while it is open: %+v", d)
	}
	f.must(f.decide(f.propose(n.ID, scrapped(p.id, 8), reworked(p.id, 42))))
	p.again()
	p.confirmed("RW10", "ST10")
	p.confirmed("RW20", "ST21")
	p.confirmed("20", "ST10")
	r := f.record(p.id)
	if d := deviation(mes.DeviatedNC); len(d) != 1 || d[0].Open || !strings.Contains(d[0].Text, "scrap 8") || !strings.Contains(d[0].Text, "rework 42 by rev A+RW-CUT.A") {
		t.Errorf("when it is decided: %+v", d)
	}
	for _, kind := range []mes.DeviationKind{mes.DeviatedRevision, mes.DeviatedQuantity, mes.DeviatedClock} {
		if d := deviation(kind); len(d) != 0 {
			t.Errorf("rework is told as %+v", d)
		}
	}
	board := 0
	for _, s := range r.Content.Signatures {
		if s.Record.Noun == mes.SignedNonconformance && s.State == mes.SignatureValid {
			board++
		}
	}
	var steps []string
	for _, o := range r.Content.Operations {
		for _, s := range o.Steps {
			steps = append(steps, o.Operation+"@"+s.Revision)
		}
	}
	if got := strings.Join(steps, " "); board != 2 || got != "10@A RW10@A+RW-CUT.A RW20@A+RW-CUT.A 20@A" || !r.Content.Good.Equal(mes.Count(42)) {
		t.Errorf("%d signatures of the board, steps %s, %s good", board, got, r.Content.Good)
	}
	before := r.Hash
	_, err := f.Nonconformances.Close(f.ctx, f.key(), site, n.ID, quality, "Done")
	f.must(err)
	if now := f.record(p.id).Hash; now != before {
		t.Error("the record changed with the end of the nonconformance")
	}
}

func TestWhatCantGoIntoRework(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	n := f.open(false, p.id)
	_, err := f.Nonconformances.Propose(f.ctx, f.key(), site, n.ID, quality, mes.NewProposal{Reason: "x", Dispositions: []mes.Disposition{reworked(p.id, 50)}})
	f.refused(err, mes.CodeConflict, "has not done operation 10, which the rework would leave out")
	p.cut()
	half := mes.Disposition{Lot: p.id, Kind: mes.DisposeRework, Quantity: mes.Count(20), Routing: "RW-CUT"}
	f.refused(f.decide(f.propose(n.ID, half)), mes.CodeConflict, "split the lot first")
	_, err = f.Nonconformances.Withdraw(f.ctx, f.key(), site, n.ID, quality, "Wrong number")
	f.must(err)
	_, err = f.Nonconformances.Propose(f.ctx, f.key(), site, n.ID, quality, mes.NewProposal{Reason: "x", Dispositions: []mes.Disposition{{Lot: p.id, Kind: mes.DisposeRework, Quantity: mes.Count(50), Routing: "NONE"}}})
	f.refused(err, mes.CodeNotFound, "NONE")
	r := f.propose(n.ID, reworked(p.id, 50))
	f.must(p.start("ST10"))
	f.refused(f.decide(r), mes.CodeConflict, "Let it come to a stop first")
	if f.lot(p.id).State != mes.LotRunning || f.nc(n.ID).State != mes.NCInReview {
		t.Error("a refused decision changed something")
	}

	q := f.lots("WO-2", "KIT", 50)[0]
	q.packed()
	_, err = f.Orders.Complete(f.ctx, f.key(), site, "WO-2")
	f.must(err)
	f.refused(f.decide(f.propose(f.open(false, q.id).ID, reworked(q.id, 50))), mes.CodeConflict, "Order WO-2 is completed")
	u := f.lots("WO-3", "UNIT", 1)[0]
	_, err = f.Nonconformances.Propose(f.ctx, f.key(), site, f.open(false, u.id).ID, quality, mes.NewProposal{Reason: "x", Dispositions: []mes.Disposition{reworked(u.id, 1)}})
	f.refused(err, mes.CodeConflict, "RW-CUT rev A is rework for KIT, the lot is UNIT")
}

func TestARejectedProposalLeavesTheLotsAsTheyAre(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	n := f.open(true, p.id)
	r := f.propose(n.ID, scrapped(p.id, 50))
	_, err := f.Signatures.Reject(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: signer("quinn", mes.RoleQuality), Hash: r.Hash, Reason: "Sort them"})
	f.must(err)
	if n = f.nc(n.ID); n.State != mes.NCOpen || n.Proposals[0].State != mes.ProposalRejected || n.Proposals[0].EndReason != "Sort them" || f.lot(p.id).State != mes.LotQueued {
		t.Errorf("after a no: %+v", n.Proposals)
	}
	f.must(f.decide(f.propose(n.ID, scrapped(p.id, 20))))
	if n = f.nc(n.ID); n.State != mes.NCOpen || !n.Lots[0].Undecided.Equal(mes.Count(30)) || !n.Lots[0].Held {
		t.Errorf("a part decided: %s, %+v", n.State, n.Lots[0])
	}
	f.must(f.decide(f.propose(n.ID, scrapped(p.id, 30))))
	if n = f.nc(n.ID); n.State != mes.NCDispositioned || f.lot(p.id).State != mes.LotScrapped || n.Lots[0].Held {
		t.Errorf("all decided: %s, %+v", n.State, n.Lots[0])
	}
	f.ledger("WO-1", 50, 0, 50, 0, 0)
}

func TestARuleOpensOneNonconformanceForAllItsEvents(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	f.putRule(defectRule(func(r *mes.ReactionRule) {
		r.Code, r.Group, r.Count, r.Then = "LONG", mes.GroupProduct, 2, []mes.ReactionKind{mes.ReactNonconforming}
	}))
	f.order("WO-1", "KIT", 100)
	ids := f.fill("WO-1")
	for _, id := range ids {
		p := f.piece(id)
		f.must(p.start("ST10"))
		p.reviewed()
	}
	list, err := f.Nonconformances.List(f.ctx, mes.NCFilter{Site: site, States: []mes.NCState{mes.NCOpen}, Lot: ids[1]})
	f.must(err)
	if list.Total != 1 || list.Items[0].LotCount != 2 || list.Items[0].Source != mes.NCOperator || list.Items[0].Code != "LONG" || list.Items[0].Severity != mes.SeverityHigh {
		t.Fatalf("the rule opened %+v", list.Items)
	}
	if done := f.firings()[0].Done; len(done) != 1 || done[0].Subject != "NC-1" {
		t.Errorf("the firing names %+v", done)
	}
	f.putRule(defectRule(func(r *mes.ReactionRule) {
		r.ID, r.Kind, r.Code, r.Group, r.Count, r.Then = "R2", mes.QualityNonconforming, "", mes.GroupAll, 1, []mes.ReactionKind{mes.ReactNonconforming}
	}))
	f.open(false)
	if done := f.firings()[0].Done; !strings.Contains(done[0].Refused, "is a nonconformance already") {
		t.Errorf("a rule that answers a nonconformance with another: %+v", done)
	}
}

func TestADefectIsReportedUnderACodeInUse(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.board()
	p := f.lots("WO-1", "KIT", 50)[0]
	f.must(p.start("ST10"))
	report := func(code string) error {
		next, err := p.at.Report(p.plan.Routing, p.id, mes.Defect{Actor: operator, Code: code, Text: "x", Review: true}, now())
		f.must(err)
		return p.record(mes.EntryDefect, next, func(e *mes.Entry) { e.Code, e.Reason = code, code+": x" })
	}
	f.refused(report("NONE"), mes.CodeUnprocessable, "was not reported")
	parent, _ := must1(f.DefectCodes.Tree(f.ctx, site))(f).At("LEN")
	parent.Active = false
	_, err := f.DefectCodes.Put(f.ctx, f.key(), site, quality, parent, "")
	f.refused(err, mes.CodeUnprocessable, "")
	parent, err = f.DefectCodes.Put(f.ctx, f.key(), site, quality, parent, "No longer used")
	f.must(err)
	f.refused(report("LONG"), mes.CodeUnprocessable, "") // its branch is closed
	stale := parent
	stale.Version--
	_, err = f.DefectCodes.Put(f.ctx, f.key(), site, quality, stale, "x")
	f.refused(err, mes.CodeConflict, "changed by somebody else")
	parent.Parent = "LONG"
	_, err = f.DefectCodes.Put(f.ctx, f.key(), site, quality, parent, "x")
	f.refused(err, mes.CodeUnprocessable, "")
	parent.Parent, parent.Active = "", true
	_, err = f.DefectCodes.Put(f.ctx, f.key(), site, quality, parent, "Used again")
	f.must(err)
	f.must(report("LONG"))
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "defect_code", Subject: "LEN"})
	f.must(err)
	if len(trail.Items) != 3 || trail.Items[0].Reason != "Used again" || trail.Items[0].Before == nil {
		t.Errorf("trail %+v", trail.Items)
	}
}

func must1[T any](v T, err error) func(*floor) T {
	return func(f *floor) T {
		f.Helper()
		f.must(err)
		return v
	}
}
