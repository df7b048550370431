package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
)

var chief = mes.Actor{ID: "chief"}

func person(id string, roles ...mes.Role) mes.Account {
	return mes.Account{ID: id, Name: "Mx " + id, Kind: mes.AccountPerson, Site: site, Roles: roles, Active: true}
}

func (f *floor) hire(id string, roles ...mes.Role) mes.Account {
	f.Helper()
	a, err := f.Accounts.Create(f.ctx, chief, person(id, roles...), "Starts today.")
	f.must(err)
	return a
}

func TestAnIDIsNeverGivenAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.hire("Anna", mes.RoleOperator)
	_, err := f.Accounts.Create(f.ctx, chief, person("anna", mes.RoleOperator), "x")
	f.refused(err, mes.CodeConflict, "taken by Anna")
	_, err = f.Accounts.End(f.ctx, chief, "Anna", "Left on Friday.")
	f.must(err)
	for _, id := range []string{"Anna", "anna", "ANNA"} {
		_, err = f.Accounts.Create(f.ctx, chief, person(id, mes.RoleOperator), "x")
		f.refused(err, mes.CodeConflict, "never given again")
		f.refused(f.Accounts.Upsert(f.ctx, chief, person(id, mes.RoleOperator)), mes.CodeConflict, "never given again")
		_, err = f.Accounts.Federate(f.ctx, mes.Federated{Issuer: "https://idp", Subject: "s-" + id, ID: id, Name: "A", Site: site, Roles: []mes.Role{mes.RoleOperator}})
		f.refused(err, mes.CodeConflict, "never given again")
	}
	_, err = f.Accounts.Create(f.ctx, chief, person("Аnna", mes.RoleOperator), "x") // a Cyrillic A
	f.refused(err, mes.CodeUnprocessable, "letters, digits")
}

// TestTheDatabaseKeepsLeaversOut goes around the program, as the application's role.
func TestTheDatabaseKeepsLeaversOut(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Accounts.End(f.ctx, chief, "olga", "Left.")
	f.must(err)
	f.must(f.Accounts.Upsert(f.ctx, chief, mes.Account{ID: "paul", Name: "Paul", Kind: mes.AccountPerson, Site: site, Roles: []mes.Role{mes.RoleOperator}, Active: true, PasswordHash: "h"}))
	app := connect(t, f.db.App)
	for _, sql := range []string{
		"UPDATE account SET active = true WHERE id = 'olga'",
		"UPDATE account SET active = true, ended_at = NULL WHERE id = 'olga'",
		"UPDATE account SET id = 'olga2' WHERE id = 'olga'",
		"DELETE FROM account WHERE id = 'olga'",
		"DELETE FROM role_assignment",
		"UPDATE role_assignment SET until_at = NULL, end_reason = '' WHERE account = 'olga'",
		"UPDATE role_assignment SET role = 'admin' WHERE account = 'erp'",
		"UPDATE account_secret SET hash = 'x'",
		"DELETE FROM account_secret",
	} {
		var p *pgconn.PgError
		if _, err := app.Exec(f.ctx, sql); !errors.As(err, &p) || p.Code != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestALeaverLosesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.must(f.Sessions.Open(f.ctx, "tok", []byte("1"), time.Now().Add(time.Hour), mes.Session{Account: "olga", Method: "password"}))
	a, err := f.Accounts.End(f.ctx, chief, "olga", "Left on Friday.")
	f.must(err)
	if a.Active || a.EndedBy != "chief" || a.EndReason != "Left on Friday." || len(a.Roles) != 0 || a.Badge != "" {
		t.Errorf("ended: %+v", a)
	}
	if _, found, _ := f.Sessions.Find("tok"); found {
		t.Error("a leaver's session goes on")
	}
	f.refused(f.Sessions.Open(f.ctx, "tok2", []byte("1"), time.Now().Add(time.Hour), mes.Session{Account: "olga"}), mes.CodeUnauthorized, "")
	_, err = f.Accounts.End(f.ctx, chief, "olga", "again")
	f.refused(err, mes.CodeConflict, "has left")
	_, err = f.Accounts.Assign(f.ctx, chief, "olga", site, mes.RoleQuality, "x")
	f.refused(err, mes.CodeConflict, "has left")
	f.refused(f.Accounts.SetSecret(f.ctx, chief, "olga", mes.SecretPassword, "h", false, "", "forgotten"), mes.CodeConflict, "has left")

	end := now().Add(time.Hour)
	f.must(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "t1", Account: "erp", Name: "prod", Scopes: []string{"order.read"}, ExpiresAt: &end}, "for the test"))
	_, err = f.Accounts.End(f.ctx, chief, "erp", "Replaced.")
	f.must(err)
	if tk, err := f.Accounts.TokenOf(f.ctx, "t1"); err != nil || tk.State(time.Now()) != mes.TokenRevoked {
		t.Errorf("the token of an ended account: %+v, %v", tk, err)
	}
	f.refused(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "t2", Account: "erp", Name: "x", Scopes: []string{"order.read"}, ExpiresAt: &end}, "for the test"), mes.CodeConflict, "has left")
}

func TestRolesHaveAHistory(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, err := f.Accounts.Assign(f.ctx, chief, "olga", site, mes.RoleSupervisor, "Leads the late shift.")
	f.must(err)
	if len(a.Roles) != 2 || a.Roles[1] != mes.RoleSupervisor {
		t.Errorf("roles %v", a.Roles)
	}
	_, err = f.Accounts.Assign(f.ctx, chief, "olga", site, mes.RoleSupervisor, "x")
	f.refused(err, mes.CodeConflict, "already")
	_, err = f.Accounts.Assign(f.ctx, mes.Actor{ID: "olga"}, "olga", site, mes.RoleAdmin, "I want to.")
	f.refused(err, mes.CodeForbidden, "themself")
	_, err = f.Accounts.Assign(f.ctx, chief, "olga", site, mes.RoleERP, "x")
	f.refused(err, mes.CodeUnprocessable, "not a role of a person")
	a, err = f.Accounts.Withdraw(f.ctx, chief, "olga", site, mes.RoleSupervisor, "Back to the line.")
	f.must(err)
	if len(a.Roles) != 1 {
		t.Errorf("roles %v", a.Roles)
	}
	_, err = f.Accounts.Withdraw(f.ctx, chief, "olga", site, mes.RoleSupervisor, "x")
	f.refused(err, mes.CodeNotFound, "")
	rows, err := f.Accounts.Assignments(f.ctx, "olga")
	f.must(err)
	if len(rows) != 2 || rows[1].Until == nil || rows[1].Reason != "Leads the late shift." || rows[1].EndReason != "Back to the line." || rows[1].EndedBy != "chief" {
		t.Errorf("history %+v", rows)
	}
	audit, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "account", Subject: "olga", Action: "role_withdrawn"})
	f.must(err)
	if len(audit.Items) != 1 || audit.Items[0].Reason != "Back to the line." || !contains(string(audit.Items[0].Before), "supervisor") || contains(string(audit.Items[0].After), "supervisor") {
		t.Errorf("audit %+v", audit.Items)
	}
}

// TestTheLastAdministratorStays takes the role from two administrators at once, many times: one always remains.
func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.hire("a1", mes.RoleAdmin)
	_, err := f.Accounts.End(f.ctx, chief, "a1", "x")
	f.refused(err, mes.CodeConflict, "last administrator")
	_, err = f.Accounts.Withdraw(f.ctx, chief, "a1", site, mes.RoleAdmin, "x")
	f.refused(err, mes.CodeConflict, "last administrator")
	last := person("a1", mes.RoleOperator)
	f.refused(f.Accounts.Upsert(f.ctx, chief, last), mes.CodeConflict, "last administrator")
	last.Roles, last.Active = []mes.Role{mes.RoleAdmin}, false
	f.refused(f.Accounts.Upsert(f.ctx, chief, last), mes.CodeConflict, "last administrator")
	f.hire("a2", mes.RoleAdmin)
	for range 10 {
		var done sync.WaitGroup
		failed := make([]error, 2)
		for i, id := range []string{"a1", "a2"} {
			done.Go(func() {
				_, failed[i] = f.Accounts.Withdraw(context.WithoutCancel(f.ctx), chief, id, site, mes.RoleAdmin, "race")
			})
		}
		done.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("both ways: %v, %v", failed[0], failed[1])
		}
		for i, id := range []string{"a1", "a2"} {
			if failed[i] == nil {
				_, err := f.Accounts.Assign(f.ctx, chief, id, site, mes.RoleAdmin, "back")
				f.must(err)
			}
		}
	}
}

func TestSecretsAreRemembered(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range 7 {
		f.must(f.Accounts.SetSecret(f.ctx, chief, "olga", mes.SecretPassword, fmt.Sprintf("h%d", i), i == 0, "", "forgotten"))
	}
	got, err := f.Accounts.Secrets(f.ctx, "olga", mes.SecretPassword, mes.SecretMemory)
	f.must(err)
	if strings.Join(got, " ") != "h6 h5 h4 h3 h2" {
		t.Errorf("remembered %v", got)
	}
	a, err := f.Accounts.Get(f.ctx, "olga")
	f.must(err)
	if a.PasswordGiven || a.PasswordSetAt == nil || a.PasswordHash != "h6" {
		t.Errorf("%+v", a)
	}
	f.must(f.Sessions.Open(f.ctx, "keep", []byte("1"), time.Now().Add(time.Hour), mes.Session{Account: "olga"}))
	f.must(f.Sessions.Open(f.ctx, "drop", []byte("1"), time.Now().Add(time.Hour), mes.Session{Account: "olga"}))
	f.must(f.Accounts.SetSecret(f.ctx, chief, "olga", mes.SecretPIN, "p1", true, "keep", "forgotten"))
	list, err := f.Sessions.Of(f.ctx, "olga", "keep")
	f.must(err)
	if len(list) != 1 || !list[0].Mine {
		t.Errorf("sessions %+v", list)
	}
	if a, _ = f.Accounts.Get(f.ctx, "olga"); !a.PINGiven {
		t.Error("a PIN that was given need not be changed")
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "account", Subject: "olga"})
	f.must(err)
	for _, r := range rows.Items {
		if contains(string(r.After), "h6") || contains(string(r.After), "p1") {
			t.Errorf("a hash is in the audit trail: %s", r.After)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	mine := mes.Session{Account: "olga", Method: "badge", Source: "10.0.0.7", Station: "S1"}
	f.must(f.Sessions.Open(f.ctx, "a", []byte("1"), time.Now().Add(time.Hour), mine))
	f.must(f.Sessions.Open(f.ctx, "b", []byte("3"), time.Now().Add(-time.Second), mine))
	f.must(f.Sessions.Commit("a", []byte("2"), time.Now().Add(time.Hour)))
	if b, found, err := f.Sessions.Find("a"); !found || string(b) != "2" || err != nil {
		t.Errorf("session a: %q, %v, %v", b, found, err)
	}
	if _, found, err := f.Sessions.Find("b"); found || err != nil {
		t.Errorf("an expired session is found: %v", err)
	}
	list, err := f.Sessions.Of(f.ctx, "olga", "")
	f.must(err)
	if len(list) != 1 || list[0].Source != "10.0.0.7" || list[0].Station != "S1" || list[0].Method != "badge" || list[0].Mine {
		t.Errorf("sessions %+v", list)
	}
	f.must(f.Sessions.Sweep(f.ctx))
	_, err = f.Sessions.Revoke(f.ctx, chief, "erp", list[0].ID, "", "not hers")
	f.refused(err, mes.CodeNotFound, "")
	n, err := f.Sessions.Revoke(f.ctx, chief, "olga", list[0].ID, "", "Lost her badge.")
	f.must(err)
	if n != 1 {
		t.Errorf("%d sessions ended", n)
	}
	// A request that was in flight writes its idle time: the session must not come back.
	f.must(f.Sessions.Commit("a", []byte("2"), time.Now().Add(time.Hour)))
	if _, found, _ := f.Sessions.Find("a"); found {
		t.Error("a revoked session is found")
	}
}

func TestALoginComesBackOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.must(f.Sessions.BeginLogin(f.ctx, mes.PendingLogin{StateHash: "s", Nonce: "n", Verifier: "v", Next: "/", ExpiresAt: time.Now().Add(time.Minute)}))
	f.must(f.Sessions.BeginLogin(f.ctx, mes.PendingLogin{StateHash: "old", ExpiresAt: time.Now().Add(-time.Second)}))
	p, err := f.Sessions.TakeLogin(f.ctx, "s")
	f.must(err)
	if p.Nonce != "n" || p.Verifier != "v" {
		t.Errorf("%+v", p)
	}
	for _, hash := range []string{"s", "old", "forged"} {
		_, err := f.Sessions.TakeLogin(f.ctx, hash)
		f.refused(err, mes.CodeNotFound, "")
	}
}

func TestClaimsDecideWhatFederatedPeopleMay(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	claim := mes.Federated{Issuer: "https://idp", Subject: "42", ID: "ida", Name: "Ida", Site: site, Roles: []mes.Role{mes.RoleQuality, mes.RoleAuditor}}
	a, err := f.Accounts.Federate(f.ctx, claim)
	f.must(err)
	if a.ID != "ida" || !a.Federated() || len(a.Roles) != 2 || a.PasswordHash != "" {
		t.Errorf("first: %+v", a)
	}
	claim.ID, claim.Name, claim.Roles = "renamed", "Ida B", []mes.Role{mes.RoleAuditor}
	a, err = f.Accounts.Federate(f.ctx, claim)
	f.must(err)
	if a.ID != "ida" || a.Name != "Ida B" || len(a.Roles) != 1 || a.Roles[0] != mes.RoleAuditor {
		t.Errorf("second: %+v; the subject is the person, whatever the name", a)
	}
	_, err = f.Accounts.Assign(f.ctx, chief, "ida", site, mes.RoleAdmin, "x")
	f.refused(err, mes.CodeConflict, "identity provider")
	claim.Roles = nil
	a, err = f.Accounts.Federate(f.ctx, claim)
	f.must(err)
	if len(a.Roles) != 0 {
		t.Errorf("without claims: %+v", a.Roles)
	}
	rows, err := f.Accounts.Assignments(f.ctx, "ida")
	f.must(err)
	if len(rows) != 2 || rows[0].Source != mes.AssignedByOIDC || rows[0].Until == nil {
		t.Errorf("history %+v", rows)
	}
	// Somebody at the provider who calls themself as one of ours does not become them.
	_, err = f.Accounts.Federate(f.ctx, mes.Federated{Issuer: "https://idp", Subject: "43", ID: "OLGA", Name: "O", Site: site, Roles: []mes.Role{mes.RoleOperator}})
	f.refused(err, mes.CodeConflict, "taken by olga")
	_, err = f.Accounts.End(f.ctx, chief, "ida", "Left.")
	f.must(err)
	claim.Roles = []mes.Role{mes.RoleQuality}
	_, err = f.Accounts.Federate(f.ctx, claim)
	f.refused(err, mes.CodeConflict, "never given again")
}

func TestTokensAreListedAndEnded(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	end := now().Add(time.Hour)
	f.must(f.Accounts.AddToken(f.ctx, planner, mes.Token{Hash: "h", Account: "erp", Name: "orders", Scopes: []string{"order.read"}, ExpiresAt: &end}, "for the test"))
	f.must(f.Accounts.UsedToken(f.ctx, "h"))
	list, err := f.Accounts.Tokens(f.ctx, "erp")
	f.must(err)
	if len(list) != 1 || list[0].LastUsed == nil || !list[0].Covers("order.read") || list[0].Covers("order.create") || list[0].CreatedBy != planner.ID {
		t.Fatalf("tokens %+v", list)
	}
	_, err = f.Accounts.EndToken(f.ctx, chief, "olga", list[0].ID, "not hers")
	f.refused(err, mes.CodeNotFound, "")
	ended, err := f.Accounts.EndToken(f.ctx, chief, "erp", list[0].ID, "Leaked.")
	f.must(err)
	if ended.State(time.Now()) != mes.TokenRevoked {
		t.Errorf("ended %+v", ended)
	}
	_, err = f.Accounts.EndToken(f.ctx, chief, "erp", list[0].ID, "again")
	f.refused(err, mes.CodeConflict, "chief")
	_, err = f.Accounts.ByToken(f.ctx, "h")
	f.refused(err, mes.CodeNotFound, "")
}

func TestPeopleAreListed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range 5 {
		f.hire(fmt.Sprintf("w%d", i), mes.RoleOperator)
	}
	_, err := f.Accounts.End(f.ctx, chief, "w0", "Left.")
	f.must(err)
	for range mes.MaxLoginFailures {
		_, err = f.Accounts.LoginFailed(f.ctx, "w1", "10.0.0.7")
		f.must(err)
	}
	for _, c := range []struct {
		filter mes.AccountFilter
		want   string
	}{
		{mes.AccountFilter{State: mes.AccountActive, Kind: mes.AccountPerson}, "olga w1 w2 w3 w4"},
		{mes.AccountFilter{State: mes.AccountEnded}, "w0"},
		{mes.AccountFilter{State: mes.AccountLocked}, "w1"},
		{mes.AccountFilter{Kind: mes.AccountService}, "erp"},
		{mes.AccountFilter{Role: mes.RoleERP}, "erp"},
		{mes.AccountFilter{Paging: mes.Paging{Text: "mx W3"}}, "w3"},
	} {
		c.filter.Site = site
		page, err := f.Accounts.People(f.ctx, c.filter)
		f.must(err)
		var ids []string
		for _, a := range page.Items {
			ids = append(ids, a.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
		}
	}
	_, err = f.Accounts.Unlock(f.ctx, chief, "w2", "x")
	f.refused(err, mes.CodeConflict, "not locked")
	a, err := f.Accounts.Unlock(f.ctx, chief, "w1", "Came in person.")
	f.must(err)
	if a.LockedUntil != nil {
		t.Errorf("%+v", a)
	}
}
