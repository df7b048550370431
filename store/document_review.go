package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// signedRevision is what is shown to a signer of a revision: all of it, with who wrote it and why.
type signedRevision struct {
	mes.RevisionKey
	Name        string          `json:"name"`
	Content     json.RawMessage `json:"content"`
	Hash        string          `json:"hash"`
	Authors     []string        `json:"authors"`
	Reason      string          `json:"reason"`
	Readers     mes.Readers     `json:"readers"`
	EffectiveOn *time.Time      `json:"effective_on,omitempty"`
	SubmittedBy string          `json:"submitted_by"`
	// Test is how an inspection rule did on past pictures.
	Test *testShown `json:"test,omitempty"`
}

func revisionToSign(r mes.DocumentRevision) signedRevision {
	out := signedRevision{RevisionKey: r.RevisionKey, Name: r.Name, Content: r.Content, Hash: r.Hash, Authors: r.Authors, Reason: r.Reason, Readers: r.Readers,
		SubmittedBy: r.SubmittedBy}
	if r.EffectiveOn != nil {
		on := r.EffectiveOn.UTC()
		out.EffectiveOn = &on
	}
	return out
}

// revisionContent reads the revision as it stands now, for judging its signatures.
func revisionContent(ctx context.Context, q *sqlcgen.Queries, _, id string) (any, error) {
	k, err := mes.ParseRevisionKey(id)
	if err != nil {
		return nil, err
	}
	r, err := readRevision(ctx, q, k)
	if err != nil {
		return nil, err
	}
	out := revisionToSign(r)
	out.Test, err = testOf(ctx, q, r)
	return out, err
}

// Submit sends a draft into review: it is checked as a whole, never changes from here on, and asks for its signatures.
func (d *Documents) Submit(ctx context.Context, key, site string, by mes.Actor, k mes.RevisionKey, s mes.Submission) (mes.DocumentRevision, error) {
	err := d.onceOn(ctx, "submit/"+key, k, func(w *work) error {
		r, err := w.submittable(ctx, site, k, s)
		if err != nil {
			return err
		}
		return w.submit(ctx, site, by, r, s)
	})
	if err != nil {
		return mes.DocumentRevision{}, err
	}
	return readRevision(ctx, d.q, k)
}

func (w *work) submittable(ctx context.Context, site string, k mes.RevisionKey, s mes.Submission) (mes.DocumentRevision, error) {
	r, err := w.lockRevision(ctx, k)
	if err != nil {
		return r, err
	}
	if _, err := r.State.After(mes.DocSubmit, k.Title()); err != nil {
		return r, err
	}
	zone, err := w.zone(ctx, site)
	if err != nil {
		return r, err
	}
	if err := r.Changed(s.Version, zone); err != nil {
		return r, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return r, err
	}
	if err := s.Validate(now); err != nil {
		return r, err
	}
	if err := checkContent(ctx, w.Queries, k, r.Content); err != nil {
		return r, err
	}
	return r, w.tested(ctx, r)
}

func (w *work) submit(ctx context.Context, site string, by mes.Actor, r mes.DocumentRevision, s mes.Submission) error {
	readers, err := json.Marshal(s.Readers)
	if err != nil {
		return err
	}
	r.Reason, r.Readers, r.EffectiveOn, r.SubmittedBy = strings.TrimSpace(s.Reason), s.Readers, micro(s.EffectiveOn), by.ID
	err = w.later.SubmitRevision(ctx, sqlcgen.SubmitRevisionParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision, Reason: r.Reason, Readers: readers,
		EffectiveOn: r.EffectiveOn, SubmittedBy: by.ID})
	if err != nil {
		return err
	}
	// By whom it must be signed is the site's rule.
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedDocument, ID: r.String()},
		Title: fmt.Sprintf("%s, %s", r.Title(), r.Name), RequestedBy: by.ID, Reason: r.Reason})
	if err != nil {
		return err
	}
	if err := w.later.KeepRequest(ctx, sqlcgen.KeepRequestParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision, Request: asked.ID}); err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, r.String())
	return w.audit(by, "submitted", "document", r.String(), r.Reason, "", map[string]any{"state": r.State},
		map[string]any{"state": mes.DocInReview, "hash": r.Hash, "readers": r.Readers, "effective_on": r.EffectiveOn, "request": asked.ID})
}

// micro cuts a time to what the database keeps, so that what was signed is what is read again.
func micro(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	cut := t.UTC().Truncate(time.Microsecond)
	return &cut
}

// Withdraw gives up a revision before it is in force.
func (d *Documents) Withdraw(ctx context.Context, key, site string, by mes.Actor, k mes.RevisionKey, reason string) (mes.DocumentRevision, error) {
	if strings.TrimSpace(reason) == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return mes.DocumentRevision{}, f.Err("This needs a reason.")
	}
	err := d.onceOn(ctx, "withdraw/"+key, k, func(w *work) error {
		r, err := w.lockRevision(ctx, k)
		if err != nil {
			return err
		}
		to, err := r.State.After(mes.DocWithdraw, k.Title())
		if err != nil {
			return err
		}
		if r.State == mes.DocInReview {
			now, err := w.Now(ctx)
			if err != nil {
				return err
			}
			if err := w.endRequest(ctx, site, r.Request, mes.RequestVoided, now, "The revision was withdrawn: "+reason); err != nil {
				return err
			}
		}
		return w.turn(ctx, site, by, r, to, "withdrawn", reason)
	})
	if err != nil {
		return mes.DocumentRevision{}, err
	}
	return readRevision(ctx, d.q, k)
}

// turn ends a review or a revision, with its reason.
func (w *work) turn(ctx context.Context, site string, by mes.Actor, r mes.DocumentRevision, to mes.DocumentState, action, reason string) error {
	err := w.later.ReturnRevision(ctx, sqlcgen.ReturnRevisionParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision, State: string(to), EndReason: reason, ChangedBy: by.ID})
	if err != nil {
		return err
	}
	if err := w.settle(ctx, site, "document", r.String(), action+": "+reason, mes.AlertDocumentToRead); err != nil {
		return err
	}
	w.tell(site, mes.EventDocument, r.String())
	return w.audit(by, action, "document", r.String(), reason, "", map[string]any{"state": r.State}, map[string]any{"state": to})
}

// approveRevision does what the last signature allows: the revision is approved, its readers are told, and it comes
// into force at once or at its date.
func approveRevision(ctx context.Context, w *work, q mes.SignatureRequest) error {
	r, err := w.signedRevision(ctx, q)
	if err != nil {
		return err
	}
	if _, err := r.State.After(mes.DocApprove, r.Title()); err != nil {
		return err
	}
	signers := make([]string, len(q.Signatures))
	for i, s := range q.Signatures {
		signers[i] = s.Signer
		if slices.Contains(r.Authors, s.Signer) && s.Meaning == mes.MeaningApproved {
			return mes.Refuse(mes.CodeForbidden, fmt.Sprintf("%s wrote on %s.", s.Name, r.Title()), "Nothing was signed.", "Somebody else must approve it.")
		}
	}
	by := mes.Actor{ID: signers[len(signers)-1]}
	err = w.ApproveRevision(ctx, sqlcgen.ApproveRevisionParams{Kind: string(r.Kind), ID: r.ID, Revision: r.Revision, ApprovedBy: strings.Join(signers, ", ")})
	if err != nil {
		return err
	}
	if err := w.audit(by, "approved", "document", r.String(), r.Reason, "", map[string]any{"state": r.State}, map[string]any{"state": mes.DocApproved, "signers": signers, "hash": r.Hash}); err != nil {
		return err
	}
	w.tell(q.Site, mes.EventDocument, r.String())
	r.State, r.ApprovedBy = mes.DocApproved, strings.Join(signers, ", ")
	if err := w.callReaders(ctx, q.Site, r); err != nil {
		return err
	}
	return w.begin(ctx, q.Site, by, r)
}

func (w *work) signedRevision(ctx context.Context, q mes.SignatureRequest) (mes.DocumentRevision, error) {
	k, err := mes.ParseRevisionKey(q.Record.ID)
	if err != nil {
		return mes.DocumentRevision{}, err
	}
	return w.lockRevision(ctx, k)
}

// begin brings an approved revision into force when its date has come, and asks for its timer when it has not.
func (w *work) begin(ctx context.Context, site string, by mes.Actor, r mes.DocumentRevision) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	if r.EffectiveOn == nil || !r.EffectiveOn.After(now) {
		return w.takeEffect(ctx, site, by, r)
	}
	return w.send(ctx, mes.ToWorkflow, mes.MessageRevisionApproved, r.String()+"@"+r.EffectiveOn.Format(time.RFC3339Nano), r.String(),
		mes.RevisionApproved{Site: site, RevisionKey: r.RevisionKey, EffectiveOn: *r.EffectiveOn})
}

// rejectRevision sends a revision back to its authors.
func rejectRevision(ctx context.Context, w *work, q mes.SignatureRequest, by mes.Actor, reason string) error {
	r, err := w.signedRevision(ctx, q)
	if err != nil {
		return err
	}
	to, err := r.State.After(mes.DocReject, r.Title())
	if err != nil {
		return err
	}
	return w.turn(ctx, q.Site, by, r, to, "rejected", reason)
}
