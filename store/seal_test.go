package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/steelthread/steelthread/mes"
)

// oneSigned gives a step its first signature.
func oneSigned(f *floor) mes.SignatureRequest {
	f.Helper()
	_, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	return r
}

// owner changes the records as the database's owner can: past every trigger.
func (f *floor) owner(sql string) {
	f.Helper()
	f.db.Tamper(f, "SET session_replication_role = replica", sql)
}

func (f *floor) verdict() mes.SignatureVerdict {
	f.Helper()
	v, err := f.Signatures.Verify(f.ctx)
	f.must(err)
	return v
}

// TestASignatureSealedAnewShows lets a clever owner change the printed name and compute the row's seal again. The audit trail
// still has the old one.
func TestASignatureSealedAnewShows(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := oneSigned(f)
	s := r.Signatures[0]
	b, err := json.Marshal(map[string]any{"id": s.ID, "site": s.Site, "request": r.ID, "noun": "step", "record": r.Record.ID, "n": 1, "meaning": "performed", "signer": "olga",
		"name": "Somebody else", "method": "password", "at": s.At.UTC().Format("2006-01-02T15:04:05.000000Z"), "zone": s.Zone, "station": "", "source": "127.0.0.1",
		"reason": "", "hash": s.Hash})
	f.must(err)
	text, err := jcs.Transform(b)
	f.must(err)
	sum := sha256.Sum256(text)
	f.owner(fmt.Sprintf("UPDATE signature SET name = 'Somebody else', seal = '%s'", hex.EncodeToString(sum[:])))
	sigs, err := f.Signatures.Of(f.ctx, site, r.Record)
	f.must(err)
	if len(sigs) != 1 || sigs[0].State != mes.SignatureForged || !contains(sigs[0].Why, "audit trail") {
		t.Errorf("%+v", sigs)
	}
	if v := f.verdict(); v.OK || v.Bad != s.ID {
		t.Errorf("%+v", v)
	}
}

func TestASignatureTakenAwayShows(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := oneSigned(f)
	if v := f.verdict(); !v.OK || v.Signatures != 1 {
		t.Fatalf("before: %+v", v)
	}
	f.owner("DELETE FROM signature")
	if v := f.verdict(); v.OK || v.Bad != r.Signatures[0].ID || !contains(v.Why, "taken away") {
		t.Errorf("%+v", v)
	}
}

func TestASignatureWithoutItsRequestShows(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := oneSigned(f)
	f.owner("DELETE FROM signature_request")
	if v := f.verdict(); v.OK || v.Bad != r.Signatures[0].ID {
		t.Errorf("%+v", v)
	}
}

func TestTheAsBuiltRecordShowsSignatures(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningVerified)
	f.must(err)
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	got := built.Operations[0].Steps[0].Signatures
	if len(got) != 2 || got[0].Name != "Name of olga" || got[1].Meaning != mes.MeaningVerified || got[1].Zone != "Europe/Berlin" || got[1].State != mes.SignatureValid {
		t.Errorf("%+v", got)
	}
	f.owner("UPDATE step_value SET value = 9.9 WHERE sample = 1")
	built, err = f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	for _, s := range built.Operations[0].Steps[0].Signatures {
		if s.State != mes.SignatureVoided || s.Why == "" {
			t.Errorf("after a change: %+v", s)
		}
	}
}

func TestADecisionShowsItsSignature(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.person("quinn", mes.RoleQuality)
	p := f.lots("WO-1", "UNIT", 1)[0]
	_, err := f.Lots.Hold(f.ctx, f.key(), site, p.id, operator, "odd smell")
	f.must(err)
	r, err := f.Lots.AskRelease(f.ctx, f.key(), site, p.id, mes.Actor{ID: "quinn"}, "looked at")
	f.must(err)
	_, err = f.sign(*r, signer("quinn", mes.RoleQuality), r.Needs[0].Meaning)
	f.must(err)
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if len(built.Signatures) != 1 || built.Signatures[0].Record.Noun != mes.SignedHoldRelease || built.Signatures[0].State != mes.SignatureValid {
		t.Errorf("%+v", built.Signatures)
	}
}

func TestARuleOfStepsOnlyReminds(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	by := mes.Actor{ID: "ada"}
	_, err := f.Signatures.PutRule(f.ctx, site, by, mes.SignatureRule{Noun: mes.SignedStep, RemindS: 60, Needs: []mes.SignatureNeed{{Meaning: mes.MeaningVerified}}}, "why not")
	f.refused(err, mes.CodeUnprocessable, "stand in its routing")
	_, err = f.Signatures.PutRule(f.ctx, site, by, mes.SignatureRule{Noun: mes.SignedStep, RemindS: 60}, "the line is quick")
	f.must(err)
	_, r := toSign(f)
	if got := r.DueAt.Sub(r.RequestedAt).Seconds(); got != 60 {
		t.Errorf("the reminder comes after %v s", got)
	}
}
