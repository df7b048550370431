package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
)

const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotency-Replayed"
	// maxKey is the longest key.
	maxKey = 128
)

// onlyOnce gives a repeated command its first answer. Only final answers are kept: done, or refused by a rule. What
// failed for want of a database, or is still under way, may be tried again under the same key.
func (s *Server) onlyOnce(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := requestOf(c.Request().Context())
		if r.route == nil || !r.route.Command {
			return next(c)
		}
		if r.route.Unkept {
			return s.audited(c, r, next)
		}
		key := c.Request().Header.Get(headerKey)
		if key == "" {
			r.key = rand.Text()
			c.Response().Header().Set(headerKey, r.key)
			return s.audited(c, r, next)
		}
		if !validKey(key) {
			return mes.Refuse(codeMalformed, fmt.Sprintf("%s has 1 to %d printable characters without spaces.", headerKey, maxKey), "Nothing was changed.", "Use a UUID.")
		}
		r.key = key
		hash, err := hashRequest(c.Request(), r.route.Secret)
		if err != nil {
			return err
		}
		unlock, ok := s.keys.lock(c.Request().Context(), r.scopedKey(), s.Limits.Wait)
		if !ok {
			return mes.Refuse(mes.CodeUnavailable, "The same command is still under way.", "It goes on.", "Send it again in a moment, with the same key, to get its answer.")
		}
		defer unlock()
		return s.answerOnce(c, r, hash, next)
	}
}

// answerOnce looks for the first answer, or makes and keeps it.
func (s *Server) answerOnce(c echo.Context, r *request, hash string, next echo.HandlerFunc) error {
	ctx := c.Request().Context()
	first, found, err := s.Answers.Find(ctx, r.who.ID, r.key)
	if err != nil {
		return err
	}
	if found && first.RequestHash != hash {
		return mes.Refuse(codeKeyReused, "This Idempotency-Key was used for another request.", "Nothing was changed.", "Send each command with a key of its own.")
	}
	if found {
		c.Response().Header().Set(headerReplayed, "true")
		return c.Blob(first.Status, first.ContentType, first.Body)
	}
	tee := &recorder{ResponseWriter: c.Response().Writer}
	c.Response().Writer = tee
	if err := s.audited(c, r, next); err != nil {
		s.unrouted(err, c)
	}
	status := c.Response().Status
	if !isFinal(status) {
		return nil
	}
	a := mes.Answer{Account: r.who.ID, Key: r.key, RequestHash: hash, Status: status, ContentType: c.Response().Header().Get(echo.HeaderContentType), Body: tee.body.Bytes()}
	// The command is done: it is remembered even when its sender has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Answers.Store(ctx, a); err != nil {
		s.Log.WarnContext(ctx, "answer not kept; a repetition relies on the ledger's own keys", "request_id", r.id, "err", err)
	}
	return nil
}

// audited runs a command and writes its refusal to the audit trail.
func (s *Server) audited(c echo.Context, r *request, next echo.HandlerFunc) error {
	if err := next(c); err != nil {
		s.unrouted(err, c)
	}
	if p := r.problem; p != nil {
		s.auditRefusal(c, r, p)
	}
	return nil
}

// auditRefusal records who was refused what, and why. Refusals leave no trace in a workflow's history.
func (s *Server) auditRefusal(c echo.Context, r *request, p *Problem) {
	switch p.Status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return
	}
	after, err := json.Marshal(struct {
		Command string         `json:"command"`
		Code    mes.Code       `json:"code"`
		Errors  []FieldProblem `json:"errors,omitempty"`
	}{r.route.ID, p.Code, p.Errors})
	if err != nil {
		after = nil // strings always encode
	}
	subject := r.subject
	if values := c.ParamValues(); subject == "" && len(values) > 0 {
		subject = values[0]
	}
	row := mes.AuditRow{Actor: r.who.ID, Action: mes.AuditRefused, Noun: r.route.Noun, Subject: subject, Reason: p.Detail, After: after, Source: r.from(), Key: r.key}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), 5*time.Second)
	defer cancel()
	if err := s.Audits.Append(ctx, row); err != nil {
		s.Log.ErrorContext(ctx, "refusal not in the audit trail", "request_id", r.id, "command", r.route.ID, "err", err)
	}
}

// isFinal tells whether a command's answer will not change by itself.
func isFinal(status int) bool {
	switch status {
	case http.StatusAccepted:
		return false
	case http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return status >= 200 && status < 300
}

func validKey(key string) bool {
	return len(key) <= maxKey && strings.IndexFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// hashRequest identifies a request by method, address and body (without passwords, where it has some), and puts the body back for the handler.
func hashRequest(r *http.Request, secret bool) (string, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return "", tooLargeError(tooLarge.Limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", mes.Refuse(codeTimeout, "The request came too slowly.", "Nothing was changed.", "Send it again.")
	}
	if err != nil {
		return "", mes.Refuse(codeMalformed, "The request's body did not arrive whole.", "Nothing was changed.", "Send it again.")
	}
	again := io.NopCloser(bytes.NewReader(body))
	if timed, ok := r.Body.(*timedBody); ok {
		again = &timedBody{again, timed.control} // huma sets a deadline of its own when it reads
	}
	r.Body = again
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n") // a hash never fails to write
	if secret {
		body = withoutSecrets(body)
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// recorder keeps a copy of the answer while it goes out.
type recorder struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// keyLocks lets commands with the same key pass one after the other, so that the second finds the first's answer.
// Between processes the ledger's keys do the same, under the database's locks.
type keyLocks struct {
	mu   sync.Mutex
	held map[string]*keyLock
}

type keyLock struct {
	turn  chan struct{} // holds one token while a command has the key
	users int
}

func newKeyLocks() *keyLocks { return &keyLocks{held: map[string]*keyLock{}} }

// lock waits for the key, but no longer than patience; ok tells whether it came.
func (k *keyLocks) lock(ctx context.Context, key string, patience time.Duration) (unlock func(), ok bool) {
	k.mu.Lock()
	l := k.held[key]
	if l == nil {
		l = &keyLock{turn: make(chan struct{}, 1)}
		k.held[key] = l
	}
	l.users++
	k.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; k.leave(key, l) }, true
	case <-ctx.Done():
		k.leave(key, l)
		return nil, false
	}
}

func (k *keyLocks) leave(key string, l *keyLock) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(k.held, key)
	}
}
