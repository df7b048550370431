package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// importDocuments stores instructions, inspection rules and recipes.
func (w *work) importDocuments(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, d := range in.Documents {
		fresh, err := w.importRevision(ctx, in, out, d, fmt.Sprintf("documents[%d]", i))
		if err != nil {
			return err
		}
		out.Documents += fresh
	}
	return nil
}

// importRoutings stores new routing revisions.
func (w *work) importRoutings(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, r := range in.Routings {
		content, err := json.Marshal(r)
		if err != nil {
			return err
		}
		d := mes.NewDraft{RevisionKey: keyOf(string(mes.DocRouting), r.Product, r.Revision), Content: content}
		fresh, err := w.importRevision(ctx, in, out, d, fmt.Sprintf("routings[%d]", i))
		if err != nil {
			return err
		}
		out.Routings += fresh
	}
	return nil
}

// importRevision stores one revision. A revision that is known must be the same.
func (w *work) importRevision(ctx context.Context, in mes.PlantImport, out *mes.ImportReport, d mes.NewDraft, at string) (fresh int, err error) {
	content, refs, err := mes.ReadContent(d.RevisionKey, d.Content)
	if err != nil {
		return 0, err
	}
	if known, err := w.same(ctx, d.RevisionKey, content); known || err != nil {
		return 0, err
	}
	refs.Skills, refs.Blobs = nil, nil // a plant's first load may name skills that nobody has yet, and pictures that come later
	if err := checkRefs(ctx, w.Queries, refs, at, d.Title()+" was not stored."); err != nil {
		return 0, err
	}
	site, err := w.homeSite(ctx, in)
	if err != nil {
		return 0, err
	}
	signed, err := w.signedHere(ctx, d.RevisionKey)
	if err != nil {
		return 0, err
	}
	if signed && in.Unsigned == "" {
		out.Drafts = append(out.Drafts, d.Title())
		return 1, w.addDraft(ctx, site, mes.Actor{ID: in.ApprovedBy}, d, content)
	}
	return 1, w.importApproved(ctx, in, site, d, content, signed)
}

// same tells whether the revision is stored already, and refuses other content under its name.
func (w *work) same(ctx context.Context, k mes.RevisionKey, content json.RawMessage) (bool, error) {
	stored, err := readRevision(ctx, w.Queries, k)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	was, err := contentHash(stored.Content)
	if err != nil {
		return false, err
	}
	is, err := contentHash(content)
	if err != nil || was == is {
		return true, err
	}
	noun := map[mes.DocumentKind]string{mes.DocRouting: "Routing", mes.DocInstruction: "Work instruction", mes.DocInspection: "Inspection rule", mes.DocRecipe: "Recipe", mes.DocRework: "Rework routing", mes.DocPlan: "Inspection plan"}
	return false, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s %s is stored with other content.", noun[k.Kind], k.Title()),
		"A revision never changes; nothing was stored.", "Give it a new revision.")
}

// homeSite is the site of the import, or the plant's only one where the import holds documents alone.
func (w *work) homeSite(ctx context.Context, in mes.PlantImport) (string, error) {
	if s := siteOf(in); s != "" {
		return s, nil
	}
	sites, err := w.Sites(ctx)
	if err != nil || len(sites) == 0 {
		return "", missing(err, "Site", "")
	}
	return sites[0], nil
}

// signedHere tells whether the revision in force was signed in this system.
func (w *work) signedHere(ctx context.Context, k mes.RevisionKey) (bool, error) {
	rows, err := w.RevisionsOf(ctx, sqlcgen.RevisionsOfParams{Kind: string(k.Kind), ID: k.ID})
	for _, r := range rows {
		if mes.DocumentState(r.State) == mes.DocEffective && mes.RevisionSource(r.Source) == mes.SourceHere {
			return true, err
		}
	}
	return false, err
}

// importApproved brings a revision into force by the import's word. Where a signed one was in force, quality is told.
func (w *work) importApproved(ctx context.Context, in mes.PlantImport, site string, d mes.NewDraft, content json.RawMessage, signed bool) error {
	name := d.Name
	if name == "" {
		name = d.ID
	}
	if err := w.AddDocument(ctx, sqlcgen.AddDocumentParams{Kind: string(d.Kind), ID: d.ID, Site: site, Name: name, Owner: d.Owner}); err != nil {
		return err
	}
	if err := w.revisionFree(ctx, d.RevisionKey); err != nil {
		return err
	}
	hash, err := contentHash(content)
	if err != nil {
		return err
	}
	by := mes.Actor{ID: in.ApprovedBy}
	was, err := w.inForce(ctx, d.RevisionKey)
	if err != nil {
		return err
	}
	if was != "" {
		if err := w.supersede(ctx, site, by, keyOf(string(d.Kind), d.ID, was), d.Revision); err != nil {
			return err
		}
	}
	reason := "Imported"
	if in.Unsigned != "" {
		reason = in.Unsigned
	}
	err = w.AddImportedRevision(ctx, sqlcgen.AddImportedRevisionParams{Kind: string(d.Kind), ID: d.ID, Revision: d.Revision, Content: content, Hash: hash, Reason: reason,
		Readers: json.RawMessage("{}"), ApprovedBy: in.ApprovedBy})
	if err != nil {
		return err
	}
	if err := w.executable(ctx, mes.DocumentRevision{RevisionKey: d.RevisionKey, Content: content, Hash: hash, ApprovedBy: in.ApprovedBy}); err != nil {
		return err
	}
	if signed {
		a := mes.Alert{Site: site, Kind: mes.AlertDocumentUnsigned, Severity: mes.SeverityHigh, Noun: "document", Subject: d.String(), Role: mes.RoleQuality,
			Text: fmt.Sprintf("%s came into force by import, without a signature: %s", d.Title(), reason)}
		if err := w.alert(ctx, "unsigned/"+d.String(), a); err != nil {
			return err
		}
	}
	w.tell(site, mes.EventDocument, d.String())
	return w.audit(by, "approved_by_import", "document", d.String(), reason, "", map[string]string{"in_force": was}, map[string]any{"hash": hash, "source": mes.SourceImport, "instead_of_signatures": signed})
}

// inForce is the revision in force of a document, empty when there is none.
func (w *work) inForce(ctx context.Context, k mes.RevisionKey) (string, error) {
	was, err := w.RevisionInForce(ctx, sqlcgen.RevisionInForceParams{Kind: string(k.Kind), ID: k.ID})
	if mes.CodeOf(missing(err, "Document", k.ID)) == mes.CodeNotFound {
		return "", nil
	}
	return was, err
}
