package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// pictured stores what a camera found in a picture of no lot that the plant knows.
func (f *floor) pictured(lot string, v mes.StepResult, found ...mes.Prediction) mes.ReviewItem {
	f.Helper()
	r := mes.VisionResult{Key: f.key(), Site: site, Camera: "CAM", Lot: lot, Step: "1", Verdict: v, Confidence: mes.MustDecimal("0.9"), Model: "bead-seg/7", Source: "CAM",
		Image: []byte("picture " + lot), ImageType: "image/png", Picture: mes.Picture{Width: 400, Height: 200}, Predictions: found}
	got, err := f.Visions.Ingest(f.ctx, r)
	f.must(err)
	item, err := f.VerdictReviews.Item(f.ctx, site, got.ID)
	f.must(err)
	return item
}

func gap(confidence float64) mes.Prediction {
	return mes.Prediction{Class: "gap", Confidence: confidence, X: 100, Y: 50, Width: 20, Height: 10}
}

func (f *floor) queue(q mes.VerdictFilter) []string {
	f.Helper()
	q.Site = site
	got, err := f.VerdictReviews.Queue(f.ctx, q)
	f.must(err)
	ids := []string{}
	for _, i := range got.Items {
		ids = append(ids, i.Lot)
	}
	return ids
}

func same(a, b []string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestTheQueueHoldsWhatWaitsForAPerson(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.pictured("P1", mes.ResultPass)
	bad := f.pictured("F1", mes.ResultFail, gap(0.9))
	f.pictured("D1", mes.ResultUndecided, gap(0.5))
	if got := f.queue(mes.VerdictFilter{State: mes.ReviewWaiting}); !same(got, []string{"F1", "D1"}) {
		t.Errorf("waiting, oldest first: %v", got)
	}
	for name, c := range map[string]struct {
		filter mes.VerdictFilter
		want   []string
	}{
		"all, newest first": {mes.VerdictFilter{}, []string{"D1", "F1", "P1"}},
		"by class":          {mes.VerdictFilter{Class: "gap"}, []string{"D1", "F1"}},
		"by verdict":        {mes.VerdictFilter{Verdict: mes.ResultPass}, []string{"P1"}},
		"other camera":      {mes.VerdictFilter{Camera: "CAM-9"}, nil},
		"by model":          {mes.VerdictFilter{Model: "bead-seg/7", State: mes.ReviewWaiting}, []string{"F1", "D1"}},
		"nothing labelled":  {mes.VerdictFilter{State: mes.ReviewLabelled}, nil},
	} {
		if got := f.queue(c.filter); !same(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	// An agreement needs no signature and empties the queue.
	l, asked, err := f.VerdictReviews.Label(f.ctx, "k1", site, quality, mes.NewLabel{Verdict: bad.ID, Label: mes.ResultFail})
	f.must(err)
	if asked != nil || l.State != mes.LabelCounts || l.Overrides != "" {
		t.Errorf("label %+v, request %+v", l, asked)
	}
	again, _, err := f.VerdictReviews.Label(f.ctx, "k1", site, quality, mes.NewLabel{Verdict: bad.ID, Label: mes.ResultFail})
	f.must(err)
	if again.ID != l.ID {
		t.Error("the same key made a second label")
	}
	if got := f.queue(mes.VerdictFilter{State: mes.ReviewWaiting}); !same(got, []string{"D1"}) {
		t.Errorf("still waiting: %v", got)
	}
	facets, err := f.VerdictReviews.Facets(f.ctx, site)
	f.must(err)
	if !same(facets.Cameras, []string{"CAM"}) || !same(facets.Classes, []string{"gap"}) || !same(facets.Models, []string{"bead-seg/7"}) {
		t.Errorf("facets %+v", facets)
	}
}

func TestAnOverrideCountsWithItsSignature(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	good := f.pictured("P1", mes.ResultPass)
	_, _, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, mes.NewLabel{Verdict: good.ID, Label: mes.ResultFail})
	f.refused(err, mes.CodeUnprocessable, "reason: is missing")
	box := mes.Prediction{Class: "gap", X: 50, Y: 50, Width: 10, Height: 10}
	n := mes.NewLabel{Verdict: good.ID, Label: mes.ResultFail, Reason: "a gap at the left end", Corrected: true, Predictions: []mes.Prediction{box}}
	l, asked, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, n)
	f.must(err)
	if asked == nil || l.State != mes.LabelWaits || l.Overrides != mes.ResultPass {
		t.Fatalf("label %+v, request %+v", l, asked)
	}
	// A second word takes the first one's request back.
	l2, asked2, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, n)
	f.must(err)
	f.refused(f.signNext(asked.ID, quality, mes.RoleQuality), mes.CodeConflict, "voided")
	facts := f.count("SELECT count(*) FROM quality_event WHERE key = $1", "override/"+l2.ID)
	f.must(f.signNext(asked2.ID, quality, mes.RoleQuality))
	item, err := f.VerdictReviews.Item(f.ctx, site, good.ID)
	f.must(err)
	if item.Label == nil || item.Label.ID != l2.ID || item.Label.State != mes.LabelCounts || item.Verdict != mes.ResultPass || len(item.Label.Predictions) != 1 {
		t.Errorf("both verdicts must stay: %s, label %+v", item.Verdict, item.Label)
	}
	if after := f.count("SELECT count(*) FROM quality_event WHERE key = $1", "override/"+l2.ID); facts != 0 || after != 1 {
		t.Errorf("a part that a person calls bad is %d facts before the signature and %d after, want 0 and 1", facts, after)
	}
	all, err := f.VerdictReviews.Labels(f.ctx, site, good.ID)
	f.must(err)
	if len(all) != 2 || all[0].State != mes.LabelCounts || all[1].State != mes.LabelRejected {
		t.Errorf("labels %+v", all)
	}
	report, err := f.Signatures.Verify(f.ctx)
	f.must(err)
	if !report.OK {
		t.Errorf("signatures do not fit: %+v", report)
	}
}

func (f *floor) count(sql string, args ...any) int {
	f.Helper()
	c, err := pgx.Connect(f.ctx, f.db.Owner)
	f.must(err)
	defer c.Close(f.ctx)
	n := 0
	f.must(c.QueryRow(f.ctx, sql, args...).Scan(&n))
	return n
}

func TestALabelMayNotLeaveThePicture(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	bad := f.pictured("F1", mes.ResultFail, gap(0.9))
	for field, p := range map[string]mes.Prediction{
		"predictions[0]: lies outside":     {Class: "gap", X: 500, Y: 50, Width: 10, Height: 10},
		"predictions[0].class: is missing": {X: 50, Y: 50, Width: 10, Height: 10},
		"predictions[0]: has no size":      {Class: "gap", X: 50, Y: 50, Width: 10},
	} {
		_, _, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, mes.NewLabel{Verdict: bad.ID, Label: mes.ResultFail, Corrected: true, Predictions: []mes.Prediction{p}})
		f.refused(err, mes.CodeUnprocessable, field)
	}
	_, _, err := f.VerdictReviews.Label(f.ctx, f.key(), "X", quality, mes.NewLabel{Verdict: bad.ID, Label: mes.ResultFail})
	f.refused(err, mes.CodeNotFound, "")
}

func TestAgreementOfModelRuleAndPeople(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	for i, c := range []struct{ verdict, person mes.StepResult }{
		{mes.ResultPass, mes.ResultPass}, {mes.ResultFail, mes.ResultFail}, {mes.ResultFail, mes.ResultPass}, {mes.ResultUndecided, mes.ResultFail}, {mes.ResultPass, ""},
	} {
		v := f.pictured(fmt.Sprintf("L%d", i), c.verdict, gap(0.7))
		if c.person == "" {
			continue
		}
		_, asked, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, mes.NewLabel{Verdict: v.ID, Label: c.person, Reason: "looked"})
		f.must(err)
		if asked != nil {
			f.must(f.signNext(asked.ID, quality, mes.RoleQuality))
		}
	}
	got, err := f.VerdictReviews.Agreement(f.ctx, mes.AgreementFilter{Site: site, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour), Days: 7})
	f.must(err)
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	want := mes.Confusion{PassPass: 1, FailFail: 1, FailPass: 1, UndecidedFail: 1}
	if got[0].Pair != mes.ModelPerson || got[0].Confusion != want || got[0].Pictures != 4 || got[0].Percent != 50 || got[0].Model != "bead-seg/7" {
		t.Errorf("%+v", got[0])
	}
	_, err = f.VerdictReviews.Agreement(f.ctx, mes.AgreementFilter{Site: site, From: time.Now(), To: time.Now().Add(-time.Hour)})
	f.refused(err, mes.CodeUnprocessable, "from")
}

func TestExportGivesPeoplesWordFirst(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	first := f.pictured("A", mes.ResultFail, gap(0.9))
	f.pictured("B", mes.ResultFail, gap(0.8))
	_, _, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, mes.NewLabel{Verdict: first.ID, Label: mes.ResultFail, Corrected: true})
	f.must(err)
	var got []mes.LabelledPicture
	f.must(f.VerdictReviews.Export(f.ctx, mes.VerdictFilter{Site: site}, 10, func(p mes.LabelledPicture) error {
		got = append(got, p)
		return nil
	}))
	if len(got) != 2 || got[0].ID != first.ID || !got[0].Human || len(got[0].Predictions) != 0 || got[1].Human || len(got[1].Predictions) != 1 || got[1].Picture.Width != 400 {
		t.Errorf("%+v", got)
	}
}

func beadRule(maxGaps string) json.RawMessage {
	return json.RawMessage(`{"title":"No gap","device":"CAM","review_share":"1","checks":[{"id":"gap","class":"gap","min_confidence":"0.6","count_max":` + maxGaps + `}]}`)
}

func TestARuleIsTriedOnThePastBeforeItIsApproved(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.pictured("A", mes.ResultPass, gap(0.9))
	bad := f.pictured("B", mes.ResultFail, gap(0.9), gap(0.8))
	f.pictured("C", mes.ResultPass)
	_, _, err := f.VerdictReviews.Label(f.ctx, f.key(), site, quality, mes.NewLabel{Verdict: bad.ID, Label: mes.ResultFail})
	f.must(err)
	k := mes.RevisionKey{Kind: mes.DocInspection, ID: "GAP", Revision: "A"}
	d, err := f.Documents.Draft(f.ctx, f.key(), site, author, mes.NewDraft{RevisionKey: k, Content: beadRule("0")})
	f.must(err)
	_, err = f.Documents.Submit(f.ctx, f.key(), site, author, k, mes.Submission{Version: d.Version, Reason: "first rule"})
	f.refused(err, mes.CodeConflict, "Nobody has tried")
	test, err := f.VerdictReviews.Test(f.ctx, "t1", site, author, k, mes.TrialFilter{Last: 50})
	f.must(err)
	o := test.Outcome
	if o.Pictures != 3 || o.Old != (mes.VerdictTally{Pass: 2, Fail: 1}) || o.New != (mes.VerdictTally{Pass: 1, Fail: 2}) || o.Changes != 1 || o.Changed[0].Lot != "A" || o.NewByPeople != (mes.Confusion{FailFail: 1}) {
		t.Errorf("outcome %+v", o)
	}
	again, err := f.VerdictReviews.Test(f.ctx, "t1", site, author, k, mes.TrialFilter{Last: 50})
	f.must(err)
	if again.ID != test.ID {
		t.Error("the same key tried twice")
	}
	// Another content needs a test of its own.
	d, err = f.Documents.Update(f.ctx, site, author, k, mes.DraftChange{Version: d.Version, Content: beadRule("1")})
	f.must(err)
	_, err = f.Documents.Submit(f.ctx, f.key(), site, author, k, mes.Submission{Version: d.Version, Reason: "first rule"})
	f.refused(err, mes.CodeConflict, "Nobody has tried")
	test, err = f.VerdictReviews.Test(f.ctx, f.key(), site, author, k, mes.TrialFilter{})
	f.must(err)
	d, err = f.Documents.Submit(f.ctx, f.key(), site, author, k, mes.Submission{Version: d.Version, Reason: "first rule"})
	f.must(err)
	asked, err := f.Signatures.Request(f.ctx, site, d.Request)
	f.must(err)
	var shown struct {
		Content struct {
			Test struct {
				ID       string `json:"id"`
				Pictures int    `json:"pictures"`
			} `json:"test"`
		} `json:"content"`
	}
	f.must(json.Unmarshal(asked.Content, &shown))
	if shown.Content.Test.ID != test.ID || shown.Content.Test.Pictures != 3 {
		t.Errorf("the approver is shown %+v", shown)
	}
	f.approved(d)
	if f.state(k) != mes.DocEffective {
		t.Fatalf("the rule is %s", f.state(k))
	}
	_, err = f.VerdictReviews.Test(f.ctx, f.key(), site, author, k, mes.TrialFilter{})
	f.refused(err, mes.CodeConflict, "effective")
	tests, err := f.VerdictReviews.Tests(f.ctx, k)
	f.must(err)
	if len(tests) != 2 {
		t.Errorf("%d tests are kept", len(tests))
	}
	// In force, it judges at the door, draws every pass for a look, and the item shows its checks.
	item := f.pictured("D", mes.ResultFail, gap(0.9))
	if item.Verdict != mes.ResultPass || item.Said != mes.ResultFail || !item.Sampled || item.Judged == nil || item.Judged.Checks[0].Found != 1 {
		t.Errorf("judged by the rule: %+v", item)
	}
	if got := f.queue(mes.VerdictFilter{State: mes.ReviewWaiting}); !same(got, []string{"D"}) {
		t.Errorf("waiting: %v", got)
	}
}

func TestPreviewJudgesWithoutStoring(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.pictured("A", mes.ResultPass, gap(0.9))
	rule, err := mes.ReadRule(beadRule("0"))
	f.must(err)
	got, err := f.VerdictReviews.Preview(f.ctx, site, rule, mes.TrialFilter{Last: 10})
	f.must(err)
	if len(got) != 1 || got[0].Judged.Verdict != mes.ResultFail || got[0].Verdict != mes.ResultPass {
		t.Errorf("%+v", got)
	}
	rule.Device = "CAM-9"
	if got, err = f.VerdictReviews.Preview(f.ctx, site, rule, mes.TrialFilter{}); err != nil || len(got) != 0 {
		t.Errorf("another camera's rule: %v, %v", got, err)
	}
	_, err = f.VerdictReviews.Preview(f.ctx, site, rule, mes.TrialFilter{Last: mes.MaxTrial + 1})
	f.refused(err, mes.CodeUnprocessable, "last")
}
