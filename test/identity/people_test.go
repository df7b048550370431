package identity

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
)

func because(reason string) map[string]any { return map[string]any{"reason": reason} }

// TestAPersonsLife goes from the first day to the last.
func TestAPersonsLife(t *testing.T) {
	h := process(t, database(t))
	chief := h.as("chief")
	chief.post("/people", map[string]any{"id": "ida", "name": "Ida Iversen", "roles": []string{"operator"}, "reason": "Starts on Monday.", "badge": "B-7"}).wants(201)
	chief.post("/people", map[string]any{"id": "IDA", "name": "Other", "roles": []string{"operator"}, "reason": "Starts on Monday."}).wants(409).says("taken by ida")
	chief.post("/people", map[string]any{"id": "x y", "name": "", "roles": []string{"edge"}, "reason": "Starts on Monday."}).wants(422).says("body.id").says("body.name").says("body.roles[0]")

	given := into[api.ShownSecret](chief.post("/people/ida/secret", map[string]any{"kind": "password", "reason": "Starts on Monday."}).wants(200)).Secret
	ida := h.browser()
	me := into[api.Me](ida.post("/login", map[string]string{"user": "ida", "password": given}).wants(200))
	if me.MustChange != mes.SecretPassword || len(me.Rights) != 1 {
		t.Errorf("with a given password: %+v", me)
	}
	ida.get("/work-orders").wants(403).says("secret_ended")
	ida.get("/me/sessions").wants(403).says("secret_ended")

	change := func(current, fresh string) *reply {
		return ida.post("/me/secret", map[string]any{"kind": "password", "current_password": current, "new": fresh})
	}
	change("wrong-one", "my-own-password-1").wants(422).says("body.current_password")
	change(given, "short").wants(422).says("at least 8")
	change(given, given).wants(422).says("one of the last 5")
	change(given, "IDA").wants(422)
	me = into[api.Me](change(given, "my-own-password-1").wants(200))
	if me.MustChange != "" || me.SecretEnds != nil {
		t.Errorf("after the change: %+v", me)
	}
	ida.get("/work-orders").wants(200)
	for i, fresh := range []string{"my-own-password-2", "my-own-password-3", "my-own-password-4", "my-own-password-5"} {
		change([]string{"my-own-password-1", "my-own-password-2", "my-own-password-3", "my-own-password-4"}[i], fresh).wants(200)
	}
	change("my-own-password-5", "my-own-password-1").wants(422).says("one of the last 5")

	chief.post("/people/ida/roles", map[string]any{"role": "quality", "reason": "Covers for David."}).wants(200)
	if me = into[api.Me](ida.get("/me").wants(200)); len(me.Roles) != 2 {
		t.Errorf("roles %v; a role counts at once", me.Roles)
	}
	chief.post("/people/ida/roles", map[string]any{"role": "quality"}).wants(422).says("reason")
	chief.post("/people/chief/roles", map[string]any{"role": "quality", "reason": "For myself."}).wants(403).says("themself")
	ida.post("/people/olga/roles", map[string]any{"role": "admin", "reason": "Why not."}).wants(403)

	p := into[api.Person](chief.post("/people/ida/end", because("Left the company.")).wants(200))
	if p.State != mes.AccountEnded || len(p.Assignments) != 2 || p.Assignments[0].Until == nil {
		t.Errorf("ended: %+v", p)
	}
	ida.get("/me").wants(401)
	ida.post("/login", map[string]string{"user": "ida", "password": "my-own-password-5"}).wants(401)
	chief.post("/people", map[string]any{"id": "Ida", "name": "Ida Two", "roles": []string{"operator"}, "reason": "Starts on Monday."}).wants(409).says("never given again")
	chief.post("/people/deputy/end", because("Left the company.")).wants(200)
	chief.post("/people/chief/end", because("Left the company.")).wants(409).says("last administrator")
	chief.post("/people/chief/roles/withdraw", map[string]any{"role": "admin", "reason": "Tidying up."}).wants(409).says("last administrator")
}

// TestNoSecretIsKept looks for what people typed wherever the system remembers things.
func TestNoSecretIsKept(t *testing.T) {
	h := process(t, database(t))
	chief := h.as("chief")
	answer := chief.do("POST", "/people/olga/secret", map[string]any{"kind": "password", "new": "Sesame-open-42", "reason": "Forgot it."}, "Idempotency-Key", "k1").wants(200)
	if answer.header.Get("Idempotency-Key") != "" {
		t.Error("an answer with a secret pretends to be kept")
	}
	if _, found, err := h.store.Answers.Find(t.Context(), "chief", "k1"); found || err != nil {
		t.Errorf("the answer with the secret is kept: %v", err)
	}
	rows, err := h.store.Audits.List(t.Context(), mes.AuditFilter{Paging: mes.Paging{Limit: 500}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows.Items {
		if s := string(r.Before) + string(r.After) + r.Reason; strings.Contains(s, "Sesame") || strings.Contains(s, "argon2id") {
			t.Errorf("audit row %d holds a secret: %s", r.ID, s)
		}
	}
}

func TestSecretsEnd(t *testing.T) {
	h := process(t, database(t), func(d *api.Deps) { d.Secrets = mes.SecretRules{PasswordDays: 90, PINDays: 90} })
	olga := h.as("olga")
	me := into[api.Me](olga.get("/me").wants(200))
	if me.SecretEnds == nil || me.SecretEnds.Before(time.Now().AddDate(0, 0, 89)) {
		t.Errorf("the password ends %v", me.SecretEnds)
	}
	h.ahead.Store(int64(91 * 24 * time.Hour))
	late := h.browser()
	me = into[api.Me](late.post("/login", map[string]string{"user": "olga", "password": password}).wants(200))
	if me.MustChange != mes.SecretPassword {
		t.Errorf("after 91 days: %+v", me)
	}
	late.get("/stations").wants(403).says("secret_ended")
	late.post("/me/secret", map[string]any{"kind": "password", "current_password": password, "new": "another-password"}).wants(200)
}

// TestLockOutAlerts counts failures wherever a secret is asked for, and tells the administrators once.
func TestLockOutAlerts(t *testing.T) {
	h := process(t, database(t))
	olga := h.as("olga")
	for range 2 {
		h.browser().post("/login", map[string]string{"user": "olga", "password": "guessed-wrong"}).wants(401)
	}
	for range 2 {
		olga.post("/me/secret", map[string]any{"kind": "password", "current_password": "guessed-wrong", "new": "another-password"}).wants(422)
	}
	olga.post("/me/secret", map[string]any{"kind": "password", "current_password": "guessed-wrong", "new": "another-password"}).wants(429)
	h.browser().post("/login", map[string]string{"user": "olga", "password": password}).wants(429)
	open := func() []mes.Alert {
		page, err := h.store.Alerts.List(t.Context(), mes.AlertFilter{Site: "T1", Open: true, Kind: mes.AlertLoginLocked})
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	if a := open(); len(a) != 1 || a[0].Subject != "olga" || a[0].Role != mes.RoleAdmin || a[0].Severity != mes.SeverityHigh {
		t.Errorf("alerts %+v", a)
	}
	chief := h.as("chief")
	locked := into[mes.Page[api.PersonView]](chief.get("/people?state=locked").wants(200))
	if len(locked.Items) != 1 || locked.Items[0].State != mes.AccountLocked {
		t.Errorf("locked people %+v", locked.Items)
	}
	chief.post("/people/olga/unlock", because("Called in person.")).wants(200)
	if a := open(); len(a) != 0 {
		t.Errorf("after unlocking: alerts %+v", a)
	}
	h.as("olga")
}

func TestTokensHaveScopesAndEnds(t *testing.T) {
	h := process(t, database(t))
	chief := h.as("chief")
	soonest := time.Now().Add(time.Hour)
	make := func(account string, scopes []string, until time.Time) *reply {
		return chief.post("/people/"+account+"/tokens", map[string]any{"name": "orders", "scopes": scopes, "expires_at": until, "reason": "For the interface."})
	}
	make("erp", []string{"account.manage"}, soonest).wants(422).says("does not have the right")
	make("erp", []string{}, soonest).wants(422).says("body.scopes")
	make("erp", []string{"order.read"}, time.Now().AddDate(0, 0, 401)).wants(422).says("within 400 days")
	make("erp", []string{"order.read"}, time.Now().Add(-time.Hour)).wants(422).says("in the future")
	make("olga", []string{"order.read"}, soonest).wants(422).says("is a person")
	token := into[api.MadeToken](make("erp", []string{"order.read"}, soonest).wants(201)).Token
	erp := h.program(token)
	erp.get("/work-orders").wants(200)
	erp.get("/erp/outbox").wants(403).says("not made for this")
	erp.get("/me").wants(403) // not in its scopes either
	list := into[mes.Page[api.TokenView]](chief.get("/people/erp/tokens").wants(200)).Items
	if len(list) != 1 || list[0].LastUsed == nil || list[0].State != mes.TokenActive || strings.Contains(string(chief.get("/people/erp/tokens").body), token) {
		t.Fatalf("tokens %+v", list)
	}
	h.ahead.Store(int64(2 * time.Hour))
	for range 5 {
		erp.get("/work-orders").wants(401)
	}
	if n := h.audited("token_refused", "erp"); n != 1 {
		t.Errorf("%d rows tell of an expired token that was used five times, want 1", n)
	}
	h.ahead.Store(0)
	erp.get("/work-orders").wants(200)
	chief.post("/people/erp/tokens/"+itoa(list[0].ID)+"/revoke", because("Seen in a log.")).wants(200)
	erp.get("/work-orders").wants(401)
	chief.post("/people/erp/tokens/"+itoa(list[0].ID)+"/revoke", because("Seen in a log.")).wants(409)
}
