package system

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// access checks who may do what from outside: default deny, and each role's own commands.
func (s *suite) access(t *testing.T) {
	t.Run("NobodyIsSignedIn", s.nobodySignedIn)
	t.Run("RolesDoTheirOwn", s.rolesDoTheirOwn)
	t.Run("Certificates", s.certificates)
	t.Run("CertificateEndsMeanwhile", s.certificateEndsMeanwhile)
	t.Run("BadTokenAndPassword", s.badCredentials)
}

func (s *suite) nobodySignedIn(t *testing.T) {
	nobody := plant.NewClient(s.p.Base)
	for _, path := range []string{"/me", "/work-orders", "/lots", "/plant", "/stations", "/erp/outbox", "/audit", "/events", "/health/system", "/vision/results"} {
		r, err := nobody.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1" + path})
		plant.OK(t, err)
		s.refused(t, r, http.StatusUnauthorized)
	}
	for _, path := range []string{"/metrics", "/docs", "/openapi.json"} {
		r, err := nobody.Send(t.Context(), plant.Request{Method: "GET", Path: path})
		plant.OK(t, err)
		s.refused(t, r, http.StatusUnauthorized)
	}
	r, err := nobody.Post(t.Context(), "/work-orders", request(s.number(t), "INV-200", 1), s.key())
	plant.OK(t, err)
	s.refused(t, r, http.StatusUnauthorized)
	for _, open := range []string{"/healthz", "/readyz"} {
		r, err := nobody.Send(t.Context(), plant.Request{Method: "GET", Path: open})
		plant.OK(t, err)
		if r.Status != http.StatusOK {
			t.Errorf("GET %s answers %d", open, r.Status)
		}
	}
	ui, err := nobody.Send(t.Context(), plant.Request{Method: "GET", Path: "/temporal/"})
	plant.OK(t, err)
	if ui.Status < 400 && !strings.Contains(string(ui.Body), "login") {
		t.Errorf("/temporal/ answers %d to nobody", ui.Status)
	}
}

func (s *suite) rolesDoTheirOwn(t *testing.T) {
	n := s.number(t)
	s.ok(t, s.post(t, s.erp, "/work-orders", request(n, "HK-20", 50)))
	reason := map[string]string{"reason": "test"}
	vision := map[string]any{"camera": "CAM-30", "lot": "X", "step": "30-4", "verdict": "pass", "confidence": "0.9", "model": "m", "image": tinyPNG}
	for _, c := range []struct {
		who, path string
		as        *plant.Client
		body      any
	}{
		{"operator", "/work-orders", s.operator, request(s.number(t), "HK-20", 50)},
		{"operator", "/work-orders/" + n + "/release", s.operator, nil},
		{"operator", "/work-orders/" + n + "/cancel", s.operator, reason},
		{"planner", "/lots/NONE/operations/10/start", s.planner, map[string]string{"station": "ST10"}},
		{"planner", "/lots/NONE/review", s.planner, map[string]string{"decision": "pass", "reason": "x"}},
		{"maintenance", "/work-orders/" + n + "/release", s.maintenance, nil},
		{"auditor", "/work-orders/" + n + "/hold", s.auditor, reason},
		{"auditor", "/material-lots", s.auditor, map[string]any{"lot": "A", "material": "PM", "quantity": 1, "supplier": "S", "supplier_lot": "1"}},
		{"operator", "/vision/results", s.operator, vision},
		{"vision", "/work-orders", s.vision, request(s.number(t), "HK-20", 50)},
		{"erp", "/vision/results", s.erp, vision},
		{"erp", "/lots/NONE/scrap", s.erp, map[string]any{"quantity": 1, "reason": "x"}},
	} {
		r := s.post(t, c.as, c.path, c.body)
		if r.Status != http.StatusForbidden {
			t.Errorf("%s may POST %s: %d %s", c.who, c.path, r.Status, r.Body)
		}
	}
	r, err := s.operator.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/audit"})
	plant.OK(t, err)
	s.refused(t, r, http.StatusForbidden)
	r, err = s.operator.Send(t.Context(), plant.Request{Method: "GET", Path: "/temporal/"})
	plant.OK(t, err)
	if r.Status != http.StatusForbidden {
		t.Errorf("/temporal/ answers %d to an operator", r.Status)
	}
	r, err = s.admin.Send(t.Context(), plant.Request{Method: "GET", Path: "/temporal/"})
	plant.OK(t, err)
	if r.Status != http.StatusOK {
		t.Errorf("/temporal/ answers %d to an administrator", r.Status)
	}
	// The refusals are in the audit trail.
	if n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM audit WHERE action = 'refused' AND actor = 'op-121'`); err != nil || n == 0 {
		t.Errorf("%d refusals of the operator in the audit trail (%v)", n, err)
	}
}

func (s *suite) certificates(t *testing.T) {
	l := s.one(t, "30", "")
	start := op(l.Lot, "30") + "/start"
	body := map[string]string{"station": "ST30"}
	s.refused(t, s.post(t, s.expired, start, body), http.StatusForbidden, "Dispensing", "level 2", "ended on")
	s.refused(t, s.post(t, s.junior, start, body), http.StatusForbidden, "Dispensing", "level 2")
	if now := s.readLot(t, l.Lot); now.State != "queued" {
		t.Errorf("after two refusals the lot is %s", now.State)
	}
	s.ok(t, s.post(t, s.operator, start, body))
	s.finish(t, l.Order)
}

// certificateEndsMeanwhile takes a certificate away from somebody who is at work with it: the next step is refused and
// nothing of it is stored, until a renewal. The order knows afterwards who worked how long.
func (s *suite) certificateEndsMeanwhile(t *testing.T) {
	l := s.one(t, "30", "")
	give := map[string]any{"account": "op-109", "skill": "Dispensing", "level": 2, "issuer": "Academy"}
	var c mes.Certificate
	plant.OK(t, s.ok(t, s.post(t, s.quality, "/certificates", give)).Into(&c))
	s.ok(t, s.post(t, s.junior, op(l.Lot, "30")+"/start", map[string]string{"station": "ST30"}))
	s.ok(t, s.post(t, s.quality, fmt.Sprintf("/certificates/%d/withdraw", c.ID), map[string]string{"reason": "failed the test"}))
	scan := map[string]any{"components": []map[string]any{{"scan": "TP-NONE"}}}
	s.refused(t, s.post(t, s.junior, op(l.Lot, "30")+"/steps/30-1/complete", scan), http.StatusForbidden, "Dispensing", "level 2", "you have level 1")
	s.refused(t, s.post(t, s.junior, op(l.Lot, "30")+"/complete", nil), http.StatusForbidden, "Dispensing")
	if now := s.readLot(t, l.Lot); now.Step != "30-1" {
		t.Errorf("after the refusals the lot is at step %s", now.Step)
	}
	s.ok(t, s.post(t, s.quality, "/certificates", give))
	s.refused(t, s.post(t, s.junior, op(l.Lot, "30")+"/steps/30-1/complete", scan), http.StatusUnprocessableEntity, "TP-NONE")
	s.finish(t, l.Order)
	var labour mes.OrderLabour
	plant.OK(t, s.supervisor.Get(t.Context(), "/work-orders/"+l.Order+"/labour", &labour))
	i := slices.IndexFunc(labour.Rows, func(w mes.OrderWork) bool { return w.Operation == "30" && w.Account == "op-109" })
	if i < 0 || labour.Rows[i].Millis <= 0 || labour.Piece == nil {
		t.Errorf("labour of %s: %+v", l.Order, labour)
	}
}

func (s *suite) badCredentials(t *testing.T) {
	nobody := plant.NewClient(s.p.Base)
	r, err := nobody.Post(t.Context(), "/login", map[string]string{"user": "mt-03", "password": "not this"}, "")
	plant.OK(t, err)
	s.refused(t, r, http.StatusUnauthorized)
	forged := nobody.WithToken("forged", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	r, err = forged.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/work-orders"})
	plant.OK(t, err)
	s.refused(t, r, http.StatusUnauthorized)
	for _, secret := range []string{"password_hash", "argon2"} {
		me, err := s.operator.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/me"})
		plant.OK(t, err)
		if strings.Contains(string(me.Body), secret) {
			t.Errorf("/me tells %s", secret)
		}
	}
	if n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM account WHERE password_hash <> '' AND password_hash NOT LIKE '$argon2id$%'`); err != nil || n > 0 {
		t.Errorf("%d passwords are not argon2id (%v)", n, err)
	}
}
