package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// withPasswords gives people a password and a PIN. Hashing takes a while, so only these tests do it.
func (h *house) withPasswords(roles ...mes.Role) *house {
	h.t.Helper()
	for _, role := range roles {
		password, err := auth.HashPassword("password-" + string(role))
		if err != nil {
			h.t.Fatal(err)
		}
		pin, err := auth.HashPIN("4711")
		if err != nil {
			h.t.Fatal(err)
		}
		h.accounts.set(string(role), func(a *mes.Account) { a.PasswordHash, a.PINHash = password, pin })
	}
	return h
}

func (h *house) login(user, password string) *reply {
	h.t.Helper()
	return h.do(call{method: "POST", path: "~/login", body: map[string]string{"user": user, "password": password}})
}

// cookieOf finds the session's cookie in an answer.
func (r *reply) cookieOf() *http.Cookie {
	r.t.Helper()
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == sessionCookie {
			return c
		}
	}
	r.t.Fatalf("no session cookie in %v", r.header)
	return nil
}

func TestLogin(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RolePlanner)
	r := h.login("planner", "password-planner").wants(200)
	c := r.cookieOf()
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure {
		t.Errorf("the cookie is %v; over http it is HttpOnly, Lax and not Secure", c)
	}
	var me Me
	r.into(&me)
	if me.ID != "planner" || me.Site.Name != "Hamburg" || me.Site.TimeZone != "Europe/Berlin" || len(me.Rights) == 0 {
		t.Errorf("me is %+v", me)
	}
	h.do(call{method: "GET", path: "~/me", cookie: c}).wants(200)
	for token := range h.sessions.rows {
		if token == c.Value {
			t.Error("the store holds the cookie's own value; a copy of the database would sign in")
		}
	}
	if len(h.audits.actions("signed_in")) != 1 {
		t.Error("signing in is not in the audit trail")
	}
}

func TestSecureCookieOverHTTPS(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.PublicURL = "https://mes.example" }).withPasswords(mes.RolePlanner)
	if c := h.login("planner", "password-planner").wants(200).cookieOf(); !c.Secure {
		t.Errorf("the cookie is %v", c)
	}
}

func TestLogout(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RolePlanner)
	c := h.login("planner", "password-planner").cookieOf()
	h.do(call{method: "GET", path: "~/me", cookie: c}).wants(200) // now it is remembered
	h.do(call{method: "POST", path: "~/logout", cookie: c}).wants(204)
	h.do(call{method: "GET", path: "~/me", cookie: c}).refused(401, mes.CodeUnauthorized)
	if len(h.sessions.rows) != 0 {
		t.Error("the session is still stored")
	}
}

func TestSignInIsRefused(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RolePlanner, mes.RoleOperator)
	h.accounts.set("operator", func(a *mes.Account) { a.Active = false })
	seen := map[string]string{}
	for _, c := range []struct{ name, user, password string }{
		{"wrong password", "planner", "password-Planner"},
		{"unknown name", "nobody", "password-planner"},
		{"account that has ended", "operator", "password-operator"},
		{"program's account", "erp", "password-erp"},
		{"person without a password", "auditor", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			p := h.login(c.user, c.password).refused(401, mes.CodeUnauthorized)
			p.RequestID = ""
			seen[p.Detail] = c.name
		})
	}
	if len(seen) != 1 {
		t.Errorf("refusals differ, so they tell which names exist: %v", seen)
	}
	h.t = t
	h.do(call{method: "POST", path: "~/login", body: map[string]any{"user": "planner", "role": "admin"}}).refused(422, mes.CodeUnprocessable, "body.password", "body.role")
}

// TestLockOut locks known and unknown names alike, and refuses the right password until the lock ends.
func TestLockOut(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RolePlanner)
	for _, user := range []string{"planner", "nobody"} {
		for range mes.MaxLoginFailures - 1 {
			h.login(user, "wrong").refused(401, mes.CodeUnauthorized)
		}
		r := h.login(user, "wrong")
		r.refused(429, mes.CodeTooMany)
		if r.header.Get("Retry-After") == "" {
			t.Error("a locked account is not told when to come back")
		}
	}
	h.login("planner", "password-planner").refused(429, mes.CodeTooMany)
	h.login("nobody", "wrong").refused(429, mes.CodeTooMany)
	h.clock.at = monday.Add(mes.LoginLock + time.Second)
	h.login("planner", "password-planner").wants(200)
	h.login("nobody", "wrong").refused(401, mes.CodeUnauthorized)
	if n := len(h.audits.actions("login_failed")); n < mes.MaxLoginFailures {
		t.Errorf("%d failed tries of an unknown name in the audit trail", n)
	}
}

func TestBadge(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleOperator)
	try := func(badge, pin, station string) *reply {
		return h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": badge, "pin": pin, "station": station}})
	}
	c := try("B-operator", "4711", "ST10").wants(200).cookieOf()
	var me Me
	h.do(call{method: "GET", path: "~/me", at: "ST10", cookie: c}).wants(200).into(&me)
	if me.Station != "ST10" {
		t.Errorf("the session's station is %q", me.Station)
	}
	try("B-operator", "4712", "ST10").refused(401, mes.CodeUnauthorized)
	try("B-unknown", "4711", "ST10").refused(401, mes.CodeUnauthorized)
	try("B-operator", "4711", "ST20").refused(403, mes.CodeForbidden)
	h.do(call{method: "POST", path: "~/login/badge", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).refused(403, mes.CodeForbidden)
}

func TestCredentialsThatEnd(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RolePlanner)
	h.get(mes.RoleERP, "~/work-orders").wants(200)
	delete(h.accounts.tokens, auth.HashToken(tokenOf(mes.RoleERP))) // revoked or expired: the port no longer finds it
	h.clock.at = h.clock.at.Add(identityAge + time.Millisecond)
	h.get(mes.RoleERP, "~/work-orders").refused(401, mes.CodeUnauthorized)

	c := h.login("planner", "password-planner").cookieOf()
	h.accounts.set("planner", func(a *mes.Account) { a.Active = false })
	h.do(call{method: "GET", path: "~/me", cookie: c}).refused(401, mes.CodeUnauthorized)
}

func TestForgedCredentials(t *testing.T) {
	h := newHouse(t)
	h.do(call{method: "GET", path: "~/me", cookie: &http.Cookie{Name: sessionCookie, Value: strings.Repeat("A", 43)}}).refused(401, mes.CodeUnauthorized)
	h.do(call{method: "GET", path: "~/me", cookie: &http.Cookie{Name: sessionCookie, Value: "' OR 1=1"}}).refused(401, mes.CodeUnauthorized)
	for _, header := range []string{"Bearer ", "Bearer x", "Bearer " + strings.Repeat("x", 64), "Basic YWRtaW46YWRtaW4=", "bearer " + tokenOf(mes.RoleAdmin)} {
		r := h.do(call{method: "GET", path: "~/me", header: map[string]string{"Authorization": header}})
		r.refused(401, mes.CodeUnauthorized)
		if r.header.Get("WWW-Authenticate") == "" {
			t.Error("401 does not say how to sign in")
		}
	}
}

// TestTokenWinsOverCookie makes sure that a token never inherits a browser's session.
func TestTokenWinsOverCookie(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleAdmin)
	c := h.login("admin", "password-admin").cookieOf()
	var me Me
	h.do(call{method: "GET", path: "~/me", cookie: c, role: mes.RoleVision}).wants(200).into(&me)
	if me.ID != "vision" {
		t.Errorf("signed in as %s", me.ID)
	}
	h.do(call{method: "GET", path: "~/me", cookie: c, header: map[string]string{"Authorization": "Bearer " + strings.Repeat("x", 30)}}).refused(401, mes.CodeUnauthorized)
}

func TestIdentitiesAreRemembered(t *testing.T) {
	h := newHouse(t)
	for range 20 {
		h.get(mes.RoleERP, "~/work-orders").wants(200)
	}
	if h.accounts.asked != 1 {
		t.Errorf("20 requests within %s asked for the account %d times", identityAge, h.accounts.asked)
	}
}

// TestCrossSite refuses what another site's page makes a browser send with its cookie.
func TestCrossSite(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.PublicURL = "https://mes.example" }).withPasswords(mes.RolePlanner)
	c := h.login("planner", "password-planner").cookieOf()
	order := map[string]any{"number": "X1", "product": "INV-200", "quantity": 1, "due": "2026-07-01T00:00:00Z", "line": "L1"}
	for _, k := range []struct {
		name   string
		header map[string]string
		status int
	}{
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"another site of an old browser", map[string]string{"Origin": "https://evil.example"}, 403},
		{"a sandboxed page", map[string]string{"Origin": "null"}, 403},
		{"our own page", map[string]string{"Sec-Fetch-Site": "same-origin"}, 201},
		{"our own page behind a proxy", map[string]string{"Origin": "https://mes.example", "Sec-Fetch-Site": "cross-site"}, 200},
	} {
		t.Run(k.name, func(t *testing.T) {
			h.t = t
			r := h.do(call{method: "POST", path: "~/work-orders", body: order, cookie: c, header: k.header})
			if k.status == 403 {
				r.refused(403, codeCrossOrigin)
			} else {
				r.wants(k.status)
			}
		})
	}
	if len(h.orders.requests) != 1 {
		t.Errorf("%d orders were created", len(h.orders.requests))
	}
	h.t = t
	h.do(call{method: "POST", path: "~/login", body: map[string]string{"user": "planner", "password": "password-planner"},
		header: map[string]string{"Sec-Fetch-Site": "cross-site"}}).refused(403, codeCrossOrigin)
}

func TestPagesLeadToLogin(t *testing.T) {
	h := newHouse(t)
	r := h.do(call{method: "GET", path: "/docs", header: map[string]string{"Accept": "text/html"}}).wants(303)
	if to := r.header.Get("Location"); to != "/?next=/docs" {
		t.Errorf("led to %q", to)
	}
	h.do(call{method: "GET", path: "/docs"}).refused(401, mes.CodeUnauthorized)
	h.do(call{method: "GET", path: "~/me", header: map[string]string{"Accept": "text/html"}}).refused(401, mes.CodeUnauthorized)
}

// TestIdleSessionEnds leaves a session alone for longer than it may be.
func TestIdleSessionEnds(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Idle = 50 * time.Millisecond }).withPasswords(mes.RolePlanner)
	c := h.login("planner", "password-planner").cookieOf()
	deadline := time.Now().Add(10 * time.Second)
	for h.do(call{method: "GET", path: "~/me", cookie: c}).status != 401 {
		if time.Now().After(deadline) {
			t.Fatal("the session does not end")
		}
		for _, s := range h.sessions.rows { // nobody asks until it is over
			<-time.After(time.Until(s.expiry) + time.Millisecond)
		}
		h.clock.at = h.clock.at.Add(identityAge + time.Millisecond)
	}
}
