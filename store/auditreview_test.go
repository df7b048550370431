package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

const month = 30 * 24 * time.Hour

func TestAReviewOfTheTrailIsSigned(t *testing.T) {
	t.Parallel()
	f := worked(t)
	f.must(f.Audits.Append(f.ctx, mes.AuditRow{Actor: "olga", Action: mes.AuditRefused, Noun: "lot", Subject: "U-1", Reason: "wrong station"}))
	f.person("clara", mes.RoleAuditor)
	by := mes.Actor{ID: "clara", Source: "10.0.0.7"}
	first, err := f.Reviews.DueReview(f.ctx, site, month)
	f.must(err)
	if left := time.Until(first); left < month-time.Hour || left > month {
		t.Errorf("the first review is due in %s", left)
	}
	f.must(f.Alerts.Raise(f.ctx, "review_due/test", mes.Alert{Site: site, Kind: mes.AlertReviewDue, Severity: mes.SeverityMedium, Noun: "audit", Subject: "review", Text: "due"}))

	scope := mes.AuditScope{From: now().Add(-time.Hour), To: now()}
	s, err := f.Reviews.Summary(f.ctx, scope)
	f.must(err)
	v, err := f.Reviews.Create(f.ctx, "k1", site, by, scope, "Nothing unusual.")
	f.must(err)
	if v.ID != "AR-"+site+"-0001" || v.State != mes.RequestOpen || v.Rows != s.Rows || v.Rows < 20 || v.Refused != 1 || len(v.Counts) < 5 || v.FirstID == 0 ||
		v.LastID <= v.FirstID || len(v.Head) != 64 || v.Checkpoint != 1 || v.Author != "clara" {
		t.Errorf("the review is %+v", v)
	}
	if again, err := f.Reviews.Create(f.ctx, "k1", site, by, scope, "Nothing unusual."); err != nil || again.ID != v.ID {
		t.Errorf("the same command again: %+v, %v", again, err)
	}
	if due, err := f.Reviews.DueReview(f.ctx, site, month); err != nil || !due.Equal(first) {
		t.Errorf("an unsigned review moves the date to %s (%v)", due, err)
	}

	r := f.openRequest(mes.SignedAuditReview)
	if r.Record.ID != v.ID {
		t.Fatalf("the request is for %+v", r.Record)
	}
	if _, err = f.sign(r, signer("clara", mes.RoleAuditor), mes.MeaningReviewed); err != nil {
		t.Fatal(err)
	}
	if v, err = f.Reviews.Get(f.ctx, site, v.ID); err != nil || v.State != mes.RequestSigned || v.SignedAt == nil {
		t.Errorf("after its signature: %+v, %v", v, err)
	}
	if due, err := f.Reviews.DueReview(f.ctx, site, month); err != nil || !due.Equal(v.To.Add(month)) {
		t.Errorf("the next review is due at %s (%v)", due, err)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true, Kind: mes.AlertReviewDue})
	f.must(err)
	if alerts.Total != 0 {
		t.Errorf("%d alerts stay open", alerts.Total)
	}
	page, err := f.Reviews.List(f.ctx, mes.AuditReviewFilter{Site: site})
	f.must(err)
	if page.Total != 1 || page.Items[0].Findings != "Nothing unusual." || page.Items[0].State != mes.RequestSigned {
		t.Errorf("the list is %+v", page)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "audit", Subject: v.ID, Action: "review_written"})
	f.must(err)
	if rows.Total != 1 || rows.Items[0].Source != "10.0.0.7" || rows.Items[0].After == nil {
		t.Errorf("in the trail: %+v", rows.Items)
	}
	signatures, err := f.Signatures.Of(f.ctx, site, r.Record)
	f.must(err)
	if len(signatures) != 1 || signatures[0].State != mes.SignatureValid {
		t.Errorf("signatures: %+v", signatures)
	}
	// A review that was changed afterwards no longer fits its signature.
	f.db.Tamper(t, "ALTER TABLE audit_review DISABLE TRIGGER ALL", `UPDATE audit_review SET content = jsonb_set(content, '{findings}', '"All is well."')`)
	if signatures, err = f.Signatures.Of(f.ctx, site, r.Record); err != nil || signatures[0].State == mes.SignatureValid {
		t.Errorf("a changed review: %+v, %v", signatures, err)
	}
}

func TestABadReviewIsRefused(t *testing.T) {
	t.Parallel()
	f := worked(t)
	by := mes.Actor{ID: "clara"}
	for name, c := range map[string]struct {
		scope    mes.AuditScope
		findings string
	}{
		"no findings": {mes.AuditScope{From: now().Add(-time.Hour), To: now()}, ""},
		"backwards":   {mes.AuditScope{From: now(), To: now().Add(-time.Hour)}, "x"},
		"tomorrow":    {mes.AuditScope{From: now(), To: now().Add(24 * time.Hour)}, "x"},
		"no period":   {mes.AuditScope{}, "x"},
	} {
		_, err := f.Reviews.Create(f.ctx, f.key(), site, by, c.scope, c.findings)
		if mes.CodeOf(err) != mes.CodeUnprocessable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := f.Reviews.List(f.ctx, mes.AuditReviewFilter{Site: site}); err != nil || page.Total != 0 {
		t.Errorf("%d reviews are stored (%v)", page.Total, err)
	}
}

func TestTheTrailIsFilteredByTime(t *testing.T) {
	t.Parallel()
	f := worked(t)
	all, err := f.Audits.List(f.ctx, mes.AuditFilter{})
	f.must(err)
	middle := all.Items[len(all.Items)/2]
	early, err := f.Audits.List(f.ctx, mes.AuditFilter{To: &middle.At})
	f.must(err)
	late, err := f.Audits.List(f.ctx, mes.AuditFilter{From: &middle.At})
	f.must(err)
	if early.Total+late.Total != all.Total || early.Total == 0 || late.Total == 0 {
		t.Errorf("%d before and %d after make not %d", early.Total, late.Total, all.Total)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{FromID: middle.ID, ToID: middle.ID})
	f.must(err)
	if rows.Total != 1 || rows.Items[0].ID != middle.ID {
		t.Errorf("one row by its number: %+v", rows)
	}
}
