package store_test

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestTerminals(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	n := mes.Terminal{Site: site, Station: "ST10", Name: " Kit, left ", IdleMinutes: 10}
	a, err := f.Terminals.Register(f.ctx, planner, n, "hash-a", "new screen at the line")
	f.must(err)
	if !strings.HasPrefix(a.ID, "T-") || a.Name != "Kit, left" || a.RegisteredBy != planner.ID || a.RegisteredAt.IsZero() || a.LastSeen != nil {
		t.Errorf("registered %+v", a)
	}
	_, err = f.Terminals.Register(f.ctx, planner, mes.Terminal{Site: site, Station: "ST20", Name: "Kit, left", IdleMinutes: 10}, "hash-b", "new screen at the line")
	f.refused(err, mes.CodeConflict, "Kit, left")
	_, err = f.Terminals.Register(f.ctx, planner, mes.Terminal{Site: site, Station: "ST99", Name: "x", IdleMinutes: 10}, "hash-b", "new screen at the line")
	f.refused(err, mes.CodeNotFound, "ST99")
	_, err = f.Terminals.Register(f.ctx, planner, mes.Terminal{Site: site, Station: "ST20", IdleMinutes: 0}, "hash-b", "new screen at the line")
	f.refused(err, mes.CodeUnprocessable, "idle_minutes")

	f.must(f.Terminals.Seen(f.ctx, a.ID))
	got, err := f.Terminals.ByToken(f.ctx, "hash-a")
	f.must(err)
	if got.ID != a.ID || got.LastSeen == nil {
		t.Errorf("found %+v", got)
	}
	changed, err := f.Terminals.Change(f.ctx, planner, site, a.ID, "Kit", 20, "asked for by the shift")
	f.must(err)
	if changed.Name != "Kit" || changed.IdleMinutes != 20 || changed.Station != "ST10" {
		t.Errorf("changed %+v", changed)
	}
	_, err = f.Terminals.Revoke(f.ctx, planner, site, a.ID, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	_, err = f.Terminals.Revoke(f.ctx, planner, "elsewhere", a.ID, "stolen")
	f.refused(err, mes.CodeNotFound, a.ID)
	gone, err := f.Terminals.Revoke(f.ctx, planner, site, a.ID, "stolen")
	f.must(err)
	if gone.RevokedAt == nil || gone.RevokedBy != planner.ID || gone.Reason != "stolen" {
		t.Errorf("revoked %+v", gone)
	}
	_, err = f.Terminals.ByToken(f.ctx, "hash-a")
	f.refused(err, mes.CodeNotFound, "")
	_, err = f.Terminals.Revoke(f.ctx, planner, site, a.ID, "again")
	f.refused(err, mes.CodeConflict, "was revoked")
	_, err = f.Terminals.Change(f.ctx, planner, site, a.ID, "Kit", 5, "asked for by the shift")
	f.refused(err, mes.CodeConflict, "was revoked")
	b, err := f.Terminals.Register(f.ctx, planner, mes.Terminal{Site: site, Station: "ST20", Name: "Kit", IdleMinutes: 10}, "hash-c", "new screen at the line")
	f.must(err) // the name of a revoked terminal is free
	list, err := f.Terminals.List(f.ctx, site)
	f.must(err)
	if len(list) != 2 || list[0].ID != b.ID || list[1].ID != a.ID {
		t.Errorf("listed %+v", list)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "terminal", Subject: a.ID})
	f.must(err)
	if rows.Total != 3 {
		t.Errorf("%d audit rows tell of one registration, one change and one revocation", rows.Total)
	}
	for _, r := range rows.Items {
		if strings.Contains(string(r.After), "hash-a") {
			t.Errorf("the token's hash is in the audit trail: %s", r.After)
		}
	}
}
