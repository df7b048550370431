package plant

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// checkCalendar names what does not fit: entries that can't be, and equipment or shifts that the plant has not.
func (c checker) checkCalendar(shifts map[string]bool) {
	const file = "shifts.yaml"
	for i, s := range c.Shifts.Shifts {
		c.checkPlaces(file, fmt.Sprintf("shifts[%d].equipment", i), s.Equipment)
	}
	for i, e := range c.Shifts.Calendar {
		at := fmt.Sprintf("calendar[%d]", i)
		var refused *mes.Error
		if errors.As(e.Validate(), &refused) {
			for _, f := range refused.Fields {
				c.add(file, at+"."+f.Field, "%s", f.Message)
			}
		}
		c.check(e.Shift == "" || shifts[e.Shift], file, at+".shift", "%q is not among the shifts", e.Shift)
		c.checkPlaces(file, at+".equipment", e.Equipment)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Shifts.Targets)) {
		c.checkPlaces(file, "oee_targets", []string{id})
		t := c.Shifts.Targets[id]
		c.check(t.IsPositive() && t.LessThanOrEqual(mes.One), file, "oee_targets."+id, "must be above 0 and at most 1")
	}
}

func (c checker) checkPlaces(file, at string, ids []string) {
	for i, id := range ids {
		_, known := c.equipment[id]
		c.check(known, file, fmt.Sprintf("%s[%d]", at, i), "%q is not in plant.yaml", id)
	}
}

// storeCalendar writes the entries that are not there yet. What people took back comes again with the next import: the files say
// that it is so.
func (d Definition) storeCalendar(ctx context.Context, p Ports, by mes.Actor) error {
	if len(d.Shifts.Calendar) > 0 {
		calendar, err := p.Calendars.Calendar(ctx, d.Site())
		if err != nil {
			return err
		}
		for _, e := range d.Shifts.Calendar {
			if slices.ContainsFunc(calendar.Entries, func(had mes.CalendarEntry) bool { return sameEntry(had, e) }) {
				continue
			}
			if _, err := p.Calendars.Enter(ctx, by, d.Site(), e, byFiles); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.Shifts.Targets)) {
		if err := p.Figures.Aim(ctx, by, d.Site(), id, d.Shifts.Targets[id], byFiles); err != nil {
			return err
		}
	}
	return nil
}

func sameEntry(a, b mes.CalendarEntry) bool {
	a.ID, a.By, a.At = "", "", time.Time{}
	b.ID, b.By, b.At = "", "", time.Time{}
	return reflect.DeepEqual(a, b)
}
