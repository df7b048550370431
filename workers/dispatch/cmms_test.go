package dispatch

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// numbers keeps what the CMMS called each job.
type numbers struct {
	mes.MaintenanceLedger
	kept map[string]string
	fail error
}

func (n *numbers) Numbered(_ context.Context, site, id, outside string) error {
	if n.fail == nil && n.kept[id] == "" {
		n.kept[id] = site + " " + outside
	}
	return n.fail
}

func TestTheNumberOfTheCMMSIsKept(t *testing.T) {
	answer, status, signatures := `{"number":"WO-9"}`, http.StatusCreated, 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Steelthread-Signature") != "" && r.Header.Get("Idempotency-Key") == "key" && r.Header.Get("X-Steelthread-Kind") == mes.MessageMaintenanceTold {
			signatures++
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	n := &numbers{kept: map[string]string{}}
	c := &CMMS{Webhook: NewWebhook("the CMMS", srv.URL, "s3cret"), Ledger: n}
	m := messageOf(t, mes.MessageMaintenanceTold, mes.MaintenanceTold{Site: "HAM", Job: "MJ-0001"})
	m.Key, m.Kind = "key", mes.MessageMaintenanceTold
	for range 2 {
		if _, err := c.Deliver(t.Context(), m); err != nil || n.kept["MJ-0001"] != "HAM WO-9" {
			t.Fatalf("%v %v", err, n.kept)
		}
	}
	n.fail = errors.New("away")
	if _, err := c.Deliver(t.Context(), m); !errors.Is(err, n.fail) {
		t.Errorf("a number that was not kept is delivered again: %v", err)
	}
	n.fail = nil
	answer = "taken"
	if _, err := c.Deliver(t.Context(), messageOf(t, mes.MessageMaintenanceTold, mes.MaintenanceTold{Site: "HAM", Job: "MJ-0002"})); err != nil || n.kept["MJ-0002"] != "" {
		t.Errorf("an answer without a number: %v %v", err, n.kept)
	}
	status = http.StatusUnprocessableEntity
	if _, err := c.Deliver(t.Context(), m); !errors.As(err, new(dead)) {
		t.Errorf("a refusal: %v", err)
	}
	if signatures != 4 {
		t.Errorf("%d of the four messages with that key were signed", signatures)
	}
}
