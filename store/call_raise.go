package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() {
	reactions[mes.ReactAndon] = reactByCall
	machineHooks = append(machineHooks, callForMachine)
}

// Raise calls for help on a person's or a program's word, once per key.
func (s *Calls) Raise(ctx context.Context, by mes.Actor, r mes.CallRequest) (mes.Call, error) {
	var out mes.Call
	r.Source = mes.CallByPerson
	r.Key = "call/" + r.Site + "/raise#" + by.ID + "#" + r.Key
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, r.Key, &out); found || err != nil {
			return err
		}
		c, fresh, err := w.call(ctx, by, r)
		if err != nil {
			return err
		}
		if !fresh {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s calls for %s already: %s.", c.Station, c.KindName, c.ID), "That call stands.", "")
		}
		out = c
		return w.remember(ctx, r.Key, c.ID, c)
	})
	return out, err
}

// call makes a call in the transaction that makes it necessary. Where one of the kind is open at the station, that one is
// given back and fresh is false; a machine's that still waits gives way to a person's or a rule's.
func (w *work) call(ctx context.Context, by mes.Actor, r mes.CallRequest) (c mes.Call, fresh bool, err error) {
	line, err := w.LineOfStation(ctx, sqlcgen.LineOfStationParams{Site: r.Site, Station: r.Station})
	if err != nil {
		return c, false, missing(err, "Station", r.Station)
	}
	plan, err := andonPlan(ctx, w.Queries, r.Site)
	if err == nil {
		err = r.Validate(plan, line)
	}
	if err != nil {
		return c, false, err
	}
	// The number's row is the lock that lets one raise after the other, so what stands there is read after it.
	n, err := w.NextCall(ctx, r.Site)
	if err != nil {
		return c, false, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return c, false, err
	}
	had, found, err := w.callHere(ctx, r)
	if err != nil {
		return c, false, err
	}
	if found {
		if had.State != mes.CallWaiting || r.AfterS > 0 {
			return had, false, nil
		}
		gone, _ := had.Withdraw(now)
		gone.EndNote = "Somebody called before."
		if err := w.putCall(ctx, gone, mes.CallEvent{Kind: "cancelled", Actor: by.ID, Text: gone.EndNote, At: now}); err != nil {
			return c, false, err
		}
	}
	c = r.Open(mes.CallID(n), line, plan, by, now.UTC())
	return c, true, w.addCall(ctx, by, c, r.Key)
}

func (w *work) callHere(ctx context.Context, r mes.CallRequest) (c mes.Call, found bool, err error) {
	row, err := w.CallHere(ctx, sqlcgen.CallHereParams{Site: r.Site, Station: r.Station, Kind: string(r.Kind)})
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	c, err = callOf(row)
	return c, true, err
}

func (w *work) addCall(ctx context.Context, by mes.Actor, c mes.Call, key string) error {
	plan, err := json.Marshal(c.Plan)
	if err != nil {
		return err
	}
	// At once: a second change of the machine in this transaction must find it.
	err = w.AddCall(ctx, sqlcgen.AddCallParams{Site: c.Site, ID: c.ID, Line: c.Line, Station: c.Station, Kind: string(c.Kind), KindName: c.KindName, Text: c.Text, Severity: string(c.Severity),
		Role: string(c.Role), State: string(c.State), Source: string(c.Source), RaisedBy: c.RaisedBy, RaisedAt: c.RaisedAt, OpenAt: c.OpenAt, Plan: plan, Watch: c.Watch, Version: c.Version})
	if err != nil {
		return err
	}
	if err := w.callStory(ctx, c, mes.CallEvent{Kind: "raised", Actor: by.ID, Text: c.Text, At: c.RaisedAt}); err != nil {
		return err
	}
	if c.State == mes.CallOpen {
		if err := w.callOpened(ctx, c); err != nil {
			return err
		}
	}
	if err := w.tellCall(ctx, mes.MessageCallRaised, c); err != nil {
		return err
	}
	return w.audit(by, "raised", mes.NounCall, c.ID, c.Text, key, nil, map[string]any{"station": c.Station, "kind": c.Kind, "source": c.Source, "state": c.State, "watch": c.Watch, "role": c.Role})
}

// callOpened tells whom the call is for.
func (w *work) callOpened(ctx context.Context, c mes.Call) error {
	return w.alert(ctx, callKey(c, "called"), mes.Alert{Site: c.Site, Kind: mes.AlertCall, Severity: c.Severity, Noun: mes.NounCall, Subject: c.ID, Text: c.Sentence(), Role: c.Role})
}

func callKey(c mes.Call, step string) string { return "andon/" + c.Site + "/" + c.ID + "/" + step }

func (w *work) callStory(ctx context.Context, c mes.Call, e mes.CallEvent) error {
	return w.later.AddCallEvent(ctx, sqlcgen.AddCallEventParams{Site: c.Site, Call: c.ID, Kind: e.Kind, Actor: e.Actor, Text: e.Text, Step: e.Step, Role: e.Role, By: texts(e.By), At: e.At})
}

// putCall stores a call's new state with its line of the story, and tells its workflow. What has ended has no alerts left.
func (w *work) putCall(ctx context.Context, c mes.Call, e mes.CallEvent) error {
	err := w.PutCall(ctx, sqlcgen.PutCallParams{Site: c.Site, ID: c.ID, State: string(c.State), AcknowledgedBy: c.AcknowledgedBy, AcknowledgedAt: c.AcknowledgedAt, EndedBy: c.EndedBy,
		EndedAt: c.EndedAt, EndNote: c.EndNote, Version: c.Version})
	if err != nil {
		return err
	}
	if err := w.callStory(ctx, c, e); err != nil {
		return err
	}
	if c.State != mes.CallOpen {
		if err := w.settle(ctx, c.Site, mes.NounCall, c.ID, fmt.Sprintf("%s by %s", e.Kind, e.Actor), mes.AlertCall); err != nil {
			return err
		}
	}
	if c.State.Ended() {
		ended := mes.RunEnded{Noun: mes.NounCall, Site: c.Site, Subject: c.ID}
		if err := w.send(ctx, mes.ToArchive, mes.MessageArchiveRun, callKey(c, "archive"), callSubject(c), ended); err != nil {
			return err
		}
	}
	return w.tellCall(ctx, mes.MessageCallMoved, c)
}

func callSubject(c mes.Call) string { return "andon/" + c.Site + "/" + c.ID }

// tellCall tells the workflow, in the order of the commits, and the screens.
func (w *work) tellCall(ctx context.Context, kind string, c mes.Call) error {
	w.tell(c.Site, mes.EventCall, c.ID)
	return w.send(ctx, mes.ToWorkflow, kind, callKey(c, fmt.Sprint(c.Version)), callSubject(c), mes.CallRef{Site: c.Site, Call: c.ID, Line: c.Line})
}

// reactByCall calls where the rule's last event was: for safety where it tells of a danger, else for quality.
func reactByCall(ctx context.Context, w *work, f mes.Firing) (string, error) {
	last := f.Last()
	kind := mes.CallQuality
	if last.Kind == mes.QualitySafety {
		kind = mes.CallSafety
	}
	if last.Station == "" {
		return "", mes.Refuse(mes.CodeUnprocessable, "The event names no station to call from.", "Nobody was called.", "")
	}
	text := clause(f.Why())
	c, fresh, err := w.call(ctx, mes.Actor{ID: mes.ActorSystem}, mes.CallRequest{Site: f.Rule.Site, Key: "reaction/" + f.ID, Source: mes.CallByRule, Station: last.Station, Kind: kind, Text: text})
	if err == nil && !fresh {
		now, clock := w.Now(ctx)
		err = errors.Join(clock, w.callStory(ctx, c, mes.CallEvent{Kind: "again", Actor: mes.ActorSystem, Text: text, At: now}))
	}
	return c.ID, err
}

// callForMachine raises what the site's watches say of a machine's change, and takes back what still waits for one that has
// recovered. A watch that was broken by a change of the plan is left out: a machine's log comes first.
func callForMachine(ctx context.Context, w *work, c mes.MachineChange) error {
	plan, err := andonPlan(ctx, w.Queries, c.Site)
	if err != nil {
		return err
	}
	if err := w.withdrawCalls(ctx, c, plan); err != nil {
		return err
	}
	for _, watch := range plan.Watches {
		if !watch.Watches(c) {
			continue
		}
		text := watch.Text
		if text == "" {
			text = clause(c.Text, c.Detail, c.Alarm)
		}
		_, _, err := w.call(ctx, mes.Actor{ID: mes.ActorSystem, Station: c.Station}, mes.CallRequest{Site: c.Site, Key: "machine/" + c.Station + "/" + c.At.UTC().Format(time.RFC3339Nano) + "/" + watch.ID,
			Source: mes.CallByMachine, Watch: watch.ID, AfterS: watch.AfterS, Station: c.Station, Kind: watch.Kind, Text: text})
		var refused *mes.Error
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return nil
}

// clause is the first of the texts that says something, short enough for a call.
func clause(texts ...string) string {
	for _, t := range texts {
		if t = printable(t); t == "" {
			continue
		}
		for n := range t {
			if n > mes.MaxCallText-utf8.UTFMax {
				return t[:n]
			}
		}
		return t
	}
	return ""
}

// withdrawCalls ends the machine's calls that still wait and are no longer due, and notes the recovery in those that were
// raised: whoever comes should know.
func (w *work) withdrawCalls(ctx context.Context, c mes.MachineChange, plan mes.AndonPlan) error {
	rows, err := w.CallsHere(ctx, sqlcgen.CallsHereParams{Site: c.Site, Station: c.Station})
	if err != nil || len(rows) == 0 {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		call, err := callOf(row)
		if err != nil {
			return err
		}
		if stillWatched(plan, call.Watch, c) {
			continue
		}
		gone, waits := call.Withdraw(now.UTC())
		if !waits {
			err = w.callStory(ctx, call, mes.CallEvent{Kind: "recovered", Actor: mes.ActorSystem, Text: string(c.After), At: now.UTC()})
			w.tell(c.Site, mes.EventCall, call.ID)
		} else {
			err = w.putCall(ctx, gone, mes.CallEvent{Kind: "cancelled", Actor: mes.ActorSystem, Text: gone.EndNote, At: now.UTC()})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func stillWatched(plan mes.AndonPlan, watch string, c mes.MachineChange) bool {
	for _, one := range plan.Watches {
		if one.ID == watch {
			return one.Watches(c)
		}
	}
	return false
}
