package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

var (
	quality = mes.Actor{ID: "quinn"}
	author  = mes.Actor{ID: "arne"}
)

// people are those who write, sign and read documents.
func (f *floor) people() {
	f.Helper()
	for id, role := range map[string]mes.Role{"quinn": mes.RoleQuality, "arne": mes.RoleQuality, "paula": mes.RolePlanner, "oscar": mes.RoleOperator} {
		f.must(f.Accounts.Upsert(f.ctx, mes.Actor{ID: "setup"}, mes.Account{ID: id, Name: "Mx " + id, Kind: mes.AccountPerson, Site: site, Roles: []mes.Role{role}, Active: true}))
	}
}

func unitRev(revision string) mes.RevisionKey {
	return mes.RevisionKey{Kind: mes.DocRouting, ID: "UNIT", Revision: revision}
}

func content(f *floor, r mes.Routing) json.RawMessage {
	f.Helper()
	b, err := json.Marshal(r)
	f.must(err)
	return b
}

// submitted drafts rev of UNIT with changes and sends it into review.
func (f *floor) submitted(revision string, s mes.Submission, change func(*mes.Routing)) mes.DocumentRevision {
	f.Helper()
	r := storetest.Unit()
	r.Revision = revision
	change(&r)
	d, err := f.Documents.Draft(f.ctx, f.key(), site, author, mes.NewDraft{RevisionKey: unitRev(revision), Content: content(f, r)})
	f.must(err)
	s.Version = d.Version
	if s.Reason == "" {
		s.Reason = "new screw"
	}
	d, err = f.Documents.Submit(f.ctx, f.key(), site, author, d.RevisionKey, s)
	f.must(err)
	return d
}

// sign gives the next signature of a request.
func (f *floor) signNext(request string, by mes.Actor, roles ...mes.Role) error {
	f.Helper()
	r, err := f.Signatures.Request(f.ctx, site, request)
	f.must(err)
	need := r.Needs[len(r.Signatures)]
	_, err = f.Signatures.Sign(f.ctx, f.key(), site, request, mes.Signing{Signer: mes.Signer{ID: by.ID, Name: "Mx " + by.ID, Roles: roles, Method: mes.SignedByPassword},
		Meaning: need.Meaning, Reason: "looked at it", Hash: r.Hash})
	return err
}

func (f *floor) approved(d mes.DocumentRevision) {
	f.Helper()
	f.must(f.signNext(d.Request, quality, mes.RoleQuality))
}

func (f *floor) state(k mes.RevisionKey) mes.DocumentState {
	f.Helper()
	d, err := f.Documents.Get(f.ctx, k)
	f.must(err)
	return d.State
}

// asOwner runs a statement as the database's owner, with its triggers.
func (f *floor) asOwner(sql string) error {
	c, err := pgx.Connect(f.ctx, f.db.Owner)
	f.must(err)
	defer c.Close(f.ctx)
	_, err = c.Exec(f.ctx, sql)
	return err
}

func longer(r *mes.Routing) { r.Operations[1].PlannedS = 300 }

func TestASignedRevisionComesIntoForce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.order("WO-1", "UNIT", 1)
	d := f.submitted("B", mes.Submission{Readers: mes.Readers{Roles: []mes.Role{mes.RoleOperator}}}, longer)
	if d.State != mes.DocInReview || d.Request == "" || d.Reason != "new screw" {
		t.Fatalf("submitted %+v", d)
	}
	f.order("WO-2", "UNIT", 1) // not in force yet
	f.refused(f.signNext(d.Request, author, mes.RoleQuality), mes.CodeForbidden, "")
	f.approved(d)
	b, err := f.Documents.Get(f.ctx, unitRev(""))
	f.must(err)
	a, err := f.Documents.Get(f.ctx, unitRev("A"))
	f.must(err)
	if b.Revision != "B" || b.State != mes.DocEffective || b.ApprovedBy != "quinn" || b.Source != mes.SourceHere || b.EffectiveFrom == nil {
		t.Errorf("in force %+v", b)
	}
	if a.State != mes.DocSuperseded || a.SupersededBy != "B" || a.EffectiveUntil == nil || !a.EffectiveUntil.Equal(*b.EffectiveFrom) || a.Source != mes.SourceImport {
		t.Errorf("superseded %+v", a)
	}
	f.order("WO-3", "UNIT", 1)
	for number, want := range map[string]string{"WO-1": "A", "WO-2": "A", "WO-3": "B"} {
		if got := f.status(number).Revision; got != want {
			t.Errorf("%s froze rev %s, want %s", number, got, want)
		}
	}
	signatures, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedDocument, ID: d.String()})
	f.must(err)
	if len(signatures) != 1 || signatures[0].State != mes.SignatureValid {
		t.Errorf("signatures %+v", signatures)
	}
	for _, action := range []string{"drafted", "submitted", "approved", "effective"} {
		rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "document", Subject: d.String(), Action: action})
		f.must(err)
		if rows.Total != 1 {
			t.Errorf("the audit trail has %d rows of %s", rows.Total, action)
		}
	}
}

func TestARevisionNeverChangesOnceSubmitted(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	d := f.submitted("B", mes.Submission{}, longer)
	_, err := f.Documents.Update(f.ctx, site, author, d.RevisionKey, mes.DraftChange{Version: d.Version, Content: d.Content})
	f.refused(err, mes.CodeConflict, "is in review")
	for _, sql := range []string{
		`UPDATE mes.document_revision SET content = '{}' WHERE revision = 'B'`, `UPDATE mes.document_revision SET reason = 'other' WHERE revision = 'B'`,
		`UPDATE mes.document_revision SET readers = '{"roles":["operator"]}' WHERE revision = 'B'`, `UPDATE mes.document_revision SET state = 'effective' WHERE revision = 'B'`,
		`UPDATE mes.document_revision SET revision = 'C' WHERE revision = 'B'`, `DELETE FROM mes.document_revision WHERE revision = 'B'`,
		`UPDATE mes.document_revision SET state = 'draft' WHERE revision = 'A'`,
	} {
		if err := f.asOwner(sql); err == nil {
			t.Errorf("the database took %s", sql)
		}
	}
}

func TestARejectedRevisionGoesBackToItsAuthors(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	d := f.submitted("B", mes.Submission{}, longer)
	r, err := f.Signatures.Request(f.ctx, site, d.Request)
	f.must(err)
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, d.Request, mes.Signing{Signer: mes.Signer{ID: "quinn", Name: "Q", Roles: []mes.Role{mes.RoleQuality}, Method: mes.SignedByPassword},
		Meaning: r.Needs[0].Meaning, Reason: "the torque is missing", Hash: r.Hash})
	f.must(err)
	back, err := f.Documents.Get(f.ctx, d.RevisionKey)
	f.must(err)
	if back.State != mes.DocDraft || back.EndReason != "the torque is missing" {
		t.Fatalf("after the rejection %+v", back)
	}
	back, err = f.Documents.Update(f.ctx, site, planner, d.RevisionKey, mes.DraftChange{Version: back.Version, Content: back.Content})
	f.must(err)
	if strings.Join(back.Authors, " ") != "arne paula" {
		t.Errorf("authors %v", back.Authors)
	}
	d, err = f.Documents.Submit(f.ctx, f.key(), site, planner, d.RevisionKey, mes.Submission{Version: back.Version, Reason: "with torque"})
	f.must(err)
	// Arne did not ask for it, but he wrote on it.
	f.refused(f.signNext(d.Request, author, mes.RoleQuality), mes.CodeForbidden, "wrote on UNIT rev B")
	if f.state(d.RevisionKey) != mes.DocInReview {
		t.Error("a refused signature approved the revision")
	}
	f.approved(d)
}

func TestAWithdrawnRevisionTakesNoSignature(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	d := f.submitted("B", mes.Submission{}, longer)
	_, err := f.Documents.Withdraw(f.ctx, f.key(), site, author, d.RevisionKey, " ")
	f.refused(err, mes.CodeUnprocessable, "reason: ")
	d, err = f.Documents.Withdraw(f.ctx, f.key(), site, author, d.RevisionKey, "not needed")
	f.must(err)
	if d.State != mes.DocWithdrawn {
		t.Errorf("state %s", d.State)
	}
	f.refused(f.signNext(d.Request, quality, mes.RoleQuality), mes.CodeConflict, "")
	if _, err := f.Documents.Draft(f.ctx, f.key(), site, author, mes.NewDraft{RevisionKey: unitRev("C"), From: "A"}); err != nil {
		t.Errorf("the next draft: %v", err)
	}
}

func TestADateBringsARevisionIntoForce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	on := time.Now().Add(1500 * time.Millisecond)
	d := f.submitted("B", mes.Submission{EffectiveOn: &on}, longer)
	f.approved(d)
	f.messages(mes.ToWorkflow, mes.MessageRevisionApproved, 1)
	next, err := f.Documents.TakeEffect(f.ctx, site, d.RevisionKey)
	f.must(err)
	if next == nil || f.state(d.RevisionKey) != mes.DocApproved {
		t.Fatalf("taken before its date: %v, %s", next, f.state(d.RevisionKey))
	}
	f.order("WO-1", "UNIT", 1)
	f.eventually(func() bool { // the database's clock decides
		next, err = f.Documents.TakeEffect(f.ctx, site, d.RevisionKey)
		return err == nil && next == nil
	})
	f.order("WO-2", "UNIT", 1)
	if a, b := f.status("WO-1").Revision, f.status("WO-2").Revision; a != "A" || b != "B" {
		t.Errorf("froze %s and %s", a, b)
	}
	if next, err = f.Documents.TakeEffect(f.ctx, site, d.RevisionKey); next != nil || err != nil {
		t.Errorf("a second time: %v, %v", next, err)
	}
}

func TestAnOrderReleasedAfterTheDateDoesNotWaitForTheTimer(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	on := time.Now().Add(700 * time.Millisecond)
	d := f.submitted("B", mes.Submission{EffectiveOn: &on}, longer)
	f.approved(d)
	n := 0
	f.eventually(func() bool {
		n++
		number := fmt.Sprintf("WO-%d", n)
		f.order(number, "UNIT", 1)
		return f.status(number).Revision == "B"
	})
	if f.state(d.RevisionKey) != mes.DocEffective {
		t.Error("the order has a revision that is not in force")
	}
}

// eventually waits for what only time brings.
func (f *floor) eventually(ok func() bool) {
	f.Helper()
	for until := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(until) {
			f.Fatal("it did not come about in 20 s")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestTwoWhoWriteOnOneDraft(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	d, err := f.Documents.Draft(f.ctx, "k", site, author, mes.NewDraft{RevisionKey: unitRev("B"), From: "A"})
	f.must(err)
	again, err := f.Documents.Draft(f.ctx, "k", site, author, mes.NewDraft{RevisionKey: unitRev("B"), From: "A"})
	f.must(err)
	if again.CreatedAt != d.CreatedAt {
		t.Error("the same key began a second draft")
	}
	_, err = f.Documents.Draft(f.ctx, f.key(), site, planner, mes.NewDraft{RevisionKey: unitRev("C"), From: "A"})
	f.refused(err, mes.CodeConflict, "UNIT rev B is on its way already")
	_, err = f.Documents.Draft(f.ctx, f.key(), site, planner, mes.NewDraft{RevisionKey: unitRev("A")})
	f.refused(err, mes.CodeConflict, "UNIT rev A exists already")
	_, err = f.Documents.Update(f.ctx, site, planner, d.RevisionKey, mes.DraftChange{Version: d.Version, Content: d.Content})
	f.must(err)
	_, err = f.Documents.Update(f.ctx, site, author, d.RevisionKey, mes.DraftChange{Version: d.Version, Content: d.Content})
	f.refused(err, mes.CodeConflict, "paula changed UNIT rev B at")
}
