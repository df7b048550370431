package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// VerdictReviews is where people look at pictures.
type VerdictReviews struct{ db }

var (
	_ mes.VerdictReviews = (*VerdictReviews)(nil)
	_ mes.RuleTrials     = (*VerdictReviews)(nil)
)

// labelledBy joins the newest word on a verdict that counts or may come to count: one without a request, or whose request
// is open or signed. decided is quality's decision on the lot that stood in review at the verdict, from the ledger.
const labelledBy = `
	LEFT JOIN LATERAL (
		SELECT b.id, b.label, b.predictions, b.reason, b.overrides, b.by_account, b.at, coalesce(q.id, '') AS request, coalesce(q.state, 'signed') AS state
		  FROM verdict_label b
		  LEFT JOIN LATERAL (SELECT r.id, r.state FROM signature_request r WHERE r.id = b.request OR r.noun = 'verdict_override' AND r.record = b.id
		                      ORDER BY r.requested_at DESC LIMIT 1) q ON true
		 WHERE b.verdict = v.id AND coalesce(q.state, 'signed') IN ('signed', 'open') ORDER BY b.n DESC LIMIT 1) b ON true
	LEFT JOIN LATERAL (
		SELECT e.code FROM lot_event e
		 WHERE v.lot <> '' AND e.lot = v.lot AND e.kind = 'reviewed' AND e.step = v.step AND (v.operation = '' OR e.operation = v.operation) AND e.at >= v.received_at
		   AND NOT EXISTS (SELECT FROM vision_result n WHERE n.lot = v.lot AND n.step = v.step AND n.received_at > v.received_at AND n.received_at <= e.at)
		 ORDER BY e.id LIMIT 1) e ON true
	LEFT JOIN verdict_sample s ON s.verdict = v.id`

// personSaid is people's word in one of the three results: the label that counts, else the decision on the lot.
const personSaid = `CASE WHEN b.id IS NOT NULL AND b.state = 'signed' THEN b.label WHEN e.code = 'pass' THEN 'pass' WHEN e.code IN ('rework', 'scrap') THEN 'fail' ELSE '' END`

// lotWaits tells that the lot stands in review at this verdict, and no newer one came.
const lotWaits = `EXISTS (SELECT FROM lot l WHERE l.id = v.lot AND l.site = v.site AND l.state = 'review' AND l.step = v.step AND (v.operation = '' OR l.operation = v.operation))
	AND e.code IS NULL AND NOT EXISTS (SELECT FROM vision_result n WHERE n.lot = v.lot AND n.step = v.step AND n.received_at > v.received_at)`

const verdictColumns = visionColumns + `, ` + lotWaits + `, s.verdict IS NOT NULL,
	CASE WHEN b.id IS NULL THEN NULL ELSE jsonb_build_object('id', b.id, 'verdict', v.id, 'label', b.label, 'corrected', b.predictions IS NOT NULL, 'predictions', b.predictions,
	  'reason', b.reason, 'overrides', b.overrides, 'request', b.request, 'state', CASE b.state WHEN 'signed' THEN 'counts' ELSE 'waits' END, 'by', b.by_account, 'at', b.at) END`

func verdictFields(r *mes.ReviewItem) []any {
	return append(visionFields(&r.VisionView), &r.LotWaits, &r.Sampled, &r.Label)
}

// narrowed builds the list that a filter asks for.
func narrowed(f mes.VerdictFilter) *listing {
	order := sorts{"": {{"v.received_at", "timestamptz", true}}}
	if f.State == mes.ReviewWaiting {
		order = sorts{"": {{"v.received_at", "timestamptz", false}}} // what waits longest comes first
	}
	l := newListing("vision_result v"+labelledBy, f.Paging, order, column{"v.id", "text", f.State != mes.ReviewWaiting})
	l.where("v.site = ?", f.Site).when(true, "v.kind = 'quality_check'")
	l.where("v.camera = ?", f.Camera).where("v.model = ?", f.Model).where("v.verdict = ?", string(f.Verdict)).between("v.received_at", f.From, f.To)
	if f.Class != "" {
		l.where("v.boxes @> jsonb_build_array(jsonb_build_object('class', ?::text))", f.Class)
	}
	l.where("("+personSaid+") = ?", string(f.Label))
	l.when(f.State == mes.ReviewWaiting, "(v.verdict <> 'pass' OR s.verdict IS NOT NULL) AND b.id IS NULL AND e.code IS NULL")
	l.when(f.State == mes.ReviewLabelled, "b.id IS NOT NULL OR e.code IS NOT NULL")
	l.search(f.Text, "v.lot", "v.step", "v.code")
	return l
}

// Queue reads a page.
func (r *VerdictReviews) Queue(ctx context.Context, f mes.VerdictFilter) (mes.Page[mes.ReviewItem], error) {
	return page(ctx, r.db, narrowed(f), verdictColumns, verdictFields)
}

// Item reads one verdict, with what its rule says of each check.
func (r *VerdictReviews) Item(ctx context.Context, site, id string) (mes.ReviewItem, error) {
	var out mes.ReviewItem
	err := r.pool.QueryRow(ctx, "SELECT "+verdictColumns+" FROM vision_result v"+labelledBy+" WHERE v.site = $1 AND v.id = $2", site, id).Scan(verdictFields(&out)...)
	if err != nil {
		return out, missing(err, "Vision result", id)
	}
	rule, err := ruleOfVerdict(ctx, r.q, out.VisionView)
	if err != nil || rule == nil {
		return out, translate(err)
	}
	judged := rule.Judge(out.Predictions, pictureOf(out.VisionView))
	out.Judged, out.Zones = &judged, rule.Zones()
	return out, nil
}

func pictureOf(v mes.VisionView) mes.Picture {
	if v.Picture == nil {
		return mes.Picture{}
	}
	return *v.Picture
}

// ruleOfVerdict is the rule that judged a verdict, else the one in force for its camera, else nil.
func ruleOfVerdict(ctx context.Context, q *sqlcgen.Queries, v mes.VisionView) (*mes.InspectionRule, error) {
	if v.Rule != nil {
		d, err := readRevision(ctx, q, mes.RevisionKey{Kind: mes.DocInspection, ID: v.Rule.Rule, Revision: v.Rule.Revision})
		if err != nil {
			return nil, err
		}
		return storedRuleOf(d.Content)
	}
	_, rule, err := ruleInForce(ctx, q, v.Camera)
	return rule, err
}

// ruleInForce is the rule in force for a camera with its name; nil where there is none.
func ruleInForce(ctx context.Context, q *sqlcgen.Queries, camera string) (string, *mes.InspectionRule, error) {
	row, err := q.InspectionRuleFor(ctx, camera)
	if errors.Is(err, pgx.ErrNoRows) || camera == "" {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	rule, err := storedRuleOf(row.Content)
	return row.ID + " rev " + row.Revision, rule, err
}

func storedRuleOf(content json.RawMessage) (*mes.InspectionRule, error) {
	var rule mes.InspectionRule
	return &rule, json.Unmarshal(content, &rule)
}

// Facets tells what the queue can be narrowed by.
func (r *VerdictReviews) Facets(ctx context.Context, site string) (mes.ReviewFacets, error) {
	rows, err := r.q.VisionFacets(ctx, site)
	out := mes.ReviewFacets{Cameras: []string{}, Models: []string{}, Classes: []string{}}
	for _, row := range rows {
		switch row.Facet {
		case "camera":
			out.Cameras = append(out.Cameras, row.Value)
		case "model":
			out.Models = append(out.Models, row.Value)
		default:
			out.Classes = append(out.Classes, row.Value)
		}
	}
	return out, translate(err)
}

// Labels lists the words on a verdict, newest first.
func (r *VerdictReviews) Labels(ctx context.Context, site, verdict string) ([]mes.Label, error) {
	if _, err := r.q.VisionEventByID(ctx, sqlcgen.VisionEventByIDParams{Site: site, ID: verdict}); err != nil {
		return nil, missing(err, "Vision result", verdict)
	}
	rows, err := r.q.VerdictLabels(ctx, sqlcgen.VerdictLabelsParams{Site: site, Verdict: verdict})
	out := make([]mes.Label, len(rows))
	for i, row := range rows {
		out[i] = mes.Label{ID: row.ID, Verdict: row.Verdict, Label: mes.StepResult(row.Label), Reason: row.Reason, Overrides: mes.StepResult(row.Overrides),
			Request: row.Request, State: labelState(row.RequestState), By: row.ByAccount, At: row.At}
		if row.Predictions != nil {
			out[i].Corrected = true
			if err := json.Unmarshal(row.Predictions, &out[i].Predictions); err != nil {
				return nil, err
			}
		}
	}
	return out, translate(err)
}

func labelState(request string) mes.LabelState {
	switch mes.RequestState(request) {
	case "", mes.RequestSigned:
		return mes.LabelCounts
	case mes.RequestOpen:
		return mes.LabelWaits
	}
	return mes.LabelRejected
}

// Export gives each verdict with a picture, what people said first and then the newest.
func (r *VerdictReviews) Export(ctx context.Context, f mes.VerdictFilter, limit int, each func(mes.LabelledPicture) error) error {
	l := narrowed(f)
	l.when(true, "v.image <> ''")
	if l.err != nil {
		return l.err
	}
	rows, err := r.pool.Query(ctx, `SELECT v.id, v.image, v.picture_width, v.picture_height, v.captured_at, v.model, `+personSaid+`, b.id IS NOT NULL AND b.state = 'signed',
		CASE WHEN b.state = 'signed' THEN coalesce(b.predictions, v.boxes) ELSE v.boxes END FROM `+l.from+l.filter()+
		` ORDER BY (`+personSaid+`) = '', v.received_at DESC, v.id LIMIT `+l.arg(limit), l.args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	var all []mes.LabelledPicture // read before it is given on: whoever takes it may be slow, and a connection is dear
	for rows.Next() {
		var p mes.LabelledPicture
		if err := rows.Scan(&p.ID, &p.Image, &p.Picture.Width, &p.Picture.Height, &p.CapturedAt, &p.Model, &p.Label, &p.Human, &p.Predictions); err != nil {
			return err
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return translate(err)
	}
	rows.Close()
	for _, p := range all {
		if err := each(p); err != nil {
			return err
		}
	}
	return nil
}

// Agreement compares model, rule and people, per model version and period.
func (r *VerdictReviews) Agreement(ctx context.Context, f mes.AgreementFilter) ([]mes.Agreement, error) {
	if !f.From.Before(f.To) {
		var faults mes.Faults
		faults.Add("from", "is not before the end")
		return nil, faults.Err("Nothing was compared.")
	}
	days := max(f.Days, 1)
	rows, err := r.pool.Query(ctx, `SELECT v.model, floor(extract(epoch FROM v.received_at - $2) / ($4 * 86400))::int AS period,
		coalesce(nullif(v.said, ''), v.verdict), v.verdict, `+personSaid+`, v.rule IS NOT NULL, count(*)::int
		FROM vision_result v`+labelledBy+`
		WHERE v.site = $1 AND v.kind = 'quality_check' AND v.received_at >= $2 AND v.received_at < $3 AND ($5 = '' OR v.camera = $5) AND ($6 = '' OR v.model = $6)
		GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2`, f.Site, f.From, f.To, days, f.Camera, f.Model)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	made := map[string]*mes.Agreement{}
	var order []string
	for rows.Next() {
		var model string
		var period, n int
		var said, counted, person mes.StepResult
		var ruled bool
		if err := rows.Scan(&model, &period, &said, &counted, &person, &ruled, &n); err != nil {
			return nil, err
		}
		add := func(pair mes.AgreementPair, a, b mes.StepResult) {
			key := strings.Join([]string{model, mes.Count(int64(period)).String(), string(pair)}, "\x00")
			if made[key] == nil {
				since := f.From.AddDate(0, 0, period*days)
				made[key] = &mes.Agreement{Model: model, Since: since, Until: since.AddDate(0, 0, days), Pair: pair}
				order = append(order, key)
			}
			made[key].Add(a, b, n)
		}
		if person != "" {
			add(mes.ModelPerson, said, person)
			add(mes.RulePerson, counted, person)
		}
		if ruled {
			add(mes.ModelRule, said, counted)
		}
	}
	out := make([]mes.Agreement, 0, len(order))
	for _, key := range order {
		out = append(out, made[key].Rated())
	}
	slices.SortStableFunc(out, func(a, b mes.Agreement) int {
		return cmp.Or(strings.Compare(a.Model, b.Model), strings.Compare(string(a.Pair), string(b.Pair)), a.Since.Compare(b.Since))
	})
	return out, translate(rows.Err())
}
