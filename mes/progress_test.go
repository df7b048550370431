package mes_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// Whatever is done to a lot, in any routing and any order, the rules of walk hold, and afterwards willing people and
// good machines bring it to its end.
func TestAnyLotStaysSoundAndCanBeFinished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t)
		for range rapid.IntRange(0, 60).Draw(t, "moves") {
			switch how := rapid.IntRange(0, 3).Draw(t, "how"); {
			case how > 1 && !w.p.State.Ended():
				w.forward()
			case how == 1:
				w.move(rapid.SampledFrom(answers[w.p.Wait.Kind]).Draw(t, "answer"))
			default:
				w.move(rapid.SampledFrom(moveNames).Draw(t, "move"))
			}
		}
		steps := 0
		for _, o := range w.r.Operations {
			steps += 2*len(o.Steps) + 2 // a label takes two: print and scan
		}
		for range steps + 3 { // and one each for a pause, a silence and a review
			if w.p.State.Ended() {
				return
			}
			w.forward()
		}
		if !w.p.State.Ended() {
			t.Fatalf("the lot does not come to its end, it is at %+v", w.p)
		}
	})
}

// forward does what the lot waits for, well.
func (w *walk) forward() {
	w.now = w.now.Add(time.Minute)
	before := w.p
	after, name, err := onward(w.r, w.p, w.now)
	if err != nil {
		w.Fatalf("%s, which the lot waits for at %+v, is refused: %v", name, before, err)
	}
	w.inOrder(name, before, after)
	w.p = after
	w.coherent(name)
}

// onward is the move that brings a lot closer to its end, and its name.
func onward(r mes.Routing, p mes.Progress, now time.Time) (after mes.Progress, name string, err error) {
	s, atStep := p.CurrentStep(r)
	by := mes.Actor{ID: "olga", Station: p.Station}
	switch {
	case p.State == mes.LotPaused:
		after, err = p.Resume(r, lot1, by, p.Operation)
		return after, "resume", err
	case p.Wait.Kind == mes.WaitStation:
		after, err = p.Start(r, lot1, mes.StartOperation{Actor: by, Operation: p.Operation, Station: p.Station}, now)
		return after, "start", err
	case p.Wait.Kind == mes.WaitReview:
		after, err = p.Decide(r, lot1, mes.Review{Decision: mes.DecidePass, Reason: "Fit for use"}, now)
		return after, "decide", err
	case p.Wait.Kind == mes.WaitAnswer:
		after, err = p.Retry(r, lot1, by, p.Operation, s.ID, now)
		return after, "retry", err
	case p.Wait.Kind == mes.WaitCamera:
		after, _, err = p.Seen(r, lot1, mes.Verdict{Result: mes.ResultPass, Confidence: dec("0.99")}, now)
		return after, "verdict", err
	case p.Wait.Kind == mes.WaitMachine && s.Kind == mes.StepLabel:
		return p.Printed(r, now), "printed", nil
	case p.Wait.Kind == mes.WaitMachine:
		after, _, err = p.Measured(r, lot1, readings(s, p.Quantity, dec("10")), false, now)
		return after, "machine", err
	case atStep:
		after, _, err = p.Complete(r, lot1, good(s, p), now)
		return after, "complete", err
	}
	after, err = p.Finish(r, lot1, by, p.Operation, now)
	return after, "finish", err
}

// good completes a step with just what it asks for.
func good(s mes.Step, p mes.Progress) mes.CompleteStep {
	c := mes.CompleteStep{Actor: mes.Actor{ID: "olga", Station: p.Station}, Operation: p.Operation, Step: s.ID}
	switch s.Kind {
	case mes.StepScan:
		c.Scan = "SC-1"
	case mes.StepMeasure:
		c.Values = readings(s, p.Quantity, dec("10"))
	case mes.StepLabel:
		c.Scan = lot1
	}
	return c
}

// A lot's progress survives storage: what the ledger writes and reads is what the workflow holds.
func TestProgressSurvivesStorage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t)
		for range rapid.IntRange(0, 20).Draw(t, "moves") {
			w.move(rapid.SampledFrom(moveNames).Draw(t, "move"))
		}
		var back mes.Progress
		if err := json.Unmarshal([]byte(marshal(w, w.p)), &back); err != nil {
			t.Fatal(err)
		}
		if !back.Quantity.Equal(w.p.Quantity) || !back.Scrapped.Equal(w.p.Scrapped) || !back.Wait.Since.Equal(w.p.Wait.Since) {
			t.Fatalf("%+v came back as %+v", w.p, back)
		}
		back.Quantity, back.Scrapped, back.Wait.Since = w.p.Quantity, w.p.Scrapped, w.p.Wait.Since
		if len(w.p.Reworks) == 0 {
			back.Reworks = w.p.Reworks // an empty map is left out
		}
		if !reflect.DeepEqual(back, w.p) {
			t.Fatalf("%+v came back as %+v", w.p, back)
		}
		// A progress that was read goes on like the one that was written.
		if next := back.Silent("Down", monday); next.State != w.p.State {
			t.Fatalf("%+v", next)
		}
	})
}
