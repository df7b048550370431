package mes

import (
	"context"
	"time"
)

// Session is a sign-in that lasts, as lists show it. The cookie's token is not in it, nor its hash.
type Session struct {
	ID       int64     `json:"id"`
	Account  string    `json:"account"`
	Method   string    `json:"method"` // password, badge or oidc
	Started  time.Time `json:"started_at"`
	LastSeen time.Time `json:"last_seen"` // to a tenth of the idle time
	Expires  time.Time `json:"expires_at"`
	Source   string    `json:"source,omitempty"` // address that it was opened from
	Station  string    `json:"station,omitempty"`
	Mine     bool      `json:"mine,omitempty"` // the one that asks
}

// Sessions keeps browser sessions. The methods are those that scs asks of a store; those without a context exist for
// its sake only.
type Sessions interface {
	FindCtx(ctx context.Context, token string) (b []byte, found bool, err error)
	CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error
	DeleteCtx(ctx context.Context, token string) error
	Find(token string) (b []byte, found bool, err error)
	Commit(token string, b []byte, expiry time.Time) error
	Delete(token string) error
	// Sweep removes expired sessions.
	Sweep(ctx context.Context) error

	// Open stores a new session with whose it is. An account that has ended gets none. Codes: unauthorized.
	Open(ctx context.Context, token string, b []byte, expiry time.Time, s Session) error
	// Of lists an account's sessions that have not ended, newest first; mine marks the one of this token.
	Of(ctx context.Context, account, mine string) ([]Session, error)
	// Revoke ends an account's session, or all of them but the one of the token keep when id is 0. How many it were is
	// in the answer. Every process hears of it at once. Codes: not_found (id).
	Revoke(ctx context.Context, by Actor, account string, id int64, keep, reason string) (int, error)

	// BeginLogin keeps what a sign-in at the identity provider must come back with; TakeLogin gives it once.
	// Codes of TakeLogin: not_found (unknown, taken or too old).
	BeginLogin(ctx context.Context, p PendingLogin) error
	TakeLogin(ctx context.Context, stateHash string) (PendingLogin, error)
}
