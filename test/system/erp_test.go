package system

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// confirmed checks that the ERP has every confirmation of an order once, signed, and that the quantities are the ledger's.
// again is why a dead message is sent once more.
var again = map[string]string{"reason": "the ERP is back"}

func (s *suite) confirmed(t *testing.T, o mes.Order, partial int) {
	t.Helper()
	plant.Eventually(t, 30*time.Second, func() string { return s.rec.Undelivered(t.Context(), o.Number) })
	sent, err := s.rec.Messages(t.Context(), o.Number)
	plant.OK(t, err)
	inbox, err := s.p.Sim.Inbox(t.Context())
	plant.OK(t, err)
	got := map[string]plant.Received{}
	for _, m := range inbox {
		if m.Verified {
			got[m.Key] = m
		} else {
			t.Errorf("the ERP refused a message: %s", m.Why)
		}
	}
	counts := map[string]int{}
	for _, m := range sent {
		r, arrived := got[m.Key]
		if !arrived || r.Duplicates > 0 {
			t.Errorf("message %s arrived: %v, duplicates: %d", m.Key, arrived, r.Duplicates)
		}
		counts[m.Kind]++
		if m.Kind == mes.MessageOrderConfirmed {
			s.finalEqualsLedger(t, o, m.Payload)
		}
	}
	if counts[mes.MessageOperationConfirmed] != partial || counts[mes.MessageOrderConfirmed] != 1 {
		t.Errorf("the ERP has %v, want %d partial and 1 final confirmation", counts, partial)
	}
	plant.Eventually(t, 10*time.Second, func() string {
		if now := s.readOrder(t, o.Number); now.State != mes.OrderClosed {
			return "closed, the order is " + string(now.State)
		}
		return ""
	})
}

func (s *suite) finalEqualsLedger(t *testing.T, o mes.Order, payload json.RawMessage) {
	t.Helper()
	var f mes.OrderConfirmed
	plant.OK(t, json.Unmarshal(payload, &f))
	if f.Order != o.Number || !f.Good.Equal(o.Good) || !f.Scrap.Equal(o.Scrap) || !f.Quantity.Equal(o.Quantity) || !f.NotStarted.Equal(o.NotStarted) {
		t.Errorf("the final confirmation says %s, the ledger %+v", payload, o)
	}
}

// erpMessages lets the ERP fail: messages wait, are retried, and a dead letter is seen and sent again under its key.
func (s *suite) erpMessages(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "ERP", Kind: "fail", Value: 2}))
	n := s.order(t, "HK-20", 50)
	o := s.finish(t, n)
	s.confirmed(t, o, 1)
	tries, err := s.rec.Count(t.Context(), `SELECT max(attempts) FROM outbox WHERE destination = 'erp' AND subject = $1`, n)
	if err != nil || tries < 2 {
		t.Errorf("%d attempts after two failures (%v)", tries, err)
	}
	var page mes.Page[mes.MessageView]
	plant.OK(t, s.planner.Get(t.Context(), "/erp/outbox?q="+n, &page))
	if len(page.Items) != 2 {
		t.Errorf("the outbox shows %d messages of order %s", len(page.Items), n)
	}
	s.refused(t, s.post(t, s.admin, "/erp/outbox/"+strconv.FormatInt(page.Items[0].ID, 10)+"/resend", again), http.StatusConflict) // it has arrived
	var inbox struct {
		Items []json.RawMessage `json:"items"`
	}
	plant.OK(t, s.planner.Get(t.Context(), "/erp/inbox", &inbox))
	if len(inbox.Items) == 0 {
		t.Error("the demo's ERP inbox shows nothing")
	}
	t.Run("DeadLetter", s.deadLetter)
}

// deadLetter lets the ERP refuse a message for good: it is parked, seen, sent again by a person under its old key, and
// then the order closes.
func (s *suite) deadLetter(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "ERP", Kind: "refuse", Value: 1}))
	n := s.order(t, "HK-20", 50)
	o := s.finish(t, n)
	var dead mes.Page[mes.MessageView]
	plant.Eventually(t, 20*time.Second, func() string {
		if err := s.planner.Get(t.Context(), "/erp/outbox?state=dead&q="+n, &dead); err != nil {
			return err.Error()
		}
		if len(dead.Items) != 1 {
			return "a dead letter of " + n
		}
		return ""
	})
	m := dead.Items[0]
	if m.LastError == "" || !strings.Contains(m.LastError, "422") {
		t.Errorf("the dead letter says %q", m.LastError)
	}
	resend := "/erp/outbox/" + strconv.FormatInt(m.ID, 10) + "/resend"
	s.refused(t, s.post(t, s.operator, resend, again), http.StatusForbidden)
	s.refused(t, s.post(t, s.admin, resend, nil), http.StatusUnprocessableEntity, "reason")
	s.ok(t, s.post(t, s.admin, resend, again))
	s.confirmed(t, o, 1)
	if again, err := s.rec.Count(t.Context(), `SELECT count(*) FROM outbox WHERE key = $1`, m.Key); err != nil || again != 1 {
		t.Errorf("%d messages have the key %s (%v)", again, m.Key, err)
	}
}

// history checks the order's story by API and by command line, and the archived histories' hashes in the audit trail.
func (s *suite) history(t *testing.T, number, lot string) {
	var story json.RawMessage
	plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+number+"/history", &story))
	for _, part := range []string{lot, "TC-20", "CAM-30", "LT-50", "EOL-60", "op-121", "operation_started", mes.MessageOrderConfirmed} {
		if !strings.Contains(string(story), part) {
			t.Errorf("%s is not in the order's history", part)
		}
	}
	out, err := s.p.Output(t.Context(), "history", number)
	plant.OK(t, err)
	for _, part := range []string{lot, "TC-20", "CAM-40", "op-121"} {
		if !strings.Contains(out, part) {
			t.Errorf("%s is not in what `mes history` prints", part)
		}
	}
	plant.Eventually(t, 30*time.Second, func() string {
		n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM run_archive r JOIN blob b ON b.hash = r.blob JOIN audit a ON a.noun = 'run' AND a.after::text LIKE '%' || r.blob || '%'
			WHERE r.subject = $1 OR r.subject IN (SELECT id FROM lot WHERE work_order = $1)`, number)
		if err != nil {
			return err.Error()
		}
		if n < 4 {
			return "archived runs with their hash in the audit trail: " + strconv.FormatInt(n, 10) + " of 4"
		}
		return ""
	})
	bad, err := s.rec.Count(t.Context(), `SELECT count(*) FROM blob WHERE hash <> encode(sha256(content), 'hex') AND hash <> 'sha256:' || encode(sha256(content), 'hex')`)
	if err != nil || bad > 0 {
		t.Errorf("%d blobs do not have their content's hash (%v)", bad, err)
	}
	var v mes.AuditVerdict
	plant.OK(t, s.auditor.Get(t.Context(), "/audit/verify", &v))
	if !v.OK || v.Rows == 0 || v.Head == "" {
		t.Errorf("the audit trail is judged %+v", v)
	}
	out, err = s.p.Output(t.Context(), "audit", "verify")
	if err != nil {
		t.Errorf("mes audit verify: %v\n%s", err, out)
	}
}
