package identity

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// TestFailedSignaturesLockAnAccount guesses a colleague's password at the signing of a real request, until the account is
// locked everywhere, the administrators are told, and the trail has each try; nothing was signed.
func TestFailedSignaturesLockAnAccount(t *testing.T) {
	h := process(t, database(t))
	chief, err := h.store.Accounts.Get(t.Context(), "chief")
	if err != nil {
		t.Fatal(err)
	}
	for id, role := range map[string]mes.Role{"aud": mes.RoleAuditor, "quinn": mes.RoleQuality} {
		a := mes.Account{ID: id, Name: "Mx " + id, Kind: mes.AccountPerson, Site: "T1", Roles: []mes.Role{role}, Active: true, PasswordHash: chief.PasswordHash}
		if err := h.store.Accounts.Upsert(t.Context(), mes.Actor{ID: "setup"}, a); err != nil {
			t.Fatal(err)
		}
	}
	aud := h.as("aud")
	aud.post("/audit/reviews", map[string]any{"from": time.Now().Add(-time.Hour), "to": time.Now(), "findings": "Nothing."}).wants(201)
	open := into[mes.Page[mes.SignatureRequest]](aud.get("/signature-requests?state=open").wants(200)).Items
	if len(open) != 1 {
		t.Fatalf("open requests %+v", open)
	}
	q := open[0]
	sign := func(secret string) *reply {
		return aud.post("/signature-requests/"+q.ID+"/sign", map[string]any{"user": "quinn", "password": secret, "meaning": string(q.Needs[0].Meaning), "hash": q.Hash})
	}
	for range mes.MaxLoginFailures - 1 {
		sign("guessed-wrong").wants(403).says("could not be proved")
	}
	sign("guessed-wrong").wants(429)
	sign(password).wants(429) // the right one is too late
	h.browser().post("/login", map[string]string{"user": "quinn", "password": password}).wants(429)
	if quinn, err := h.store.Accounts.Get(t.Context(), "quinn"); err != nil || quinn.LockedUntil == nil {
		t.Errorf("not locked: %+v, %v", quinn.LockedUntil, err)
	}
	alerts, err := h.store.Alerts.List(t.Context(), mes.AlertFilter{Site: "T1", Open: true, Kind: mes.AlertLoginLocked})
	if err != nil || len(alerts.Items) != 1 || alerts.Items[0].Subject != "quinn" || alerts.Items[0].Role != mes.RoleAdmin {
		t.Errorf("alerts %+v, %v", alerts.Items, err)
	}
	if failed, locked := h.audited("login_failed", "quinn"), h.audited("account_locked", "quinn"); failed != mes.MaxLoginFailures-1 || locked != 1 {
		t.Errorf("the trail has %d failed tries and %d locks", failed, locked)
	}
	r, err := h.store.Signatures.Request(t.Context(), "T1", q.ID)
	if err != nil || len(r.Signatures) != 0 || r.State != mes.RequestOpen {
		t.Errorf("after the guesses the request is %+v, %v", r, err)
	}
	aud.get("/me").wants(200) // whoever works at the screen is not locked out by it

	h.as("chief").post("/people/quinn/unlock", because("Called in person.")).wants(200)
	sign(password).wants(200)
}
