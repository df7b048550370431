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

// proof is what a person shows when they sign: name and password, or badge and PIN.
type proof struct {
	User, Password string
	Badge, PIN     string
}

// prove checks who signs. It is a sign-in without a session: failures count and lock in the same way, and a secret that
// must be changed proves nothing (21 CFR 11.200, 11.300).
func (s *Server) prove(ctx context.Context, p proof) (mes.Signer, error) {
	t, method := attempt{name: p.User, kind: mes.SecretPassword, secret: p.Password}, mes.SignedByPassword
	if p.Badge != "" {
		t, method = attempt{name: "badge " + p.Badge, kind: mes.SecretPIN, secret: p.PIN}, mes.SignedByBadge
		t.account, t.found = s.Accounts.ByBadge(ctx, p.Badge)
	} else {
		t.account, t.found = s.Accounts.Get(ctx, p.User)
	}
	if err := s.proven(ctx, t); err != nil {
		return mes.Signer{}, err
	}
	if s.Secrets.MustChange(t.account, t.kind, s.Now()) {
		return mes.Signer{}, mes.SecretEnded(t.kind, "Nothing was signed.")
	}
	r, who := requestOf(ctx), t.account.Principal()
	return mes.Signer{ID: who.ID, Name: who.Name, Roles: who.Roles, Method: method, Station: r.station, Source: r.from()}, nil
}

// proven checks a secret, and counts and locks when it is wrong. An unknown name, an account of a program, one that has
// ended and a wrong secret look alike from outside, and take the same work.
func (s *Server) proven(ctx context.Context, t attempt) error {
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
