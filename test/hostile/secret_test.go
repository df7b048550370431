package hostile

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// wrongPassword tries until the account is locked; then the right password is refused too, and so is a name that nobody has.
func (s *suite) wrongPassword(t *testing.T) {
	s.unchanged(t, func() {
		for _, user := range []string{"mt-03", "nobody-is-called-so"} {
			for i := range 5 {
				r := s.post(t, s.nobody, "/login", map[string]string{"user": user, "password": "not-this-one"})
				want := http.StatusUnauthorized
				if i == 4 {
					want = http.StatusTooManyRequests
				}
				refused(t, r, want)
				s.logged(t, r)
			}
		}
		refused(t, s.post(t, s.nobody, "/login", map[string]string{"user": "mt-03", "password": s.password(t, "mt-03")}), http.StatusTooManyRequests)
	})
	s.audited(t, 4, "action = 'login_failed' AND subject = 'mt-03'")
	s.audited(t, 1, "action = 'account_locked' AND subject = 'mt-03'")
	s.audited(t, 5, "action = 'login_failed' AND subject = 'nobody-is-called-so' AND source <> ''")
	if strings.Contains(s.logs(t), "not-this-one") {
		t.Error("the tried password is in the log")
	}
	s.audited(t, 0, "true")
	if n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM audit WHERE audit::text LIKE '%not-this-one%'`); err != nil || n > 0 {
		t.Errorf("the tried password is in %d audit rows (%v)", n, err)
	}
}

// certificate lets somebody whose dispensing certificate has ended start the dispensing.
func (s *suite) certificate(t *testing.T) {
	expired := s.p.As(t, "op-130")
	n := s.order(t)
	if r, err := s.planner.Insist(soon(t), "/work-orders/"+n+"/release", nil, s.key()); err != nil || !r.OK() {
		t.Fatalf("release: %v %s", err, r.Body)
	}
	crew := s.p.NewCrew(t, "hostile")
	var lot string
	there := func(l mes.LotView) bool { return l.Operation == "30" && l.State == mes.LotQueued }
	crew.Stop = there
	plant.OK(t, crew.Reach(soon(t), n, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if there(l) {
				lot = l.Lot
			}
		}
		return lot != ""
	}))
	s.unchanged(t, func() {
		r := s.post(t, expired.At("ST30"), "/lots/"+lot+"/operations/30/start", map[string]string{"station": "ST30"})
		if p := refused(t, r, http.StatusForbidden); !strings.Contains(p.What, "ended on") {
			t.Errorf("the refusal says %q", p.What)
		}
	})
	s.audited(t, 1, "action = 'refused' AND actor = 'op-130' AND subject = $1 AND reason LIKE '%ended on%'", lot)
}

// replayedToken uses tokens that were good once: one that was revoked, one that has ended; and a session that was signed out.
func (s *suite) replayedToken(t *testing.T) {
	out, err := s.p.Output(t.Context(), "token", "create", "hostile", "--name", "replay", "--roles", "erp", "--reason", "for the test")
	plant.OK(t, err)
	old := s.nobody.WithToken("hostile", strings.TrimSpace(out))
	var page mes.Page[mes.LotView]
	plant.OK(t, old.Get(t.Context(), "/lots?limit=1", &page))
	plant.OK(t, s.p.Command(t.Context(), "token", "revoke", "hostile", "replay", "--reason", "for the test"))
	plant.Eventually(t, 5*time.Second, func() string { // an answer of the database is believed for two seconds
		if r := s.send(t, old, plant.Request{Method: "GET", Path: "/api/v1/lots?limit=1"}); r.Status != http.StatusUnauthorized {
			return "the revoked token is refused"
		}
		return ""
	})
	late, hash := auth.NewToken()
	dsn, err := plant.DatabaseURL(s.p.DataDir(), "mes")
	plant.OK(t, err)
	c, err := pgx.Connect(t.Context(), dsn)
	plant.OK(t, err)
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), "INSERT INTO api_token (hash, account, name, expires_at) VALUES ($1, 'hostile', 'late', now() - interval '1 second')", hash)
	plant.OK(t, err)

	person := s.p.As(t, "op-114")
	me := s.send(t, person, plant.Request{Method: "GET", Path: "/api/v1/me"})
	cookie := s.login(t, "op-114")
	kept := map[string]string{"Cookie": cookie}
	if r := s.send(t, s.nobody, plant.Request{Method: "GET", Path: "/api/v1/me", Headers: kept}); r.Status != http.StatusOK || me.Status != http.StatusOK {
		t.Fatalf("a good cookie is refused: %s", r.Body)
	}
	s.send(t, s.nobody, plant.Request{Method: "POST", Path: "/api/v1/logout", Headers: kept})
	s.unchanged(t, func() {
		for name, q := range map[string]plant.Request{
			"revoked":    {Headers: map[string]string{"Authorization": "Bearer " + strings.TrimSpace(out)}},
			"ended":      {Headers: map[string]string{"Authorization": "Bearer " + late}},
			"signed out": {Headers: kept},
		} {
			q.Method, q.Path, q.Body, q.Key = "POST", "/api/v1/work-orders", request("HOSTILE-REPLAY"), s.key()
			r := s.send(t, plant.NewClient(s.p.Base), q)
			refused(t, r, http.StatusUnauthorized)
			s.logged(t, r)
			if strings.Contains(string(r.Body), late) {
				t.Errorf("%s: the refusal tells the token", name)
			}
		}
	})
	s.audited(t, 1, "action = 'refused' AND noun = 'session' AND source <> ''")
	for _, secret := range []string{strings.TrimSpace(out), late, strings.TrimPrefix(cookie, "steelthread_session=")} {
		if strings.Contains(s.logs(t), secret) {
			t.Error("a token or session is in the log")
		}
	}
}

// login signs in and returns the cookie as a browser would send it.
func (s *suite) login(t *testing.T, user string) string {
	t.Helper()
	r := s.post(t, plant.NewClient(s.p.Base), "/login", map[string]string{"user": user, "password": s.password(t, user)})
	value, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	if value == "" {
		t.Fatalf("no cookie: %d %s", r.Status, r.Body)
	}
	return value
}

// forgedCookie sends sessions that nobody opened: made up, what the database holds of a real one, one with a foreign name.
func (s *suite) forgedCookie(t *testing.T) {
	var stored string
	plant.OK(t, s.rec.Pool.QueryRow(t.Context(), "SELECT token FROM session LIMIT 1").Scan(&stored))
	good := s.login(t, "op-114")
	_, value, _ := strings.Cut(good, "=")
	s.unchanged(t, func() {
		for name, cookie := range map[string]string{
			"made up": "steelthread_session=" + strings.Repeat("A", 43), "stored hash": "steelthread_session=" + stored, "changed": good[:len(good)-1] + "_",
			"foreign": "session=" + value, "empty": "steelthread_session=", "sql": "steelthread_session=' OR '1'='1", "long": "steelthread_session=" + strings.Repeat("x", 100_000),
			"two": "steelthread_session=" + strings.Repeat("B", 43) + "; " + "steelthread_session=x",
		} {
			r := s.send(t, plant.NewClient(s.p.Base), plant.Request{Method: "POST", Path: "/api/v1/work-orders", Body: request("HOSTILE-COOKIE"), Headers: map[string]string{"Cookie": cookie}})
			if p := refused(t, r, http.StatusUnauthorized); p.Code != "unauthorized" {
				t.Errorf("%s: %s", name, r.Body)
			}
			s.logged(t, r)
		}
	})
}

// otherSites plays a page of another site that makes a signed-in browser send a command.
func (s *suite) otherSites(t *testing.T) {
	n := s.order(t)
	s.unchanged(t, func() {
		for _, h := range []map[string]string{{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}} {
			h["Content-Type"] = "text/plain" // what a form can send without asking first
			r := s.send(t, s.supervisor, plant.Request{Method: "POST", Path: "/api/v1/work-orders/" + n + "/hold", Body: `{"reason":"x"}`, Headers: h})
			refused(t, r, http.StatusForbidden)
			s.logged(t, r)
		}
	})
}
