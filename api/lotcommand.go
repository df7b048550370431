package api

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

func (s *Server) lotCommandRoutes() {
	post := func(verb, id string, right policies.Right, later bool, short string) route {
		return route{Method: "POST", Path: "/lots/{lot}/" + verb, ID: id, Group: "lots", Right: right, Command: true, Noun: "lot", Later: later, Short: short}
	}
	judged := func(r route) route {
		r.Judged = true
		return r
	}
	handle(s, judged(post("scrap", "scrapLot", policies.LotScrap, true, "Take pieces out of a lot for good")), s.scrapLot)
	handle(s, judged(post("defects", "reportDefect", policies.LotDefect, true, "Report a defect: the lot goes by its operation's rule, or to review")), s.reportDefect)
	handle(s, judged(post("review", "reviewLot", policies.LotReview, true, "Decide on a lot in review")), s.reviewLot)
	handle(s, post("hold", "holdLot", policies.LotHold, false, "Hold a lot: from the answer on it may neither move nor be consumed"), s.holdLot)
	handle(s, post("release", "releaseLot", policies.LotRelease, false, "End the holds on a lot itself"), s.releaseLot)
}

// LotProgress is where a lot stands after a command.
type LotProgress struct {
	Progress mes.Progress `json:"progress"`
}

// NewScrap takes pieces out.
type NewScrap struct {
	Quantity Amount `json:"quantity"`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
	Seen     int64  `json:"seen,omitempty" minimum:"0" doc:"The progress version that the command was given on."`
}

type scrapInput struct {
	LotPath
	Body NewScrap
}

func (s *Server) scrapLot(ctx context.Context, in *scrapInput) (*one[LotProgress], error) {
	if err := s.decideAtLot(ctx, in.Lot, "Nothing was scrapped."); err != nil {
		return nil, err
	}
	return lotUpdate(ctx, s, in.Lot, contract.ScrapLot, contract.Scrap{Actor: seen(ctx, in.Body.Seen), Quantity: in.Body.Quantity.Decimal, Reason: in.Body.Reason})
}

// NewDefect is a defect that a person saw.
type NewDefect struct {
	Code   string `json:"code,omitempty" maxLength:"64" doc:"From the plant's list of defects, where there is one."`
	Text   string `json:"text,omitempty" maxLength:"500" doc:"Code or text must be given."`
	Review bool   `json:"review,omitempty" doc:"Send the lot to quality instead of where the operation's rule sends it."`
	Seen   int64  `json:"seen,omitempty" minimum:"0" doc:"The progress version that the command was given on."`
}

type defectInput struct {
	LotPath
	Body NewDefect
}

func (s *Server) reportDefect(ctx context.Context, in *defectInput) (*one[LotProgress], error) {
	if in.Body.Code == "" && in.Body.Text == "" {
		var f mes.Faults
		f.Add("text", "is missing; say what is wrong, or give a code")
		return nil, f.Err("The defect was not reported.")
	}
	if err := s.decideAtLot(ctx, in.Lot, "The defect was not reported."); err != nil {
		return nil, err
	}
	d := contract.Defect{Actor: seen(ctx, in.Body.Seen), Code: in.Body.Code, Text: in.Body.Text, Review: in.Body.Review}
	return lotUpdate(ctx, s, in.Lot, contract.ReportDefect, d)
}

// NewReview is quality's decision.
type NewReview struct {
	Decision mes.Decision `json:"decision"`
	ReworkTo string       `json:"rework_to,omitempty" maxLength:"64" doc:"Operation to go back to; empty means the lot's own."`
	Reason   string       `json:"reason" minLength:"1" maxLength:"500"`
	Seen     int64        `json:"seen,omitempty" minimum:"0" doc:"The progress version that the command was given on."`
}

type reviewInput struct {
	LotPath
	Body NewReview
}

// Decided is where a lot stands after a decision, or the request whose signatures will carry it out.
type Decided struct {
	Progress *mes.Progress         `json:"progress,omitempty"`
	Request  *mes.SignatureRequest `json:"request,omitempty" doc:"The decision takes effect with its last signature."`
}

func (s *Server) reviewLot(ctx context.Context, in *reviewInput) (*one[Decided], error) {
	b, r := in.Body, requestOf(ctx)
	if err := s.decideReview(ctx, in.Lot); err != nil {
		return nil, err
	}
	d := mes.Review{Actor: seen(ctx, b.Seen), Decision: b.Decision, ReworkTo: b.ReworkTo, Reason: b.Reason}
	built, err := s.Lots.AsBuilt(ctx, r.who.Site, in.Lot)
	if err != nil {
		return nil, err
	}
	if err := s.decide(ctx, mes.Case{Performed: built.Performers(), Kept: "The lot is still in review."}); err != nil {
		return nil, err
	}
	req, err := s.Lots.AskReview(ctx, r.scopedKey(), r.who.Site, in.Lot, d)
	if err != nil || req != nil {
		return answer(Decided{Request: req}, err)
	}
	out, err := lotUpdate(ctx, s, in.Lot, contract.ReviewLot, d)
	if err != nil {
		return nil, err
	}
	return answer(Decided{Progress: &out.Body.Progress}, nil)
}

// HoldReason says why a lot is held, or released.
type HoldReason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type holdInput struct {
	LotPath
	Body HoldReason
}

func (s *Server) holdLot(ctx context.Context, in *holdInput) (*one[mes.Hold], error) {
	r := requestOf(ctx)
	return answer(s.Lots.Hold(ctx, r.scopedKey(), r.who.Site, in.Lot, r.actor(), in.Body.Reason))
}

// Released lists the holds that a release ended, or names the request whose signatures will end them.
type Released struct {
	Holds   []mes.Hold            `json:"holds"`
	Request *mes.SignatureRequest `json:"request,omitempty" doc:"The holds end with its last signature."`
}

func (s *Server) releaseLot(ctx context.Context, in *holdInput) (*one[Released], error) {
	r := requestOf(ctx)
	req, err := s.Lots.AskRelease(ctx, r.scopedKey(), r.who.Site, in.Lot, r.actor(), in.Body.Reason)
	if err != nil || req != nil {
		return answer(Released{Holds: []mes.Hold{}, Request: req}, err)
	}
	holds, err := s.Lots.Release(ctx, r.scopedKey(), r.who.Site, in.Lot, r.actor(), in.Body.Reason)
	return answer(Released{Holds: holds}, err)
}

// seen is the actor of a command with the version that it was given on.
func seen(ctx context.Context, version int64) mes.Actor {
	a := requestOf(ctx).actor()
	a.Seen = version
	return a
}

// lotUpdate sends a command to the lot's workflow.
func lotUpdate[In any](ctx context.Context, s *Server, lot string, u kit.Update[In, contract.LotAnswer], in In) (*one[LotProgress], error) {
	site := requestOf(ctx).who.Site
	link := Base + "/lots/" + lot
	t := target{id: contract.LotRouteID(site, lot), what: lot, link: link,
		revive: func(ctx context.Context) error { return s.reviveLot(ctx, site, lot) },
		stored: func(ctx context.Context, update string, out any) error {
			rec, err := s.Lots.Stored(ctx, contract.LotEntryKey(site, lot, update))
			if err == nil {
				*out.(*contract.LotAnswer) = contract.LotAnswer{Progress: rec.After}
			}
			return err
		}}
	out, pending, err := command(ctx, s, t, u, in)
	if err != nil {
		return nil, err
	}
	if pending {
		return nil, pendingAt(link)
	}
	return answer(LotProgress(out), nil)
}

// reviveLot says why a lot without a workflow takes no command, or starts the workflow from what the ledger says.
func (s *Server) reviveLot(ctx context.Context, site, lot string) error {
	v, err := s.Lots.Get(ctx, site, lot)
	if err != nil {
		return err
	}
	if v.Order == "" {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was received from a supplier; it has no operations here.", lot), "Nothing was changed.", "Scan it as a component.")
	}
	if v.State.Ended() {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", lot, v.State), "Nothing was changed.", "Scan another lot.")
	}
	o, err := s.Orders.Get(ctx, site, v.Order)
	if err != nil {
		return err
	}
	return engineError(target{id: lot, what: lot}, contract.StartLotRoute(ctx, s.Temporal, contract.LotRouteInput{Site: site, Lot: lot}, v.Order, o.Line))
}
