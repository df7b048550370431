package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) documentRoutes() {
	get := func(path, id, short string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "documents", Right: policies.DocumentRead, Short: short}
	}
	list := get("/documents", "listDocuments", "Revisions of controlled documents")
	list.Table, list.Long = true, "Sorts: id, revision, state, changed_at. By itself the list is newest change first. The content is left out."
	handle(s, list, s.listDocuments)
	handle(s, get("/documents/{kind}/{id}/{revision}", "getDocument", "One revision, whole"), s.getDocument)
	handle(s, get("/documents/{kind}/{id}/{revision}/diff", "compareDocument", "How a revision differs from another one"), s.compareDocument)
	handle(s, get("/documents/{kind}/{id}/{revision}/readers", "listReaders", "Who must read a revision, and who has"), s.listReaders)
	handle(s, get("/documents/{kind}/{id}/{revision}/file", "exportDocument", "A revision as a plant's folder holds it"), s.exportDocument)
	s.draftRoutes()
	s.readingRoutes()
}

// RevisionPath names a revision in an address.
type RevisionPath struct {
	Kind     mes.DocumentKind `path:"kind"`
	ID       string           `path:"id" maxLength:"64"`
	Revision string           `path:"revision" maxLength:"16" doc:"effective is the one in force."`
}

func (p RevisionPath) key() mes.RevisionKey {
	return mes.RevisionKey{Kind: p.Kind, ID: p.ID, Revision: p.Revision}
}

// named finds the revision in force where none is named.
func (p RevisionPath) named() mes.RevisionKey {
	k := p.key()
	if k.Revision == "effective" {
		k.Revision = ""
	}
	return k
}

type documentListInput struct {
	ListInput
	Kind  mes.DocumentKind    `query:"kind"`
	ID    string              `query:"id" maxLength:"64"`
	State []mes.DocumentState `query:"state" doc:"Any of these states, separated by commas."`
}

func (s *Server) listDocuments(ctx context.Context, in *documentListInput) (*one[mes.Page[mes.DocumentRevision]], error) {
	f := mes.DocumentFilter{Paging: in.paging(), Kind: in.Kind, ID: in.ID, States: in.State}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.DocumentRevision], error) { return s.Documents.List(ctx, f) })
}

func (s *Server) getDocument(ctx context.Context, in *RevisionPath) (*one[mes.DocumentRevision], error) {
	return answer(s.Documents.Get(ctx, in.named()))
}

type compareInput struct {
	RevisionPath
	From string `query:"from" maxLength:"16" doc:"The revision to compare with. Left out, it is the one in force."`
}

// Comparison says how two revisions differ.
type Comparison struct {
	From    string           `json:"from"`
	To      string           `json:"to"`
	Changes []mes.Difference `json:"changes"`
	// Old and New are the contents themselves, for showing both sides.
	Old json.RawMessage `json:"old"`
	New json.RawMessage `json:"new"`
}

func (s *Server) compareDocument(ctx context.Context, in *compareInput) (*one[Comparison], error) {
	to, err := s.Documents.Get(ctx, in.named())
	if err != nil {
		return nil, err
	}
	from, err := s.Documents.Get(ctx, mes.RevisionKey{Kind: in.Kind, ID: in.ID, Revision: in.From})
	if err != nil {
		return nil, err
	}
	changes, err := compareRevisions(from, to)
	return answer(Comparison{From: from.Revision, To: to.Revision, Changes: changes, Old: from.Content, New: to.Content}, err)
}

// compareRevisions leaves out that two revisions of a routing have two names.
func compareRevisions(from, to mes.DocumentRevision) ([]mes.Difference, error) {
	if from.Kind != mes.DocRouting {
		return mes.Compare(from.Content, to.Content)
	}
	var a, b mes.Routing
	if err := json.Unmarshal(from.Content, &a); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(to.Content, &b); err != nil {
		return nil, err
	}
	return mes.CompareRoutings(a, b)
}

func (s *Server) listReaders(ctx context.Context, in *RevisionPath) (*one[mes.Page[mes.ReaderView]], error) {
	return whole(s.Documents.Readers(ctx, requestOf(ctx).who.Site, in.key()))
}

func (s *Server) draftRoutes() {
	post := func(path, id, short string, right policies.Right) route {
		return route{Method: "POST", Path: "/documents" + path, ID: id, Group: "documents", Right: right, Command: true, Noun: "document", Short: short}
	}
	one := "/{kind}/{id}/{revision}"
	draft := post("", "draftDocument", "Begin a new document, or a new revision of one", policies.DocumentDraft)
	draft.Status = http.StatusCreated
	handle(s, draft, s.draftDocument)
	handle(s, post(one+"/change", "changeDraft", "Change a draft that was read at a version", policies.DocumentDraft), s.changeDraft)
	handle(s, post(one+"/check", "checkDraft", "Hold a content against the rules and the plant, without storing it", policies.DocumentDraft), s.checkDraft)
	handle(s, post(one+"/submit", "submitDraft", "Send a draft into review: it asks for its signatures and never changes from here on", policies.DocumentSubmit), s.submitDraft)
	handle(s, post(one+"/withdraw", "withdrawDocument", "Give up a revision that is not in force", policies.DocumentSubmit), s.withdrawDocument)
	file := post(one+"/file", "importDraft", "Replace a draft's content by a file as a plant's folder holds it, YAML or JSON", policies.DocumentDraft)
	handle(s, file, s.importDraft)
}

// NewDocument begins a revision.
type NewDocument struct {
	Kind     mes.DocumentKind `json:"kind"`
	ID       string           `json:"id" maxLength:"64" doc:"Of a routing it is the product."`
	Revision string           `json:"revision" maxLength:"16"`
	Name     string           `json:"name,omitempty" maxLength:"200"`
	Owner    string           `json:"owner,omitempty" maxLength:"64"`
	From     string           `json:"from,omitempty" maxLength:"16" doc:"The revision whose content the draft begins with."`
	Content  json.RawMessage  `json:"content,omitempty"`
}

func (s *Server) draftDocument(ctx context.Context, in *struct{ Body NewDocument }) (*made[mes.DocumentRevision], error) {
	r, b := requestOf(ctx), in.Body
	k := mes.RevisionKey{Kind: b.Kind, ID: b.ID, Revision: b.Revision}
	r.subject = k.String()
	d, err := s.Documents.Draft(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.NewDraft{RevisionKey: k, Name: b.Name, Owner: b.Owner, From: b.From, Content: b.Content})
	if err != nil {
		return nil, err
	}
	return &made[mes.DocumentRevision]{Status: http.StatusCreated, Body: d}, nil
}

// DraftContent is a draft as it shall be stored.
type DraftContent struct {
	Version int64           `json:"version,omitempty" doc:"The draft's version that the change was made on."`
	Name    string          `json:"name,omitempty" maxLength:"200"`
	Content json.RawMessage `json:"content"`
}

type draftInput struct {
	RevisionPath
	Body DraftContent
}

func (s *Server) changeDraft(ctx context.Context, in *draftInput) (*one[mes.DocumentRevision], error) {
	r := requestOf(ctx)
	r.subject = in.key().String()
	c := mes.DraftChange{Version: in.Body.Version, Name: in.Body.Name, Content: in.Body.Content}
	return answer(s.Documents.Update(ctx, r.who.Site, r.actor(), in.key(), c))
}

// Checked says that nothing is wrong with a content.
type Checked struct {
	OK bool `json:"ok"`
}

func (s *Server) checkDraft(ctx context.Context, in *draftInput) (*one[Checked], error) {
	requestOf(ctx).subject = in.key().String()
	return answer(Checked{OK: true}, s.Documents.Check(ctx, in.key(), in.Body.Content))
}

// SubmitDraft sends a draft into review.
type SubmitDraft struct {
	Version     int64       `json:"version"`
	Reason      string      `json:"reason" maxLength:"1000" doc:"Why the document changes."`
	Readers     mes.Readers `json:"readers,omitempty" doc:"Who must read and understand it before working by it."`
	EffectiveOn *time.Time  `json:"effective_on,omitempty" doc:"Left out, it is in force with the last signature."`
}

type submitInput struct {
	RevisionPath
	Body SubmitDraft
}

func (s *Server) submitDraft(ctx context.Context, in *submitInput) (*one[mes.DocumentRevision], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = in.key().String()
	return answer(s.Documents.Submit(ctx, r.scopedKey(), r.who.Site, r.actor(), in.key(),
		mes.Submission{Version: b.Version, Reason: b.Reason, Readers: b.Readers, EffectiveOn: b.EffectiveOn}))
}

type withdrawInput struct {
	RevisionPath
	Body Reason
}

func (s *Server) withdrawDocument(ctx context.Context, in *withdrawInput) (*one[mes.DocumentRevision], error) {
	r := requestOf(ctx)
	r.subject = in.key().String()
	return answer(s.Documents.Withdraw(ctx, r.scopedKey(), r.who.Site, r.actor(), in.key(), in.Body.Reason))
}
