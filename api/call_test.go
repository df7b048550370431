package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestACallGoesFromTheTerminalToItsEnd(t *testing.T) {
	h := newHouse(t)
	var c mes.Call
	h.do(call{method: "POST", path: "~/calls", role: mes.RoleOperator, at: "ST20", body: map[string]any{"kind": "maintenance"}}).wants(201).into(&c)
	if c.Station != "ST20" || c.RaisedBy != "operator" || c.State != mes.CallOpen {
		t.Fatalf("raised %+v", c)
	}
	h.post(mes.RoleOperator, "~/calls", map[string]any{"kind": "coffee", "station": "ST20"}).refused(422, mes.CodeUnprocessable)
	h.post(mes.RoleERP, "~/calls", map[string]any{"kind": "maintenance", "station": "ST20"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleOperator, "~/calls/CALL-0001/acknowledge", nil).refused(403, mes.CodeForbidden) // not whom it calls
	h.post(mes.RolePlanner, "~/calls/CALL-0001/acknowledge", nil).refused(403, mes.CodeForbidden)
	h.post(mes.RoleMaintenance, "~/calls/CALL-0001/acknowledge", nil).wants(200).into(&c)
	if c.State != mes.CallAcknowledged || c.AcknowledgedBy != "maintenance" {
		t.Errorf("acknowledged %+v", c)
	}
	h.post(mes.RoleSupervisor, "~/calls/CALL-0001/acknowledge", nil).refused(409, mes.CodeConflict)
	h.post(mes.RoleMaintenance, "~/calls/CALL-0001/resolve", map[string]any{"note": "new seal"}).wants(200).into(&c)
	h.post(mes.RoleMaintenance, "~/calls/CALL-0001/cancel", map[string]any{"reason": "late"}).refused(409, mes.CodeConflict)
	var v mes.CallView
	h.get(mes.RoleAuditor, "~/calls/CALL-0001").wants(200).into(&v)
	if v.State != mes.CallResolved || v.EndNote != "new seal" || v.NextStep != nil {
		t.Errorf("it reads %+v", v)
	}
	if table := string(h.get(mes.RoleAuditor, "~/calls?format=csv").wants(200).body); !strings.HasPrefix(table, "id,site,line,station,kind,") || !strings.Contains(table, "CALL-0001,HAM,L1,ST20") {
		t.Errorf("table %q", table)
	}
}

func TestHowCallsWereAnsweredByShift(t *testing.T) {
	h := newHouse(t)
	at := func(min int) *time.Time { x := monday.Add(time.Duration(min) * time.Minute); return &x }
	for i := range 10 {
		h.calls.times = append(h.calls.times, mes.CallTimes{ID: "x", Station: "ST20", Kind: mes.CallMaterial, Opened: monday, Answered: at(i + 1), Ended: at(2 * (i + 1))})
	}
	var r CallReport
	h.get(mes.RoleSupervisor, "~/call-times?by=station").wants(200).into(&r)
	if len(r.Rows) != 1 || r.Rows[0].Group != "ST20" || *r.Rows[0].RespondMedian != 300 || *r.Rows[0].RespondP90 != 540 || *r.Rows[0].ResolveP90 != 1080 {
		t.Errorf("report %+v", r)
	}
	h.get(mes.RoleSupervisor, "~/call-times?from=2026-06-02&to=2026-06-01").refused(422, mes.CodeUnprocessable)
	if table := string(h.get(mes.RoleSupervisor, "~/call-times?by=kind&format=csv").wants(200).body); !strings.Contains(table, "material,10,0,0,10,300,540,10,600,1080") {
		t.Errorf("table %q", table)
	}
}

func TestTheLastAccidentIsSaidWithAReason(t *testing.T) {
	h := newHouse(t)
	var v SafetyView
	h.get(mes.RoleOperator, "~/safety").wants(200).into(&v)
	if v.Known {
		t.Errorf("%+v before anybody said it", v)
	}
	h.post(mes.RoleOperator, "~/safety", map[string]any{"last_accident": "2026-05-30", "reason": "fell"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/safety", map[string]any{"last_accident": "2026-07-01", "reason": "fell"}).refused(422, mes.CodeUnprocessable)
	h.post(mes.RoleSupervisor, "~/safety", map[string]any{"last_accident": "2026-05-30", "reason": "fell"}).wants(200)
	h.get(mes.RoleOperator, "~/safety").wants(200).into(&v)
	if !v.Known || v.Days != 2 {
		t.Errorf("%+v", v)
	}
}

func TestThePlanOfCallsNamesItsFaults(t *testing.T) {
	h := newHouse(t)
	put := func(role mes.Role, p mes.AndonPlan) *reply {
		return h.do(call{method: "PUT", path: "~/andon/plan", role: role, body: map[string]any{"plan": p, "reason": "agreed"}})
	}
	p := mes.DefaultAndonPlan()
	put(mes.RoleOperator, p).refused(403, mes.CodeForbidden)
	put(mes.RoleSupervisor, p).wants(200)
	p.Kinds[0].Respond[0].By = []mes.Channel{mes.ByMail}
	put(mes.RoleSupervisor, p).refused(422, mes.CodeUnprocessable)
}

// TestADisplayNeedsNobody reads the board by the terminal's registration alone; nothing else opens to it, and a revoked one sees
// nothing.
func TestADisplayNeedsNobody(t *testing.T) {
	h := newHouse(t)
	h.do(call{method: "GET", path: "~/board/L1"}).refused(401, mes.CodeUnauthorized)
	var b mes.LineBoard
	h.do(call{method: "GET", path: "~/board/L1", at: "ST20"}).wants(200).into(&b)
	if b.Site != "HAM" || b.Line != "L1" {
		t.Errorf("board %+v", b)
	}
	h.do(call{method: "GET", path: "~/board/L9", at: "ST20"}).refused(404, mes.CodeNotFound)
	h.get(mes.RoleOperator, "~/board/L1").wants(200)
	h.get(mes.RoleVision, "~/board/L1").refused(403, mes.CodeForbidden)
	// A session that has ended does not end the display; a person whose role may not read boards still may not, at any screen.
	h.do(call{method: "GET", path: "~/board/L1", at: "ST20", cookie: &http.Cookie{Name: sessionCookie, Value: strings.Repeat("A", 43)}}).wants(200)
	h.do(call{method: "GET", path: "~/board/L1", at: "ST20", role: mes.RoleVision}).refused(403, mes.CodeForbidden)
	for _, path := range []string{"~/work-orders", "~/me", "~/events", "~/calls", "~/stations"} {
		h.do(call{method: "GET", path: path, at: "ST20"}).refused(401, mes.CodeUnauthorized)
	}
	h.do(call{method: "POST", path: "~/calls", at: "ST20", body: map[string]any{"kind": "material"}}).refused(401, mes.CodeUnauthorized)
	_, err := h.terminal.Revoke(t.Context(), mes.Actor{}, "HAM", "T-ST20", "stolen")
	if err != nil {
		t.Fatal(err)
	}
	h.Server.terminals.forget()
	h.do(call{method: "GET", path: "~/board/L1", at: "ST20"}).refused(401, mes.CodeUnauthorized)
}
