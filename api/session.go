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
	sessionAccount = "account"
	sessionStation = "station"
	sessionMethod  = "method"
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

// openSession finds the account of a session's token and, now and then, pushes its idle time out.
func (s *Server) openSession(ctx context.Context, token string) (identity, error) {
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
	if s.ids.dueForTouch(token, s.Limits.Idle) {
		if err := s.touchSession(sctx, token); err != nil {
			return identity{}, err
		}
	}
	method := s.sessions.GetString(sctx, sessionMethod)
	return identity{who: a.Principal(), session: token, station: s.sessions.GetString(sctx, sessionStation), method: method, must: s.mustChange(a, method)}, nil
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
func (s *Server) touchSession(sctx context.Context, token string) error {
	if _, _, err := s.sessions.Commit(sctx); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	if s.ids.isEnded(token) {
		return s.sessions.Destroy(sctx)
	}
	return nil
}

// beginSession opens a new session and returns its cookie. The token is always new: one that was planted in the
// browser before is worth nothing after.
func (s *Server) beginSession(ctx context.Context, a mes.Account, method, station string) (http.Cookie, error) {
	ctx = context.WithValue(ctx, freshSession{}, mes.Session{Account: a.ID, Method: method, Station: station, Source: requestOf(ctx).source})
	sctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return http.Cookie{}, fmt.Errorf("open a session: %w", err)
	}
	s.sessions.Put(sctx, sessionAccount, a.ID)
	s.sessions.Put(sctx, sessionStation, station)
	s.sessions.Put(sctx, sessionMethod, method)
	token, _, err := s.sessions.Commit(sctx)
	if mes.CodeOf(err) == mes.CodeUnauthorized {
		return http.Cookie{}, err
	}
	if err != nil {
		return http.Cookie{}, fmt.Errorf("open a session: %w", err)
	}
	return s.cookie(token, 0), nil
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
