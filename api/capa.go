package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) capaRoutes() {
	get := func(path, id, short string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "capas", Right: policies.CAPARead, Short: short}
	}
	list := get("/capas", "listCapas", "Corrective and preventive actions")
	list.Table, list.Long = true, "Sorts: id, title, severity, state, owner, raised_at, next_due. By itself the list is by what is due first."
	handle(s, list, s.listCAPAs)
	tasks := get("/capa-tasks", "listCapaTasks", "Tasks over all corrective and preventive actions, by their due date")
	tasks.Table = true
	handle(s, tasks, s.listCAPATasks)
	handle(s, get("/capas/{capa}", "getCapa", "One, whole: its eight disciplines, tasks, links, timers, and what each discipline lacks"), s.getCAPA)
	handle(s, get("/capas/{capa}/effect", "getCapaEffect", "What the defect data say now, against the baseline and week by week. It is no verdict"), s.getCAPAEffect)
	handle(s, get("/capas/{capa}/report", "getCapaReport", "The 8D report, with signatures and audit trail"), s.getCAPAReport)
	paper := get("/capas/{capa}/report.pdf", "getCapaPaper", "The 8D report on paper")
	paper.Answers = map[string]*huma.Response{"200": {Description: "The report", Content: map[string]*huma.MediaType{pdfType: binary()}}}
	handle(s, paper, s.getCAPAPaper)
	file := get("/capas/{capa}/evidence/{hash}", "getCapaEvidence", "A file that proves a task")
	file.Answers = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/pdf": binary(), "image/png": binary(), "image/jpeg": binary()}}}
	handle(s, file, s.getCAPAEvidence)
	raise := route{Method: "POST", Path: "/capas", ID: "raiseCapa", Group: "capas", Right: policies.CAPARaise, Command: true, Noun: mes.NounCAPA, Status: http.StatusCreated,
		Short: "Open a corrective and preventive action", Long: "A program's goes by its token. Rules open theirs by themselves."}
	handle(s, raise, s.raiseCAPA)
	s.capaDisciplineRoutes()
	s.capaTaskRoutes()
}

// CAPAPath names a CAPA in an address.
type CAPAPath struct {
	CAPA string `path:"capa" maxLength:"32"`
}

// CAPAView is a CAPA with what follows from it now.
type CAPAView struct {
	mes.CAPA
	// Missing names what each discipline that is not completed lacks.
	Missing map[mes.Discipline][]mes.FieldError `json:"missing"`
	Timers  []mes.CAPATimer                     `json:"timers"`
	Late    *CAPALate                           `json:"late,omitempty"`
	// Criterion is the criterion of effectiveness in words, Baseline and Seen what the data said.
	Criterion string `json:"criterion,omitempty"`
	Baseline  string `json:"baseline,omitempty"`
	Seen      string `json:"seen,omitempty"`
}

// CAPALate is the open thing that is most overdue.
type CAPALate struct {
	Subject string    `json:"subject" doc:"A discipline (D4) or a task (T3)."`
	DueAt   time.Time `json:"due_at"`
}

func (s *Server) viewCAPA(c mes.CAPA, err error) (*one[CAPAView], error) {
	if err != nil {
		return nil, err
	}
	now := s.Now()
	v := CAPAView{CAPA: c, Missing: map[mes.Discipline][]mes.FieldError{}, Timers: c.Timers(now)}
	for d := mes.D1; d <= mes.D8; d++ {
		if missing := c.Missing(d); !c.Done(d) && len(missing) > 0 {
			v.Missing[d] = missing
		}
	}
	if subject, due, ok := c.Late(now); ok {
		v.Late = &CAPALate{Subject: subject, DueAt: due}
	}
	if k := c.Record.Plan.Criterion; k != nil {
		v.Criterion = k.Sentence()
		if k.Baseline != nil {
			v.Baseline = k.Baseline.Sentence()
		}
	}
	if e := c.Record.Effect; e != nil && e.Reading != nil {
		v.Seen = e.Reading.Sentence()
	}
	return &one[CAPAView]{Body: v}, nil
}

type capaListInput struct {
	ListInput
	State    []mes.CAPAState `query:"state" doc:"Any of these states, separated by commas."`
	Open     bool            `query:"open" doc:"Only those that have not ended."`
	Severity mes.Severity    `query:"severity"`
	Owner    string          `query:"owner" maxLength:"100" doc:"me stands for who asks."`
	Product  string          `query:"product" maxLength:"64"`
	Code     string          `query:"code" maxLength:"64"`
	Rule     string          `query:"rule" maxLength:"64"`
	Overdue  bool            `query:"overdue" doc:"Only those of which something is past its date."`
	Noun     string          `query:"noun" maxLength:"32" doc:"With subject: those that this record is linked to."`
	Subject  string          `query:"subject" maxLength:"200"`
}

func (s *Server) listCAPAs(ctx context.Context, in *capaListInput) (*one[mes.Page[mes.CAPARow]], error) {
	f := mes.CAPAFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Open: in.Open, Severity: in.Severity, Owner: orMe(ctx, in.Owner), Product: in.Product,
		Code: in.Code, Rule: in.Rule, Overdue: in.Overdue, Noun: in.Noun, Subject: in.Subject}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.CAPARow], error) { return s.CAPAs.List(ctx, f) })
}

// orMe puts the asking account in the place of the word me.
func orMe(ctx context.Context, account string) string {
	if account == "me" {
		return requestOf(ctx).who.ID
	}
	return account
}

type capaTaskListInput struct {
	ListInput
	Owner string `query:"owner" maxLength:"100" doc:"me stands for who asks."`
	Open  bool   `query:"open"`
}

func (s *Server) listCAPATasks(ctx context.Context, in *capaTaskListInput) (*one[mes.Page[mes.CAPATask]], error) {
	f := mes.CAPATaskFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Owner: orMe(ctx, in.Owner), Open: in.Open}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.CAPATask], error) { return s.CAPAs.Tasks(ctx, f) })
}

func (s *Server) getCAPA(ctx context.Context, in *CAPAPath) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.Get(ctx, requestOf(ctx).who.Site, in.CAPA))
}

// CAPAEffectView is what the defect data say, against the criterion.
type CAPAEffectView struct {
	Criterion *mes.CAPACriterion `json:"criterion,omitempty"`
	Baseline  *mes.CAPAReading   `json:"baseline,omitempty"`
	// Now is read over the period so far; a verdict is given at its end only.
	Now   *mes.CAPAReading `json:"now,omitempty"`
	Weeks []mes.CAPAWeek   `json:"weeks"`
}

// getCAPAEffect reads the weeks from the baseline's beginning until now.
func (s *Server) getCAPAEffect(ctx context.Context, in *CAPAPath) (*one[CAPAEffectView], error) {
	site := requestOf(ctx).who.Site
	c, err := s.CAPAs.Get(ctx, site, in.CAPA)
	if err != nil {
		return nil, err
	}
	out := CAPAEffectView{Criterion: c.Record.Plan.Criterion, Weeks: []mes.CAPAWeek{}}
	k := out.Criterion
	if k == nil {
		return answer(out, nil)
	}
	out.Baseline = k.Baseline
	now := s.Now().UTC()
	from, _ := k.Before(c.RaisedAt)
	until := now
	if c.EndedAt != nil {
		until = *c.EndedAt
	}
	if e := c.Record.Effect; e != nil {
		end := e.CheckAt
		if end.After(until) {
			end = until
		}
		r, err := s.CAPAs.Reading(ctx, site, *k, e.Since, end)
		if err != nil {
			return nil, err
		}
		out.Now = &r
	}
	out.Weeks, err = s.CAPAs.Weeks(ctx, site, *k, from, until)
	return answer(out, err)
}

// NewCAPA is a CAPA as it is raised.
type NewCAPA struct {
	Title    string        `json:"title" maxLength:"200"`
	Why      string        `json:"why" maxLength:"4000" doc:"What was seen."`
	Severity mes.Severity  `json:"severity"`
	Product  string        `json:"product,omitempty" maxLength:"64"`
	Codes    []string      `json:"codes,omitempty" maxItems:"20" doc:"Defect codes."`
	Owner    string        `json:"owner,omitempty" maxLength:"100" doc:"Who leads the team."`
	Manager  string        `json:"manager,omitempty" maxLength:"100" doc:"Who is told when the owner is late; left out, it is everyone in quality."`
	Links    []NewCAPALink `json:"links,omitempty" maxItems:"50"`
}

// NewCAPALink names a record that the CAPA is about.
type NewCAPALink struct {
	Noun    string `json:"noun" maxLength:"32"`
	Subject string `json:"subject" maxLength:"200"`
	Note    string `json:"note,omitempty" maxLength:"500"`
}

func linksOf(in []NewCAPALink) []mes.CAPALink {
	out := make([]mes.CAPALink, len(in))
	for i, l := range in {
		out[i] = mes.CAPALink{Noun: l.Noun, Subject: l.Subject, Note: l.Note}
	}
	return out
}

func (s *Server) raiseCAPA(ctx context.Context, in *struct{ Body NewCAPA }) (*made[CAPAView], error) {
	r, b := requestOf(ctx), in.Body
	q := mes.CAPARequest{Site: r.who.Site, Key: r.scopedKey(), Title: b.Title, Why: b.Why, Severity: b.Severity, Source: mes.CAPAByPerson, Product: b.Product, Codes: b.Codes, Owner: b.Owner,
		Manager: b.Manager, Links: linksOf(b.Links)}
	if r.who.Service {
		q.Source = mes.CAPAByProgram
	}
	v, err := s.viewCAPA(s.CAPAs.Raise(ctx, r.actor(), q))
	if err != nil {
		return nil, err
	}
	r.subject = v.Body.ID
	return &made[CAPAView]{Status: http.StatusCreated, Body: v.Body}, nil
}
