package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func (f *floor) dispose(id string, d mes.HoldDecision, lots ...string) mes.SignatureRequest {
	f.Helper()
	out, err := f.Containments.Dispose(f.ctx, f.key(), quinn, mes.HoldDisposition{Site: site, Containment: id, Lots: lots, Decision: d, Reason: "measured again"})
	f.must(err)
	if out.Request == nil {
		f.Fatal("nobody is asked to sign")
	}
	r, err := f.Signatures.Request(f.ctx, site, out.Request.ID)
	f.must(err)
	return r
}

// signBoth gives the two signatures that the standard rule asks for.
func (f *floor) signBoth(r mes.SignatureRequest) {
	f.Helper()
	r, err := f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningReviewed)
	f.must(err)
	_, err = f.sign(r, signer("sam", mes.RoleSupervisor), mes.MeaningApproved)
	f.must(err)
}

func (f *floor) signers() {
	f.person("quinn", mes.RoleQuality)
	f.person("sam", mes.RoleSupervisor)
}

func TestEveryContainedLotReachesItsEnd(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.signers()
	ps := f.lots("WO-1", "UNIT", 3)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
		f.must(p.scan("SCREW-1"))
	}
	id := f.contain(component("SCREW-1"))
	f.found(id)
	for _, p := range ps {
		f.must(f.Containments.Stopped(f.ctx, site, id, p.id, "10/2"))
	}
	// Partial release: one unit is good.
	free := f.dispose(id, mes.HoldFree, ps[0].id)
	f.refused(ps[0].finish(), mes.CodeHeld, id) // not before the signatures
	_, err := f.sign(free, signer("sam", mes.RoleSupervisor), mes.MeaningApproved)
	f.refused(err, mes.CodeUnprocessable, "another meaning")
	f.signBoth(free)
	f.must(ps[0].finish())
	f.refused(ps[1].finish(), mes.CodeHeld, id)
	scrap := f.dispose(id, mes.HoldScrap, ps[1].id)
	// Decided anew before it is signed: the first question is void.
	rework := f.dispose(id, mes.HoldRework, ps[1].id, ps[2].id)
	if r, _ := f.Signatures.Request(f.ctx, site, scrap.ID); r.State != mes.RequestVoided {
		t.Errorf("the older decision is %s", r.State)
	}
	if s := f.found(id); s.State != mes.ContainmentContained || s.Proposed != 2 || s.Undecided != 1 {
		t.Errorf("%+v", s)
	}
	f.signBoth(rework)
	if l := f.lot(ps[1].id); l.State != mes.LotQueued || len(l.Holds) != 0 {
		t.Errorf("the reworked lot: %+v", l)
	}
	_, err = f.Containments.Dispose(f.ctx, f.key(), quinn, mes.HoldDisposition{Site: site, Containment: id, Lots: []string{ps[1].id}, Decision: mes.HoldFree, Reason: "r"})
	f.refused(err, mes.CodeConflict, "has ended")
	_, err = f.Containments.Dispose(f.ctx, f.key(), quinn, mes.HoldDisposition{Site: site, Containment: id, Lots: []string{"SCREW-1"}, Decision: mes.HoldRework, Reason: "r"})
	f.refused(err, mes.CodeConflict, "does not fit")
	stock := f.dispose(id, mes.HoldScrap, "SCREW-1")
	if s := f.found(id); s.State != mes.ContainmentDispositioned {
		t.Errorf("every lot has its decision: %+v", s)
	}
	f.signBoth(stock)
	if s := f.found(id); s.State != mes.ContainmentClosed || s.Open != 0 {
		t.Errorf("at the end: %+v", s)
	}
	if l := f.lot("SCREW-1"); !l.Scrapped.Equal(mes.Count(988)) || !l.Remaining.IsZero() {
		t.Errorf("the screws: %+v", l)
	}
	f.messages(mes.ToArchive, mes.MessageArchiveRun, 1)
}

func TestARejectedDecisionLeavesTheLotsUndecided(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.signers()
	id := f.contain(component("SCREW-1"))
	f.found(id)
	r := f.dispose(id, mes.HoldUse, "SCREW-1")
	_, err := f.Signatures.Reject(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: signer("quinn", mes.RoleQuality), Reason: "not measured", Hash: r.Hash})
	if err != nil { // a rejection is judged like the next signature
		t.Fatal(err)
	}
	if s := f.found(id); s.Undecided != 1 || s.Proposed != 0 {
		t.Errorf("%+v", s)
	}
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	f.refused(p.scan("SCREW-1"), mes.CodeHeld, id)
}

func TestCustomersAreToldOnceAndShippedLotsEnd(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.signers()
	kit := f.lots("WO-1", "KIT", 50)[0]
	kit.packed()
	f.must(f.ship(kit.id, "DN-9"))
	id := f.contain(mes.Criterion{Kind: mes.ByLot, Lots: []string{kit.id}})
	customer := f.lot(kit.id).Customer
	if s := f.found(id); s.Unnotified != 1 || s.State != mes.ContainmentContained {
		t.Errorf("%+v", s)
	}
	n := mes.Notice{Site: site, Containment: id, Customer: customer, How: "by mail to quality"}
	told, err := f.Containments.Notify(f.ctx, "k", quinn, n)
	if err != nil || told != 1 {
		t.Errorf("%d told, %v", told, err)
	}
	if told, err = f.Containments.Notify(f.ctx, "k", quinn, n); err != nil || told != 1 {
		t.Errorf("the same key: %d, %v", told, err)
	}
	_, err = f.Containments.Notify(f.ctx, "k2", quinn, n)
	f.refused(err, mes.CodeConflict, "")
	f.must(f.Containments.SetAside(f.ctx, "a", site, id, kit.id, "Box Q-3", quinn))
	f.signBoth(f.dispose(id, mes.HoldReturn, kit.id))
	if s := f.found(id); s.State != mes.ContainmentClosed {
		t.Errorf("%+v", s)
	}
	if got := f.held(id); len(got) != 1 {
		t.Errorf("the lot is forgotten: %v", got)
	}
}

func TestARuleHoldsWhatItsGroupNamesOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
		f.must(p.scan("SCREW-1"))
	}
	_, err := f.Reactions.Put(f.ctx, quinn, mes.ReactionRule{ID: "R-017", Site: site, Name: "Bead broken", Active: true, Kind: mes.QualityVerdict, Group: mes.GroupComponent,
		Component: "SCREW", Count: 2, WindowMin: 60, Severity: mes.SeverityCritical, Then: []mes.ReactionKind{mes.ReactHold}}, "new")
	f.must(err)
	for i, p := range append(ps, ps[0]) {
		f.must(f.Reactions.Tell(f.ctx, mes.QualityEvent{Key: f.key(), Site: site, Kind: mes.QualityVerdict, Code: "gap", Noun: "vision_result", Subject: p.id, Lot: p.id, Text: "gap on pad 2", At: now()}))
		page, err := f.Containments.List(f.ctx, mes.ContainmentFilter{Site: site})
		f.must(err)
		if want := int64(min(i, 1)); page.Total != want {
			t.Fatalf("after %d verdicts there are %d holds", i+1, page.Total)
		}
	}
	f.found("H-0001")
	v, err := f.Containments.Get(f.ctx, site, "H-0001")
	f.must(err)
	if v.Found != 4 || v.Criterion.Kind != mes.ByComponent || v.Severity != mes.SeverityCritical || v.Source.Subject != "R-017" || v.Since.After(v.RequestedAt) {
		t.Errorf("%+v", v.Containment)
	}
}
