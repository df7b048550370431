package store_test

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

func TestADraftIsHeldAgainstThePlant(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	r := storetest.Unit()
	r.Operations[0].Stations = []string{"ST99"}
	r.Operations[0].Qualification = &mes.QualificationNeed{ID: "Flying", Level: 1}
	r.Operations[0].Steps[0].Component.Material = "UNOBTAINIUM"
	r.Operations[0].Steps[0].Document = "WI-NONE"
	r.Operations[0].Steps[0].Picture = strings.Repeat("a", 64)
	r.Operations[1].Steps[0].Device = "TC-99"
	err := f.Documents.Check(f.ctx, unitRev("B"), content(f, r))
	for _, want := range []string{`station "ST99"`, `skill "Flying"`, `material "UNOBTAINIUM"`, `instruction "WI-NONE"`, `picture "aaa`, `device "TC-99"`} {
		f.refused(err, mes.CodeUnprocessable, want)
	}
	d, err := f.Documents.Draft(f.ctx, f.key(), site, author, mes.NewDraft{RevisionKey: unitRev("B"), Content: content(f, r)})
	f.must(err) // a draft may lack things
	_, err = f.Documents.Submit(f.ctx, f.key(), site, author, d.RevisionKey, mes.Submission{Version: d.Version, Reason: "x"})
	f.refused(err, mes.CodeUnprocessable, `station "ST99"`)
	if f.state(d.RevisionKey) != mes.DocDraft {
		t.Error("a refused submission changed the draft")
	}
}

func TestAnImportDoesNotGoAroundTheSignatures(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	f.approved(f.submitted("B", mes.Submission{}, longer))
	in := newRevision("C")
	report, err := f.Plant.Import(f.ctx, planner, in)
	f.must(err)
	if len(report.Drafts) != 1 || report.Drafts[0] != "UNIT rev C" || f.state(unitRev("C")) != mes.DocDraft || f.state(unitRev("B")) != mes.DocEffective {
		t.Fatalf("report %+v, C is %s, B is %s", report, f.state(unitRev("C")), f.state(unitRev("B")))
	}
	report, err = f.Plant.Import(f.ctx, planner, in) // again: it is there
	f.must(err)
	if report.Routings != 0 {
		t.Errorf("the same file counted again: %+v", report)
	}
	_, err = f.Documents.Withdraw(f.ctx, f.key(), site, planner, unitRev("C"), "for the test")
	f.must(err)
	in = newRevision("D")
	in.Unsigned = "line is down, quality knows"
	_, err = f.Plant.Import(f.ctx, planner, in)
	f.must(err)
	d, err := f.Documents.Get(f.ctx, unitRev(""))
	f.must(err)
	if d.Revision != "D" || d.Source != mes.SourceImport || d.Reason != "line is down, quality knows" {
		t.Errorf("in force %+v", d)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertDocumentUnsigned, Open: true})
	f.must(err)
	if alerts.Total != 1 || alerts.Items[0].Role != mes.RoleQuality || !contains(alerts.Items[0].Text, "without a signature") {
		t.Errorf("alerts %+v", alerts.Items)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "document", Subject: unitRev("D").String(), Action: "approved_by_import"})
	f.must(err)
	if rows.Total != 1 || !contains(string(rows.Items[0].After), `"instead_of_signatures": true`) || rows.Items[0].Reason != in.Unsigned {
		t.Errorf("audit %+v", rows.Items)
	}
}
