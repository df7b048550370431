package mes

import (
	"fmt"
	"slices"
)

// Rebase moves a lot that waits between two operations from one revision of its routing to another. What is done stays
// done, by the revision that it was done by; the lot waits for the first operation of the new revision that comes after
// it. The error says, in a planner's words, why a lot can't go over: it never silently loses an operation that the new
// revision puts before its position, and never ends without one. Pieces, reworks and version stay as they are.
func (p Progress) Rebase(from, to Routing) (Progress, error) {
	if p.State != LotQueued {
		return p, stays("It is %s, not between operations", p.State)
	}
	here, _, ok := from.At(p.Operation)
	if !ok {
		return p, stays("Operation %s is not in rev %s", p.Operation, from.Revision)
	}
	if rework := p.inRework(from); rework != "" {
		return p, stays("It is in rework by %s", rework)
	}
	last := -1 // of what is done, in the new revision
	for _, done := range from.Operations[:here] {
		i, _, kept := to.At(done.ID)
		if !kept {
			return p, stays("Operation %s is done and is not in rev %s", done.ID, to.Revision)
		}
		if i < last {
			return p, stays("Rev %s does operation %s, which is done, in another order", to.Revision, done.ID)
		}
		for _, missed := range to.Operations[last+1 : i] {
			return p, stays("Rev %s has operation %s before %s, which is done already", to.Revision, missed.ID, done.ID)
		}
		last = i
	}
	if last+1 >= len(to.Operations) {
		return p, stays("Rev %s has no operation after %s", to.Revision, p.lastDone(from))
	}
	return p.requeue(to.Operations[last+1]), nil
}

func stays(format string, args ...any) error {
	return Refuse(CodeConflict, fmt.Sprintf(format, args...)+".", "The lot stays on its revision.", "")
}

func (p Progress) lastDone(r Routing) string {
	if i, _, _ := r.At(p.Operation); i > 0 {
		return r.Operations[i-1].ID
	}
	return "the beginning"
}

// requeue lines the lot up at another operation in place of the one that it has not begun. It keeps its place in time.
func (p Progress) requeue(o Operation) Progress {
	since := p.Wait.Since
	if p.Operation == o.ID {
		p = p.clone()
		if !slices.Contains(o.Stations, p.Station) {
			p.Station = o.Stations[0]
		}
		p.Wait = Wait{Kind: WaitStation, On: p.Station, Since: since}
		return p
	}
	p = p.clone()
	if p.Visits[p.Operation]--; p.Visits[p.Operation] <= 0 {
		delete(p.Visits, p.Operation)
	}
	return p.queueAt(o, since)
}

// Ahead lists the operations that a lot still has before it, the one it is at among them.
func (p Progress) Ahead(r Routing) []string {
	if p.State.Ended() {
		return nil
	}
	i, _, ok := r.At(p.Operation)
	if !ok {
		return nil
	}
	var out []string
	for _, o := range r.Operations[i:] {
		out = append(out, o.ID)
	}
	return out
}

// Done lists the operations that a lot has behind it.
func (p Progress) Done(r Routing) []string {
	i, _, _ := r.At(p.Operation)
	var out []string
	for _, o := range r.Operations[:i] {
		out = append(out, o.ID)
	}
	return out
}
