package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// pastVerdicts reads the newest stored verdicts that a rule is tried on.
func (r *VerdictReviews) pastVerdicts(ctx context.Context, site string, f mes.TrialFilter) ([]mes.PastVerdict, error) {
	l := newListing("vision_result v"+labelledBy, mes.Paging{}, sorts{"": nil}, column{"v.id", "text", false})
	l.where("v.site = ?", site).when(true, "v.kind = 'quality_check'").where("v.camera = ?", f.Camera).where("v.model = ?", f.Model).between("v.received_at", f.From, f.To)
	rows, err := r.pool.Query(ctx, `SELECT v.id, v.camera, v.lot, v.model, v.image, v.picture_width, v.picture_height, v.boxes, v.verdict, `+personSaid+`, v.captured_at
		FROM `+l.from+l.filter()+` ORDER BY v.received_at DESC, v.id LIMIT `+l.arg(f.Size()), l.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []mes.PastVerdict
	for rows.Next() {
		var p mes.PastVerdict
		if err := rows.Scan(&p.ID, &p.Camera, &p.Lot, &p.Model, &p.Image, &p.Picture.Width, &p.Picture.Height, &p.Predictions, &p.Verdict, &p.Label, &p.CapturedAt); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, translate(rows.Err())
}

// cameraOf keeps a rule that names its camera to that camera's pictures.
func cameraOf(rule mes.InspectionRule, f mes.TrialFilter) mes.TrialFilter {
	if f.Camera == "" {
		f.Camera = rule.Device
	}
	return f
}

// Preview judges stored verdicts by a content that need not be stored.
func (r *VerdictReviews) Preview(ctx context.Context, site string, rule mes.InspectionRule, f mes.TrialFilter) ([]mes.TrialPicture, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	past, err := r.pastVerdicts(ctx, site, cameraOf(rule, f))
	if err != nil {
		return nil, err
	}
	out := make([]mes.TrialPicture, len(past))
	for i, p := range past {
		out[i] = mes.TrialPicture{PastVerdict: p, Judged: rule.Judge(p.Predictions, p.Picture)}
	}
	return out, nil
}

// Test tries a draft's content on the past, and keeps the outcome with the revision.
func (r *VerdictReviews) Test(ctx context.Context, key, site string, by mes.Actor, k mes.RevisionKey, f mes.TrialFilter) (mes.RuleTest, error) {
	var out mes.RuleTest
	if err := f.Validate(); err != nil {
		return out, err
	}
	key = "rule-test/" + key
	err := r.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		d, err := w.lockRevision(ctx, k)
		if err != nil {
			return err
		}
		if d.State != mes.DocDraft {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", k.Title(), d.State), "Nothing was tried.", "Try a draft.")
		}
		if out, err = r.try(ctx, w, site, by, d, f); err != nil {
			return err
		}
		return w.remember(ctx, key, k.String(), out)
	})
	return out, err
}

func (r *VerdictReviews) try(ctx context.Context, w *work, site string, by mes.Actor, d mes.DocumentRevision, f mes.TrialFilter) (mes.RuleTest, error) {
	rule, err := mes.ReadRule(d.Content)
	if err != nil {
		return mes.RuleTest{}, err
	}
	f = cameraOf(rule, f)
	against, old, err := ruleInForce(ctx, w.Queries, rule.Device)
	if err != nil {
		return mes.RuleTest{}, err
	}
	past, err := r.pastVerdicts(ctx, site, f)
	if err != nil {
		return mes.RuleTest{}, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return mes.RuleTest{}, err
	}
	t := mes.RuleTest{ID: uuid.NewString(), Document: d.ID, Revision: d.Revision, Hash: d.Hash, Against: against, Filter: f, Outcome: rule.Try(old, past), By: by.ID, At: now.UTC()}
	return t, w.keepTest(ctx, site, by, t)
}

func (w *work) keepTest(ctx context.Context, site string, by mes.Actor, t mes.RuleTest) error {
	filter, err := json.Marshal(t.Filter)
	if err != nil {
		return err
	}
	outcome, err := json.Marshal(t.Outcome)
	if err != nil {
		return err
	}
	err = w.later.AddRuleTest(ctx, sqlcgen.AddRuleTestParams{ID: t.ID, Site: site, Document: t.Document, Revision: t.Revision, Hash: t.Hash, Against: t.Against, Filter: filter,
		Outcome: outcome, ByAccount: by.ID, At: t.At})
	if err != nil {
		return err
	}
	k := mes.RevisionKey{Kind: mes.DocInspection, ID: t.Document, Revision: t.Revision}
	w.tell(site, mes.EventDocument, k.String())
	return w.audit(by, "rule_tested", "document", k.String(), "", t.ID, nil, map[string]any{"hash": t.Hash, "against": t.Against, "pictures": t.Outcome.Pictures, "changes": t.Outcome.Changes})
}

// Tests lists a revision's tests, newest first.
func (r *VerdictReviews) Tests(ctx context.Context, k mes.RevisionKey) ([]mes.RuleTest, error) {
	out, err := ruleTests(ctx, r.q, k)
	return out, translate(err)
}

func ruleTests(ctx context.Context, q *sqlcgen.Queries, k mes.RevisionKey) ([]mes.RuleTest, error) {
	rows, err := q.RuleTestsOf(ctx, sqlcgen.RuleTestsOfParams{Document: k.ID, Revision: k.Revision})
	if err != nil || k.Kind != mes.DocInspection {
		return []mes.RuleTest{}, err
	}
	out := make([]mes.RuleTest, len(rows))
	for i, row := range rows {
		out[i] = mes.RuleTest{ID: row.ID, Document: row.Document, Revision: row.Revision, Hash: row.Hash, Against: row.Against, By: row.ByAccount, At: row.At.UTC()}
		if err := json.Unmarshal(row.Filter, &out[i].Filter); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(row.Outcome, &out[i].Outcome); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// testShown is a test as it is shown to whoever approves the rule.
type testShown struct {
	ID          string           `json:"id"`
	Against     string           `json:"against"`
	Pictures    int              `json:"pictures"`
	Old         mes.VerdictTally `json:"old"`
	New         mes.VerdictTally `json:"new"`
	NewByPeople mes.Confusion    `json:"new_by_people"`
	Changes     int              `json:"changes"`
	By          string           `json:"by"`
	At          time.Time        `json:"at"`
}

// testOf is the newest test of the content that a rule was submitted with; nil where nobody tried it, and for a revision
// of any other kind.
func testOf(ctx context.Context, q *sqlcgen.Queries, r mes.DocumentRevision) (*testShown, error) {
	if r.Kind != mes.DocInspection {
		return nil, nil
	}
	tests, err := ruleTests(ctx, q, r.RevisionKey)
	if err != nil {
		return nil, err
	}
	for _, t := range tests {
		if t.Hash == r.Hash {
			return &testShown{ID: t.ID, Against: t.Against, Pictures: t.Outcome.Pictures, Old: t.Outcome.Old, New: t.Outcome.New, NewByPeople: t.Outcome.NewByPeople,
				Changes: t.Outcome.Changes, By: t.By, At: t.At}, nil
		}
	}
	return nil, nil
}

// tested refuses an inspection rule that nobody has tried on the past in the form in which it is submitted.
func (w *work) tested(ctx context.Context, r mes.DocumentRevision) error {
	if r.Kind != mes.DocInspection {
		return nil
	}
	t, err := testOf(ctx, w.Queries, r)
	if err != nil || t != nil {
		return err
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Nobody has tried %s on past pictures as it stands now.", r.Title()), "It is still a draft.", "Test it against past verdicts, then submit it.")
}
