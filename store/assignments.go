package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func assignmentOf(r sqlcgen.RoleAssignment) mes.Assignment {
	return mes.Assignment{ID: r.ID, Account: r.Account, Site: r.Site, Role: mes.Role(r.Role), Source: mes.AssignmentSource(r.Source), From: r.FromAt, By: r.ByAccount,
		Reason: r.Reason, Until: r.UntilAt, EndedBy: r.EndedBy, EndReason: r.EndReason}
}

// Assignments reads all roles that an account has and had.
func (a *Accounts) Assignments(ctx context.Context, id string) ([]mes.Assignment, error) {
	rows, err := a.q.Assignments(ctx, id)
	out := make([]mes.Assignment, len(rows))
	for i, r := range rows {
		out[i] = assignmentOf(r)
	}
	return out, translate(err)
}

// Assign gives a role at a site.
func (a *Accounts) Assign(ctx context.Context, by mes.Actor, id, site string, role mes.Role, reason string) (mes.Account, error) {
	if by.ID == id {
		return mes.Account{}, mes.OwnRole()
	}
	return a.changed(ctx, id, func(w *work) error {
		was, open, err := w.lockRoles(ctx, id)
		if err != nil {
			return err
		}
		var f mes.Faults
		f.Check(mes.RoleFits(was.Kind, role), "role", "%q is not a role of a %s", role, was.Kind)
		if err := f.Err("The role was not given."); err != nil {
			return err
		}
		if slices.ContainsFunc(open, func(o sqlcgen.RoleAssignment) bool { return o.Site == site && o.Role == string(role) }) {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s at %s already.", id, role, site), "Nothing was changed.", "")
		}
		return w.assign(ctx, by, id, site, role, mes.AssignedHere, reason)
	})
}

// lockRoles locks an account whose roles are managed here.
func (w *work) lockRoles(ctx context.Context, id string) (mes.Account, []sqlcgen.RoleAssignment, error) {
	was, err := w.lockActive(ctx, id)
	if err != nil {
		return was, nil, err
	}
	if was.Federated() {
		return was, nil, mes.Refuse(mes.CodeConflict, fmt.Sprintf("The roles of %s come from the identity provider.", id), "Nothing was changed.", "Change them there.")
	}
	open, err := w.OpenAssignments(ctx, id)
	return was, open, err
}

// Withdraw takes a role away.
func (a *Accounts) Withdraw(ctx context.Context, by mes.Actor, id, site string, role mes.Role, reason string) (mes.Account, error) {
	return a.changed(ctx, id, func(w *work) error {
		_, open, err := w.lockRoles(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(open, func(o sqlcgen.RoleAssignment) bool { return o.Site == site && o.Role == string(role) })
		if i < 0 {
			return mes.Refuse(mes.CodeNotFound, fmt.Sprintf("%s is not %s at %s.", id, role, site), "Nothing was changed.", "")
		}
		return w.withdraw(ctx, by, open[i], reason)
	})
}

// held is an account's roles at its sites, as the audit trail has them before and after a change.
func (w *work) held(ctx context.Context, id string) (map[string][]string, error) {
	open, err := w.OpenAssignments(ctx, id)
	out := map[string][]string{}
	for _, o := range open {
		out[o.Site] = append(out[o.Site], o.Role)
	}
	return out, err
}

func (w *work) assign(ctx context.Context, by mes.Actor, id, site string, role mes.Role, source mes.AssignmentSource, reason string) error {
	before, err := w.held(ctx, id)
	if err != nil {
		return err
	}
	p := sqlcgen.AssignParams{Account: id, Site: site, Role: string(role), Source: string(source), ByAccount: by.ID, Reason: reason}
	if err := w.Assign(ctx, p); err != nil {
		return err
	}
	return w.auditRoles(ctx, by, "role_assigned", id, reason, before)
}

// withdraw closes an assignment, unless it is the last administrator's.
func (w *work) withdraw(ctx context.Context, by mes.Actor, o sqlcgen.RoleAssignment, reason string) error {
	if mes.Role(o.Role) == mes.RoleAdmin {
		if err := w.OneAdminAtATime(ctx); err != nil {
			return err
		}
		others, err := w.OtherAdmins(ctx, sqlcgen.OtherAdminsParams{Site: o.Site, ID: o.Account})
		if err != nil {
			return err
		}
		if others == 0 {
			return mes.LastAdmin(o.Account)
		}
	}
	before, err := w.held(ctx, o.Account)
	if err != nil {
		return err
	}
	if err := w.Withdraw(ctx, sqlcgen.WithdrawParams{ID: o.ID, EndedBy: by.ID, EndReason: reason}); err != nil {
		return err
	}
	return w.auditRoles(ctx, by, "role_withdrawn", o.Account, reason, before)
}

func (w *work) auditRoles(ctx context.Context, by mes.Actor, action, id, reason string, before map[string][]string) error {
	after, err := w.held(ctx, id)
	if err != nil {
		return err
	}
	return w.audit(by, action, "account", id, reason, "", before, after)
}

// putRoles makes an account's roles at its site those that are named. With keepAdmin the last administrator keeps the
// role instead of a refusal: who signs in elsewhere can't be told to give it to somebody else first.
func (w *work) putRoles(ctx context.Context, by mes.Actor, n mes.Account, source mes.AssignmentSource, reason string, keepAdmin bool) error {
	open, err := w.OpenAssignments(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, r := range n.Roles {
		if slices.ContainsFunc(open, func(o sqlcgen.RoleAssignment) bool { return o.Site == n.Site && o.Role == string(r) }) {
			continue
		}
		if err := w.assign(ctx, by, n.ID, n.Site, r, source, reason); err != nil {
			return err
		}
	}
	for _, o := range open {
		if o.Site != n.Site && source == mes.AssignedHere || o.Site == n.Site && slices.Contains(n.Roles, mes.Role(o.Role)) {
			continue
		}
		err := w.withdraw(ctx, by, o, reason)
		if keepAdmin && mes.CodeOf(err) == mes.CodeConflict {
			err = w.audit(by, "role_kept", "account", n.ID, "The claims do not give admin any more, but nobody else has it.", "", nil, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Federate makes or updates the account of a person who signed in at the identity provider.
func (a *Accounts) Federate(ctx context.Context, f mes.Federated) (mes.Account, error) {
	n := mes.Account{ID: f.ID, Name: f.Name, Kind: mes.AccountPerson, Site: f.Site, Roles: f.Roles, Issuer: f.Issuer, Subject: f.Subject, Active: true}
	by, reason := mes.Actor{ID: "oidc"}, "Claims of "+f.Issuer
	var id string
	err := a.change(ctx, func(w *work) error {
		row, err := w.LockSubject(ctx, sqlcgen.LockSubjectParams{Issuer: f.Issuer, Subject: f.Subject})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err != nil {
			id = n.ID
			return w.welcome(ctx, by, n, reason)
		}
		was := accountOf(row)
		id, n.ID, n.Site = was.ID, was.ID, was.Site
		return w.follow(ctx, by, was, n, reason)
	})
	if err != nil {
		return mes.Account{}, err
	}
	return a.Get(ctx, id)
}

// welcome makes the account of a person's first sign-in.
func (w *work) welcome(ctx context.Context, by mes.Actor, n mes.Account, reason string) error {
	if err := checkAccount(n); err != nil {
		return err
	}
	w.tell(n.Site, mes.EventAccount, n.ID)
	return w.addAccount(ctx, by, n, mes.AssignedByOIDC, reason)
}

// follow brings an account up to what the claims say now. A leaver stays out.
func (w *work) follow(ctx context.Context, by mes.Actor, was, n mes.Account, reason string) error {
	if !was.Active {
		return mes.LeftAccount(was.ID)
	}
	w.tell(was.Site, mes.EventAccount, was.ID)
	if err := w.putRoles(ctx, by, n, mes.AssignedByOIDC, reason, true); err != nil {
		return err
	}
	if was.Name == n.Name || n.Name == "" {
		return nil
	}
	if err := w.putFacts(ctx, was.ID, n.Name, was.Site, was.Badge); err != nil {
		return err
	}
	return w.audit(by, "account_changed", "account", was.ID, reason, "", map[string]string{"name": was.Name}, map[string]string{"name": n.Name})
}
