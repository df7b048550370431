package mes

import "time"

// DatedAlert is one alert with the moment at which it falls due.
type DatedAlert struct {
	Key string
	// Thing is what of the record it is about: a discipline, a task, a date.
	Thing string
	At    time.Time
	Alert
}

// dueReminders are those to raise now: of each thing the latest stage only, so that a late start does not raise three. next is
// when the following one falls due, nil when none does.
func dueReminders(all []DatedAlert, now time.Time) (due []DatedAlert, next *time.Time) {
	latest := map[string]int{}
	for _, r := range all {
		if r.At.After(now) {
			if next == nil || r.At.Before(*next) {
				at := r.At
				next = &at
			}
			continue
		}
		if i, ok := latest[r.Thing]; ok {
			due[i] = r
			continue
		}
		latest[r.Thing] = len(due)
		due = append(due, r)
	}
	return due, next
}
