package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// alerts lists the site's open alerts on a request as "kind role".
func (f *floor) alerts(request string) map[string]mes.Alert {
	f.Helper()
	page, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true})
	f.must(err)
	out := map[string]mes.Alert{}
	for _, a := range page.Items {
		if a.Noun == mes.NounSignatureRequest && a.Subject == request {
			out[string(a.Kind)+" "+string(a.Role)] = a
		}
	}
	return out
}

func TestTheFirstSignatureEndsItsReminderAndStartsTheSecondsTime(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, r := toSign(f)
	w, err := f.Signatures.Awaited(f.ctx, site, r.ID)
	f.must(err)
	patience := r.DueAt.Sub(r.RequestedAt)
	if w.N != 1 || !w.RemindAt.Equal(*r.DueAt) || w.EscalateAt.Sub(w.RemindAt) != patience {
		t.Errorf("%+v", w)
	}
	for range 2 { // a lost answer repeats it
		_, err = f.Signatures.Remind(f.ctx, site, r.ID, 1, false)
		f.must(err)
	}
	if got := f.alerts(r.ID); len(got) != 1 || got["signature_due "].Severity != mes.SeverityMedium {
		t.Errorf("reminded: %+v", got)
	}
	r, err = f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	if got := f.alerts(r.ID); len(got) != 0 {
		t.Errorf("after the first signature: %+v", got)
	}
	if w, err = f.Signatures.Remind(f.ctx, site, r.ID, 1, true); err != nil || w.N != 2 || len(f.alerts(r.ID)) != 0 {
		t.Errorf("a reminder that comes too late: %+v, %v, %v", w, err, f.alerts(r.ID))
	}
	if at := r.Signatures[0].At; !w.RemindAt.Equal(at.Add(patience)) {
		t.Errorf("the second signature is due at %s, the first came at %s", w.RemindAt, at)
	}
	_, err = f.Signatures.Remind(f.ctx, site, r.ID, 2, true)
	f.must(err)
	got := f.alerts(r.ID)
	if len(got) != 2 || got["signature_overdue supervisor"].Severity != mes.SeverityHigh || !contains(got["signature_overdue admin"].Text, "signature 2 of 2: verified, by quality") {
		t.Errorf("escalated: %+v", got)
	}
	_, err = f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningVerified)
	f.must(err)
	if got := f.alerts(r.ID); len(got) != 0 {
		t.Errorf("after the last signature: %+v", got)
	}
	if w, err = f.Signatures.Awaited(f.ctx, site, r.ID); err != nil || w.State != mes.RequestSigned || w.N != 0 || !w.RemindAt.IsZero() {
		t.Errorf("%+v, %v", w, err)
	}
}

// TestSignaturesTellTheirWorkflow looks at what the outbox has for the wait: its start, each signature, its end.
func TestSignaturesTellTheirWorkflow(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p, r := toSign(f)
	r, err := f.sign(r, signer("olga", mes.RoleOperator), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(r, signer("quinn", mes.RoleQuality), mes.MeaningVerified)
	f.must(err)
	var kinds []string
	for range 5 {
		messages, err := f.Outbox.Lease(f.ctx, mes.ToWorkflow, 50, time.Minute)
		f.must(err)
		for _, m := range messages {
			if m.Subject == "sign/"+site+"/"+r.ID || m.Subject == "lot/"+site+"/"+p.id {
				kinds = append(kinds, m.Kind)
			}
			f.must(f.Outbox.Delivered(f.ctx, m.ID, "ok"))
		}
	}
	count := map[string]int{}
	for _, k := range kinds {
		count[k]++
	}
	if len(kinds) != 4 || kinds[0] != mes.MessageSignatureRequested || count[mes.MessageSignatureGiven] != 1 || count[mes.MessageSignatureEnded] != 1 || count[mes.MessageLotBehind] != 1 {
		t.Errorf("sent %v", kinds)
	}
}
