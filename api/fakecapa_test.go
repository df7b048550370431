package api

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeCAPAs keeps CAPAs by the rules of package mes.
type fakeCAPAs struct {
	mes.CAPAs
	mu   sync.Mutex
	now  func() time.Time
	rows map[string]mes.CAPA
	// files is what was given as evidence.
	files map[string]mes.Blob
}

func newFakeCAPAs(now func() time.Time) *fakeCAPAs {
	return &fakeCAPAs{now: now, rows: map[string]mes.CAPA{}, files: map[string]mes.Blob{}}
}

func (f *fakeCAPAs) Get(_ context.Context, site, id string) (mes.CAPA, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.rows[id]
	if !ok || c.Site != site {
		return c, mes.NotFound("CAPA", id)
	}
	return c, nil
}

func (f *fakeCAPAs) List(_ context.Context, q mes.CAPAFilter) (mes.Page[mes.CAPARow], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out mes.Page[mes.CAPARow]
	for _, c := range f.rows {
		if c.Site == q.Site && (q.Owner == "" || q.Owner == c.Owner) {
			out.Items = append(out.Items, mes.CAPARow{ID: c.ID, Title: c.Title, Severity: c.Severity, State: c.State, Source: c.Source, Owner: c.Owner, Codes: c.Codes, RaisedAt: c.RaisedAt})
		}
	}
	slices.SortFunc(out.Items, func(a, b mes.CAPARow) int { return len(a.ID) - len(b.ID) })
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeCAPAs) Tasks(_ context.Context, q mes.CAPATaskFilter) (mes.Page[mes.CAPATask], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out mes.Page[mes.CAPATask]
	for _, c := range f.rows {
		for _, t := range c.Tasks {
			if q.Owner == "" || q.Owner == t.Owner {
				out.Items = append(out.Items, t)
			}
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeCAPAs) Raise(_ context.Context, by mes.Actor, r mes.CAPARequest) (mes.CAPA, error) {
	if err := r.Validate(); err != nil {
		return mes.CAPA{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := r.Open(mes.CAPAID(len(f.rows)+1), by, f.now())
	c.Links = append(c.Links, r.Links...)
	f.rows[c.ID] = c
	return c, nil
}

func (f *fakeCAPAs) do(p mes.CAPAPlace, rule func(mes.CAPA) (mes.CAPA, error)) (mes.CAPA, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.rows[p.ID]
	if !ok {
		return c, mes.NotFound("CAPA", p.ID)
	}
	if p.Version != 0 && p.Version != c.Version {
		return c, mes.Refuse(mes.CodeConflict, "changed", "", "")
	}
	next, err := rule(c)
	if err != nil {
		return c, err
	}
	next.Version++
	f.rows[p.ID] = next
	return next, nil
}

func (f *fakeCAPAs) Rewrite(_ context.Context, p mes.CAPAPlace, h mes.CAPAHead) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.Rewrite(h) })
}

func (f *fakeCAPAs) Write(_ context.Context, p mes.CAPAPlace, d mes.Discipline, n mes.CAPAContent) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.Write(d, n) })
}

func (f *fakeCAPAs) Complete(_ context.Context, p mes.CAPAPlace, d mes.Discipline) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.Complete(d, p.By, f.now()) })
}

func (f *fakeCAPAs) Reopen(_ context.Context, p mes.CAPAPlace, d mes.Discipline) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.Reopen(d, p.Reason) })
}

func (f *fakeCAPAs) MoveDue(_ context.Context, p mes.CAPAPlace, d mes.Discipline, due time.Time) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.MoveDue(d, due, p.Reason, f.now()) })
}

func (f *fakeCAPAs) Cancel(_ context.Context, p mes.CAPAPlace) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) { return c.Cancel(p.Reason, f.now()) })
}

func (f *fakeCAPAs) Link(_ context.Context, p mes.CAPAPlace, links []mes.CAPALink) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		for _, l := range links {
			if err := l.Validate(); err != nil {
				return c, err
			}
		}
		c.Links = append(slices.Clone(c.Links), links...)
		return c, nil
	})
}

func (f *fakeCAPAs) AddTask(_ context.Context, p mes.CAPAPlace, n mes.NewCAPATask) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		next, _, err := c.AddTask(fmt.Sprintf("T%d", len(c.Tasks)+1), n, p.By, f.now())
		return next, err
	})
}

func (f *fakeCAPAs) ChangeTask(_ context.Context, p mes.CAPAPlace, task string, n mes.CAPATaskChange) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		next, _, err := c.Reassign(task, n.Owner, n.DueAt, p.Reason, f.now())
		return next, err
	})
}

func (f *fakeCAPAs) DoTask(_ context.Context, p mes.CAPAPlace, task string, r mes.CAPAReport) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		next, _, err := c.DoTask(task, r.Note, f.keep(r.Files), p.By, f.now())
		return next, err
	})
}

func (f *fakeCAPAs) VerifyTask(_ context.Context, p mes.CAPAPlace, task string, r mes.CAPAReport) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		next, _, err := c.VerifyTask(task, r.Works, r.Note, f.keep(r.Files), p.By, f.now())
		return next, err
	})
}

func (f *fakeCAPAs) DropTask(_ context.Context, p mes.CAPAPlace, task string) (mes.CAPA, error) {
	return f.do(p, func(c mes.CAPA) (mes.CAPA, error) {
		next, _, err := c.DropTask(task, p.Reason, p.By, f.now())
		return next, err
	})
}

func (f *fakeCAPAs) keep(files []mes.Evidence) []mes.CAPAEvidence {
	var out []mes.CAPAEvidence
	for _, e := range files {
		hash := fmt.Sprintf("hash%d", len(f.files))
		f.files[hash] = mes.Blob{Hash: hash, ContentType: e.ContentType, Content: e.Content}
		out = append(out, mes.CAPAEvidence{Hash: hash, Name: e.Name, Type: e.ContentType, Size: len(e.Content)})
	}
	return out
}

func (f *fakeCAPAs) Evidence(_ context.Context, _, _, hash string) (mes.Blob, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.files[hash]
	if !ok {
		return b, mes.NotFound("Evidence", hash)
	}
	return b, nil
}

func (f *fakeCAPAs) Report(ctx context.Context, site, id string) (mes.EightD, error) {
	c, err := f.Get(ctx, site, id)
	return mes.EightD{CAPA: c, Hash: "abc", Site: "Hamburg", Zone: "Europe/Berlin", Signatures: []mes.Signature{}, Audit: []mes.AuditRow{}, Runs: []mes.ArchivedRun{}, People: map[string]string{}}, err
}

func (f *fakeCAPAs) Reading(_ context.Context, _ string, _ mes.CAPACriterion, from, until time.Time) (mes.CAPAReading, error) {
	return mes.CAPAReading{From: from, Until: until, Events: 2, Pieces: mes.Count(3912)}, nil
}

func (f *fakeCAPAs) Weeks(_ context.Context, _ string, _ mes.CAPACriterion, from, _ time.Time) ([]mes.CAPAWeek, error) {
	return []mes.CAPAWeek{{From: from, Events: 2, Pieces: mes.Count(400)}}, nil
}
