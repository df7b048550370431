package store_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

func (f *floor) skill(id string) {
	f.Helper()
	_, err := f.Qualifications.PutSkill(f.ctx, f.key(), site, planner, mes.Skill{ID: id, Name: id + " work", ValidityMonths: 12})
	f.must(err)
}

func (f *floor) grant(skill string, level int, ends *time.Time) mes.Certificate {
	f.Helper()
	c, err := f.Qualifications.Grant(f.ctx, f.key(), site, planner, mes.Grant{Account: "olga", Skill: skill, Level: level, Issuer: "academy", IssuedAt: now().Add(-1000 * time.Hour), ExpiresAt: ends})
	f.must(err)
	return c
}

func TestACertificateIsGivenRenewedAndWithdrawnWithItsHistory(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.skill("ESD")
	soon, later := now().Add(72*time.Hour), now().Add(9000*time.Hour)
	g := mes.Grant{Account: "olga", Skill: "ESD", Level: 2, Issuer: "academy", IssuedAt: now().Add(-time.Hour), ExpiresAt: &soon,
		Evidence: &mes.Evidence{Name: "esd.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.7 proof")}}
	first, err := f.Qualifications.Grant(f.ctx, "g1", site, planner, g)
	f.must(err)
	again, err := f.Qualifications.Grant(f.ctx, "g1", site, planner, g)
	f.must(err)
	if again.ID != first.ID || first.State != mes.CertificateEnding {
		t.Errorf("given %+v, again %+v", first, again)
	}
	b, err := f.Qualifications.Evidence(f.ctx, site, first.ID)
	f.must(err)
	if string(b.Content) != "%PDF-1.7 proof" || b.Hash != first.Evidence {
		t.Errorf("evidence %q under %s", b.Content, b.Hash)
	}
	_, err = f.Qualifications.Evidence(f.ctx, "elsewhere", first.ID)
	f.refused(err, mes.CodeNotFound, "")
	second := f.grant("ESD", 2, &later)
	list, err := f.Qualifications.Certificates(f.ctx, mes.CertificateFilter{Site: site, Account: "olga", History: true})
	f.must(err)
	if list.Total != 2 || list.Items[0].State != mes.CertificateValid || list.Items[1].State != mes.CertificateReplaced {
		t.Errorf("history %+v", list.Items)
	}
	_, err = f.Qualifications.Withdraw(f.ctx, f.key(), site, planner, first.ID, "wrong")
	f.refused(err, mes.CodeConflict, "")
	_, err = f.Qualifications.Withdraw(f.ctx, f.key(), site, planner, second.ID, "failed the test")
	f.must(err)
	held, err := f.Accounts.Qualifications(f.ctx, "olga")
	f.must(err)
	if len(held) != 0 {
		t.Errorf("after the withdrawal of the newest she still holds %+v", held)
	}
	_, err = f.Qualifications.Withdraw(f.ctx, f.key(), site, planner, second.ID, "again")
	f.refused(err, mes.CodeConflict, "")
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "qualification_withdrawn"})
	f.must(err)
	if len(trail.Items) != 1 || trail.Items[0].Reason != "failed the test" || len(trail.Items[0].Before) == 0 {
		t.Errorf("audit trail %+v", trail.Items)
	}
}

func TestNobodyCertifiesThemselvesAndEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.skill("ESD")
	g := mes.Grant{Account: "olga", Skill: "ESD", Level: 1, Issuer: "olga", IssuedAt: now()}
	_, err := f.Qualifications.Grant(f.ctx, f.key(), site, mes.Actor{ID: "olga"}, g)
	f.refused(err, mes.CodeForbidden, "")
	g.Skill = "unknown"
	_, err = f.Qualifications.Grant(f.ctx, f.key(), site, planner, g)
	f.refused(err, mes.CodeNotFound, "unknown")
	g.Skill, g.Account = "ESD", "erp"
	_, err = f.Qualifications.Grant(f.ctx, f.key(), site, planner, g)
	f.refused(err, mes.CodeNotFound, "erp")
}

func TestCertificatesCannotBeRewritten(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.skill("ESD")
	f.grant("ESD", 1, nil)
	c, err := pgx.Connect(f.ctx, f.db.App)
	f.must(err)
	defer c.Close(f.ctx)
	for _, sql := range []string{"UPDATE certificate SET level = 9", "DELETE FROM certificate", "DELETE FROM labour_event", "UPDATE labour_event SET account = 'x'", "DELETE FROM certificate_withdrawal"} {
		if _, err := c.Exec(f.ctx, sql); err == nil {
			t.Errorf("%s was carried out", sql)
		}
	}
}

// TestRemindersGoOutOnce raises each word once, and closes it when the certificate is renewed.
func TestRemindersGoOutOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.skill("ESD")
	f.skill("Torque")
	soon, past := now().Add(5*24*time.Hour), now().Add(-time.Hour)
	f.grant("ESD", 1, &soon)
	f.grant("Torque", 1, &past)
	var r mes.Reminded
	var err error
	for range 2 {
		r, err = f.Qualifications.Remind(f.ctx, site)
		f.must(err)
	}
	if r.Next == nil || r.Next.Sub(soon).Abs() > time.Millisecond {
		t.Errorf("the next word is due at %v, want the end %v", r.Next, soon)
	}
	open := func(kind mes.AlertKind, a mes.AlertFilter) int64 {
		a.Site, a.Open, a.Kind = site, true, kind
		list, err := f.Alerts.List(f.ctx, a)
		f.must(err)
		return list.Total
	}
	for _, kind := range []mes.AlertKind{mes.AlertQualificationEnds, mes.AlertQualificationEnded} {
		if all, hers, theirs := open(kind, mes.AlertFilter{}), open(kind, mes.AlertFilter{Account: "olga", Roles: []mes.Role{mes.RoleOperator}}),
			open(kind, mes.AlertFilter{Account: "sue", Roles: []mes.Role{mes.RoleSupervisor}}); all != 2 || hers != 1 || theirs != 1 {
			t.Errorf("%s: %d open, %d for her, %d for supervisors", kind, all, hers, theirs)
		}
	}
	far := now().Add(9000 * time.Hour)
	f.grant("ESD", 1, &far)
	if n := open(mes.AlertQualificationEnds, mes.AlertFilter{}); n != 0 {
		t.Errorf("%d words of an end remain after the renewal", n)
	}
	list, err := f.Qualifications.Certificates(f.ctx, mes.CertificateFilter{Site: site, EndsBefore: &soon})
	f.must(err)
	if list.Total != 1 || list.Items[0].Skill != "Torque" || list.Items[0].State != mes.CertificateEnded {
		t.Errorf("ending soon: %+v", list.Items)
	}
}

// TestTheLedgerAsksForTheCertificateAgain blocks at each movement by what is true in its own transaction, whatever was
// decided before.
func TestTheLedgerAsksForTheCertificateAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := storetest.Unit()
	r.Product, r.Revision = "UNIT", "B"
	r.Operations[0].Qualification = &mes.QualificationNeed{ID: "ESD", Level: 1}
	r.Operations[0].Steps[0].Qualification = &mes.QualificationNeed{ID: "Boards", Level: 2}
	_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{Routings: []mes.Routing{r}, ApprovedBy: "engineer"})
	f.must(err)
	f.skill("ESD")
	f.skill("Boards")
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.refused(p.start("ST10"), mes.CodeForbidden, "This operation needs ESD level 1. Nothing was started.")
	esd := f.grant("ESD", 1, nil)
	f.must(p.start("ST10"))
	f.refused(p.scan(board(1)), mes.CodeForbidden, "This step needs Boards level 2. Nothing was stored")
	if p.at.Step != "1" {
		t.Errorf("the lot is at step %s", p.at.Step)
	}
	f.grant("Boards", 2, nil)
	f.must(p.scan(board(1)))
	f.must(p.scan("SCREW-1"))
	_, err = f.Qualifications.Withdraw(f.ctx, f.key(), site, planner, esd.ID, "failed the test")
	f.must(err)
	f.refused(p.finish(), mes.CodeForbidden, "Nothing was finished")
	past := now().Add(-time.Hour)
	f.grant("ESD", 1, &past)
	f.refused(p.finish(), mes.CodeForbidden, "yours ended on")
	f.grant("ESD", 2, nil)
	f.must(p.finish())
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if n := len(built.Operations[0].Steps); n != 2 {
		t.Errorf("%d steps are recorded; refused ones leave nothing", n)
	}
}
