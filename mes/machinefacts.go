package mes

import "time"

// MachineFacts is all that a machine's present state follows from.
type MachineFacts struct {
	By MachineSource
	// Signal is what the tags say, empty before their first word.
	Signal       MachineState
	SignalSource StateSource
	Detail       string
	Alarm        string
	// Declared is a person's word that holds now, empty for none.
	Declared     MachineState
	DeclaredNote string
	DeclaredCode string // of the stop reason
	DeclaredBy   string
	DeclaredAt   *time.Time
	Working      int    // lots in work at the station
	Queued       int    // lots that could start there
	Stopped      string // why nothing may start there, empty where things may
	Blocked      string // why nothing that takes its work can, empty where something can
}

// Now is the state that follows. A person's word stands until the machine runs; planned down stands above that, since trials
// run too.
func (f MachineFacts) Now() StateStretch {
	own := f.own()
	if f.Declared != "" && !f.Outrun() {
		return StateStretch{Observed: f.Declared, State: f.Declared, Source: FromPerson, Note: f.DeclaredNote, Reason: f.DeclaredCode, ReasonBy: f.reasonBy(), ReasonAt: f.reasonAt(), Alarm: own.Alarm}
	}
	return own
}

// Outrun tells that a person's word is over because the machine runs.
func (f MachineFacts) Outrun() bool {
	return f.Declared != "" && f.By != MachineByHand && f.Declared != MachinePlannedDown && f.own().Observed == MachineRunning
}

func (f MachineFacts) reasonBy() string {
	if f.DeclaredCode == "" {
		return ""
	}
	return f.DeclaredBy
}

func (f MachineFacts) reasonAt() *time.Time {
	if f.DeclaredCode == "" {
		return nil
	}
	return f.DeclaredAt
}

// own is the state without anybody's word.
func (f MachineFacts) own() StateStretch {
	out := func(s MachineState, source StateSource, detail string) StateStretch {
		st := StateStretch{Observed: s, State: s, Source: source, Detail: detail}
		if Stopping(s) {
			st.Alarm = f.Alarm
		}
		return st
	}
	switch f.By {
	case MachineByHand:
		return out(MachineUnknown, FromSilence, "nobody has said")
	case MachineByTags:
		if f.Signal == "" {
			s := out(MachineUnknown, FromSilence, "nothing was heard of it yet")
			s.Absent = true
			return s
		}
		if f.Signal != MachineIdle {
			return out(f.Signal, f.SignalSource, f.Detail)
		}
	default:
		if f.Stopped != "" {
			return out(MachineUnplannedDown, FromWork, f.Stopped)
		}
		if f.Working > 0 {
			return out(MachineRunning, FromWork, "")
		}
	}
	switch {
	case f.Queued == 0 && f.Working == 0:
		return out(MachineStarved, FromWork, "")
	case f.Blocked != "":
		return out(MachineBlocked, FromWork, f.Blocked)
	case f.By == MachineByTags:
		return out(MachineIdle, f.SignalSource, f.Detail)
	}
	return out(MachineIdle, FromWork, "")
}

// Stopping tells whether a state is a stop that has a reason of its own. Blocked and starved have it in a neighbour.
func Stopping(s MachineState) bool {
	return s == MachineUnplannedDown || s == MachinePlannedDown || s == MachineSetup
}

// Down tells whether a machine in this state takes no work.
func (s MachineState) Down() bool { return s == MachineUnplannedDown || s == MachinePlannedDown }
