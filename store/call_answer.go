package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Acknowledge says that somebody comes.
func (s *Calls) Acknowledge(ctx context.Context, key, site, id string, by mes.Actor, roles []mes.Role) (mes.Call, error) {
	return s.answer(ctx, "acknowledge", key, site, id, by, func(c mes.Call, now time.Time) (mes.Call, error) { return c.Acknowledge(by, roles, now) })
}

// Resolve ends a call.
func (s *Calls) Resolve(ctx context.Context, key, site, id string, by mes.Actor, roles []mes.Role, note string) (mes.Call, error) {
	return s.answer(ctx, "resolve", key, site, id, by, func(c mes.Call, now time.Time) (mes.Call, error) { return c.Resolve(by, roles, note, now) })
}

// Cancel takes a call back.
func (s *Calls) Cancel(ctx context.Context, key, site, id string, by mes.Actor, roles []mes.Role, reason string) (mes.Call, error) {
	return s.answer(ctx, "cancel", key, site, id, by, func(c mes.Call, now time.Time) (mes.Call, error) { return c.Cancel(by, roles, reason, now) })
}

// answer does one command of a person on a call, once per key.
func (s *Calls) answer(ctx context.Context, verb, key, site, id string, by mes.Actor, rule func(mes.Call, time.Time) (mes.Call, error)) (mes.Call, error) {
	var out mes.Call
	key = "call-" + verb + "/" + site + "/" + id + "#" + key
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		before, now, err := w.lockCall(ctx, site, id)
		if err != nil {
			return err
		}
		if out, err = rule(before, now); err != nil {
			return err
		}
		if err := w.putCall(ctx, out, mes.CallEvent{Kind: string(out.State), Actor: by.ID, Text: out.EndNote, At: now}); err != nil {
			return err
		}
		if err := w.audit(by, string(out.State), mes.NounCall, id, out.EndNote, key, map[string]mes.CallState{"state": before.State},
			map[string]any{"state": out.State, "acknowledged_by": out.AcknowledgedBy}); err != nil {
			return err
		}
		return w.remember(ctx, key, id, out)
	})
	return out, err
}

func (w *work) lockCall(ctx context.Context, site, id string) (mes.Call, time.Time, error) {
	row, err := w.LockCall(ctx, sqlcgen.LockCallParams{Site: site, ID: id})
	if err != nil {
		return mes.Call{}, time.Time{}, missing(err, "Call", id)
	}
	now, err := w.Now(ctx)
	if err != nil {
		return mes.Call{}, now, err
	}
	c, err := callOf(row)
	return c, now.UTC(), err
}

// Watch raises a waiting call whose time has come, and does each step that is due once: the story's unique step is written
// in the transaction that sends it.
func (s *Calls) Watch(ctx context.Context, site, id string) (mes.CallStanding, error) {
	var out mes.CallStanding
	err := s.change(ctx, func(w *work) error {
		c, now, err := w.lockCall(ctx, site, id)
		if err != nil {
			return err
		}
		if raised, due := c.Raised(now); due {
			c = raised
			if err := w.openWaiting(ctx, c, now); err != nil {
				return err
			}
		}
		out = mes.CallStanding{State: c.State, Now: now}
		if c.State == mes.CallWaiting {
			out.Next = &c.OpenAt
			return nil
		}
		out.Next, err = w.climb(ctx, c, now)
		return err
	})
	return out, err
}

func (w *work) openWaiting(ctx context.Context, c mes.Call, now time.Time) error {
	if err := w.callOpened(ctx, c); err != nil {
		return err
	}
	if err := w.PutCall(ctx, sqlcgen.PutCallParams{Site: c.Site, ID: c.ID, State: string(c.State), Version: c.Version}); err != nil {
		return err
	}
	w.tell(c.Site, mes.EventCall, c.ID)
	if err := w.callStory(ctx, c, mes.CallEvent{Kind: "opened", Actor: mes.ActorSystem, At: now}); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "opened", mes.NounCall, c.ID, "", callKey(c, "opened"), map[string]mes.CallState{"state": mes.CallWaiting}, map[string]mes.CallState{"state": c.State})
}

// climb does the steps that are due and answers when the next one is.
func (w *work) climb(ctx context.Context, c mes.Call, now time.Time) (*time.Time, error) {
	rungs := c.Rungs()
	if len(rungs) == 0 {
		return nil, nil
	}
	done, err := w.CallStepsDone(ctx, sqlcgen.CallStepsDoneParams{Site: c.Site, Call: c.ID})
	if err != nil {
		return nil, err
	}
	for _, r := range rungs {
		if slices.Contains(done, r.Key) {
			continue
		}
		if r.At.After(now) {
			return &r.At, nil
		}
		if err := w.escalate(ctx, c, r, now); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// escalate tells whoever a step names, on each of its ways. Each message's key is the call, the step and the receiver.
func (w *work) escalate(ctx context.Context, c mes.Call, r mes.Rung, now time.Time) error {
	zone, err := zoneOf(ctx, w.Queries, c.Site)
	if err != nil {
		return err
	}
	key := callKey(c, r.Key)
	for _, by := range r.By {
		switch by {
		case mes.ByAlert:
			err = w.alert(ctx, key, mes.Alert{Site: c.Site, Kind: mes.AlertCall, Severity: c.Severity, Noun: mes.NounCall, Subject: c.ID, Text: c.Tell(r, zone), Role: mes.Role(r.Role)})
		case mes.ByMail:
			for _, to := range r.Mail {
				// Each address is a subject of its own: one that is not taken holds up no other.
				err = errors.Join(err, w.send(ctx, mes.ToMail, mes.MessageCallEscalated, key+"/"+to, callSubject(c)+"/"+to, c.Mail(r, to, zone)))
			}
		case mes.ByWebhook:
			err = w.send(ctx, mes.ToWebhook, mes.MessageCallEscalated, key, callSubject(c), c.Notice(r))
		}
		if err != nil {
			return err
		}
	}
	w.tell(c.Site, mes.EventCall, c.ID)
	if err := w.callStory(ctx, c, mes.CallEvent{Kind: "escalated", Actor: mes.ActorSystem, Step: r.Key, Role: r.Role, By: r.By, At: now}); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "escalated", mes.NounCall, c.ID, "", key, nil, map[string]any{"step": r.Key, "role": r.Role, "by": r.By, "mail": r.Mail})
}

// PutPlan changes the site's plan. Calls that are open keep theirs.
func (s *Calls) PutPlan(ctx context.Context, by mes.Actor, site string, p mes.AndonPlan, reason string) (mes.AndonPlan, error) {
	if err := checkAndonPlan(p, reason); err != nil {
		return p, err
	}
	err := s.change(ctx, func(w *work) error {
		var before any
		row, err := w.LockAndonPlan(ctx, site)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return err
		default:
			before = row.Definition
		}
		if row.Version != p.Version {
			return mes.Refuse(mes.CodeConflict, "The plan was changed by "+row.ChangedBy+".", "Your change was not stored.", "Read it again, then change it.")
		}
		if p.ChangedAt, err = w.Now(ctx); err != nil {
			return err
		}
		p.Version, p.ChangedBy = row.Version+1, by.ID
		if err := w.knownOnPlan(ctx, site, p); err != nil {
			return err
		}
		b, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if err := w.PutAndonPlan(ctx, sqlcgen.PutAndonPlanParams{Site: site, Definition: b, Version: p.Version, ChangedBy: by.ID, ChangedAt: p.ChangedAt}); err != nil {
			return err
		}
		w.tell(site, mes.EventAndon, site)
		return w.audit(by, "andon_plan_changed", "site", site, reason, "", before, p)
	})
	return p, err
}

func checkAndonPlan(p mes.AndonPlan, reason string) error {
	if err := p.Validate(); err != nil {
		return err
	}
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	return f.Err("The plan of calls was not stored.")
}

// knownOnPlan refuses stations that are not there.
func (w *work) knownOnPlan(ctx context.Context, site string, p mes.AndonPlan) error {
	var stations []string
	for _, watch := range p.Watches {
		stations = append(stations, watch.Stations...)
	}
	for _, b := range p.Boards {
		stations = append(stations, b.Stations...)
	}
	slices.Sort(stations)
	for _, station := range slices.Compact(stations) {
		if _, err := w.LineOfStation(ctx, sqlcgen.LineOfStationParams{Site: site, Station: station}); err != nil {
			return missing(err, "Station", station)
		}
	}
	return nil
}

// Safety reads the newest word on the last accident.
func (s *Calls) Safety(ctx context.Context, site string) (mes.SafetyRecord, bool, error) {
	row, err := s.q.NewestSafetyRecord(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.SafetyRecord{}, false, nil
	}
	if err != nil {
		return mes.SafetyRecord{}, false, translate(err)
	}
	r, err := safetyOf(row)
	return r, err == nil, err
}

func safetyOf(row sqlcgen.NewestSafetyRecordRow) (mes.SafetyRecord, error) {
	r := mes.SafetyRecord{Reason: row.Reason, By: row.ByAccount, At: row.At.UTC()}
	return r, r.LastAccident.UnmarshalText([]byte(row.LastAccident))
}

// RecordSafety says when the last accident was, once per key.
func (s *Calls) RecordSafety(ctx context.Context, key, site string, by mes.Actor, lastAccident mes.Day, reason string) (mes.SafetyRecord, error) {
	var out mes.SafetyRecord
	key = "safety/" + site + "#" + key
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		zone, err := zoneOf(ctx, w.Queries, site)
		if err == nil {
			err = mes.CheckSafety(lastAccident, reason, now, zone)
		}
		if err != nil {
			return err
		}
		var before any
		if row, err := w.NewestSafetyRecord(ctx, site); err == nil {
			before = row
		} else if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		out = mes.SafetyRecord{LastAccident: lastAccident, Reason: strings.TrimSpace(reason), By: by.ID, At: now.UTC()}
		if err := w.later.AddSafetyRecord(ctx, sqlcgen.AddSafetyRecordParams{Site: site, LastAccident: lastAccident.String(), Reason: out.Reason, ByAccount: by.ID, At: now}); err != nil {
			return err
		}
		w.tell(site, mes.EventSafety, site)
		if err := w.audit(by, "safety_recorded", "site", site, out.Reason, key, before, out); err != nil {
			return err
		}
		return w.remember(ctx, key, site, out)
	})
	return out, err
}
