package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Accounts keeps people and programs, their tokens and certificates.
type Accounts struct{ db }

var _ mes.Accounts = (*Accounts)(nil)

func accountOf(a sqlcgen.Account) mes.Account {
	out := mes.Account{ID: a.ID, Name: a.Name, Kind: mes.AccountKind(a.Kind), Site: a.Site, PasswordHash: a.PasswordHash, PINHash: a.PinHash,
		Active: a.Active, Failures: a.Failures, LockedUntil: a.LockedUntil, CreatedAt: a.CreatedAt, Issuer: a.Issuer, Subject: a.Subject,
		PasswordSetAt: a.PasswordSetAt, PasswordGiven: a.PasswordGiven, PINSetAt: a.PinSetAt, PINGiven: a.PinGiven,
		EndedAt: a.EndedAt, EndedBy: a.EndedBy, EndReason: a.EndReason, LastLogin: a.LastLogin}
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

// LoginFailed counts a failure; each full row of failures locks the account anew and tells the administrators.
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
			if err := w.lockedOut(ctx, out); err != nil {
				return err
			}
		}
		return w.audit(mes.Actor{ID: id, Source: source}, action, "account", id, "", "", nil, map[string]any{"failures": out.Failures, "locked_until": out.LockedUntil})
	})
	return out, err
}

// lockedOut tells the administrators of a lock (21 CFR 11.300(d)).
func (w *work) lockedOut(ctx context.Context, a mes.Account) error {
	key := fmt.Sprintf("login_locked/%s/%s", a.ID, a.LockedUntil.UTC().Format(time.RFC3339Nano))
	return w.alert(ctx, key, mes.Alert{Site: a.Site, Kind: mes.AlertLoginLocked, Severity: mes.SeverityHigh, Noun: "account", Subject: a.ID, Role: mes.RoleAdmin,
		Text: fmt.Sprintf("%s was locked out after %d failed tries.", a.ID, a.Failures)})
}

// LoginOK notes that somebody proved who they are. Earlier failures are forgotten, and the alert on them is over.
func (a *Accounts) LoginOK(ctx context.Context, id string) error {
	return a.change(ctx, func(w *work) error {
		was, err := w.LoggedIn(ctx, id)
		if err != nil {
			return missing(err, "Account", id)
		}
		if !was.WasFailed {
			return nil
		}
		return w.letIn(ctx, was.Site, id, "Signed in.")
	})
}

// letIn forgets failures and settles the alert on them.
func (w *work) letIn(ctx context.Context, site, id, comment string) error {
	if err := w.later.ForgetFailures(ctx, id); err != nil {
		return err
	}
	return w.settle(ctx, site, "account", id, comment, mes.AlertLoginLocked)
}

// People reads a page of accounts.
func (a *Accounts) People(ctx context.Context, f mes.AccountFilter) (mes.Page[mes.Account], error) {
	l := newListing("account a", f.Paging, sorts{"": nil, "id": nil, "name": {{"lower(a.name)", "text", false}}, "last_login": {{"coalesce(a.last_login, '-infinity')", "timestamptz", true}}},
		column{"a.id", "text", false})
	l.where("? IN (SELECT a.site UNION ALL SELECT r.site FROM role_assignment r WHERE r.account = a.id AND r.until_at IS NULL)", f.Site).where("a.kind = ?", string(f.Kind)).where("? = ANY(a.roles)", string(f.Role))
	l.when(f.State == mes.AccountActive, "a.active").when(f.State == mes.AccountEnded, "NOT a.active").when(f.State == mes.AccountLocked, "a.active AND a.locked_until > now()")
	l.search(f.Text, "a.id", "a.name", "coalesce(a.badge, '')")
	const columns = "a.id, a.name, a.kind, a.site, a.roles, coalesce(a.badge, ''), a.active, a.locked_until, a.created_at, a.issuer, a.password_hash, a.password_set_at, a.password_given, " +
		"a.pin_hash, a.pin_set_at, a.pin_given, a.ended_at, a.ended_by, a.end_reason, a.last_login"
	return page(ctx, a.db, l, columns, func(r *mes.Account) []any {
		return []any{&r.ID, &r.Name, &r.Kind, &r.Site, &r.Roles, &r.Badge, &r.Active, &r.LockedUntil, &r.CreatedAt, &r.Issuer, &r.PasswordHash, &r.PasswordSetAt, &r.PasswordGiven,
			&r.PINHash, &r.PINSetAt, &r.PINGiven, &r.EndedAt, &r.EndedBy, &r.EndReason, &r.LastLogin}
	})
}

// Secrets reads the hashes of the newest secrets, the present one first.
func (a *Accounts) Secrets(ctx context.Context, id string, kind mes.SecretKind, n int) ([]string, error) {
	hashes, err := a.q.Secrets(ctx, sqlcgen.SecretsParams{Account: id, Kind: string(kind), N: n})
	return hashes, translate(err)
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
		person, err := w.AccountByID(ctx, id)
		if err != nil {
			return missing(err, "Account", id)
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.NameSkill(ctx, q.ID); err != nil {
			return err
		}
		g := mes.Grant{Account: id, Skill: q.ID, Level: q.Level, Issuer: issuer, IssuedAt: now, ExpiresAt: q.ExpiresAt}
		_, err = w.grant(ctx, "qualify/"+uuid.NewString(), person.Site, by, g, now)
		return err
	})
}
