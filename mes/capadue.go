package mes

import (
	"fmt"
	"slices"
	"time"
)

// The times of a CAPA's reminders: before the due date, at it, and to the manager after it.
const (
	capaRemindBefore  = 2 * 24 * time.Hour
	capaEscalateAfter = 3 * 24 * time.Hour
)

// NounCAPA is a CAPA in alerts, links and the audit trail.
const NounCAPA = "capa"

// CAPATimer is what a screen shows of a timer that runs.
type CAPATimer struct {
	Kind    string    `json:"kind"` // remind, due, escalate, few_pieces, read
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
}

// dueItem is something with an owner and a date.
type dueItem struct {
	subject string // D4, or a task's ID
	text    string
	owner   string
	at      time.Time
}

// dueItems are what is open now: the tasks, and the disciplines whose turn it is.
func (c CAPA) dueItems() []dueItem {
	var out []dueItem
	if c.State.Ended() {
		return nil
	}
	for d := D1; d <= D8; d++ {
		at, ok := c.Record.Due[d]
		if !ok || c.Done(d) || d == D8 && c.State != CAPAProven || d == D6 && c.State != CAPAImplementing || d == D5 && c.State != CAPAOpen {
			continue
		}
		out = append(out, dueItem{d.String(), d.String() + " " + capaNames[d], c.Owner, at})
	}
	for _, t := range c.Tasks {
		if t.State == TaskOpen && (t.D != D6 || c.State == CAPAImplementing) {
			out = append(out, dueItem{t.ID, fmt.Sprintf("%s, %s", t.D, t.Title), t.Owner, t.DueAt})
		}
	}
	return out
}

var capaNames = map[Discipline]string{D1: "Team", D2: "Problem", D3: "Containment", D4: "Root cause", D5: "Action chosen", D6: "Verified", D7: "Prevention", D8: "Closure"}

// Name is what a discipline is about.
func (d Discipline) Name() string { return capaNames[d] }

// Reminders are all alerts that this CAPA will raise if nothing happens, those whose time has passed included.
func (c CAPA) Reminders() []DatedAlert {
	var out []DatedAlert
	for _, i := range c.dueItems() {
		out = append(out, c.remindersOf(i)...)
	}
	if e := c.Record.Effect; c.State == CAPAWatching && e != nil {
		// While there is time to make more, somebody learns that there may be too little to judge by.
		at := e.CheckAt.Add(-c.Record.Plan.Criterion.period() / 5)
		out = append(out, c.reminder("few_pieces", "effect", at, e.CheckAt, Alert{Kind: AlertCAPAFewPieces, Severity: SeverityMedium, Account: c.Owner, Role: c.roleOf(c.Owner),
			Text: fmt.Sprintf("%s is read soon, and too few pieces may have been made until then", c.ID)}))
	}
	return out
}

func (c CAPA) remindersOf(i dueItem) []DatedAlert {
	word := func(s string) string { return fmt.Sprintf("%s: %s %s", c.ID, i.text, s) }
	mine := Alert{Account: i.owner, Role: c.roleOf(i.owner)}
	soon, due, late := mine, mine, Alert{Account: c.Manager, Role: c.roleOf(c.Manager), Kind: AlertCAPAOverdue, Severity: SeverityHigh, Text: word("is overdue")}
	soon.Kind, soon.Severity, soon.Text = AlertCAPADue, SeverityLow, word("is due soon")
	due.Kind, due.Severity, due.Text = AlertCAPADue, SeverityMedium, word("is due")
	return []DatedAlert{
		c.reminder("remind", i.subject, i.at.Add(-capaRemindBefore), i.at, soon),
		c.reminder("due", i.subject, i.at, i.at, due),
		c.reminder("escalate", i.subject, i.at.Add(capaEscalateAfter), i.at, late),
	}
}

// reminder names an alert by what it is about and the date that it belongs to: a moved date reminds anew.
func (c CAPA) reminder(stage, subject string, at, date time.Time, a Alert) DatedAlert {
	a.Site, a.Noun, a.Subject = c.Site, NounCAPA, c.AlertOn(subject)
	return DatedAlert{Thing: subject, Key: fmt.Sprintf("capa/%s/%s/%d/%s/%s/%s", c.Site, c.ID, c.Iteration, subject, date.UTC().Format(time.RFC3339), stage), At: at, Alert: a}
}

// AlertOn names one thing of a CAPA in alerts, so that they end with it: CAPA-0001/D4.
func (c CAPA) AlertOn(thing string) string { return c.ID + "/" + thing }

// roleOf is who is told when nobody is named.
func (c CAPA) roleOf(account string) Role {
	if account == "" {
		return RoleQuality
	}
	return ""
}

// DueReminders are the alerts to raise now, and when the following one falls due; nil when none does.
func (c CAPA) DueReminders(now time.Time) (due []DatedAlert, next *time.Time) {
	return dueReminders(c.Reminders(), now)
}

// Timers are what runs for this CAPA, soonest first.
func (c CAPA) Timers(now time.Time) []CAPATimer {
	out := []CAPATimer{}
	for _, i := range c.dueItems() {
		for _, t := range []CAPATimer{{"remind", i.subject, i.at.Add(-capaRemindBefore)}, {"due", i.subject, i.at}, {"escalate", i.subject, i.at.Add(capaEscalateAfter)}} {
			if t.At.After(now) {
				out = append(out, t)
				break
			}
		}
	}
	if e := c.Record.Effect; c.State == CAPAWatching && e != nil {
		out = append(out, CAPATimer{"read", "effect", e.CheckAt})
		if few := e.CheckAt.Add(-c.Record.Plan.Criterion.period() / 5); few.After(now) {
			out = append(out, CAPATimer{"few_pieces", "effect", few})
		}
	}
	slices.SortStableFunc(out, func(a, b CAPATimer) int { return a.At.Compare(b.At) })
	return out
}

// Late is the open item that is most overdue; ok is false when nothing is.
func (c CAPA) Late(now time.Time) (subject string, due time.Time, ok bool) {
	for _, i := range c.dueItems() {
		if i.at.Before(now) && (!ok || i.at.Before(due)) {
			subject, due, ok = i.subject, i.at, true
		}
	}
	return subject, due, ok
}

// NextDue is the earliest date of what is open, nil when nothing has one.
func (c CAPA) NextDue() *time.Time {
	var out *time.Time
	for _, i := range c.dueItems() {
		if out == nil || i.at.Before(*out) {
			at := i.at
			out = &at
		}
	}
	return out
}

// CAPAWait is what a CAPA's workflow waits for, by the database's clock. It holds nothing of the record.
type CAPAWait struct {
	State CAPAState `json:"state"`
	Now   time.Time `json:"now"`
	// Next is when the next reminder falls due, CheckAt when the data are read; nil when neither is waited for.
	Next    *time.Time `json:"next,omitempty"`
	CheckAt *time.Time `json:"check_at,omitempty"`
}

// Waits says what the CAPA waits for.
func (c CAPA) Waits(now time.Time) CAPAWait {
	w := CAPAWait{State: c.State, Now: now}
	if c.State.Ended() {
		return w
	}
	_, w.Next = c.DueReminders(now)
	if c.State == CAPAWatching {
		at := c.Record.Effect.CheckAt
		w.CheckAt = &at
	}
	return w
}
