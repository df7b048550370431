package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/steelthread/steelthread/mes"
)

// sessionCookie is the cookie's name.
const sessionCookie = "steelthread_session"

// What a session holds.
const (
	sessionAccount  = "account"
	sessionTerminal = "terminal" // that it was opened at; empty at a desk
	sessionMethod   = "method"
)

// How a session was opened.
const (
	byPassword = "password"
	byBadge    = "badge"
	byOIDC     = "oidc"
)

// secretOf is the secret that a way of signing in uses.
var secretOf = map[string]mes.SecretKind{byPassword: mes.SecretPassword, byBadge: mes.SecretPIN}

// newSessions sets the session manager up. The store keeps a hash of the token, so that a copy of the database signs
// nobody in. The cookie ends with the browser; idle and whole life end on the server.
func newSessions(d Deps) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{d.Sessions} // the store's hash of a token is storedToken
	m.IdleTimeout, m.Lifetime = d.Limits.Idle, d.Limits.Lifetime
	m.HashTokenInStore = true
	m.Cookie = scs.SessionCookie{Name: sessionCookie, HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode, Persist: false}
	return m
}

// sessionStore gives the port the methods without a context that scs asks for and, having the others, never calls.
type sessionStore struct{ mes.Sessions }

func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// CommitCtx opens a session that beginSession describes, and keeps any other.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	if fresh, ok := ctx.Value(freshSession{}).(mes.Session); ok {
		return s.Open(ctx, token, b, expiry, fresh)
	}
	return s.Sessions.CommitCtx(ctx, token, b, expiry)
}

// freshSession is the context's key of the session that is being opened.
type freshSession struct{}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

var _ scs.CtxStore = sessionStore{}

// openSession finds the account of a session's token and, now and then, pushes its idle time out by awake; 0 leaves it.
func (s *Server) openSession(ctx context.Context, token string, awake time.Duration) (identity, error) {
	over := nobody("The session has ended.")
	if s.ids.isEnded(token) {
		return identity{}, over
	}
	sctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return identity{}, fmt.Errorf("load the session: %w", err)
	}
	id := s.sessions.GetString(sctx, sessionAccount)
	if id == "" {
		return identity{}, over
	}
	a, err := s.Accounts.Get(ctx, id)
	if mes.CodeOf(err) == mes.CodeNotFound || err == nil && !a.Active {
		return identity{}, over
	}
	if err != nil {
		return identity{}, err
	}
	if awake > 0 && s.ids.dueForTouch(token, awake) {
		if err := s.touchSession(sctx, token, awake); err != nil {
			return identity{}, err
		}
	}
	who, err := s.principalAt(ctx, a, s.sessions.GetString(sctx, sessionSite))
	if err != nil {
		return identity{}, err
	}
	if who.Site != a.Site && len(who.Roles) == 0 {
		return identity{}, nobody("Your roles at " + who.Site + " were withdrawn.")
	}
	method := s.sessions.GetString(sctx, sessionMethod)
	return identity{who: who, session: token, terminal: s.sessions.GetString(sctx, sessionTerminal), method: method, must: s.mustChange(a, method)}, nil
}

// mustChange tells which secret a session's person has to change before anything else.
func (s *Server) mustChange(a mes.Account, method string) mes.SecretKind {
	kind := secretOf[method]
	if kind == "" || !s.Secrets.MustChange(a, kind, s.Now()) {
		return ""
	}
	return kind
}

// storedToken is the form in which the store has a session's token.
func storedToken(token string) string {
	hash := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

// touchSession writes the new idle time. A sign-out that happens meanwhile wins.
func (s *Server) touchSession(sctx context.Context, token string, idle time.Duration) error {
	if _, _, err := s.idling(idle).Commit(sctx); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	if s.ids.isEnded(token) {
		return s.sessions.Destroy(sctx)
	}
	return nil
}

// beginSession opens a new session and returns its cookie. The token is always new: one that was planted in the
// browser before is worth nothing after.
func (s *Server) beginSession(ctx context.Context, a mes.Account, method string) (http.Cookie, error) {
	r := requestOf(ctx)
	ctx = context.WithValue(ctx, freshSession{}, mes.Session{Account: a.ID, Method: method, Station: r.station, Source: r.source})
	sctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return http.Cookie{}, fmt.Errorf("open a session: %w", err)
	}
	s.sessions.Put(sctx, sessionAccount, a.ID)
	s.sessions.Put(sctx, sessionMethod, method)
	if r.terminal != nil {
		s.sessions.Put(sctx, sessionTerminal, r.terminal.ID)
	}
	token, _, err := s.idling(s.idle(r)).Commit(sctx)
	if mes.CodeOf(err) == mes.CodeUnauthorized {
		return http.Cookie{}, err
	}
	if err != nil {
		return http.Cookie{}, fmt.Errorf("open a session: %w", err)
	}
	return s.cookie(token, 0), nil
}

// bindSession makes a session one of a terminal that its browser has become.
func (s *Server) bindSession(ctx context.Context, token, terminal string) error {
	sctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return fmt.Errorf("load the session: %w", err)
	}
	if s.sessions.Token(sctx) == "" {
		return nil
	}
	s.sessions.Put(sctx, sessionTerminal, terminal)
	s.ids.recall(token)
	return s.touchSession(sctx, token, s.Limits.Idle)
}

// idling is the session manager with another idle time.
func (s *Server) idling(idle time.Duration) *scs.SessionManager {
	m := *s.sessions
	m.IdleTimeout = idle
	return &m
}

// endSession forgets the session everywhere.
func (s *Server) endSession(ctx context.Context, token string) error {
	s.ids.forget(token)
	sctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return fmt.Errorf("load the session: %w", err)
	}
	if s.sessions.Token(sctx) == "" {
		return nil
	}
	return s.sessions.Destroy(sctx)
}

// cookie carries a session's token; a negative age takes it away.
func (s *Server) cookie(token string, age int) http.Cookie {
	c := s.sessions.Cookie
	return http.Cookie{Name: c.Name, Value: token, Path: c.Path, HttpOnly: c.HttpOnly, SameSite: c.SameSite, Secure: s.secure(), MaxAge: age}
}
