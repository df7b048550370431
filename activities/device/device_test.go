package device

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// fake is a hub with one device of each kind.
type fake struct {
	devices.Device
	cycle   func(devices.CycleRequest) (devices.CycleResult, error)
	err     error
	shots   []devices.Shot
	printed []string
}

func (f *fake) RunCycle(_ context.Context, _ string, req devices.CycleRequest) (devices.CycleResult, error) {
	return f.cycle(req)
}
func (f *fake) Camera(string) (devices.Camera, error)   { return f, nil }
func (f *fake) Printer(string) (devices.Printer, error) { return f, nil }
func (f *fake) Trigger(_ context.Context, s devices.Shot) error {
	f.shots = append(f.shots, s)
	return f.err
}
func (f *fake) Results(context.Context, func(context.Context, devices.CameraResult) error) error {
	return nil
}
func (f *fake) Print(_ context.Context, _, zpl string) error {
	f.printed = append(f.printed, zpl)
	return f.err
}

func execute[In, Out any](t *testing.T, a kit.Activity[In, Out], run func(context.Context, In) (Out, error), in In) (Out, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(10 * time.Second)
	a.Register(env, run)
	v, err := env.ExecuteActivity(a.Name, in)
	var out Out
	if err == nil {
		err = v.Get(&out)
	}
	return out, err
}

func TestCycleAnswersWhatTheStepJudges(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	value := func(name string, v any, q devices.Quality) devices.Value {
		return devices.Value{Name: name, Value: v, Quality: q, SourceTime: at}
	}
	var asked devices.CycleRequest
	f := &fake{cycle: func(req devices.CycleRequest) (devices.CycleResult, error) {
		asked = req
		return devices.CycleResult{Program: 7, OK: true, Values: []devices.Value{
			value("torque", float32(2.51), devices.Good), value("angle", int64(60), devices.Good), value("other", 1.0, devices.Good),
			value("bad", 1.0, devices.Bad), value("text", "x", devices.Good)}}, nil
	}}
	in := contract.CycleRequest{Device: "M2", Lot: "A", Seq: 9, Program: 7, TimeoutS: 30, Characteristics: []string{"torque", "angle", "bad", "text"}}
	out, err := execute(t, contract.RunCycle, RunCycle{Machines: f}.Execute, in)
	if err != nil || out.Silent != "" || out.Rejected || out.Program != 7 {
		t.Fatalf("%+v, %v", out, err)
	}
	got := map[string]string{}
	for _, r := range out.Readings {
		got[r.Characteristic] = r.Value.String()
		if !r.At.Equal(at) {
			t.Errorf("%s: at %s", r.Characteristic, r.At)
		}
	}
	if len(got) != 2 || got["torque"] != "2.51" || got["angle"] != "60" {
		t.Errorf("readings %v", got)
	}
	if asked.Seq != 9 || asked.Lot != "A" || asked.Program != 7 || asked.Timeout != 30*time.Second {
		t.Errorf("asked %+v", asked)
	}
}

func TestAMachinesRejectionIsToldOn(t *testing.T) {
	f := &fake{cycle: func(devices.CycleRequest) (devices.CycleResult, error) { return devices.CycleResult{OK: false}, nil }}
	if out, err := execute(t, contract.RunCycle, RunCycle{Machines: f}.Execute, contract.CycleRequest{Device: "M2"}); err != nil || !out.Rejected {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestSilentMachineIsAResult(t *testing.T) {
	for cause, want := range map[error]string{
		devices.ErrNoAnswer:       "M2 does not answer",
		devices.ErrNotReady:       "M2 is not ready",
		devices.ErrOutcomeUnknown: "M2 may or may not have taken the command",
		devices.ErrUnknownDevice:  "M2 is not set up here",
		devices.ErrOldNumber:      "M2 may have run this lot in the time that was lost",
		devices.ErrLostCycle:      "M2 has run this lot in the time that was lost",
	} {
		f := &fake{cycle: func(devices.CycleRequest) (devices.CycleResult, error) {
			return devices.CycleResult{}, fmt.Errorf("M2, lot A, cycle 9: %w", cause)
		}}
		out, err := execute(t, contract.RunCycle, RunCycle{Machines: f}.Execute, contract.CycleRequest{Device: "M2"})
		maybeRun := errors.Is(cause, devices.ErrNoAnswer) || errors.Is(cause, devices.ErrOutcomeUnknown) || errors.Is(cause, devices.ErrLostCycle)
		if err != nil || !strings.HasPrefix(out.Silent, want) || out.Lost != maybeRun {
			t.Errorf("%v: %+v, %v", cause, out, err)
		}
	}
}

func TestWhatIsNoAnswerOfTheDeviceIsTriedAgain(t *testing.T) {
	for _, cause := range []error{devices.ErrClosed, errors.New("the hub broke")} {
		f := &fake{cycle: func(devices.CycleRequest) (devices.CycleResult, error) { return devices.CycleResult{}, cause }}
		if out, err := execute(t, contract.RunCycle, RunCycle{Machines: f}.Execute, contract.CycleRequest{Device: "M2"}); err == nil {
			t.Errorf("%v: %+v", cause, out)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		last bool
		want string
	}{
		{devices.ErrNoAnswer, false, ""},
		{devices.ErrNoAnswer, true, "C2 does not answer"},
		{devices.ErrRefused, false, "C2 refuses"},
		{context.DeadlineExceeded, false, ""},
		{context.DeadlineExceeded, true, "C2 does not answer"},
		{errors.New("other"), true, ""},
	} {
		if got := inWords("C2", c.err, c.last); got != c.want {
			t.Errorf("%v, last %v: %q, want %q", c.err, c.last, got, c.want)
		}
	}
}

func TestShot(t *testing.T) {
	f := &fake{}
	in := contract.ShotRequest{Camera: "C2", ID: "A/20/1/look/1/1", Lot: "A", Operation: "20", Step: "look"}
	if out, err := execute(t, contract.TakeShot, TakeShot{Cameras: f}.Execute, in); err != nil || out.Silent != "" {
		t.Fatalf("%+v, %v", out, err)
	}
	if len(f.shots) != 1 || f.shots[0] != (devices.Shot{ID: in.ID, Camera: "C2", Lot: "A", Operation: "20", Step: "look"}) {
		t.Errorf("%+v", f.shots)
	}
	f.err = devices.ErrNoAnswer
	if _, err := execute(t, contract.TakeShot, TakeShot{Cameras: f}.Execute, in); err == nil {
		t.Error("a camera's silence was not tried again")
	}
}

func TestLabels(t *testing.T) {
	in := contract.PrintRequest{Printer: "L3", ID: "job", Template: "unit", Lot: "INV_1^~", Product: "INV-200", Order: "4711",
		Code: mes.SerialLabel("04012345678901", "INV_1"), Quantity: mes.One}
	f := &fake{}
	if out, err := execute(t, contract.PrintLabel, PrintLabel{Printers: f}.Execute, in); err != nil || out.Silent != "" || len(f.printed) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	zpl := f.printed[0]
	for _, want := range []string{"INV_5F1_5E_7E", "Order 4711", "_1010401234567890121INV_d0951", "^XZ"} {
		if !strings.Contains(zpl, want) {
			t.Errorf("the label lacks %s:\n%s", want, zpl)
		}
	}
	for _, name := range []string{"unit", "lot"} {
		in.Template = name
		text, err := Label(in)
		if err != nil || strings.Count(text, "^XA") != 1 || !strings.HasSuffix(strings.TrimSpace(text), "^XZ") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	in.Template = "nobody"
	if out, err := execute(t, contract.PrintLabel, PrintLabel{Printers: f}.Execute, in); err != nil || !strings.Contains(out.Silent, `no label "nobody"`) {
		t.Errorf("%+v, %v", out, err)
	}
}
