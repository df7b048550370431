package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

// request is what is known of one request while it passes through the middleware.
type request struct {
	id      string
	route   *route // nil where the address leads nowhere
	who     mes.Principal
	session string         // token of the session, empty for a bearer token
	token   *mes.Token     // of a program, nil for a person
	must    mes.SecretKind // that the person has to change before anything else
	method  string         // of the sign-in
	// terminal is the registered one that the request comes from, nil at a desk; station is where it stands.
	terminal *mes.Terminal
	station  string
	// wall tells that the terminal itself asks, with nobody signed in.
	wall bool
	// terminalCookie is the token that the browser sent, whatever it is worth.
	terminalCookie string
	decided        bool // the policy was asked with the facts of the case
	// quiet is a request that a screen makes by itself, with nobody's hand on it: it keeps no session awake.
	quiet   bool
	source  string // where it came from, for the audit trail
	key     string // of the command
	subject string // of the command's audit row; empty means the first path parameter
	problem *Problem
	cut     mes.Cut // the body without its pictures, and these
}

type requestKey struct{}

// requestOf finds the request of a context. A context without one gets an empty request, so that callers need no check.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// actor is the account with its station, as commands carry it.
func (r *request) actor() mes.Actor {
	return mes.Actor{ID: r.who.ID, Station: r.station, Source: r.source}
}

// scopedKey is the command's key within its account, as the ledger keeps it: two people may use the same key.
func (r *request) scopedKey() string { return r.who.ID + "/" + r.key }

// from is the terminal or address that the audit trail names.
func (r *request) from() string {
	if r.station != "" {
		return r.station
	}
	return r.source
}

const headerRequestID = "X-Request-ID"

// plainID accepts IDs that a caller gives for tracing; others are replaced, so that no log line can be forged.
var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// observe opens the request and, when it is over, logs and counts it. It is the outermost layer, so it also catches a
// panic: one request fails, the plant goes on.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		started := time.Now()
		req := c.Request()
		r := &request{id: req.Header.Get(headerRequestID), route: s.routes[routeKey{req.Method, c.Path()}], source: remoteHost(req)}
		if !plainID.MatchString(r.id) {
			r.id = rand.Text()
		}
		c.Response().Header().Set(headerRequestID, r.id)
		ctx := context.WithValue(req.Context(), requestKey{}, r)
		ctx, span := s.startSpan(ctx, c)
		c.SetRequest(req.WithContext(ctx))
		defer func() {
			if v := recover(); v != nil {
				s.panicked(c, r, v)
			}
			s.closeRequest(c, r, time.Since(started))
			endSpan(span, c.Response().Status, r)
		}()
		if err := next(c); err != nil {
			s.unrouted(err, c)
		}
		return nil
	}
}

// panicked answers for a handler that could not. A handler that gave its connection up on purpose is left to the server.
func (s *Server) panicked(c echo.Context, r *request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	slog.ErrorContext(c.Request().Context(), "handler panicked", "request_id", r.id, "panic", v, "stack", string(debug.Stack()))
	s.unrouted(fmt.Errorf("panic: %v", v), c)
}

// closeRequest counts and logs. Neither body, query, cookie nor token is logged: they hold secrets and personal data.
func (s *Server) closeRequest(c echo.Context, r *request, took time.Duration) {
	status := c.Response().Status
	path := c.Path()
	if r.route == nil {
		path = "unrouted"
	}
	s.meters.requests.WithLabelValues(c.Request().Method, path, statusClass(status)).Observe(took.Seconds())
	level := slog.LevelDebug
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelWarn
	case hostile(status) || status == http.StatusUnauthorized && presentsSecret(c.Request()):
		level = slog.LevelInfo
	}
	ctx := c.Request().Context()
	if !s.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("request_id", r.id), slog.String("method", c.Request().Method), slog.String("route", path), slog.Int("status", status),
		slog.Duration("took", took), slog.String("account", r.who.ID), slog.String("from", r.source)}
	if r.problem != nil {
		attrs = append(attrs, slog.String("code", string(r.problem.Code)))
	}
	s.Log.LogAttrs(ctx, level, "request", attrs...)
}

// hostile tells of answers that honest clients seldom get: they are worth a line in the log.
func hostile(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		return true
	}
	return false
}

// presentsSecret tells that the request came with a token, a session or a password; one without is a person who has not
// signed in yet.
func presentsSecret(r *http.Request) bool {
	return presentsCredential(r) || r.Method == http.MethodPost
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func statusClass(status int) string {
	classes := [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}
	if i := status/100 - 1; i >= 0 && i < len(classes) {
		return classes[i]
	}
	return "none"
}
