package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) releaseRoutes() {
	ask := func(path, id, short string) route {
		return route{Method: "POST", Path: path, ID: id, Group: "records", Right: policies.RecordAsk, Command: true, Noun: "record", Short: short,
			Long: "Releasing it is a signature of its own, one for each record. A record that waits already is answered as it is."}
	}
	handle(s, ask("/lots/{lot}/record/release", "askLotRelease", "Ask that a lot's record be released"),
		func(ctx context.Context, in *struct {
			LotPath
			Body *Reason
		}) (*one[mes.RecordRelease], error) {
			return s.askRelease(ctx, mes.SignedRecord{Noun: mes.SignedLotRecord, ID: in.Lot}, in.Body)
		})
	handle(s, ask("/work-orders/{number}/record/release", "askOrderRelease", "Ask that an order's record be released"),
		func(ctx context.Context, in *struct {
			OrderPath
			Body *Reason
		}) (*one[mes.RecordRelease], error) {
			return s.askRelease(ctx, mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: in.Number}, in.Body)
		})
	handle(s, route{Method: "GET", Path: "/record-releases", ID: "listRecordReleases", Group: "records", Right: policies.RecordRead, Table: true,
		Short: "Records that wait, or waited, for their release", Long: "Sorts: due, asked_at, deviations, record. By itself the list is by due date."}, s.listReleases)
	handle(s, route{Method: "GET", Path: "/record-rule", ID: "getRecordRule", Group: "records", Right: policies.RecordRead,
		Short: "Which records of this site must be released, and whether before shipping"},
		func(ctx context.Context, _ *struct{}) (*one[mes.RecordRule], error) {
			return answer(s.Releases.Rule(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "PUT", Path: "/record-rule", ID: "putRecordRule", Group: "records", Right: policies.RecordRule, Command: true, Noun: "record_rule",
		Short: "Say which records must be released"}, s.putRecordRule)
}

func (s *Server) askRelease(ctx context.Context, record mes.SignedRecord, why *Reason) (*one[mes.RecordRelease], error) {
	r := requestOf(ctx)
	reason := ""
	if why != nil {
		reason = why.Reason
	}
	return answer(s.Releases.Ask(ctx, r.scopedKey(), r.who.Site, record, r.actor(), reason))
}

type releaseListInput struct {
	ListInput
	State []mes.RecordState `query:"state" doc:"Any of these states, separated by commas."`
	Noun  mes.SignedNoun    `query:"noun" enum:"lot_record,order_record"`
}

func (s *Server) listReleases(ctx context.Context, in *releaseListInput) (*one[mes.Page[mes.RecordReview]], error) {
	f := mes.ReviewFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Noun: in.Noun}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.RecordReview], error) { return s.Releases.List(ctx, f) })
}

// NewRecordRule is what a site asks of its records.
type NewRecordRule struct {
	Lots              bool   `json:"lots" doc:"Each lot's own record is to be released."`
	Orders            bool   `json:"orders" doc:"The order's record is to be released."`
	ReleaseBeforeShip bool   `json:"release_before_ship" doc:"Nothing is shipped before that."`
	DueHours          int    `json:"due_hours" doc:"How long a reviewer has."`
	Reason            string `json:"reason" minLength:"1" maxLength:"500" doc:"Why it is changed; it goes into the audit trail."`
}

func (s *Server) putRecordRule(ctx context.Context, in *struct{ Body NewRecordRule }) (*one[mes.RecordRule], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = r.who.Site
	rule := mes.RecordRule{Lots: b.Lots, Orders: b.Orders, ReleaseBeforeShip: b.ReleaseBeforeShip, DueHours: b.DueHours}
	return answer(s.Releases.SetRule(ctx, r.scopedKey(), r.who.Site, r.actor(), rule, b.Reason))
}
