package system

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// operatorCommands checks what a terminal may say and when, and that a refusal loses nothing.
func (s *suite) operatorCommands(t *testing.T) {
	t.Run("WrongOrderAndPlace", s.wrongOrderAndPlace)
	t.Run("WrongComponents", s.wrongComponents)
	t.Run("OutOfLimits", s.outOfLimits)
	t.Run("WrongLabel", s.wrongLabel)
	t.Run("PauseAndResume", s.pauseAndResume)
	t.Run("ScrapAndDefect", s.scrapAndDefect)
	t.Run("ARepeatedKeyGivesTheFirstAnswer", s.repeatedKey)
	t.Run("Scans", s.scans)
}

func (s *suite) wrongOrderAndPlace(t *testing.T) {
	l := s.one(t, "10", "")
	at := func(station string) map[string]string { return map[string]string{"station": station} }
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-1"), plant.StepBody{Scan: "HSG-77001"}), http.StatusConflict, "not started")
	s.refused(t, s.post(t, s.operator, op(l.Lot, "20")+"/start", at("ST20")), http.StatusConflict, "10", "ST10")
	s.refused(t, s.post(t, s.operator, op(l.Lot, "10")+"/start", at("ST20")), http.StatusConflict, "ST10")
	s.refused(t, s.post(t, s.operator.At("ST10"), op(l.Lot, "99")+"/start", at("ST10")), http.StatusNotFound, "99")
	s.refused(t, s.post(t, s.operator, op("NO-SUCH-LOT", "10")+"/start", at("ST10")), http.StatusNotFound, "NO-SUCH-LOT")
	s.ok(t, s.post(t, s.operator, op(l.Lot, "10")+"/start", at("ST10")))
	s.refused(t, s.post(t, s.operator, op(l.Lot, "10")+"/start", at("ST10")), http.StatusConflict, "running")
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-5"), plant.StepBody{}), http.StatusConflict, "10-1")
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-9"), plant.StepBody{}), http.StatusNotFound, "10-9")
	s.refused(t, s.post(t, s.operator, op(l.Lot, "10")+"/complete", nil), http.StatusConflict, "10-1")
	if now := s.readLot(t, l.Lot); now.Step != "10-1" || now.State != mes.LotRunning {
		t.Errorf("after all refusals the lot is at %s, %s", now.Step, now.State)
	}
	s.finish(t, l.Order)
}

func (s *suite) wrongComponents(t *testing.T) {
	l := s.one(t, "10", "10-1")
	scan := func(code string) *plant.Reply {
		return s.post(t, s.operator, step(l.Lot, "10", s.readLot(t, l.Lot).Step), plant.StepBody{Components: []plant.Component{{Scan: code}}})
	}
	s.refused(t, scan("NO-SUCH-CODE"), http.StatusUnprocessableEntity, "not known")
	s.refused(t, scan("CB-33999"), http.StatusUnprocessableEntity, "CB", "HSG")
	used, err := s.rec.Count(t.Context(), `SELECT substring(component from 5)::bigint FROM consumption WHERE material = 'HSG' ORDER BY id LIMIT 1`)
	plant.OK(t, err)
	r := scan("HSG-" + mes.Count(used).String())
	s.refused(t, r, http.StatusConflict, "already built into")
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-1"), plant.StepBody{}), http.StatusUnprocessableEntity, "components")
	s.bring(t, l.Order, "10", "10-3")
	s.ok(t, s.post(t, s.supervisor, "/material-lots", map[string]any{"lot": "PM-FEW-" + l.Lot, "material": "PM", "quantity": 2, "supplier": "S-133", "supplier_lot": "few"}))
	s.refused(t, scan("PM-FEW-"+l.Lot), http.StatusConflict, "2", "3")
	s.ok(t, s.post(t, s.quality, "/lots/PM-FEW-"+l.Lot+"/hold", map[string]string{"reason": "suspect"}))
	s.refused(t, scan("PM-FEW-"+l.Lot), http.StatusConflict, "on hold", "suspect")
	s.bring(t, l.Order, "30", "30-1")
	s.expiredPaste(t, l)
	for _, c := range []string{"PM-FEW-" + l.Lot, "TP-OLD-" + l.Lot} {
		if n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM consumption WHERE component = $1`, c); err != nil || n > 0 {
			t.Errorf("%s was consumed %d times (%v)", c, n, err)
		}
	}
	s.finish(t, l.Order)
}

// expiredPaste receives paste that lives for two seconds and offers it when they are over.
func (s *suite) expiredPaste(t *testing.T, l mes.LotView) {
	end := time.Now().UTC().Add(2 * time.Second)
	old := "TP-OLD-" + l.Lot
	s.ok(t, s.post(t, s.supervisor, "/material-lots", map[string]any{"lot": old, "material": "TP", "quantity": 100, "supplier": "S-118", "supplier_lot": "old", "expires_at": end.Format(time.RFC3339Nano)}))
	<-time.After(time.Until(end.Add(100 * time.Millisecond)))
	r := s.post(t, s.operator, step(l.Lot, "30", "30-1"), plant.StepBody{Scan: old})
	s.refused(t, r, http.StatusConflict, "expired")
}

func (s *suite) outOfLimits(t *testing.T) {
	n := s.order(t, "HK-20", 50)
	l := s.bring(t, n, "82", "82-3")
	values := func(last string) plant.StepBody {
		var b plant.StepBody
		for i := range 5 {
			v := "18.0"
			if i == 4 {
				v = last
			}
			b.Values = append(b.Values, plant.Value{Characteristic: "diameter", Value: mes.MustDecimal(v), Sample: i + 1})
		}
		return b
	}
	at := step(l.Lot, "82", "82-3")
	four := values("18.0")
	four.Values = four.Values[:4]
	s.refused(t, s.post(t, s.crimper, at, four), http.StatusUnprocessableEntity, "piece 5")
	unknown := values("18.0")
	unknown.Values[0].Characteristic = "weight"
	s.refused(t, s.post(t, s.crimper, at, unknown), http.StatusUnprocessableEntity, "weight")
	s.refused(t, s.post(t, s.crimper, at, values("18.21")), http.StatusUnprocessableEntity, "18.21", "18.2", "over the limit", "kept")
	if now := s.readLot(t, l.Lot); now.Step != "82-3" || now.State != mes.LotRunning {
		t.Errorf("after a value out of limits the lot is at %s, %s", now.Step, now.State)
	}
	s.ok(t, s.post(t, s.crimper, at, values("18.2"))) // the limit itself is inside
	kept, err := s.rec.Count(t.Context(), `SELECT count(*) FROM step_record WHERE lot = $1 AND step = '82-3' AND result = 'fail'`, l.Lot)
	if err != nil || kept != 1 {
		t.Errorf("%d failed attempts are kept (%v)", kept, err)
	}
	s.finish(t, n)
}

func (s *suite) wrongLabel(t *testing.T) {
	l := s.one(t, "70", "70-2")
	plant.Eventually(t, 20*time.Second, func() string {
		if w := s.readLot(t, l.Lot).Wait; w == nil || w.Kind != mes.WaitOperator {
			return "the printed label"
		}
		return ""
	})
	s.refused(t, s.post(t, s.operator, step(l.Lot, "70", "70-2"), plant.StepBody{Scan: mes.SerialLabel(l.GTIN, "INV200-999999")}), http.StatusUnprocessableEntity, l.Lot)
	s.ok(t, s.post(t, s.operator, step(l.Lot, "70", "70-2"), plant.StepBody{Scan: plant.Label(l)}))
	s.finish(t, l.Order)
}

func (s *suite) pauseAndResume(t *testing.T) {
	l := s.one(t, "10", "10-5")
	s.refused(t, s.post(t, s.operator, op(l.Lot, "10")+"/resume", nil), http.StatusConflict, "not paused")
	s.ok(t, s.post(t, s.operator, op(l.Lot, "10")+"/pause", nil))
	s.refused(t, s.post(t, s.operator, op(l.Lot, "10")+"/pause", nil), http.StatusConflict)
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-5"), plant.StepBody{}), http.StatusConflict, "paused")
	s.ok(t, s.post(t, s.operator, op(l.Lot, "10")+"/resume", nil))
	s.ok(t, s.post(t, s.operator, step(l.Lot, "10", "10-5"), plant.StepBody{}))
	s.finish(t, l.Order)
}

func (s *suite) scrapAndDefect(t *testing.T) {
	n := s.order(t, "HK-20", 50)
	l := s.bring(t, n, "82", "82-1")
	scrap := "/lots/" + l.Lot + "/scrap"
	s.refused(t, s.post(t, s.supervisor, scrap, map[string]any{"quantity": 51, "reason": "too many"}), http.StatusUnprocessableEntity, "50")
	s.refused(t, s.post(t, s.supervisor, scrap, map[string]any{"quantity": 1}), http.StatusUnprocessableEntity, "reason")
	s.ok(t, s.post(t, s.supervisor, scrap, map[string]any{"quantity": "3", "reason": "kinked"}))
	s.refused(t, s.post(t, s.crimper, "/lots/"+l.Lot+"/defects", map[string]any{"code": "SCRATCH"}), http.StatusForbidden, "registered terminal")
	s.refused(t, s.post(t, s.crimper.At("ST80"), "/lots/"+l.Lot+"/defects", map[string]any{"code": "SCRATCH"}), http.StatusForbidden, "ST82")
	s.refused(t, s.post(t, s.crimper.At("ST82"), "/lots/"+l.Lot+"/defects", map[string]any{"code": "", "text": ""}), http.StatusUnprocessableEntity)
	s.ok(t, s.post(t, s.crimper.At("ST82"), "/lots/"+l.Lot+"/defects", map[string]any{"code": "SCRATCH", "text": "on the sleeve", "review": true}))
	if now := s.readLot(t, l.Lot); now.State != mes.LotReview || len(now.Deviations) == 0 {
		t.Errorf("after the defect the lot is %s with deviations %+v", now.State, now.Deviations)
	}
	review := "/lots/" + l.Lot + "/review"
	s.refused(t, s.post(t, s.quality, review, map[string]any{"decision": "maybe", "reason": "x"}), http.StatusUnprocessableEntity, "decision")
	s.refused(t, s.post(t, s.quality, review, map[string]any{"decision": "pass"}), http.StatusUnprocessableEntity, "reason")
	s.ok(t, s.post(t, s.quality, review, map[string]any{"decision": "pass", "reason": "within the sample"}))
	o := s.finish(t, n)
	if !o.Good.Equal(mes.Count(47)) || !o.Scrap.Equal(mes.Count(3)) {
		t.Errorf("%s good and %s scrap of 50", o.Good, o.Scrap)
	}
	n = s.order(t, "INV-200", 1)
	u := s.bring(t, n, "20", "20-1")
	s.ok(t, s.post(t, s.supervisor, "/lots/"+u.Lot+"/scrap", map[string]any{"quantity": 1, "reason": "dropped"}))
	if o := s.finish(t, n); !o.Scrap.Equal(mes.One) || !o.Good.IsZero() {
		t.Errorf("the scrapped order reads %+v", o)
	}
}

func (s *suite) repeatedKey(t *testing.T) {
	l := s.one(t, "10", "10-5")
	key := s.key()
	at := step(l.Lot, "10", "10-5")
	operator := s.operator.At("ST10")
	a, err := operator.Post(t.Context(), at, plant.StepBody{}, key)
	plant.OK(t, err)
	s.ok(t, a)
	b, err := operator.Post(t.Context(), at, plant.StepBody{}, key)
	plant.OK(t, err)
	if a.Status != b.Status || !bytes.Equal(a.Body, b.Body) {
		t.Errorf("again: %d %s, first: %d %s", b.Status, b.Body, a.Status, a.Body)
	}
	s.refused(t, s.post(t, s.operator, at, plant.StepBody{}), http.StatusConflict) // another key is another command
	if n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM step_record WHERE lot = $1 AND step = '10-5'`, l.Lot); err != nil || n != 1 {
		t.Errorf("%d records of one completion (%v)", n, err)
	}
	s.finish(t, l.Order)
}

func (s *suite) scans(t *testing.T) {
	l := s.one(t, "70", "70-2")
	for _, c := range []struct{ code, kind, subject string }{
		{"(01)04012345002003(21)" + l.Lot, "lot", l.Lot},
		{"]C10104012345002003" + "21" + l.Lot, "lot", l.Lot},
		{l.Lot, "lot", l.Lot},
		{"PM-5512", "component", "PM-5512"},
		{"B-121", "account", "op-121"},
		{"WHAT-IS-THIS", "unknown", ""},
	} {
		var a mes.ScanAnswer
		plant.OK(t, s.post(t, s.operator, "/scans", map[string]string{"code": c.code}).Into(&a))
		if string(a.Kind) != c.kind || a.Subject != c.subject || a.Text == "" {
			t.Errorf("%q is read as %s %q: %s", c.code, a.Kind, a.Subject, a.Text)
		}
	}
	s.refused(t, s.post(t, s.operator, "/scans", map[string]string{"code": "(01)04012345002004(21)X"}), http.StatusUnprocessableEntity, "check digit", "scan it again")
	s.finish(t, l.Order)
}

// queue checks that a station's next lots come by priority, then by due date.
func (s *suite) queue(t *testing.T) {
	var numbers []string
	for _, o := range []struct{ priority, due int }{{40, 2}, {90, 9}, {90, 4}} {
		n := s.number(t)
		body := request(n, "HK-20", 50)
		body["priority"], body["due"] = o.priority, in(o.due)
		s.ok(t, s.post(t, s.erp, "/work-orders", body))
		s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/release", nil))
		numbers = append(numbers, n)
	}
	want := numbers[2] + " " + numbers[1] + " " + numbers[0]
	plant.Eventually(t, 20*time.Second, func() string {
		var q mes.Queue
		if err := s.operator.Get(t.Context(), "/stations/ST80/queue", &q); err != nil {
			return err.Error()
		}
		var got []string
		for _, c := range q.Next {
			if strings.Contains(want, c.Order) {
				got = append(got, c.Order)
			}
		}
		if strings.Join(got, " ") != want {
			return "the order " + want + ", it is " + strings.Join(got, " ")
		}
		return ""
	})
	r, err := s.operator.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/stations/ST99/queue"})
	plant.OK(t, err)
	s.refused(t, r, http.StatusNotFound, "ST99")
	for _, n := range numbers {
		s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/cancel", map[string]string{"reason": "test is over"}))
	}
}
