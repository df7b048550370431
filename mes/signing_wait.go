package mes

import (
	"context"
	"fmt"
	"time"
)

// SignatureWait is what a request for signatures waits for, and until when it waits in silence. It holds nothing of what
// is signed, so it may travel through workflows.
type SignatureWait struct {
	State RequestState `json:"state"`
	N     int          `json:"n,omitempty"` // the awaited signature, from 1
	// RemindAt and EscalateAt are zero for a request without a due time, and for one that has ended.
	RemindAt   time.Time `json:"remind_at,omitzero"`
	EscalateAt time.Time `json:"escalate_at,omitzero"`
}

// Awaits says what a request waits for. Each signature has the same time: the second one's is counted from the first.
func (r SignatureRequest) Awaits() SignatureWait {
	w := SignatureWait{State: r.State}
	_, n, ok := r.NextNeed()
	if r.State != RequestOpen || !ok {
		return w
	}
	w.N = n
	if r.DueAt == nil {
		return w
	}
	since, patience := r.RequestedAt, r.DueAt.Sub(r.RequestedAt)
	if n > 1 {
		since = r.Signatures[n-2].At
	}
	w.RemindAt, w.EscalateAt = since.Add(patience), since.Add(2*patience)
	return w
}

// Reminders are the alerts that a request raises when nobody signs: first to those who can sign, then to those who can
// see to it.
func (r SignatureRequest) Reminders(overdue bool) []Alert {
	need, n, ok := r.NextNeed()
	if !ok {
		return nil
	}
	a := Alert{Site: r.Site, Kind: AlertSignatureDue, Severity: SeverityMedium, Noun: NounSignatureRequest, Subject: r.ID, Role: need.Role,
		Text: fmt.Sprintf("%s waits for signature %d of %d: %s", r.Title, n, len(r.Needs), need.Asks())}
	if !overdue {
		return []Alert{a}
	}
	a.Kind, a.Severity = AlertSignatureOverdue, SeverityHigh
	up := a
	a.Role, up.Role = RoleSupervisor, RoleAdmin
	return []Alert{a, up}
}

// NounSignatureRequest is a request for signatures in alerts and in the audit trail.
const NounSignatureRequest = "signature_request"

// SigningLedger is what the wait for signatures needs of the records.
type SigningLedger interface {
	// Awaited reads what a request waits for. Codes: not_found.
	Awaited(ctx context.Context, site, request string) (SignatureWait, error)
	// Remind raises the alerts of the awaited signature n, once, unless it has been given meanwhile; it answers what the
	// request waits for now. Codes: not_found.
	Remind(ctx context.Context, site, request string, n int, overdue bool) (SignatureWait, error)
}
