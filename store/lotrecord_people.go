package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// people adds the printed names of everyone who appears, and judges the certificates of those who worked.
func (b lotRecords) people(ctx context.Context) error {
	ids := map[string]bool{}
	for _, r := range b.at {
		for _, id := range peopleOf(r.Content) {
			ids[id] = true
		}
	}
	all := slices.Sorted(maps.Keys(ids))
	names, err := b.q.RecordPeople(ctx, all)
	if err != nil {
		return err
	}
	held, err := b.certificates(ctx, all)
	if err != nil {
		return err
	}
	for _, r := range b.at {
		mine := peopleOf(r.Content)
		for _, n := range names {
			if slices.Contains(mine, n.ID) {
				r.Beside.Names.People[n.ID] = n.Name
			}
		}
		r.Beside.Authority = mes.AuthorityOf(r.Content, held)
	}
	return nil
}

// peopleOf lists the accounts that a lot's history names.
func peopleOf(h mes.LotHistory) []string {
	ids := []string{h.CreatedBy}
	for _, o := range h.Operations {
		ids = append(ids, o.Operator)
		for _, s := range o.Steps {
			ids = append(ids, s.Operator)
		}
	}
	for _, e := range h.Events {
		ids = append(ids, e.Actor)
	}
	for _, x := range h.Holds {
		ids = append(ids, x.PlacedBy, x.ReleasedBy)
	}
	for _, w := range h.Labour {
		ids = append(ids, w.Person)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// certificates reads all that some people were ever given.
func (b lotRecords) certificates(ctx context.Context, people []string) ([]mes.HeldCertificate, error) {
	rows, err := b.q.RecordCertificates(ctx, people)
	out := make([]mes.HeldCertificate, len(rows))
	for i, r := range rows {
		out[i] = mes.HeldCertificate{Account: r.Account, Skill: r.Skill, Level: r.Level, GivenAt: r.GivenAt, ExpiresAt: r.ExpiresAt, WithdrawnAt: r.WithdrawnAt}
	}
	return out, err
}

// decided reads the decisions that took effect, each with the signatures that it needed.
func (b lotRecords) decided(ctx context.Context) error {
	standard := func(noun mes.SignedNoun) int {
		r, _ := mes.StandardRule(noun)
		return len(r.Needs)
	}
	rows, err := b.q.RecordDecided(ctx, sqlcgen.RecordDecidedParams{Site: b.site, Lots: b.lots, ReviewNeeds: standard(mes.SignedReview), ReleaseNeeds: standard(mes.SignedHoldRelease),
		Reviewed: string(mes.EntryReviewed), Released: string(mes.EntryReleased)})
	for _, r := range rows {
		at := &b.at[r.Lot].Beside
		at.Decisions = append(at.Decisions, mes.RecordDecision{Key: r.Key, Noun: mes.SignedNoun(r.Noun), Record: r.Record, By: r.Actor, At: r.At, Operation: r.Operation, Visit: r.Visit,
			Step: r.Step, Needs: r.Needs})
	}
	return err
}

// labour adds up what people worked on each lot. Each lot is added up by its own span, so that it comes out the same
// whichever others are read with it.
func (b lotRecords) labour(ctx context.Context) error {
	spans, err := b.q.RecordLabourSpan(ctx, sqlcgen.RecordLabourSpanParams{Site: b.site, Lots: b.lots})
	if err != nil || len(spans) == 0 {
		return err
	}
	of := map[string]*lotSpan{}
	whole := &lotSpan{}
	for _, s := range spans {
		if of[s.Lot] == nil {
			of[s.Lot] = &lotSpan{}
		}
		of[s.Lot].add(s.Account, s.First, s.Last)
		whole.add(s.Account, s.First, s.Last)
	}
	slices.Sort(whole.accounts)
	since, until := whole.bounds()
	rows, err := b.q.LabourEvents(ctx, sqlcgen.LabourEventsParams{Accounts: slices.Compact(whole.accounts), Site: b.site, Since: since, Until: until})
	if err != nil {
		return err
	}
	for lot, s := range of {
		r := b.at[lot]
		_, until := s.bounds()
		if until.After(r.Beside.ReadAt) {
			until = r.Beside.ReadAt
		}
		r.Content.Labour = mes.LotLabour(lot, s.events(rows), until)
	}
	return nil
}

// lotSpan is who worked on a lot, and from when to when.
type lotSpan struct {
	accounts    []string
	first, last time.Time
}

func (s *lotSpan) add(account string, first, last time.Time) {
	if account != "" {
		s.accounts = append(s.accounts, account)
	}
	if s.first.IsZero() || first.Before(s.first) {
		s.first = first
	}
	if last.After(s.last) {
		s.last = last
	}
}

// bounds are the times between which events bear on the lot.
func (s *lotSpan) bounds() (since, until time.Time) {
	return s.first.Add(-lookBack), s.last.Add(mes.LongestStretch)
}

// events picks those of the lot's people, and the ends of jobs.
func (s *lotSpan) events(rows []sqlcgen.LabourEvent) []mes.ClockEvent {
	var out []mes.ClockEvent
	since, until := s.bounds()
	for _, r := range rows {
		e := clockEvent(r)
		inside := !e.At.Before(since) && !e.At.After(until)
		if e.Kind == mes.ClockCorrection {
			inside = e.From.Before(until) && e.To.After(since)
		}
		if inside && (e.Kind == mes.ClockJobEnd || slices.Contains(s.accounts, e.Account)) {
			out = append(out, e)
		}
	}
	return out
}

// documents reads the revisions that the lots ran by, and who of those that worked on them had confirmed which by the end.
func (b lotRecords) documents(ctx context.Context) error {
	rows, err := b.q.RecordDocuments(ctx, b.lots)
	if err != nil || len(rows) == 0 {
		return err
	}
	var revisions, people []string
	for _, d := range rows {
		revisions = append(revisions, d.Kind+"/"+d.ID+"/"+d.Revision)
	}
	for _, r := range b.at {
		people = append(people, workersOf(r.Content)...)
	}
	slices.Sort(people)
	readings, err := b.q.RecordReadings(ctx, sqlcgen.RecordReadingsParams{Accounts: slices.Compact(people), Revisions: revisions})
	if err != nil {
		return err
	}
	for _, d := range rows {
		c := &b.at[d.Lot].Content
		doc := mes.RecordDocument{Kind: mes.DocumentKind(d.Kind), ID: d.ID, Revision: d.Revision, Hash: d.Hash, Routing: d.RoutingRevision, FrozenAt: d.FrozenAt, Read: []mes.RecordReading{}}
		workers := workersOf(*c)
		for _, x := range readings {
			same := x.Kind == d.Kind && x.ID == d.ID && x.Revision == d.Revision
			if same && slices.Contains(workers, x.Account) && (c.EndedAt == nil || !x.At.After(*c.EndedAt)) {
				doc.Read = append(doc.Read, mes.RecordReading{Person: x.Account, Hash: x.Hash, At: x.At})
			}
		}
		c.Documents = append(c.Documents, doc)
	}
	return nil
}

// workersOf lists who worked on a lot's operations and steps.
func workersOf(h mes.LotHistory) []string {
	var ids []string
	for _, o := range h.Operations {
		ids = append(ids, o.Operator)
		for _, s := range o.Steps {
			ids = append(ids, s.Operator)
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}
