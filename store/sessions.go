package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Sessions keeps browser sessions, so that they outlive a restart. Its methods are those of an scs store.
type Sessions struct{ db }

var _ mes.Sessions = (*Sessions)(nil)

// FindCtx reads a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	b, err := s.q.FindSession(ctx, token)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return b, err == nil, translate(err)
}

// CommitCtx stores what an open session holds. One that was ended meanwhile stays ended.
func (s *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return translate(s.q.CommitSession(ctx, sqlcgen.CommitSessionParams{Token: token, Data: b, Expiry: expiry}))
}

// DeleteCtx ends a session.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return translate(s.q.DeleteSession(ctx, token))
}

// Find is FindCtx for callers without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for callers without a context.
func (s *Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx for callers without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// Sweep removes expired sessions, and sign-ins that never came back from the identity provider.
func (s *Sessions) Sweep(ctx context.Context) error {
	if err := s.q.SweepSessions(ctx); err != nil {
		return translate(err)
	}
	return translate(s.q.SweepLogins(ctx))
}

// Open stores a new session with whose it is.
func (s *Sessions) Open(ctx context.Context, token string, b []byte, expiry time.Time, o mes.Session) error {
	n, err := s.q.OpenSession(ctx, sqlcgen.OpenSessionParams{Token: token, Data: b, Expiry: expiry, Account: o.Account, Method: o.Method, Source: o.Source, Station: o.Station})
	if err == nil && n == 0 {
		return mes.Refuse(mes.CodeUnauthorized, "The account has ended.", "Nobody is signed in.", "Call an administrator.")
	}
	return translate(err)
}

// Of lists an account's sessions.
func (s *Sessions) Of(ctx context.Context, account, mine string) ([]mes.Session, error) {
	rows, err := s.q.SessionsOf(ctx, sqlcgen.SessionsOfParams{Account: account, Mine: mine})
	out := make([]mes.Session, len(rows))
	for i, r := range rows {
		out[i] = mes.Session{ID: r.ID, Account: r.Account, Method: r.Method, Started: r.StartedAt, LastSeen: r.LastSeen, Expires: r.Expiry, Source: r.Source, Station: r.Station, Mine: r.Mine}
	}
	return out, translate(err)
}

// Revoke ends one session of an account, or all but one.
func (s *Sessions) Revoke(ctx context.Context, by mes.Actor, account string, id int64, keep, reason string) (int, error) {
	var ended int64
	err := s.change(ctx, func(w *work) error {
		a, err := w.AccountByID(ctx, account)
		if err != nil {
			return missing(err, "Account", account)
		}
		if id == 0 {
			ended, err = w.RevokeSessions(ctx, sqlcgen.RevokeSessionsParams{Account: account, Keep: keep})
		} else {
			ended, err = w.RevokeSession(ctx, sqlcgen.RevokeSessionParams{Account: account, ID: id})
		}
		if err != nil {
			return err
		}
		if id != 0 && ended == 0 {
			return mes.NotFound("Session", strconv.FormatInt(id, 10))
		}
		w.tell(a.Site, mes.EventAccount, account)
		return w.audit(by, "sessions_revoked", "account", account, reason, "", nil, map[string]any{"session": id, "ended": ended})
	})
	return int(ended), err
}

// BeginLogin keeps what a sign-in at the identity provider must come back with.
func (s *Sessions) BeginLogin(ctx context.Context, p mes.PendingLogin) error {
	return translate(s.q.BeginLogin(ctx, sqlcgen.BeginLoginParams{StateHash: p.StateHash, Nonce: p.Nonce, Verifier: p.Verifier, Next: p.Next, ExpiresAt: p.ExpiresAt}))
}

// TakeLogin gives it, once.
func (s *Sessions) TakeLogin(ctx context.Context, stateHash string) (mes.PendingLogin, error) {
	r, err := s.q.TakeLogin(ctx, stateHash)
	if err == nil && !r.ExpiresAt.After(time.Now()) {
		err = pgx.ErrNoRows
	}
	return mes.PendingLogin{StateHash: r.StateHash, Nonce: r.Nonce, Verifier: r.Verifier, Next: r.Next, ExpiresAt: r.ExpiresAt}, missing(err, "Sign-in", "")
}
