package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Reactions keeps facts about quality, the rules that act on them, and what the rules did.
type Reactions struct{ db }

var _ mes.Reactions = (*Reactions)(nil)

// reaction does one thing that a rule asks for, in the transaction of the event that made the rule act, and names the record
// that it made. A refusal (mes.Error that does not pass) is kept with the firing and undoes nothing.
type reaction func(ctx context.Context, w *work, f mes.Firing) (subject string, err error)

// reactions has every reaction. Each is filled in by its noun's init.
var reactions = map[mes.ReactionKind]reaction{mes.ReactAlert: reactByAlert}

// reactByAlert tells quality.
func reactByAlert(ctx context.Context, w *work, f mes.Firing) (string, error) {
	return f.Group, w.alert(ctx, "reaction/"+f.ID, mes.Alert{Site: f.Rule.Site, Kind: mes.AlertReaction, Severity: f.Rule.Severity, Noun: f.Last().Noun, Subject: f.Last().Subject,
		Text: f.Why(), Role: mes.RoleQuality})
}

// quality stores a fact once per key, and lets the rules act that it completes. Call it after the fact's own rows are
// written: rules look at what the lot is made of.
func (w *work) quality(ctx context.Context, e mes.QualityEvent) error {
	e.At = e.At.UTC()
	id, err := w.AddQualityEvent(ctx, sqlcgen.AddQualityEventParams{Key: e.Key, Site: e.Site, Kind: string(e.Kind), Code: e.Code, Noun: e.Noun, Subject: e.Subject, Lot: e.Lot,
		Product: e.Product, Operation: e.Operation, Step: e.Step, Station: e.Station, Device: e.Device, Model: e.Model, Text: e.Text, At: e.At})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // told before
	}
	if err != nil {
		return err
	}
	rows, err := w.ActiveRules(ctx, sqlcgen.ActiveRulesParams{Site: e.Site, Kind: string(e.Kind)})
	if err != nil {
		return err
	}
	for _, row := range rows {
		var r mes.ReactionRule
		if err := json.Unmarshal(row, &r); err != nil {
			return fmt.Errorf("a reaction rule of %s: %w", e.Site, err)
		}
		if err := w.count(ctx, r, e, id); err != nil {
			return err
		}
	}
	return nil
}

// count adds the event to the rule's groups, and lets the rule act where it is the last one needed.
func (w *work) count(ctx context.Context, r mes.ReactionRule, e mes.QualityEvent, event int64) error {
	if !r.Counts(e) {
		return nil
	}
	var components []string
	if r.Group == mes.GroupComponent && e.Lot != "" {
		// What this transaction consumed may still wait to be written.
		err := w.flush(ctx)
		if err == nil {
			components, err = w.ComponentsOfMaterial(ctx, sqlcgen.ComponentsOfMaterialParams{Lot: e.Lot, Material: r.Component})
		}
		if err != nil {
			return err
		}
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	for _, group := range r.GroupsOf(e, components) {
		if err := w.countIn(ctx, r, group, event, now); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) countIn(ctx context.Context, r mes.ReactionRule, group string, event int64, now time.Time) error {
	if err := w.LockReaction(ctx, sqlcgen.LockReactionParams{Site: r.Site, Rule: r.ID, InGroup: group}); err != nil {
		return err
	}
	if err := w.AddReactionCount(ctx, sqlcgen.AddReactionCountParams{Site: r.Site, Rule: r.ID, InGroup: group, Event: event, At: now}); err != nil {
		return err
	}
	rows, err := w.CountedSince(ctx, sqlcgen.CountedSinceParams{Site: r.Site, Rule: r.ID, InGroup: group, Since: now.Add(-time.Duration(r.WindowMin) * time.Minute)})
	if err != nil || len(rows) < r.Count {
		return err
	}
	if !r.PerThousand.IsZero() {
		pieces, err := w.CAPAPieces(ctx, sqlcgen.CAPAPiecesParams{Site: r.Site, Product: r.Product, Operation: r.Operation,
			Since: now.Add(-time.Duration(r.WindowMin) * time.Minute), Until: now})
		if err != nil || !r.TooMany(len(rows), pieces) {
			return err
		}
	}
	f := mes.Firing{ID: uuid.NewString(), Rule: r, Group: group, At: now}
	for _, c := range rows {
		f.Events = append(f.Events, eventOf(c))
	}
	return w.fire(ctx, f, rows[len(rows)-1].Count)
}

// fire lets the rule do what it says, and writes down what came of it.
func (w *work) fire(ctx context.Context, f mes.Firing, upto int64) error {
	for _, kind := range f.Rule.Then {
		done := mes.ReactionDone{Kind: kind}
		act, known := reactions[kind]
		var err error
		if known {
			done.Subject, err = act(ctx, w, f)
		} else {
			err = mes.Refuse(mes.CodeUnprocessable, fmt.Sprintf("This version knows no reaction %q.", kind), "", "")
		}
		var refused *mes.Error
		switch {
		case errors.As(err, &refused) && !refused.Retry && refused.Code != mes.CodeInternal && refused.Code != mes.CodeUnavailable:
			done.Refused = refused.Error()
		case err != nil:
			return err
		}
		f.Done = append(f.Done, done)
	}
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := w.later.AddFiring(ctx, sqlcgen.AddFiringParams{ID: f.ID, Site: f.Rule.Site, Rule: f.Rule.ID, InGroup: f.Group, Upto: upto, Firing: b, At: f.At}); err != nil {
		return err
	}
	w.tell(f.Rule.Site, mes.EventReaction, f.Rule.ID)
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "rule_acted", "reaction_rule", f.Rule.ID, f.Why(), f.ID, nil, map[string]any{"group": f.Group, "done": f.Done, "version": f.Rule.Version})
}

func eventOf(r sqlcgen.CountedSinceRow) mes.QualityEvent {
	return mes.QualityEvent{Key: r.Key, Site: r.Site, Kind: mes.QualityKind(r.Kind), Code: r.Code, Noun: r.Noun, Subject: r.Subject, Lot: r.Lot, Product: r.Product,
		Operation: r.Operation, Step: r.Step, Station: r.Station, Device: r.Device, Model: r.Model, Text: r.Text, At: r.At.UTC()}
}

// Tell stores an event that has no transaction of its own.
func (r *Reactions) Tell(ctx context.Context, e mes.QualityEvent) error {
	return r.change(ctx, func(w *work) error { return w.quality(ctx, e) })
}

// Rules lists a site's rules by ID.
func (r *Reactions) Rules(ctx context.Context, site string) ([]mes.ReactionRule, error) {
	rows, err := r.q.ReactionRules(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.ReactionRule, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row, &out[i]); err != nil {
			return nil, fmt.Errorf("a reaction rule of %s: %w", site, err)
		}
	}
	return out, nil
}

// Put makes or changes a rule.
func (r *Reactions) Put(ctx context.Context, by mes.Actor, rule mes.ReactionRule, reason string) (mes.ReactionRule, error) {
	if err := rule.Validate(); err != nil {
		return rule, err
	}
	err := r.change(ctx, func(w *work) error {
		before, err := w.LockReactionRule(ctx, sqlcgen.LockReactionRuleParams{Site: rule.Site, ID: rule.ID})
		fresh := errors.Is(err, pgx.ErrNoRows)
		if err != nil && !fresh {
			return err
		}
		if rule.Version != before.Version {
			return changedMeanwhile(rule.ID)
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		stored := rule
		stored.Version, stored.ChangedBy, stored.ChangedAt = before.Version+1, by.ID, now
		b, err := json.Marshal(stored)
		if err != nil {
			return err
		}
		n, err := w.PutReactionRule(ctx, sqlcgen.PutReactionRuleParams{Site: rule.Site, ID: rule.ID, Rule: b, Active: rule.Active, Kind: string(rule.Kind), Version: stored.Version,
			ChangedBy: by.ID, ChangedAt: now})
		if err != nil {
			return err
		}
		if n == 0 {
			return changedMeanwhile(rule.ID) // two made the same new rule at once
		}
		w.tell(rule.Site, mes.EventReaction, rule.ID)
		var old any
		if !fresh {
			old = before.Rule
		}
		rule = stored
		return w.audit(by, "rule_changed", "reaction_rule", stored.ID, reason, fmt.Sprintf("reaction_rule/%s/%s/%d", stored.Site, stored.ID, stored.Version), old, stored)
	})
	return rule, err
}

func changedMeanwhile(rule string) error {
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Rule %s was changed by somebody else.", rule), "Your change was not stored.", "Look at it again, and change it anew.")
}

// Firings reads a page, newest first.
func (r *Reactions) Firings(ctx context.Context, f mes.FiringFilter) (mes.Page[mes.Firing], error) {
	l := newListing("reaction_firing f", f.Paging, sorts{"": nil}, column{"f.n", "bigint", true})
	l.where("f.site = ?", f.Site).where("f.rule = ?", f.Rule)
	return page(ctx, r.db, l, "f.firing", func(v *mes.Firing) []any { return []any{v} })
}
