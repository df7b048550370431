package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

// typed gives a command its standard input.
func typed(t *testing.T, line string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = f
	t.Cleanup(func() {
		os.Stdin = was
		f.Close()
	})
}

func peopleHouse(t *testing.T) *store.Store {
	t.Helper()
	db := storetest.Database(t)
	t.Setenv("MES_DATABASE_URL", db.App)
	s := storetest.Open(t, db)
	storetest.Seed(t, s)
	return s
}

// says tells whether a password is the account's now.
func says(t *testing.T, s *store.Store, id, password string) bool {
	t.Helper()
	a, err := s.Accounts.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	ok, err := auth.Check(t.Context(), a.PasswordHash, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestPeopleFromTheCommandLine goes through the life of an account as an administrator at the server makes it.
func TestPeopleFromTheCommandLine(t *testing.T) {
	s, ctx := peopleHouse(t), context.Background()
	typed(t, "first-password-9\n")
	add := AddUser{ID: "ida", Name: "Ida Iversen", Roles: []mes.Role{mes.RoleAdmin}, Badge: "B-IDA"}
	if err := add.Run(ctx); err != nil {
		t.Fatal(err)
	}
	a, err := s.Accounts.Get(ctx, "ida")
	if err != nil || a.Site != storetest.Site || a.Name != "Ida Iversen" || a.Badge != "B-IDA" || !a.PasswordGiven || !says(t, s, "ida", "first-password-9") {
		t.Errorf("added %+v, %v", a, err)
	}
	if err := (AddUser{ID: "x", Name: "X", Roles: []mes.Role{"king"}}).Run(ctx); err == nil || !strings.Contains(err.Error(), "not a role") {
		t.Errorf("a role that is none: %v", err)
	}

	typed(t, "second-password-9\n")
	if err := (SetPassword{ID: "ida", Keep: true, Why: "Forgot it."}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Accounts.Get(ctx, "ida"); err != nil || a.PasswordGiven || says(t, s, "ida", "first-password-9") || !says(t, s, "ida", "second-password-9") {
		t.Errorf("after passwd %+v, %v", a, err)
	}
	typed(t, "short\n")
	if err := (SetPassword{ID: "ida", Why: "x"}).Run(ctx); err == nil {
		t.Error("a short password is taken")
	}

	for range mes.MaxLoginFailures {
		if _, err := s.Accounts.LoginFailed(ctx, "ida", "test"); err != nil {
			t.Fatal(err)
		}
	}
	if err := (UnlockUser{ID: "ida", Reason: "Called in person."}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Accounts.Get(ctx, "ida"); err != nil || a.LockedUntil != nil {
		t.Errorf("after unlock %+v, %v", a, err)
	}
	if err := (UnlockUser{ID: "nobody", Reason: "x"}).Run(ctx); mes.CodeOf(err) != mes.CodeNotFound {
		t.Errorf("an unknown account: %v", err)
	}

	if err := (EndUser{ID: "olga", Reason: "Left the company."}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Accounts.Get(ctx, "olga"); err != nil || a.Active || a.EndReason != "Left the company." || a.EndedBy != "command-line" {
		t.Errorf("ended %+v, %v", a, err)
	}
	typed(t, "third-password-9\n")
	if err := (AddUser{ID: "Olga", Name: "Another", Roles: []mes.Role{mes.RoleOperator}}).Run(ctx); err == nil || !strings.Contains(err.Error(), "never given again") {
		t.Errorf("a leaver's ID: %v", err)
	}
	for action, reason := range map[string]string{"password_set": "Forgot it.", "account_unlocked": "Called in person.", "account_ended": "Left the company."} {
		rows, err := s.Audits.List(ctx, mes.AuditFilter{Action: action})
		if err != nil || len(rows.Items) == 0 || rows.Items[0].Reason != reason || rows.Items[0].Actor != "command-line" || !strings.Contains(rows.Items[0].Source, "@") {
			t.Errorf("%s in the trail: %+v, %v", action, rows.Items, err)
		}
	}
}

// TestTokensFromTheCommandLine makes a token that may do what its account may now, and no more, and ends.
func TestTokensFromTheCommandLine(t *testing.T) {
	s, ctx := peopleHouse(t), context.Background()
	if err := (CreateToken{Account: "erp", Name: "prod", Days: 30, Reason: "For the ERP."}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := s.Accounts.Tokens(ctx, "erp")
	if err != nil || len(list) != 1 || list[0].ExpiresAt == nil || list[0].Covers(mes.ScopeAll) || !list[0].Covers("order.create") || list[0].Covers("edge.report") {
		t.Errorf("made %+v, %v", list, err)
	}
	for _, bad := range []CreateToken{{Account: "erp", Name: "all", Days: 30, Scopes: []string{"*"}}, {Account: "erp", Name: "long", Days: 500}, {Account: "erp", Name: "none", Days: 0}} {
		if err := bad.Run(ctx); err == nil {
			t.Errorf("%+v was made", bad)
		}
	}
	if err := (RevokeToken{Account: "erp", Name: "prod", Reason: "Seen in a log."}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if list, err = s.Accounts.Tokens(ctx, "erp"); err != nil || list[0].RevokedAt == nil {
		t.Errorf("after the end %+v, %v", list, err)
	}
}
