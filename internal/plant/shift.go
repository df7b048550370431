package plant

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// Shifts are a site's shifts as shifts.yaml has them.
type Shifts struct {
	Shifts      []mes.Shift       `json:"shifts"`
	Assignments []ShiftAssignment `json:"assignments"`
	// ToleranceMinutes is how long before and after a shift its people may work; left out, it stays as it is.
	ToleranceMinutes *int `json:"tolerance_minutes"`
	// Calendar are holidays, extra shifts and planned stops.
	Calendar []mes.CalendarEntry `json:"calendar"`
	// Targets are what OEE is aimed at, by station or line.
	Targets map[string]mes.Decimal `json:"oee_targets"`
}

// ShiftAssignment puts a person on shifts. Without a first day it is the day of the import; importing again keeps the
// one that the first import gave it.
type ShiftAssignment struct {
	Account string   `json:"account"`
	Shifts  []string `json:"shifts"`
	From    mes.Day  `json:"from"`
	Until   mes.Day  `json:"until"`
}

// checkShifts names what does not fit: a shift that can't be, an assignment of nobody or to nothing.
func (c checker) checkShifts() {
	const file = "shifts.yaml"
	known := map[string]bool{}
	for i, s := range c.Shifts.Shifts {
		at := fmt.Sprintf("shifts[%d]", i)
		c.check(!known[s.ID], file, at+".id", "%q is used twice", s.ID)
		known[s.ID] = true
		var e *mes.Error
		if errors.As(s.Validate(), &e) {
			for _, f := range e.Fields {
				c.add(file, at+"."+f.Field, "%s", f.Message)
			}
		}
	}
	c.checkCalendar(known)
	for i, a := range c.Shifts.Assignments {
		at := fmt.Sprintf("assignments[%d]", i)
		person := slices.ContainsFunc(c.Accounts, func(p Account) bool { return p.ID == a.Account && p.Kind != mes.AccountService })
		c.check(person, file, at+".account", "%q is no person of accounts.yaml", a.Account)
		c.check(len(a.Shifts) > 0, file, at+".shifts", "name at least one")
		for j, s := range a.Shifts {
			c.check(known[s], file, fmt.Sprintf("%s.shifts[%d]", at, j), "%q is not among the shifts", s)
		}
	}
}

// storeShifts writes what differs from what is there.
func (d Definition) storeShifts(ctx context.Context, p Ports, by mes.Actor) error {
	if len(d.Shifts.Shifts) == 0 && d.Shifts.ToleranceMinutes == nil && len(d.Shifts.Calendar) == 0 && len(d.Shifts.Targets) == 0 {
		return nil
	}
	site := d.Site()
	plan, err := p.Shifts.Plan(ctx, site)
	if err != nil {
		return err
	}
	for _, s := range d.Shifts.Shifts {
		same := func(had mes.Shift) bool {
			return had.ID == s.ID && had.Name == s.Name && slices.Equal(had.Days, s.Days) && had.Start == s.Start && had.End == s.End &&
				slices.Equal(had.Breaks, s.Breaks) && slices.Equal(had.Equipment, s.Equipment)
		}
		if slices.ContainsFunc(plan.Shifts, same) {
			continue
		}
		if err := p.Shifts.Put(ctx, by, site, s, byFiles); err != nil {
			return err
		}
	}
	if m := d.Shifts.ToleranceMinutes; m != nil {
		if err := p.Shifts.Tolerate(ctx, by, site, *m, byFiles); err != nil {
			return err
		}
	}
	if err := d.storeCalendar(ctx, p, by); err != nil {
		return err
	}
	return d.assign(ctx, p, by, plan)
}

func (d Definition) assign(ctx context.Context, p Ports, by mes.Actor, plan mes.ShiftPlan) error {
	for _, a := range d.Shifts.Assignments {
		for _, s := range a.Shifts {
			had := slices.IndexFunc(plan.Assignments, func(h mes.ShiftAssignment) bool {
				return h.Account == a.Account && h.Shift == s && (a.From.IsZero() || h.From == a.From)
			})
			if had >= 0 && plan.Assignments[had].Until == a.Until {
				continue
			}
			n := mes.ShiftAssignment{Account: a.Account, Shift: s, From: a.From, Until: a.Until}
			if n.From.IsZero() && had >= 0 {
				n.From = plan.Assignments[had].From
			}
			if n.From.IsZero() {
				n.From = d.day
			}
			if _, err := p.Shifts.Assign(ctx, by, d.Site(), n, byFiles); err != nil {
				return err
			}
		}
	}
	return nil
}

// bindDevices makes each program speak for the devices that accounts.yaml names, and for no others.
func (d Definition) bindDevices(ctx context.Context, p Ports, by mes.Actor) error {
	for _, a := range d.Accounts {
		if a.Kind != mes.AccountService {
			continue
		}
		same := true
		for _, device := range d.Plant.Devices {
			o, err := p.Devices.Owner(ctx, d.Site(), device.ID)
			if err != nil {
				return err
			}
			same = same && slices.Contains(o.Senders, a.ID) == slices.Contains(a.Devices, device.ID)
		}
		if same {
			continue
		}
		if err := p.Devices.Bind(ctx, by, d.Site(), a.ID, a.Devices, byFiles); err != nil {
			return fmt.Errorf("bind %s to its devices: %w", a.ID, err)
		}
	}
	return nil
}
