package mes

import "time"

// MachineState is what a machine does, in the words of the screens. ISO 22400 and PackML have finer ones; every one of theirs
// maps to one of these.
type MachineState string

// The states. Off shift is no state of a machine: it comes from the calendar when a log is read.
const (
	MachineRunning       MachineState = "running"
	MachineIdle          MachineState = "idle"           // could work, and nothing says why it does not
	MachineBlocked       MachineState = "blocked"        // can't get rid of what it made
	MachineStarved       MachineState = "starved"        // has nothing to work on
	MachineSetup         MachineState = "setup"          // is being made ready for another product
	MachinePlannedDown   MachineState = "planned_down"   // maintenance, trials: agreed before
	MachineUnplannedDown MachineState = "unplanned_down" // a fault, or nobody knows
	MachineUnknown       MachineState = "unknown"        // silent, or what it says can't be trusted
)

// MachineStates lists all of them.
var MachineStates = []MachineState{MachineRunning, MachineIdle, MachineBlocked, MachineStarved, MachineSetup, MachinePlannedDown, MachineUnplannedDown, MachineUnknown}

// StateSource says who brought a state.
type StateSource string

// The sources.
const (
	FromTag     StateSource = "tag"     // the machine itself
	FromWork    StateSource = "work"    // the lots at a station without a machine
	FromPerson  StateSource = "person"  // somebody at the terminal or at a desk
	FromSilence StateSource = "silence" // nothing was heard for too long
)

// StateStretch is one stretch of a machine's log: From belongs to it, Until does not; no Until means that it lasts.
type StateStretch struct {
	ID      int64      `json:"id"`
	Site    string     `json:"site"`
	Station string     `json:"station"`
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until,omitempty"`
	// Observed is what was seen, State what counts after a person's correction.
	Observed MachineState `json:"observed"`
	State    MachineState `json:"state"`
	Source   StateSource  `json:"source"`
	Detail   string       `json:"detail,omitempty"` // the machine's own word
	Alarm    string       `json:"alarm,omitempty"`
	// Reason is the code of the stop reason; empty means that nobody has explained it.
	Reason   string     `json:"reason,omitempty"`
	ReasonBy string     `json:"reason_by,omitempty"`
	ReasonAt *time.Time `json:"reason_at,omitempty"`
	Note     string     `json:"note,omitempty"`
	// Absent says that the machine's edge node was not heard. What it tells later takes the place of this stretch.
	Absent  bool  `json:"absent,omitempty"`
	Version int64 `json:"version"`
}

// MachineChange is a machine's step from one state to the next, or an alarm that came or went while the state stayed.
type MachineChange struct {
	Site    string
	Station string
	At      time.Time
	Before  MachineState // empty for the first
	After   MachineState
	Detail  string
	// Alarm is the code of the alarm that is on, empty for none; Text is the machine's own sentence.
	Alarm string
	Text  string
}
