package mes_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func line(revision string, ids ...string) mes.Routing {
	r := mes.Routing{Product: "INV", Revision: revision, LotSize: mes.One, LotPattern: "INV-{n}", Window: 1}
	for _, id := range ids {
		r.Operations = append(r.Operations, mes.Operation{ID: id, Name: "Operation " + id, Stations: []string{"ST" + id}, OnFail: mes.FailRule{Then: mes.FailScrap},
			Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm}}})
	}
	return r
}

// queued is a lot that has done everything before the operation.
func queued(r mes.Routing, operation string) mes.Progress {
	p := mes.Enter(r, mes.One, monday)
	for _, o := range r.Operations {
		p.Operation, p.Station, p.Visits[o.ID] = o.ID, o.Stations[0], 1
		if o.ID == operation {
			break
		}
	}
	return p
}

func TestALotGoesOverToAnotherRevision(t *testing.T) {
	for name, c := range map[string]struct {
		from []string
		at   string
		to   []string
		next string
		why  string
	}{
		"same operations":              {[]string{"10", "20", "30"}, "20", []string{"10", "20", "30"}, "20", ""},
		"one added ahead":              {[]string{"10", "20", "30"}, "20", []string{"10", "20", "25", "30"}, "20", ""},
		"one added just before it":     {[]string{"10", "20", "30"}, "20", []string{"10", "15", "20", "30"}, "15", ""},
		"its own removed":              {[]string{"10", "20", "30"}, "20", []string{"10", "30"}, "30", ""},
		"ahead in another order":       {[]string{"10", "20", "30"}, "20", []string{"10", "30", "20"}, "30", ""},
		"not begun, all new":           {[]string{"10", "20"}, "10", []string{"5", "15"}, "5", ""},
		"done one removed":             {[]string{"10", "20", "30"}, "30", []string{"10", "30"}, "", "Operation 20 is done and is not in rev B."},
		"done ones in another order":   {[]string{"10", "20", "30"}, "30", []string{"20", "10", "30"}, "", "Rev B has operation 20 before 10, which is done already."},
		"a new one before what's done": {[]string{"10", "20", "30"}, "30", []string{"10", "15", "20", "30"}, "", "Rev B has operation 15 before 20, which is done already."},
		"a new one at the beginning":   {[]string{"10", "20"}, "20", []string{"5", "10", "20"}, "", "Rev B has operation 5 before 10, which is done already."},
		"nothing left":                 {[]string{"10", "20"}, "20", []string{"10"}, "", "Rev B has no operation after 10."},
	} {
		from, to := line("A", c.from...), line("B", c.to...)
		before := queued(from, c.at)
		after, err := before.Rebase(from, to)
		if c.why != "" {
			if err == nil || mes.WhyOf(err) != c.why || !reflect.DeepEqual(after, before) {
				t.Errorf("%s: %v, want %s", name, err, c.why)
			} else {
				wellSaid(t, err)
			}
			continue
		}
		if err != nil || after.Operation != c.next || after.State != mes.LotQueued || after.Station != "ST"+c.next || after.Visit != 1 || after.Visits[c.next] != 1 {
			t.Errorf("%s: %+v, %v, want operation %s", name, after, err, c.next)
		}
		if c.next != c.at && after.Visits[c.at] != 0 {
			t.Errorf("%s: the visit that did not begin still counts: %v", name, after.Visits)
		}
		if !after.Wait.Since.Equal(before.Wait.Since) {
			t.Errorf("%s: the lot lost its place in the queue", name)
		}
	}
}

func TestOnlyALotBetweenOperationsGoesOver(t *testing.T) {
	r := line("A", "10", "20")
	for _, state := range []mes.LotState{mes.LotRunning, mes.LotPaused, mes.LotReview, mes.LotPacked, mes.LotScrapped} {
		p := queued(r, "10")
		p.State = state
		_, err := p.Rebase(r, line("B", "10", "20"))
		rule{mes.CodeConflict, "not between operations"}.check(t, err)
	}
}

// TestRebaseKeepsWhatIsTrue walks a lot anywhere, makes any other revision, and holds the move against what must be so:
// pieces and version stay, nothing that the new revision puts before the lot is lost, and the lot can always finish.
func TestRebaseKeepsWhatIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t)
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			if !w.p.State.Ended() && rapid.IntRange(0, 3).Draw(t, "how") > 0 {
				w.forward()
			} else {
				w.move(rapid.SampledFrom(moveNames).Draw(t, "move"))
			}
		}
		to := another(t, w.r)
		before := w.p
		after, err := before.Rebase(w.r, to)
		if err != nil {
			if !reflect.DeepEqual(after, before) {
				t.Fatalf("a refused move changed the lot")
			}
			return
		}
		if !after.Quantity.Equal(before.Quantity) || !after.Scrapped.Equal(before.Scrapped) || after.Version != before.Version {
			t.Fatalf("%+v became %+v", before, after)
		}
		done := before.Done(w.r)
		if got := after.Done(to); !slices.Equal(got, done) {
			t.Fatalf("%v are done, behind the lot are %v: an operation was lost or done twice", done, got)
		}
		if ahead := after.Ahead(to); len(ahead) == 0 || ahead[0] != after.Operation || len(ahead)+len(done) != len(to.Operations) {
			t.Fatalf("ahead are %v of %v", ahead, to.Operations)
		}
		_, o, _ := to.At(after.Operation)
		if after.State != mes.LotQueued || !slices.Contains(o.Stations, after.Station) || after.Visit != after.Visits[after.Operation] || after.Visit < 1 {
			t.Fatalf("stands wrong: %+v", after)
		}
		if _, err := after.Start(to, lot1, mes.StartOperation{Actor: mes.Actor{ID: "olga"}, Operation: after.Operation, Station: after.Station}, monday); err != nil {
			t.Fatalf("cannot go on: %v", err)
		}
	})
}

// another is a revision made of some of the operations of r and some new ones, in any order.
func another(t *rapid.T, r mes.Routing) mes.Routing {
	to := r
	to.Revision = "B"
	to.Operations = nil
	for i, o := range r.Operations {
		if rapid.IntRange(0, 3).Draw(t, "insert") == 0 {
			n := line("B", fmt.Sprint("N", i)).Operations[0]
			to.Operations = append(to.Operations, n)
		}
		if rapid.IntRange(0, 4).Draw(t, "keep") > 0 {
			to.Operations = append(to.Operations, o)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "shuffle") == 0 {
		to.Operations = rapid.Permutation(to.Operations).Draw(t, "order")
	}
	if len(to.Operations) == 0 {
		to.Operations = line("B", "N").Operations
	}
	return to
}

func TestThePreviewTellsEachLotsFate(t *testing.T) {
	from, to := line("A", "10", "20", "30"), line("B", "10", "20", "25", "30")
	running := queued(from, "20")
	running.State = mes.LotRunning
	last := queued(from, "30")
	last.State = mes.LotPaused
	for name, c := range map[string]struct {
		p    mes.Progress
		fate string
		next string
	}{
		"waits":             {queued(from, "20"), mes.FateMoved, "20"},
		"at work":           {running, mes.FateWaits, "25"},
		"waits for the end": {queued(from, "30"), mes.FateMoved, "25"},
		"at its end":        {last, mes.FateStays, ""},
	} {
		got := mes.PreviewLot("L", c.p, from, to)
		if got.Fate != c.fate || got.Next != c.next || (got.Fate == mes.FateStays) != (got.Why != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	p := mes.RevisionPreview{Order: "WO-1", From: "A", To: "B", NotStarted: mes.Zero, Lots: []mes.ChangedLot{{Fate: mes.FateStays}}}
	rule{mes.CodeConflict, "No piece of order WO-1 can move"}.check(t, p.Worth())
	p.NotStarted = mes.One
	rule{}.check(t, p.Worth())
}
