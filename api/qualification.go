package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// evidenceBody is the limit of a grant's body: its document in base64 is a third longer.
const evidenceBody = mes.MaxEvidence/3*4 + 64<<10

func (s *Server) qualificationRoutes() {
	handle(s, route{Method: "GET", Path: "/skills", ID: "listSkills", Group: "qualifications", Right: policies.QualificationRead, Table: true, Short: "What people can be certified for"},
		func(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.Skill]], error) {
			return whole(s.Qualifications.Skills(ctx))
		})
	handle(s, route{Method: "POST", Path: "/skills", ID: "putSkill", Group: "qualifications", Right: policies.SkillWrite, Command: true, Noun: "skill",
		Short: "Add a skill, or change one by its ID"}, s.putSkill)
	handle(s, route{Method: "GET", Path: "/qualifications", ID: "getMatrix", Group: "qualifications", Right: policies.QualificationRead,
		Short: "Who can do what", Long: "With a station: what the approved routings ask for there, and who may do all of it today."}, s.getMatrix)
	handle(s, route{Method: "GET", Path: "/certificates", ID: "listCertificates", Group: "qualifications", Right: policies.QualificationRead, Table: true,
		Short: "Certificates, newest first; those that end soon, by their end"}, s.listCertificates)
	handle(s, route{Method: "POST", Path: "/certificates", ID: "grantCertificate", Group: "qualifications", Right: policies.QualificationGive, Command: true, Noun: "certificate",
		Status: http.StatusCreated, Body: evidenceBody, Short: "Give or renew a certificate, with its evidence"}, s.grantCertificate)
	handle(s, route{Method: "POST", Path: "/certificates/{id}/withdraw", ID: "withdrawCertificate", Group: "qualifications", Right: policies.QualificationGive, Command: true, Noun: "certificate",
		Short: "End a certificate before its time"}, s.withdrawCertificate)
	handle(s, route{Method: "GET", Path: "/certificates/{id}/evidence", ID: "getEvidence", Group: "qualifications", Right: policies.QualificationRead,
		Short: "The document that proves a certificate", Answers: map[string]*huma.Response{"200": {Description: "The document", Content: map[string]*huma.MediaType{
			"application/pdf": binary(), "image/png": binary(), "image/jpeg": binary()}}}}, s.getEvidence)
}

func (s *Server) putSkill(ctx context.Context, in *struct{ Body mes.Skill }) (*one[mes.Skill], error) {
	r := requestOf(ctx)
	r.subject = in.Body.ID
	return answer(s.Qualifications.PutSkill(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Body))
}

type matrixInput struct {
	Station string `query:"station" maxLength:"64"`
}

func (s *Server) getMatrix(ctx context.Context, in *matrixInput) (*one[mes.Matrix], error) {
	m, err := s.Qualifications.Matrix(ctx, requestOf(ctx).who.Site)
	if err != nil || in.Station == "" {
		return answer(m, err)
	}
	products, err := s.Plant.Products(ctx)
	if err != nil {
		return nil, err
	}
	var routings []mes.Routing
	for _, p := range products {
		if p.Revision == "" {
			continue
		}
		v, err := s.Plant.Routing(ctx, p.ID, p.Revision)
		if err != nil {
			return nil, err
		}
		routings = append(routings, v.Routing)
	}
	if needs := mes.StationNeeds(in.Station, routings); needs != nil {
		m.Needs = needs
	}
	for i, p := range m.People {
		m.People[i] = p.Judge(m.Needs, s.Now())
	}
	return answer(m, nil)
}

type certificateListInput struct {
	ListInput
	Account string `query:"account" maxLength:"100"`
	Skill   string `query:"skill" maxLength:"64"`
	Days    int    `query:"days" minimum:"1" maximum:"3650" doc:"Only those that end within so many days, the ended ones included."`
	History bool   `query:"history" doc:"Also what was replaced or withdrawn."`
}

func (s *Server) listCertificates(ctx context.Context, in *certificateListInput) (*one[mes.Page[mes.Certificate]], error) {
	f := mes.CertificateFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Account: in.Account, Skill: in.Skill, History: in.History}
	if in.Days > 0 {
		until := s.Now().AddDate(0, 0, in.Days)
		f.EndsBefore = &until
	}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Certificate], error) { return s.Qualifications.Certificates(ctx, f) })
}

// NewCertificate is a certificate as it is given. Its kind of document is judged by the content.
type NewCertificate struct {
	Account      string     `json:"account" maxLength:"100"`
	Skill        string     `json:"skill" maxLength:"64"`
	Level        int        `json:"level" doc:"From 1 to 9."`
	Issuer       string     `json:"issuer" maxLength:"200"`
	IssuedAt     *time.Time `json:"issued_at,omitempty" doc:"Left out, it is now."`
	ExpiresAt    *time.Time `json:"expires_at,omitempty" doc:"Left out, it follows from the skill; see never."`
	Never        bool       `json:"never,omitempty" doc:"It has no end, whatever the skill says."`
	Reason       string     `json:"reason,omitempty" maxLength:"500"`
	Evidence     []byte     `json:"evidence,omitempty" doc:"PDF, PNG or JPEG in base64, at most 8 MiB."`
	EvidenceName string     `json:"evidence_name,omitempty" maxLength:"200"`
}

func (s *Server) grantCertificate(ctx context.Context, in *struct{ Body NewCertificate }) (*one[mes.Certificate], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Account + "/" + b.Skill
	g := mes.Grant{Account: b.Account, Skill: b.Skill, Level: b.Level, Issuer: strings.TrimSpace(b.Issuer), IssuedAt: s.Now().UTC(), ExpiresAt: b.ExpiresAt, Reason: b.Reason}
	if b.IssuedAt != nil {
		g.IssuedAt = *b.IssuedAt
	}
	if len(b.Evidence) > 0 {
		kind, _, _ := strings.Cut(http.DetectContentType(b.Evidence), ";")
		g.Evidence = &mes.Evidence{Name: b.EvidenceName, ContentType: kind, Content: b.Evidence}
	}
	if g.ExpiresAt == nil && !b.Never {
		end, err := s.usualEnd(ctx, g)
		if err != nil {
			return nil, err
		}
		g.ExpiresAt = end
	}
	return answer(s.Qualifications.Grant(ctx, r.scopedKey(), r.who.Site, r.actor(), g))
}

// usualEnd is when a certificate of the skill usually ends; a skill that is not known is the ledger's to refuse.
func (s *Server) usualEnd(ctx context.Context, g mes.Grant) (*time.Time, error) {
	site, err := s.plants.site(ctx, requestOf(ctx).who.Site)
	if err != nil {
		return nil, err
	}
	skills, err := s.Qualifications.Skills(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range skills {
		if k.ID == g.Skill {
			return k.Ends(g.IssuedAt, site.zone), nil
		}
	}
	return nil, nil
}

type withdrawalInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body HoldReason
}

func (s *Server) withdrawCertificate(ctx context.Context, in *withdrawalInput) (*one[mes.Certificate], error) {
	r := requestOf(ctx)
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return nil, f.Err("The certificate stays as it is.")
	}
	return answer(s.Qualifications.Withdraw(ctx, r.scopedKey(), r.who.Site, r.actor(), in.ID, reason))
}

type certificatePath struct {
	ID int64 `path:"id" minimum:"1"`
}

func (s *Server) getEvidence(ctx context.Context, in *certificatePath) (*huma.StreamResponse, error) {
	b, err := s.Qualifications.Evidence(ctx, requestOf(ctx).who.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return evidenceFile(b, fmt.Sprintf("certificate-%d", in.ID)), nil
}

// evidenceFile hands a document over as a file: what people uploaded is never shown within the site.
func evidenceFile(b mes.Blob, name string) *huma.StreamResponse {
	ending := map[string]string{"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[b.ContentType]
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", b.ContentType)
		c.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
		c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, ending))
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(b.Content) // the reader may have gone: nobody to tell
	}}
}
