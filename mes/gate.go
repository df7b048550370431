package mes

import (
	"fmt"
	"time"
)

// Gate is a moment at which certificates are asked for: what asks, and what was not done when they are missing.
type Gate struct{ What, Kept string }

// The gates of work. Signatures ask by themselves (SignatureRequest.Admit).
var (
	GateStart    = Gate{"This operation", "Nothing was started."}
	GateResume   = Gate{"This operation", "It stays paused."}
	GateStep     = Gate{"This step", "Nothing was stored; what was entered stays on the screen."}
	GateComplete = Gate{"This operation", "Nothing was finished; what was done is kept."}
)

// Valid tells whether the certificate counts at the given time. It ends at the moment that it names: at that moment it
// counts no more.
func (q Qualification) Valid(now time.Time) bool { return q.ExpiresAt == nil || q.ExpiresAt.After(now) }

// Admit lets pass who meets every need at the given time; nil needs ask nothing. The error says of the first that is
// missing what the person has instead: a lower level, or one that has ended, with the day in the site's zone.
func (g Gate) Admit(held []Qualification, now time.Time, zone *time.Location, needs ...*QualificationNeed) error {
	for _, need := range needs {
		if need == nil || need.met(held, now) {
			continue
		}
		return Refuse(CodeForbidden, fmt.Sprintf("%s needs %s level %d%s.", g.What, need.ID, need.Level, need.instead(held, now, zone)),
			g.Kept, "Call your supervisor.")
	}
	return nil
}

func (n QualificationNeed) met(held []Qualification, now time.Time) bool {
	for _, q := range held {
		if q.ID == n.ID && q.Level >= n.Level && q.Valid(now) {
			return true
		}
	}
	return false
}

// instead says what a person has in place of what is needed.
func (n QualificationNeed) instead(held []Qualification, now time.Time, zone *time.Location) string {
	var last time.Time
	level := 0
	for _, q := range held {
		switch {
		case q.ID != n.ID:
		case q.Valid(now):
			level = max(level, q.Level)
		case q.Level >= n.Level && q.ExpiresAt.After(last):
			last = *q.ExpiresAt
		}
	}
	switch {
	case !last.IsZero():
		return fmt.Sprintf("; yours ended on %s", last.In(zone).Format("2 Jan 2006"))
	case level > 0:
		return fmt.Sprintf("; you have level %d", level)
	}
	return ""
}

// Gate is what the entry asks of the person who made it; nil needs ask nothing. What a machine or a camera did by itself
// asks nothing.
func (e Entry) Gate(r Routing) (Gate, []*QualificationNeed) {
	byItself := e.Step != nil && e.Step.Kind.Automatic() && !e.Step.ByHand // its actor is the machine or camera
	if e.Actor.ID == "" || e.Actor.ID == ActorSystem || byItself {
		return Gate{}, nil
	}
	switch e.Kind {
	case EntryStarted:
		return GateStart, r.Needs(e.After.Operation, "")
	case EntryResumed:
		return GateResume, r.Needs(e.Before.Operation, "")
	case EntryStep, EntryAttempt:
		return GateStep, r.Needs(e.Before.Operation, e.Before.Step)
	case EntryCompleted:
		return GateComplete, r.Needs(e.Before.Operation, "")
	}
	return Gate{}, nil
}

// Needs are the certificates that an operation asks for, and with a step those of the step as well. Unknown ones ask
// nothing, since the lot's own rules refuse them.
func (r Routing) Needs(operation, step string) []*QualificationNeed {
	var out []*QualificationNeed
	_, o, ok := r.At(operation)
	if ok && o.Qualification != nil {
		out = append(out, o.Qualification)
	}
	if _, s, ok := o.At(step); ok && s.Qualification != nil {
		out = append(out, s.Qualification)
	}
	return out
}
