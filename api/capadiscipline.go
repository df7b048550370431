package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) capaDisciplineRoutes() {
	post := func(path, id, short string) route {
		return route{Method: "POST", Path: "/capas/{capa}" + path, ID: id, Group: "capas", Right: policies.CAPAWork, Command: true, Noun: mes.NounCAPA, Short: short}
	}
	handle(s, post("/change", "changeCapa", "Change title, severity, product, codes, owner or manager"), s.changeCAPA)
	handle(s, post("/cancel", "cancelCapa", "End one that should not be; past its causes it is carried through"), s.cancelCAPA)
	handle(s, post("/links", "linkCapa", "Link records that it is about"), s.linkCAPA)
	one := "/disciplines/{discipline}"
	handle(s, post(one+"/write", "writeCapa", "Write the content of a discipline, whole"), s.writeCAPA)
	handle(s, post(one+"/complete", "completeCapa", "Complete a discipline: D5 asks for the plan's signature, D6 begins the effectiveness check, D8 asks for the closure's"), s.completeCAPA)
	handle(s, post(one+"/reopen", "reopenCapa", "Take a completed discipline back, with those that were built on it"), s.reopenCAPA)
	handle(s, post(one+"/due", "moveCapa", "Move a discipline's due date"), s.moveCAPA)
}

// place is what a command on a CAPA names.
func (p CAPAPath) place(ctx context.Context, version int64, reason string) mes.CAPAPlace {
	r := requestOf(ctx)
	return mes.CAPAPlace{Site: r.who.Site, ID: p.CAPA, Key: r.key, By: r.actor(), Version: version, Reason: reason}
}

// ChangeCAPA is the head of a CAPA as it shall be.
type ChangeCAPA struct {
	Title    string       `json:"title" maxLength:"200"`
	Severity mes.Severity `json:"severity"`
	Product  string       `json:"product,omitempty" maxLength:"64"`
	Codes    []string     `json:"codes,omitempty" maxItems:"20"`
	Owner    string       `json:"owner,omitempty" maxLength:"100"`
	Manager  string       `json:"manager,omitempty" maxLength:"100"`
	Reason   string       `json:"reason,omitempty" maxLength:"500"`
	Seen     int64        `json:"seen,omitempty" minimum:"0" doc:"The version that the change was made on."`
}

type changeCAPAInput struct {
	CAPAPath
	Body ChangeCAPA
}

func (s *Server) changeCAPA(ctx context.Context, in *changeCAPAInput) (*one[CAPAView], error) {
	b := in.Body
	return s.viewCAPA(s.CAPAs.Rewrite(ctx, in.place(ctx, b.Seen, b.Reason),
		mes.CAPAHead{Title: b.Title, Severity: b.Severity, Product: b.Product, Codes: b.Codes, Owner: b.Owner, Manager: b.Manager}))
}

type capaReasonInput struct {
	CAPAPath
	Body Reason
}

func (s *Server) cancelCAPA(ctx context.Context, in *capaReasonInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.Cancel(ctx, in.place(ctx, in.Body.Seen, in.Body.Reason)))
}

// LinkCAPA adds links.
type LinkCAPA struct {
	Links []NewCAPALink `json:"links" minItems:"1" maxItems:"50"`
}

type linkCAPAInput struct {
	CAPAPath
	Body LinkCAPA
}

func (s *Server) linkCAPA(ctx context.Context, in *linkCAPAInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.Link(ctx, in.place(ctx, 0, ""), linksOf(in.Body.Links)))
}

// DisciplinePath names one of the eight.
type DisciplinePath struct {
	CAPAPath
	Discipline int `path:"discipline" minimum:"1" maximum:"8"`
}

func (p DisciplinePath) d() mes.Discipline { return mes.Discipline(p.Discipline) }

// WriteCAPA is a discipline's content. Only the part that belongs to the discipline is taken.
type WriteCAPA struct {
	mes.CAPAContent
	Seen int64 `json:"seen,omitempty" minimum:"0" doc:"The version that the change was made on."`
}

type writeCAPAInput struct {
	DisciplinePath
	Body WriteCAPA
}

func (s *Server) writeCAPA(ctx context.Context, in *writeCAPAInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.Write(ctx, in.place(ctx, in.Body.Seen, ""), in.d(), in.Body.CAPAContent))
}

type disciplineReasonInput struct {
	DisciplinePath
	Body *Reason
}

func (in disciplineReasonInput) reason() Reason {
	if in.Body == nil {
		return Reason{}
	}
	return *in.Body
}

func (s *Server) completeCAPA(ctx context.Context, in *disciplineReasonInput) (*one[CAPAView], error) {
	b := in.reason()
	return s.viewCAPA(s.CAPAs.Complete(ctx, in.place(ctx, b.Seen, b.Reason), in.d()))
}

func (s *Server) reopenCAPA(ctx context.Context, in *disciplineReasonInput) (*one[CAPAView], error) {
	b := in.reason()
	return s.viewCAPA(s.CAPAs.Reopen(ctx, in.place(ctx, b.Seen, b.Reason), in.d()))
}

// MoveCAPA moves a due date.
type MoveCAPA struct {
	DueAt  time.Time `json:"due_at"`
	Reason string    `json:"reason" maxLength:"500"`
	Seen   int64     `json:"seen,omitempty" minimum:"0"`
}

type moveCAPAInput struct {
	DisciplinePath
	Body MoveCAPA
}

func (s *Server) moveCAPA(ctx context.Context, in *moveCAPAInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.MoveDue(ctx, in.place(ctx, in.Body.Seen, in.Body.Reason), in.d(), in.Body.DueAt))
}
