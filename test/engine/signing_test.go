//go:build engine

package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// wait is one request for signatures with its workflow.
type wait struct {
	*plant
	request string
}

func (p *plant) asks(request string, patience time.Duration, needs ...mes.SignatureNeed) *wait {
	p.t.Helper()
	p.signed.Ask(request, patience, needs...)
	if err := contract.StartSigning(p.ctx, p.client, contract.SigningInput{Site: workflowtest.Site, Request: request}); err != nil {
		p.t.Fatal(err)
	}
	return &wait{p, request}
}

func (w *wait) id() string { return contract.SigningID(workflowtest.Site, w.request) }

// signs stores a signature and tells the workflow, as the outbox does.
func (w *wait) signs() {
	w.t.Helper()
	w.signed.Sign(w.request)
	if err := contract.SignatureMoved.Send(w.ctx, w.client, w.id(), mes.SignatureAsked{Site: workflowtest.Site, Request: w.request}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wait) raised(want ...string) {
	w.t.Helper()
	w.until("the alerts", func() bool { return len(w.signed.Alerts()) >= len(want) })
	if got := w.signed.Alerts(); !slices.Equal(got, want) {
		w.t.Errorf("%v were raised, want %v", got, want)
	}
}

var (
	performed = mes.SignatureNeed{Meaning: mes.MeaningPerformed, Role: mes.RoleOperator}
	verified  = mes.SignatureNeed{Meaning: mes.MeaningVerified, Role: mes.RoleQuality}
)

// TestTheSecondSignatureIsAwaitedAcrossARestart stops the worker between the two signatures: whoever takes over reminds,
// escalates and closes.
func TestTheSecondSignatureIsAwaitedAcrossARestart(t *testing.T) {
	p := newPlant(t, "SIGN")
	w := p.asks("restart", 2*time.Second, performed, verified)
	w.signs()
	p.stop()
	p.work()
	w.raised("signature_due quality", "signature_overdue supervisor", "signature_overdue admin")
	w.signs()
	out, h := ends[contract.SigningResult](p, w.id())
	if out.State != mes.RequestSigned {
		t.Errorf("the wait ended %q", out.State)
	}
	t.Logf("two signatures, a reminder and an escalation: %d events", len(h.Events))
	save(t, "signing", "two-signatures-escalated", h)
}

func TestASignatureInTimeCostsFewEvents(t *testing.T) {
	p := newPlant(t, "SIGN1")
	w := p.asks("in-time", time.Hour, verified)
	p.settled(w.id())
	w.signs()
	out, h := ends[contract.SigningResult](p, w.id())
	if out.State != mes.RequestSigned || len(h.Events) > 16 {
		t.Errorf("the wait ended %q after %d events, at most 16 are allowed", out.State, len(h.Events))
	}
	if got := p.signed.Alerts(); got != nil {
		t.Errorf("%v were raised", got)
	}
	save(t, "signing", "signed-in-time", h)
}

func TestARejectedRequestClosesItsWait(t *testing.T) {
	p := newPlant(t, "SIGN2")
	w := p.asks("rejected", time.Hour, performed, verified)
	p.signed.Reject("rejected")
	if err := contract.SignatureMoved.Send(w.ctx, w.client, w.id(), mes.SignatureAsked{}); err != nil {
		t.Fatal(err)
	}
	out, h := ends[contract.SigningResult](p, w.id())
	if out.State != mes.RequestRejected {
		t.Errorf("the wait ended %q", out.State)
	}
	save(t, "signing", "rejected", h)
}
