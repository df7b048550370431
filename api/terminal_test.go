package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// cookieNamed finds a cookie in an answer; nil when it sets none of the name.
func (r *reply) cookieNamed(name string) *http.Cookie {
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// with sends a request with several cookies, as a browser does.
func (h *house) with(method, path string, body any, cookies ...*http.Cookie) *reply {
	h.t.Helper()
	var all []string
	for _, c := range cookies {
		all = append(all, c.Name+"="+c.Value)
	}
	return h.do(call{method: method, path: path, body: body, header: map[string]string{"Cookie": strings.Join(all, "; ")}})
}

func register(h *house, role mes.Role, station string, program bool, cookies ...*http.Cookie) *reply {
	h.t.Helper()
	return h.with("POST", "~/terminals", NewTerminal{Station: station, Name: "Screen", User: string(role), Password: "password-" + string(role), Program: program, Because: Because{"new screen"}}, cookies...)
}

// TestABrowserBecomesATerminal follows a browser: an operator is signed in, a supervisor registers the screen, and only
// then the operator works at it.
func TestABrowserBecomesATerminal(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleOperator, mes.RoleSupervisor)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	const start = "~/lots/L1/operations/10/start"
	session := h.login("operator", "password-operator").cookieOf()
	p := h.with("POST", start, map[string]string{"station": "ST10"}, session).refused(403, mes.CodeForbidden)
	if !strings.Contains(p.Detail, "not a registered terminal") || !strings.Contains(p.Do, "supervisor") {
		t.Errorf("told %q", p.Detail)
	}
	register(h, mes.RoleOperator, "ST10", false, session).refused(403, mes.CodeForbidden)

	r := register(h, mes.RoleSupervisor, "ST10", false, session).wants(201)
	c := r.cookieNamed(terminalCookie)
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge < 1000 || strings.Contains(string(r.body), c.Value) {
		t.Fatalf("the cookie is %+v, the answer %s", c, r.body)
	}
	if r.cookieNamed(sessionCookie) != nil {
		t.Error("the supervisor's proof changed who is signed in")
	}
	var here ThisTerminal
	again := h.with("GET", "~/terminal", nil, c).wants(200).into(&here)
	if !here.Registered || here.Station != "ST10" || here.IdleMinutes != mes.DefaultIdleMinutes || again.cookieNamed(terminalCookie) == nil {
		t.Errorf("the screen is %+v", here)
	}
	var me Me
	h.with("GET", "~/me", nil, session, c).wants(200).into(&me)
	if me.ID != "operator" || me.Station != "ST10" {
		t.Errorf("at the terminal stands %+v", me)
	}
	h.with("POST", start, map[string]string{"station": "ST10"}, session, c).wants(200)
	if a := h.temporal.seen()[0].Args[0].(mes.StartOperation).Actor; a != (mes.Actor{ID: "operator", Station: "ST10", Source: "192.0.2.1"}) {
		t.Errorf("the actor is %+v", a)
	}
	h.with("GET", "~/me", nil, session).refused(401, mes.CodeUnauthorized) // the session is the terminal's now
	if rows := h.audits.actions("refused"); len(rows) != 3 {               // the last is the session on another screen
		t.Errorf("%d refusals are audited", len(rows))
	}
}

// TestRevocationHoldsAtOnce ends a terminal between two requests, in this process and as another process would.
func TestRevocationHoldsAtOnce(t *testing.T) {
	for name, revoke := range map[string]func(h *house){
		"here": func(h *house) {
			h.post(mes.RoleMaintenance, "~/terminals/T-ST10/revoke", map[string]string{"reason": "stolen"}).wants(200)
		},
		"in another process": func(h *house) { _, _ = h.terminal.Revoke(t.Context(), mes.Actor{ID: "sv"}, "HAM", "T-ST10", "stolen") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t).withPasswords(mes.RoleOperator)
			h.temporal.update = answering(contract.LotAnswer{}, nil)
			const start = "~/lots/L1/operations/10/start"
			login := h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).wants(200)
			c := login.cookieOf()
			post := func() *reply {
				return h.do(call{method: "POST", path: start, at: "ST10", cookie: c, body: "{}"})
			}
			post().wants(200)
			revoke(h)
			post().refused(401, mes.CodeUnauthorized) // with its sessions
			h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).refused(403, mes.CodeForbidden)
			h.postAt("ST10", mes.RoleOperator, start, nil).refused(403, mes.CodeForbidden)
			if len(h.temporal.seen()) != 1 {
				t.Error("a revoked terminal's command was sent")
			}
			gone := h.with("GET", "~/terminal", nil, &http.Cookie{Name: terminalCookie, Value: terminalToken("ST10")}).wants(200)
			if !strings.Contains(string(gone.body), `"registered":false`) && name == "here" {
				t.Errorf("a revoked screen is told %s", gone.body)
			}
		})
	}
}

// TestASessionStaysAtItsTerminal takes a session's cookie to other places.
func TestASessionStaysAtItsTerminal(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleOperator)
	c := h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).wants(200).cookieOf()
	h.do(call{method: "GET", path: "~/me", at: "ST10", cookie: c}).wants(200)
	h.do(call{method: "GET", path: "~/me", at: "ST20", cookie: c}).refused(401, mes.CodeUnauthorized)
	h.do(call{method: "GET", path: "~/me", cookie: c}).refused(401, mes.CodeUnauthorized)
}

// TestAClaimedStationIsNone sends what once made a station: only the terminal's token does.
func TestAClaimedStationIsNone(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	for _, header := range []map[string]string{{"X-Station": "ST10"}, {headerTerminal: "ST10"}, {headerTerminal: strings.Repeat("x", 26)}, {"Cookie": terminalCookie + "=ST10"}} {
		h.do(call{method: "POST", path: "~/lots/L1/operations/10/start", role: mes.RoleOperator, body: map[string]string{"station": "ST10"}, header: header}).refused(403, mes.CodeForbidden)
	}
	h.do(call{method: "POST", path: "~/lots/L1/operations/10/start?terminal=" + terminalToken("ST10"), role: mes.RoleOperator, body: "{}"}).wants(422)
}

// TestDeskAndTerminal is who may do what to a lot from where.
func TestDeskAndTerminal(t *testing.T) {
	scrap, defect := map[string]any{"quantity": 1, "reason": "bent"}, map[string]any{"text": "bent"}
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	h.lots.rows["L1"] = mes.LotView{Lot: "L1", State: mes.LotRunning, Station: "ST10"}
	h.lots.rows["L2"] = mes.LotView{Lot: "L2", State: mes.LotQueued, Station: "ST10", Operation: "20", Material: "U", Revision: "A"}
	h.plant.routings["U/A"] = mes.Routing{Operations: []mes.Operation{{ID: "20", Stations: []string{"ST10", "ST20"}}}}
	for _, c := range []struct {
		name, at, path string
		role           mes.Role
		body           any
		status         int
	}{
		{"operator's defect at a desk", "", "~/lots/L1/defects", mes.RoleOperator, defect, 403},
		{"operator's scrap at a desk", "", "~/lots/L1/scrap", mes.RoleOperator, scrap, 403},
		{"operator's defect at the lot's station", "ST10", "~/lots/L1/defects", mes.RoleOperator, defect, 200},
		{"operator's scrap at the lot's station", "ST10", "~/lots/L1/scrap", mes.RoleOperator, scrap, 200},
		{"operator's scrap at another station", "ST20", "~/lots/L1/scrap", mes.RoleOperator, scrap, 403},
		{"operator's scrap at the second station that the lot waits for", "ST20", "~/lots/L2/scrap", mes.RoleOperator, scrap, 200},
		{"operator's scrap where the lot does not wait", "ST30", "~/lots/L2/scrap", mes.RoleOperator, scrap, 403},
		{"supervisor's scrap at a desk", "", "~/lots/L1/scrap", mes.RoleSupervisor, scrap, 200},
		{"quality's defect at a desk", "", "~/lots/L1/defects", mes.RoleQuality, defect, 200},
		{"supervisor's pause at a desk", "", "~/lots/L1/operations/20/pause", mes.RoleSupervisor, nil, 403},
		{"supervisor's resume at a desk", "", "~/lots/L1/operations/20/resume", mes.RoleSupervisor, nil, 403},
		{"administrator's completion at a desk", "", "~/lots/L1/operations/20/complete", mes.RoleAdmin, nil, 403},
		{"administrator's step at a desk", "", stepDone, mes.RoleAdmin, nil, 403},
		{"supervisor's retry at a desk", "", "~/lots/L1/operations/20/steps/1/retry", mes.RoleSupervisor, nil, 403},
		{"supervisor's retry at a terminal", "ST20", "~/lots/L1/operations/20/steps/1/retry", mes.RoleSupervisor, nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			h.postAt(c.at, c.role, c.path, c.body).wants(c.status)
		})
	}
}

func TestShiftKeepsAnOperatorOut(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	late := mes.Shift{ID: "L", Name: "Late", Days: []int{1, 2, 3, 4, 5}, Start: 14 * 60, End: 22 * 60}
	h.shifts.facts["operator"] = mes.ShiftFacts{Assigned: []mes.AssignedShift{{Shift: late, From: mes.Day{Year: 2026, Month: 1, Day: 1}}}, Tolerance: mes.DefaultShiftTolerance}
	p := h.postAt("ST20", mes.RoleOperator, stepDone, nil).refused(403, mes.CodeForbidden)
	if p.What != "You are not on shift. Your next shift, Late, begins on Mon 1 Jun at 14:00 CEST." || p.Kept != "Nothing was recorded." {
		t.Errorf("told %q", p.Detail)
	}
	h.postAt("ST20", mes.RoleOperator, "~/lots/L1/operations/20/pause", nil).wants(200) // a pause leaves the lot safe
	until := monday.Add(time.Hour)
	f := h.shifts.facts["operator"]
	f.Override = &until
	h.shifts.facts["operator"] = f
	h.postAt("ST20", mes.RoleOperator, stepDone, nil).wants(200)
	h.clock.at = monday.Add(5*time.Hour + 30*time.Minute) // 15:30 in Hamburg
	h.postAt("ST20", mes.RoleOperator, stepDone, nil).wants(200)
}

// TestNobodyDecidesOnTheirOwnWork: a person with both roles who worked on a lot does not review it.
func TestNobodyDecidesOnTheirOwnWork(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	built := func(o mes.BuiltOperation) {
		h.lots.built = map[string]mes.AsBuilt{"L1": {Operations: []mes.BuiltOperation{o}}}
	}
	pass := map[string]string{"decision": "pass", "reason": "looked at"}
	built(mes.BuiltOperation{Operator: "operator", Steps: []mes.BuiltStep{{Operator: "quality"}}})
	if p := h.post(mes.RoleQuality, "~/lots/L1/review", pass).refused(403, mes.CodeForbidden); !strings.Contains(p.What, "did this work") || p.Kept != "The lot is still in review." {
		t.Errorf("told %q", p.Detail)
	}
	built(mes.BuiltOperation{Operator: "quality"})
	h.post(mes.RoleQuality, "~/lots/L1/review", pass).refused(403, mes.CodeForbidden)
	built(mes.BuiltOperation{Operator: "operator", Steps: []mes.BuiltStep{{Operator: "operator"}, {Operator: "quality", Note: mes.PassedInReview + "fine"}}})
	h.post(mes.RoleQuality, "~/lots/L1/review", pass).wants(200)
}

// TestReadingsComeFromTheirDevice is who may speak for camera CAM-30.
func TestReadingsComeFromTheirDevice(t *testing.T) {
	h := newHouse(t)
	send := func(role mes.Role, camera string) *reply {
		return h.post(role, "~/vision/results", map[string]any{"camera": camera, "lot": "L1", "step": "1", "verdict": "pass", "confidence": 0.9, "model": "m"})
	}
	send(mes.RoleVision, "CAM-30").wants(201)
	send(mes.RoleEdge, "CAM-30").wants(201)
	send(mes.RoleAdmin, "CAM-30").refused(403, mes.CodeForbidden)
	send(mes.RoleVision, "CAM-99").refused(403, mes.CodeForbidden)
	h.devices.rows["CAM-40"] = mes.DeviceOwner{ID: "CAM-40", Site: "HAM", Station: "ST40", Senders: []string{"another"}}
	p := send(mes.RoleVision, "CAM-40").refused(403, mes.CodeForbidden)
	if p.What != "vision does not speak for CAM-40." || p.Kept != "The reading was not stored." {
		t.Errorf("told %q", p.Detail)
	}
	h.devices.rows["CAM-50"] = mes.DeviceOwner{ID: "CAM-50", Site: "LYO", Station: "ST50"}
	send(mes.RoleEdge, "CAM-50").refused(403, mes.CodeForbidden)
	h.post(mes.RoleAdmin, "~/edge/reports", map[string]any{"devices": []any{}}).refused(403, mes.CodeForbidden)
	if len(h.vision.results) != 2 || len(h.audits.actions("refused")) != 4 {
		t.Errorf("%d readings stored, %d refusals audited", len(h.vision.results), len(h.audits.actions("refused")))
	}
}

func TestProgramsGetTheirTokenOnce(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleSupervisor)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	var out RegisteredTerminal
	r := register(h, mes.RoleSupervisor, "ST40", true).wants(201).into(&out)
	if len(out.Token) < 26 || r.cookieNamed(terminalCookie) != nil || out.Terminal.RegisteredBy != "supervisor" {
		t.Fatalf("registered %s", r.body)
	}
	h.do(call{method: "POST", path: "~/lots/L1/operations/10/start", role: mes.RoleOperator, body: "{}", header: map[string]string{headerTerminal: out.Token}}).wants(200)
	if c := h.temporal.seen()[0].Args[0].(mes.StartOperation); c.Station != "ST40" {
		t.Errorf("started at %s", c.Station)
	}
	if list := h.get(mes.RoleAuditor, "~/terminals").wants(200); strings.Contains(string(list.body), out.Token) {
		t.Error("the list shows a token")
	}
	// A wrong password counts as a failed sign-in, so that nobody tries them here.
	for range mes.MaxLoginFailures {
		h.with("POST", "~/terminals", NewTerminal{Station: "ST40", Name: "x", User: "supervisor", Password: "wrong", Because: Because{"new screen"}})
	}
	register(h, mes.RoleSupervisor, "ST40", true).refused(429, mes.CodeTooMany)
}

// TestAStepIsSignedAtItsStation is where a step's two signatures are taken from.
func TestAStepIsSignedAtItsStation(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleOperator, mes.RoleQuality)
	h.lots.rows["L1"] = mes.LotView{Lot: "L1", State: mes.LotRunning, Station: "ST10"}
	needs := []mes.SignatureNeed{{Meaning: mes.MeaningPerformed}, {Meaning: mes.MeaningVerified, Role: mes.RoleQuality}}
	step := mes.SignatureRequest{Record: mes.SignedRecord{Noun: mes.SignedStep, ID: "L1/10/1/10-1/1"}, Needs: needs}
	verify := step
	verify.Signatures = make([]mes.Signature, 1)
	h.signatures.open = map[string]mes.SignatureRequest{"perform": step, "verify": verify, "release": {Record: mes.SignedRecord{Noun: mes.SignedHoldRelease}, Needs: needs}}
	for _, c := range []struct {
		name, at, request string
		who               mes.Role
		status            int
	}{
		{"performed, at a desk", "", "perform", mes.RoleOperator, 403},
		{"performed, at another station", "ST20", "perform", mes.RoleOperator, 403},
		{"performed, at its station", "ST10", "perform", mes.RoleOperator, 200},
		{"verified, at a desk", "", "verify", mes.RoleQuality, 200},
		{"verified, at another station", "ST20", "verify", mes.RoleQuality, 403},
		{"verified, at its station", "ST10", "verify", mes.RoleQuality, 200},
		{"another record, at a desk", "", "release", mes.RoleQuality, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			h.postAt(c.at, c.who, "~/signature-requests/"+c.request+"/sign", map[string]string{"user": string(c.who), "password": "password-" + string(c.who), "hash": "h"}).wants(c.status)
		})
	}
}

// TestAScreenIsOneTerminal registers a screen for another station: what it was before is revoked.
func TestAScreenIsOneTerminal(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleSupervisor)
	first := register(h, mes.RoleSupervisor, "ST10", false).wants(201).cookieNamed(terminalCookie)
	second := register(h, mes.RoleSupervisor, "ST20", false, first).wants(201).cookieNamed(terminalCookie)
	var here ThisTerminal
	h.with("GET", "~/terminal", nil, first).wants(200).into(&here)
	if here.Registered {
		t.Errorf("the first registration still holds: %+v", here)
	}
	h.with("GET", "~/terminal", nil, second).wants(200).into(&here)
	if here.Station != "ST20" {
		t.Errorf("the screen is %+v", here)
	}
}

// TestAnIdleTerminalEndsItsSession: the terminal's own idle time counts, not the house's.
func TestAnIdleTerminalEndsItsSession(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Idle = time.Hour }).withPasswords(mes.RoleOperator)
	h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).wants(200)
	h.login("operator", "password-operator").wants(200)
	var left []time.Duration
	for _, s := range h.sessions.rows {
		left = append(left, time.Until(s.expiry).Round(time.Minute))
	}
	if len(left) != 2 || min(left[0], left[1]) != 10*time.Minute || max(left[0], left[1]) != time.Hour {
		t.Errorf("sessions end in %v, want 10 minutes at the terminal and an hour at the desk", left)
	}
}

// TestALookKeepsNobodySignedIn: what a screen asks by itself does not push the idle time out, a touch does.
func TestALookKeepsNobodySignedIn(t *testing.T) {
	h := newHouse(t).withPasswords(mes.RoleOperator)
	c := h.do(call{method: "POST", path: "~/login/badge", at: "ST10", body: map[string]string{"badge": "B-operator", "pin": "4711", "station": "ST10"}}).wants(200).cookieOf()
	end := func() (at time.Time) {
		for _, s := range h.sessions.rows {
			at = s.expiry
		}
		return at
	}
	before := end()
	for range 3 {
		h.clock.at = h.clock.at.Add(5 * time.Minute)
		h.do(call{method: "GET", path: "~/me", at: "ST10", cookie: c, header: map[string]string{headerQuiet: "1"}}).wants(200)
	}
	if !end().Equal(before) {
		t.Errorf("looks pushed the end from %s to %s", before, end())
	}
	h.do(call{method: "GET", path: "~/me", at: "ST10", cookie: c}).wants(200)
	if !end().After(before) {
		t.Error("a touch did not push the end out")
	}
}

func TestATerminalIsSeen(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		h.do(call{method: "GET", path: "~/me", role: mes.RoleOperator, at: "ST10"}).wants(200)
	}
	if h.terminal.asked != 1 || len(h.terminal.seen) != 1 {
		t.Errorf("five looks in a moment asked %d times and noted %d uses", h.terminal.asked, len(h.terminal.seen))
	}
	h.clock.at = monday.Add(time.Minute)
	h.do(call{method: "GET", path: "~/me", role: mes.RoleOperator, at: "ST10"}).wants(200)
	if h.terminal.asked != 2 || len(h.terminal.seen) != 2 {
		t.Errorf("a minute later it was asked %d times, %d uses noted", h.terminal.asked, len(h.terminal.seen))
	}
}

func TestShiftsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	h.shifts.plan = mes.ShiftPlan{Shifts: []mes.Shift{{ID: "E", Name: "Early", Days: []int{1}, Start: 360, End: 840}}, Tolerance: 30}
	var plan Shifts
	h.get(mes.RoleSupervisor, "~/shifts").wants(200).into(&plan)
	if len(plan.Shifts) != 1 || plan.Shifts[0].Start != 360 || len(plan.People) != 7 {
		t.Errorf("the plan is %+v", plan)
	}
	h.post(mes.RoleSupervisor, "~/shifts", map[string]any{"id": "N", "name": "Night", "days": []int{1, 2}, "start": "22:00", "end": "06:00", "reason": "summer plan"}).wants(200)
	if s := h.shifts.put[0]; s.Start != 22*60 || s.End != 6*60 {
		t.Errorf("stored %+v", s)
	}
	h.post(mes.RoleSupervisor, "~/shifts", map[string]any{"id": "N", "name": "Night", "days": []int{9}, "start": "22:00", "end": "06:00", "reason": "summer plan"}).refused(422, mes.CodeUnprocessable, "body.days[0]")
	h.post(mes.RoleSupervisor, "~/shifts", map[string]any{"id": "N", "name": "Night", "days": []int{1}, "start": "25:00", "end": "06:00", "reason": "summer plan"}).wants(422)
	h.post(mes.RoleSupervisor, "~/shifts/assignments", map[string]any{"account": "operator", "shift": "N", "from": "2026-06-01", "reason": "trained for it"}).wants(200)
	h.post(mes.RoleSupervisor, "~/shifts/assignments", map[string]any{"account": "operator", "shift": "N", "from": "2026-06-01"}).refused(422, mes.CodeUnprocessable, "body.reason")
	if a := h.shifts.given[0]; a.From != (mes.Day{Year: 2026, Month: 6, Day: 1}) || !a.Until.IsZero() {
		t.Errorf("assigned %+v", a)
	}
	h.post(mes.RoleSupervisor, "~/shifts/overrides", map[string]any{"account": "operator", "hours": 2, "reason": "a colleague is ill"}).wants(200)
	h.post(mes.RoleSupervisor, "~/shifts/overrides", map[string]any{"account": "operator", "hours": 13, "reason": "x"}).wants(422)
	h.post(mes.RoleOperator, "~/shifts/overrides", map[string]any{"account": "operator", "hours": 1, "reason": "x"}).refused(403, mes.CodeForbidden)
}
