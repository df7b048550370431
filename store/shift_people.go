package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Assign puts a person on a shift.
func (s *Shifts) Assign(ctx context.Context, by mes.Actor, site string, a mes.ShiftAssignment, reason string) (mes.ShiftAssignment, error) {
	var f mes.Faults
	f.Check(!a.From.IsZero(), "from", "is missing")
	f.Check(a.Until.IsZero() || !a.Until.Before(a.From), "until", "is before the first day")
	if err := f.Err("Nobody was put on a shift."); err != nil {
		return a, err
	}
	err := s.change(ctx, func(w *work) error {
		person, err := w.shiftPerson(ctx, site, a.Account)
		if err != nil {
			return err
		}
		shift, err := w.LockShift(ctx, sqlcgen.LockShiftParams{Site: site, ID: a.Shift})
		if err != nil {
			return missing(err, "Shift", a.Shift)
		}
		like, err := w.ShiftAssignmentLike(ctx, sqlcgen.ShiftAssignmentLikeParams{Site: site, Account: a.Account, Shift: a.Shift, FromDay: a.From.String()})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		known := err == nil
		a.Name, a.ShiftName, a.By = person.Name, shift.Name, by.ID
		row, err := w.PutShiftAssignment(ctx, sqlcgen.PutShiftAssignmentParams{Site: site, Account: a.Account, Shift: a.Shift, FromDay: a.From.String(), UntilDay: a.Until.String(), ByAccount: by.ID})
		if err != nil {
			return err
		}
		a.ID, a.At = strconv.FormatInt(row.ID, 10), row.At
		if known && like == a.Until.String() {
			return nil // the same again, as every import brings it
		}
		w.tell(site, mes.EventShift, a.Account)
		var before any
		if known {
			before = map[string]string{"until": like}
		}
		return w.audit(by, "shift_assigned", "account", a.Account, reason, "", before, a)
	})
	return a, err
}

// shiftPerson finds an account of the site that is a person.
func (w *work) shiftPerson(ctx context.Context, site, id string) (sqlcgen.Account, error) {
	a, err := w.LockAccount(ctx, id)
	if err != nil || a.Kind != string(mes.AccountPerson) || a.Site != site {
		if err == nil {
			err = pgx.ErrNoRows
		}
		return a, missing(err, "Person", id)
	}
	return a, nil
}

// Unassign ends an assignment.
func (s *Shifts) Unassign(ctx context.Context, by mes.Actor, site, id, reason string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return mes.NotFound("Assignment", id)
	}
	return s.change(ctx, func(w *work) error {
		was, err := w.LockShiftAssignment(ctx, sqlcgen.LockShiftAssignmentParams{Site: site, ID: n})
		if err != nil {
			return missing(err, "Assignment", id)
		}
		if err := w.later.EndShiftAssignment(ctx, sqlcgen.EndShiftAssignmentParams{ID: n, EndedBy: by.ID}); err != nil {
			return err
		}
		w.tell(site, mes.EventShift, was.Account)
		return w.audit(by, "shift_unassigned", "account", was.Account, reason, "", map[string]string{"shift": was.Shift, "from": was.FromDay, "until": was.UntilDay}, nil)
	})
}

// Override lets a person work outside their shifts for a while.
func (s *Shifts) Override(ctx context.Context, by mes.Actor, site, account string, hours float64, reason string) (mes.ShiftOverride, error) {
	out := mes.ShiftOverride{Account: account, Reason: strings.TrimSpace(reason), By: by.ID}
	if err := mes.CheckOverride(hours, reason); err != nil {
		return out, err
	}
	err := s.change(ctx, func(w *work) error {
		person, err := w.shiftPerson(ctx, site, account)
		if err != nil {
			return err
		}
		row, err := w.AddShiftOverride(ctx, sqlcgen.AddShiftOverrideParams{Site: site, Account: account, Seconds: hours * 3600, Reason: out.Reason, ByAccount: by.ID})
		if err != nil {
			return err
		}
		out.Name, out.Until, out.At = person.Name, row.Until, row.At
		w.tell(site, mes.EventShift, account)
		return w.audit(by, "shift_overridden", "account", account, out.Reason, "", nil, out)
	})
	return out, err
}
