package store

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// OpenCAPAs lists all that have not ended.
func (s *CAPAs) OpenCAPAs(ctx context.Context) ([]mes.CAPAChanged, error) {
	rows, err := s.q.OpenCAPAs(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.CAPAChanged, len(rows))
	for i, r := range rows {
		out[i] = mes.CAPAChanged{Site: r.Site, CAPA: r.ID}
	}
	return out, nil
}

// Remind raises the reminders that are due, once each.
func (s *CAPAs) Remind(ctx context.Context, site, id string) (mes.CAPAWait, error) {
	var out mes.CAPAWait
	err := s.change(ctx, func(w *work) error {
		c, now, err := w.lockCAPA(ctx, site, id)
		if err != nil {
			return err
		}
		out = c.Waits(now)
		due, _ := c.DueReminders(now)
		for _, r := range due {
			if r.Kind == mes.AlertCAPAFewPieces {
				if enough, err := w.enoughPieces(ctx, c, now); enough || err != nil {
					if err != nil {
						return err
					}
					continue
				}
			}
			if err := w.alert(ctx, r.Key, r.Alert); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// enoughPieces tells that what was made so far is enough to judge by.
func (w *work) enoughPieces(ctx context.Context, c mes.CAPA, now time.Time) (bool, error) {
	k := *c.Record.Plan.Criterion
	r, err := readEffect(ctx, w.Queries, c.Site, k, c.Record.Effect.Since, now)
	return r.Pieces.GreaterThanOrEqual(k.MinPieces), err
}

// Check reads the defect data once the period is over.
func (s *CAPAs) Check(ctx context.Context, site, id string) (mes.CAPAWait, error) {
	var out mes.CAPAWait
	err := s.change(ctx, func(w *work) error {
		c, now, err := w.lockCAPA(ctx, site, id)
		if err != nil {
			return err
		}
		out = c.Waits(now)
		if c.State != mes.CAPAWatching || now.Before(c.Record.Effect.CheckAt) {
			return nil // another attempt did it, or it is not time yet
		}
		r, err := readEffect(ctx, w.Queries, site, *c.Record.Plan.Criterion, c.Record.Effect.Since, c.Record.Effect.CheckAt)
		if err != nil {
			return err
		}
		next, err := c.Read(r, now)
		if err != nil {
			return err
		}
		system := mes.Actor{ID: mes.ActorSystem}
		if err := w.saveCAPA(ctx, system, "effect_read", r.Sentence(), "", c, next, now); err != nil {
			return err
		}
		out = next.Waits(now)
		return w.capaTurned(ctx, c, next)
	})
	return out, err
}

// Reading reads the defect data of a period against a criterion.
func (s *CAPAs) Reading(ctx context.Context, site string, k mes.CAPACriterion, from, until time.Time) (mes.CAPAReading, error) {
	r, err := readEffect(ctx, s.q, site, k, from, until)
	return r, translate(err)
}

// Weeks reads the same data week by week. The last one may be shorter.
func (s *CAPAs) Weeks(ctx context.Context, site string, k mes.CAPACriterion, from, until time.Time) ([]mes.CAPAWeek, error) {
	out := []mes.CAPAWeek{}
	const most = 160 // three years
	for at := from; at.Before(until) && len(out) < most; at = at.AddDate(0, 0, 7) {
		end := at.AddDate(0, 0, 7)
		if end.After(until) {
			end = until
		}
		events, pieces, err := countEffect(ctx, s.q, site, k, at, end)
		if err != nil {
			return nil, translate(err)
		}
		out = append(out, mes.CAPAWeek{From: at, Events: events, Pieces: pieces})
	}
	return out, nil
}

func readEffect(ctx context.Context, q *sqlcgen.Queries, site string, k mes.CAPACriterion, from, until time.Time) (mes.CAPAReading, error) {
	out := mes.CAPAReading{From: from.UTC(), Until: until.UTC()}
	var err error
	if out.Events, out.Pieces, err = countEffect(ctx, q, site, k, from, until); err != nil {
		return out, err
	}
	rows, err := q.LastCAPAEvents(ctx, sqlcgen.LastCAPAEventsParams{Site: site, Since: from, Until: until, Codes: orNone(k.Codes), Kinds: texts(k.Kinds), Product: k.Product,
		Operation: k.Operation, Station: k.Station})
	for _, r := range rows {
		out.Last = append(out.Last, mes.QualityEvent{Key: r.Key, Site: r.Site, Kind: mes.QualityKind(r.Kind), Code: r.Code, Noun: r.Noun, Subject: r.Subject, Lot: r.Lot, Product: r.Product,
			Operation: r.Operation, Step: r.Step, Station: r.Station, Device: r.Device, Model: r.Model, Text: r.Text, At: r.At.UTC()})
	}
	return out, err
}

// countEffect counts events and pieces at or after from and before until.
func countEffect(ctx context.Context, q *sqlcgen.Queries, site string, k mes.CAPACriterion, from, until time.Time) (int64, mes.Decimal, error) {
	events, err := q.CAPAEvents(ctx, sqlcgen.CAPAEventsParams{Site: site, Since: from, Until: until, Codes: orNone(k.Codes), Kinds: texts(k.Kinds), Product: k.Product,
		Operation: k.Operation, Station: k.Station})
	if err != nil {
		return 0, mes.Zero, err
	}
	pieces, err := q.CAPAPieces(ctx, sqlcgen.CAPAPiecesParams{Site: site, Product: k.Product, Operation: k.Operation, Station: k.Station, Since: from, Until: until})
	return events, pieces, err
}

func orNone(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
