package api

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

var revB = mes.RevisionKey{Kind: mes.DocRouting, ID: "INV-200", Revision: "B"}

// reading is a house with a lot on rev B, which operators must have read.
func reading(t *testing.T) *house {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	h.lots.rows["L1"] = mes.LotView{Lot: "L1", Material: "INV-200", Revision: "B"}
	h.plant.routings["INV-200/B"] = mes.Routing{Operations: []mes.Operation{{ID: "30"}}}
	h.docs.readers = mes.Readers{Roles: []mes.Role{mes.RoleOperator}}
	return h
}

func TestWhoHasNotReadTheRevisionDoesNotStart(t *testing.T) {
	h := reading(t)
	start := func(role mes.Role) *reply {
		return h.postAt("ST30", role, "~/lots/L1/operations/30/start", map[string]string{"station": "ST30"})
	}
	p := start(mes.RoleOperator).refused(403, mes.CodeForbidden)
	if p.What != "INV-200 rev B is new to you." || p.Do != "Read INV-200 rev B first and confirm it." || p.Kept != "Nothing was started." {
		t.Errorf("told %+v", p)
	}
	if len(p.Errors) != 1 || p.Errors[0].Location != "body."+mes.ReadField || p.Errors[0].Message != revB.String() {
		t.Errorf("the terminal cannot tell what to offer: %+v", p.Errors)
	}
	if len(h.temporal.seen()) != 0 {
		t.Error("the start was sent to the lot")
	}
	start(mes.RoleSupervisor).wants(200) // not among the readers
	h.post(mes.RoleOperator, "~/documents/routing/INV-200/B/confirm-read", map[string]string{"hash": strings.Repeat("a", 64)}).wants(200)
	start(mes.RoleOperator).wants(200)
	asked := h.docs.asked
	start(mes.RoleOperator).wants(200)
	if h.docs.asked != asked {
		t.Error("what was confirmed once is asked for again")
	}
}

func TestAStepWithAnInstructionAsksForIt(t *testing.T) {
	h := reading(t)
	h.docs.readers = mes.Readers{}
	torque := mes.InForce{RevisionKey: mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI-TORQUE", Revision: "A"}, Operation: "30", Step: "2",
		Readers: mes.Readers{Qualified: []mes.QualificationNeed{{ID: "Torque", Level: 1}}}}
	h.docs.also["L1"] = []mes.InForce{torque}
	step := func(id string) *reply {
		return h.postAt("ST30", mes.RoleOperator, "~/lots/L1/operations/30/steps/"+id+"/complete", nil)
	}
	step("2").wants(200) // holds no certificate, so is not among the readers
	h.accounts.held["operator"] = []mes.Qualification{{ID: "Torque", Level: 2}}
	p := step("2").refused(403, mes.CodeForbidden)
	if p.Kept != "Nothing was stored." || p.Errors[0].Message != "instruction/WI-TORQUE/A" {
		t.Errorf("told %+v", p)
	}
	step("1").wants(200) // does not name it
	h.postAt("ST30", mes.RoleOperator, "~/lots/L1/operations/30/start", map[string]string{"station": "ST30"}).refused(403, mes.CodeForbidden)
	var docs mes.Page[mes.DocumentView]
	h.get(mes.RoleOperator, "~/lots/L1/documents").into(&docs)
	if len(docs.Items) != 2 || docs.Items[0].MustRead || !docs.Items[1].MustRead || docs.Items[1].Read || docs.Items[1].Step != "2" {
		t.Errorf("the lot's documents %+v", docs.Items)
	}
}

func TestALotsDocumentsTellOfNewerRevisions(t *testing.T) {
	h := reading(t)
	h.docs.current[mes.RevisionKey{Kind: mes.DocRouting, ID: "INV-200"}] = mes.CurrentRevision{Revision: "C", Since: &monday}
	var docs mes.Page[mes.DocumentView]
	h.get(mes.RoleQuality, "~/lots/L1/documents").into(&docs)
	if d := docs.Items[0]; d.Revision != "B" || d.Newer != "C" || d.NewerSince == nil || !d.NewerSince.Equal(monday) {
		t.Errorf("the lot's documents %+v", docs.Items)
	}
}

func TestADraftChangedMeanwhileNamesWho(t *testing.T) {
	h := newHouse(t)
	h.docs.rows[revB] = mes.DocumentRevision{RevisionKey: revB, Version: 3, ChangedBy: "planner", ChangedAt: monday, Content: json.RawMessage(`{}`)}
	change := func(version int) *reply {
		return h.post(mes.RoleQuality, "~/documents/routing/INV-200/B/change", map[string]any{"version": version, "content": map[string]any{"window": 4}})
	}
	p := change(2).refused(409, mes.CodeConflict)
	if !strings.HasPrefix(p.What, "planner changed INV-200 rev B at") || !strings.Contains(p.Kept, "still in the form") {
		t.Errorf("told %+v", p)
	}
	change(3).wants(200)
	if len(h.docs.updates) != 1 || h.docs.rows[revB].ChangedBy != "quality" {
		t.Errorf("updates %+v", h.docs.updates)
	}
}

func TestTwoRevisionsAreComparedWithoutTheirNames(t *testing.T) {
	h := newHouse(t)
	a, b := revB, revB
	a.Revision = "A"
	h.docs.rows[a] = mes.DocumentRevision{RevisionKey: a, Content: json.RawMessage(`{"product":"INV-200","revision":"A","window":12,"lot_size":"1","operations":[]}`)}
	h.docs.rows[b] = mes.DocumentRevision{RevisionKey: b, Content: json.RawMessage(`{"product":"INV-200","revision":"B","window":8,"lot_size":"1","operations":[]}`)}
	var c Comparison
	h.get(mes.RoleOperator, "~/documents/routing/INV-200/B/diff").into(&c) // with the one in force
	if c.From != "A" || c.To != "B" || len(c.Changes) != 1 || c.Changes[0].Path[0] != "window" || string(c.Changes[0].Old) != "12" || string(c.Changes[0].New) != "8" {
		t.Errorf("compared %+v", c)
	}
}

func TestPicturesAreNothingButPictures(t *testing.T) {
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	svg := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">` + inside + `</svg>`
	}
	for name, c := range map[string]struct{ body, kind, why string }{
		"png":             {dot.String() + "<script>behind the end</script>", "image/png", ""},
		"drawing":         {svg(`<style>.a{fill:red}</style><path class="a" d="M0 0h9"/><use href="#x"/>`), "image/svg+xml", ""},
		"pdf":             {"%PDF-1.7\n%…", "application/pdf", ""},
		"script":          {svg(`<script>alert(1)</script>`), "", "has the element script"},
		"attribute":       {svg(`<path d="M0 0" onload="alert(1)"/>`), "", "has the script attribute onload"},
		"foreign":         {svg(`<foreignObject/>`), "", "has the element foreignObject"},
		"link":            {svg(`<use href="https://elsewhere/x.svg#a"/>`), "", "links to something outside itself"},
		"style that asks": {svg(`<style>@import url(https://elsewhere)</style>`), "", "has a style that loads something"},
		"fill that asks":  {svg(`<path fill="url( https://elsewhere )"/>`), "", "loads something by fill"},
		"entities":        {`<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(``), "", "declares entities"},
		"html":            {"<html><body>hello</body></html>", "", "is neither SVG, PNG, JPEG nor PDF"},
		"cut off":         {dot.String()[:40], "", "cannot be read as a picture"},
	} {
		kind, clean, err := cleanPicture([]byte(c.body))
		why := ""
		if err != nil {
			why = err.Error()
		}
		if why != c.why || why == "" && kind != c.kind {
			t.Errorf("%s: %q %q, want %q %q", name, kind, why, c.kind, c.why)
		}
		if bytes.Contains(clean, []byte("script")) {
			t.Errorf("%s: what stood behind the picture was kept", name)
		}
	}
}

func TestOnlyWhoMayAsksForAMove(t *testing.T) {
	h := newHouse(t)
	body := map[string]string{"to": "B", "reason": "new screw"}
	h.post(mes.RoleOperator, "~/work-orders/4711/revision-change", body).refused(403, mes.CodeForbidden)
	h.post(mes.RolePlanner, "~/work-orders/4711/revision-change", body).wants(201)
	if len(h.changes.asked) != 1 || h.changes.asked[0] != "4711 to B by planner: new screw" {
		t.Errorf("asked %v", h.changes.asked)
	}
}
