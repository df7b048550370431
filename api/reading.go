package api

import (
	"context"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) readingRoutes() {
	handle(s, route{Method: "GET", Path: "/documents-to-read", ID: "listToRead", Group: "documents", Right: policies.DocumentRead,
		Short: "What I must read, and have not"}, s.listToRead)
	handle(s, route{Method: "POST", Path: "/documents/{kind}/{id}/{revision}/confirm-read", ID: "confirmRead", Group: "documents", Right: policies.DocumentConfirm,
		Command: true, Noun: "document", Short: "Say that I have read and understood a revision"}, s.confirmRead)
	handle(s, route{Method: "GET", Path: "/lots/{lot}/documents", ID: "listLotDocuments", Group: "documents", Right: policies.DocumentRead,
		Short: "What a lot is made by: its frozen revisions, which of them I must read, and newer ones"}, s.listLotDocuments)
}

// reader is the caller as far as reading is concerned.
func (s *Server) reader(ctx context.Context) (mes.Reader, error) {
	who := requestOf(ctx).who
	held, err := s.Accounts.Qualifications(ctx, who.ID)
	return mes.Reader{ID: who.ID, Roles: who.Roles, Held: held}, err
}

func (s *Server) listToRead(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.ToRead]], error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	return whole(s.Documents.ToRead(ctx, requestOf(ctx).who.Site, p))
}

// ReadIt says what was read.
type ReadIt struct {
	Hash string `json:"hash" pattern:"^[0-9a-f]{64}$" patternDescription:"a SHA-256 hash of 64 hex digits" doc:"Of the content that was shown."`
}

type confirmInput struct {
	RevisionPath
	Body ReadIt
}

func (s *Server) confirmRead(ctx context.Context, in *confirmInput) (*one[mes.ReadConfirmation], error) {
	r := requestOf(ctx)
	r.subject = in.key().String()
	return answer(s.Documents.Confirm(ctx, r.who.Site, r.actor(), in.key(), in.Body.Hash))
}

func (s *Server) listLotDocuments(ctx context.Context, in *LotPath) (*one[mes.Page[mes.DocumentView]], error) {
	docs, err := s.Documents.InForce(ctx, requestOf(ctx).who.Site, in.Lot)
	if err != nil {
		return nil, err
	}
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]mes.RevisionKey, len(docs))
	for i, d := range docs {
		keys[i] = d.RevisionKey
	}
	read, err := s.Documents.Confirmed(ctx, p.ID, keys)
	if err != nil {
		return nil, err
	}
	now, err := s.Documents.InForceNow(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]mes.DocumentView, len(docs))
	for i, d := range docs {
		out[i] = mes.DocumentView{InForce: d, Read: read[d.RevisionKey], MustRead: d.Readers.Include(p, s.Now())}
		if c, ok := now[mes.RevisionKey{Kind: d.Kind, ID: d.ID}]; ok && c.Revision != d.Revision {
			out[i].Newer, out[i].NewerSince = c.Revision, c.Since
		}
	}
	return whole(out, nil)
}

// hasRead refuses work at an operation, or at one step of it, by documents that the caller must read and has not.
func (s *Server) hasRead(ctx context.Context, lot, operation, step, kept string) error {
	who := requestOf(ctx).who
	docs, err := s.madeBy(ctx, lot, operation, false)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return nil // an unknown lot is refused by its own rules
	}
	if err != nil {
		return err
	}
	asked := false
	for _, d := range docs {
		asked = asked || !d.Readers.Nobody()
	}
	if !asked || who.Service {
		return nil
	}
	p, err := s.reader(ctx)
	if err != nil {
		return err
	}
	unread := mes.Unread(p, docs, operation, step, func(mes.RevisionKey) bool { return false }, s.Now())
	if unread, err = s.confirmed.leave(ctx, s.Documents, who.ID, unread); err != nil {
		return err
	}
	return mes.ReadFirst(unread, kept)
}

// madeBy finds what a lot is made by. A lot's revision changes between two operations only, so it is looked up at each
// start, and remembered for the operation.
func (s *Server) madeBy(ctx context.Context, lot, operation string, fresh bool) ([]mes.InForce, error) {
	site := requestOf(ctx).who.Site
	if docs, ok := s.plants.lotDocuments(site, lot, operation); ok && !fresh {
		return docs, nil
	}
	docs, err := s.Documents.InForce(ctx, site, lot)
	if err == nil {
		s.plants.noteLot(site, lot, operation, docs)
	}
	return docs, err
}

// confirmations remembers who has read what. A confirmation is never taken back, so it needs no end.
type confirmations struct {
	mu   sync.Mutex
	read map[string]bool // by account and revision
}

// leave takes out what the person has read.
func (c *confirmations) leave(ctx context.Context, port mes.Documents, account string, docs []mes.InForce) ([]mes.InForce, error) {
	var out []mes.InForce
	var ask []mes.RevisionKey
	for _, d := range docs {
		if !c.has(account, d.RevisionKey) {
			out, ask = append(out, d), append(ask, d.RevisionKey)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	read, err := port.Confirmed(ctx, account, ask)
	if err != nil {
		return nil, err
	}
	left := out[:0]
	for _, d := range out {
		if !read[d.RevisionKey] {
			left = append(left, d)
			continue
		}
		c.note(account, d.RevisionKey)
	}
	return left, nil
}

func (c *confirmations) has(account string, k mes.RevisionKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read[account+" "+k.String()]
}

func (c *confirmations) note(account string, k mes.RevisionKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil || len(c.read) > 100_000 {
		c.read = map[string]bool{}
	}
	c.read[account+" "+k.String()] = true
}

// madeOf is what a lot is made by, as it was looked up for one operation.
type madeOf struct {
	docs  []mes.InForce
	until time.Time
}

// lotDocuments and noteLot remember what a lot is made by, for the operation that it is at and no longer than a minute.
func (p *plants) lotDocuments(site, lot, operation string) ([]mes.InForce, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.lots[site+"/"+lot+"/"+operation]
	return known.docs, ok && time.Now().Before(known.until)
}

func (p *plants) noteLot(site, lot, operation string, docs []mes.InForce) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lots) > 20_000 {
		clear(p.lots)
	}
	p.lots[site+"/"+lot+"/"+operation] = madeOf{docs, time.Now().Add(time.Minute)}
}
