package store_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func lotRecord(lot string) mes.SignedRecord {
	return mes.SignedRecord{Noun: mes.SignedLotRecord, ID: lot}
}

func orderRecord(number string) mes.SignedRecord {
	return mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: number}
}

func (f *floor) rule(r mes.RecordRule) {
	f.Helper()
	r.DueHours = 24
	_, err := f.Releases.SetRule(f.ctx, f.key(), site, mes.Actor{ID: "quinn"}, r, "Customer asks for it")
	f.must(err)
}

// reviewer is quality, who signs releases.
func (f *floor) reviewer() mes.Signer {
	f.Helper()
	f.person("quinn", mes.RoleQuality)
	return signer("quinn", mes.RoleQuality)
}

// requestFor is the open request for the signature on a record.
func (f *floor) requestFor(r mes.SignedRecord) mes.SignatureRequest {
	f.Helper()
	page, err := f.Signatures.Requests(f.ctx, mes.RequestFilter{Site: site, State: mes.RequestOpen, Noun: r.Noun, Record: r.ID})
	f.must(err)
	if len(page.Items) != 1 {
		f.Fatalf("%d open requests for %s", len(page.Items), r.ID)
	}
	return page.Items[0]
}

// release lets a record go as it stands.
func (f *floor) release(r mes.SignedRecord) {
	f.Helper()
	_, err := f.sign(f.requestFor(r), f.reviewer(), mes.MeaningReleased)
	f.must(err)
}

func (f *floor) hashOf(r mes.SignedRecord) string {
	f.Helper()
	if r.Noun == mes.SignedOrderRecord {
		o, err := f.Records.Order(f.ctx, site, r.ID)
		f.must(err)
		return o.Hash
	}
	return f.record(r.ID).Hash
}

// states are the acts in the release of a record, oldest first.
func (f *floor) states(r mes.SignedRecord) []mes.RecordState {
	f.Helper()
	var rows []mes.RecordRelease
	if r.Noun == mes.SignedOrderRecord {
		o, err := f.Records.Order(f.ctx, site, r.ID)
		f.must(err)
		rows = o.Beside.Releases
	} else {
		rows = f.record(r.ID).Beside.Releases
	}
	out := make([]mes.RecordState, len(rows))
	for i, x := range rows {
		out[i] = x.State
	}
	return out
}

func (f *floor) wantStates(r mes.SignedRecord, want ...mes.RecordState) {
	f.Helper()
	if got := f.states(r); !slices.Equal(got, want) {
		f.Errorf("%s is %v, want %v", r.ID, got, want)
	}
}

func (f *floor) ship(lot, note string) error {
	_, err := f.Materials.Ship(f.ctx, f.key(), site, planner, mes.Shipment{DeliveryNote: note, Customer: "ACME", Lots: []string{lot}})
	return err
}

func TestARecordIsReleasedAndKeptUnderItsHash(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	_, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.refused(err, mes.CodeConflict, "has not ended")
	f.troubled(p, 1)
	asked, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "For the customer")
	f.must(err)
	r := f.record(p.id)
	if asked.State != mes.RecordOpen || asked.Hash != r.Hash || asked.Deviations != len(r.Deviations) || asked.Worst != mes.SeverityHigh || asked.By != "olga" || asked.Reason != "For the customer" {
		t.Errorf("asked: %+v", asked)
	}
	again, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), planner, "")
	f.must(err)
	if again.ID != asked.ID {
		t.Error("an open release was opened twice")
	}
	f.release(lotRecord(p.id))
	f.wantStates(lotRecord(p.id), mes.RecordOpen, mes.RecordReleased)
	if f.record(p.id).Hash != r.Hash {
		t.Error("the release changed the hash of what it released")
	}
	kept, err := f.Blobs.Get(f.ctx, r.Hash)
	f.must(err)
	var h mes.LotHistory
	f.must(json.Unmarshal(kept.Content, &h))
	given := f.record(p.id).Beside.Signatures
	if len(given) != 1 || given[0].State != mes.SignatureValid || given[0].Name != "Name of quinn" || given[0].Meaning != mes.MeaningReleased || given[0].Zone != "Europe/Berlin" {
		t.Errorf("signatures: %+v", given)
	}
	if h.Lot != p.id || len(h.Events) != len(r.Content.Events) {
		t.Errorf("kept: %s", kept.Content)
	}
	_, err = f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.refused(err, mes.CodeConflict, "is released")
	_, err = f.Releases.Ask(f.ctx, f.key(), site, lotRecord("NOBODY"), operator, "")
	f.refused(err, mes.CodeNotFound, "NOBODY")
}

func TestARejectedRecordCanBeAskedForAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "KIT", 50)[0]
	p.packed()
	_, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.must(err)
	q := f.requestFor(lotRecord(p.id))
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, q.ID, mes.Signing{Signer: f.reviewer(), Meaning: mes.MeaningReleased, Hash: q.Hash, Reason: "A page is missing"})
	f.must(err)
	_, err = f.Lots.Hold(f.ctx, f.key(), site, p.id, operator, "Look at it")
	f.must(err)
	f.wantStates(lotRecord(p.id), mes.RecordOpen, mes.RecordRejected)
	_, err = f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.must(err)
	f.wantStates(lotRecord(p.id), mes.RecordOpen, mes.RecordRejected, mes.RecordOpen)
}

func TestAChangeVoidsAReleaseAndAsksAgain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *floor, p *piece){
		"a late verdict": func(f *floor, p *piece) {
			_, err := f.Visions.Ingest(f.ctx, verdict(p.id, mes.ResultPass, "late-one"))
			f.must(err)
		},
		"a hold": func(f *floor, p *piece) {
			_, err := f.Lots.Hold(f.ctx, f.key(), site, p.id, mes.Actor{ID: "quinn"}, "Paste lot is doubtful")
			f.must(err)
		},
		"a correction of time": func(f *floor, p *piece) {
			c := mes.LabourCorrection{Account: "olga", From: now().Add(-time.Hour), To: now(), Reason: "was at the other line"}
			_, err := f.Labour.Correct(f.ctx, f.key(), site, planner, c)
			f.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t)
			p := f.lots("WO-1", "UNIT", 1)[0]
			f.flawless(p, 1)
			_, err := f.Orders.Complete(f.ctx, f.key(), site, "WO-1")
			f.must(err)
			for _, r := range []mes.SignedRecord{lotRecord(p.id), orderRecord("WO-1")} {
				_, err := f.Releases.Ask(f.ctx, f.key(), site, r, operator, "")
				f.must(err)
				f.release(r)
			}
			change(f, p)
			for _, r := range []mes.SignedRecord{lotRecord(p.id), orderRecord("WO-1")} {
				f.wantStates(r, mes.RecordOpen, mes.RecordReleased, mes.RecordVoided, mes.RecordOpen)
			}
			if given := f.record(p.id).Beside.Signatures; len(given) != 1 || given[0].State != mes.SignatureVoided {
				t.Errorf("the signature on the record as it was: %+v", given)
			}
			last := f.record(p.id).Beside.Releases[3]
			if last.Hash != f.hashOf(lotRecord(p.id)) || (last.Deviations == 0) != (name == "a correction of time") || last.Reason == "" {
				t.Errorf("asked again: %+v", last)
			}
			f.release(lotRecord(p.id))
			f.release(orderRecord("WO-1"))
		})
	}
}

func TestNobodyReleasesWhatTheyDidNotSee(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "KIT", 50)[0]
	p.packed()
	_, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.must(err)
	seen := f.requestFor(lotRecord(p.id))
	_, err = f.Lots.Hold(f.ctx, f.key(), site, p.id, operator, "Look at it")
	f.must(err)
	f.wantStates(lotRecord(p.id), mes.RecordOpen, mes.RecordVoided, mes.RecordOpen)
	_, err = f.sign(seen, f.reviewer(), mes.MeaningReleased)
	f.refused(err, mes.CodeConflict, "")
	f.wantStates(lotRecord(p.id), mes.RecordOpen, mes.RecordVoided, mes.RecordOpen)
}

func TestTheRuleSaysWhichRecordsAreAskedFor(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 100)
	ended := func(r mes.SignedRecord) { f.must(f.Releases.Ended(f.ctx, site, r)) }
	ps[0].packed()
	ended(lotRecord(ps[0].id))
	f.wantStates(lotRecord(ps[0].id))
	f.rule(mes.RecordRule{Lots: true})
	ended(lotRecord(ps[0].id))
	ended(lotRecord(ps[0].id))
	f.wantStates(lotRecord(ps[0].id), mes.RecordOpen)
	ended(lotRecord(ps[1].id))
	f.wantStates(lotRecord(ps[1].id))
	ps[1].packed()
	_, err := f.Orders.Complete(f.ctx, f.key(), site, "WO-1")
	f.must(err)
	ended(orderRecord("WO-1"))
	f.wantStates(orderRecord("WO-1"))
	f.rule(mes.RecordRule{Orders: true})
	ended(orderRecord("WO-1"))
	f.wantStates(orderRecord("WO-1"), mes.RecordOpen)
	list, err := f.Releases.List(f.ctx, mes.ReviewFilter{Site: site, States: []mes.RecordState{mes.RecordOpen}})
	f.must(err)
	if list.Total != 2 || list.Items[0].DueAt == nil || list.Items[0].Product != "KIT" || list.Items[1].Order != "WO-1" {
		t.Errorf("to review: %+v", list)
	}
	_, err = f.Releases.SetRule(f.ctx, f.key(), site, planner, mes.RecordRule{ReleaseBeforeShip: true}, "")
	f.refused(err, mes.CodeUnprocessable, "due_hours")
}

func TestShippingWaitsForTheReleaseWhereTheSiteAsksForIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 200)
	for _, p := range ps {
		p.packed()
	}
	f.must(f.ship(ps[0].id, "DN-1")) // nobody asks for anything
	f.rule(mes.RecordRule{Lots: true})
	f.must(f.ship(ps[1].id, "DN-2")) // asked for, but not before shipping
	f.rule(mes.RecordRule{Lots: true, ReleaseBeforeShip: true})
	f.refused(f.ship(ps[2].id, "DN-3"), mes.CodeConflict, "is not asked for")
	f.must(f.Releases.Ended(f.ctx, site, lotRecord(ps[2].id)))
	f.refused(f.ship(ps[2].id, "DN-3"), mes.CodeConflict, "is open")
	if l := f.lot(ps[2].id); l.State != mes.LotPacked {
		t.Errorf("the refused lot is %s", l.State)
	}
	f.release(lotRecord(ps[2].id))
	f.must(f.ship(ps[2].id, "DN-3"))
	f.must(f.ship(ps[2].id, "DN-3")) // the same delivery again

	f.must(f.Releases.Ended(f.ctx, site, lotRecord(ps[3].id)))
	f.release(lotRecord(ps[3].id))
	f.db.Tamper(t, "ALTER TABLE step_value DISABLE TRIGGER USER", "UPDATE step_value SET value = 10.2 WHERE record IN (SELECT id FROM step_record WHERE lot = '"+ps[3].id+"')")
	f.refused(f.ship(ps[3].id, "DN-4"), mes.CodeConflict, "has changed since its release")

	f.rule(mes.RecordRule{Orders: true, ReleaseBeforeShip: true})
	f.refused(f.ship(ps[3].id, "DN-4"), mes.CodeConflict, "record of WO-1 is not asked for")
}

func TestReleasesAreAppendOnly(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "KIT", 50)[0]
	p.packed()
	_, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.must(err)
	app := connect(t, f.db.App)
	for _, sql := range []string{"UPDATE record_release SET state = 'released'", "DELETE FROM record_release", "TRUNCATE record_release"} {
		if _, err := app.Exec(f.ctx, sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
}

func TestOnlyQualityReleases(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "KIT", 50)[0]
	p.packed()
	_, err := f.Releases.Ask(f.ctx, f.key(), site, lotRecord(p.id), operator, "")
	f.must(err)
	_, err = f.sign(f.requestFor(lotRecord(p.id)), signer("olga", mes.RoleOperator), mes.MeaningReleased)
	f.refused(err, mes.CodeForbidden, "")
	f.wantStates(lotRecord(p.id), mes.RecordOpen)
}

// A signed step stands in the record with its signatures; a change of it voids them there and is told.
func TestSignaturesStandInTheRecord(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningVerified)
	f.must(err)
	*p = *f.piece(p.id)
	f.must(p.finish())
	rec := f.record(p.id)
	if s := rec.Content.Signatures; len(s) != 2 || s[0].Name != "Name of olga" || s[1].Meaning != mes.MeaningVerified || s[1].State != mes.SignatureValid {
		t.Errorf("signatures: %+v", s)
	}
	if len(rec.Deviations) != 0 {
		t.Errorf("deviations: %+v", rec.Deviations)
	}
	f.db.Tamper(t, "ALTER TABLE step_value DISABLE TRIGGER USER", "UPDATE step_value SET value = 10.2")
	kinds := map[mes.DeviationKind]int{}
	for _, d := range f.record(p.id).Deviations {
		kinds[d.Kind]++
	}
	if kinds[mes.DeviatedVoided] != 2 || kinds[mes.DeviatedUnsigned] != 1 {
		t.Errorf("after a change: %v", kinds)
	}
}
