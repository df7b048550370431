package mes

import (
	"slices"
	"time"
)

// Token is a service account's bearer token; only its hash is stored.
type Token struct {
	ID        int64      `json:"id"`
	Hash      string     `json:"-"` // hex SHA-256 of the token
	Account   string     `json:"account"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"` // rights that it may use of its account's; ScopeAll alone means each of them
	CreatedBy string     `json:"created_by,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	LastUsed  *time.Time `json:"last_used,omitempty"` // to the minute
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	RevokedBy string     `json:"revoked_by,omitempty"`
}

// ScopeAll stands for every right that the account has, and will have. No new token gets it; those of installations before
// tokens had scopes keep it until they are replaced.
const ScopeAll = "*"

// MaxTokenDays is the longest life of a token that is made through the API.
const MaxTokenDays = 400

// Covers tells whether the token may use a right that its account has.
func (t Token) Covers(right string) bool {
	return slices.Contains(t.Scopes, ScopeAll) || slices.Contains(t.Scopes, right)
}

// State is what a token is worth now.
func (t Token) State(now time.Time) TokenState {
	switch {
	case t.RevokedAt != nil:
		return TokenRevoked
	case t.ExpiresAt != nil && !now.Before(*t.ExpiresAt):
		return TokenExpired
	}
	return TokenActive
}

// TokenState says what a token is worth.
type TokenState string

// The states of a token.
const (
	TokenActive  TokenState = "active"
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// ValidateToken names what keeps a token from being made. may are the rights that its account has now; now is the clock.
func ValidateToken(t Token, may []string, now time.Time) error {
	var f Faults
	f.Check(!blank(t.Name), "name", "is missing")
	f.Check(len(t.Scopes) > 0, "scopes", "name at least one right")
	for _, s := range t.Scopes {
		f.Check(slices.Contains(may, s), "scopes", "%s does not have the right %q", t.Account, s)
	}
	last := now.AddDate(0, 0, MaxTokenDays)
	f.Check(t.ExpiresAt != nil, "expires_at", "is missing")
	f.Check(t.ExpiresAt == nil || t.ExpiresAt.After(now), "expires_at", "must be in the future")
	f.Check(t.ExpiresAt == nil || !t.ExpiresAt.After(last), "expires_at", "must be within %d days", MaxTokenDays)
	return f.Err("The token was not made.")
}
