package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// TestADeviceWorksWhereItStands: the spare station may do the operation, but its torque controller stands elsewhere.
func TestADeviceWorksWhereItStands(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	before := *p
	f.refused(p.start("ST21"), mes.CodeConflict, "TC stands at ST20, not at ST21")
	*p = before
	f.must(p.start("ST20"))

	next, done, err := p.at.Measured(p.plan.Routing, p.id, []mes.Reading{{Characteristic: "T1", Value: mes.MustDecimal("2.0"), At: now()}}, false, now())
	f.must(err)
	refused := func(name string, change func(*mes.StepRecord), code mes.Code, text string) {
		t.Helper()
		again := *p
		err := again.record(mes.EntryMachine, next, p.step(done), func(e *mes.Entry) { change(e.Step) })
		t.Log(name)
		f.refused(err, code, text)
	}
	refused("another station's device", func(s *mes.StepRecord) { s.Device = "CAM" }, mes.CodeConflict, "CAM stands at ST30, not at ST20")
	refused("a device that nobody knows", func(s *mes.StepRecord) { s.Device = "TC-99" }, mes.CodeNotFound, "TC-99")
	refused("a record that claims another station", func(s *mes.StepRecord) { s.Station = "ST30" }, mes.CodeConflict, "TC stands at ST20, not at ST30")
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	for _, o := range built.Operations {
		if o.Operation == "20" && len(o.Steps) > 0 {
			t.Errorf("a refused reading is recorded: %+v", o.Steps)
		}
	}
	f.must(p.record(mes.EntryMachine, next, p.step(done)))
}

// TestACameraOfAnotherStationSaysNothing moves the camera away while its lot waits: what it says is kept and means nothing.
func TestACameraOfAnotherStationSaysNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	move := func(to string) {
		_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{Reason: "moved", Devices: []mes.Device{{ID: "CAM", Site: site, Station: to, Driver: "mqtt-camera", Name: "Camera", Config: []byte(`{}`)}}})
		f.must(err)
	}
	move("ST20")
	r, err := f.Visions.Ingest(f.ctx, verdict(p.id, mes.ResultPass, mes.ShotKey(p.id, p.at)))
	f.must(err)
	if r.Match != mes.MatchUnknown {
		t.Errorf("a verdict from elsewhere is %s", r.Match)
	}
	f.messages(mes.ToWorkflow, mes.MessageVerdict, 0)
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "lot", Subject: p.id, Action: "vision_result"})
	f.must(err)
	if rows.Total != 1 {
		t.Errorf("%d audit rows tell of it", rows.Total)
	}
	move("ST30")
	r, err = f.Visions.Ingest(f.ctx, verdict(p.id, mes.ResultPass, "inference-2"))
	f.must(err)
	if r.Match != mes.MatchWaiting {
		t.Errorf("the camera is back and its verdict is %s", r.Match)
	}
}

func TestProgramsAreBoundToDevices(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.must(f.Accounts.Upsert(f.ctx, planner, mes.Account{ID: "eyes", Name: "Inference", Kind: mes.AccountService, Site: site, Roles: []mes.Role{mes.RoleVision}, Active: true}))
	f.must(f.Devices.Bind(f.ctx, planner, site, "eyes", []string{"CAM", "PR"}, "the camera moved"))
	f.must(f.Devices.Bind(f.ctx, planner, site, "eyes", []string{"CAM"}, "the camera moved"))
	o, err := f.Devices.Owner(f.ctx, site, "CAM")
	f.must(err)
	if o.Station != "ST30" || len(o.Senders) != 1 || o.Senders[0] != "eyes" {
		t.Errorf("the owner is %+v", o)
	}
	o, err = f.Devices.Owner(f.ctx, site, "PR")
	f.must(err)
	if len(o.Senders) != 0 {
		t.Errorf("a binding that was taken back still holds: %+v", o)
	}
	_, err = f.Devices.Owner(f.ctx, "elsewhere", "CAM")
	f.refused(err, mes.CodeNotFound, "CAM")
	f.refused(f.Devices.Bind(f.ctx, planner, site, "olga", []string{"CAM"}, "the camera moved"), mes.CodeUnprocessable, "is a person")
	f.refused(f.Devices.Bind(f.ctx, planner, site, "eyes", []string{"CAM-99"}, "the camera moved"), mes.CodeUnprocessable, "devices[0]")
	f.refused(f.Devices.Bind(f.ctx, planner, site, "nobody", nil, "the camera moved"), mes.CodeNotFound, "nobody")
}
