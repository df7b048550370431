package mes

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// Label is a person's word on a verdict. The newest one that counts is what trains the next model; the verdict itself stays.
type Label struct {
	ID      string     `json:"id"`
	Verdict string     `json:"verdict"` // ID of the vision result
	Label   StepResult `json:"label"`   // pass, fail, or undecided where the person could not tell either
	// Corrected says that Predictions are the boxes as they should be; otherwise the model's stand.
	Corrected   bool         `json:"corrected,omitempty"`
	Predictions []Prediction `json:"predictions,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	// Overrides is the verdict that the label goes against, empty where it goes against none.
	Overrides StepResult `json:"overrides,omitempty"`
	// Request asks for the override's signature; the label counts with its last one.
	Request string     `json:"request,omitempty"`
	State   LabelState `json:"state"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
}

// LabelState says what a label is worth now.
type LabelState string

// The states.
const (
	LabelCounts   LabelState = "counts"
	LabelWaits    LabelState = "waits"    // for its signature
	LabelRejected LabelState = "rejected" // a signer said no
)

// NewLabel is what a person says.
type NewLabel struct {
	Verdict     string
	Label       StepResult
	Corrected   bool
	Predictions []Prediction
	Reason      string
	// Carried tells that the lot stands in review at the verdict and is decided on with the same word: the review's own
	// signature is all that is asked for. Request is the request for it, empty where none is needed.
	Carried bool
	Request string
}

// Overrides tells what the label goes against: a clear verdict that says otherwise. A doubt on either side overrides nothing.
func (n NewLabel) Overrides(verdict StepResult) StepResult {
	clear := func(r StepResult) bool { return r == ResultPass || r == ResultFail }
	if clear(n.Label) && clear(verdict) && n.Label != verdict {
		return verdict
	}
	return ""
}

// MaxLabelBoxes is the most boxes that a label can hold.
const MaxLabelBoxes = 500

// Validate names every field that can't be used. An override needs its reason.
func (n NewLabel) Validate(verdict StepResult, pic Picture) error {
	var f Faults
	f.Check(slices.Contains([]StepResult{ResultPass, ResultFail, ResultUndecided}, n.Label), "label", "must be pass, fail or undecided")
	f.Check(n.Overrides(verdict) == "" || !blank(n.Reason), "reason", "is missing: the verdict says %s", verdict)
	f.Check(n.Corrected || len(n.Predictions) == 0, "predictions", "are given, but not as a correction")
	f.Check(len(n.Predictions) <= MaxLabelBoxes, "predictions", "are more than %d", MaxLabelBoxes)
	for i, p := range n.Predictions {
		at := fmt.Sprintf("predictions[%d]", i)
		f.Check(!blank(p.Class), at+".class", "is missing")
		f.Check(len(p.Class) <= 200, at+".class", "is longer than 200 characters")
		f.Check(p.Whole() || p.boxed(), at, "has no size")
		f.Check(p.Whole() || p.within(pic), at, "lies outside the picture")
	}
	return f.Err("The label was not stored.")
}

// within tells that the box lies in the picture, a pixel's rounding aside.
func (p Prediction) within(pic Picture) bool {
	if pic.Width <= 0 || pic.Height <= 0 {
		return true // nobody knows
	}
	in := func(at, size float64, of int) bool {
		return !math.IsNaN(at) && at-size/2 >= -1 && at+size/2 <= float64(of)+1
	}
	return in(p.X, p.Width, pic.Width) && in(p.Y, p.Height, pic.Height)
}

// ReviewItem is a verdict as it waits for a person, or as one has answered it.
type ReviewItem struct {
	VisionView
	// LotWaits tells that the lot stands in review at this very verdict: deciding on it moves the lot.
	LotWaits bool `json:"lot_waits"`
	// Sampled is a passed picture that was drawn for a person's look.
	Sampled bool `json:"sampled,omitempty"`
	// Label is the newest word on it that counts or waits for its signature.
	Label *Label `json:"label,omitempty"`
	// Judged is what the rule in force says of each check; nil where no rule is in force for the camera.
	Judged *Judgement `json:"judged,omitempty"`
	// Zones are the places that the rule looks at.
	Zones []NamedZone `json:"zones,omitempty"`
}

// NamedZone is a check's zone.
type NamedZone struct {
	Check string `json:"check"`
	Class string `json:"class"`
	Zone
}

// Zones are the zones of the rule's checks.
func (i InspectionRule) Zones() []NamedZone {
	var out []NamedZone
	for _, c := range i.Checks {
		if c.Zone != nil {
			out = append(out, NamedZone{Check: c.ID, Class: c.Class, Zone: *c.Zone})
		}
	}
	return out
}

// ReviewState narrows the queue.
type ReviewState string

// The states. No state means all verdicts.
const (
	ReviewWaiting  ReviewState = "waiting"  // doubtful, failed or sampled, and nobody has said anything
	ReviewLabelled ReviewState = "labelled" // somebody has
)

// VerdictFilter narrows the queue. What waits is oldest first, everything else newest first. Zero fields do not narrow.
type VerdictFilter struct {
	Paging
	Site    string
	State   ReviewState
	Camera  string
	Model   string // model and version
	Class   string // one of the findings is of this class
	Verdict StepResult
	Label   StepResult
	From    *time.Time
	To      *time.Time
}

// VerdictReviews is where people look at pictures: the queue, their words, what models and rules are worth by them, and
// what comes of it for the next model and the next rule.
type VerdictReviews interface {
	// Queue reads a page. Codes: unprocessable (cursor).
	Queue(ctx context.Context, f VerdictFilter) (Page[ReviewItem], error)
	// Item reads one verdict with everything that a person needs to decide. Codes: not_found.
	Item(ctx context.Context, site, id string) (ReviewItem, error)
	// Label stores a person's word, once per key. An override of a clear verdict waits for its signature where the rule asks
	// for one, unless the lot's own review carries it. Codes: not_found, unprocessable.
	Label(ctx context.Context, key, site string, by Actor, n NewLabel) (Label, *SignatureRequest, error)
	// Labels lists the words on a verdict, newest first. Codes: not_found.
	Labels(ctx context.Context, site, verdict string) ([]Label, error)
	// Facets tells what the queue can be narrowed by.
	Facets(ctx context.Context, site string) (ReviewFacets, error)
	// Agreement compares model, rule and people, per model version and period.
	Agreement(ctx context.Context, f AgreementFilter) ([]Agreement, error)
	// Export gives each verdict with a picture that the filter finds, what people said first.
	Export(ctx context.Context, f VerdictFilter, limit int, each func(LabelledPicture) error) error
}

// ReviewFacets are the cameras, models and classes of the site's verdicts of the last 30 days.
type ReviewFacets struct {
	Cameras []string `json:"cameras"`
	Models  []string `json:"models"`
	Classes []string `json:"classes"`
}

// RuleTrials tries drafts of inspection rules on stored pictures.
type RuleTrials interface {
	// Preview judges stored verdicts by a content that need not be stored. Codes: unprocessable.
	Preview(ctx context.Context, site string, rule InspectionRule, f TrialFilter) ([]TrialPicture, error)
	// Test tries a draft's content on the past and keeps the outcome with the revision. Codes: not_found, conflict (no draft),
	// unprocessable.
	Test(ctx context.Context, key, site string, by Actor, k RevisionKey, f TrialFilter) (RuleTest, error)
	// Tests lists a revision's tests, newest first.
	Tests(ctx context.Context, k RevisionKey) ([]RuleTest, error)
}

// ReadRule reads a draft's content for what it judges. Codes: unprocessable.
func ReadRule(content json.RawMessage) (InspectionRule, error) {
	r, err := readInto[InspectionRule](content)
	if err != nil {
		return r, err
	}
	return r, r.Validate()
}
