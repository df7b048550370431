package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// BenchmarkCompleteStep is what the API itself costs per command: everything but the database and the engine.
func BenchmarkCompleteStep(b *testing.B) {
	h := newHouse(b)
	h.temporal.update = answering(contract.LotAnswer{Progress: mes.Progress{State: mes.LotRunning, Operation: "20", Step: "20-2", Quantity: mes.One}}, nil)
	body := `{"values":[{"characteristic":"torque","value":"4.5"}]}`
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, strings.Replace(stepDone, "~", Base, 1), strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+tokenOf(mes.RoleOperator))
		req.Header.Set(headerTerminal, terminalToken("ST20"))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
