package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) nonconformanceRoutes() {
	const base = "/nonconformances"
	get := func(path, id, short string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "nonconformances", Right: policies.NonconformanceRead, Short: short}
	}
	post := func(path, id string, right policies.Right, short string) route {
		return route{Method: "POST", Path: base + path, ID: id, Group: "nonconformances", Right: right, Command: true, Noun: "nonconformance", Short: short}
	}
	list := get(base, "listNonconformances", "What does not conform, newest first")
	list.Table = true
	handle(s, list, s.listNonconformances)
	handle(s, get(base+"/{id}", "getNonconformance", "One, with its lots, pictures, proposals, dispositions and timeline"), s.getNonconformance)
	handle(s, get("/rework-routings", "listReworkRoutings", "The rework routings in force for a product"), s.listReworks)
	opened := post("", "openNonconformance", policies.NonconformanceOpen, "Open a nonconformance, and hold its lots when asked")
	opened.Status = http.StatusCreated
	handle(s, opened, s.openNonconformance)
	complaint := route{Method: "POST", Path: "/complaints", ID: "openComplaint", Group: "nonconformances", Right: policies.ComplaintOpen, Command: true, Noun: "nonconformance",
		Status: http.StatusCreated, Short: "A customer complains: opens a nonconformance"}
	handle(s, complaint, s.openComplaint)
	handle(s, post("/{id}/change", "changeNonconformance", policies.NonconformanceDecide, "Change owner, due date, severity, code, words or links, with a reason"), s.changeNonconformance)
	handle(s, post("/{id}/lots", "addNonconformingLots", policies.NonconformanceOpen, "Add affected lots"), s.addNonconformingLots)
	picture := post("/{id}/pictures", "addNonconformancePicture", policies.NonconformanceOpen, "Add a picture")
	picture.Body, picture.Long = pictureLimit, "SVG, PNG or JPEG up to 8 MiB, known by its content. Pictures lose what is no picture."
	handle(s, picture, s.addNonconformancePicture)
	handle(s, post("/{id}/notes", "noteNonconformance", policies.NonconformanceOpen, "Add a line to the timeline"), s.noteNonconformance)
	handle(s, post("/{id}/costs", "addNonconformanceCost", policies.NonconformanceDecide, "Note a cost from outside"), s.addNonconformanceCost)
	proposal := post("/{id}/proposals", "proposeDisposition", policies.NonconformanceDecide, "Ask the material review board to decide")
	proposal.Long = "The board decides by its signatures; the last one carries every disposition out, in one transaction."
	handle(s, proposal, s.proposeDisposition)
	handle(s, post("/{id}/withdraw-proposal", "withdrawProposal", policies.NonconformanceDecide, "Take the open proposal back"), s.withdrawProposal)
	handle(s, post("/{id}/close", "closeNonconformance", policies.NonconformanceDecide, "Close one whose pieces are all decided and back from rework"), s.closeNonconformance)
	handle(s, post("/{id}/cancel", "cancelNonconformance", policies.NonconformanceDecide, "End one that was none"), s.cancelNonconformance)
}

type ncListInput struct {
	ListInput
	State   []mes.NCState `query:"state" doc:"Several are separated by commas."`
	Source  mes.NCSource  `query:"source"`
	Code    string        `query:"code" maxLength:"64"`
	Product string        `query:"product" maxLength:"64"`
	Lot     string        `query:"lot" maxLength:"64"`
	Owner   string        `query:"owner" maxLength:"64"`
	Overdue bool          `query:"overdue"`
}

func (s *Server) listNonconformances(ctx context.Context, in *ncListInput) (*one[mes.Page[mes.Nonconformance]], error) {
	f := mes.NCFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Source: in.Source, Code: in.Code, Product: in.Product, Lot: in.Lot, Owner: in.Owner, Overdue: in.Overdue}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Nonconformance], error) { return s.Nonconformances.List(ctx, f) })
}

// NCPath names a nonconformance.
type NCPath struct {
	ID string `path:"id" maxLength:"32"`
}

func (s *Server) getNonconformance(ctx context.Context, in *NCPath) (*one[mes.Nonconformance], error) {
	return answer(s.Nonconformances.Get(ctx, requestOf(ctx).who.Site, in.ID))
}

type reworkListInput struct {
	Product string `query:"product" required:"true" maxLength:"64"`
	Code    string `query:"code" maxLength:"64" doc:"A defect code; the routings that are meant for it come first."`
}

func (s *Server) listReworks(ctx context.Context, in *reworkListInput) (*one[mes.Page[mes.ReworkInForce]], error) {
	return whole(s.Nonconformances.Reworks(ctx, in.Product, in.Code))
}

// LotAffected is a lot that is concerned.
type LotAffected struct {
	Lot      string  `json:"lot" minLength:"1" maxLength:"64"`
	Quantity *Amount `json:"quantity,omitempty" doc:"Left out, it is all that is in the lot."`
}

func affected(in []LotAffected) []mes.AffectedLot {
	out := make([]mes.AffectedLot, len(in))
	for i, l := range in {
		out[i] = mes.AffectedLot{Lot: strings.TrimSpace(l.Lot), Quantity: l.Quantity.or()}
	}
	return out
}

// OpenNonconformance is what is known when one is opened.
type OpenNonconformance struct {
	Source      mes.NCSource     `json:"source"`
	Code        string           `json:"code,omitempty" maxLength:"64"`
	Description string           `json:"description" maxLength:"2000"`
	Severity    mes.Severity     `json:"severity,omitempty" doc:"Left out, it is the code's."`
	Product     string           `json:"product,omitempty" maxLength:"64"`
	Operation   string           `json:"operation,omitempty" maxLength:"64"`
	Customer    string           `json:"customer,omitempty" maxLength:"200"`
	Reference   string           `json:"reference,omitempty" maxLength:"100" doc:"The customer's or supplier's own number."`
	Supplier    string           `json:"supplier,omitempty" maxLength:"200"`
	Noun        string           `json:"noun,omitempty" maxLength:"40" doc:"With subject, the record that it came from."`
	Subject     string           `json:"subject,omitempty" maxLength:"200"`
	Lots        []LotAffected    `json:"lots,omitempty" maxItems:"500"`
	Pictures    []mes.NewPicture `json:"pictures,omitempty" maxItems:"20" doc:"Stored pictures, such as a camera's."`
	Owner       string           `json:"owner,omitempty" maxLength:"64"`
	DueAt       *time.Time       `json:"due_at,omitempty" doc:"Left out, two weeks from now."`
	Hold        bool             `json:"hold,omitempty" doc:"Hold the lots, which needs the right to hold."`
	Containment string           `json:"containment,omitempty" maxLength:"64" doc:"The hold that contains the lots already."`
}

func (b OpenNonconformance) new(r *request) mes.NewNonconformance {
	return mes.NewNonconformance{Key: r.scopedKey(), Site: r.who.Site, Source: b.Source, Noun: b.Noun, Subject: b.Subject, Code: b.Code, Description: strings.TrimSpace(b.Description),
		Severity: b.Severity, Product: b.Product, Operation: b.Operation, Customer: strings.TrimSpace(b.Customer), Reference: b.Reference, Supplier: b.Supplier, Lots: affected(b.Lots),
		Pictures: b.Pictures, Owner: b.Owner, DueAt: b.DueAt, Hold: b.Hold, Containment: b.Containment}
}

type openNCInput struct{ Body OpenNonconformance }

func (s *Server) openNonconformance(ctx context.Context, in *openNCInput) (*made[mes.Nonconformance], error) {
	r := requestOf(ctx)
	if in.Body.Hold {
		if err := s.mayDo(r, policies.LotHold); err != nil {
			return nil, err
		}
	}
	return s.opened(ctx, in.Body.new(r))
}

func (s *Server) opened(ctx context.Context, n mes.NewNonconformance) (*made[mes.Nonconformance], error) {
	r := requestOf(ctx)
	out, err := s.Nonconformances.Open(ctx, r.actor(), n)
	if err != nil {
		return nil, err
	}
	r.subject = out.ID
	return &made[mes.Nonconformance]{Status: http.StatusCreated, Body: out}, nil
}

// NewComplaint is what a customer complains about.
type NewComplaint struct {
	Customer    string        `json:"customer" minLength:"1" maxLength:"200"`
	Reference   string        `json:"reference,omitempty" maxLength:"100" doc:"The customer's own number."`
	Description string        `json:"description" maxLength:"2000"`
	Code        string        `json:"code,omitempty" maxLength:"64"`
	Severity    mes.Severity  `json:"severity,omitempty"`
	Product     string        `json:"product,omitempty" maxLength:"64"`
	Lots        []LotAffected `json:"lots,omitempty" maxItems:"500"`
	DueAt       *time.Time    `json:"due_at,omitempty"`
}

type complaintInput struct{ Body NewComplaint }

func (s *Server) openComplaint(ctx context.Context, in *complaintInput) (*made[mes.Nonconformance], error) {
	b := in.Body
	n := OpenNonconformance{Source: mes.NCCustomer, Customer: b.Customer, Reference: b.Reference, Description: b.Description, Code: b.Code, Severity: b.Severity, Product: b.Product,
		Lots: b.Lots, DueAt: b.DueAt}
	return s.opened(ctx, n.new(requestOf(ctx)))
}

// ChangeNonconformance changes the fields that are given.
type ChangeNonconformance struct {
	Version     int64         `json:"version" minimum:"1" doc:"The version that was read."`
	Owner       *string       `json:"owner,omitempty" maxLength:"64"`
	DueAt       *time.Time    `json:"due_at,omitempty"`
	Severity    *mes.Severity `json:"severity,omitempty"`
	Code        *string       `json:"code,omitempty" maxLength:"64"`
	Description *string       `json:"description,omitempty" maxLength:"2000"`
	CAPA        *string       `json:"capa,omitempty" maxLength:"64"`
	Containment *string       `json:"containment,omitempty" maxLength:"64"`
	Reason      string        `json:"reason" maxLength:"500"`
}

type changeNCInput struct {
	NCPath
	Body ChangeNonconformance
}

func (s *Server) changeNonconformance(ctx context.Context, in *changeNCInput) (*one[mes.Nonconformance], error) {
	r, b := requestOf(ctx), in.Body
	return answer(s.Nonconformances.Change(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), mes.NCChange{Version: b.Version, Owner: b.Owner, DueAt: b.DueAt, Severity: b.Severity, Code: b.Code,
		Description: b.Description, CAPA: b.CAPA, Containment: b.Containment, Reason: strings.TrimSpace(b.Reason)}))
}

type addLotsInput struct {
	NCPath
	Body struct {
		Lots   []LotAffected `json:"lots" minItems:"1" maxItems:"500"`
		Hold   bool          `json:"hold,omitempty"`
		Reason string        `json:"reason" maxLength:"500"`
	}
}

func (s *Server) addNonconformingLots(ctx context.Context, in *addLotsInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	if in.Body.Hold {
		if err := s.mayDo(r, policies.LotHold); err != nil {
			return nil, err
		}
	}
	return answer(s.Nonconformances.AddLots(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), affected(in.Body.Lots), in.Body.Hold, strings.TrimSpace(in.Body.Reason)))
}

type ncPictureInput struct {
	NCPath
	Caption string `query:"caption" maxLength:"200"`
	RawBody []byte `contentType:"application/octet-stream"`
}

func (s *Server) addNonconformancePicture(ctx context.Context, in *ncPictureInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	kind, content, err := cleanPicture(in.RawBody)
	var f mes.Faults
	if err != nil {
		f.Add("body", "%s", err)
	}
	f.Check(kind != "application/pdf", "body", "is a document, not a picture")
	if err := f.Err("The picture was not stored."); err != nil {
		return nil, err
	}
	hash, err := s.Blobs.Put(ctx, kind, content)
	if err != nil {
		return nil, err
	}
	return answer(s.Nonconformances.AddPicture(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), mes.NewPicture{Hash: hash, Caption: in.Caption}))
}

type noteInput struct {
	NCPath
	Body struct {
		Text string `json:"text" maxLength:"2000"`
	}
}

func (s *Server) noteNonconformance(ctx context.Context, in *noteInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	return answer(s.Nonconformances.Note(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), strings.TrimSpace(in.Body.Text)))
}

type ncCostInput struct {
	NCPath
	Body struct {
		Amount Amount `json:"amount" doc:"In the site's currency; a correction takes back with a minus."`
		Text   string `json:"text" maxLength:"500"`
	}
}

func (s *Server) addNonconformanceCost(ctx context.Context, in *ncCostInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	return answer(s.Nonconformances.AddCost(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), mes.ExtraCost{Amount: in.Body.Amount.Decimal, Text: strings.TrimSpace(in.Body.Text)}))
}

// ProposedDisposition is what shall become of a quantity of a lot.
type ProposedDisposition struct {
	Lot      string              `json:"lot" maxLength:"64"`
	Kind     mes.DispositionKind `json:"kind"`
	Quantity Amount              `json:"quantity"`
	Bad      *Amount             `json:"bad,omitempty" doc:"Of a sort: how many were found bad. They are scrapped."`
	Routing  string              `json:"routing,omitempty" maxLength:"64" doc:"Of rework and repair: the rework routing."`
	Permit   string              `json:"permit,omitempty" maxLength:"32" doc:"Of use as is and repair: the deviation permit."`
	Note     string              `json:"note,omitempty" maxLength:"500"`
}

type proposeInput struct {
	NCPath
	Body struct {
		Dispositions []ProposedDisposition `json:"dispositions" minItems:"1" maxItems:"1000"`
		Reason       string                `json:"reason" maxLength:"2000"`
	}
}

func (s *Server) proposeDisposition(ctx context.Context, in *proposeInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	p := mes.NewProposal{Reason: strings.TrimSpace(in.Body.Reason)}
	for _, d := range in.Body.Dispositions {
		one := mes.Disposition{Lot: d.Lot, Kind: d.Kind, Quantity: d.Quantity.Decimal, Bad: mes.Zero, Routing: d.Routing, Permit: d.Permit, Note: d.Note}
		if d.Bad != nil {
			one.Bad = d.Bad.Decimal
		}
		p.Dispositions = append(p.Dispositions, one)
	}
	return answer(s.Nonconformances.Propose(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), p))
}

type ncReasonInput struct {
	NCPath
	Body Because
}

func (s *Server) withdrawProposal(ctx context.Context, in *ncReasonInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	return answer(s.Nonconformances.Withdraw(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), strings.TrimSpace(in.Body.Reason)))
}

func (s *Server) closeNonconformance(ctx context.Context, in *ncReasonInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	return answer(s.Nonconformances.Close(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), strings.TrimSpace(in.Body.Reason)))
}

func (s *Server) cancelNonconformance(ctx context.Context, in *ncReasonInput) (*one[mes.Nonconformance], error) {
	r := requestOf(ctx)
	return answer(s.Nonconformances.Cancel(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), strings.TrimSpace(in.Body.Reason)))
}
