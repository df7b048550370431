package api

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// TestOnlyOnce sends one command ten times at once, then again later: one update, one answer.
func TestOnlyOnce(t *testing.T) {
	h := newHouse(t)
	var carriedOut sync.Map
	h.temporal.update = func(o client.UpdateWorkflowOptions) (any, error) {
		carriedOut.Store(time.Now(), o.UpdateID)
		return contract.LotAnswer{Progress: mes.Progress{Version: 7}}, nil
	}
	send := func(body string) *reply {
		return h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: body, header: map[string]string{headerKey: "k1"}})
	}
	var wg sync.WaitGroup
	bodies := make([]string, 10)
	for i := range bodies {
		wg.Go(func() { r := send("{}"); bodies[i] = fmt.Sprint(r.status, string(r.body)) })
	}
	wg.Wait()
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("answers differ: %s and %s", b, bodies[0])
		}
	}
	if n := len(h.temporal.seen()); n != 1 {
		t.Errorf("%d updates were sent", n)
	}
	r := send("{}").wants(200)
	if r.header.Get(headerReplayed) != "true" {
		t.Error("a repeated answer does not say so")
	}
	send(`{"scan":"other"}`).refused(422, codeKeyReused)
	if n := len(h.temporal.seen()); n != 1 {
		t.Errorf("%d updates were sent", n)
	}
	// Another account's key is another key.
	h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleSupervisor, body: "{}", header: map[string]string{headerKey: "k1"}}).wants(200)
	if ids := h.temporal.seen(); len(ids) != 2 || ids[1].UpdateID != "supervisor/k1" {
		t.Errorf("updates %+v", ids)
	}
}

// TestSameKeyUnderWay does not let a queue of repetitions wait one after the other for a slow command.
func TestSameKeyUnderWay(t *testing.T) {
	h := newHouse(t)
	unlock, _ := h.keys.lock(t.Context(), "operator/k1", time.Second)
	send := func() *reply {
		return h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: "{}", header: map[string]string{headerKey: "k1"}})
	}
	send().refused(503, mes.CodeUnavailable)
	unlock()
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	send().wants(200)
	if len(h.keys.held) != 0 {
		t.Errorf("%d keys are still held", len(h.keys.held))
	}
}

// TestWhatIsKept says which answers a key brings back: final ones.
func TestWhatIsKept(t *testing.T) {
	for _, c := range []struct {
		err  error
		kept bool
	}{
		{nil, true},
		{contract.Carry(mes.Refuse(mes.CodeConflict, "no", "", "")), true},
		{contract.Carry(mes.NotFound("Step", "x")), true},
		{serviceerror.NewUnavailable("away"), false},
		{errSilent, false},
		{fmt.Errorf("defect"), false},
	} {
		t.Run(fmt.Sprint(c.err), func(t *testing.T) {
			h := newHouse(t)
			h.temporal.update = answering(contract.LotAnswer{}, c.err)
			r := h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: "{}", header: map[string]string{headerKey: "k1"}})
			a, kept := h.answers.rows["operator/k1"]
			if kept != c.kept {
				t.Errorf("status %d kept: %v", r.status, kept)
			}
			if kept && (a.Status != r.status || string(a.Body) != string(r.body)) {
				t.Errorf("kept %d %s of %d %s", a.Status, a.Body, r.status, r.body)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	for _, key := range []string{"with space", "line\tbreak", string(make([]byte, 129)), "ümlaut"} {
		h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: "{}", header: map[string]string{headerKey: key}}).refused(400, codeMalformed)
	}
	r := h.postAt("ST20", mes.RoleOperator, stepDone, nil).wants(200)
	if r.header.Get(headerKey) == "" {
		t.Error("a key that the server made is not told")
	}
	if len(h.answers.rows) != 0 {
		t.Error("an answer is kept under a key that nobody can repeat")
	}
}
