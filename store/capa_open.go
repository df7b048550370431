package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() {
	reactions[mes.ReactCAPA] = func(ctx context.Context, w *work, f mes.Firing) (string, error) {
		return w.openCAPA(ctx, mes.Actor{ID: mes.ActorSystem}, mes.CAPAOfFiring(f))
	}
}

// openCAPA opens a CAPA in the transaction that makes it necessary, and names it. A rule that has an open one for the same
// group gets that one, with the new records linked to it.
func (w *work) openCAPA(ctx context.Context, by mes.Actor, r mes.CAPARequest) (string, error) {
	if err := r.Validate(); err != nil {
		return "", err
	}
	if r.Rule != "" {
		if err := w.LockCAPARule(ctx, sqlcgen.LockCAPARuleParams{Site: r.Site, Rule: r.Rule, RuleGroup: r.Group}); err != nil {
			return "", err
		}
		id, err := w.OpenCAPAOfRule(ctx, sqlcgen.OpenCAPAOfRuleParams{Site: r.Site, Rule: r.Rule, RuleGroup: r.Group})
		if err == nil {
			return id, w.raiseAgain(ctx, by, id, r)
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return "", err
		}
	}
	if err := w.capaPeople(ctx, r.Owner, r.Manager); err != nil {
		return "", err
	}
	n, err := w.NextCAPA(ctx, r.Site)
	if err != nil {
		return "", err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return "", err
	}
	c := r.Open(mes.CAPAID(n), by, now.UTC())
	return c.ID, w.addCAPA(ctx, by, c, r, now.UTC())
}

// addCAPA writes a new CAPA, tells who must act and starts its workflow.
func (w *work) addCAPA(ctx context.Context, by mes.Actor, c mes.CAPA, r mes.CAPARequest, now time.Time) error {
	record, err := json.Marshal(c.Record)
	if err != nil {
		return err
	}
	err = w.AddCAPA(ctx, sqlcgen.AddCAPAParams{Site: c.Site, ID: c.ID, Title: c.Title, Severity: string(c.Severity), State: string(c.State), Source: string(c.Source), Rule: c.Rule,
		RuleGroup: c.Group, Product: c.Product, Codes: c.Codes, Owner: c.Owner, Manager: c.Manager, RaisedBy: c.RaisedBy, RaisedAt: c.RaisedAt, Why: c.Why, Record: record,
		Discipline: c.Discipline(), NextDue: c.NextDue()})
	if err != nil {
		return err
	}
	for _, l := range r.Links {
		if err := w.linkCAPA(ctx, by, c.Site, c.ID, l, now); err != nil {
			return err
		}
	}
	if err := w.capaRaised(ctx, c, "raised", "capa/"+c.Site+"/"+c.ID+"/raised"); err != nil {
		return err
	}
	if err := w.tellCAPA(ctx, mes.MessageCAPAOpened, c); err != nil {
		return err
	}
	return w.audit(by, "opened", mes.NounCAPA, c.ID, c.Why, r.Key, nil, map[string]any{"title": c.Title, "severity": c.Severity, "source": c.Source, "rule": c.Rule, "group": c.Group,
		"product": c.Product, "codes": c.Codes, "owner": c.Owner, "links": r.Links})
}

// raiseAgain adds what made a rule act again to the CAPA that it has open.
func (w *work) raiseAgain(ctx context.Context, by mes.Actor, id string, r mes.CAPARequest) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	row, err := w.CAPAByID(ctx, sqlcgen.CAPAByIDParams{Site: r.Site, ID: id})
	if err != nil {
		return err
	}
	for _, l := range r.Links {
		if err := w.linkCAPA(ctx, by, r.Site, id, l, now.UTC()); err != nil {
			return err
		}
	}
	c, err := capaOf(row)
	if err != nil {
		return err
	}
	if err := w.capaRaised(ctx, c, "raised again", "capa/"+c.Site+"/"+c.ID+"/"+r.Key); err != nil {
		return err
	}
	w.tell(r.Site, mes.EventCAPA, id)
	return w.audit(by, "raised_again", mes.NounCAPA, id, r.Why, r.Key, nil, map[string]any{"links": r.Links})
}

// capaRaised tells the owner, or everyone in quality when nobody owns it yet.
func (w *work) capaRaised(ctx context.Context, c mes.CAPA, word, key string) error {
	a := mes.Alert{Site: c.Site, Kind: mes.AlertCAPARaised, Severity: c.Severity, Noun: mes.NounCAPA, Subject: c.ID, Account: c.Owner,
		Text: fmt.Sprintf("%s was %s: %s", c.ID, word, c.Title)}
	if c.Owner == "" {
		a.Role = mes.RoleQuality
	}
	return w.alert(ctx, key, a)
}

func (w *work) linkCAPA(ctx context.Context, by mes.Actor, site, id string, l mes.CAPALink, now time.Time) error {
	return w.later.AddCAPALink(ctx, sqlcgen.AddCAPALinkParams{Site: site, Capa: id, Noun: l.Noun, Subject: l.Subject, Note: l.Note, By: by.ID, At: now})
}

// tellCAPA tells the workflow, in the order of the commits, and the screens. Each change has its own key: the version.
func (w *work) tellCAPA(ctx context.Context, kind string, c mes.CAPA) error {
	w.tell(c.Site, mes.EventCAPA, c.ID)
	subject := "capa/" + c.Site + "/" + c.ID
	return w.send(ctx, mes.ToWorkflow, kind, fmt.Sprintf("%s/%d", subject, c.Version), subject, mes.CAPAChanged{Site: c.Site, CAPA: c.ID})
}

// capaPeople refuses accounts that are not there or have left.
func (w *work) capaPeople(ctx context.Context, accounts ...string) error {
	for _, id := range accounts {
		if id == "" {
			continue
		}
		a, err := w.AccountByID(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !a.Active {
			return mes.NotFound("Person", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Raise opens a CAPA on a person's or a program's word.
func (s *CAPAs) Raise(ctx context.Context, by mes.Actor, r mes.CAPARequest) (mes.CAPA, error) {
	var id string
	key := "capa/" + r.Site + "/raise#" + by.ID + "#" + r.Key
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &id); found || err != nil {
			return err
		}
		r.Key = key
		var err error
		if id, err = w.openCAPA(ctx, by, r); err != nil {
			return err
		}
		return w.remember(ctx, key, id, id)
	})
	if err != nil {
		return mes.CAPA{}, err
	}
	return s.Get(ctx, r.Site, id)
}
