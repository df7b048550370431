package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// signedNoun is what signing needs to know of one kind of record.
type signedNoun struct {
	// content reads the record as it stands now, in the form that is signed. It must give the same for as long as nothing
	// that was signed has changed.
	content func(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error)
	// admit refuses a signer whom the request's own rules let pass; nil refuses nobody.
	admit func(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Signer) error
	// then does what the last signature allows, in its transaction; nil where nothing follows.
	then func(ctx context.Context, w *work, r mes.SignatureRequest) error
	// rejected undoes the waiting after a no.
	rejected func(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error
}

// signed has every kind of record that can be signed. It is filled by init, since what follows a signature may ask for
// another one.
var signed map[mes.SignedNoun]signedNoun

func init() {
	signed = map[mes.SignedNoun]signedNoun{
		mes.SignedStep:        {content: stepToSign, then: stepSigned, rejected: stepUnsigned},
		mes.SignedReview:      {content: dispositionToSign, then: reviewSigned},
		mes.SignedHoldRelease: {content: dispositionToSign, then: releaseSigned},
		mes.SignedDocument:    {content: revisionContent, then: approveRevision, rejected: rejectRevision},
		mes.SignedChange:      {content: changeToSign, then: changeApproved, rejected: changeRejected},
		mes.SignedAuditReview: {content: auditReviewToSign, then: auditReviewSigned},
		mes.SignedLotRecord:   signedRecord(mes.SignedLotRecord),
		mes.SignedOrderRecord: signedRecord(mes.SignedOrderRecord),

		// Reactions.

		// Verdicts, models.

		// Inspection review.
		mes.SignedVerdictOverride: {content: overrideToSign, then: overrideSigned, rejected: overrideRejected},

		// Containment.
		mes.SignedHoldDisposition: {content: holdDispositionToSign, then: holdDispositionSigned, rejected: holdDispositionRejected},

		// Statistical process control.

		// Inspection plans, gauges.

		// Nonconformances.

		mes.SignedNonconformance: {content: proposalToSign, then: boardDecided, rejected: boardRefused},
		mes.SignedPermit:         {content: permitToSign, then: permitSigned, rejected: permitRefused},

		// Corrective and preventive action.
		mes.SignedCAPA: {content: capaToSign, admit: admitCAPASigner, then: capaSigned, rejected: capaRejected},

		// Recall, split, merge.

		// Machines.

		// Shift calendar, OEE.

		// Telemetry.

		// Maintenance.
		mes.SignedLockout:  {content: lockoutToSign, then: maintenanceSignedNow, rejected: maintenanceRefused},
		mes.SignedHandback: {content: handbackToSign, then: maintenanceSignedNow, rejected: maintenanceRefused},

		// Andon, line board.

		// Dispatching.
	}
}

// stepID names one attempt at a step: lot/operation/visit/step/attempt.
func stepID(lot, operation string, visit int, step string, attempt int) string {
	return strings.Join([]string{lot, operation, strconv.Itoa(visit), step, strconv.Itoa(attempt)}, "/")
}

func stepToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	p := strings.Split(id, "/")
	if len(p) < 5 {
		return nil, mes.NotFound("Step", id)
	}
	at := len(p) - 4 // a lot's number may hold a slash
	visit, err1 := strconv.Atoi(p[at+1])
	attempt, err2 := strconv.Atoi(p[at+3])
	if err1 != nil || err2 != nil {
		return nil, mes.NotFound("Step", id)
	}
	text, err := q.StepToSign(ctx, sqlcgen.StepToSignParams{Site: site, Lot: strings.Join(p[:at], "/"), Operation: p[at], Visit: visit, Step: p[at+2], Attempt: attempt})
	if err != nil {
		return nil, missing(err, "Step", id)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("step %s: %w", id, err)
	}
	return v, nil
}

// lotOfStep is the lot of a step's ID.
func lotOfStep(id string) string {
	p := strings.Split(id, "/")
	return strings.Join(p[:max(len(p)-4, 0)], "/")
}
