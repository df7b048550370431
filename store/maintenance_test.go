package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var (
	fitter  = mes.Actor{ID: "ole"}
	foreman = mes.Actor{ID: "sam"}
)

var screwPoints = []mes.IsolationPoint{{ID: "E1", Energy: "electrical", Place: "Cabinet", Position: "Off and locked"}, {ID: "P1", Energy: "pneumatic", Place: "Valve V3", Position: "Closed and vented"}}

// maintained is a plant with a fitter, a foreman, and the isolation points of ST20.
func maintained(t *testing.T) *floor {
	f := newFloor(t)
	f.person("ole", mes.RoleMaintenance)
	f.person("sam", mes.RoleSupervisor)
	_, err := f.Maintenances.PutPoints(f.ctx, f.key(), site, fitter, mes.MaintenanceSite{Station: "ST20", Points: screwPoints}, "")
	f.must(err)
	for _, c := range []mes.MaintenanceCode{{Tree: mes.TreeCause, ID: "WEAR", Name: "Wear"}, {Tree: mes.TreeRemedy, ID: "REPLACE", Name: "Replaced"}} {
		_, err := f.Maintenances.PutCode(f.ctx, f.key(), site, fitter, c, "")
		f.must(err)
	}
	return f
}

func (f *floor) at(id string, by mes.Actor) mes.MaintenancePlace {
	return mes.MaintenancePlace{Site: site, ID: id, Key: f.key(), By: by, Reason: "for the test"}
}

func (f *floor) job(j mes.MaintenanceJob, err error) mes.MaintenanceJob {
	f.Helper()
	f.must(err)
	return j
}

func (f *floor) broken(down bool) mes.MaintenanceJob {
	f.Helper()
	return f.job(f.Maintenances.Request(f.ctx, operator, mes.MaintenanceRequest{Site: site, Key: f.key(), Kind: mes.MaintainCorrective, Station: "ST20", Severity: mes.SeverityHigh,
		Source: mes.MaintainByPerson, Title: "Bit slips", Why: "Two screws were stripped", Down: down}))
}

func (f *floor) scheduled(id string, n mes.MaintenancePlanning) mes.MaintenanceJob {
	f.Helper()
	if n.DueAt == nil {
		due := now().Add(48 * time.Hour)
		n.DueAt = &due
	}
	if n.Severity == "" {
		n.Severity = mes.SeverityHigh
	}
	return f.job(f.Maintenances.Schedule(f.ctx, f.at(id, foreman), n))
}

// lockedOut brings a planned job to where its lock-out is signed.
func (f *floor) lockedOut(id string) mes.MaintenanceJob {
	f.Helper()
	for _, p := range screwPoints {
		f.job(f.Maintenances.Lock(f.ctx, f.at(id, fitter), p.ID, "LK-"+p.ID))
		f.job(f.Maintenances.Verify(f.ctx, f.at(id, fitter), p.ID))
	}
	f.job(f.Maintenances.AskLockout(f.ctx, f.at(id, fitter)))
	r := f.openRequest(mes.SignedLockout)
	_, err := f.sign(r, signer("sam", mes.RoleSupervisor), mes.MeaningPerformed)
	f.refused(err, mes.CodeForbidden, "not maintenance")
	_, err = f.sign(r, signer("ole", mes.RoleMaintenance), mes.MeaningPerformed)
	f.must(err)
	return f.job(f.Maintenances.Get(f.ctx, site, id))
}

// handedBack brings a job in work to its end.
func (f *floor) handedBack(id string) mes.MaintenanceJob {
	f.Helper()
	f.job(f.Maintenances.Test(f.ctx, f.at(id, fitter), mes.MaintenanceTest{Passed: true, Note: "Ten screws at 2.0 Nm"}))
	for _, p := range screwPoints {
		f.job(f.Maintenances.Remove(f.ctx, f.at(id, fitter), p.ID))
	}
	f.job(f.Maintenances.AskHandback(f.ctx, f.at(id, fitter)))
	r, err := f.sign(f.openRequest(mes.SignedHandback), signer("ole", mes.RoleMaintenance), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(r, signer("ole", mes.RoleMaintenance, mes.RoleSupervisor), mes.MeaningVerified)
	f.refused(err, mes.CodeForbidden, "ole")
	_, err = f.sign(r, signer("sam", mes.RoleSupervisor), mes.MeaningVerified)
	f.must(err)
	return f.job(f.Maintenances.Get(f.ctx, site, id))
}

// at20 brings a lot to where it waits for ST20 or ST21.
func (f *floor) at20(p *piece, n int) *piece {
	f.Helper()
	f.must(p.start("ST10"))
	f.must(p.scan(board(n)))
	f.must(p.scan("SCREW-1"))
	f.must(p.finish())
	return p
}

func TestAJobFromItsRequestToItsEnd(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	ps := f.lots("WO-1", "UNIT", 2)
	f.at20(ps[0], 1)
	f.at20(ps[1], 2)
	j := f.broken(false)
	if j.ID != "MJ-0001" || j.State != mes.MaintenanceRequested || len(j.Record.Points) != 2 || j.Bars(now()) != "" {
		t.Fatalf("requested: %+v", j)
	}
	_, err := f.Maintenances.Begin(f.ctx, f.at(j.ID, fitter))
	f.refused(err, mes.CodeConflict, "MJ-0001 is requested")
	f.scheduled(j.ID, mes.MaintenancePlanning{Owner: "ole", Minutes: 60})
	f.must(ps[0].start("ST20")) // a machine that works is dispatched until its first lock
	if j = f.lockedOut(j.ID); j.State != mes.MaintenanceLocked || j.LockedAt == nil {
		t.Fatalf("locked out: %+v", j)
	}
	f.refused(ps[1].start("ST20"), mes.CodeHeld, "ST20 is locked out for MJ-0001 (Bit slips) since")
	f.refused(ps[1].start("ST20"), mes.CodeHeld, "Take the lot to ST21, where its operation can be done too.")
	f.job(f.Maintenances.Begin(f.ctx, f.at(j.ID, fitter)))
	_, err = f.Maintenances.Find(f.ctx, f.at(j.ID, fitter), mes.Findings{Found: "Bit worn", Cause: "MOON", Remedy: "REPLACE"})
	f.refused(err, mes.CodeUnprocessable, "cause")
	f.job(f.Maintenances.Find(f.ctx, f.at(j.ID, fitter), mes.Findings{Found: "Bit worn", Cause: "WEAR", Remedy: "REPLACE"}))
	f.job(f.Maintenances.Work(f.ctx, f.at(j.ID, fitter), mes.MaintenanceLabour{Person: "ole", Minutes: 40}))
	if j = f.handedBack(j.ID); j.State != mes.MaintenanceReturned || j.BackAt == nil || j.LabourMinutes() != 40 || j.Downtime(now()) <= 0 {
		t.Fatalf("handed back: %+v", j)
	}
	f.refused(ps[1].start("ST20"), mes.CodeConflict, "ST20 works on") // only the lot that was let run is in its way
	if j = f.job(f.Maintenances.Close(f.ctx, f.at(j.ID, fitter))); j.State != mes.MaintenanceClosed {
		t.Fatalf("closed: %+v", j)
	}
	f.jobTrail(j.ID, "requested planned point_locked point_verified point_locked point_verified lockout_asked lockout_signed begun described time_written tested point_unlocked point_unlocked handback_asked handback_signed closed")
	f.jobToldOutside(j.ID, "requested planned lockout_signing locked_out in_work tested handback_signing handed_back closed")
	f.signaturesHold(mes.SignedLockout, "MJ-0001/1/lockout", 1)
	f.signaturesHold(mes.SignedHandback, "MJ-0001/1/handback", 2)
}

func (f *floor) jobTrail(id, want string) {
	f.Helper()
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: mes.NounMaintenance, Subject: id, Paging: mes.Paging{Limit: 200}})
	f.must(err)
	var got []string
	for i := len(trail.Items) - 1; i >= 0; i-- {
		got = append(got, trail.Items[i].Action)
	}
	if strings.Join(got, " ") != want {
		f.Errorf("the trail of %s says %v, want %s", id, got, want)
	}
}

func (f *floor) jobToldOutside(id, want string) {
	f.Helper()
	told, err := f.toldOutside(id)
	f.must(err)
	if got := strings.Join(told, " "); got != want {
		f.Errorf("the CMMS is told of %s: %s, want %s", id, got, want)
	}
}

// toldOutside lists the states that an outside CMMS was told of.
func (f *floor) toldOutside(id string) ([]string, error) {
	page, err := f.Outbox.List(f.ctx, mes.MessageFilter{Destination: mes.ToCMMS, Subject: "maint/" + site + "/" + id, Paging: mes.Paging{Limit: 200}})
	var out []string
	for i := len(page.Items) - 1; i >= 0; i-- {
		_, state, _ := strings.Cut(string(page.Items[i].Payload), `"state": "`)
		state, _, _ = strings.Cut(state, `"`)
		out = append(out, state)
	}
	return out, err
}

func (f *floor) signaturesHold(noun mes.SignedNoun, id string, n int) {
	f.Helper()
	of, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: noun, ID: id})
	f.must(err)
	if len(of) != n {
		f.Errorf("%s has %d signatures, want %d", id, len(of), n)
	}
	for _, s := range of {
		if s.State != mes.SignatureValid {
			f.Errorf("the signature of %s on %s is %s: %s", s.Signer, id, s.State, s.Why)
		}
	}
}

// TestAFailedTestLocksTheMachineOutAnew: the machine is barred all the time between, and what was signed first still holds.
func TestAFailedTestLocksTheMachineOutAnew(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	p := f.at20(f.lots("WO-1", "UNIT", 1)[0], 1)
	j := f.broken(false)
	f.scheduled(j.ID, mes.MaintenancePlanning{})
	f.lockedOut(j.ID)
	f.job(f.Maintenances.Begin(f.ctx, f.at(j.ID, fitter)))
	for _, q := range screwPoints {
		f.job(f.Maintenances.Remove(f.ctx, f.at(j.ID, fitter), q.ID))
	}
	j = f.job(f.Maintenances.Test(f.ctx, f.at(j.ID, fitter), mes.MaintenanceTest{Note: "Slips again"}))
	if j.State != mes.MaintenancePlanned || j.Record.Round != 2 || j.Record.Points[0].LockedAt != nil || j.Bars(now()) != mes.BarredByLocks {
		t.Fatalf("after the failed test: %+v", j)
	}
	f.refused(p.start("ST20"), mes.CodeHeld, "locked out for MJ-0001")
	_, err := f.Maintenances.Cancel(f.ctx, f.at(j.ID, foreman))
	f.refused(err, mes.CodeConflict, "not handed back")
	f.lockedOut(j.ID)
	f.job(f.Maintenances.Begin(f.ctx, f.at(j.ID, fitter)))
	if j = f.handedBack(j.ID); j.State != mes.MaintenanceReturned {
		t.Fatalf("%+v", j)
	}
	f.signaturesHold(mes.SignedLockout, "MJ-0001/1/lockout", 1)
	f.signaturesHold(mes.SignedLockout, "MJ-0001/2/lockout", 1)
	_, err = f.Maintenances.Close(f.ctx, f.at(j.ID, fitter))
	f.refused(err, mes.CodeUnprocessable, "cause")
	f.must(p.start("ST20"))
}

func TestAMachineThatIsDownIsBarredUntilTheRequestIsRejected(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	p := f.at20(f.lots("WO-1", "UNIT", 1)[0], 1)
	j := f.broken(true)
	f.refused(p.start("ST20"), mes.CodeHeld, "ST20 is down since")
	q, err := f.Stations.Queue(f.ctx, site, "ST20")
	f.must(err)
	other, err := f.Stations.Queue(f.ctx, site, "ST21")
	f.must(err)
	if q.Stop == nil || q.Stop.Subject != j.ID || other.Stop != nil || len(other.Next) != 1 {
		t.Errorf("the terminal is told %+v; the lot waits at the other station too: %d", q.Stop, len(other.Next))
	}
	list, err := f.Stations.List(f.ctx, site)
	f.must(err)
	if list[1].ID != "ST20" || list[1].State != "stopped" || !list[1].Barred || list[2].Barred {
		t.Errorf("stations %+v", list)
	}
	f.job(f.Maintenances.Reject(f.ctx, f.at(j.ID, foreman)))
	f.must(p.start("ST20"))
	f.jobTrail(j.ID, "requested rejected")
}

func TestPlannedAndOverdueWorkBarsTheNextStartOnly(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	ps := f.lots("WO-1", "UNIT", 2)
	for i, p := range ps {
		f.at20(p, i+1)
	}
	f.must(ps[0].start("ST20"))
	j := f.broken(false)
	past, soon := now().Add(-time.Minute), now().Add(time.Hour)
	f.scheduled(j.ID, mes.MaintenancePlanning{OutFrom: &past, DueAt: &soon})
	f.refused(ps[1].start("ST20"), mes.CodeHeld, "ST20 is maintenance's since")
	f.scheduled(j.ID, mes.MaintenancePlanning{OutFrom: &soon, DueAt: &soon})
	f.must(f.Maintenances.Exec(f.ctx, "UPDATE lot SET state = state WHERE id = $1", ps[0].id)) // what runs goes on
	f.scheduled(j.ID, mes.MaintenancePlanning{DueAt: &past, Severity: mes.SeverityCritical})
	f.refused(ps[1].start("ST20"), mes.CodeHeld, "is critical and overdue since")
	f.scheduled(j.ID, mes.MaintenancePlanning{DueAt: &past, Severity: mes.SeverityHigh})
	f.refused(ps[1].start("ST20"), mes.CodeConflict, "ST20 works on") // only its own lot is in the way now
}

// TestAStartAndALockDoNotMiss lets a start and the first lock race: whichever is first, no lot starts at a machine that is locked.
func TestAStartAndALockDoNotMiss(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	const tries = 6
	ps := f.lots("WO-1", "UNIT", tries+1)
	probe := f.at20(ps[tries], tries+1)
	for i, p := range ps[:tries] {
		j := f.broken(false)
		f.scheduled(j.ID, mes.MaintenancePlanning{})
		f.at20(p, i+1)
		var start, lock error
		var done sync.WaitGroup
		done.Go(func() { start = p.start("ST20") })
		done.Go(func() { _, lock = f.Maintenances.Lock(f.ctx, f.at(j.ID, fitter), "E1", "LK-1") })
		done.Wait()
		f.must(lock)
		if start != nil {
			f.refused(start, mes.CodeHeld, j.ID)
		} else {
			f.must(f.Maintenances.Exec(f.ctx, "UPDATE lot SET station = 'ST21' WHERE id = $1", p.id)) // makes room
		}
		f.refused(probe.start("ST20"), mes.CodeHeld, j.ID)
		f.job(f.Maintenances.Remove(f.ctx, f.at(j.ID, fitter), "E1"))
		f.job(f.Maintenances.Cancel(f.ctx, f.at(j.ID, foreman)))
	}
}

func TestAPartLeavesTheStock(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	j := f.broken(false)
	_, err := f.Maintenances.Use(f.ctx, f.at(j.ID, fitter), mes.MaintenancePart{Lot: "SCREW-1", Quantity: mes.One})
	f.refused(err, mes.CodeConflict, "is requested")
	f.scheduled(j.ID, mes.MaintenancePlanning{})
	f.lockedOut(j.ID)
	_, err = f.Maintenances.Use(f.ctx, f.at(j.ID, fitter), mes.MaintenancePart{Lot: "SCREW-1", Quantity: mes.Count(5000)})
	f.refused(err, mes.CodeConflict, "SCREW-1 has only 1000 left")
	in := f.at(j.ID, fitter)
	for range 2 { // the same key takes once
		j = f.job(f.Maintenances.Use(f.ctx, in, mes.MaintenancePart{Lot: "SCREW-1", Quantity: mes.Count(4), Unit: "pcs"}))
	}
	cost := mes.MustDecimal("12.50")
	j = f.job(f.Maintenances.Use(f.ctx, f.at(j.ID, fitter), mes.MaintenancePart{Text: "Bit T20", Quantity: mes.One, Cost: &cost}))
	if len(j.Record.Parts) != 2 || j.Record.Parts[0].Material != "SCREW" {
		t.Errorf("parts %+v", j.Record.Parts)
	}
	page, err := f.Lots.List(f.ctx, mes.LotFilter{Site: site, Material: "SCREW"})
	f.must(err)
	if left := page.Items[0].Remaining; !left.Equal(mes.Count(996)) {
		t.Errorf("%s are left", left)
	}
}

func TestAnOutsideNumberMakesOneJob(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	cmms := mes.Actor{ID: "cmms"}
	r := mes.MaintenanceRequest{Site: site, Kind: mes.MaintainPreventive, Station: "ST20", Severity: mes.SeverityLow, Source: mes.MaintainByCMMS, Title: "Grease", Why: "Every year", Outside: "WO-77"}
	var ids sync.Map
	var done sync.WaitGroup
	for range 4 {
		r.Key = f.key()
		in := r
		done.Go(func() {
			j, err := f.Maintenances.Request(f.ctx, cmms, in)
			if err != nil {
				t.Error(err)
			}
			ids.Store(j.ID, true)
		})
	}
	done.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d jobs for one number", n)
	}
	j := f.broken(false)
	for range 2 {
		f.must(f.Maintenances.Numbered(f.ctx, site, j.ID, "WO-78"))
	}
	if j = f.job(f.Maintenances.Get(f.ctx, site, j.ID)); j.Outside != "WO-78" || j.Version != 2 {
		t.Errorf("numbered %+v", j)
	}
}
