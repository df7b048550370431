package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Create stores a new account with its first roles.
func (a *Accounts) Create(ctx context.Context, by mes.Actor, n mes.Account, reason string) (mes.Account, error) {
	if err := checkAccount(n); err != nil {
		return mes.Account{}, err
	}
	return a.changed(ctx, n.ID, func(w *work) error {
		return w.addAccount(ctx, by, n, mes.AssignedHere, reason)
	})
}

// changed runs a change of an account, tells every process of it, and reads the account as it is then.
func (a *Accounts) changed(ctx context.Context, id string, f func(w *work) error) (mes.Account, error) {
	var out mes.Account
	err := a.change(ctx, func(w *work) error {
		if err := f(w); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return takenID(err, id)
		}
		row, err := w.AccountByID(ctx, id)
		out = accountOf(row)
		w.tell(row.Site, mes.EventAccount, id)
		return err
	})
	return out, err
}

// takenID says that an ID stands in the way when two accounts are made at once.
func takenID(err error, id string) error {
	if violates(err, "account_pkey") || violates(err, "account_id_once") || violates(err, "account_subject_once") {
		return mes.TakenAccount(id, id)
	}
	return err
}

// addAccount stores an account under an ID that nobody ever had, in whatever letters.
func (w *work) addAccount(ctx context.Context, by mes.Actor, n mes.Account, source mes.AssignmentSource, reason string) error {
	if err := w.free(ctx, n.ID); err != nil {
		return err
	}
	p := sqlcgen.AddAccountParams{ID: n.ID, Name: n.Name, Kind: string(n.Kind), Site: n.Site, Issuer: n.Issuer, Subject: n.Subject}
	if n.Badge != "" {
		p.Badge = &n.Badge
	}
	if err := w.AddAccount(ctx, p); err != nil {
		return badgeTaken(takenID(err, n.ID), n.Badge)
	}
	for _, r := range n.Roles {
		if err := w.assign(ctx, by, n.ID, n.Site, r, source, reason); err != nil {
			return err
		}
	}
	if err := w.putSecrets(ctx, by, n); err != nil {
		return err
	}
	return w.audit(by, "account_created", "account", n.ID, reason, "", nil, described(n))
}

// free refuses an ID that was ever given.
func (w *work) free(ctx context.Context, id string) error {
	has, err := w.SameID(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	case !has.Active:
		return mes.LeftAccount(has.ID)
	}
	return mes.TakenAccount(id, has.ID)
}

func badgeTaken(err error, badge string) error {
	if violates(err, "account_badge_key") {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Badge %s belongs to another account.", badge), "Nothing was stored.", "Take it away there first.")
	}
	return err
}

// described is an account as the audit trail has it: without any secret.
func described(n mes.Account) map[string]any {
	return map[string]any{"account": n, "password_set": n.PasswordHash != "", "pin_set": n.PINHash != ""}
}

// Upsert stores an account as an import or the command line has it. Its kind never changes, since rights hang on it; one
// that has ended does not come back.
func (a *Accounts) Upsert(ctx context.Context, by mes.Actor, n mes.Account) error {
	if err := checkAccount(n); err != nil {
		return err
	}
	reason := fmt.Sprintf("Stored by %s.", by.ID)
	_, err := a.changed(ctx, n.ID, func(w *work) error {
		was, err := w.LockAccount(ctx, n.ID)
		if errors.Is(err, pgx.ErrNoRows) {
			return w.addAccount(ctx, by, n, mes.AssignedHere, reason)
		}
		if err != nil {
			return err
		}
		return w.restate(ctx, by, accountOf(was), n, reason)
	})
	return err
}

// restate makes an account what is said of it.
func (w *work) restate(ctx context.Context, by mes.Actor, was, n mes.Account, reason string) error {
	switch {
	case was.Kind != n.Kind:
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is a %s account.", n.ID, was.Kind), "Nothing was stored.", "Use another ID.")
	case !was.Active:
		return mes.LeftAccount(n.ID)
	}
	if err := w.putFacts(ctx, n.ID, n.Name, n.Site, n.Badge); err != nil {
		return err
	}
	if err := w.putSecrets(ctx, by, n); err != nil {
		return err
	}
	if !was.Federated() { // the identity provider says what its people may do
		if err := w.putRoles(ctx, by, n, mes.AssignedHere, reason, false); err != nil {
			return err
		}
	}
	if err := w.audit(by, "account_stored", "account", n.ID, reason, "", was, described(n)); err != nil {
		return err
	}
	if n.Active {
		return nil
	}
	return w.end(ctx, by, was, reason)
}

func (w *work) putFacts(ctx context.Context, id, name, site, badge string) error {
	p := sqlcgen.ChangeAccountParams{ID: id, Name: name, Site: site}
	if badge != "" {
		p.Badge = &badge
	}
	if err := w.ChangeAccount(ctx, p); err != nil {
		return badgeTaken(err, badge)
	}
	return w.RefreshRoles(ctx, id)
}

// putSecrets stores the hashes that the account comes with.
func (w *work) putSecrets(ctx context.Context, by mes.Actor, n mes.Account) error {
	for _, kind := range []mes.SecretKind{mes.SecretPassword, mes.SecretPIN} {
		s := n.Secret(kind)
		if s.Hash == "" {
			continue
		}
		if err := w.putSecret(ctx, by, n.ID, kind, s.Hash, s.Given); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) putSecret(ctx context.Context, by mes.Actor, id string, kind mes.SecretKind, hash string, given bool) error {
	var err error
	if kind == mes.SecretPIN {
		err = w.SetPIN(ctx, sqlcgen.SetPINParams{ID: id, Hash: hash, Given: given})
	} else {
		err = w.SetPassword(ctx, sqlcgen.SetPasswordParams{ID: id, Hash: hash, Given: given})
	}
	if err != nil {
		return err
	}
	return w.AddSecret(ctx, sqlcgen.AddSecretParams{Account: id, Kind: string(kind), Hash: hash, SetBy: by.ID})
}

func checkAccount(n mes.Account) error {
	var f mes.Faults
	f.Check(n.ID != "", "id", "is missing")
	f.Check(n.ID == "" || mes.ValidAccountID(n.ID), "id", "has up to 64 letters, digits and . _ @ -, and begins with a letter or digit")
	f.Check(strings.TrimSpace(n.Name) != "", "name", "is missing")
	f.Check(n.Kind == mes.AccountPerson || n.Kind == mes.AccountService, "kind", "must be person or service")
	f.Check(len(n.Roles) > 0, "roles", "name at least one")
	for i, r := range n.Roles {
		at := fmt.Sprintf("roles[%d]", i)
		f.Check(slices.Contains(mes.Roles, r), at, "%q is not a role", r)
		f.Check(!slices.Contains(mes.Roles, r) || n.Kind == "" || mes.RoleFits(n.Kind, r), at, "%q is not a role of a %s", r, n.Kind)
		f.Check(!slices.Contains(n.Roles[:i], r), at, "%q is named twice", r)
	}
	return f.Err("The account was not stored.")
}

// Change sets name and badge.
func (a *Accounts) Change(ctx context.Context, by mes.Actor, id, name, badge, reason string) (mes.Account, error) {
	var f mes.Faults
	f.Check(strings.TrimSpace(name) != "", "name", "is missing")
	if err := f.Err("The account was not changed."); err != nil {
		return mes.Account{}, err
	}
	return a.changed(ctx, id, func(w *work) error {
		was, err := w.lockActive(ctx, id)
		if err != nil {
			return err
		}
		if err := w.putFacts(ctx, id, name, was.Site, badge); err != nil {
			return err
		}
		return w.audit(by, "account_changed", "account", id, reason, "", map[string]string{"name": was.Name, "badge": was.Badge}, map[string]string{"name": name, "badge": badge})
	})
}

// lockActive locks an account that has not ended.
func (w *work) lockActive(ctx context.Context, id string) (mes.Account, error) {
	row, err := w.LockAccount(ctx, id)
	if err != nil {
		return mes.Account{}, missing(err, "Account", id)
	}
	if !row.Active {
		return mes.Account{}, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has left; the account has ended.", id), "Nothing was changed.", "Make a new account under another ID.")
	}
	return accountOf(row), nil
}

// SetSecret stores a new password or PIN and ends the account's sessions but one.
func (a *Accounts) SetSecret(ctx context.Context, by mes.Actor, id string, kind mes.SecretKind, hash string, given bool, keep, reason string) error {
	_, err := a.changed(ctx, id, func(w *work) error {
		was, err := w.lockActive(ctx, id)
		if err != nil {
			return err
		}
		if was.Kind != mes.AccountPerson {
			return mes.Refuse(mes.CodeConflict, id+" is a program; it has tokens.", "Nothing was changed.", "Make a token.")
		}
		if err := w.putSecret(ctx, by, id, kind, hash, given); err != nil {
			return err
		}
		ended, err := w.RevokeSessions(ctx, sqlcgen.RevokeSessionsParams{Account: id, Keep: keep})
		if err != nil {
			return err
		}
		return w.audit(by, string(kind)+"_set", "account", id, reason, "", nil, map[string]any{"given": given, "sessions_ended": ended})
	})
	return err
}

// Unlock lets a locked account in again.
func (a *Accounts) Unlock(ctx context.Context, by mes.Actor, id, reason string) (mes.Account, error) {
	return a.changed(ctx, id, func(w *work) error {
		was, err := w.lockActive(ctx, id)
		if err != nil {
			return err
		}
		if was.LockedUntil == nil {
			return mes.Refuse(mes.CodeConflict, id+" is not locked.", "Nothing was changed.", "")
		}
		if err := w.letIn(ctx, was.Site, id, fmt.Sprintf("Unlocked by %s: %s", by.ID, reason)); err != nil {
			return err
		}
		return w.audit(by, "account_unlocked", "account", id, reason, "", map[string]any{"failures": was.Failures, "locked_until": was.LockedUntil}, map[string]any{"failures": 0})
	})
}

// End closes an account for ever.
func (a *Accounts) End(ctx context.Context, by mes.Actor, id, reason string) (mes.Account, error) {
	return a.changed(ctx, id, func(w *work) error {
		was, err := w.lockActive(ctx, id)
		if err != nil {
			return err
		}
		return w.end(ctx, by, was, reason)
	})
}

// end closes an account with all that hangs on it: roles, sessions, tokens, the alert on its lock.
func (w *work) end(ctx context.Context, by mes.Actor, was mes.Account, reason string) error {
	open, err := w.OpenAssignments(ctx, was.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if err := w.withdraw(ctx, by, o, reason); err != nil {
			return err
		}
	}
	sessions, err := w.RevokeSessions(ctx, sqlcgen.RevokeSessionsParams{Account: was.ID})
	if err != nil {
		return err
	}
	tokens, err := w.RevokeTokens(ctx, sqlcgen.RevokeTokensParams{Account: was.ID, RevokedBy: by.ID})
	if err != nil {
		return err
	}
	if err := w.EndAccount(ctx, sqlcgen.EndAccountParams{ID: was.ID, EndedBy: by.ID, EndReason: reason}); err != nil {
		return err
	}
	if err := w.settle(ctx, was.Site, "account", was.ID, "The account has ended.", mes.AlertLoginLocked); err != nil {
		return err
	}
	return w.audit(by, "account_ended", "account", was.ID, reason, "", was, map[string]any{"sessions_ended": sessions, "tokens_ended": tokens})
}
