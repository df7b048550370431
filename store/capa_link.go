package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// capaLink reads how a linked record stands now. ok is false for one that is not here.
type capaLink func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error

// capaLinks has the kinds of record whose state can be read. Of other kinds the name alone is shown.
var capaLinks = map[string]capaLink{
	"hold": func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		r, err := q.CAPALinkedHold(ctx, sqlcgen.CAPALinkedHoldParams{Site: site, ID: l.Subject})
		l.State, l.Text, l.Open = "released", r.Reason, r.Open
		if r.Open {
			l.State = "open"
		}
		return err
	},
	mes.NounContainment: func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		r, err := q.CAPALinkedContainment(ctx, sqlcgen.CAPALinkedContainmentParams{Site: site, ID: l.Subject})
		l.State, l.Text, l.Open = r.State, fmt.Sprintf("%s, %d of %d lots open", r.Title, r.Open, r.Lots), r.ClosedAt == nil
		return err
	},
	"nonconformance": func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		r, err := q.CAPALinkedNonconformance(ctx, sqlcgen.CAPALinkedNonconformanceParams{Site: site, ID: l.Subject})
		l.State, l.Text, l.Open = r.State, r.Code+": "+r.Description, r.EndedAt == nil
		return err
	},
	"lot": func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		r, err := q.CAPALinkedLot(ctx, sqlcgen.CAPALinkedLotParams{Site: site, ID: l.Subject})
		l.State, l.Text, l.Open = r.State, r.Material, r.Open
		return err
	},
	"order": func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		r, err := q.CAPALinkedOrder(ctx, sqlcgen.CAPALinkedOrderParams{Site: site, Number: l.Subject})
		l.State, l.Text, l.Open = r.State, r.Product, r.Open
		return err
	},
	"document": func(ctx context.Context, q *sqlcgen.Queries, _ string, l *mes.CAPALink) error {
		k, err := mes.ParseRevisionKey(l.Subject)
		if err != nil {
			return pgx.ErrNoRows
		}
		r, err := readRevision(ctx, q, k)
		l.State, l.Text = string(r.State), r.Name
		return err
	},
	"firing": func(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
		b, err := q.CAPALinkedFiring(ctx, sqlcgen.CAPALinkedFiringParams{Site: site, ID: l.Subject})
		if err != nil {
			return err
		}
		var f mes.Firing
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
		l.Text = f.Why()
		return nil
	},
}

// readCAPALinks reads the links with the state of what they name.
func readCAPALinks(ctx context.Context, q *sqlcgen.Queries, c *mes.CAPA) error {
	rows, err := q.CAPALinksOf(ctx, sqlcgen.CAPALinksOfParams{Site: c.Site, Capa: c.ID})
	if err != nil {
		return err
	}
	for _, r := range rows {
		l := mes.CAPALink{Noun: r.Noun, Subject: r.Subject, Note: r.Note, By: r.By, At: r.At.UTC()}
		if err := readCAPALink(ctx, q, c.Site, &l); err != nil {
			return err
		}
		c.Links = append(c.Links, l)
	}
	return nil
}

func readCAPALink(ctx context.Context, q *sqlcgen.Queries, site string, l *mes.CAPALink) error {
	read, known := capaLinks[l.Noun]
	if !known {
		return nil
	}
	err := read(ctx, q, site, l)
	if errors.Is(err, pgx.ErrNoRows) || mes.CodeOf(err) == mes.CodeNotFound {
		l.State, l.Open = "unknown", false
		return nil
	}
	return err
}

// linkable refuses a link to something that is not here.
func (w *work) linkable(ctx context.Context, site string, links []mes.CAPALink) error {
	var f mes.Faults
	for i, l := range links {
		if err := l.Validate(); err != nil {
			return err
		}
		if err := readCAPALink(ctx, w.Queries, site, &l); err != nil {
			return err
		}
		f.Check(l.State != "unknown", fieldAt("links", i, "subject"), "%s %s is not known here", l.Noun, l.Subject)
	}
	return f.Err("Nothing was linked.")
}

// readCAPADocuments reads how the documents of D7 stand, and who has read them.
func readCAPADocuments(ctx context.Context, q *sqlcgen.Queries, c *mes.CAPA) error {
	docs := c.Record.Prevention.Documents
	for i := range docs {
		d := &docs[i]
		r, err := readRevision(ctx, q, d.RevisionKey)
		if mes.CodeOf(err) == mes.CodeNotFound {
			d.State = ""
			continue
		}
		if err != nil {
			return err
		}
		d.State = r.State
		people, err := readersOfRevision(ctx, q, c.Site, r)
		if err != nil {
			return err
		}
		d.Readers, d.Read = len(people), 0
		for _, p := range people {
			if p.ReadAt != nil {
				d.Read++
			}
		}
	}
	return nil
}

func fieldAt(list string, i int, field string) string {
	return fmt.Sprintf("%s[%d].%s", list, i, field)
}
