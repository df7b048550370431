package identity

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestRevokedAtOnceEverywhere ends sessions, tokens, roles and accounts in one process, and watches another one that
// answered from memory a moment before. The API's clock stands still, so that its memory never ends by itself.
func TestRevokedAtOnceEverywhere(t *testing.T) {
	db := database(t)
	still := func(d *api.Deps) { at := time.Now(); d.Now = func() time.Time { return at } }
	a, b := process(t, db, still), process(t, db, still)
	chief, olga := a.as("chief"), a.as("olga")
	there := olga.at(b)
	there.get("/me").wants(200)

	chief.post("/people/olga/roles", map[string]any{"role": "planner", "reason": "Covers for Ines."}).wants(200)
	soon(t, "the other process never heard of the role", func() bool { return len(into[api.Me](there.get("/me").wants(200)).Roles) == 2 })

	sessions := into[mes.Page[mes.Session]](chief.get("/people/olga/sessions").wants(200)).Items
	if len(sessions) != 1 || sessions[0].Method != "password" || sessions[0].Source == "" {
		t.Fatalf("sessions %+v", sessions)
	}
	chief.post("/people/olga/sessions/revoke", map[string]any{"id": sessions[0].ID, "reason": "Left the screen open."}).wants(200)
	olga.get("/me").wants(401)
	soon(t, "the other process never heard of the end", func() bool { return there.get("/me").status == 401 })

	token := into[api.MadeToken](chief.post("/people/erp/tokens", map[string]any{"name": "x", "scopes": []string{"order.read"}, "expires_at": time.Now().Add(time.Hour), "reason": "For the ERP."}).wants(201)).Token
	erp := b.program(token)
	erp.get("/work-orders").wants(200)
	list := into[mes.Page[api.TokenView]](chief.get("/people/erp/tokens").wants(200)).Items
	chief.post("/people/erp/tokens/"+itoa(list[0].ID)+"/revoke", because("Seen in a log.")).wants(200)
	soon(t, "the other process never heard of the token's end", func() bool { return erp.get("/work-orders").status == 401 })

	again := b.as("olga")
	again.get("/me").wants(200)
	chief.post("/people/olga/end", because("Left the company.")).wants(200)
	soon(t, "the other process never heard of the leaver", func() bool { return again.get("/me").status == 401 })
}

// TestAStreamEndsWithItsSession holds an event stream open in another process.
func TestAStreamEndsWithItsSession(t *testing.T) {
	db := database(t)
	a, b := process(t, db), process(t, db)
	chief, olga := a.as("chief"), a.as("olga")
	req, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := olga.Do(req)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	defer res.Body.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for buf := make([]byte, 1024); ; {
			if _, err := res.Body.Read(buf); err != nil {
				return
			}
		}
	}()
	chief.post("/people/olga/sessions/revoke", because("Left the screen open.")).wants(200)
	select {
	case <-ended:
	case <-time.After(4 * time.Second): // the beat that would notice by itself comes after 30 s
		t.Error("the stream of an ended session goes on")
	}
}

func TestMySessions(t *testing.T) {
	h := process(t, database(t))
	here, elsewhere := h.as("olga"), h.as("olga")
	list := into[mes.Page[mes.Session]](here.get("/me/sessions").wants(200)).Items
	if len(list) != 2 || list[0].Mine || !list[1].Mine {
		t.Fatalf("sessions %+v", list)
	}
	if strings.Contains(string(here.get("/me/sessions").body), "token") {
		t.Error("a list of sessions shows tokens")
	}
	chief := into[mes.Page[mes.Session]](h.as("chief").get("/me/sessions").wants(200)).Items
	here.post("/me/sessions/revoke", map[string]any{"id": chief[0].ID}).wants(404)
	here.post("/me/sessions/revoke", nil).wants(200).says(`"ended":1`)
	elsewhere.get("/me").wants(401)
	here.get("/me").wants(200)
	here.post("/me/secret", map[string]any{"kind": "pin", "current_password": password, "new": "48151"}).wants(200)
	here.get("/me").wants(200)
}

// TestForgedRequests sends what another site's page, a thief of half a cookie, or a planted session would.
func TestForgedRequests(t *testing.T) {
	h := process(t, database(t))
	other := process(t, database(t))
	olga := h.as("olga")
	at, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	cookie := olga.Jar.Cookies(at)[0]

	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", other.url}} {
		olga.do("POST", "/me/secret", map[string]any{"kind": "password", "current_password": password, "new": "taken-over-1"}, header...).wants(403).says("cross_origin")
		h.browser().do("POST", "/login", map[string]string{"user": "olga", "password": password}, header...).wants(403).says("cross_origin")
	}
	for _, value := range []string{"", cookie.Value[:len(cookie.Value)-1], cookie.Value + "A", strings.ToLower(cookie.Value), strings.Repeat("A", 43), "'; DROP TABLE session; --", strings.Repeat("x", 4000)} {
		thief := h.browser()
		thief.do("GET", "/me", nil, "Cookie", cookie.Name+"="+value).wants(401)
	}
	// A cookie of another house is worth nothing here.
	stranger := other.as("olga")
	otherAt, _ := url.Parse(other.url)
	h.browser().do("GET", "/me", nil, "Cookie", cookie.Name+"="+stranger.Jar.Cookies(otherAt)[0].Value).wants(401)
	// The store's form of the token does not sign in either: a copy of the database opens nothing.
	list := into[mes.Page[mes.Session]](olga.get("/me/sessions")).Items
	if len(list) != 1 {
		t.Errorf("sessions %+v", list)
	}
}

// TestFixation plants a session in the browser before its owner signs in: after it, the cookie is another one.
func TestFixation(t *testing.T) {
	h := process(t, database(t))
	at, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	attacker := h.as("olga")
	planted := attacker.Jar.Cookies(at)[0]
	victim := h.browser()
	victim.Jar.SetCookies(at, []*http.Cookie{planted, {Name: planted.Name, Value: strings.Repeat("B", 43)}})
	victim.post("/login", map[string]string{"user": "chief", "password": password}).wants(200)
	if now := victim.Jar.Cookies(at)[0].Value; now == planted.Value || now == strings.Repeat("B", 43) {
		t.Error("the planted session was signed in")
	}
	if me := into[api.Me](attacker.get("/me").wants(200)); me.ID != "olga" {
		t.Errorf("the planted session belongs to %s", me.ID)
	}
	// Signing in anew ends nothing of others, and the old cookie stays what it was; signing out ends it.
	victim.post("/logout", nil).wants(204)
	victim.get("/me").wants(401)
}
