package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Accounts keeps people and programs, their tokens and certificates.
type Accounts struct{ db }

var _ mes.Accounts = (*Accounts)(nil)

func accountOf(a sqlcgen.Account) mes.Account {
	out := mes.Account{ID: a.ID, Name: a.Name, Kind: mes.AccountKind(a.Kind), Site: a.Site, PasswordHash: a.PasswordHash, PINHash: a.PinHash,
		Active: a.Active, Failures: a.Failures, LockedUntil: a.LockedUntil, CreatedAt: a.CreatedAt}
	for _, r := range a.Roles {
		out.Roles = append(out.Roles, mes.Role(r))
	}
	if a.Badge != nil {
		out.Badge = *a.Badge
	}
	return out
}

// Get finds an account by its ID.
func (a *Accounts) Get(ctx context.Context, id string) (mes.Account, error) {
	row, err := a.q.AccountByID(ctx, id)
	return accountOf(row), missing(err, "Account", id)
}

// ByBadge finds the account that a badge belongs to.
func (a *Accounts) ByBadge(ctx context.Context, badge string) (mes.Account, error) {
	row, err := a.q.AccountByBadge(ctx, badge)
	return accountOf(row), missing(err, "Badge", badge)
}

// ByToken finds the account of a token that is neither expired nor revoked. The hash is no secret that helps anyone,
// but it is left out of the error all the same.
func (a *Accounts) ByToken(ctx context.Context, hash string) (mes.Account, error) {
	row, err := a.q.AccountByToken(ctx, hash)
	return accountOf(row), missing(err, "Token", "")
}

// List reads the accounts of a site.
func (a *Accounts) List(ctx context.Context, site string) ([]mes.Account, error) {
	rows, err := a.q.Accounts(ctx, site)
	out := make([]mes.Account, len(rows))
	for i, r := range rows {
		out[i] = accountOf(r)
	}
	return out, translate(err)
}

// LoginFailed counts a failure; each full row of failures locks the account anew.
func (a *Accounts) LoginFailed(ctx context.Context, id, source string) (mes.Account, error) {
	var out mes.Account
	err := a.change(ctx, func(w *work) error {
		row, err := w.LoginFailed(ctx, sqlcgen.LoginFailedParams{ID: id, LimitAt: mes.MaxLoginFailures, LockSeconds: mes.LoginLock.Seconds()})
		if err != nil {
			return missing(err, "Account", id)
		}
		out = accountOf(row)
		action := "login_failed"
		if out.Failures%mes.MaxLoginFailures == 0 {
			action = "account_locked"
		}
		return w.audit(mes.Actor{ID: id, Source: source}, action, "account", id, "", "", nil, map[string]any{"failures": out.Failures, "locked_until": out.LockedUntil})
	})
	return out, err
}

// LoginOK forgets earlier failures.
func (a *Accounts) LoginOK(ctx context.Context, id string) error {
	return translate(a.q.LoginOK(ctx, id))
}

// Upsert stores an account. Its kind never changes, since rights hang on it.
func (a *Accounts) Upsert(ctx context.Context, by mes.Actor, n mes.Account) error {
	if err := checkAccount(n); err != nil {
		return err
	}
	return a.change(ctx, func(w *work) error {
		was, err := w.LockAccount(ctx, n.ID)
		known := err == nil
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if known && was.Kind != string(n.Kind) {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is a %s account.", n.ID, was.Kind), "Nothing was stored.", "Use another ID.")
		}
		if err := w.putAccount(ctx, n); err != nil {
			return err
		}
		var before any
		if known {
			before = accountOf(was)
		}
		return w.audit(by, "account_stored", "account", n.ID, "", "", before, map[string]any{"account": n, "password_set": n.PasswordHash != "", "pin_set": n.PINHash != ""})
	})
}

func (w *work) putAccount(ctx context.Context, n mes.Account) error {
	p := sqlcgen.PutAccountParams{ID: n.ID, Name: n.Name, Kind: string(n.Kind), Site: n.Site, PasswordHash: n.PasswordHash, PinHash: n.PINHash, Active: n.Active, Roles: []string{}}
	for _, r := range n.Roles {
		p.Roles = append(p.Roles, string(r))
	}
	if n.Badge != "" {
		p.Badge = &n.Badge
	}
	err := w.PutAccount(ctx, p)
	if violates(err, "account_badge_key") {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Badge %s belongs to another account.", n.Badge), "Nothing was stored.", "Take it away there first.")
	}
	return err
}

func checkAccount(n mes.Account) error {
	var f mes.Faults
	f.Check(n.ID != "", "id", "is missing")
	f.Check(n.Name != "", "name", "is missing")
	f.Check(n.Kind == mes.AccountPerson || n.Kind == mes.AccountService, "kind", "must be person or service")
	f.Check(len(n.Roles) > 0, "roles", "name at least one")
	for i, r := range n.Roles {
		f.Check(slices.Contains(mes.Roles, r), fmt.Sprintf("roles[%d]", i), "%q is not a role", r)
	}
	return f.Err("The account was not stored.")
}

// AddToken stores the hash of a service account's token.
func (a *Accounts) AddToken(ctx context.Context, by mes.Actor, t mes.Token) error {
	return a.change(ctx, func(w *work) error {
		row, err := w.LockAccount(ctx, t.Account)
		if err != nil {
			return missing(err, "Account", t.Account)
		}
		var f mes.Faults
		f.Check(row.Kind == string(mes.AccountService), "account", "%s is a person; tokens are for programs", t.Account)
		f.Check(t.Hash != "", "hash", "is missing")
		if err := f.Err("The token was not stored."); err != nil {
			return err
		}
		if err := w.later.AddToken(ctx, sqlcgen.AddTokenParams{Hash: t.Hash, Account: t.Account, Name: t.Name, ExpiresAt: t.ExpiresAt}); err != nil {
			return err
		}
		return w.audit(by, "token_added", "account", t.Account, "", "", nil, t)
	})
}

// RevokeToken ends tokens at once.
func (a *Accounts) RevokeToken(ctx context.Context, by mes.Actor, account, name string) error {
	return a.change(ctx, func(w *work) error {
		n, err := w.RevokeToken(ctx, sqlcgen.RevokeTokenParams{Account: account, Name: name})
		if err != nil {
			return err
		}
		if n == 0 {
			return mes.NotFound("Token", account+"/"+name)
		}
		return w.audit(by, "token_revoked", "account", account, "", "", nil, map[string]string{"name": name})
	})
}

// Qualifications reads a person's certificates.
func (a *Accounts) Qualifications(ctx context.Context, id string) ([]mes.Qualification, error) {
	rows, err := a.q.Qualifications(ctx, id)
	out := make([]mes.Qualification, len(rows))
	for i, r := range rows {
		out[i] = mes.Qualification{ID: r.ID, Level: r.Level, ExpiresAt: r.ExpiresAt}
	}
	return out, translate(err)
}

// Qualify stores or renews a certificate.
func (a *Accounts) Qualify(ctx context.Context, by mes.Actor, id string, q mes.Qualification, issuer string) error {
	var f mes.Faults
	f.Check(q.ID != "", "id", "is missing")
	f.Check(q.Level > 0, "level", "must be above 0")
	if err := f.Err("The certificate was not stored."); err != nil {
		return err
	}
	return a.change(ctx, func(w *work) error {
		err := w.PutQualification(ctx, sqlcgen.PutQualificationParams{Account: id, ID: q.ID, Level: q.Level, Issuer: issuer, ExpiresAt: q.ExpiresAt})
		var p *pgconn.PgError
		if errors.As(err, &p) && p.ConstraintName == "qualification_account_fkey" {
			return mes.NotFound("Account", id)
		}
		if err != nil {
			return err
		}
		return w.audit(by, "qualified", "account", id, "", "", nil, q)
	})
}
