package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Labour keeps the clock and adds it up.
type Labour struct{ db }

var _ mes.Labour = (*Labour)(nil)

// lookBack is how far before a span events are read: a job that a person has been on for longer without a pause does
// not count any more.
const lookBack = 14 * 24 * time.Hour

// Codes lists the codes of indirect time.
func (l *Labour) Codes(ctx context.Context) ([]mes.LabourCode, error) {
	rows, err := l.q.LabourCodes(ctx)
	out := make([]mes.LabourCode, len(rows))
	for i, r := range rows {
		out[i] = mes.LabourCode{ID: r.ID, Name: r.Name}
	}
	return out, translate(err)
}

// ClockOn begins a person's time on a running lot, or on a code.
func (l *Labour) ClockOn(ctx context.Context, key, site string, by mes.Actor, c mes.Clocking) ([]mes.LabourEntry, error) {
	return l.clock(ctx, key, site, by, c, mes.ClockOn)
}

// ClockOff ends it.
func (l *Labour) ClockOff(ctx context.Context, key, site string, by mes.Actor, c mes.Clocking) ([]mes.LabourEntry, error) {
	return l.clock(ctx, key, site, by, c, mes.ClockOff)
}

func (l *Labour) clock(ctx context.Context, key, site string, by mes.Actor, c mes.Clocking, kind mes.ClockKind) ([]mes.LabourEntry, error) {
	err := l.change(ctx, func(w *work) error {
		found, err := w.answered(ctx, key, &c)
		if err != nil || found {
			return err
		}
		if err := w.person(ctx, site, c.Account); err != nil {
			return err
		}
		e := mes.ClockEvent{Kind: kind, Account: c.Account, Code: c.Code, By: by.ID}
		if c.Code != "" {
			if _, err := w.LabourCodeByID(ctx, c.Code); err != nil {
				return missing(err, "Labour code", c.Code)
			}
		}
		if c.Lot != "" {
			if e.Job, err = w.jobOf(ctx, site, c.Lot, kind); err != nil {
				return err
			}
		}
		if e.At, err = w.Now(ctx); err != nil {
			return err
		}
		if err := w.later.AddLabourEvent(ctx, clockParams(key, site, e)); err != nil {
			return err
		}
		w.tell(site, mes.EventLabour, e.Job.Order)
		if err := w.remember(ctx, key, c.Account, c); err != nil {
			return err
		}
		return w.audit(by, "clocked_"+string(kind), "account", c.Account, "", key, nil, map[string]string{"lot": c.Lot, "operation": e.Job.Operation, "code": c.Code})
	})
	if err != nil {
		return nil, err
	}
	return l.Running(ctx, site, c.Account, "")
}

// person refuses who is no active person of the site.
func (w *work) person(ctx context.Context, site, account string) error {
	a, err := w.AccountByID(ctx, account)
	if err != nil || a.Site != site || a.Kind != string(mes.AccountPerson) || !a.Active {
		return missing(or(err, pgx.ErrNoRows), "Person", account)
	}
	return nil
}

// jobOf is what a lot's people work on now.
func (w *work) jobOf(ctx context.Context, site, lot string, kind mes.ClockKind) (mes.LabourJob, error) {
	row, err := w.LotToClockOn(ctx, sqlcgen.LotToClockOnParams{Site: site, Lot: lot})
	if err != nil {
		return mes.LabourJob{}, missing(err, "Lot", lot)
	}
	if kind == mes.ClockOn && row.State != string(mes.LotRunning) {
		return mes.LabourJob{}, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s %s.", lot, mes.LotState(row.State).Phrase()), "Nobody was clocked on.", "Start its operation first.")
	}
	return mes.LabourJob{Order: row.WorkOrder, Lot: row.ID, Operation: row.Operation, Visit: row.Visit, Station: row.Station}, nil
}

// Correct says what a person did between two times.
func (l *Labour) Correct(ctx context.Context, key, site string, by mes.Actor, c mes.LabourCorrection) ([]mes.LabourEntry, error) {
	err := l.change(ctx, func(w *work) error {
		found, err := w.answered(ctx, key, &c)
		if err != nil || found {
			return err
		}
		e := mes.ClockEvent{Kind: mes.ClockCorrection, Account: c.Account, Code: c.Code, From: c.From, To: c.To, Reason: c.Reason, By: by.ID}
		if e.At, err = w.Now(ctx); err != nil {
			return err
		}
		if err := w.mayCorrect(ctx, site, by, c, e.At); err != nil {
			return err
		}
		if c.Lot != "" {
			if e.Job, err = w.worked(ctx, site, c); err != nil {
				return err
			}
		}
		// As it stands before, read in the same transaction: whoever reads the trail sees what was changed.
		before, err := entriesOf(ctx, w.Queries, site, []string{c.Account}, c.From, c.To)
		if err != nil {
			return err
		}
		if err := w.later.AddLabourEvent(ctx, clockParams(key, site, e)); err != nil {
			return err
		}
		w.tell(site, mes.EventLabour, e.Job.Order)
		if err := w.remember(ctx, key, c.Account, c); err != nil {
			return err
		}
		if err := w.recordsCorrected(ctx, site, by, append(before, mes.LabourEntry{LabourJob: e.Job})); err != nil {
			return err
		}
		return w.audit(by, "labour_corrected", "account", c.Account, c.Reason, key, before, c)
	})
	if err != nil {
		return nil, err
	}
	return entriesOf(ctx, l.q, site, []string{c.Account}, c.From, c.To)
}

// recordsCorrected voids the releases of the records that a correction changes: of the lots that the time was booked on, and
// of the one that it is booked on now. Locks are taken by lot ID.
func (w *work) recordsCorrected(ctx context.Context, site string, by mes.Actor, entries []mes.LabourEntry) error {
	orders, lots := map[string]string{}, []string{}
	for _, e := range entries {
		if _, known := orders[e.Lot]; e.Lot != "" && !known {
			orders[e.Lot], lots = e.Order, append(lots, e.Lot)
		}
	}
	slices.Sort(lots)
	for _, lot := range lots {
		if err := w.lockRecord(ctx, site, mes.SignedRecord{Noun: mes.SignedLotRecord, ID: lot}); err != nil {
			return err
		}
	}
	for _, lot := range lots {
		if err := w.lotChanged(ctx, site, lot, orders[lot], by.ID, "time was corrected"); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) mayCorrect(ctx context.Context, site string, by mes.Actor, c mes.LabourCorrection, now time.Time) error {
	if err := c.Validate(now); err != nil {
		return err
	}
	if by.ID == c.Account {
		return mes.Refuse(mes.CodeForbidden, "Nobody corrects their own time.", "Nothing was changed.", "Let another supervisor do it.")
	}
	if c.Code != "" {
		if _, err := w.LabourCodeByID(ctx, c.Code); err != nil {
			return missing(err, "Labour code", c.Code)
		}
	}
	a, err := w.AccountByID(ctx, c.Account)
	if err != nil || a.Site != site {
		return missing(or(err, pgx.ErrNoRows), "Person", c.Account)
	}
	return nil
}

// worked finds the visit that a correction means.
func (w *work) worked(ctx context.Context, site string, c mes.LabourCorrection) (mes.LabourJob, error) {
	v, err := w.VisitWorked(ctx, sqlcgen.VisitWorkedParams{Site: site, Lot: c.Lot, Operation: c.Operation, At: c.From})
	if err != nil {
		return mes.LabourJob{}, missing(err, "Work on", c.Lot+", operation "+c.Operation)
	}
	return mes.LabourJob{Order: v.WorkOrder, Lot: v.Lot, Operation: v.Operation, Visit: v.Visit, Station: v.Station}, nil
}

// Running reads what the clock runs on now.
func (l *Labour) Running(ctx context.Context, site, account, station string) ([]mes.LabourEntry, error) {
	accounts := []string{account}
	if account == "" {
		var err error
		if accounts, err = l.q.LabourAtStation(ctx, sqlcgen.LabourAtStationParams{Site: site, Station: station}); err != nil {
			return nil, translate(err)
		}
	}
	now := time.Now()
	all, err := entriesOf(ctx, l.q, site, accounts, now.Add(-mes.LongestStretch), now)
	if err != nil {
		return nil, err
	}
	out := []mes.LabourEntry{}
	for _, e := range all {
		if e.Open && (station == "" || e.Station == station) {
			out = append(out, e)
		}
	}
	return out, nil
}

// entriesOf adds up the time of some people in a span, with names.
func entriesOf(ctx context.Context, q *sqlcgen.Queries, site string, accounts []string, from, to time.Time) ([]mes.LabourEntry, error) {
	if len(accounts) == 0 {
		return []mes.LabourEntry{}, nil
	}
	now := time.Now()
	end, open := to, false
	if !to.Before(now.Add(-time.Second)) {
		end, open = now, true
	}
	rows, err := q.LabourEvents(ctx, sqlcgen.LabourEventsParams{Accounts: accounts, Site: site, Since: from.Add(-lookBack), Until: to})
	if err != nil {
		return nil, translate(err)
	}
	of, ends := map[string][]mes.ClockEvent{}, []mes.ClockEvent{}
	for _, r := range rows {
		if e := clockEvent(r); e.Kind == mes.ClockJobEnd {
			ends = append(ends, e)
		} else {
			of[e.Account] = append(of[e.Account], e)
		}
	}
	var out []mes.LabourEntry
	for _, a := range accounts {
		if len(of[a]) > 0 {
			out = append(out, mes.Clocked(append(of[a], ends...), end, open)...)
		}
	}
	kept := mes.Within(out, from, end)
	return kept, nameEntries(ctx, q, kept)
}

// nameEntries fills in what people and operations are called.
func nameEntries(ctx context.Context, q *sqlcgen.Queries, entries []mes.LabourEntry) error {
	var people, lots []string
	for _, e := range entries {
		if !slices.Contains(people, e.Account) {
			people = append(people, e.Account)
		}
		if e.Lot != "" {
			lots = append(lots, e.Lot)
		}
	}
	slices.Sort(lots)
	lots = slices.Compact(lots)
	names, err := q.LabourNames(ctx, people)
	if err != nil {
		return translate(err)
	}
	operations, err := q.OperationNames(ctx, lots)
	if err != nil {
		return translate(err)
	}
	called := map[string]string{}
	for _, n := range names {
		called[n.ID] = n.Name
	}
	for _, o := range operations {
		called[o.Lot+"/"+o.Operation] = o.Name
	}
	for i, e := range entries {
		entries[i].Name = called[e.Account]
		if e.Lot != "" {
			entries[i].OperationName = called[e.Lot+"/"+e.Operation]
		}
	}
	return nil
}

// Order reads an order's labour.
func (l *Labour) Order(ctx context.Context, site, number string) (mes.OrderLabour, error) {
	good, err := l.q.OrderGood(ctx, sqlcgen.OrderGoodParams{Site: site, Number: number})
	if err != nil {
		return mes.OrderLabour{}, missing(err, "Order", number)
	}
	entries, err := orderEntries(ctx, l.q, site, number)
	return mes.OfOrder(number, good, entries), err
}

// orderEntries adds up the time of all who worked on an order, from its first clock event to its last.
func orderEntries(ctx context.Context, q *sqlcgen.Queries, site, number string) ([]mes.LabourEntry, error) {
	span, err := q.OrderLabourSpan(ctx, sqlcgen.OrderLabourSpanParams{Site: site, Number: number})
	if err != nil {
		return nil, translate(err)
	}
	var from, to time.Time
	var accounts []string
	for _, s := range span {
		if from.IsZero() || s.First.Before(from) {
			from = s.First
		}
		if s.Last.After(to) {
			to = s.Last
		}
		if s.Account != "" {
			accounts = append(accounts, s.Account)
		}
	}
	// What runs still runs after its last event.
	return entriesOf(ctx, q, site, accounts, from, to.Add(mes.LongestStretch))
}

// clockEvent is a stored line of the clock.
func clockEvent(r sqlcgen.LabourEvent) mes.ClockEvent {
	e := mes.ClockEvent{ID: r.ID, Kind: mes.ClockKind(r.Kind), Account: r.Account, Code: r.Code, At: r.At, Reason: r.Reason, By: r.ByAccount,
		Job: mes.LabourJob{Order: r.WorkOrder, Lot: r.Lot, Operation: r.Operation, Visit: r.Visit, Station: r.Station}}
	if r.FromAt != nil && r.ToAt != nil {
		e.From, e.To = *r.FromAt, *r.ToAt
	}
	return e
}

// Days reads what people did on some days.
func (l *Labour) Days(ctx context.Context, site, account string, from time.Time, days int) (mes.LabourDays, error) {
	var f mes.Faults
	f.Check(days >= 1 && days <= mes.LongestReport, "days", "must be from 1 to %d", mes.LongestReport)
	if err := f.Err("The report was not made."); err != nil {
		return mes.LabourDays{}, err
	}
	to := from.AddDate(0, 0, days)
	accounts := []string{account}
	if account == "" {
		var err error
		if accounts, err = l.q.LabourAccounts(ctx, sqlcgen.LabourAccountsParams{Site: site, Since: from.Add(-mes.LongestStretch), Until: to}); err != nil {
			return mes.LabourDays{}, translate(err)
		}
		slices.Sort(accounts)
	}
	entries, err := entriesOf(ctx, l.q, site, accounts, from, to)
	return mes.DaysOf(entries, from, days, from.Location()), err
}
