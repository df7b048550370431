package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Shifts keeps shift patterns and who works when.
type Shifts struct{ db }

var _ mes.Shifts = (*Shifts)(nil)

func shiftOf(r sqlcgen.Shift) mes.Shift {
	out := mes.Shift{ID: r.ID, Name: r.Name, Days: r.Days, Start: mes.TimeOfDay(r.StartsAt), End: mes.TimeOfDay(r.EndsAt), Equipment: r.Equipment}
	_ = json.Unmarshal(r.Breaks, &out.Breaks) // written by Put from the same type
	return out
}

// Plan reads all that a site's screen of shifts shows.
func (s *Shifts) Plan(ctx context.Context, site string) (mes.ShiftPlan, error) {
	out := mes.ShiftPlan{Shifts: []mes.Shift{}, Assignments: []mes.ShiftAssignment{}, Overrides: []mes.ShiftOverride{}}
	shifts, err := s.q.ShiftsOfSite(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	for _, r := range shifts {
		out.Shifts = append(out.Shifts, shiftOf(r))
	}
	assigned, err := s.q.ShiftAssignments(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	for _, r := range assigned {
		a := mes.ShiftAssignment{ID: strconv.FormatInt(r.ID, 10), Account: r.Account, Name: r.Person, Shift: r.Shift, ShiftName: r.ShiftName, By: r.ByAccount, At: r.At}
		if err := errors.Join(a.From.UnmarshalText([]byte(r.FromDay)), a.Until.UnmarshalText([]byte(r.UntilDay))); err != nil {
			return out, err
		}
		out.Assignments = append(out.Assignments, a)
	}
	overrides, err := s.q.ShiftOverrides(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	for _, r := range overrides {
		out.Overrides = append(out.Overrides, mes.ShiftOverride{Account: r.Account, Name: r.Person, Until: r.Until, Reason: r.Reason, By: r.ByAccount, At: r.At})
	}
	out.Tolerance, err = tolerance(ctx, s.q, site)
	return out, err
}

func tolerance(ctx context.Context, q *sqlcgen.Queries, site string) (int, error) {
	minutes, err := q.ShiftTolerance(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) {
		return int(mes.DefaultShiftTolerance.Minutes()), nil
	}
	return minutes, translate(err)
}

// Facts reads what on_shift asks of a person.
func (s *Shifts) Facts(ctx context.Context, site, account string) (mes.ShiftFacts, error) {
	row, err := s.q.ShiftFacts(ctx, sqlcgen.ShiftFactsParams{Site: site, Account: account})
	if err != nil {
		return mes.ShiftFacts{}, translate(err)
	}
	minutes := row.Tolerance
	if minutes < 0 {
		minutes = int(mes.DefaultShiftTolerance.Minutes())
	}
	out, err := shiftFacts(row.Assigned, row.Override, minutes)
	if err != nil {
		return out, fmt.Errorf("shifts of %s: %w", account, err)
	}
	return out, nil
}

// shiftFacts reads what queries say of a person's shifts: assigned as JSON, and an override that is the beginning of time when
// there is none.
func shiftFacts(rows json.RawMessage, override time.Time, minutes int) (mes.ShiftFacts, error) {
	out := mes.ShiftFacts{Tolerance: time.Duration(minutes) * time.Minute}
	if override.Unix() > 0 {
		out.Override = &override
	}
	var assigned []struct {
		ID, Name   string
		Days       []int
		Start, End int
		From       mes.Day
		Until      mes.Day
	}
	if err := json.Unmarshal(rows, &assigned); err != nil {
		return out, err
	}
	for _, a := range assigned {
		shift := mes.Shift{ID: a.ID, Name: a.Name, Days: a.Days, Start: mes.TimeOfDay(a.Start), End: mes.TimeOfDay(a.End)}
		out.Assigned = append(out.Assigned, mes.AssignedShift{Shift: shift, From: a.From, Until: a.Until})
	}
	return out, nil
}

// Put stores or changes a shift.
func (s *Shifts) Put(ctx context.Context, by mes.Actor, site string, n mes.Shift, reason string) error {
	if err := n.Validate(); err != nil {
		return err
	}
	return s.change(ctx, func(w *work) error {
		was, err := w.LockShift(ctx, sqlcgen.LockShiftParams{Site: site, ID: n.ID})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		var before any
		known := err == nil
		if known {
			before = shiftOf(was)
		}
		breaks, err := json.Marshal(append([]mes.Break{}, n.Breaks...))
		if err != nil {
			return err
		}
		if err := w.later.PutShift(ctx, sqlcgen.PutShiftParams{Site: site, ID: n.ID, Name: n.Name, Days: n.Days, StartsAt: int(n.Start), EndsAt: int(n.End),
			Breaks: breaks, Equipment: append([]string{}, n.Equipment...)}); err != nil {
			return err
		}
		if n, err = w.putPattern(ctx, by, site, n, known); err != nil {
			return err
		}
		w.tell(site, mes.EventCalendar, n.ID)
		w.tell(site, mes.EventShift, n.ID)
		return w.audit(by, "shift_stored", "shift", n.ID, reason, "", before, n)
	})
}

// maxTolerance is the longest tolerance in minutes: half a shift.
const maxTolerance = 240

// Tolerate sets the site's tolerance.
func (s *Shifts) Tolerate(ctx context.Context, by mes.Actor, site string, minutes int, reason string) error {
	var f mes.Faults
	f.Check(minutes >= 0 && minutes <= maxTolerance, "minutes", "must be from 0 to %d", maxTolerance)
	if err := f.Err("The tolerance is as it was."); err != nil {
		return err
	}
	return s.change(ctx, func(w *work) error {
		was, err := tolerance(ctx, w.Queries, site)
		if err != nil || was == minutes {
			return err
		}
		if err := w.later.PutShiftTolerance(ctx, sqlcgen.PutShiftToleranceParams{Site: site, Minutes: minutes}); err != nil {
			return err
		}
		w.tell(site, mes.EventShift, site)
		return w.audit(by, "shift_tolerance_set", "plant", site, reason, "", map[string]int{"minutes": was}, map[string]int{"minutes": minutes})
	})
}
