package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestInbox(t *testing.T) {
	newHouse(t).get(mes.RolePlanner, "~/erp/inbox").refused(404, mes.CodeNotFound)
	answer := func(status int, body string) *house {
		erp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(erp.Close)
		return newHouse(t, func(d *Deps) { d.InboxURL = erp.URL })
	}
	var p mes.Page[InboxMessage]
	answer(200, `{"items":[{"key":"k","received_at":"2026-06-01T00:00:00Z","verified":true,"duplicates":2,"body":{"order":"4711"}}],"total":1}`).
		get(mes.RolePlanner, "~/erp/inbox").wants(200).into(&p)
	if len(p.Items) != 1 || p.Total != 1 || !p.Items[0].Verified || string(p.Items[0].Body) != `{"order":"4711"}` {
		t.Errorf("the inbox is %+v", p)
	}
	answer(500, "").get(mes.RolePlanner, "~/erp/inbox").refused(503, mes.CodeUnavailable)
	answer(200, "<html>").get(mes.RolePlanner, "~/erp/inbox").refused(503, mes.CodeUnavailable)
}
