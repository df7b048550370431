package identity

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
)

func (b *browser) signInAt(login string) page {
	b.house.t.Helper()
	return b.atProvider(b.open(b.house.url+"/api/v1/login/oidc?next=/lots?state=all"), login)
}

// refusedSignIn checks that a browser was led to the login with a reason, and that nobody is signed in.
func (b *browser) refusedSignIn(p page, why string) {
	b.house.t.Helper()
	if p.at.Query().Get("login") != why {
		b.house.t.Errorf("led to %s, want login=%s", p.at, why)
	}
	b.get("/me").wants(401)
}

func TestSignInAtAProvider(t *testing.T) {
	for _, where := range []string{"userinfo", "id_token"} {
		t.Run("claims in "+where, func(t *testing.T) { signInAtAProvider(t, where) })
	}
}

func signInAtAProvider(t *testing.T, where string) {
	h, idp := withOIDC(t, database(t), where)
	idp.set(map[string]claims{"42": {"name": "Ida Iversen", "preferred_username": "ida", "roles": []string{"line-workers", "quality-dept", "robots", "choir"}}})
	if ways := into[api.LoginWays](h.browser().get("/login/ways").wants(200)); !ways.OIDC {
		t.Error("the login does not offer the provider")
	}
	ida := h.browser()
	if p := ida.signInAt("42"); p.at.RequestURI() != "/lots?state=all" {
		t.Fatalf("led to %s: %s", p.at, p.body)
	}
	me := into[api.Me](ida.get("/me").wants(200))
	if me.ID != "ida" || me.Name != "Ida Iversen" || len(me.Roles) != 2 || !me.Federated || me.MustChange != "" {
		t.Errorf("me %+v", me)
	}
	person := into[api.Person](h.as("chief").get("/people/ida").wants(200))
	if person.Assignments[0].Source != mes.AssignedByOIDC || !strings.Contains(person.Assignments[0].Reason, idp.issuer) || person.HasPassword {
		t.Errorf("person %+v", person)
	}
	// A PIN for signing is chosen in the session that came from there. It opens no session with a password.
	ida.post("/me/secret", map[string]any{"kind": "password", "new": "for-signing-only"}).wants(200)
	h.browser().post("/login", map[string]string{"user": "ida", "password": "for-signing-only"}).wants(401)

	idp.set(map[string]claims{"42": {"name": "Ida Iversen", "preferred_username": "ida", "roles": "line-workers"}})
	ida.signInAt("42")
	if me = into[api.Me](ida.get("/me").wants(200)); len(me.Roles) != 1 || me.Roles[0] != mes.RoleOperator {
		t.Errorf("what the claims no longer give stays: %v", me.Roles)
	}
	if n := h.audited("role_withdrawn", "ida"); n != 1 {
		t.Errorf("%d rows tell of the withdrawn role", n)
	}
	idp.set(map[string]claims{"42": {"name": "Ida Iversen", "preferred_username": "ida", "roles": []string{"robots"}}})
	other := h.browser()
	other.refusedSignIn(other.signInAt("42"), "no_role")
	idp.set(map[string]claims{"42": {"name": "Ida Iversen", "preferred_username": "ida", "roles": []string{"line-workers"}}})
	h.as("chief").post("/people/ida/end", because("Left the company.")).wants(200)
	ida.get("/me").wants(401)
	ida.refusedSignIn(ida.signInAt("42"), "no_account")
}

// TestNobodyBecomesAnother signs somebody in at the provider who calls themself as one of ours.
func TestNobodyBecomesAnother(t *testing.T) {
	h, idp := withOIDC(t, database(t), "userinfo")
	for _, name := range []string{"chief", "CHIEF", "Сhief", "erp", "", "../chief", "a b"} {
		idp.set(map[string]claims{"66": {"name": "Mallory", "preferred_username": name, "roles": []string{"it"}}})
		mallory := h.browser()
		mallory.refusedSignIn(mallory.signInAt("66"), "no_account")
	}
	if n := h.audited("login_failed", "chief"); n != 1 {
		t.Errorf("%d rows tell of the try", n)
	}
}

// stopAtCallback signs in and stops where the provider leads back to, so that a test can change what comes back.
func (b *browser) stopAtCallback(login string) *url.URL {
	b.house.t.Helper()
	var callback *url.URL
	b.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(req.URL.Path, "/login/oidc/callback") {
			callback = req.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.signInAt(login)
	b.CheckRedirect = nil
	if callback == nil {
		b.house.t.Fatal("the provider did not lead back")
	}
	return callback
}

// with is an address with one parameter changed.
func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Set(name, value)
	out := *u
	out.RawQuery = q.Encode()
	return out.String()
}

func TestForgedSignIns(t *testing.T) {
	db := database(t)
	h, idp := withOIDC(t, db, "userinfo")
	idp.set(map[string]claims{"42": {"name": "Ida", "preferred_username": "ida", "roles": []string{"line-workers"}}})

	t.Run("forged state", func(t *testing.T) {
		b := h.browser()
		b.refusedSignIn(b.open(with(b.stopAtCallback("42"), "state", "FORGED")), "not_ours")
		b.refusedSignIn(b.open(with(b.stopAtCallback("42"), "state", "")), "not_ours")
	})
	t.Run("state of another browser", func(t *testing.T) {
		// An attacker hands their own callback to a victim, who would then work in the attacker's account.
		attacker, victim := h.browser(), h.browser()
		victim.refusedSignIn(victim.open(attacker.stopAtCallback("42").String()), "not_ours")
		victim.open(h.url + "/api/v1/login/oidc") // one that the victim began does not help
		victim.refusedSignIn(victim.open(attacker.stopAtCallback("42").String()), "not_ours")
	})
	t.Run("callback twice", func(t *testing.T) {
		b := h.browser()
		callback := b.stopAtCallback("42").String()
		cookies := b.Jar.Cookies(mustParse(t, callback))
		b.open(callback)
		b.get("/me").wants(200)
		again := h.browser()
		again.Jar.SetCookies(mustParse(t, callback), cookies)
		again.refusedSignIn(again.open(callback), "not_ours")
	})
	t.Run("replayed code", func(t *testing.T) {
		b := h.browser()
		used := b.stopAtCallback("42")
		b.open(used.String())
		b.get("/me").wants(200)
		thief := h.browser()
		fresh := thief.stopAtCallback("42")
		thief.refusedSignIn(thief.open(with(fresh, "code", used.Query().Get("code"))), "not_proven")
	})
	t.Run("stolen code", func(t *testing.T) {
		// Not used yet, but made for another sign-in: PKCE ties it to the one that began it.
		victim, thief := h.browser(), h.browser()
		code := victim.stopAtCallback("42").Query().Get("code")
		thief.refusedSignIn(thief.open(with(thief.stopAtCallback("42"), "code", code)), "not_proven")
	})
	t.Run("wrong nonce", func(t *testing.T) {
		b := h.browser()
		callback := b.stopAtCallback("42")
		db.Tamper(t, "UPDATE oidc_login SET nonce = 'another'")
		b.refusedSignIn(b.open(callback.String()), "not_proven")
	})
	t.Run("too late at the provider", func(t *testing.T) {
		b := h.browser()
		callback := b.stopAtCallback("42")
		db.Tamper(t, "UPDATE oidc_login SET expires_at = now() - interval '1 second'")
		b.refusedSignIn(b.open(callback.String()), "not_ours")
	})
	t.Run("expired token", func(t *testing.T) {
		b := h.browser()
		callback := b.stopAtCallback("42")
		h.ahead.Store(int64(25 * time.Hour))
		defer h.ahead.Store(0)
		b.refusedSignIn(b.open(callback.String()), "not_proven")
	})
	t.Run("refused at the provider", func(t *testing.T) {
		b := h.browser()
		callback := b.stopAtCallback("42")
		q := url.Values{"error": {"access_denied"}, "state": {callback.Query().Get("state")}}
		b.refusedSignIn(b.open(h.url+"/api/v1/login/oidc/callback?"+q.Encode()), "refused_there")
	})
	t.Run("no way out", func(t *testing.T) {
		for _, next := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil"} {
			b := h.browser()
			p := b.atProvider(b.open(h.url+"/api/v1/login/oidc?next="+url.QueryEscape(next)), "42")
			if !strings.HasPrefix(p.at.String(), h.url+"/") || p.at.Path != "/" {
				t.Errorf("next=%s leads to %s", next, p.at)
			}
		}
	})
}

// TestAProviderThatIsAway must not keep anybody from signing in here.
func TestAProviderThatIsAway(t *testing.T) {
	h := process(t, database(t), func(d *api.Deps) {
		d.OIDC = api.OIDC{Issuer: "http://127.0.0.1:1", ClientID: "x", HTTP: &http.Client{Timeout: time.Second}}
	})
	b := h.browser()
	b.refusedSignIn(b.open(h.url+"/api/v1/login/oidc"), "provider_away")
	h.as("olga").get("/me").wants(200)

	// A provider that calls itself by another name than the one that was set is not the one.
	var p *idp
	h2 := process(t, database(t), func(d *api.Deps) {
		p = startIDP(t, d.PublicURL+"/api/v1/login/oidc/callback", "userinfo")
		d.OIDC = api.OIDC{Issuer: strings.Replace(p.issuer, "127.0.0.1", "localhost", 1), ClientID: "steelthread", ClientSecret: clientSecret}
	})
	b2 := h2.browser()
	b2.refusedSignIn(b2.open(h2.url+"/api/v1/login/oidc"), "provider_away")
}
