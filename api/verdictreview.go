package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
)

func (s *Server) verdictReviewRoutes() {
	get := func(path, id, short string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "vision", Right: policies.VisionRead, Short: short}
	}
	queue := get("/reviews", "listVerdictReviews", "Verdicts for people to look at")
	queue.Table, queue.Long = true, "What waits is oldest first, all else newest first. What waits is doubtful or failed, or was drawn from what passed, and nobody has said anything of it."
	handle(s, queue, s.listVerdictReviews)
	handle(s, get("/reviews/facets", "reviewFacets", "Cameras, models and classes that the queue can be narrowed by"), func(ctx context.Context, _ *struct{}) (*one[mes.ReviewFacets], error) {
		return answer(s.VerdictReviews.Facets(ctx, requestOf(ctx).who.Site))
	})
	handle(s, get("/reviews/{id}", "getReview", "One verdict, with what its rule says of each check"), func(ctx context.Context, in *VerdictPath) (*one[mes.ReviewItem], error) {
		return answer(s.VerdictReviews.Item(ctx, requestOf(ctx).who.Site, in.ID))
	})
	handle(s, get("/reviews/{id}/labels", "listLabels", "What people said of a verdict, newest first"), func(ctx context.Context, in *VerdictPath) (*one[mes.Page[mes.Label]], error) {
		return whole(s.VerdictReviews.Labels(ctx, requestOf(ctx).who.Site, in.ID))
	})
	handle(s, route{Method: "POST", Path: "/reviews/{id}/label", ID: "labelVerdict", Group: "vision", Right: policies.VisionLabel, Command: true, Noun: "vision_result", Later: true,
		Short: "Say what a picture shows",
		Long:  "Where the lot stands in review at this verdict, the word decides on the lot by its own review. Otherwise a word against a clear verdict waits for its signature. Both verdicts stay."}, s.labelVerdict)
	agree := get("/vision/agreement", "visionAgreement", "How far model, rule and people agree, per model version and period")
	agree.Table = true
	handle(s, agree, s.visionAgreement)
}

// ReviewNarrowing narrows verdicts.
type ReviewNarrowing struct {
	State   mes.ReviewState `query:"state" doc:"waiting or labelled; left out, all."`
	Camera  string          `query:"camera" maxLength:"64"`
	Model   string          `query:"model" maxLength:"200"`
	Class   string          `query:"class" maxLength:"200" doc:"One of the findings is of this class."`
	Verdict mes.StepResult  `query:"verdict"`
	Label   mes.StepResult  `query:"label" doc:"People's word."`
	From    time.Time       `query:"from"`
	To      time.Time       `query:"to"`
}

func (in ReviewNarrowing) filter(ctx context.Context) mes.VerdictFilter {
	return mes.VerdictFilter{Site: requestOf(ctx).who.Site, State: in.State, Camera: in.Camera, Model: in.Model, Class: in.Class, Verdict: in.Verdict, Label: in.Label, From: given(in.From), To: given(in.To)}
}

// given is a time that was given, else nil.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type reviewListInput struct {
	ListInput
	ReviewNarrowing
}

func (s *Server) listVerdictReviews(ctx context.Context, in *reviewListInput) (*one[mes.Page[mes.ReviewItem]], error) {
	f := in.filter(ctx)
	f.Paging = in.paging()
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.ReviewItem], error) { return s.VerdictReviews.Queue(ctx, f) })
}

// NewVerdictLabel is a person's word on a picture.
type NewVerdictLabel struct {
	Label       mes.StepResult   `json:"label" doc:"pass, fail, or undecided where the person can't tell either."`
	Corrected   bool             `json:"corrected,omitempty" doc:"predictions are the boxes as they should be; left out, the model's stand."`
	Predictions []mes.Prediction `json:"predictions,omitempty" maxItems:"500"`
	Reason      string           `json:"reason,omitempty" maxLength:"500" doc:"Needed against a clear verdict, and where the lot is decided on."`
	Decision    mes.Decision     `json:"decision,omitempty" doc:"Where the lot stands in review and the label is fail: rework or scrap."`
	ReworkTo    string           `json:"rework_to,omitempty" maxLength:"64"`
	Seen        int64            `json:"seen,omitempty" minimum:"0" doc:"The lot's progress version that was shown."`
}

// Labelled is a label, with the request whose signatures will make it count.
type Labelled struct {
	Label   mes.Label             `json:"label"`
	Request *mes.SignatureRequest `json:"request,omitempty"`
	// Progress is where the lot stands now, if the word decided on it.
	Progress *mes.Progress `json:"progress,omitempty"`
}

type labelInput struct {
	VerdictPath
	Body NewVerdictLabel
}

func (s *Server) labelVerdict(ctx context.Context, in *labelInput) (*one[Labelled], error) {
	r, b := requestOf(ctx), in.Body
	item, err := s.VerdictReviews.Item(ctx, r.who.Site, in.ID)
	if err != nil {
		return nil, err
	}
	n := mes.NewLabel{Verdict: in.ID, Label: b.Label, Corrected: b.Corrected, Predictions: b.Predictions, Reason: b.Reason}
	pic := mes.Picture{}
	if item.Picture != nil {
		pic = *item.Picture
	}
	if err := n.Validate(item.Verdict, pic); err != nil {
		return nil, err
	}
	if item.LotWaits && b.Label != mes.ResultUndecided {
		return s.decideByLabel(ctx, item, n, b)
	}
	label, req, err := s.VerdictReviews.Label(ctx, r.scopedKey(), r.who.Site, r.actor(), n)
	return answer(Labelled{Label: label, Request: req}, err)
}

// decideByLabel lets a word on the verdict end the lot's review, by the same way as a decision at the lot. The word is
// kept before the lot moves, so that it outlives a refusal.
func (s *Server) decideByLabel(ctx context.Context, item mes.ReviewItem, n mes.NewLabel, b NewVerdictLabel) (*one[Labelled], error) {
	r := requestOf(ctx)
	d := mes.Review{Actor: seen(ctx, b.Seen), Decision: b.Decision, ReworkTo: b.ReworkTo, Reason: b.Reason}
	var f mes.Faults
	if n.Label == mes.ResultPass {
		f.Check(d.Decision == "" || d.Decision == mes.DecidePass, "decision", "a passed picture passes the lot")
		d.Decision = mes.DecidePass
	}
	f.Check(n.Label == mes.ResultPass || d.Decision == mes.DecideRework || d.Decision == mes.DecideScrap, "decision", "is missing: %s waits in review, so it must be rework or scrap", item.Lot)
	f.Check(b.Reason != "", "reason", "is missing: %s waits in review", item.Lot)
	if err := f.Err("Nothing was decided."); err != nil {
		return nil, err
	}
	built, err := s.Lots.AsBuilt(ctx, r.who.Site, item.Lot)
	if err != nil {
		return nil, err
	}
	if err := s.Policy.Decide(policies.LotReview, mes.Case{Who: r.who, Station: r.station, Now: s.Now(), Performed: built.Performers(), Kept: "The lot is still in review."}); err != nil {
		return nil, err
	}
	req, err := s.Lots.AskReview(ctx, r.scopedKey(), r.who.Site, item.Lot, d)
	if err != nil {
		return nil, err
	}
	n.Carried = true
	if req != nil {
		n.Request = req.ID
	}
	label, _, err := s.VerdictReviews.Label(ctx, r.scopedKey(), r.who.Site, r.actor(), n)
	if err != nil || req != nil {
		return answer(Labelled{Label: label, Request: req}, err)
	}
	out, err := lotUpdate(ctx, s, item.Lot, contract.ReviewLot, d)
	if err != nil {
		return nil, err
	}
	return answer(Labelled{Label: label, Progress: &out.Body.Progress}, nil)
}

type agreementInput struct {
	TableInput
	Camera string    `query:"camera" maxLength:"64"`
	Model  string    `query:"model" maxLength:"200"`
	From   time.Time `query:"from" doc:"Left out, 12 weeks before the end."`
	To     time.Time `query:"to" doc:"Left out, now."`
	Days   int       `query:"days" minimum:"1" maximum:"366" default:"7" doc:"Length of a period."`
}

func (s *Server) visionAgreement(ctx context.Context, in *agreementInput) (*one[mes.Page[mes.Agreement]], error) {
	f := mes.AgreementFilter{Site: requestOf(ctx).who.Site, Camera: in.Camera, Model: in.Model, From: in.From, To: in.To, Days: in.Days}
	if f.To.IsZero() {
		f.To = s.Now().UTC()
	}
	if f.From.IsZero() {
		f.From = f.To.AddDate(0, 0, -84)
	}
	return whole(s.VerdictReviews.Agreement(ctx, f))
}

// VerdictPath names a vision result in an address.
type VerdictPath struct {
	ID string `path:"id" maxLength:"100"`
}
