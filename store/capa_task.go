package store

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// AddTask adds a task. Its number counts on over all rounds.
func (s *CAPAs) AddTask(ctx context.Context, p mes.CAPAPlace, n mes.NewCAPATask) (mes.CAPA, error) {
	return s.command(ctx, p, "task_added", func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		if err := w.capaPeople(ctx, n.Owner); err != nil {
			return c, err
		}
		count, err := w.CountCAPATasks(ctx, sqlcgen.CountCAPATasksParams{Site: c.Site, Capa: c.ID})
		if err != nil {
			return c, err
		}
		n.DueAt = *micro(&n.DueAt)
		next, t, err := c.AddTask(fmt.Sprintf("T%d", count+1), n, p.By, now)
		if err != nil {
			return c, err
		}
		return next, w.taskGiven(ctx, next, t, p.By)
	})
}

// taskGiven tells a person of a task that somebody else gave them.
func (w *work) taskGiven(ctx context.Context, c mes.CAPA, t mes.CAPATask, by mes.Actor) error {
	if t.Owner == by.ID {
		return nil
	}
	return w.alert(ctx, fmt.Sprintf("capa/%s/%s/%s/given/%s", c.Site, c.ID, t.ID, t.Owner), mes.Alert{Site: c.Site, Kind: mes.AlertCAPADue, Severity: mes.SeverityLow, Noun: mes.NounCAPA,
		Subject: c.AlertOn(t.ID), Account: t.Owner, Text: fmt.Sprintf("%s: %s is yours, due %s", c.ID, t.Title, t.DueAt.Format(time.DateOnly))})
}

// ChangeTask gives a task to another person or another day.
func (s *CAPAs) ChangeTask(ctx context.Context, p mes.CAPAPlace, task string, n mes.CAPATaskChange) (mes.CAPA, error) {
	return s.command(ctx, p, "task_changed", func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		if err := w.capaPeople(ctx, n.Owner); err != nil {
			return c, err
		}
		next, t, err := c.Reassign(task, n.Owner, *micro(&n.DueAt), p.Reason, now)
		if err != nil {
			return c, err
		}
		return next, w.taskGiven(ctx, next, t, p.By)
	})
}

// DoTask says that a task is done.
func (s *CAPAs) DoTask(ctx context.Context, p mes.CAPAPlace, task string, r mes.CAPAReport) (mes.CAPA, error) {
	return s.command(ctx, p, "task_done", func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		files, err := w.capaFiles(ctx, r.Files, p.By, now)
		if err != nil {
			return c, err
		}
		next, _, err := c.DoTask(task, r.Note, files, p.By, now)
		return next, err
	})
}

// VerifyTask says what a second person saw of an action.
func (s *CAPAs) VerifyTask(ctx context.Context, p mes.CAPAPlace, task string, r mes.CAPAReport) (mes.CAPA, error) {
	action := "task_verified"
	if !r.Works {
		action = "task_returned"
	}
	return s.command(ctx, p, action, func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		files, err := w.capaFiles(ctx, r.Files, p.By, now)
		if err != nil {
			return c, err
		}
		next, _, err := c.VerifyTask(task, r.Works, r.Note, files, p.By, now)
		return next, err
	})
}

// DropTask gives a task up.
func (s *CAPAs) DropTask(ctx context.Context, p mes.CAPAPlace, task string) (mes.CAPA, error) {
	return s.command(ctx, p, "task_dropped", func(_ *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		next, _, err := c.DropTask(task, p.Reason, p.By, now)
		return next, err
	})
}

// capaFiles keeps files under the hashes of their content.
func (w *work) capaFiles(ctx context.Context, files []mes.Evidence, by mes.Actor, now time.Time) ([]mes.CAPAEvidence, error) {
	var f mes.Faults
	for i, e := range files {
		e.Check(&f, fmt.Sprintf("files[%d]", i))
	}
	if err := f.Err("The files were not taken."); err != nil {
		return nil, err
	}
	out := make([]mes.CAPAEvidence, len(files))
	for i, e := range files {
		hash, err := putBlob(ctx, w.Queries, e.ContentType, e.Content)
		if err != nil {
			return nil, err
		}
		out[i] = mes.CAPAEvidence{Hash: hash, Name: e.Name, Type: e.ContentType, Size: len(e.Content), By: by.ID, At: now}
	}
	return out, nil
}

// Evidence reads a file of a CAPA, of this round or a former one.
func (s *CAPAs) Evidence(ctx context.Context, site, id, hash string) (mes.Blob, error) {
	ok, err := s.q.CAPAEvidenceOf(ctx, sqlcgen.CAPAEvidenceOfParams{Site: site, Capa: id, Hash: hash})
	if err != nil {
		return mes.Blob{}, translate(err)
	}
	if !ok {
		return mes.Blob{}, mes.NotFound("Evidence", hash)
	}
	return (&Blobs{s.db}).Get(ctx, hash)
}
