package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// TestARecordSaysWhoWorkedHowLongByWhichDocuments follows time and documents into the record, and into its hash.
func TestARecordSaysWhoWorkedHowLongByWhichDocuments(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	wi := func(revision string) mes.PlantImport {
		return mes.PlantImport{ApprovedBy: "engineer", Documents: []mes.NewDraft{{RevisionKey: mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI", Revision: revision}, Name: "Tighten",
			Content: json.RawMessage(`{"title":"Tighten","text":"Crosswise, rev ` + revision + `"}`)}}}
	}
	_, err := f.Plant.Import(f.ctx, planner, wi("1"))
	f.must(err)
	f.approved(f.submitted("B", mes.Submission{}, func(r *mes.Routing) { r.Operations[1].Steps[0].Document = "WI" }))
	instruction, err := f.Documents.Get(f.ctx, mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI", Revision: "1"})
	f.must(err)
	_, err = f.Documents.Confirm(f.ctx, site, operator, instruction.RevisionKey, instruction.Hash)
	f.must(err)
	ps := f.lots("WO-1", "UNIT", 2)
	_, err = f.Plant.Import(f.ctx, planner, wi("2"))
	f.must(err)
	f.flawless(ps[0], 1)
	f.flawless(ps[1], 2)
	first := f.record(ps[0].id)
	c := first.Content
	if c.Format != mes.LotRecordFormat || len(c.Documents) != 2 || c.Documents[0].Kind != mes.DocRouting || c.Documents[0].Revision != "B" || c.Documents[1].Revision != "1" ||
		c.Documents[1].Hash != instruction.Hash || c.Documents[1].Routing != "B" {
		t.Errorf("documents: %+v", c.Documents)
	}
	if read := c.Documents[1].Read; len(read) != 1 || read[0].Person != "olga" || read[0].Hash != instruction.Hash || len(c.Documents[0].Read) != 0 {
		t.Errorf("who has read: %+v", c.Documents)
	}
	if len(c.Labour) != 3 || c.Labour[0].Operation != "10" || c.Labour[0].Person != "olga" || c.Labour[0].Millis <= 0 {
		t.Errorf("labour: %+v", c.Labour)
	}
	o, err := f.Records.Order(f.ctx, site, "WO-1")
	f.must(err)
	var lots, order int64
	for _, p := range ps {
		for _, w := range f.record(p.id).Content.Labour {
			lots += w.Millis
		}
	}
	for _, w := range o.Content.Labour {
		order += w.Millis
	}
	if lots != order || len(o.Content.Documents) != 2 || o.Content.Lots[0].Hash != first.Hash {
		t.Errorf("the order has %d ms and its lots %d ms; documents %+v", order, lots, o.Content.Documents)
	}

	// What people do and read afterwards is none of the lot's; that its time was otherwise is.
	_, err = f.Documents.Confirm(f.ctx, site, operator, unitRev("B"), f.hashOfRevision(unitRev("B")))
	f.must(err)
	f.must(f.lots("WO-2", "UNIT", 1)[0].start("ST10"))
	if f.record(ps[0].id).Hash != first.Hash {
		t.Error("later work and later reading changed the record")
	}
	fix := mes.LabourCorrection{Account: "olga", From: now().Add(-2 * time.Hour), To: now().Add(-time.Hour), Lot: ps[0].id, Operation: "20", Reason: "forgot to clock on"}
	_, err = f.Labour.Correct(f.ctx, f.key(), site, planner, fix)
	f.must(err)
	fixed := f.record(ps[0].id)
	if fixed.Hash == first.Hash || !fixed.Content.Labour[1].Corrected || fixed.Content.Labour[1].Millis < time.Hour.Milliseconds() {
		t.Errorf("corrected: %+v", fixed.Content.Labour)
	}
}

func (f *floor) hashOfRevision(k mes.RevisionKey) string {
	f.Helper()
	d, err := f.Documents.Get(f.ctx, k)
	f.must(err)
	return d.Hash
}

// TestARecordThatEndedBeforeKeepsItsForm moves the beginning of the second form to after the lot's end.
func TestARecordThatEndedBeforeKeepsItsForm(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.flawless(p, 1)
	_, err := f.Orders.Complete(f.ctx, f.key(), site, "WO-1")
	f.must(err)
	second := f.record(p.id)
	f.db.Tamper(t, "SET session_replication_role = replica", "UPDATE record_form SET since = now() + interval '1 hour' WHERE form = 2")
	r := f.record(p.id)
	b, err := json.Marshal(r.Content)
	f.must(err)
	if r.Content.Format != mes.FirstLotFormat || r.Hash == second.Hash || contains(string(b), `"labour"`) || contains(string(b), `"documents"`) {
		t.Errorf("the first form is %s", b)
	}
	o, err := f.Records.Order(f.ctx, site, "WO-1")
	f.must(err)
	if o.Content.Format != mes.FirstOrderFormat || o.Content.Labour != nil || o.Content.Lots[0].Hash != r.Hash {
		t.Errorf("the order's first form is %+v", o.Content)
	}
	if err := f.asOwner("UPDATE mes.record_form SET since = now()"); err == nil {
		t.Error("the beginning of a form can be moved")
	}
}

// TestCertificatesAreJudgedAsTheyWereThen renews a certificate that had lapsed, and withdraws one after the work.
func TestCertificatesAreJudgedAsTheyWereThen(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.must(f.Accounts.Qualify(f.ctx, mes.Actor{ID: "setup"}, "olga", mes.Qualification{ID: "Torque", Level: 1}, "trainer"))
	f.approved(f.submitted("B", mes.Submission{}, func(r *mes.Routing) { r.Operations[1].Qualification = &mes.QualificationNeed{ID: "Torque", Level: 1} }))
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.flawless(p, 1)
	held := func() (yes, no int) {
		for _, a := range f.record(p.id).Beside.Authority {
			if a.Held {
				yes++
			} else {
				no++
			}
		}
		return yes, no
	}
	if yes, no := held(); yes == 0 || no != 0 {
		t.Fatalf("%d held, %d not: %+v", yes, no, f.record(p.id).Beside.Authority)
	}
	list, err := f.Qualifications.Certificates(f.ctx, mes.CertificateFilter{Site: site, Account: "olga"})
	f.must(err)
	for _, c := range list.Items {
		_, err = f.Qualifications.Withdraw(f.ctx, f.key(), site, planner, c.ID, "course was declared void later")
		f.must(err)
	}
	if _, no := held(); no != 0 {
		t.Error("a later withdrawal counts against what was done before")
	}
	f.db.Tamper(t, "SET session_replication_role = replica", "UPDATE certificate SET expires_at = now() - interval '1 hour'")
	if _, no := held(); no == 0 {
		t.Error("a certificate that had lapsed counts")
	}
	for _, c := range list.Items {
		_, err = f.Qualifications.Grant(f.ctx, f.key(), site, planner, mes.Grant{Account: "olga", Skill: c.Skill, Level: c.Level, Issuer: "academy", IssuedAt: now().Add(-1000 * time.Hour)})
		f.must(err)
	}
	if _, no := held(); no == 0 {
		t.Error("a renewal hides that the certificate had lapsed")
	}
}
