package mes_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// walk takes one lot through a routing by random commands and answers, good and bad, and holds every move against what
// must be true of all of them.
type walk struct {
	*rapid.T
	r     mes.Routing
	p     mes.Progress
	total mes.Decimal
	now   time.Time
}

func newWalk(t *rapid.T) *walk {
	r := anyRouting().Draw(t, "routing")
	if err := r.Validate(); err != nil {
		t.Fatalf("the generated routing is refused: %v", err)
	}
	w := &walk{T: t, r: r, total: r.LotSize, now: monday, p: mes.Enter(r, r.LotSize, monday)}
	w.coherent("enter")
	return w
}

// moves are all that can happen to a lot. Each gives the next progress, or refuses.
var moves = map[string]func(w *walk) (mes.Progress, error){
	"start": func(w *walk) (mes.Progress, error) {
		c := mes.StartOperation{Actor: mes.Actor{ID: "olga"}, Operation: w.anyOperation(), Station: w.anyStation()}
		return w.p.Start(w.r, lot1, c, w.now)
	},
	"pause":  func(w *walk) (mes.Progress, error) { return w.p.Pause(w.r, lot1, w.terminal(), w.anyOperation()) },
	"resume": func(w *walk) (mes.Progress, error) { return w.p.Resume(w.r, lot1, w.terminal(), w.anyOperation()) },
	"finish": func(w *walk) (mes.Progress, error) {
		return w.p.Finish(w.r, lot1, w.terminal(), w.anyOperation(), w.now)
	},
	"complete": func(w *walk) (mes.Progress, error) {
		after, done, err := w.p.Complete(w.r, lot1, w.completion(), w.now)
		w.judged(after, done, err)
		return after, err
	},
	"retry": func(w *walk) (mes.Progress, error) {
		return w.p.Retry(w.r, lot1, w.terminal(), w.anyOperation(), w.anyStep(), w.now)
	},
	"machine": func(w *walk) (mes.Progress, error) {
		s, _ := w.p.CurrentStep(w.r)
		value := rapid.SampledFrom([]string{"10", "10.5", "10.51", "2"}).Draw(w.T, "measured")
		after, done, err := w.p.Measured(w.r, lot1, readings(s, w.p.Quantity, dec(value)), rapid.Bool().Draw(w.T, "rejected"), w.now)
		w.judged(after, done, err)
		return after, err
	},
	"verdict": func(w *walk) (mes.Progress, error) {
		v := mes.Verdict{Result: rapid.SampledFrom([]mes.StepResult{mes.ResultPass, mes.ResultFail, mes.ResultUndecided}).Draw(w.T, "verdict"),
			Confidence: rapid.SampledFrom([]mes.Decimal{mes.Zero, dec("0.84"), dec("0.85"), dec("0.99"), mes.One, dec("97")}).Draw(w.T, "confidence")}
		after, done, err := w.p.Seen(w.r, lot1, v, w.now)
		sure := v.Result == mes.ResultPass && !v.Confidence.LessThan(dec("0.85")) && !v.Confidence.GreaterThan(mes.One)
		if (done.Result == mes.ResultPass) != sure && err == nil {
			w.Fatalf("%+v was judged %s", v, done.Result)
		}
		w.judged(after, done, err)
		return after, err
	},
	"silent":  func(w *walk) (mes.Progress, error) { return w.p.Silent("TC does not answer.", w.now), nil },
	"printed": func(w *walk) (mes.Progress, error) { return w.p.Printed(w.r, w.now), nil },
	"unseen": func(w *walk) (mes.Progress, error) {
		after, hold := w.p.Unseen(w.r, "", w.now)
		if s, _ := w.p.CurrentStep(w.r); hold && (s.OnSilence != mes.SilenceHold || after.State != mes.LotReview) {
			w.Fatalf("on hold although the policy is %s, lot %s", s.OnSilence, after.State)
		}
		return after, nil
	},
	"report": func(w *walk) (mes.Progress, error) {
		d := mes.Defect{Actor: w.terminal(), Code: rapid.SampledFrom([]string{"", "SCRATCH"}).Draw(w.T, "code"),
			Text: rapid.SampledFrom([]string{"", "On the lid."}).Draw(w.T, "text"), Review: rapid.Bool().Draw(w.T, "to review")}
		return w.p.Report(w.r, lot1, d, w.now)
	},
	"decide": func(w *walk) (mes.Progress, error) {
		c := mes.Review{Actor: mes.Actor{ID: "quinn"}, Decision: rapid.SampledFrom([]mes.Decision{mes.DecidePass, mes.DecideRework, mes.DecideScrap, ""}).Draw(w.T, "decision"),
			ReworkTo: rapid.SampledFrom([]string{"", "10", "20", "40", "99"}).Draw(w.T, "rework to"), Reason: rapid.SampledFrom([]string{"", "Looked at it."}).Draw(w.T, "why")}
		return w.p.Decide(w.r, lot1, c, w.now)
	},
	"scrap": func(w *walk) (mes.Progress, error) {
		q := rapid.SampledFrom([]string{"-1", "0", "0.5", "1", "2", "10"}).Draw(w.T, "pieces")
		tracking := rapid.SampledFrom([]mes.Tracking{mes.TrackSerial, mes.TrackLot}).Draw(w.T, "tracking")
		return w.p.Scrap(lot1, tracking, dec(q), "Broken.", w.now)
	},
}

// answers are the moves that a wait asks for, whatever they bring.
var answers = map[mes.WaitKind][]string{
	mes.WaitStation: {"start", "report"}, mes.WaitOperator: {"complete", "report", "scrap"}, mes.WaitMachine: {"machine", "silent", "printed"},
	mes.WaitCamera: {"verdict", "unseen", "silent"}, mes.WaitAnswer: {"retry", "complete", "verdict", "report"}, mes.WaitReview: {"decide"},
	mes.WaitNothing: moveNames,
}

var moveNames = slices.Sorted(maps.Keys(moves))

// completion is an operator's word on some step, most often the right one with what it asks for.
func (w *walk) completion() mes.CompleteStep {
	c := mes.CompleteStep{Actor: w.terminal(), Operation: w.anyOperation(), Step: w.anyStep()}
	s, _ := w.p.CurrentStep(w.r)
	if rapid.IntRange(0, 9).Draw(w.T, "empty-handed") == 0 {
		return c
	}
	switch s.Kind {
	case mes.StepScan:
		c.Scan = rapid.SampledFrom([]string{"SC-1", "(01)04012345678901(10)SC-1", "(01", ""}).Draw(w.T, "scan")
	case mes.StepMeasure, mes.StepDevice:
		c.Values = readings(s, w.p.Quantity, dec(rapid.SampledFrom([]string{"10", "9.5", "9.49"}).Draw(w.T, "entered")))
	case mes.StepLabel:
		c.Scan = rapid.SampledFrom([]string{lot1, mes.SerialLabel("04012345678901", lot1), "INV-000002", ""}).Draw(w.T, "label")
	}
	return c
}

func (w *walk) anyOperation() string {
	if rapid.IntRange(0, 7).Draw(w.T, "here") > 0 {
		return w.p.Operation
	}
	return rapid.SampledFrom([]string{"10", "20", "30", "40", "99"}).Draw(w.T, "operation")
}

func (w *walk) anyStep() string {
	if rapid.IntRange(0, 7).Draw(w.T, "current") > 0 {
		return w.p.Step
	}
	return rapid.SampledFrom([]string{"10-1", "10-2", "20-1", "20-3", "", "99-1"}).Draw(w.T, "step")
}

func (w *walk) anyStation() string {
	if rapid.IntRange(0, 7).Draw(w.T, "at its station") > 0 {
		return w.p.Station
	}
	return rapid.SampledFrom([]string{"ST10", "SU10", "ST20", ""}).Draw(w.T, "station")
}

// terminal is the lot's own, a desk, or another station's.
func (w *walk) terminal() mes.Actor {
	return mes.Actor{ID: "olga", Station: rapid.SampledFrom([]string{w.p.Station, w.p.Station, "", "ST99"}).Draw(w.T, "terminal")}
}

// judged: only a pass moves a lot on; whatever else came of a step leaves it there, or sends it where the rule says.
func (w *walk) judged(after mes.Progress, done mes.StepDone, err error) {
	switch {
	case err != nil && !reflect.DeepEqual(done, mes.StepDone{}):
		w.Fatalf("refused, and yet %+v is to be recorded", done)
	case err == nil && done.Result != mes.ResultPass && ahead(w.r, w.p, after):
		w.Fatalf("result %s moved the lot on from %+v to %+v", done.Result, w.p, after)
	case err == nil && done.Refusal != nil:
		wellSaid(w, done.Refusal)
	}
}

// ahead tells whether q is further in the routing than p, within the same visit or beyond it.
func ahead(r mes.Routing, p, q mes.Progress) bool {
	if p.Operation == q.Operation && p.Visit == q.Visit && !q.State.Ended() {
		return place(r, q) > place(r, p)
	}
	from, _, _ := r.At(p.Operation)
	to, _, _ := r.At(q.Operation)
	return to > from || q.State == mes.LotPacked
}

// place counts the steps done in this visit; -1 before it has started.
func place(r mes.Routing, p mes.Progress) int {
	_, o, _ := r.At(p.Operation)
	if p.Step == "" && p.Operator == "" && p.State != mes.LotPacked {
		return -1
	}
	if i, _, ok := o.At(p.Step); ok {
		return i
	}
	return len(o.Steps)
}

// move does one thing to the lot and checks it.
func (w *walk) move(name string) {
	w.now = w.now.Add(time.Minute)
	before, text := w.p, marshal(w, w.p)
	after, err := moves[name](w)
	if marshal(w, before) != text {
		w.Fatalf("%s changed the progress that it was given", name)
	}
	if err != nil {
		wellSaid(w, err)
		if !reflect.DeepEqual(after, before) {
			w.Fatalf("%s was refused (%v) and yet changed\n%+v\nto\n%+v", name, err, before, after)
		}
		return
	}
	if !reflect.DeepEqual(after, before) && (shared(after.Visits, before.Visits) || shared(after.Reworks, before.Reworks)) {
		w.Fatalf("%s shares a map between the old progress and the new", name)
	}
	w.inOrder(name, before, after)
	w.p = after
	w.coherent(name)
}

// inOrder: steps are done one after the other, each by who may do it; operations likewise, and back only by a failure
// or a decision.
func (w *walk) inOrder(name string, p, q mes.Progress) {
	if p.State.Ended() && !reflect.DeepEqual(p, q) {
		w.Fatalf("%s moved a lot that is %s", name, p.State)
	}
	from, _, _ := w.r.At(p.Operation)
	to, _, known := w.r.At(q.Operation)
	switch {
	case !known:
		w.Fatalf("%s led to operation %q", name, q.Operation)
	case p.Operation == q.Operation && p.Visit == q.Visit:
		w.stepByStep(name, p, q)
	case name == "finish":
		if to != from+1 || place(w.r, p) != len(w.r.Operations[from].Steps) || p.State != mes.LotRunning {
			w.Fatalf("finish went from %+v to %+v", p, q)
		}
	case to > from || q.State != mes.LotQueued || !slices.Contains([]string{"machine", "verdict", "report", "decide"}, name):
		w.Fatalf("%s went from %+v to %+v", name, p, q)
	}
}

// mayPass says who can bring a step of a kind to its end.
var mayPass = map[string][]mes.StepKind{
	"complete": {mes.StepConfirm, mes.StepScan, mes.StepMeasure, mes.StepLabel, mes.StepDevice},
	"machine":  {mes.StepDevice},
	"verdict":  {mes.StepVision},
	"decide":   {mes.StepMeasure, mes.StepDevice, mes.StepVision},
}

func (w *walk) stepByStep(name string, p, q mes.Progress) {
	was, is := place(w.r, p), place(w.r, q)
	s, _ := p.CurrentStep(w.r)
	switch {
	case is == was:
	case name == "start" && was == -1 && is == 0:
	case is != was+1 || !slices.Contains(mayPass[name], s.Kind):
		w.Fatalf("%s (step kind %s) went from %+v to %+v", name, s.Kind, p, q)
	case name == "complete" && s.Kind == mes.StepDevice && !(s.ByHand && p.Wait.Kind == mes.WaitAnswer):
		w.Fatalf("%s of a machine's step by hand, from %+v", name, p)
	}
}

// waits says what a lot may wait for in each state.
var waits = map[mes.LotState][]mes.WaitKind{
	mes.LotQueued: {mes.WaitStation}, mes.LotReview: {mes.WaitReview}, mes.LotPacked: {mes.WaitNothing}, mes.LotScrapped: {mes.WaitNothing},
	mes.LotRunning: {mes.WaitOperator, mes.WaitMachine, mes.WaitCamera, mes.WaitAnswer},
	mes.LotPaused:  {mes.WaitOperator, mes.WaitMachine, mes.WaitCamera, mes.WaitAnswer},
}

// coherent holds the lot against what is true at any time.
func (w *walk) coherent(name string) {
	p := w.p
	if !p.Quantity.Add(p.Scrapped).Equal(w.total) || p.Quantity.IsNegative() || p.Scrapped.IsNegative() {
		w.Fatalf("after %s: %s left and %s scrapped of %s", name, p.Quantity, p.Scrapped, w.total)
	}
	if !slices.Contains(waits[p.State], p.Wait.Kind) || p.Wait.Since.IsZero() {
		w.Fatalf("after %s the lot is %s and waits for %q since %s", name, p.State, p.Wait.Kind, p.Wait.Since)
	}
	if p.State == mes.LotScrapped != p.Quantity.IsZero() {
		w.Fatalf("after %s the lot is %s with %s left", name, p.State, p.Quantity)
	}
	s, atStep := p.CurrentStep(w.r)
	if p.Step != "" != atStep || atStep != (p.Attempt > 0) || p.Visit != p.Visits[p.Operation] {
		w.Fatalf("after %s the lot is at step %q, attempt %d, visit %d of %v", name, p.Step, p.Attempt, p.Visit, p.Visits)
	}
	if p.Automatic() && (p.Wait.On != s.Device || p.Wait.Kind == mes.WaitCamera != (s.Kind == mes.StepVision) || p.Wait.Kind == mes.WaitCamera != (p.Wait.Shot > 0)) {
		w.Fatalf("after %s the lot waits for %+v at a %s step of %s", name, p.Wait, s.Kind, s.Device)
	}
	for _, o := range w.r.Operations {
		if p.Reworks[o.ID] > o.OnFail.MaxReworks {
			w.Fatalf("after %s operation %s has sent the lot back %d times, its rule allows %d", name, o.ID, p.Reworks[o.ID], o.OnFail.MaxReworks)
		}
	}
}

func shared(a, b map[string]int) bool {
	return a != nil && reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

func marshal(w *walk, p mes.Progress) string {
	b, err := json.Marshal(p)
	if err != nil {
		w.Fatalf("%+v: %v", p, err)
	}
	return string(b)
}
