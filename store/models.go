package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Models keeps the versions of vision models.
type Models struct{ db }

var _ mes.Models = (*Models)(nil)

// seenModels remembers for a moment which versions are known and not retired, so that a verdict needs no question about
// its model. A version that is retired elsewhere is noticed within seenFor.
type seenModels struct{ until sync.Map }

const seenFor = 10 * time.Second

type modelKey struct{ site, name, version string }

func (s *seenModels) known(k modelKey, now time.Time) bool {
	until, ok := s.until.Load(k)
	return ok && now.Before(until.(time.Time))
}

// seeModel enters the model version that sent a verdict, and tells of one that nobody described or that was retired.
func (i *ingestion) seeModel(ctx context.Context) error {
	if i.r.Model == "" {
		return nil
	}
	name, version := mes.ModelOf(i.r.Model, i.r.ModelVersion)
	k := modelKey{i.r.Site, name, version}
	if i.db.models.known(k, time.Now()) {
		return nil
	}
	row, err := i.ModelSeen(ctx, sqlcgen.ModelSeenParams{Site: k.site, Name: name, Version: version})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // another process is entering it at this moment
	}
	if err != nil {
		return err
	}
	title := mes.ModelVersion{Name: name, Version: version}.Title()
	switch {
	case row.New:
		i.tell(i.r.Site, mes.EventModel, title)
		return i.alert(ctx, "model-new/"+i.r.Site+"/"+title, mes.Alert{Site: i.r.Site, Kind: mes.AlertModelNew, Severity: mes.SeverityMedium, Noun: mes.NounModel, Subject: title,
			Text: fmt.Sprintf("Model %s sends verdicts from %s and nobody has described it.", title, i.r.Camera), Role: mes.RoleQuality})
	case row.State == string(mes.ModelRetired):
		return i.alert(ctx, "model-retired/"+i.r.Site+"/"+title+"/"+i.now.UTC().Format(time.DateOnly), mes.Alert{Site: i.r.Site, Kind: mes.AlertModelRetired,
			Severity: mes.SeverityHigh, Noun: mes.NounModel, Subject: title, Text: fmt.Sprintf("Model %s is retired and still sends verdicts, from %s.", title, i.r.Camera), Role: mes.RoleQuality})
	}
	i.db.models.until.Store(k, time.Now().Add(seenFor))
	return nil
}

// Versions lists a site's versions, with what came from each.
func (m *Models) Versions(ctx context.Context, site string) ([]mes.ModelVersion, error) {
	rows, err := m.q.ModelVersions(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	work, err := m.q.ModelsAtWork(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.ModelVersion, len(rows))
	for i, row := range rows {
		if out[i], err = modelOf(row); err != nil {
			return nil, err
		}
		for _, w := range work {
			if name, version := mes.ModelOf(w.Model, w.ModelVersion); name != row.Name || version != row.Version {
				continue
			}
			out[i].Verdicts += w.Verdicts
			if !slices.Contains(out[i].Cameras, w.Camera) {
				out[i].Cameras = append(out[i].Cameras, w.Camera)
			}
			if out[i].LastSeen == nil || w.LastSeen.After(*out[i].LastSeen) {
				out[i].LastSeen = &w.LastSeen
			}
		}
	}
	return out, nil
}

func modelOf(row sqlcgen.ModelVersion) (mes.ModelVersion, error) {
	v := mes.ModelVersion{Site: row.Site, Name: row.Name, Version: row.Version, State: mes.ModelState(row.State), Task: row.Task, FileHash: row.FileHash,
		TrainedOn: row.TrainedOn, Note: row.Note, Runs: []mes.ModelRun{}, Cameras: []string{}, FirstSeen: row.FirstSeen, ChangedBy: row.ChangedBy, ChangedAt: row.ChangedAt, Changes: row.Changes}
	return v, json.Unmarshal(row.Runs, &v.Runs)
}

// Describe makes or changes a version, once per key.
func (m *Models) Describe(ctx context.Context, key, site string, by mes.Actor, c mes.ModelChange) (mes.ModelVersion, error) {
	var out mes.ModelVersion
	key = "model/" + key
	err := m.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		var err error
		if out, err = w.describeModel(ctx, site, by, c); err != nil {
			return err
		}
		w.tell(site, mes.EventModel, out.Title())
		return w.remember(ctx, key, out.Title(), out)
	})
	m.models.until.Clear()
	return out, err
}

func (w *work) describeModel(ctx context.Context, site string, by mes.Actor, c mes.ModelChange) (mes.ModelVersion, error) {
	var was mes.ModelVersion
	row, err := w.LockModelVersion(ctx, sqlcgen.LockModelVersionParams{Site: site, Name: c.Name, Version: c.Version})
	switch {
	case err == nil:
		if was, err = modelOf(row); err != nil {
			return was, err
		}
	case !errors.Is(err, pgx.ErrNoRows):
		return was, err
	}
	if was.Changes != c.Changes {
		return was, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s changed this model meanwhile.", orNobody(was.ChangedBy)), "Your change was not stored.", "Compare and save again.")
	}
	before := was.State
	if before == "" {
		before = mes.ModelCandidate
	}
	if err := c.Validate(before); err != nil {
		return was, err
	}
	if err := w.writeModel(ctx, site, by, c); err != nil {
		return was, err
	}
	row, err = w.LockModelVersion(ctx, sqlcgen.LockModelVersionParams{Site: site, Name: c.Name, Version: c.Version})
	if err != nil {
		return was, err
	}
	now, err := modelOf(row)
	if err != nil {
		return was, err
	}
	// The alert of a new version ends with its description, that of a retired one once it is retired no more.
	kinds := []mes.AlertKind{mes.AlertModelNew}
	if now.State != mes.ModelRetired {
		kinds = append(kinds, mes.AlertModelRetired)
	}
	if err := w.settle(ctx, site, mes.NounModel, now.Title(), "described by "+by.ID, kinds...); err != nil {
		return now, err
	}
	return now, w.audit(by, "model_described", mes.NounModel, now.Title(), c.Reason, "", beforeOf(was), now)
}

func beforeOf(m mes.ModelVersion) any {
	if m.Changes == 0 {
		return nil
	}
	return m
}

func orNobody(account string) string {
	if account == "" {
		return "Somebody"
	}
	return account
}

func (w *work) writeModel(ctx context.Context, site string, by mes.Actor, c mes.ModelChange) error {
	runs := c.Runs
	if runs == nil {
		runs = []mes.ModelRun{}
	}
	doc, err := json.Marshal(runs)
	if err != nil {
		return err
	}
	if c.Changes > 0 {
		return w.ChangeModelVersion(ctx, sqlcgen.ChangeModelVersionParams{Site: site, Name: c.Name, Version: c.Version, State: string(c.State), Task: c.Task, FileHash: c.FileHash,
			TrainedOn: c.TrainedOn, Note: c.Note, Runs: doc, ChangedBy: by.ID})
	}
	n, err := w.AddModelVersion(ctx, sqlcgen.AddModelVersionParams{Site: site, Name: c.Name, Version: c.Version, State: string(c.State), Task: c.Task, FileHash: c.FileHash,
		TrainedOn: c.TrainedOn, Note: c.Note, Runs: doc, ChangedBy: by.ID})
	if err == nil && n == 0 {
		return mes.Refuse(mes.CodeConflict, "This model version was entered at this moment.", "Your change was not stored.", "Look at it and save again.")
	}
	return err
}
