package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

// signer is a person who has just proved who they are.
func signer(id string, roles ...mes.Role) mes.Signer {
	return mes.Signer{ID: id, Name: "Name of " + id, Roles: roles, Method: mes.SignedByPassword, Source: "127.0.0.1"}
}

func (f *floor) person(id string, roles ...mes.Role) {
	f.Helper()
	a := mes.Account{ID: id, Name: "Name of " + id, Kind: mes.AccountPerson, Site: site, Roles: roles, Active: true}
	f.must(f.Accounts.Upsert(f.ctx, mes.Actor{ID: "setup"}, a))
}

// signedKit is product KIT in a revision whose measuring is signed by the operator and verified by quality.
func signedKit() mes.Routing {
	r := storetest.Kit()
	r.Revision = "B"
	r.Operations[0].Steps[0].Sign = []mes.SignatureNeed{{Meaning: mes.MeaningPerformed}, {Meaning: mes.MeaningVerified, Role: mes.RoleQuality}}
	return r
}

// toSign brings a lot of the signed product to where its measuring waits for signatures.
func toSign(f *floor) (*piece, mes.SignatureRequest) {
	f.Helper()
	_, err := f.Plant.Import(f.ctx, mes.Actor{ID: "setup"}, mes.PlantImport{Routings: []mes.Routing{signedKit()}, ApprovedBy: "engineer"})
	f.must(err)
	f.person("quinn", mes.RoleQuality)
	f.person("quentin", mes.RoleQuality)
	p := f.lots("WO-S", "KIT", 50)[0]
	f.must(p.start("ST10"))
	f.must(p.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{
		{Characteristic: "D", Value: mes.MustDecimal("10.00"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.10"), Sample: 2}}}))
	if p.at.Wait.Kind != mes.WaitSigned || p.at.Step != "1" {
		f.Fatalf("the lot waits for %q at step %q", p.at.Wait.Kind, p.at.Step)
	}
	return p, f.openRequest(mes.SignedStep)
}

func (f *floor) openRequest(noun mes.SignedNoun) mes.SignatureRequest {
	f.Helper()
	page, err := f.Signatures.Requests(f.ctx, mes.RequestFilter{Site: site, State: mes.RequestOpen, Noun: noun})
	f.must(err)
	if len(page.Items) != 1 {
		f.Fatalf("%d open requests of kind %s", len(page.Items), noun)
	}
	r, err := f.Signatures.Request(f.ctx, site, page.Items[0].ID)
	f.must(err)
	return r
}

func (f *floor) sign(r mes.SignatureRequest, s mes.Signer, m mes.Meaning) (mes.SignatureRequest, error) {
	return f.Signatures.Sign(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: s, Meaning: m, Hash: r.Hash})
}

func TestASignedStepWaitsForBothSignatures(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	quinn, olga := signer("quinn", mes.RoleQuality), signer("olga", mes.RoleOperator)
	f.refused(p.finish(), mes.CodeConflict, "")
	_, err := f.sign(r, quinn, mes.MeaningVerified)
	f.refused(err, mes.CodeUnprocessable, "another meaning")
	if r, err = f.sign(r, olga, mes.MeaningPerformed); err != nil || len(r.Signatures) != 1 || r.State != mes.RequestOpen {
		t.Fatalf("%+v %v", r, err)
	}
	_, err = f.sign(r, olga, mes.MeaningVerified)
	f.refused(err, mes.CodeForbidden, "")
	_, err = f.sign(r, signer("olga", mes.RoleQuality), mes.MeaningVerified)
	f.refused(err, mes.CodeForbidden, "olga cannot give this one")
	in := mes.Signing{Signer: quinn, Meaning: mes.MeaningVerified, Hash: r.Hash}
	key := f.key()
	if r, err = f.Signatures.Sign(f.ctx, key, site, r.ID, in); err != nil || r.State != mes.RequestSigned {
		t.Fatalf("%+v %v", r, err)
	}
	if again, err := f.Signatures.Sign(f.ctx, key, site, r.ID, in); err != nil || len(again.Signatures) != 2 {
		t.Errorf("the same key again: %+v %v", again, err)
	}
	after := f.piece(p.id)
	if after.at.Wait.Kind != mes.WaitOperator || after.at.Step != "" || after.at.Version != p.at.Version+1 {
		t.Errorf("after the last signature: %+v", after.at)
	}
	f.must(after.finish())
	sigs, err := f.Signatures.Of(f.ctx, site, r.Record)
	f.must(err)
	if len(sigs) != 2 || sigs[0].State != mes.SignatureValid || sigs[1].State != mes.SignatureValid || sigs[1].Name != "Name of quinn" || sigs[1].Zone != "Europe/Berlin" {
		t.Errorf("%+v", sigs)
	}
}

func TestWhatWasNotShownIsNotSigned(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, r := toSign(f)
	shown := r
	shown.Hash = "00"
	_, err := f.sign(shown, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.refused(err, mes.CodeConflict, "What you were shown is not what stands there now.")
}

func TestASignerWhoSaysNoSendsTheLotToQuality(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	quinn := signer("quinn", mes.RoleQuality)
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: quinn, Hash: r.Hash})
	f.refused(err, mes.CodeUnprocessable, "reason")
	r, err = f.Signatures.Reject(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: quinn, Hash: r.Hash, Reason: "Measured at the wrong end"})
	f.must(err)
	after := f.piece(p.id)
	if r.State != mes.RequestRejected || after.at.State != mes.LotReview || !contains(after.at.Wait.Reason, "wrong end") {
		t.Errorf("%s, %+v", r.State, after.at)
	}
	_, err = f.sign(r, quinn, mes.MeaningVerified)
	f.refused(err, mes.CodeConflict, "rejected")
}

func TestALotThatGoesAnotherWayTakesItsQuestionBack(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	f.must(p.scrap(50))
	r, err := f.Signatures.Request(f.ctx, site, r.ID)
	f.must(err)
	if r.State != mes.RequestVoided || r.EndReason != "The lot went another way" {
		t.Errorf("%s: %s", r.State, r.EndReason)
	}
}

// TestTamperingShows changes records as a database owner can: a signed value, a signature's name, a signature moved to
// another record.
func TestTamperingShows(t *testing.T) {
	t.Parallel()
	owner := func(f *floor, sql string) {
		f.Helper()
		f.db.Tamper(f, "SET session_replication_role = replica", sql) // past the triggers, as an owner can
	}
	for name, c := range map[string]struct {
		sql   string
		state mes.SignatureState
		why   string
	}{
		"a signed value": {"UPDATE step_value SET value = 9.9 WHERE sample = 1", mes.SignatureVoided, "changed after it was signed"},
		"a printed name": {"UPDATE signature SET name = 'Somebody else'", mes.SignatureForged, "own row was changed"},
		"a later time":   {"UPDATE signature SET at = at + interval '1 day'", mes.SignatureForged, "own row was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t)
			_, r := toSign(f)
			r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
			f.must(err)
			owner(f, c.sql)
			sigs, err := f.Signatures.Of(f.ctx, site, r.Record)
			f.must(err)
			if len(sigs) != 1 || sigs[0].State != c.state || !contains(sigs[0].Why, c.why) {
				t.Errorf("%+v", sigs)
			}
		})
	}
	t.Run("a copied signature", func(t *testing.T) {
		f := newFloor(t)
		_, r := toSign(f)
		_, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
		f.must(err)
		other := f.piece(f.lotsOf("WO-T", "KIT", 50))
		f.must(other.start("ST10"))
		f.must(other.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{
			{Characteristic: "D", Value: mes.MustDecimal("10.00"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.10"), Sample: 2}}}))
		id := other.id + "/10/1/1/1"
		owner(f, "INSERT INTO signature SELECT 'copy', site, r.id, s.noun, '"+id+"', n, meaning, signer, name, method, at, zone, station, source, s.reason, r.hash, seal FROM signature s, LATERAL (SELECT id, hash FROM signature_request WHERE record = '"+id+"') r")
		sigs, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedStep, ID: id})
		f.must(err)
		if len(sigs) != 1 || sigs[0].State != mes.SignatureForged {
			t.Errorf("%+v", sigs)
		}
		v, err := f.Signatures.Verify(f.ctx)
		f.must(err)
		if v.OK || v.Bad != "copy" {
			t.Errorf("the check of all signatures says %+v", v)
		}
	})
}

func (f *floor) lotsOf(number, product string, quantity int64) string {
	f.Helper()
	return f.lots(number, product, quantity)[0].id
}

func TestADispositionTakesEffectWhenItIsSigned(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.person("quinn", mes.RoleQuality)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	next, err := p.at.Report(p.plan.Routing, p.id, mes.Defect{Actor: operator, Text: "scratched", Review: true}, now())
	f.must(err)
	f.must(p.record(mes.EntryDefect, next))
	quinn := mes.Actor{ID: "quinn"}
	_, err = f.Lots.AskReview(f.ctx, f.key(), site, p.id, mes.Review{Actor: quinn, Decision: "maybe", Reason: "?"})
	f.refused(err, mes.CodeUnprocessable, "decision")
	first, err := f.Lots.AskReview(f.ctx, f.key(), site, p.id, mes.Review{Actor: quinn, Decision: mes.DecideScrap, Reason: "deep"})
	f.must(err)
	r, err := f.Lots.AskReview(f.ctx, f.key(), site, p.id, mes.Review{Actor: quinn, Decision: mes.DecideRework, Reason: "polish it"})
	f.must(err)
	if old, err := f.Signatures.Request(f.ctx, site, first.ID); err != nil || old.State != mes.RequestVoided {
		t.Errorf("the earlier decision is %s, %v", old.State, err)
	}
	if at := f.piece(p.id).at; at.State != mes.LotReview {
		t.Errorf("before the signature the lot is %s", at.State)
	}
	_, err = f.sign(*r, signer("olga", mes.RoleOperator), mes.MeaningApproved)
	f.refused(err, mes.CodeForbidden, "is not quality")
	done, err := f.sign(*r, signer("quinn", mes.RoleQuality), mes.MeaningApproved)
	f.must(err)
	if at := f.piece(p.id).at; done.State != mes.RequestSigned || at.State != mes.LotQueued || at.Visit != 2 {
		t.Errorf("after the signature: %s, %+v", done.State, at)
	}
}

func TestAHoldEndsWhenItsReleaseIsSigned(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.person("quinn", mes.RoleQuality)
	p := f.lots("WO-1", "UNIT", 1)[0]
	_, err := f.Lots.AskRelease(f.ctx, f.key(), site, p.id, mes.Actor{ID: "quinn"}, "looked at")
	f.refused(err, mes.CodeConflict, "not on hold")
	_, err = f.Lots.Hold(f.ctx, f.key(), site, p.id, operator, "odd smell")
	f.must(err)
	r, err := f.Lots.AskRelease(f.ctx, f.key(), site, p.id, mes.Actor{ID: "quinn"}, "looked at")
	f.must(err)
	f.refused(p.start("ST10"), mes.CodeHeld, "odd smell")
	_, err = f.Lots.Hold(f.ctx, f.key(), site, p.id, operator, "second thought")
	f.must(err)
	_, err = f.sign(*r, signer("quinn", mes.RoleQuality), mes.MeaningApproved)
	f.must(err)
	if l := f.lot(p.id); len(l.Holds) != 1 || l.Holds[0].Reason != "second thought" {
		t.Errorf("holds after the signature: %+v", l.Holds)
	}
}

func TestASignatureHasItsTimeFromTheServer(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	if d := time.Since(r.Signatures[0].At); d < -time.Minute || d > time.Minute {
		t.Errorf("signed %s ago", d)
	}
	if v, err := f.Signatures.Verify(f.ctx); err != nil || !v.OK || v.Signatures != 1 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestQualityHasAStepSignedAgain passes a lot whose step somebody did not sign: the same record asks for its signatures
// once more, and who did the work can still not verify it.
func TestQualityHasAStepSignedAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	_, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, r.ID, mes.Signing{Signer: signer("quinn", mes.RoleQuality), Hash: r.Hash, Reason: "The gauge looks old"})
	f.must(err)
	ask, err := f.Lots.AskReview(f.ctx, f.key(), site, p.id, mes.Review{Actor: mes.Actor{ID: "quentin"}, Decision: mes.DecidePass, Reason: "Calibrated yesterday"})
	f.must(err)
	if ask != nil {
		_, err = f.sign(*ask, signer("quentin", mes.RoleQuality), ask.Needs[0].Meaning)
		f.must(err)
	}
	second := f.openRequest(mes.SignedStep)
	if second.ID == r.ID || second.Record != r.Record || second.Hash != r.Hash || second.PerformedBy != "olga" {
		t.Fatalf("the second request: %+v", second)
	}
	after, err := f.sign(second, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(after, signer("quinn", mes.RoleQuality), mes.MeaningVerified)
	f.must(err)
	if at := f.piece(p.id).at; at.State != mes.LotRunning || at.Wait.Kind != mes.WaitOperator {
		t.Errorf("after the signatures: %+v", at)
	}
}
