package api

import (
	"context"
	"net/http"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) inspectionRoutes() {
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: path, ID: id, Group: "inspections", Right: policies.InspectionRead, Table: table, Short: short}
	}
	post := func(path, id, short string, right policies.Right) route {
		return route{Method: "POST", Path: path, ID: id, Group: "inspections", Right: right, Command: true, Noun: "inspection", Short: short}
	}
	list := get("/inspections", "listInspections", "Inspections: due, running, decided", true)
	list.Long = "Sorts: opened_at, plan, lot, state. By itself the list is newest first."
	handle(s, list, s.listInspections)
	handle(s, get("/inspections/{inspection}", "getInspection", "One inspection with its plan and entries", false), s.getInspection)
	open := post("/inspections", "openInspection", "Ask for an inspection by hand, by the plan in force", policies.InspectionOpen)
	open.Status = http.StatusCreated
	handle(s, open, s.openInspection)
	const one = "/inspections/{inspection}"
	handle(s, post(one+"/start", "startInspection", "Say that the sample was drawn", policies.InspectionRun), s.startInspection)
	handle(s, post(one+"/entries", "enterInspection", "Store what was found, all entries or none", policies.InspectionRun), s.enterInspection)
	handle(s, post(one+"/decide", "decideInspection", "Have the decision computed by acceptance and rejection number", policies.InspectionRun), s.decideInspection)
	handle(s, post(one+"/cancel", "cancelInspection", "Give up an inspection that was opened by hand", policies.InspectionOpen), s.cancelInspection)
	handle(s, get("/inspection-schemes", "listSchemes", "How inspection stands for each plan and supplier", true), s.listSchemes)
	handle(s, get("/inspection-schemes/{plan}", "getSchemeHistory", "What moved the inspection of one supplier's lots by a plan", true), s.schemeHistory)
	handle(s, post("/inspection-schemes/{plan}/switch", "switchScheme", "Resume a discontinued inspection, or end reduced inspection", policies.InspectionSwitch), s.switchScheme)
}

// InspectionPath names an inspection in an address.
type InspectionPath struct {
	Inspection string `path:"inspection" maxLength:"64"`
}

type inspectionListInput struct {
	ListInput
	State    []mes.InspectionState `query:"state" doc:"Any of these states, separated by commas."`
	Plan     string                `query:"plan" maxLength:"64"`
	Lot      string                `query:"lot" maxLength:"100"`
	Material string                `query:"material" maxLength:"100"`
	Supplier string                `query:"supplier" maxLength:"200"`
}

func (s *Server) listInspections(ctx context.Context, in *inspectionListInput) (*one[mes.Page[mes.Inspection]], error) {
	f := mes.InspectionFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Plan: in.Plan, Lot: in.Lot, Material: in.Material, Supplier: in.Supplier}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Inspection], error) { return s.Inspections.List(ctx, f) })
}

func (s *Server) getInspection(ctx context.Context, in *InspectionPath) (*one[mes.InspectionView], error) {
	return answer(s.Inspections.Get(ctx, requestOf(ctx).who.Site, in.Inspection))
}

// NewInspection asks for an inspection by hand.
type NewInspection struct {
	Plan string `json:"plan" maxLength:"64"`
	Lot  string `json:"lot" maxLength:"100"`
}

func (s *Server) openInspection(ctx context.Context, in *struct{ Body NewInspection }) (*one[mes.InspectionView], error) {
	r := requestOf(ctx)
	r.subject = in.Body.Plan + "/" + in.Body.Lot
	return answer(s.Inspections.Open(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Body.Plan, in.Body.Lot))
}

func (s *Server) startInspection(ctx context.Context, in *InspectionPath) (*one[mes.InspectionView], error) {
	r := requestOf(ctx)
	return answer(s.Inspections.Start(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Inspection))
}

// InspectionEntries are what was found.
type InspectionEntries struct {
	Entries []EntryBody `json:"entries" maxItems:"1000"`
}

// EntryBody is what was found on one piece for one characteristic.
type EntryBody struct {
	Piece          int     `json:"piece" doc:"Number of the piece in the sample, from 1."`
	Characteristic string  `json:"characteristic" maxLength:"64"`
	Value          *Amount `json:"value,omitempty" doc:"For a variable."`
	Good           *bool   `json:"good,omitempty" doc:"For an attribute."`
	Code           string  `json:"code,omitempty" maxLength:"64" doc:"Defect code of a piece that does not conform; left out, it is the characteristic's."`
	Gauge          string  `json:"gauge,omitempty" maxLength:"64"`
	Note           string  `json:"note,omitempty" maxLength:"500"`
	Reason         string  `json:"reason,omitempty" maxLength:"500" doc:"Needed where an entry is corrected."`
}

type enterInput struct {
	InspectionPath
	Body InspectionEntries
}

func (s *Server) enterInspection(ctx context.Context, in *enterInput) (*one[mes.InspectionView], error) {
	r := requestOf(ctx)
	es := make([]mes.NewEntry, len(in.Body.Entries))
	for i, e := range in.Body.Entries {
		es[i] = mes.NewEntry{Piece: e.Piece, Characteristic: e.Characteristic, Value: e.Value.or(), Good: e.Good, Code: e.Code, Gauge: e.Gauge, Note: e.Note, Reason: e.Reason}
	}
	return answer(s.Inspections.Enter(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Inspection, es))
}

// Remark is a word that may be left out.
type Remark struct {
	Comment string `json:"comment,omitempty" maxLength:"500"`
}

type decideInput struct {
	InspectionPath
	Body *Remark
}

func (s *Server) decideInspection(ctx context.Context, in *decideInput) (*one[mes.InspectionView], error) {
	r, comment := requestOf(ctx), ""
	if in.Body != nil {
		comment = in.Body.Comment
	}
	return answer(s.Inspections.Decide(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Inspection, comment))
}

type cancelInput struct {
	InspectionPath
	Body HoldReason
}

func (s *Server) cancelInspection(ctx context.Context, in *cancelInput) (*one[mes.InspectionView], error) {
	r := requestOf(ctx)
	return answer(s.Inspections.Cancel(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Inspection, in.Body.Reason))
}

type schemeListInput struct {
	ListInput
	Plan string        `query:"plan" maxLength:"64"`
	Mode sampling.Mode `query:"mode"`
}

func (s *Server) listSchemes(ctx context.Context, in *schemeListInput) (*one[mes.Page[mes.SchemeView]], error) {
	f := mes.SchemeFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Plan: in.Plan, Mode: in.Mode}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.SchemeView], error) { return s.Inspections.Schemes(ctx, f) })
}

// SchemePath names the inspection of a supplier's lots by a plan.
type SchemePath struct {
	Plan     string `path:"plan" maxLength:"64"`
	Supplier string `query:"supplier" maxLength:"200" doc:"Left out, lots that are made here."`
}

func (s *Server) schemeHistory(ctx context.Context, in *struct {
	SchemePath
	TableInput
}) (*one[mes.Page[mes.SchemeEvent]], error) {
	return whole(s.Inspections.SchemeHistory(ctx, requestOf(ctx).who.Site, in.Plan, in.Supplier))
}

// SwitchBody is a person's word on how inspection goes on.
type SwitchBody struct {
	Supplier string        `json:"supplier,omitempty" maxLength:"200"`
	Rule     sampling.Rule `json:"rule" doc:"irregular or supplier_resumed"`
	Reason   string        `json:"reason" maxLength:"500"`
}

type switchInput struct {
	Plan string `path:"plan" maxLength:"64"`
	Body SwitchBody
}

func (s *Server) switchScheme(ctx context.Context, in *switchInput) (*one[mes.SchemeView], error) {
	r, b := requestOf(ctx), in.Body
	return answer(s.Inspections.Switch(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.Switch{Plan: in.Plan, Supplier: b.Supplier, Rule: b.Rule, Reason: b.Reason}))
}
