package system

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

const hoses = "/documents/routing/HK-20/"

// documents is one revision's whole way: drafted, in review, signed by somebody else, in force, read before the work,
// frozen by the next order, and taken up by a running one at its safe points. It comes last, since all orders after it
// are made by rev B.
func (s *suite) documents(t *testing.T) {
	running := s.order(t, "HK-20", 100) // two lots, on rev A
	var lots mes.Page[mes.LotView]
	plant.Eventually(t, time.Minute, func() string {
		plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+running+"/lots", &lots))
		if len(lots.Items) != 2 {
			return "the running order's two lots"
		}
		return ""
	})
	within, between := lots.Items[0].Lot, lots.Items[1].Lot
	s.ok(t, s.post(t, s.operator, "/lots/"+within+"/operations/80/start", map[string]string{"station": "ST80"}))

	s.effective(t, s.drafted(t))
	s.ok(t, s.post(t, s.operator, "/lots/"+within+"/operations/80/pause", nil)) // ST80 has room for one
	begun := s.readBeforeWork(t)
	s.ok(t, s.post(t, s.junior, "/lots/"+begun+"/operations/80/pause", nil))
	s.moved(t, running, within, between)
}

// drafted is rev B in review: one step more before the last operation ends.
func (s *suite) drafted(t *testing.T) (d mes.DocumentRevision) {
	var a mes.DocumentRevision
	plant.OK(t, s.planner.Get(t.Context(), hoses+"effective", &a))
	if a.Revision != "A" || a.Source != mes.SourceImport {
		t.Fatalf("in force is %s, from %s", a.Revision, a.Source)
	}
	var r mes.Routing
	plant.OK(t, json.Unmarshal(a.Content, &r))
	extra := mes.Operation{ID: "81", Name: "Blow out", Stations: []string{"ST80"}, OnFail: mes.FailRule{Then: mes.FailReview},
		Steps: []mes.Step{{ID: "81-1", Kind: mes.StepConfirm, Name: "Blow out", Instruction: "Three seconds from each end.", Document: "WI-TORQUE"}}}
	r.Operations = append(r.Operations[:1:1], append([]mes.Operation{extra}, r.Operations[1:]...)...)
	plant.OK(t, s.ok(t, s.post(t, s.planner, "/documents", map[string]any{"kind": "routing", "id": "HK-20", "revision": "B", "from": "A"})).Into(&d))
	r.Operations[1].Stations = []string{"ST99"}
	s.refused(t, s.post(t, s.planner, hoses+"B/check", map[string]any{"content": r}), http.StatusUnprocessableEntity, "ST99")
	r.Operations[1].Stations = []string{"ST80"}
	plant.OK(t, s.ok(t, s.post(t, s.planner, hoses+"B/change", map[string]any{"version": d.Version, "content": r})).Into(&d))
	s.refused(t, s.post(t, s.quality, hoses+"B/change", map[string]any{"version": d.Version - 1, "content": r}), http.StatusConflict, "pl-07 changed HK-20 rev B")
	s.refused(t, s.post(t, s.operator, hoses+"B/submit", map[string]any{"version": d.Version, "reason": "x"}), http.StatusForbidden)
	body := map[string]any{"version": d.Version, "reason": "Chips in the hose", "readers": map[string]any{"roles": []string{"operator"}}}
	plant.OK(t, s.ok(t, s.post(t, s.planner, hoses+"B/submit", body)).Into(&d))
	if d.State != mes.DocInReview || d.Request == "" {
		t.Fatalf("submitted %+v", d)
	}
	return d
}

func (s *suite) sign(t *testing.T, c *plant.Client, request string) *plant.Reply {
	t.Helper()
	var r mes.SignatureRequest
	plant.OK(t, c.Get(t.Context(), "/signature-requests/"+request, &r))
	out, err := c.Sign(t.Context(), r, s.key())
	plant.OK(t, err)
	return out
}

func (s *suite) effective(t *testing.T, d mes.DocumentRevision) {
	s.refused(t, s.sign(t, s.planner, d.Request), http.StatusForbidden)
	s.ok(t, s.sign(t, s.quality, d.Request))
	plant.OK(t, s.planner.Get(t.Context(), hoses+"effective", &d))
	if d.Revision != "B" || d.State != mes.DocEffective || d.ApprovedBy != "qe-02" {
		t.Fatalf("in force %+v", d)
	}
}

// readBeforeWork releases an order, which freezes rev B, and lets an operator work on it who has not read it.
func (s *suite) readBeforeWork(t *testing.T) (begun string) {
	n := s.order(t, "HK-20", 50)
	if got := s.readOrder(t, n).Revision; got != "B" {
		t.Fatalf("the order froze rev %s", got)
	}
	var lots mes.Page[mes.LotView]
	plant.Eventually(t, time.Minute, func() string {
		plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+n+"/lots", &lots))
		if len(lots.Items) != 1 {
			return "the order's lot"
		}
		return ""
	})
	lot := lots.Items[0].Lot
	begin := func() *plant.Reply {
		return s.post(t, s.junior, "/lots/"+lot+"/operations/80/start", map[string]string{"station": "ST80"})
	}
	s.refused(t, begin(), http.StatusForbidden, "Read HK-20 rev B first", "routing/HK-20/B")
	var list mes.Page[mes.ToRead]
	plant.OK(t, s.junior.Get(t.Context(), "/documents-to-read", &list))
	if len(list.Items) != 1 || list.Items[0].Revision != "B" {
		t.Fatalf("to read %+v", list.Items)
	}
	for _, c := range []*plant.Client{s.junior, s.operator, s.crimper} {
		s.ok(t, s.post(t, c, hoses+"B/confirm-read", map[string]string{"hash": list.Items[0].Hash}))
	}
	s.ok(t, begin())
	var docs mes.Page[mes.DocumentView]
	plant.OK(t, s.junior.Get(t.Context(), "/lots/"+lot+"/documents", &docs))
	if len(docs.Items) != 2 || !docs.Items[0].Read || docs.Items[1].ID != "WI-TORQUE" || docs.Items[1].Revision != "A" {
		t.Errorf("the lot is made by %+v", docs.Items)
	}
	return lot
}

// moved takes the running order over: the lot between two operations at once, the other one after its operation.
func (s *suite) moved(t *testing.T, running, within, between string) {
	path := "/work-orders/" + running + "/revision-change"
	var c mes.RevisionChange
	plant.OK(t, s.ok(t, s.post(t, s.planner, path, map[string]string{"to": "B", "reason": "Chips found at the customer"})).Into(&c))
	if s.readLot(t, between).Revision != "A" {
		t.Error("a request moved a lot")
	}
	s.refused(t, s.sign(t, s.planner, c.Request), http.StatusForbidden)
	s.ok(t, s.sign(t, s.quality, c.Request))
	if a, b := s.readLot(t, within).Revision, s.readLot(t, between).Revision; a != "A" || b != "B" {
		t.Errorf("within its operation the lot is on rev %s, between two on rev %s", a, b)
	}
	o := s.finish(t, running)
	if o.Revision != "B" || !o.Good.Add(o.Scrap).Equal(o.Quantity) {
		t.Errorf("the order ended as %+v", o)
	}
	for _, lot := range []string{within, between} {
		s.builtUnder(t, lot, map[bool]string{true: "A", false: "B"}[lot == within])
	}
}

// builtUnder reads the as-built record: operation 80 under the revision of its time, everything after it under B, the new
// operation done.
func (s *suite) builtUnder(t *testing.T, lot, first string) {
	var built mes.AsBuilt
	plant.OK(t, s.planner.Get(t.Context(), "/lots/"+lot+"/as-built", &built))
	var seen []string
	for _, o := range built.Operations {
		seen = append(seen, o.Operation)
		for _, st := range o.Steps {
			want := "B"
			if o.Operation == "80" {
				want = first
			}
			if st.Revision != want {
				t.Errorf("%s step %s was done under rev %s, want %s", lot, st.Step, st.Revision, want)
			}
		}
	}
	if !strings.Contains(strings.Join(seen, " "), "80 81 82") {
		t.Errorf("%s went through %v", lot, seen)
	}
}
