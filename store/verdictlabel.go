package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// labelled is the answer that a key gets again.
type labelled struct {
	Label   mes.Label             `json:"label"`
	Request *mes.SignatureRequest `json:"request,omitempty"`
}

// Label stores a person's word on a verdict, once per key.
func (r *VerdictReviews) Label(ctx context.Context, key, site string, by mes.Actor, n mes.NewLabel) (mes.Label, *mes.SignatureRequest, error) {
	var out labelled
	key = "label/" + key
	err := r.change(ctx, func(w *work) error {
		out = labelled{}
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		v, err := w.verdict(ctx, site, n.Verdict)
		if err != nil {
			return err
		}
		if err := n.Validate(v.Verdict, pictureOf(v)); err != nil {
			return err
		}
		if out.Label, err = w.addLabel(ctx, key, site, by, n, v); err != nil {
			return err
		}
		if err := w.askOverride(ctx, site, by, &out, v, n.Carried); err != nil {
			return err
		}
		w.tell(site, mes.EventVision, n.Verdict)
		return w.remember(ctx, key, n.Verdict, out)
	})
	return out.Label, out.Request, err
}

// verdict reads a stored verdict in this transaction. Verdicts never change, so no lock is needed.
func (w *work) verdict(ctx context.Context, site, id string) (mes.VisionView, error) {
	var v mes.VisionView
	err := w.tx.QueryRow(ctx, "SELECT "+visionColumns+" FROM vision_result v WHERE v.site = $1 AND v.id = $2 AND v.kind = 'quality_check'", site, id).Scan(visionFields(&v)...)
	return v, missing(err, "Verdict", id)
}

func (w *work) addLabel(ctx context.Context, key, site string, by mes.Actor, n mes.NewLabel, v mes.VisionView) (mes.Label, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return mes.Label{}, err
	}
	l := mes.Label{ID: uuid.NewString(), Verdict: n.Verdict, Label: n.Label, Corrected: n.Corrected, Predictions: n.Predictions, Reason: n.Reason,
		Overrides: n.Overrides(v.Verdict), Request: n.Request, State: mes.LabelCounts, By: by.ID, At: now}
	p := sqlcgen.AddVerdictLabelParams{ID: l.ID, Key: key, Site: site, Verdict: l.Verdict, Label: string(l.Label), Reason: l.Reason, Overrides: string(l.Overrides),
		Request: n.Request, ByAccount: by.ID, At: now}
	if n.Corrected {
		if n.Predictions == nil {
			l.Predictions = []mes.Prediction{}
		}
		if p.Predictions, err = json.Marshal(l.Predictions); err != nil {
			return l, err
		}
	}
	if n.Request != "" {
		l.State = mes.LabelWaits
	}
	if err := w.later.AddVerdictLabel(ctx, p); err != nil {
		return l, err
	}
	return l, w.audit(by, "verdict_labelled", "vision_result", l.Verdict, l.Reason, key, map[string]any{"verdict": v.Verdict, "said": v.Said, "model": v.Model},
		map[string]any{"label": l.Label, "overrides": l.Overrides, "boxes": l.Predictions, "corrected": l.Corrected, "request": n.Request})
}

// askOverride asks for the signature of a word that goes against a clear verdict. A word that the lot's own review carries
// is signed there.
func (w *work) askOverride(ctx context.Context, site string, by mes.Actor, l *labelled, v mes.VisionView, carried bool) error {
	if err := w.voidOverrides(ctx, site, v.ID); err != nil {
		return err
	}
	if l.Label.Overrides == "" || carried {
		return nil
	}
	rule, err := ruleOf(ctx, w.Queries, site, mes.SignedVerdictOverride)
	if err != nil {
		return err
	}
	if len(rule.Needs) == 0 {
		return w.overridden(ctx, site, by.ID, l.Label.ID)
	}
	title := fmt.Sprintf("%s: %s says %s, overridden to %s", subjectOf(v), v.Camera, v.Verdict, l.Label.Label)
	q, err := w.ask(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedVerdictOverride, ID: l.Label.ID}, Title: title,
		RequestedBy: requester(rule, by), Reason: l.Label.Reason})
	if err != nil {
		return err
	}
	l.Label.Request, l.Label.State, l.Request = q.ID, mes.LabelWaits, &q
	return nil
}

func subjectOf(v mes.VisionView) string {
	if v.Lot != "" {
		return v.Lot
	}
	return v.ID
}

// voidOverrides takes back earlier words on the verdict that still wait for their signature.
func (w *work) voidOverrides(ctx context.Context, site, verdict string) error {
	open, err := w.OpenOverrides(ctx, sqlcgen.OpenOverridesParams{Site: site, Verdict: verdict})
	if err != nil {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	for _, id := range open {
		if err := w.endRequest(ctx, site, id, mes.RequestVoided, now, "Labelled anew"); err != nil {
			return err
		}
	}
	return nil
}

// overrideToSign is an override as it is signed: both verdicts, and whose they are.
func overrideToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	b, err := q.VerdictLabelByID(ctx, sqlcgen.VerdictLabelByIDParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Label", id)
	}
	return map[string]any{"result": b.Verdict, "camera": b.Camera, "lot": b.Lot, "operation": b.Operation, "step": b.Step, "model": b.Model, "image": b.Image,
		"verdict": b.Said, "confidence": b.Confidence, "captured_at": b.CapturedAt.UTC(), "label": b.Label, "corrected": b.Predictions != nil, "reason": b.Reason,
		"labelled_by": b.ByAccount, "labelled_at": b.At.UTC()}, nil
}

func overrideSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	return w.overridden(ctx, r.Site, signerOf(r).ID, r.Record.ID)
}

// overridden tells of an override that counts. A part that a person calls bad after the camera passed it is a fact about
// quality, and rules act on it.
func (w *work) overridden(ctx context.Context, site, by, label string) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	b, err := w.VerdictLabelByID(ctx, sqlcgen.VerdictLabelByIDParams{Site: site, ID: label})
	if err != nil {
		return missing(err, "Label", label)
	}
	w.tell(site, mes.EventVision, b.Verdict)
	if err := w.audit(mes.Actor{ID: by}, "verdict_overridden", "vision_result", b.Verdict, b.Reason, "override/"+label, map[string]any{"verdict": b.Said}, map[string]any{"label": b.Label}); err != nil {
		return err
	}
	if mes.StepResult(b.Label) != mes.ResultFail {
		return nil
	}
	code := b.Code
	if code == "" {
		code = "overridden"
	}
	return w.quality(ctx, mes.QualityEvent{Key: "override/" + label, Site: site, Kind: mes.QualityVerdict, Code: code, Noun: "vision", Subject: b.Verdict, Lot: b.Lot, Product: b.Product,
		Operation: b.Operation, Step: b.Step, Station: b.Station, Device: b.Camera, Model: b.Model, Text: fmt.Sprintf("%s passed %s, and %s calls it bad: %s", b.Camera, b.Lot, by, b.Reason), At: b.At})
}

func overrideRejected(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	b, err := w.VerdictLabelByID(ctx, sqlcgen.VerdictLabelByIDParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Label", r.Record.ID)
	}
	w.tell(r.Site, mes.EventVision, b.Verdict)
	return w.audit(by, "override_rejected", "vision_result", b.Verdict, reason, "override-no/"+b.ID, nil, map[string]any{"label": b.Label})
}
