package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) holdRoutes() {
	get := func(path, id string, table bool, short string) route {
		return route{Method: "GET", Path: "/holds" + path, ID: id, Group: "holds", Right: policies.HoldRead, Table: table, Short: short}
	}
	post := func(path, id string, right policies.Right, short string) route {
		return route{Method: "POST", Path: "/holds" + path, ID: id, Group: "holds", Right: right, Command: true, Noun: mes.NounContainment, Short: short}
	}
	handle(s, get("", "listHolds", true, "Containments, newest first"), s.listHolds)
	handle(s, post("", "placeHold", policies.HoldPlace, "Contain what a criterion names, and all that it touched: what is named stands still from the answer on"), s.placeHold)
	handle(s, post("/preview", "previewHold", policies.HoldPlace, "What a containment would hold now; nothing is stored"), s.previewHold)
	handle(s, get("/{hold}", "getHold", false, "One containment: how far it is, and where what it holds stands"), s.getHold)
	handle(s, get("/{hold}/lots", "listHoldLots", true, "What a containment holds, nearest first"), s.listHoldLots)
	handle(s, get("/{hold}/graph", "getHoldGraph", true, "How the lots of a containment hang together"), s.getHoldGraph)
	handle(s, post("/{hold}/dispose", "disposeHold", policies.HoldDispose, "Decide on contained lots; it takes effect with the last signature that the site's rule asks for"), s.disposeHold)
	handle(s, post("/{hold}/lots/{lot}/dispose", "disposeHoldLot", policies.HoldDispose, "Decide on one contained lot"), s.disposeHoldLot)
	handle(s, post("/{hold}/notify", "notifyHold", policies.HoldDispose, "Note that a customer was told of what it has"), s.notifyHold)
	handle(s, post("/{hold}/end-watch", "endHoldWatch", policies.HoldDispose, "Let no new lots join"), s.endHoldWatch)
	handle(s, post("/{hold}/lots/{lot}/set-aside", "setHoldLotAside", policies.HoldAside, "Note that a held lot was put aside"), s.setHoldLotAside)
}

// HoldPath names a containment.
type HoldPath struct {
	Hold string `path:"hold" maxLength:"20"`
}

// HoldLotPath names one of its lots.
type HoldLotPath struct {
	HoldPath
	Lot string `path:"lot" maxLength:"64"`
}

type holdListInput struct {
	ListInput
	State    []mes.ContainmentState `query:"state" doc:"Any of these states, separated by commas."`
	Kind     mes.CriterionKind      `query:"kind"`
	Severity mes.Severity           `query:"severity" enum:"critical,high,medium,low"`
	Lot      string                 `query:"lot" maxLength:"64" doc:"Only those that hold or held this lot."`
}

func (s *Server) listHolds(ctx context.Context, in *holdListInput) (*one[mes.Page[mes.Containment]], error) {
	f := mes.ContainmentFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Kind: in.Kind, Severity: in.Severity, Lot: in.Lot}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Containment], error) { return s.Containments.List(ctx, f) })
}

// NewContainment is what shall be held, and why.
type NewContainment struct {
	Criterion mes.Criterion `json:"criterion"`
	Reason    string        `json:"reason" maxLength:"500"`
	Severity  mes.Severity  `json:"severity" doc:"critical, high, medium or low"`
	Source    *mes.Source   `json:"source,omitempty" doc:"The record that asks for it."`
	Since     *time.Time    `json:"since,omitempty" doc:"When the fact became known; the time to contain counts from it."`
}

type holdBody struct{ Body NewContainment }

func (b NewContainment) request(ctx context.Context) mes.ContainmentRequest {
	r := requestOf(ctx)
	out := mes.ContainmentRequest{Site: r.who.Site, Criterion: b.Criterion, Reason: b.Reason, Severity: b.Severity, Since: b.Since}
	if r.key != "" {
		out.Key = "api/" + r.scopedKey()
	}
	if b.Source != nil {
		out.Source = *b.Source
	}
	return out
}

func (s *Server) placeHold(ctx context.Context, in *holdBody) (*one[mes.Containment], error) {
	return answer(s.Containments.Place(ctx, requestOf(ctx).actor(), in.Body.request(ctx)))
}

func (s *Server) previewHold(ctx context.Context, in *holdBody) (*one[mes.Preview], error) {
	return answer(s.Containments.Preview(ctx, in.Body.request(ctx)))
}

func (s *Server) getHold(ctx context.Context, in *HoldPath) (*one[mes.ContainmentView], error) {
	return answer(s.Containments.Get(ctx, requestOf(ctx).who.Site, in.Hold))
}

type holdLotsInput struct {
	HoldPath
	ListInput
	Place     mes.Place `query:"place"`
	At        string    `query:"at" maxLength:"64" doc:"Station or customer."`
	Open      bool      `query:"open" doc:"Only those without an end."`
	Undecided bool      `query:"undecided" doc:"Only open ones without a decision."`
}

func (s *Server) listHoldLots(ctx context.Context, in *holdLotsInput) (*one[mes.Page[mes.ContainedLot]], error) {
	f := mes.ContainedFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Containment: in.Hold, Place: in.Place, At: in.At, Open: in.Open, Undecided: in.Undecided}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.ContainedLot], error) { return s.Containments.Lots(ctx, f) })
}

type holdGraphInput struct {
	HoldPath
	TableInput
}

func (s *Server) getHoldGraph(ctx context.Context, in *holdGraphInput) (*one[Trace], error) {
	g, err := s.Containments.Graph(ctx, requestOf(ctx).who.Site, in.Hold)
	return answer(Trace{Graph: g}, err)
}

// NewHoldDisposition decides on contained lots: those that are named, or all undecided ones at a place.
type NewHoldDisposition struct {
	Lots     []string         `json:"lots,omitempty" maxItems:"10000"`
	Place    mes.Place        `json:"place,omitempty" doc:"Where no lots are named: all undecided ones that were found here."`
	At       string           `json:"at,omitempty" maxLength:"64" doc:"Narrows the place: station or customer."`
	Decision mes.HoldDecision `json:"decision"`
	ReworkTo string           `json:"rework_to,omitempty" maxLength:"64"`
	Routing  string           `json:"routing,omitempty" maxLength:"64" doc:"A rework routing, for rework and repair."`
	Permit   string           `json:"permit,omitempty" maxLength:"64" doc:"A deviation permit, for use as is and repair."`
	Bad      *Amount          `json:"bad,omitempty" doc:"How many of a sorted lot are bad."`
	Reason   string           `json:"reason" maxLength:"500"`
}

type disposeHoldInput struct {
	HoldPath
	Body NewHoldDisposition
}

func (s *Server) disposeHold(ctx context.Context, in *disposeHoldInput) (*one[mes.Disposed], error) {
	b := in.Body
	if len(b.Lots) == 0 && b.Place != "" {
		var err error
		if b.Lots, err = s.undecided(ctx, in.Hold, b); err != nil {
			return nil, err
		}
	}
	return s.decideOnHeld(ctx, in.Hold, b)
}

// undecided lists the lots at a place that wait for their decision, one more than a decision can cover at most.
func (s *Server) undecided(ctx context.Context, hold string, b NewHoldDisposition) ([]string, error) {
	f := mes.ContainedFilter{Paging: mes.Paging{Limit: mes.MaxPage}, Site: requestOf(ctx).who.Site, Containment: hold, Place: b.Place, At: b.At, Undecided: true}
	var lots []string
	for most := (mes.HoldDisposition{Decision: b.Decision}).MaxDisposed(); len(lots) <= most; {
		p, err := s.Containments.Lots(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, l := range p.Items {
			lots = append(lots, l.Lot)
		}
		if p.Next == "" {
			break
		}
		f.Cursor = p.Next
	}
	return lots, nil
}

type disposeHoldLotInput struct {
	HoldLotPath
	Body NewHoldDisposition
}

func (s *Server) disposeHoldLot(ctx context.Context, in *disposeHoldLotInput) (*one[mes.Disposed], error) {
	in.Body.Lots = []string{in.Lot}
	return s.decideOnHeld(ctx, in.Hold, in.Body)
}

func (s *Server) decideOnHeld(ctx context.Context, hold string, b NewHoldDisposition) (*one[mes.Disposed], error) {
	r := requestOf(ctx)
	d := mes.HoldDisposition{Site: r.who.Site, Containment: hold, Lots: b.Lots, Decision: b.Decision, ReworkTo: b.ReworkTo, Routing: b.Routing, Permit: b.Permit, Reason: b.Reason}
	if b.Bad != nil {
		d.Bad = b.Bad.Decimal
	}
	return answer(s.Containments.Dispose(ctx, r.scopedKey(), r.actor(), d))
}

// NewNotice says which customer was told, and how.
type NewNotice struct {
	Customer     string `json:"customer" maxLength:"100"`
	DeliveryNote string `json:"delivery_note,omitempty" maxLength:"64" doc:"Empty means all of the customer's."`
	How          string `json:"how" maxLength:"500" doc:"Who was told, and by which way."`
}

type notifyHoldInput struct {
	HoldPath
	Body NewNotice
}

// Notified counts the lots that a customer was told of.
type Notified struct {
	Lots int `json:"lots"`
}

func (s *Server) notifyHold(ctx context.Context, in *notifyHoldInput) (*one[Notified], error) {
	r, b := requestOf(ctx), in.Body
	n, err := s.Containments.Notify(ctx, r.scopedKey(), r.actor(), mes.Notice{Site: r.who.Site, Containment: in.Hold, Customer: b.Customer, DeliveryNote: b.DeliveryNote, How: b.How})
	return answer(Notified{Lots: n}, err)
}

type endWatchInput struct {
	HoldPath
	Body HoldReason
}

func (s *Server) endHoldWatch(ctx context.Context, in *endWatchInput) (*one[mes.Containment], error) {
	r := requestOf(ctx)
	return answer(s.Containments.EndWatch(ctx, r.scopedKey(), r.who.Site, in.Hold, r.actor(), in.Body.Reason))
}

// Aside is where a held lot was put.
type Aside struct {
	Place string `json:"place,omitempty" maxLength:"64" doc:"The scanned rack or box, where there is one."`
}

type setAsideInput struct {
	HoldLotPath
	Body Aside
}

func (s *Server) setHoldLotAside(ctx context.Context, in *setAsideInput) (*one[Aside], error) {
	r := requestOf(ctx)
	err := s.Containments.SetAside(ctx, r.scopedKey(), r.who.Site, in.Hold, in.Lot, in.Body.Place, r.actor())
	return answer(in.Body, err)
}
