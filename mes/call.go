package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CallKind says what is called for. A site makes its own; the screens know words for the ones below.
type CallKind string

// The kinds that every site begins with.
const (
	CallMaintenance CallKind = "maintenance"
	CallMaterial    CallKind = "material"
	CallQuality     CallKind = "quality"
	CallSupervisor  CallKind = "supervisor"
	CallSafety      CallKind = "safety"
)

// CallState is where a call stands.
type CallState string

// The states. A machine's call waits first: it is raised when the machine has not recovered by then.
const (
	CallWaiting      CallState = "waiting"
	CallOpen         CallState = "open"         // nobody has said that they come
	CallAcknowledged CallState = "acknowledged" // somebody is coming, or at work
	CallResolved     CallState = "resolved"
	CallCancelled    CallState = "cancelled" // raised by mistake, or gone before it was raised
)

// CallStates lists all of them.
var CallStates = []CallState{CallWaiting, CallOpen, CallAcknowledged, CallResolved, CallCancelled}

// Ended tells that nothing follows.
func (s CallState) Ended() bool { return s == CallResolved || s == CallCancelled }

// CallSource says who called.
type CallSource string

// The sources.
const (
	CallByPerson  CallSource = "person" // at a terminal or a desk, or a program over the API
	CallByMachine CallSource = "machine"
	CallByRule    CallSource = "rule" // a reaction rule about quality
)

// NounCall names calls in alerts and in the audit trail.
const NounCall = "call"

// CallID writes a call's number.
func CallID(n int64) string { return fmt.Sprintf("CALL-%04d", n) }

// Call is a cry for help from a station. Its escalation plan is the one that held when it was made: a later plan changes
// later calls.
type Call struct {
	ID       string     `json:"id"`
	Site     string     `json:"site"`
	Line     string     `json:"line"`
	Station  string     `json:"station"`
	Kind     CallKind   `json:"kind"`
	KindName string     `json:"kind_name"`
	Text     string     `json:"text,omitempty"`
	Severity Severity   `json:"severity"`
	Role     Role       `json:"role"` // who is called first
	State    CallState  `json:"state"`
	Source   CallSource `json:"source"`
	RaisedBy string     `json:"raised_by"`
	RaisedAt time.Time  `json:"raised_at"`
	// OpenAt is when it counts as raised, which all its times are measured from. A waiting call is raised then.
	OpenAt time.Time  `json:"open_at"`
	Plan   CallLadder `json:"plan"`
	// Watch is the machine definition's that raised it.
	Watch          string     `json:"watch,omitempty"`
	AcknowledgedBy string     `json:"acknowledged_by,omitempty"`
	AcknowledgedAt *time.Time `json:"acknowledged_at,omitempty"`
	EndedBy        string     `json:"ended_by,omitempty"`
	EndedAt        *time.Time `json:"ended_at,omitempty"`
	// EndNote says what was done, or why it was cancelled.
	EndNote string `json:"end_note,omitempty"`
	Version int64  `json:"version"`
}

// CallRequest asks for a call. Site and Key come from who asks.
type CallRequest struct {
	Site    string     `json:"-"`
	Key     string     `json:"-"`
	Source  CallSource `json:"-"`
	Watch   string     `json:"-"`
	AfterS  int        `json:"-"` // a machine's: it is raised after so many seconds only
	Station string     `json:"station,omitempty"`
	Kind    CallKind   `json:"kind"`
	Text    string     `json:"text,omitempty"`
}

// MaxCallText is how long what is said with a call may be.
const MaxCallText = 300

// Validate names every field that can't be used, by the site's plan.
func (r CallRequest) Validate(p AndonPlan, line string) error {
	var f Faults
	f.Check(!blank(r.Station), "station", "is missing")
	_, known := p.Kind(r.Kind, line)
	f.Check(known, "kind", "%q is no kind of call here; there are %v", r.Kind, p.KindsAt(line))
	f.Check(len(r.Text) <= MaxCallText, "text", "must have at most %d characters", MaxCallText)
	return f.Err("Nobody was called.")
}

// Open makes the call. Validate has found its kind.
func (r CallRequest) Open(id, line string, p AndonPlan, by Actor, now time.Time) Call {
	k, _ := p.Kind(r.Kind, line)
	c := Call{ID: id, Site: r.Site, Line: line, Station: r.Station, Kind: k.Kind, KindName: k.Name, Text: strings.TrimSpace(r.Text), Severity: k.Severity, Role: k.Role,
		State: CallOpen, Source: r.Source, RaisedBy: by.ID, RaisedAt: now, OpenAt: now.Add(time.Duration(r.AfterS) * time.Second), Plan: k.CallLadder, Watch: r.Watch, Version: 1}
	if r.AfterS > 0 {
		c.State = CallWaiting
	}
	return c
}

// Rung is one step of a call's ladders with the moment at which it falls due.
type Rung struct {
	// Key is unique within the call: nothing is done twice for it.
	Key string    `json:"key"`
	At  time.Time `json:"at"`
	EscalationStep
}

// Rungs are the steps that are ahead of the call in its state, in the order of time. While nobody comes there are both
// ladders, then the one that waits for the end.
func (c Call) Rungs() []Rung {
	var out []Rung
	add := func(ladder string, steps []EscalationStep) {
		for i, s := range steps {
			out = append(out, Rung{Key: fmt.Sprintf("%s/%d", ladder, i+1), At: c.OpenAt.Add(time.Duration(s.AfterMin) * time.Minute), EscalationStep: s})
		}
	}
	if c.State == CallOpen {
		add("respond", c.Plan.Respond)
	}
	if c.State == CallOpen || c.State == CallAcknowledged {
		add("resolve", c.Plan.Resolve)
	}
	slices.SortStableFunc(out, func(a, b Rung) int { return a.At.Compare(b.At) })
	return out
}

// Next is the next step after what was done; ok is false when the ladders end there.
func (c Call) Next(now time.Time) (r Rung, ok bool) {
	for _, r := range c.Rungs() {
		if r.At.After(now) {
			return r, true
		}
	}
	return r, false
}

// Raised opens a waiting call whose time has come.
func (c Call) Raised(now time.Time) (Call, bool) {
	if c.State != CallWaiting || now.Before(c.OpenAt) {
		return c, false
	}
	c.State = CallOpen
	c.Version++
	return c, true
}

// Acknowledge says that somebody comes. Who is called may say so, or whoever stands above.
func (c Call) Acknowledge(by Actor, roles []Role, now time.Time) (Call, error) {
	switch {
	case c.State == CallAcknowledged:
		return c, Refuse(CodeConflict, fmt.Sprintf("%s is coming already.", c.AcknowledgedBy), "Nothing was changed.", "")
	case c.State != CallOpen:
		return c, c.over()
	case !c.mayAnswer(roles):
		return c, Refuse(CodeForbidden, fmt.Sprintf("%s calls for %s.", c.ID, c.Role), "Nothing was changed.", "Tell them, or your supervisor.")
	}
	c.State, c.AcknowledgedBy, c.AcknowledgedAt = CallAcknowledged, by.ID, &now
	c.Version++
	return c, nil
}

// Resolve ends the call because its cause is gone. Whoever called may say so too. A call that nobody acknowledged was
// answered when it was resolved.
func (c Call) Resolve(by Actor, roles []Role, note string, now time.Time) (Call, error) {
	switch {
	case c.State != CallOpen && c.State != CallAcknowledged:
		return c, c.over()
	case by.ID != c.RaisedBy && by.ID != c.AcknowledgedBy && !c.mayAnswer(roles):
		return c, Refuse(CodeForbidden, fmt.Sprintf("%s calls for %s.", c.ID, c.Role), "Nothing was changed.", "Tell them, or your supervisor.")
	case len(note) > MaxCallText:
		var f Faults
		f.Add("note", "must have at most %d characters", MaxCallText)
		return c, f.Err("Nothing was changed.")
	}
	if c.AcknowledgedAt == nil {
		c.AcknowledgedBy, c.AcknowledgedAt = by.ID, &now
	}
	return c.end(CallResolved, by, note, now), nil
}

// Cancel takes a call back that was a mistake.
func (c Call) Cancel(by Actor, roles []Role, reason string, now time.Time) (Call, error) {
	switch {
	case c.State.Ended():
		return c, c.over()
	case by.ID != c.RaisedBy && !c.mayAnswer(roles):
		return c, Refuse(CodeForbidden, fmt.Sprintf("%s was raised by %s.", c.ID, c.RaisedBy), "Nothing was changed.", "Tell your supervisor.")
	case blank(reason):
		var f Faults
		f.Add("reason", "is missing")
		return c, f.Err("The call stands.")
	}
	return c.end(CallCancelled, by, reason, now), nil
}

// Withdraw ends a machine's call that still waited when the machine recovered; ok is false for any other.
func (c Call) Withdraw(now time.Time) (Call, bool) {
	if c.State != CallWaiting {
		return c, false
	}
	return c.end(CallCancelled, Actor{ID: ActorSystem}, "The machine recovered before.", now), true
}

func (c Call) end(s CallState, by Actor, note string, now time.Time) Call {
	c.State, c.EndedBy, c.EndedAt, c.EndNote = s, by.ID, &now, strings.TrimSpace(note)
	c.Version++
	return c
}

func (c Call) over() error {
	return Refuse(CodeConflict, fmt.Sprintf("%s is %s.", c.ID, c.State), "Nothing was changed.", "")
}

// mayAnswer tells whether one of the roles is called, or stands above: the roles of the ladders, supervisors and
// administrators.
func (c Call) mayAnswer(roles []Role) bool {
	for _, r := range roles {
		if r == c.Role || r == RoleSupervisor || r == RoleAdmin {
			return true
		}
		for _, s := range append(slices.Clone(c.Plan.Respond), c.Plan.Resolve...) {
			if string(r) == s.Role {
				return true
			}
		}
	}
	return false
}
