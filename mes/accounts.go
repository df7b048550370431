package mes

import (
	"context"
	"fmt"
	"regexp"
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
	// Issuer and Subject name the person at the identity provider; empty for accounts of this house.
	Issuer  string `json:"issuer,omitempty"`
	Subject string `json:"-"`

	PasswordSetAt *time.Time `json:"password_set_at,omitempty"`
	PasswordGiven bool       `json:"-"`
	PINSetAt      *time.Time `json:"pin_set_at,omitempty"`
	PINGiven      bool       `json:"-"`

	EndedAt   *time.Time `json:"ended_at,omitempty"`
	EndedBy   string     `json:"ended_by,omitempty"`
	EndReason string     `json:"end_reason,omitempty"`
	LastLogin *time.Time `json:"last_login,omitempty"`
}

// accountID is how a new account may be called. Letters beyond ASCII are left out, since two of them can look the same.
var accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// ValidAccountID tells whether a new account may have this ID.
func ValidAccountID(id string) bool { return accountID.MatchString(id) }

// Federated tells that an identity provider knows the person. Such an account signs in there; a password of this house
// is for signing records only.
func (a Account) Federated() bool { return a.Issuer != "" }

// LeftAccount refuses to give the ID of somebody who has left (21 CFR 11.100(a)).
func LeftAccount(id string) error {
	return Refuse(CodeConflict, fmt.Sprintf("%s belongs to somebody who has left; an ID is never given again.", id), "Nothing was stored.", "Use another ID.")
}

// TakenAccount refuses an ID that another account has, in these letters or others.
func TakenAccount(id, has string) error {
	return Refuse(CodeConflict, fmt.Sprintf("The ID %s is taken by %s.", id, has), "Nothing was stored.", "Use another ID.")
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

// AccountState is where an account stands, as lists have it.
type AccountState string

// The states of an account.
const (
	AccountActive AccountState = "active"
	AccountLocked AccountState = "locked" // active, and failed tries keep it out
	AccountEnded  AccountState = "ended"
)

// State is where the account stands now.
func (a Account) State(now time.Time) AccountState {
	switch {
	case !a.Active:
		return AccountEnded
	case a.Locked(now):
		return AccountLocked
	}
	return AccountActive
}

// AccountFilter narrows the list of accounts, by ID. Zero fields do not narrow. Of a site are its own accounts and those
// of other sites that have a role there.
type AccountFilter struct {
	Paging
	Site  string
	Kind  AccountKind
	State AccountState
	Role  Role
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
	// People reads a page of accounts. Codes: unprocessable (cursor, sort).
	People(ctx context.Context, f AccountFilter) (Page[Account], error)
	// Create stores a new account with its first roles. Codes: conflict (ID in any letter case, badge), unprocessable.
	Create(ctx context.Context, by Actor, a Account, reason string) (Account, error)
	// Change sets name and badge. Codes: not_found, conflict (badge, ended), unprocessable.
	Change(ctx context.Context, by Actor, id, name, badge, reason string) (Account, error)
	// SetSecret stores a new password or PIN; given says that somebody else chose it. All sessions of the account end but
	// the one whose stored token is keep. reason is empty where the person chose it.
	// Codes: not_found, conflict (ended).
	SetSecret(ctx context.Context, by Actor, id string, kind SecretKind, hash string, given bool, keep, reason string) error
	// Secrets reads the hashes of the newest secrets, the present one first.
	Secrets(ctx context.Context, id string, kind SecretKind, n int) ([]string, error)
	// Unlock lets a locked account in again. Codes: not_found, conflict (not locked).
	Unlock(ctx context.Context, by Actor, id, reason string) (Account, error)
	// End closes an account for ever, with its sessions, tokens and roles. Codes: not_found, conflict (ended, last administrator).
	End(ctx context.Context, by Actor, id, reason string) (Account, error)
	// Assign gives a role at a site. Codes: not_found, conflict (has it, ended), unprocessable, forbidden (oneself).
	Assign(ctx context.Context, by Actor, id, site string, role Role, reason string) (Account, error)
	// Withdraw takes a role away. Codes: not_found (does not have it), conflict (last administrator).
	Withdraw(ctx context.Context, by Actor, id, site string, role Role, reason string) (Account, error)
	// Assignments reads all roles that an account has and had, newest first.
	Assignments(ctx context.Context, id string) ([]Assignment, error)
	// Federate makes or updates the account of a person who signed in at the identity provider. What the claims do not
	// give is withdrawn. Codes: conflict (ID taken, account ended), unprocessable (ID).
	Federate(ctx context.Context, f Federated) (Account, error)
	// AddToken stores a token's hash; the token names what it may do of what its account may, and its end.
	// Codes: not_found (account), unprocessable (not a service account, no scopes, no end), conflict (ended).
	AddToken(ctx context.Context, by Actor, t Token, reason string) error
	// TokenOf finds a token by its hash, also one that has ended. Codes: not_found.
	TokenOf(ctx context.Context, hash string) (Token, error)
	// Tokens lists an account's tokens, newest first.
	Tokens(ctx context.Context, account string) ([]Token, error)
	// EndToken ends one token at once. Codes: not_found, conflict (ended already).
	EndToken(ctx context.Context, by Actor, account string, id int64, reason string) (Token, error)
	// UsedToken notes that a token was used.
	UsedToken(ctx context.Context, hash string) error
	// RevokeToken ends the account's tokens of the given name at once. Codes: not_found.
	RevokeToken(ctx context.Context, by Actor, account, name, reason string) error
	// Qualifications reads a person's certificates that count, expired ones included.
	Qualifications(ctx context.Context, id string) ([]Qualification, error)
	// Qualify stores or renews a certificate on the word of a plant's files, without evidence; a skill that nobody has
	// described gets its ID as its name. People use Qualifications.Grant. Codes: not_found (account), unprocessable.
	Qualify(ctx context.Context, by Actor, id string, q Qualification, issuer string) error
}
