package api

import (
	"context"

	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/mes"
)

// attempt is one try to prove who one is, at a sign-in or at a signature.
type attempt struct {
	account mes.Account
	found   error  // of looking the account up
	name    string // as given, for the audit trail
	kind    mes.SecretKind
	secret  string
	// barred keeps the account out although the secret may be right: the identity provider's people sign in there.
	barred bool
}

// checkSecret is the one place where a secret is checked, for signing in and for signing; it counts and locks when it is
// wrong. An unknown name, an account of a program, one that has
// ended and a wrong secret look alike from outside, and take the same work.
func (s *Server) checkSecret(ctx context.Context, t attempt) error {
	if t.found != nil && mes.CodeOf(t.found) != mes.CodeNotFound {
		return t.found
	}
	usable := t.found == nil && t.account.Active && t.account.Kind == mes.AccountPerson && !t.barred
	hash := ""
	if usable {
		hash = t.account.Secret(t.kind).Hash
	}
	ok, err := auth.Check(ctx, hash, t.secret)
	if err != nil {
		return mes.Refuse(mes.CodeTooMany, "Too many people sign in at once.", "", "Try again in a moment.")
	}
	if !usable {
		return s.strangerFailed(ctx, t)
	}
	if t.account.Locked(s.Now()) {
		return lockedOut(*t.account.LockedUntil)
	}
	if !ok {
		return s.loginFailed(ctx, t)
	}
	return s.Accounts.LoginOK(ctx, t.account.ID)
}
