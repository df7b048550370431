package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestReadersAreCalledAndConfirm(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.must(f.Accounts.Qualify(f.ctx, mes.Actor{ID: "setup"}, "olga", mes.Qualification{ID: "Torque", Level: 1}, "trainer"))
	d := f.submitted("B", mes.Submission{Readers: mes.Readers{Qualified: []mes.QualificationNeed{{ID: "Torque", Level: 1}}, People: []string{"paula"}}}, longer)
	_, err := f.Documents.Confirm(f.ctx, site, operator, d.RevisionKey, d.Hash)
	f.refused(err, mes.CodeConflict, "is in review")
	f.approved(d)
	olga := mes.Reader{ID: "olga", Held: []mes.Qualification{{ID: "Torque", Level: 1}}}
	open := func() (who []string) {
		p, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertDocumentToRead, Open: true})
		f.must(err)
		for _, a := range p.Items {
			who = append(who, a.Account)
		}
		return who
	}
	if who := open(); strings.Join(who, " ") != "paula olga" && strings.Join(who, " ") != "olga paula" {
		t.Errorf("called are %v", who)
	}
	list, err := f.Documents.ToRead(f.ctx, site, olga)
	f.must(err)
	if len(list) != 1 || list[0].RevisionKey != d.RevisionKey || list[0].Hash != d.Hash {
		t.Fatalf("to read %+v", list)
	}
	if other, err := f.Documents.ToRead(f.ctx, site, mes.Reader{ID: "oscar", Roles: []mes.Role{mes.RoleOperator}}); err != nil || len(other) != 0 {
		t.Errorf("Oscar must read %+v, %v", other, err)
	}
	_, err = f.Documents.Confirm(f.ctx, site, operator, d.RevisionKey, strings.Repeat("0", 64))
	f.refused(err, mes.CodeConflict, "not the content")
	first, err := f.Documents.Confirm(f.ctx, site, mes.Actor{ID: "olga", Station: "ST10"}, d.RevisionKey, d.Hash)
	f.must(err)
	again, err := f.Documents.Confirm(f.ctx, site, operator, d.RevisionKey, d.Hash)
	f.must(err)
	if again.At != first.At || again.Station != "ST10" {
		t.Errorf("confirmed %+v, again %+v", first, again)
	}
	if who := open(); len(who) != 1 || who[0] != "paula" {
		t.Errorf("still called are %v", who)
	}
	if list, err = f.Documents.ToRead(f.ctx, site, olga); err != nil || len(list) != 0 {
		t.Errorf("still to read %+v, %v", list, err)
	}
	readers, err := f.Documents.Readers(f.ctx, site, d.RevisionKey)
	f.must(err)
	if len(readers) != 2 || readers[0].Account != "olga" || readers[0].ReadAt == nil || readers[1].ReadAt != nil {
		t.Errorf("readers %+v", readers)
	}
	if err := f.asOwner(`UPDATE mes.read_confirmation SET hash = ''`); err == nil {
		t.Error("a confirmation can be changed")
	}
	f.approved(f.submitted("C", mes.Submission{}, func(r *mes.Routing) { r.Window = 3 }))
	if who := open(); len(who) != 0 {
		t.Errorf("called to read what is superseded: %v", who)
	}
}

func TestAnOrderFreezesTheInstructionsOfItsSteps(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	wi := func(revision string) mes.NewDraft {
		return mes.NewDraft{RevisionKey: mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI", Revision: revision}, Name: "Tighten",
			Content: json.RawMessage(`{"title":"Tighten","text":"Crosswise, rev ` + revision + `"}`)}
	}
	names := func(r *mes.Routing) { r.Operations[1].Steps[0].Document = "WI" }
	_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{Documents: []mes.NewDraft{wi("1")}, ApprovedBy: "engineer"})
	f.must(err)
	f.approved(f.submitted("B", mes.Submission{}, names))
	lot := f.lots("WO-1", "UNIT", 1)[0]
	_, err = f.Plant.Import(f.ctx, planner, mes.PlantImport{Documents: []mes.NewDraft{wi("2")}, ApprovedBy: "engineer"})
	f.must(err)
	docs, err := f.Documents.InForce(f.ctx, site, lot.id)
	f.must(err)
	if len(docs) != 2 || docs[0].RevisionKey != unitRev("B") || docs[1].Revision != "1" || docs[1].Operation != "20" || docs[1].Step != "1" {
		t.Errorf("made by %+v", docs)
	}
	other := f.lots("WO-2", "UNIT", 1)[0]
	docs, err = f.Documents.InForce(f.ctx, site, other.id)
	f.must(err)
	if docs[1].Revision != "2" {
		t.Errorf("a later order is made by %+v", docs)
	}
	now, err := f.Documents.InForceNow(f.ctx, []mes.RevisionKey{docs[1].RevisionKey})
	f.must(err)
	if now[mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI"}].Revision != "2" {
		t.Errorf("in force now %+v", now)
	}
}
