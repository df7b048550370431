package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) visionEventRoutes() {
	list := func(path, id, short string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "vision", Right: policies.VisionRead, Table: true, Short: short}
	}
	handle(s, list("/safety-events", "listSafetyEvents", "Dangers that cameras saw, newest first"), s.listSafety)
	handle(s, list("/stock-counts", "listStockCounts", "What cameras counted, beside what the ledger says"), s.listCounts)
	handle(s, list("/vision/cycles", "listCycles", "Cycle times that cameras saw, per station"), s.listCycles)
	handle(s, route{Method: "POST", Path: "/vision/events/{id}/answer", ID: "answerVisionEvent", Group: "vision", Right: policies.VisionAnswer, Command: true, Noun: "vision_result",
		Short: "Say what became of a danger or a count, with a reason", Long: "It changes neither stock nor a station's stop."}, s.answerVisionEvent)
}

type visionEventListInput struct {
	ListInput
	Open    bool      `query:"open" doc:"Only those that nobody has answered."`
	Camera  string    `query:"camera" maxLength:"64"`
	Station string    `query:"station" maxLength:"64"`
	Code    string    `query:"code" maxLength:"200" doc:"What was seen, or the material that was counted."`
	From    time.Time `query:"from"`
	To      time.Time `query:"to"`
}

func (in visionEventListInput) filter(ctx context.Context) mes.VisionEventFilter {
	return mes.VisionEventFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Open: in.Open, Camera: in.Camera, Station: in.Station, Code: in.Code, From: given(in.From), To: given(in.To)}
}

func (s *Server) listSafety(ctx context.Context, in *visionEventListInput) (*one[mes.Page[mes.SafetyEvent]], error) {
	f := in.filter(ctx)
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.SafetyEvent], error) { return s.VisionEvents.Safety(ctx, f) })
}

func (s *Server) listCounts(ctx context.Context, in *visionEventListInput) (*one[mes.Page[mes.StockCount]], error) {
	f := in.filter(ctx)
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.StockCount], error) { return s.VisionEvents.Counts(ctx, f) })
}

type cycleListInput struct {
	TableInput
	Station string    `query:"station" maxLength:"64"`
	From    time.Time `query:"from" doc:"Left out, 8 hours before the end."`
	To      time.Time `query:"to" doc:"Left out, now."`
}

func (s *Server) listCycles(ctx context.Context, in *cycleListInput) (*one[mes.Page[mes.StationCycles]], error) {
	f := mes.CycleFilter{Site: requestOf(ctx).who.Site, Station: in.Station, From: in.From, To: in.To}
	if f.To.IsZero() {
		f.To = s.Now().UTC()
	}
	if f.From.IsZero() {
		f.From = f.To.Add(-8 * time.Hour)
	}
	return whole(s.VisionEvents.Cycles(ctx, f))
}

// EventAnswer is a person's word on an event.
type EventAnswer struct {
	Answer mes.AnswerKind `json:"answer" doc:"Of a danger: acknowledged, false_alarm. Of a count: accepted, recount, adjust."`
	Reason string         `json:"reason" minLength:"1" maxLength:"500"`
}

type eventAnswerInput struct {
	VerdictPath
	Body EventAnswer
}

func (s *Server) answerVisionEvent(ctx context.Context, in *eventAnswerInput) (*one[mes.VisionAnswer], error) {
	r := requestOf(ctx)
	return answer(s.VisionEvents.Answer(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), in.Body.Answer, in.Body.Reason))
}
