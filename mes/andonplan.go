package mes

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// Channel is a way in which an escalation reaches people.
type Channel string

// The channels.
const (
	ByAlert   Channel = "alert"   // in the system, to everyone with the role
	ByMail    Channel = "mail"    // to the addresses that the step names
	ByWebhook Channel = "webhook" // to the one receiver that the settings name
)

// Channels lists all of them.
var Channels = []Channel{ByAlert, ByMail, ByWebhook}

// EscalationStep is done when a call has been open for so long.
type EscalationStep struct {
	// AfterMin counts in minutes from when the call was raised.
	AfterMin int `json:"after_min"`
	// Role is who is told: one of the system's roles, or a word of the plant's such as manager, who has no alerts then.
	Role string    `json:"role"`
	By   []Channel `json:"by"`
	// Mail has the addresses for the channel mail. Accounts have none.
	Mail []string `json:"mail,omitempty"`
}

// CallLadder is the escalation plan of a call. Respond stops when somebody comes, Resolve when the call has ended.
type CallLadder struct {
	Respond []EscalationStep `json:"respond"`
	Resolve []EscalationStep `json:"resolve"`
}

// CallKindPlan is one kind of call, with whom it calls and what happens when nobody answers; with a line, it holds there in
// the place of the one without.
type CallKindPlan struct {
	Kind     CallKind `json:"kind"`
	Line     string   `json:"line,omitempty"`
	Name     string   `json:"name"`
	Role     Role     `json:"role"`
	Severity Severity `json:"severity"`
	CallLadder
}

// MachineWatch raises a call for a machine that stays in a state, or whose alarm stays on, for so long.
type MachineWatch struct {
	ID string `json:"id"`
	// Stations that it watches; none means all.
	Stations []string `json:"stations,omitempty"`
	// States and Alarm must both fit; no state means any, an empty alarm that none is needed, * any alarm.
	States []MachineState `json:"states,omitempty"`
	Alarm  string         `json:"alarm,omitempty"`
	AfterS int            `json:"after_s"`
	Kind   CallKind       `json:"kind"`
	Text   string         `json:"text,omitempty"`
}

// BoardPlan says which stations a line's board shows, in order. Without one it shows those of the product in work.
type BoardPlan struct {
	Line     string   `json:"line"`
	Stations []string `json:"stations"`
}

// AndonPlan is all that a site says about calls and boards.
type AndonPlan struct {
	Kinds   []CallKindPlan `json:"kinds"`
	Watches []MachineWatch `json:"watches"`
	Boards  []BoardPlan    `json:"boards"`
	// ShortStopS is up to how many seconds a stop counts as a short one on the board; left out, 120.
	ShortStopS int       `json:"short_stop_s,omitempty"`
	Version    int64     `json:"version"`
	ChangedBy  string    `json:"changed_by,omitempty"`
	ChangedAt  time.Time `json:"changed_at,omitzero"`
}

// DefaultShortStopS holds where a plan says nothing.
const DefaultShortStopS = 120

// DefaultAndonPlan is what a site calls by before it says anything.
func DefaultAndonPlan() AndonPlan {
	late := func(min int) CallLadder {
		return CallLadder{Respond: []EscalationStep{{AfterMin: min, Role: string(RoleSupervisor), By: []Channel{ByAlert}}}, Resolve: []EscalationStep{}}
	}
	return AndonPlan{Watches: []MachineWatch{}, Boards: []BoardPlan{}, ShortStopS: DefaultShortStopS, Kinds: []CallKindPlan{
		{Kind: CallMaintenance, Name: "Maintenance", Role: RoleMaintenance, Severity: SeverityHigh, CallLadder: late(10)},
		{Kind: CallMaterial, Name: "Material", Role: RoleSupervisor, Severity: SeverityHigh, CallLadder: late(10)},
		{Kind: CallQuality, Name: "Quality", Role: RoleQuality, Severity: SeverityHigh, CallLadder: late(10)},
		{Kind: CallSupervisor, Name: "Supervisor", Role: RoleSupervisor, Severity: SeverityHigh, CallLadder: late(10)},
		{Kind: CallSafety, Name: "Safety", Role: RoleSupervisor, Severity: SeverityCritical, CallLadder: late(2)},
	}}
}

// Kind finds the plan of a kind at a line.
func (p AndonPlan) Kind(kind CallKind, line string) (CallKindPlan, bool) {
	var found CallKindPlan
	ok := false
	for _, k := range p.Kinds {
		if k.Kind != kind || k.Line != "" && k.Line != line {
			continue
		}
		if !ok || k.Line != "" {
			found, ok = k, true
		}
	}
	return found, ok
}

// KindsAt lists the kinds that can be called at a line, in the order of the plan.
func (p AndonPlan) KindsAt(line string) []CallKind {
	var out []CallKind
	for _, k := range p.Kinds {
		if (k.Line == "" || k.Line == line) && !slices.Contains(out, k.Kind) {
			out = append(out, k.Kind)
		}
	}
	return out
}

// BoardOf lists the stations of a line's board; none when the plan does not say.
func (p AndonPlan) BoardOf(line string) []string {
	for _, b := range p.Boards {
		if b.Line == line {
			return b.Stations
		}
	}
	return nil
}

// ShortStop is up to how long a stop is a short one.
func (p AndonPlan) ShortStop() time.Duration {
	if p.ShortStopS <= 0 {
		return DefaultShortStopS * time.Second
	}
	return time.Duration(p.ShortStopS) * time.Second
}

// Watches tells whether the change is one that the watch waits for.
func (w MachineWatch) Watches(c MachineChange) bool {
	return (len(w.Stations) == 0 || slices.Contains(w.Stations, c.Station)) &&
		(len(w.States) == 0 || slices.Contains(w.States, c.After)) &&
		(w.Alarm == "" || w.Alarm == "*" && c.Alarm != "" || w.Alarm == c.Alarm)
}

// The bounds of a plan: what a person can still read, and timers that can still matter to somebody.
const (
	maxKinds     = 24
	maxSteps     = 8
	maxAfterMin  = 7 * 24 * 60
	maxWatches   = 200
	maxAfterS    = 24 * 60 * 60
	maxAddresses = 20
)

// Validate names every field that can't be used.
func (p AndonPlan) Validate() error {
	var f Faults
	f.Check(len(p.Kinds) > 0 && len(p.Kinds) <= maxKinds, "kinds", "there must be 1 to %d", maxKinds)
	seen := map[string]bool{}
	for i, k := range p.Kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		f.Check(routingID.MatchString(string(k.Kind)), at+".kind", idForm)
		f.Check(!seen[string(k.Kind)+"/"+k.Line], at+".kind", "%q is there twice for this line", k.Kind)
		seen[string(k.Kind)+"/"+k.Line] = true
		f.Check(!blank(k.Name) && len(k.Name) <= 40, at+".name", "must have 1 to 40 characters")
		f.Check(slices.Contains(Roles, k.Role), at+".role", "%q is no role", k.Role)
		f.Check(severityRank[k.Severity] > 0, at+".severity", "must be critical, high, medium or low")
		checkSteps(&f, at+".respond", k.Respond)
		checkSteps(&f, at+".resolve", k.Resolve)
	}
	p.checkWatches(&f)
	f.Check(p.ShortStopS >= 0 && p.ShortStopS <= 3600, "short_stop_s", "must be at most an hour")
	return f.Err("The plan of calls was not stored.")
}

func (p AndonPlan) checkWatches(f *Faults) {
	f.Check(len(p.Watches) <= maxWatches, "watches", "there must be at most %d", maxWatches)
	seen := map[string]bool{}
	for i, w := range p.Watches {
		at := fmt.Sprintf("watches[%d]", i)
		f.Check(routingID.MatchString(w.ID), at+".id", idForm)
		f.Check(!seen[w.ID], at+".id", "%q is there twice", w.ID)
		seen[w.ID] = true
		f.Check(len(w.States) > 0 || w.Alarm != "", at+".states", "name a state or an alarm")
		for j, s := range w.States {
			f.Check(slices.Contains(MachineStates, s), fmt.Sprintf("%s.states[%d]", at, j), "must be one of %v", MachineStates)
		}
		f.Check(w.AfterS >= 0 && w.AfterS <= maxAfterS, at+".after_s", "must be at most a day")
		known := slices.ContainsFunc(p.Kinds, func(k CallKindPlan) bool { return k.Kind == w.Kind })
		f.Check(known, at+".kind", "%q is no kind of call", w.Kind)
		f.Check(len(w.Text) <= MaxCallText, at+".text", "must have at most %d characters", MaxCallText)
	}
}

func checkSteps(f *Faults, at string, steps []EscalationStep) {
	f.Check(len(steps) <= maxSteps, at, "there must be at most %d", maxSteps)
	for i, s := range steps {
		at := fmt.Sprintf("%s[%d]", at, i)
		f.Check(s.AfterMin >= 0 && s.AfterMin <= maxAfterMin, at+".after_min", "must be from 0 to %d", maxAfterMin)
		f.Check(!blank(s.Role) && len(s.Role) <= 40, at+".role", "must have 1 to 40 characters")
		f.Check(len(s.By) > 0, at+".by", "name at least one of %v", Channels)
		for j, c := range s.By {
			f.Check(slices.Contains(Channels, c), fmt.Sprintf("%s.by[%d]", at, j), "must be one of %v", Channels)
		}
		f.Check(!slices.Contains(s.By, ByAlert) || slices.Contains(Roles, Role(s.Role)), at+".role", "%q is no role, so it has no alerts", s.Role)
		f.Check(slices.Contains(s.By, ByMail) == (len(s.Mail) > 0), at+".mail", "addresses go with the channel mail, and only with it")
		f.Check(len(s.Mail) <= maxAddresses, at+".mail", "there must be at most %d", maxAddresses)
		for j, m := range s.Mail {
			f.Check(plainAddress(m), fmt.Sprintf("%s.mail[%d]", at, j), "%q is no mail address", m)
		}
	}
}

// plainAddress tells a bare address from one with a name, a list, or a line break that would become a header.
func plainAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && !strings.ContainsAny(text, "\r\n")
}
