package mes

import (
	"context"
	"time"
)

// AccountKind tells people from programs.
type AccountKind string

// The kinds of account.
const (
	AccountPerson  AccountKind = "person"
	AccountService AccountKind = "service"
)

// Account is a person or a program. It is never deleted, and its ID is never given to another.
type Account struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Kind         AccountKind `json:"kind"`
	Site         string      `json:"site"`
	Roles        []Role      `json:"roles"`
	PasswordHash string      `json:"-"`
	PINHash      string      `json:"-"`
	Badge        string      `json:"badge,omitempty"`
	Active       bool        `json:"active"`
	Failures     int         `json:"-"`
	LockedUntil  *time.Time  `json:"locked_until,omitempty"`
	CreatedAt    time.Time   `json:"created_at"`
}

// Locked tells whether failed logins keep the account out at the given time.
func (a Account) Locked(now time.Time) bool { return a.LockedUntil != nil && a.LockedUntil.After(now) }

// Principal is the account as the rest of a request sees it.
func (a Account) Principal() Principal {
	return Principal{ID: a.ID, Name: a.Name, Roles: a.Roles, Site: a.Site, Service: a.Kind == AccountService}
}

// MaxLoginFailures in a row lock an account for LoginLock (21 CFR 11.300(d)).
const MaxLoginFailures = 5

// LoginLock is how long failed logins keep an account out.
const LoginLock = 5 * time.Minute

// Token is a service account's bearer token; only its hash is stored.
type Token struct {
	Hash      string     `json:"-"` // hex SHA-256 of the token
	Account   string     `json:"account"`
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// Accounts keeps people, programs, their tokens and certificates. Every change writes an audit row.
type Accounts interface {
	// Get, ByBadge and ByToken find an account. ByToken finds nothing for a token that is expired or revoked.
	// Codes: not_found.
	Get(ctx context.Context, id string) (Account, error)
	ByBadge(ctx context.Context, badge string) (Account, error)
	ByToken(ctx context.Context, hash string) (Account, error)
	// List reads the accounts of a site.
	List(ctx context.Context, site string) ([]Account, error)
	// LoginFailed counts a failure from a terminal or address and locks after MaxLoginFailures in a row. Codes: not_found.
	LoginFailed(ctx context.Context, id, source string) (Account, error)
	// LoginOK forgets earlier failures.
	LoginOK(ctx context.Context, id string) error
	// Upsert stores name, kind, site, roles, badge and active; hashes only where they are not empty.
	// Codes: conflict (badge of another account, or another kind under the same ID), unprocessable.
	Upsert(ctx context.Context, by Actor, a Account) error
	// AddToken stores a token's hash. Codes: not_found (account), unprocessable (not a service account).
	AddToken(ctx context.Context, by Actor, t Token) error
	// RevokeToken ends the account's tokens of the given name at once. Codes: not_found.
	RevokeToken(ctx context.Context, by Actor, account, name string) error
	// Qualifications reads a person's certificates, expired ones included.
	Qualifications(ctx context.Context, id string) ([]Qualification, error)
	// Qualify stores or renews a certificate. Codes: not_found (account), unprocessable.
	Qualify(ctx context.Context, by Actor, id string, q Qualification, issuer string) error
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
}
