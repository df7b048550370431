package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Alerts keeps what somebody must look at.
type Alerts struct{ db }

var _ mes.Alerts = (*Alerts)(nil)

// alert raises an alert in the transaction that makes it true, once per key.
func (w *work) alert(ctx context.Context, key string, a mes.Alert) error {
	w.tell(a.Site, mes.EventAlert, a.Subject)
	return w.later.RaiseAlert(ctx, sqlcgen.RaiseAlertParams{Key: key, Site: a.Site, Kind: string(a.Kind), Severity: string(a.Severity),
		Noun: a.Noun, Subject: a.Subject, Text: a.Text, Role: string(a.Role), Account: a.Account})
}

// settle closes the open alerts on a record, because what they told of is over.
func (w *work) settle(ctx context.Context, site, noun, subject, comment string, kinds ...mes.AlertKind) error {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	w.tell(site, mes.EventAlert, subject)
	return w.later.CloseAlertsOf(ctx, sqlcgen.CloseAlertsOfParams{Noun: noun, Subject: subject, Kinds: names, ClosedBy: mes.ActorSystem, Comment: comment})
}

// Raise stores an alert that has no transaction of its own.
func (a *Alerts) Raise(ctx context.Context, key string, al mes.Alert) error {
	return a.change(ctx, func(w *work) error { return w.alert(ctx, key, al) })
}

// List reads a page, newest first.
func (a *Alerts) List(ctx context.Context, f mes.AlertFilter) (mes.Page[mes.Alert], error) {
	l := newListing("alert a", f.Paging, sorts{"": nil, "raised_at": {{"a.raised_at", "timestamptz", true}}}, column{"a.id", "bigint", true})
	l.where("a.site = ?", f.Site).where("a.kind = ?", string(f.Kind))
	l.when(f.Open, "a.closed_at IS NULL")
	if len(f.Roles) > 0 || f.Account != "" {
		roles := make([]string, 0, len(f.Roles)+1)
		for _, r := range f.Roles {
			roles = append(roles, string(r))
		}
		l.where("a.role = ANY(?)", append(roles, "")).where("a.account = ANY(?)", []string{"", f.Account})
	}
	l.search(f.Text, "a.subject", "a.text")
	const columns = "a.id, a.site, a.kind, a.severity, a.noun, a.subject, a.text, a.role, a.account, a.raised_at, a.closed_at, a.closed_by, a.comment"
	return page(ctx, a.db, l, columns, func(r *mes.Alert) []any {
		return []any{&r.ID, &r.Site, &r.Kind, &r.Severity, &r.Noun, &r.Subject, &r.Text, &r.Role, &r.Account, &r.RaisedAt, &r.ClosedAt, &r.ClosedBy, &r.Comment}
	})
}

// Get reads one alert.
func (a *Alerts) Get(ctx context.Context, site string, id int64) (mes.Alert, error) {
	row, err := a.q.AlertByID(ctx, sqlcgen.AlertByIDParams{Site: site, ID: id})
	return alertOf(row), missing(err, "Alert", strconv.FormatInt(id, 10))
}

// Close ends an open alert on a person's word.
func (a *Alerts) Close(ctx context.Context, site string, id int64, by mes.Actor, comment string) (mes.Alert, error) {
	var out mes.Alert
	err := a.change(ctx, func(w *work) error {
		row, err := w.LockAlert(ctx, sqlcgen.LockAlertParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Alert", strconv.FormatInt(id, 10))
		}
		if row.ClosedAt != nil {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("This alert was closed by %s.", row.ClosedBy), "Nothing was changed.", "")
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = alertOf(row)
		out.ClosedAt, out.ClosedBy, out.Comment = &now, by.ID, comment
		w.tell(site, mes.EventAlert, row.Subject)
		if err := w.later.CloseAlert(ctx, sqlcgen.CloseAlertParams{ID: id, ClosedBy: by.ID, Comment: comment}); err != nil {
			return err
		}
		return w.audit(by, "alert_closed", row.Noun, row.Subject, comment, "", nil, out)
	})
	return out, err
}

func alertOf(row sqlcgen.Alert) mes.Alert {
	return mes.Alert{ID: row.ID, Site: row.Site, Kind: mes.AlertKind(row.Kind), Severity: mes.Severity(row.Severity), Noun: row.Noun, Subject: row.Subject,
		Text: row.Text, Role: mes.Role(row.Role), Account: row.Account, RaisedAt: row.RaisedAt, ClosedAt: row.ClosedAt, ClosedBy: row.ClosedBy, Comment: row.Comment}
}
