package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// identify finds out who sends the request: by bearer token, or by the session's cookie.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		req := c.Request()
		r := requestOf(req.Context())
		if r.route == nil || r.route.ID == routeScreens {
			return next(c)
		}
		r.quiet = req.Header.Get(headerQuiet) != "" || r.route.ID == routeEvents || r.route.ID == routeBoardEvents
		if err := s.atTerminal(req, r); err != nil {
			return err
		}
		if r.route.Public {
			return next(c)
		}
		id, err := s.whoIs(req, r)
		if r.route.Proves != "" {
			r.session = id.session // of who works here, if anybody does
			return next(c)
		}
		if err != nil && s.onWall(r, err) {
			id, err = identity{who: displayOf(*r.terminal)}, nil
			r.wall = true
		}
		if err != nil {
			s.auditStranger(req, r, err)
			if s.sendToLogin(c, err) {
				return nil
			}
			return err
		}
		r.who, r.session, r.token, r.must, r.method = id.who, id.session, id.token, id.must, id.method
		return next(c)
	}
}

// headerAPIKey is where inference servers put their token.
const headerAPIKey = "X-API-Key" //nolint:gosec // the name of a header

// auditStranger keeps a refused token or session in the audit trail, a few for each address: who has none is only not
// signed in, and a flood of tries must not fill the trail.
func (s *Server) auditStranger(req *http.Request, r *request, err error) {
	if mes.CodeOf(err) != mes.CodeUnauthorized || !presentsCredential(req) {
		return
	}
	if failures, _ := s.forgers.fail(r.source, s.Now()); failures > mes.MaxLoginFailures {
		return
	}
	row := mes.AuditRow{Action: mes.AuditRefused, Noun: "session", Subject: r.route.ID, Reason: problemOf(req.Context(), err).Detail, Source: r.from()}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), 5*time.Second)
	defer cancel()
	if err := s.Audits.Append(ctx, row); err != nil {
		s.Log.ErrorContext(ctx, "refused credential not in the audit trail", "request_id", r.id, "err", err)
	}
}

func presentsCredential(req *http.Request) bool {
	cookie, err := req.Cookie(sessionCookie)
	return err == nil && cookie.Value != "" || req.Header.Get("Authorization") != "" || req.Header.Get(headerAPIKey) != ""
}

// sendToLogin leads a person who opens a page of ours without a session to the login, and tells whether it did.
func (s *Server) sendToLogin(c echo.Context, err error) bool {
	req := c.Request()
	page := req.Method == http.MethodGet && !strings.HasPrefix(req.URL.Path, Base) && strings.Contains(req.Header.Get("Accept"), "text/html")
	if !page || mes.CodeOf(err) != mes.CodeUnauthorized {
		return false
	}
	return c.Redirect(http.StatusSeeOther, "/?next="+req.URL.EscapedPath()) == nil
}

// identity is an authenticated account with what its session knows.
type identity struct {
	who      mes.Principal
	session  string
	terminal string         // that the session was opened at
	token    *mes.Token     // of a program, nil for a person
	must     mes.SecretKind // that the person has to change before anything else
	method   string         // of the sign-in: password, badge or oidc
}

func hasBearer(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func (s *Server) whoIs(req *http.Request, r *request) (identity, error) {
	if key := req.Header.Get(headerAPIKey); key != "" && r.route.APIKey {
		return s.ids.byToken(req.Context(), key)
	}
	if bearer, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok {
		return s.ids.byToken(req.Context(), bearer)
	}
	cookie, err := req.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return identity{}, nobody("Nobody is signed in.")
	}
	awake := s.idle(r)
	if r.quiet {
		awake = 0
	}
	id, err := s.ids.bySession(req.Context(), cookie.Value, awake)
	if err == nil && id.terminal != "" && (r.terminal == nil || r.terminal.ID != id.terminal) {
		// It was opened at a terminal and lives there only: a revoked terminal ends it, and its cookie is worth nothing elsewhere.
		return identity{}, nobody("The session belongs to a terminal that this screen is not, or no longer.")
	}
	return id, err
}

// idle is how long a session lasts without a request: at a terminal as long as is set for it.
func (s *Server) idle(r *request) time.Duration {
	if r.terminal != nil {
		return r.terminal.Idle()
	}
	return s.Limits.Idle
}

func nobody(what string) error {
	return mes.Refuse(mes.CodeUnauthorized, what, "Nothing was changed.", "Sign in.")
}

// identityAge is how long an answer of the database is believed, should the word that it changed not arrive. Usually it
// does, at once: every change of an account, session or token is told to every process (mes.EventAccount).
const identityAge = 2 * time.Second

// identities remembers for a moment who a token or session belongs to, so that a busy terminal costs no look-up per
// request.
type identities struct {
	s     *Server
	mu    sync.Mutex
	known map[string]knownIdentity
	// forgotten counts what was told: an answer that was read before is not remembered after.
	forgotten int
	// ended are sessions that were signed out here a moment ago: a request in flight must not write them back.
	ended map[string]time.Time
	// touched is when a session's idle time was last pushed out.
	touched map[string]time.Time
	// refused is when the use of an ended token was last written to the audit trail.
	refused map[string]time.Time
}

type knownIdentity struct {
	identity
	until time.Time
}

func newIdentities(s *Server) *identities {
	return &identities{s: s, known: map[string]knownIdentity{}, ended: map[string]time.Time{}, touched: map[string]time.Time{}, refused: map[string]time.Time{}}
}

func (i *identities) byToken(ctx context.Context, token string) (identity, error) {
	if !auth.LooksLikeToken(token) {
		return identity{}, nobody("The token is not known.")
	}
	hash := auth.HashToken(token)
	return i.remember("t"+hash, func() (identity, error) { return i.s.openToken(ctx, hash) })
}

// bySession finds a session and keeps it awake for so long; 0 leaves its idle time alone. What was found for a quiet
// request is not believed for another, which would not push the idle time out then.
func (i *identities) bySession(ctx context.Context, token string, awake time.Duration) (identity, error) {
	key := "s" + token
	if awake == 0 {
		key = "q" + token
	}
	return i.remember(key, func() (identity, error) { return i.s.openSession(ctx, token, awake) })
}

// recall makes the next request read the session again.
func (i *identities) recall(token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drop(token)
}

func (i *identities) drop(token string) {
	delete(i.known, "s"+token)
	delete(i.known, "q"+token)
}

// remember answers from memory, or asks and remembers. Refusals are not remembered: they cost the refused one a
// look-up, and no one else.
func (i *identities) remember(key string, ask func() (identity, error)) (identity, error) {
	now := i.s.Now()
	i.mu.Lock()
	k, ok := i.known[key]
	told := i.forgotten
	i.mu.Unlock()
	if ok && now.Before(k.until) {
		return k.identity, nil
	}
	id, err := ask()
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil {
		delete(i.known, key)
		return identity{}, err
	}
	if told != i.forgotten {
		return id, nil
	}
	if len(i.known) > 10_000 {
		clear(i.known)
	}
	until := now.Add(identityAge)
	if id.token != nil && id.token.ExpiresAt != nil && id.token.ExpiresAt.Before(until) {
		until = *id.token.ExpiresAt
	}
	i.known[key] = knownIdentity{id, until}
	return id, nil
}

// heard forgets what an event says is no longer so.
func (i *identities) heard(e mes.Event) {
	switch e.Kind {
	case mes.EventAccount:
		i.forgetAccount(e.ID)
	case mes.EventLost:
		i.forgetAccount("")
	}
}

// forgetAccount makes the next request of an account's sessions and tokens ask again; of all accounts when id is empty.
func (i *identities) forgetAccount(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.forgotten++
	for key, k := range i.known {
		if id == "" || k.who.ID == id {
			delete(i.known, key)
		}
	}
}

// forget ends a session here at once.
func (i *identities) forget(token string) {
	now := i.s.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drop(token)
	delete(i.touched, token)
	for t, at := range i.ended {
		if now.Sub(at) > time.Minute {
			delete(i.ended, t)
		}
	}
	i.ended[token] = now
}

func (i *identities) isEnded(token string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, ended := i.ended[token]
	return ended
}

// dueForTouch tells whether the session's idle time is worth writing: at most every tenth of it, so that reading
// screens does not write to the database with every request.
func (i *identities) dueForTouch(token string, idle time.Duration) bool {
	now := i.s.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	if now.Sub(i.touched[token]) < idle/10 {
		return false
	}
	if len(i.touched) > 10_000 {
		clear(i.touched)
	}
	i.touched[token] = now
	return true
}
