package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestAnAlertIsRaisedOncePerKey(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := mes.Alert{Site: site, Kind: mes.AlertQualificationEnds, Severity: mes.SeverityMedium, Noun: "account", Subject: "olga", Text: "Ends soon.", Role: mes.RoleSupervisor}
	f.must(f.Alerts.Raise(f.ctx, "k1", a))
	f.must(f.Alerts.Raise(f.ctx, "k1", a))
	b := a
	b.Role, b.Account = "", "olga"
	f.must(f.Alerts.Raise(f.ctx, "k2", b))
	for name, c := range map[string]struct {
		filter mes.AlertFilter
		want   int64
	}{
		"all":            {mes.AlertFilter{Site: site}, 2},
		"another site":   {mes.AlertFilter{Site: "X"}, 0},
		"a supervisor's": {mes.AlertFilter{Site: site, Roles: []mes.Role{mes.RoleSupervisor}, Account: "sue", Open: true}, 1},
		"olga's":         {mes.AlertFilter{Site: site, Roles: []mes.Role{mes.RoleOperator}, Account: "olga", Open: true}, 1},
		"both":           {mes.AlertFilter{Site: site, Roles: []mes.Role{mes.RoleOperator, mes.RoleSupervisor}, Account: "olga"}, 2},
		"other kind":     {mes.AlertFilter{Site: site, Kind: mes.AlertAuditBroken}, 0},
		"by text":        {mes.AlertFilter{Site: site, Paging: mes.Paging{Text: "OLGA"}}, 2},
	} {
		got, err := f.Alerts.List(f.ctx, c.filter)
		f.must(err)
		if got.Total != c.want {
			t.Errorf("%s: %d alerts, want %d", name, got.Total, c.want)
		}
	}
}

func TestAnAlertIsClosedOnceWithAWord(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.must(f.Alerts.Raise(f.ctx, "k1", mes.Alert{Site: site, Kind: mes.AlertAuditBroken, Severity: mes.SeverityCritical, Noun: "audit", Subject: "7", Text: "Row 7 does not fit."}))
	list, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Open: true})
	f.must(err)
	id := list.Items[0].ID
	_, err = f.Alerts.Close(f.ctx, "X", id, planner, "seen")
	f.refused(err, mes.CodeNotFound, "")
	closed, err := f.Alerts.Close(f.ctx, site, id, planner, "Restored from backup.")
	f.must(err)
	got, err := f.Alerts.Get(f.ctx, site, id)
	f.must(err)
	if got.ClosedAt == nil || got.ClosedBy != planner.ID || got.Comment != "Restored from backup." || closed.ClosedBy != planner.ID {
		t.Errorf("closed as %+v, stored as %+v", closed, got)
	}
	_, err = f.Alerts.Close(f.ctx, site, id, planner, "again")
	f.refused(err, mes.CodeConflict, planner.ID)
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "alert_closed"})
	f.must(err)
	if len(trail.Items) != 1 || trail.Items[0].Reason != "Restored from backup." {
		t.Errorf("audit trail %+v", trail.Items)
	}
}
