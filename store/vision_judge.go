package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// ingestion is one result on its way in.
type ingestion struct {
	*work
	db  db
	now time.Time
	r   mes.VisionResult
	id  string
	// picture is the hash of what was sent, image that of what is stored.
	picture, image string
	lot            sqlcgen.LockLotsForVerdictRow // without ID where nothing knows it
	camera         sqlcgen.CamerasForVerdictRow
	at             mes.Progress // where the lot stands
	match          mes.Match
	rule           *mes.RuleVerdict
	// sampled is true for a picture that the rule draws for a person's look.
	sampled    bool
	verdict    mes.StepResult // that counts
	confidence mes.Decimal
	// stops is true for a late result that is no clear pass.
	stops bool
	// alone leaves it for a transaction of its own.
	alone   bool
	receipt mes.VisionReceipt
	err     error
	done    chan struct{}
}

// judge decides what the result says and what it means for its lot.
func (i *ingestion) judge(ctx context.Context, lot sqlcgen.LockLotsForVerdictRow, camera sqlcgen.CamerasForVerdictRow) error {
	if camera.Site == i.r.Site {
		i.camera = camera
	}
	if (mes.VisionCamera{Keep: i.camera.Keep, Safety: i.camera.Safety}).Keeps(i.r.Kind) {
		i.image = i.picture
	}
	if lot.Site == i.r.Site && lot.WorkOrder != "" {
		i.lot = lot
	}
	step, routing, err := i.place(ctx)
	if err != nil {
		return err
	}
	if err := i.byRule(); err != nil {
		return err
	}
	i.verdict, i.confidence = i.r.Counts(i.rule)
	counted := i.r
	counted.Verdict, counted.Confidence = i.verdict, i.confidence
	switch {
	case i.r.Kind != mes.VisionQuality:
		i.match = mes.MatchKept
	case i.lot.ID == "":
		i.match = mes.MatchUnknown
	default:
		i.match, i.stops = mes.MatchVerdict(counted, routing, i.at, i.camera.Station)
	}
	if step != nil && i.r.Kind == mes.VisionQuality {
		i.verdict = mes.JudgeVerdict(*step, mes.Verdict{Result: i.verdict, Confidence: i.confidence})
	}
	return nil
}

// place finds where the lot stands and the step that the picture is of. A sender that names the lot alone means the step
// at which the lot waits for this camera.
func (i *ingestion) place(ctx context.Context) (*mes.Step, mes.Routing, error) {
	if i.lot.ID == "" {
		return nil, mes.Routing{}, nil
	}
	routing, err := i.db.routings.get(ctx, i.Queries, i.lot.Product, i.lot.Revision)
	if err != nil {
		return nil, routing, err
	}
	i.at = mes.Progress{}
	if i.lot.Progress != nil {
		if err := json.Unmarshal(i.lot.Progress, &i.at); err != nil {
			return nil, routing, fmt.Errorf("progress of %s: %w", i.r.Lot, err)
		}
	}
	if i.r.Step == "" && i.at.Wait.On == i.r.Camera {
		i.r.Operation, i.r.Step = i.at.Operation, i.at.Step
	}
	if s, ok := routing.Inspection(i.r, i.camera.Station); ok {
		return &s, routing, nil
	}
	return nil, routing, nil
}

// byRule lets the inspection rule in force for the camera judge what was found. A sender that tells a verdict and no
// findings is taken at its word: there is nothing to judge.
func (i *ingestion) byRule() error {
	if i.r.Kind != mes.VisionQuality && i.r.Kind != mes.VisionSafety || i.r.Predictions == nil && i.r.Verdict != "" || len(i.camera.Rules) == 0 {
		return nil
	}
	var rules []struct {
		ID, Revision string
		Rule         mes.InspectionRule
	}
	if err := json.Unmarshal(i.camera.Rules, &rules); err != nil {
		return fmt.Errorf("inspection rules of %s: %w", i.r.Camera, err)
	}
	if len(rules) == 0 {
		return nil
	}
	use := rules[0]
	for _, r := range rules { // a camera with several rules: the one that bears the step's ID
		if i.r.Step != "" && (r.ID == i.r.Step || r.ID == i.r.Operation+"-"+i.r.Step) {
			use = r
		}
	}
	i.sampled = use.Rule.Samples(i.id)
	j := use.Rule.Judge(i.r.Predictions, i.r.Picture)
	i.rule = &mes.RuleVerdict{Rule: use.ID, Revision: use.Revision, Verdict: j.Verdict, Confidence: j.Confidence, Why: j.Why(), Checks: j.Checks}
	return nil
}

// acts tells that the result makes more happen than its own rows.
func (i *ingestion) acts() bool { return i.stops || i.fact() != "" }

// fact is the kind of fact about quality that the result is, if any.
func (i *ingestion) fact() mes.QualityKind {
	switch {
	case i.verdict != mes.ResultFail:
		return ""
	case i.r.Kind == mes.VisionQuality:
		return mes.QualityVerdict
	case i.r.Kind == mes.VisionSafety:
		return mes.QualitySafety
	}
	return ""
}

// write queues the result's rows.
func (i *ingestion) write(ctx context.Context) error {
	row, err := i.row()
	if err != nil {
		return err
	}
	if i.image != "" {
		err := i.later.PutBlob(ctx, sqlcgen.PutBlobParams{Hash: i.image, ContentType: i.r.ImageType, Size: int64(len(i.r.Image)), Content: i.r.Image})
		if err != nil {
			return err
		}
	}
	if err := i.later.AddVisionResult(ctx, row); err != nil {
		return err
	}
	if i.sampled && i.verdict == mes.ResultPass && i.r.Kind == mes.VisionQuality {
		if err := i.later.AddVerdictSample(ctx, sqlcgen.AddVerdictSampleParams{Verdict: i.id, Site: i.r.Site, Rule: i.rule.Rule + " rev " + i.rule.Revision}); err != nil {
			return err
		}
	}
	if len(i.r.Body) > 0 {
		sum := sha256.Sum256(i.r.Body)
		if err := i.later.AddVisionBody(ctx, sqlcgen.AddVisionBodyParams{Result: i.id, Hash: hex.EncodeToString(sum[:]), Body: i.r.Body}); err != nil {
			return err
		}
	}
	i.receipt = mes.VisionReceipt{ID: i.id, Match: i.match, Image: i.image}
	i.tell(i.r.Site, mes.EventVision, i.id)
	after := map[string]any{"id": i.id, "camera": i.r.Camera, "operation": i.r.Operation,
		"step": i.r.Step, "shot": i.r.Shot, "verdict": i.verdict, "confidence": i.confidence, "model": i.r.Model, "image": i.image, "match": i.match}
	if i.rule != nil {
		after["rule"], after["rule_revision"], after["said"] = i.rule.Rule, i.rule.Revision, i.r.Verdict
	}
	if i.picture != i.image {
		after["picture_dropped"] = i.picture
	}
	noun, subject := "lot", i.r.Lot
	if subject == "" {
		noun, subject = "device", i.r.Camera
	}
	return i.audit(mes.Actor{ID: i.r.Source, Source: i.r.Camera}, "vision_result", noun, subject, "", i.r.Key, nil, after)
}

func (i *ingestion) row() (sqlcgen.AddVisionResultParams, error) {
	found, err := json.Marshal(i.r.Predictions)
	if err != nil || i.r.Predictions == nil {
		found = []byte("[]")
	}
	p := sqlcgen.AddVisionResultParams{ID: i.id, Site: i.r.Site, Camera: i.r.Camera, Key: i.r.Key, Lot: i.r.Lot, Operation: i.r.Operation,
		Step: i.r.Step, Shot: i.r.Shot, Verdict: string(i.verdict), Confidence: i.confidence, Model: i.r.Model, Image: i.image, Boxes: withoutNUL(found),
		Measured: withoutNUL(i.r.Measured), Match: string(i.match), Source: i.r.Source, CapturedAt: i.r.Captured(i.now),
		Kind: string(i.r.Kind), Way: string(cmp.Or(i.r.Way, mes.WayREST)), Station: i.camera.Station, ModelVersion: i.r.ModelVersion,
		PictureWidth: i.r.Picture.Width, PictureHeight: i.r.Picture.Height, Code: i.r.Code, Severity: i.r.Severity, Related: i.r.Related}
	if i.image != i.picture {
		p.Dropped = i.picture
	}
	if i.rule != nil {
		if p.Rule, err = json.Marshal(i.rule); err != nil {
			return p, err
		}
	}
	if i.verdict != i.r.Verdict || !i.confidence.Equal(i.r.Confidence) {
		p.Said, p.SaidConfidence = string(i.r.Verdict), &i.r.Confidence
	}
	return p, nil
}

// withoutNUL takes out what PostgreSQL's JSON can't hold; the body keeps it.
func withoutNUL(doc json.RawMessage) json.RawMessage {
	return bytes.ReplaceAll(doc, []byte(`\u0000`), nil)
}

// follow tells the lot's workflow, stops the lot, and tells the fact to the rules that react.
func (i *ingestion) follow(ctx context.Context) error {
	if err := i.seeModel(ctx); err != nil {
		return err
	}
	if i.lot.ID != "" {
		i.tell(i.r.Site, mes.EventLot, i.lot.ID)
		i.tell(i.r.Site, mes.EventStation, i.lot.Station)
	}
	if i.match == mes.MatchWaiting {
		err := i.send(ctx, mes.ToWorkflow, mes.MessageVerdict, "verdict/"+i.id, i.r.Lot, mes.VerdictStored{Site: i.r.Site, Lot: i.r.Lot, Event: i.id,
			Operation: i.at.Operation, Step: i.at.Step, Shot: i.at.Wait.Shot,
			Verdict: mes.Verdict{Result: i.verdict, Confidence: i.confidence, ResultID: i.id}})
		if err != nil {
			return err
		}
	} else if i.lot.ID != "" && i.match != mes.MatchKept {
		if err := i.lotChanged(ctx, i.r.Site, i.lot.ID, i.lot.WorkOrder, i.r.Camera, "a verdict came, "+string(i.verdict)); err != nil {
			return err
		}
	}
	if i.stops {
		reason := fmt.Sprintf("Camera %s answered late for step %s: %s", i.r.Camera, i.r.Step, i.verdict)
		h := mes.Hold{ID: uuid.NewString(), Site: i.r.Site, Scope: mes.HoldLot, Subject: i.r.Lot, Reason: reason, From: i.r.Camera, PlacedBy: "vision", PlacedAt: i.now}
		if err := i.hold(ctx, h, "late/"+i.id, i.lot.WorkOrder); err != nil {
			return err
		}
	}
	return i.tellQuality(ctx)
}

// tellQuality tells a failed picture, or a danger, as a fact about quality.
func (i *ingestion) tellQuality(ctx context.Context) error {
	kind := i.fact()
	if kind == "" {
		return nil
	}
	if err := i.flush(ctx); err != nil { // rules look at the rows
		return err
	}
	code := i.r.DefectCode(i.rule)
	text := fmt.Sprintf("Camera %s: %s", i.r.Camera, cmp.Or(code, string(i.verdict)))
	if i.rule != nil && i.rule.Why != "" {
		text += " (" + i.rule.Why + ")"
	}
	e := mes.QualityEvent{Key: "verdict/" + i.id, Site: i.r.Site, Kind: kind, Code: code, Noun: "vision", Subject: i.id, Operation: i.r.Operation, Step: i.r.Step,
		Station: i.camera.Station, Device: i.r.Camera, Model: i.r.Model, Text: text, At: i.r.Captured(i.now)}
	if i.lot.ID != "" && i.camera.Station != "" { // a camera that nobody knows says nothing about a lot
		e.Lot, e.Product = i.lot.ID, i.lot.Product
	}
	return i.quality(ctx, e)
}
