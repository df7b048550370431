package system

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// soon is how long a queue may take to change on a busy machine; on a quiet one it is a moment.
const soon = 30 * time.Second

// dispatching walks the causes of the issue: each changes the queue of a station at once, and the queue says why.
func (s *suite) dispatching(t *testing.T) {
	const station = "ST30"
	a, b := s.one(t, "30", ""), s.one(t, "30", "")
	q := queueOf{s, station, a.Lot, b.Lot}
	q.stands(t, "a b", mes.JobReady, "priority 50")

	s.ok(t, s.post(t, s.planner, "/work-orders/"+b.Order+"/change", map[string]any{"priority": 95, "reason": "the customer waits"}))
	q.stands(t, "b a", mes.JobReady, "priority 50")
	q.logged(t, mes.ReasonPriority)
	s.ok(t, s.post(t, s.planner, "/work-orders/"+b.Order+"/change", map[string]any{"priority": 50, "reason": "he went home"}))
	q.stands(t, "a b", mes.JobReady, "priority 50")

	s.ok(t, s.post(t, s.quality, "/lots/"+a.Lot+"/hold", map[string]string{"reason": "scratched"}))
	q.stands(t, "b a", mes.JobBarred, "on hold: scratched")
	q.logged(t, mes.ReasonHold)
	s.ok(t, s.post(t, s.quality, "/lots/"+a.Lot+"/release", map[string]string{"reason": "polished"}))
	q.stands(t, "a b", mes.JobReady, "priority 50")

	s.ok(t, s.post(t, s.supervisor, "/stations/"+station+"/stop", map[string]string{"reason": "oil on the floor"}))
	q.stands(t, "a b", mes.JobBarred, "ST30 is stopped since ")
	q.logged(t, mes.ReasonStopped)
	s.ok(t, s.post(t, s.supervisor, "/stations/"+station+"/lift", map[string]string{"reason": "cleaned"}))
	q.stands(t, "a b", mes.JobReady, "priority 50")

	s.ok(t, s.post(t, s.supervisor, "/machines/"+station+"/state", map[string]string{"state": "unplanned_down", "note": "Nozzle clogged"}))
	q.stands(t, "a b", mes.JobBarred, ", Nozzle clogged")
	q.logged(t, mes.ReasonDown)
	s.ok(t, s.post(t, s.supervisor, "/machines/"+station+"/state", map[string]string{"state": ""}))
	q.stands(t, "a b", mes.JobReady, "priority 50")

	s.materialLate(t, q, a.Order)
	s.nobodyQualified(t, q)

	m := map[string]string{"before": a.Lot, "reason": "he is here"}
	s.ok(t, s.post(t, s.supervisor, "/stations/"+station+"/queue/"+b.Lot+"/move", m))
	q.stands(t, "b a", mes.JobReady, "priority 50")
	s.ok(t, s.post(t, s.supervisor, "/stations/"+station+"/queue/"+b.Lot+"/undo-move", nil))
	q.stands(t, "a b", mes.JobReady, "priority 50")
	s.finish(t, a.Order)
	s.finish(t, b.Order)
}

// materialLate holds all paste: the job waits and says which lot is held, and the supervisor is alerted until there is some again.
func (s *suite) materialLate(t *testing.T, q queueOf, order string) {
	var stock mes.Page[mes.LotView]
	plant.OK(t, s.quality.Get(t.Context(), "/lots?material=TP&state=available&limit=500", &stock))
	if len(stock.Items) == 0 {
		t.Fatal("there is no paste to hold")
	}
	for _, l := range stock.Items {
		s.ok(t, s.post(t, s.quality, "/lots/"+l.Lot+"/hold", map[string]string{"reason": "too thin"}))
	}
	q.stands(t, "a b", mes.JobWaits, "no Thermal paste is free")
	q.stands(t, "a b", mes.JobWaits, " of Thermal paste is on hold")
	q.logged(t, mes.ReasonNoMaterial)
	q.alerted(t, order, true)
	for _, l := range stock.Items {
		s.ok(t, s.post(t, s.quality, "/lots/"+l.Lot+"/release", map[string]string{"reason": "as thick as ever"}))
	}
	q.stands(t, "a b", mes.JobReady, "priority 50")
	q.alerted(t, order, false)
}

// nobodyQualified takes the certificate from everybody who has it and gives it back.
func (s *suite) nobodyQualified(t *testing.T, q queueOf) {
	var held mes.Page[mes.Certificate]
	plant.OK(t, s.quality.Get(t.Context(), "/certificates?skill=Dispensing&limit=500", &held))
	var taken []mes.Certificate
	for _, c := range held.Items {
		if c.Level < 2 || c.State == mes.CertificateEnded {
			continue
		}
		s.ok(t, s.post(t, s.quality, fmt.Sprintf("/certificates/%d/withdraw", c.ID), map[string]string{"reason": "the training was wrong"}))
		taken = append(taken, c)
	}
	q.stands(t, "a b", mes.JobWaits, "nobody here has Dispensing level 2")
	q.logged(t, mes.ReasonNobody)
	for _, c := range taken {
		s.ok(t, s.post(t, s.quality, "/certificates", map[string]any{"account": c.Account, "skill": c.Skill, "level": c.Level, "issuer": "the school", "reason": "trained again"}))
	}
	q.stands(t, "a b", mes.JobReady, "priority 50")
}

// queueOf looks at two jobs, a and b, in the queue of a station.
type queueOf struct {
	s             *suite
	station, a, b string
}

// stands waits until the two are in an order, and a is in a state and says some words.
func (q queueOf) stands(t *testing.T, order string, state mes.JobState, words string) {
	t.Helper()
	plant.Eventually(t, soon, func() string {
		var queue mes.Queue
		if err := q.s.operator.Get(t.Context(), "/stations/"+q.station+"/queue", &queue); err != nil {
			return err.Error()
		}
		var got, said []string
		var is mes.JobState
		for _, c := range queue.Next {
			switch c.Lot {
			case q.a:
				got, is = append(got, "a"), c.Dispatch.State
				for _, r := range c.Dispatch.Reasons {
					said = append(said, r.Text)
				}
			case q.b:
				got = append(got, "b")
			}
		}
		if is != state || strings.Join(got, " ") != order || !strings.Contains(strings.Join(said, "; "), words) {
			return fmt.Sprintf("%q, %s, with %q; it is %q, %s: %s", order, state, words, strings.Join(got, " "), is, strings.Join(said, "; "))
		}
		return ""
	})
}

// alerted waits until there is an open alert that material is late for an order, or none any more.
func (q queueOf) alerted(t *testing.T, order string, want bool) {
	t.Helper()
	plant.Eventually(t, soon, func() string {
		var open mes.Page[mes.Alert]
		if err := q.s.supervisor.Get(t.Context(), "/alerts?open=true&kind=material_late&limit=500", &open); err != nil {
			return err.Error()
		}
		found := false
		for _, a := range open.Items {
			found = found || a.Subject == order
		}
		if found != want {
			return fmt.Sprintf("an open alert for %s: %v, want %v", order, found, want)
		}
		return ""
	})
}

// logged waits until the station's log has a line about one of the two with a reason.
func (q queueOf) logged(t *testing.T, code mes.ReasonCode) {
	t.Helper()
	plant.Eventually(t, soon, func() string {
		var log mes.Page[mes.DispatchChange]
		if err := q.s.operator.Get(t.Context(), "/stations/"+q.station+"/dispatch-log?limit=500", &log); err != nil {
			return err.Error()
		}
		for _, c := range log.Items {
			if c.Reason.Code == code && (c.Kind == mes.DispatchFirst || slices.Contains(c.Lots, q.a)) {
				return ""
			}
		}
		return fmt.Sprintf("a line with %s among %d lines", code, len(log.Items))
	})
}
