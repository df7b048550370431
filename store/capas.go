package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// CAPAs keeps corrective and preventive actions.
type CAPAs struct{ db }

var (
	_ mes.CAPAs      = (*CAPAs)(nil)
	_ mes.CAPALedger = (*CAPAs)(nil)
)

// Get reads one whole.
func (s *CAPAs) Get(ctx context.Context, site, id string) (mes.CAPA, error) {
	row, err := s.q.CAPAByID(ctx, sqlcgen.CAPAByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.CAPA{}, missing(err, "CAPA", id)
	}
	c, err := readCAPA(ctx, s.q, row)
	return c, translate(err)
}

// readCAPA joins the rest to a CAPA's row.
func readCAPA(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.Capa) (mes.CAPA, error) {
	c, err := capaOf(row)
	if err != nil {
		return c, err
	}
	tasks, err := q.CAPATasksOf(ctx, sqlcgen.CAPATasksOfParams{Site: c.Site, Capa: c.ID, Iteration: c.Iteration})
	if err != nil {
		return c, err
	}
	for _, t := range tasks {
		task, err := capaTaskOf(t)
		if err != nil {
			return c, err
		}
		c.Tasks = append(c.Tasks, task)
	}
	former, err := q.CAPAIterationsOf(ctx, sqlcgen.CAPAIterationsOfParams{Site: c.Site, Capa: c.ID})
	if err != nil {
		return c, err
	}
	c.Former = make([]mes.CAPAIteration, len(former))
	for i, f := range former {
		if err := json.Unmarshal(f, &c.Former[i]); err != nil {
			return c, fmt.Errorf("round %d of %s: %w", i+1, c.ID, err)
		}
	}
	if err := readCAPALinks(ctx, q, &c); err != nil {
		return c, err
	}
	return c, readCAPADocuments(ctx, q, &c)
}

func capaOf(r sqlcgen.Capa) (mes.CAPA, error) {
	c := mes.CAPA{Site: r.Site, ID: r.ID, Title: r.Title, Severity: mes.Severity(r.Severity), State: mes.CAPAState(r.State), Source: mes.CAPASource(r.Source), Rule: r.Rule,
		Group: r.RuleGroup, Product: r.Product, Codes: r.Codes, Owner: r.Owner, Manager: r.Manager, RaisedBy: r.RaisedBy, RaisedAt: r.RaisedAt.UTC(), Why: r.Why,
		Iteration: r.Iteration, Version: r.Version, EndedAt: micro(r.EndedAt), EndReason: r.EndReason, Tasks: []mes.CAPATask{}, Links: []mes.CAPALink{}, Former: []mes.CAPAIteration{}}
	if err := json.Unmarshal(r.Record, &c.Record); err != nil {
		return c, fmt.Errorf("record of %s: %w", r.ID, err)
	}
	return c, nil
}

func capaTaskOf(r sqlcgen.CapaTask) (mes.CAPATask, error) {
	t := mes.CAPATask{ID: r.ID, Site: r.Site, CAPA: r.Capa, Iteration: r.Iteration, D: mes.Discipline(r.D), Title: r.Title, Against: r.Against, Owner: r.Owner, DueAt: r.DueAt.UTC(),
		State: mes.CAPATaskState(r.State), Note: r.Note, DoneBy: r.DoneBy, DoneAt: micro(r.DoneAt), Verification: r.Verification, VerifiedBy: r.VerifiedBy, VerifiedAt: micro(r.VerifiedAt),
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC()}
	return t, json.Unmarshal(r.Evidence, &t.Evidence)
}

var capaSorts = sorts{
	"":          {{"coalesce(c.next_due, c.check_at, 'infinity')", "timestamptz", false}},
	"id":        {{"c.id", "text", false}},
	"title":     {{"c.title", "text", false}},
	"severity":  {{"array_position(ARRAY['critical', 'high', 'medium', 'low'], c.severity)", "int", false}},
	"state":     {{"c.state", "text", false}},
	"owner":     {{"c.owner", "text", false}},
	"raised_at": {{"c.raised_at", "timestamptz", false}},
	"next_due":  {{"coalesce(c.next_due, 'infinity')", "timestamptz", false}},
}

const capaColumns = `c.id, c.title, c.severity, c.state, c.source, c.rule, c.product, c.codes, c.owner, c.raised_by, c.raised_at, c.iteration, c.discipline,
	(SELECT count(*) FROM capa_task t WHERE t.site = c.site AND t.capa = c.id AND t.iteration = c.iteration AND t.state = 'open'), c.next_due, c.check_at, c.ended_at`

// List reads a page.
func (s *CAPAs) List(ctx context.Context, f mes.CAPAFilter) (mes.Page[mes.CAPARow], error) {
	l := newListing("capa c", f.Paging, capaSorts, column{"c.id", "text", false})
	l.where("c.site = ?", f.Site).where("c.state = ANY (?)", texts(f.States)).where("c.severity = ?", string(f.Severity)).where("c.owner = ?", f.Owner)
	l.where("c.product = ?", f.Product).where("? = ANY (c.codes)", f.Code).where("c.rule = ?", f.Rule)
	l.when(f.Open, "c.ended_at IS NULL").when(f.Overdue, "c.ended_at IS NULL AND c.next_due < now()")
	if f.Noun != "" {
		noun, subject := l.arg(f.Noun), l.arg(f.Subject)
		l.when(true, "EXISTS (SELECT FROM capa_link k WHERE k.site = c.site AND k.capa = c.id AND k.noun = "+noun+" AND k.subject = "+subject+")")
	}
	l.search(f.Text, "c.id", "c.title", "c.product", "c.owner", "array_to_string(c.codes, ' ')")
	return page(ctx, s.db, l, capaColumns, func(r *mes.CAPARow) []any {
		return []any{&r.ID, &r.Title, &r.Severity, &r.State, &r.Source, &r.Rule, &r.Product, &r.Codes, &r.Owner, &r.RaisedBy, &r.RaisedAt, &r.Iteration, &r.Discipline,
			&r.OpenTasks, &r.NextDue, &r.CheckAt, &r.EndedAt}
	})
}

const capaTaskColumns = `t.id, t.site, t.capa, c.title, t.iteration, t.d, t.title, t.against, t.owner, t.due_at, t.state, t.note, t.done_by, t.done_at, t.created_by, t.created_at`

// Tasks reads a page of tasks over all CAPAs.
func (s *CAPAs) Tasks(ctx context.Context, f mes.CAPATaskFilter) (mes.Page[mes.CAPATask], error) {
	l := newListing("capa_task t JOIN capa c ON c.site = t.site AND c.id = t.capa AND c.iteration = t.iteration", f.Paging, sorts{"": {{"t.due_at", "timestamptz", false}}},
		column{"t.capa || '/' || t.id", "text", false})
	l.where("t.site = ?", f.Site).where("t.owner = ?", f.Owner).when(f.Open, "t.state = 'open' AND c.ended_at IS NULL")
	l.search(f.Text, "t.title", "t.capa", "c.title")
	return page(ctx, s.db, l, capaTaskColumns, func(t *mes.CAPATask) []any {
		t.Evidence = []mes.CAPAEvidence{}
		return []any{&t.ID, &t.Site, &t.CAPA, &t.CAPATitle, &t.Iteration, &t.D, &t.Title, &t.Against, &t.Owner, &t.DueAt, &t.State, &t.Note, &t.DoneBy, &t.DoneAt, &t.CreatedBy, &t.CreatedAt}
	})
}
