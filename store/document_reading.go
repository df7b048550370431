package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// readAlert is the key of the alert that calls one person to read one revision.
func readAlert(k mes.RevisionKey, account string) string { return "read/" + k.String() + "/" + account }

// callReaders raises an alert for each person who must read the revision, before it is in force where its date allows.
func (w *work) callReaders(ctx context.Context, site string, r mes.DocumentRevision) error {
	if r.Readers.Nobody() {
		return nil
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	people, err := readersOf(ctx, w.Queries, site, r.Readers, now)
	if err != nil {
		return err
	}
	for _, p := range people {
		a := mes.Alert{Site: site, Kind: mes.AlertDocumentToRead, Severity: mes.SeverityMedium, Noun: "document", Subject: r.String(), Account: p.Account,
			Text: fmt.Sprintf("Read %s, %s, and confirm it: %s", r.Title(), r.Name, r.Reason)}
		if err := w.alert(ctx, readAlert(r.RevisionKey, p.Account), a); err != nil {
			return err
		}
	}
	return nil
}

// readersOf lists the active people of a site whom the readers name.
func readersOf(ctx context.Context, q *sqlcgen.Queries, site string, readers mes.Readers, now time.Time) ([]mes.ReaderView, error) {
	rows, err := q.PeopleOfSite(ctx, site)
	if err != nil {
		return nil, err
	}
	out := []mes.ReaderView{}
	for _, p := range rows {
		reader := mes.Reader{ID: p.ID}
		for _, role := range p.Roles {
			reader.Roles = append(reader.Roles, mes.Role(role))
		}
		if err := json.Unmarshal(p.Held, &reader.Held); err != nil {
			return nil, err
		}
		if readers.Include(reader, now) {
			out = append(out, mes.ReaderView{Account: p.ID, Name: p.Name})
		}
	}
	return out, nil
}

// Confirm records that a person has read what they were shown.
func (d *Documents) Confirm(ctx context.Context, site string, by mes.Actor, k mes.RevisionKey, hash string) (mes.ReadConfirmation, error) {
	err := d.change(ctx, func(w *work) error {
		r, err := readRevision(ctx, w.Queries, k)
		if err != nil {
			return err
		}
		if err := r.CanConfirm(hash); err != nil {
			return err
		}
		n, err := w.AddReadConfirmation(ctx, sqlcgen.AddReadConfirmationParams{Account: by.ID, Kind: string(k.Kind), ID: k.ID, Revision: k.Revision, Hash: hash, Station: by.Station})
		if err != nil || n == 0 {
			return err
		}
		if err := w.later.CloseAlertOf(ctx, sqlcgen.CloseAlertOfParams{Key: readAlert(k, by.ID), ClosedBy: by.ID, Comment: "read"}); err != nil {
			return err
		}
		w.tell(site, mes.EventDocument, k.String())
		w.tell(site, mes.EventAlert, k.String())
		return w.audit(by, "read", "document", k.String(), "", "", nil, map[string]string{"hash": hash})
	})
	if err != nil {
		return mes.ReadConfirmation{}, err
	}
	row, err := d.q.ConfirmationOf(ctx, sqlcgen.ConfirmationOfParams{Account: by.ID, Kind: string(k.Kind), ID: k.ID, Revision: k.Revision})
	return mes.ReadConfirmation{RevisionKey: k, Account: by.ID, Hash: row.Hash, Station: row.Station, At: row.At}, translate(err)
}

// ToRead lists what the person must read and has not.
func (d *Documents) ToRead(ctx context.Context, _ string, p mes.Reader) ([]mes.ToRead, error) {
	rows, err := d.q.UnreadBy(ctx, p.ID)
	if err != nil {
		return nil, translate(err)
	}
	now, err := d.q.Now(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := []mes.ToRead{}
	for _, r := range rows {
		var readers mes.Readers
		if err := json.Unmarshal(r.Readers, &readers); err != nil {
			return nil, err
		}
		if readers.Include(p, now) {
			out = append(out, mes.ToRead{RevisionKey: keyOf(r.Kind, r.ID, r.Revision), Name: r.Name, Hash: r.Hash, Reason: r.Reason,
				State: mes.DocumentState(r.State), EffectiveOn: r.EffectiveOn})
		}
	}
	return out, nil
}

func keyOf(kind, id, revision string) mes.RevisionKey {
	return mes.RevisionKey{Kind: mes.DocumentKind(kind), ID: id, Revision: revision}
}

// Readers lists who must read a revision, and who has.
func (d *Documents) Readers(ctx context.Context, site string, k mes.RevisionKey) ([]mes.ReaderView, error) {
	r, err := readRevision(ctx, d.q, k)
	if err != nil {
		return nil, err
	}
	people, err := readersOfRevision(ctx, d.q, site, r)
	return people, translate(err)
}

func readersOfRevision(ctx context.Context, q *sqlcgen.Queries, site string, r mes.DocumentRevision) ([]mes.ReaderView, error) {
	now, err := q.Now(ctx)
	if err != nil {
		return nil, err
	}
	people, err := readersOf(ctx, q, site, r.Readers, now)
	if err != nil {
		return nil, err
	}
	rows, err := q.ConfirmationsOf(ctx, sqlcgen.ConfirmationsOfParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision})
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		people = noteRead(people, c)
	}
	return people, nil
}

// noteRead notes a confirmation beside its person, who may have read without having to.
func noteRead(people []mes.ReaderView, c sqlcgen.ConfirmationsOfRow) []mes.ReaderView {
	for i := range people {
		if people[i].Account == c.Account {
			people[i].ReadAt, people[i].Station = &c.At, c.Station
			return people
		}
	}
	return append(people, mes.ReaderView{Account: c.Account, Name: c.Account, ReadAt: &c.At, Station: c.Station})
}

// InForce lists the routing revision that a lot is made by, and the instructions that were frozen with it, each at the
// steps that name it.
func (d *Documents) InForce(ctx context.Context, site, lot string) ([]mes.InForce, error) {
	row, err := d.q.LotMadeBy(ctx, sqlcgen.LotMadeByParams{Site: site, Lot: lot})
	if err != nil {
		return nil, missing(err, "Lot", lot)
	}
	own := mes.InForce{RevisionKey: keyOf(string(mes.DocRouting), row.Product, row.Revision), Name: row.Name, Hash: row.Hash}
	if err := json.Unmarshal(row.Readers, &own.Readers); err != nil {
		return nil, err
	}
	out := []mes.InForce{own}
	if row.Revision == "" { // received, so it is made by nothing of ours
		return out, nil
	}
	r, err := d.routings.get(ctx, d.q, row.Product, row.Revision)
	if err != nil || len(instructionsOf(r)) == 0 {
		return out, translate(err)
	}
	frozen, err := d.q.FrozenDocuments(ctx, sqlcgen.FrozenDocumentsParams{WorkOrder: row.WorkOrder, RoutingRevision: row.Revision})
	if err != nil {
		return nil, translate(err)
	}
	for _, f := range frozen {
		if out, err = appendFrozen(out, r, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func appendFrozen(out []mes.InForce, r mes.Routing, f sqlcgen.FrozenDocumentsRow) ([]mes.InForce, error) {
	d := mes.InForce{RevisionKey: keyOf(f.Kind, f.ID, f.Revision), Name: f.Name, Hash: f.Hash}
	if err := json.Unmarshal(f.Readers, &d.Readers); err != nil {
		return nil, err
	}
	for _, o := range r.Operations {
		for _, s := range o.Steps {
			if s.Document == f.ID {
				d.Operation, d.Step = o.ID, s.ID
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// Confirmed tells which of the revisions the person has read.
func (d *Documents) Confirmed(ctx context.Context, account string, ks []mes.RevisionKey) (map[mes.RevisionKey]bool, error) {
	names := make([]string, len(ks))
	for i, k := range ks {
		names[i] = k.String()
	}
	rows, err := d.q.ConfirmedBy(ctx, sqlcgen.ConfirmedByParams{Account: account, Revisions: names})
	out := map[mes.RevisionKey]bool{}
	for _, r := range rows {
		out[keyOf(r.Kind, r.ID, r.Revision)] = true
	}
	return out, translate(err)
}
