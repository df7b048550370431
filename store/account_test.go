package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestRepeatedFailuresLockAnAccount(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range mes.MaxLoginFailures {
		a, err := f.Accounts.LoginFailed(f.ctx, "olga", "10.0.0.7")
		f.must(err)
		if locked := a.Locked(time.Now()); locked != (i == mes.MaxLoginFailures-1) {
			t.Errorf("after %d failures locked is %v", i+1, locked)
		}
	}
	open, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true, Kind: mes.AlertLoginLocked, Roles: []mes.Role{mes.RoleAdmin}})
	f.must(err)
	if len(open.Items) != 1 || open.Items[0].Subject != "olga" || open.Items[0].Severity != mes.SeverityHigh {
		t.Errorf("alerts %+v; one tells of the lock", open.Items)
	}
	f.must(f.Accounts.LoginOK(f.ctx, "olga"))
	if open, err = f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true}); err != nil || len(open.Items) != 0 {
		t.Errorf("after a good login: alerts %+v, %v", open.Items, err)
	}
	a, err := f.Accounts.Get(f.ctx, "olga")
	f.must(err)
	if a.Failures != 0 || a.LockedUntil != nil {
		t.Errorf("after a good login: %+v", a)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "account", Subject: "olga", Action: "account_locked"})
	f.must(err)
	if rows.Total != 1 {
		t.Errorf("%d rows tell of the lock", rows.Total)
	}
	_, err = f.Accounts.LoginFailed(f.ctx, "nobody", "10.0.0.7")
	f.refused(err, mes.CodeNotFound, "nobody")
}

func TestAnAccountKeepsItsSecretsAndItsKind(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := mes.Account{ID: "quinn", Name: "Quinn", Kind: mes.AccountPerson, Site: site, Roles: []mes.Role{mes.RoleQuality, mes.RoleAuditor}, PasswordHash: "ph", PINHash: "pin", Badge: "B-Q", Active: true}
	f.must(f.Accounts.Upsert(f.ctx, planner, a))
	a.Name, a.PasswordHash, a.PINHash = "Quinn Quality", "", ""
	f.must(f.Accounts.Upsert(f.ctx, planner, a))
	got, err := f.Accounts.ByBadge(f.ctx, "B-Q")
	f.must(err)
	if got.Name != "Quinn Quality" || got.PasswordHash != "ph" || got.PINHash != "pin" || !got.Active || len(got.Roles) != 2 {
		t.Errorf("stored %+v", got)
	}
	service := a
	service.Kind = mes.AccountService
	f.refused(f.Accounts.Upsert(f.ctx, planner, service), mes.CodeConflict, "is a person account")
	thief := mes.Account{ID: "thief", Name: "T", Kind: mes.AccountPerson, Site: site, Roles: []mes.Role{mes.RoleOperator}, Badge: "B-Q", Active: true}
	f.refused(f.Accounts.Upsert(f.ctx, planner, thief), mes.CodeConflict, "Badge B-Q")
	f.refused(f.Accounts.Upsert(f.ctx, planner, mes.Account{ID: "x", Name: "X", Kind: "robot", Site: site, Roles: []mes.Role{"king"}}), mes.CodeUnprocessable, `"king" is not a role`)
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "account", Subject: "quinn"})
	f.must(err)
	for _, r := range rows.Items {
		if contains(string(r.After), "ph") && !contains(string(r.After), "password_set") || contains(string(r.After), `"pin"`) {
			t.Errorf("the audit trail holds a secret: %s", r.After)
		}
	}
}

func TestTokensAreForProgramsAndEndAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	past, later := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	f.must(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "good", Account: "erp", Name: "prod", Scopes: []string{"order.read"}, ExpiresAt: &later}, "for the test"))
	f.must(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "old", Account: "erp", Name: "old", Scopes: []string{"order.read"}, ExpiresAt: &past}, "for the test"))
	f.refused(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "x", Account: "olga", Name: "x"}, "for the test"), mes.CodeUnprocessable, "is a person")
	f.refused(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "y", Account: "erp", Name: "y"}, "for the test"), mes.CodeUnprocessable, "expires_at")
	a, err := f.Accounts.ByToken(f.ctx, "good")
	f.must(err)
	if p := a.Principal(); p.ID != "erp" || !p.Service {
		t.Errorf("principal %+v", p)
	}
	_, err = f.Accounts.ByToken(f.ctx, "old")
	f.refused(err, mes.CodeNotFound, "")
	f.must(f.Accounts.RevokeToken(f.ctx, planner, "erp", "prod", "lost"))
	_, err = f.Accounts.ByToken(f.ctx, "good")
	f.refused(err, mes.CodeNotFound, "")
	f.refused(f.Accounts.RevokeToken(f.ctx, planner, "erp", "prod", "lost"), mes.CodeNotFound, "erp/prod")
}

func TestCertificatesAreRenewed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	soon, later := now().Add(time.Hour), now().Add(1000*time.Hour)
	for _, until := range []*time.Time{&soon, &later} {
		f.must(f.Accounts.Qualify(f.ctx, planner, "olga", mes.Qualification{ID: "ESD", Level: 2, ExpiresAt: until}, "academy"))
	}
	qs, err := f.Accounts.Qualifications(f.ctx, "olga")
	f.must(err)
	if len(qs) != 1 || qs[0].Level != 2 || !qs[0].ExpiresAt.Equal(later) {
		t.Errorf("certificates %+v", qs)
	}
	f.refused(f.Accounts.Qualify(f.ctx, planner, "nobody", mes.Qualification{ID: "ESD", Level: 1}, "x"), mes.CodeNotFound, "nobody")
}

func TestTheFirstAnswerStays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	if _, found, err := f.Answers.Find(f.ctx, "olga", "k"); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	for _, status := range []int{200, 500} {
		f.must(f.Answers.Store(f.ctx, mes.Answer{Account: "olga", Key: "k", RequestHash: "h", Status: status, ContentType: "application/json", Body: []byte(`{"x":1}`)}))
	}
	a, found, err := f.Answers.Find(f.ctx, "olga", "k")
	f.must(err)
	if !found || a.Status != 200 || string(a.Body) != `{"x":1}` || a.RequestHash != "h" {
		t.Errorf("answer %+v", a)
	}
	if _, found, _ := f.Answers.Find(f.ctx, "paula", "k"); found {
		t.Error("another account gets the answer")
	}
}

func TestAClosedRunIsArchivedOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	run := mes.ArchivedRun{WorkflowID: "lot/T1/U-1", RunID: "r1", Subject: "U-1", Status: "completed", Events: 40}
	first, err := f.Archive.Put(f.ctx, run, []byte(`[{"e":1}]`))
	f.must(err)
	again, err := f.Archive.Put(f.ctx, run, []byte(`[{"e":"forged"}]`))
	f.must(err)
	runs, err := f.Archive.Runs(f.ctx, run.WorkflowID)
	f.must(err)
	if len(runs) != 1 || again.Blob != first.Blob || runs[0].Events != 40 {
		t.Errorf("runs %+v, again %+v", runs, again)
	}
	b, err := f.Blobs.Get(f.ctx, first.Blob)
	f.must(err)
	if string(b.Content) != `[{"e":1}]` {
		t.Errorf("archived %s", b.Content)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "run"})
	f.must(err)
	if rows.Total != 1 || !contains(string(rows.Items[0].After), first.Blob) {
		t.Errorf("audit %+v", rows.Items)
	}
	_, err = f.Blobs.Get(context.Background(), "nohash")
	f.refused(err, mes.CodeNotFound, "nohash")
}
