package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Documents keeps controlled documents.
type Documents struct{ db }

var (
	_ mes.Documents      = (*Documents)(nil)
	_ mes.DocumentLedger = (*Documents)(nil)
)

// contentHash is the hex SHA-256 of a content's canonical JSON (RFC 8785), so that anyone can compute it again.
func contentHash(content json.RawMessage) (string, error) {
	_, hash, err := canonicalJSON(content)
	return hash, err
}

// Get reads one revision whole, the one in force when none is named.
func (d *Documents) Get(ctx context.Context, k mes.RevisionKey) (mes.DocumentRevision, error) {
	if k.Revision == "" {
		var err error
		if k.Revision, err = d.q.RevisionInForce(ctx, sqlcgen.RevisionInForceParams{Kind: string(k.Kind), ID: k.ID}); err != nil {
			return mes.DocumentRevision{}, missing(err, "Document", k.ID)
		}
	}
	return readRevision(ctx, d.q, k)
}

func readRevision(ctx context.Context, q *sqlcgen.Queries, k mes.RevisionKey) (mes.DocumentRevision, error) {
	row, err := q.RevisionOf(ctx, sqlcgen.RevisionOfParams{Kind: string(k.Kind), ID: k.ID, Revision: k.Revision})
	if err != nil {
		return mes.DocumentRevision{}, missing(err, "Document", k.Title())
	}
	r := row.DocumentRevision
	out := mes.DocumentRevision{RevisionKey: k, Name: row.Name, Owner: row.Owner, Site: row.Site, State: mes.DocumentState(r.State), Content: r.Content, Hash: r.Hash,
		Version: r.Version, Source: mes.RevisionSource(r.Source), Authors: r.Authors, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt, Reason: r.Reason,
		EffectiveOn: r.EffectiveOn, SubmittedBy: r.SubmittedBy, SubmittedAt: r.SubmittedAt, Request: r.Request, ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt,
		EffectiveFrom: r.EffectiveFrom, EffectiveUntil: r.EffectiveUntil, SupersededBy: r.SupersededBy, EndReason: r.EndReason, CreatedAt: r.CreatedAt}
	return out, json.Unmarshal(r.Readers, &out.Readers)
}

const revisionColumns = `r.kind, r.id, r.revision, d.name, d.owner, d.site, r.state, r.hash, r.version, r.source, r.authors, r.changed_by, r.changed_at, r.reason, r.readers,
	r.effective_on, r.submitted_by, r.submitted_at, r.request, r.approved_by, r.approved_at, r.effective_from, r.effective_until, r.superseded_by, r.end_reason, r.created_at`

func revisionFields(r *mes.DocumentRevision) []any {
	return []any{&r.Kind, &r.ID, &r.Revision, &r.Name, &r.Owner, &r.Site, &r.State, &r.Hash, &r.Version, &r.Source, &r.Authors, &r.ChangedBy, &r.ChangedAt, &r.Reason,
		&r.Readers, &r.EffectiveOn, &r.SubmittedBy, &r.SubmittedAt, &r.Request, &r.ApprovedBy, &r.ApprovedAt, &r.EffectiveFrom, &r.EffectiveUntil, &r.SupersededBy,
		&r.EndReason, &r.CreatedAt}
}

var revisionSorts = sorts{
	"":           {{"r.changed_at", "timestamptz", true}},
	"id":         {{"r.id", "text", false}},
	"revision":   {{"r.revision", "text", false}},
	"state":      {{"r.state", "text", false}},
	"changed_at": {{"r.changed_at", "timestamptz", false}},
}

// List reads a page of revisions.
func (d *Documents) List(ctx context.Context, f mes.DocumentFilter) (mes.Page[mes.DocumentRevision], error) {
	l := newListing("document_revision r JOIN document d USING (kind, id)", f.Paging, revisionSorts, column{"r.kind || '/' || r.id || '/' || r.revision", "text", false})
	l.where("r.kind = ?", string(f.Kind)).where("r.id = ?", f.ID).where("r.state = ANY (?)", texts(f.States))
	l.search(f.Text, "r.id", "d.name", "r.reason", "r.changed_by")
	return page(ctx, d.db, l, revisionColumns, revisionFields)
}

// Draft begins a revision of a new or a known document.
func (d *Documents) Draft(ctx context.Context, key, site string, by mes.Actor, n mes.NewDraft) (mes.DocumentRevision, error) {
	if err := n.RevisionKey.Validate(); err != nil {
		return mes.DocumentRevision{}, err
	}
	err := d.onceOn(ctx, "draft/"+key, n.RevisionKey, func(w *work) error {
		content, err := w.beginning(ctx, n)
		if err != nil {
			return err
		}
		return w.addDraft(ctx, site, by, n, content)
	})
	if err != nil {
		return mes.DocumentRevision{}, err
	}
	return readRevision(ctx, d.q, n.RevisionKey)
}

// onceOn runs one command on a revision, once per key.
func (d *Documents) onceOn(ctx context.Context, key string, k mes.RevisionKey, do func(*work) error) error {
	return d.change(ctx, func(w *work) error {
		var done mes.RevisionKey
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
		return w.remember(ctx, key, k.String(), k)
	})
}

// beginning is what a draft starts with. It may lack things, but it must be readable.
func (w *work) beginning(ctx context.Context, n mes.NewDraft) (json.RawMessage, error) {
	content := n.Content
	if n.From != "" {
		from, err := readRevision(ctx, w.Queries, mes.RevisionKey{Kind: n.Kind, ID: n.ID, Revision: n.From})
		if err != nil {
			return nil, err
		}
		content = from.Content
	}
	if content == nil {
		content = json.RawMessage("{}")
	}
	return readable(n.RevisionKey, content)
}

// readable takes a draft that is not complete yet for what it is.
func readable(k mes.RevisionKey, content json.RawMessage) (json.RawMessage, error) {
	stored, _, err := mes.ReadContent(k, content)
	if stored == nil {
		return nil, err
	}
	return stored, nil
}

func (w *work) addDraft(ctx context.Context, site string, by mes.Actor, n mes.NewDraft, content json.RawMessage) error {
	name := n.Name
	if name == "" {
		name = n.ID
	}
	if err := w.AddDocument(ctx, sqlcgen.AddDocumentParams{Kind: string(n.Kind), ID: n.ID, Site: site, Name: name, Owner: n.Owner}); err != nil {
		return err
	}
	if err := w.revisionFree(ctx, n.RevisionKey); err != nil {
		return err
	}
	hash, err := contentHash(content)
	if err != nil {
		return err
	}
	err = w.AddRevision(ctx, sqlcgen.AddRevisionParams{Kind: string(n.Kind), ID: n.ID, Revision: n.Revision, Content: content, Hash: hash, ChangedBy: by.ID})
	if err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, n.String())
	return w.audit(by, "drafted", "document", n.String(), "", "", nil, map[string]any{"hash": hash, "from": n.From})
}

// revisionFree locks a document and refuses a revision that exists, or one beside another that is on its way.
func (w *work) revisionFree(ctx context.Context, k mes.RevisionKey) error {
	if _, err := w.LockDocument(ctx, sqlcgen.LockDocumentParams{Kind: string(k.Kind), ID: k.ID}); err != nil {
		return missing(err, "Document", k.ID)
	}
	known, err := w.RevisionsOf(ctx, sqlcgen.RevisionsOfParams{Kind: string(k.Kind), ID: k.ID})
	if err != nil {
		return err
	}
	for _, r := range known {
		if r.Revision == k.Revision {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s exists already.", k.Title()), "Nothing was stored.", "Give the new one another revision.")
		}
		if mes.DocumentState(r.State).Open() {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s rev %s is on its way already.", k.ID, r.Revision), "Nothing was stored.", "Go on with that one, or withdraw it.")
		}
	}
	return nil
}

// lockRevision reads a revision under its document's lock.
func (w *work) lockRevision(ctx context.Context, k mes.RevisionKey) (mes.DocumentRevision, error) {
	if _, err := w.LockDocument(ctx, sqlcgen.LockDocumentParams{Kind: string(k.Kind), ID: k.ID}); err != nil {
		return mes.DocumentRevision{}, missing(err, "Document", k.ID)
	}
	return readRevision(ctx, w.Queries, k)
}

// Update changes a draft that nobody else has changed since it was read.
func (d *Documents) Update(ctx context.Context, site string, by mes.Actor, k mes.RevisionKey, c mes.DraftChange) (mes.DocumentRevision, error) {
	err := d.change(ctx, func(w *work) error {
		r, err := w.lockRevision(ctx, k)
		if err != nil {
			return err
		}
		if _, err := r.State.After(mes.DocUpdate, k.Title()); err != nil {
			return err
		}
		zone, err := w.zone(ctx, site)
		if err != nil {
			return err
		}
		if err := r.Changed(c.Version, zone); err != nil {
			return err
		}
		return w.changeDraft(ctx, site, by, r, c)
	})
	if err != nil {
		return mes.DocumentRevision{}, err
	}
	return readRevision(ctx, d.q, k)
}

func (w *work) changeDraft(ctx context.Context, site string, by mes.Actor, r mes.DocumentRevision, c mes.DraftChange) error {
	content, err := readable(r.RevisionKey, c.Content)
	if err != nil {
		return err
	}
	hash, err := contentHash(content)
	if err != nil {
		return err
	}
	if c.Name != "" && c.Name != r.Name {
		if err := w.RenameDocument(ctx, sqlcgen.RenameDocumentParams{Kind: string(r.Kind), ID: r.ID, Name: c.Name}); err != nil {
			return err
		}
	}
	differences, err := mes.Compare(r.Content, content)
	if err != nil {
		return err
	}
	err = w.later.ChangeDraft(ctx, sqlcgen.ChangeDraftParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision, Content: content, Hash: hash, ChangedBy: by.ID})
	if err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, r.String())
	return w.audit(by, "draft_changed", "document", r.String(), "", "", map[string]any{"name": r.Name, "hash": r.Hash},
		map[string]any{"name": c.Name, "hash": hash, "changes": differences})
}

// zone reads a site's time zone.
func (w *work) zone(ctx context.Context, site string) (*time.Location, error) {
	rows, err := w.EquipmentOfSite(ctx, site)
	if err != nil || len(rows) == 0 {
		return time.UTC, err
	}
	return time.LoadLocation(rows[0].TimeZone)
}

// Check holds a content against its kind's rules and against the plant.
func (d *Documents) Check(ctx context.Context, k mes.RevisionKey, content json.RawMessage) error {
	if err := k.Validate(); err != nil {
		return err
	}
	return translate(checkContent(ctx, d.q, k, content))
}

// InForceNow tells what is in force of each document.
func (d *Documents) InForceNow(ctx context.Context, ks []mes.RevisionKey) (map[mes.RevisionKey]mes.CurrentRevision, error) {
	names := make([]string, len(ks))
	for i, k := range ks {
		names[i] = string(k.Kind) + "/" + k.ID
	}
	rows, err := d.q.CurrentRevisions(ctx, names)
	out := map[mes.RevisionKey]mes.CurrentRevision{}
	for _, r := range rows {
		out[mes.RevisionKey{Kind: mes.DocumentKind(r.Kind), ID: r.ID}] = mes.CurrentRevision{Revision: r.Revision, Since: r.EffectiveFrom}
	}
	return out, translate(err)
}
