package mes

import (
	"fmt"
	"strconv"
	"strings"
)

// packML maps PackML's states (OPC 30050) by number. The states on the way into and out of Execute belong to the work; those on
// the way into a stop belong to the stop.
var packML = map[string]MachineState{
	"1": MachineUnplannedDown, "2": MachineUnplannedDown, "3": MachineRunning, "4": MachineIdle, "5": MachineStarved, "6": MachineRunning, "7": MachineUnplannedDown,
	"8": MachineUnplannedDown, "9": MachineUnplannedDown, "10": MachineUnplannedDown, "11": MachineUnplannedDown, "12": MachineRunning, "13": MachineStarved,
	"14": MachineRunning, "15": MachineIdle, "16": MachineRunning, "17": MachineIdle,
}

// packMLWords are the states by their words, in their order from 1.
var packMLWords = []string{"clearing", "stopped", "starting", "idle", "suspended", "execute", "stopping", "aborting", "aborted", "holding", "held", "unholding",
	"suspending", "unsuspending", "resetting", "completing", "complete"}

// packMLModes are PackML's modes, by number and word.
var packMLModes = map[string]MachineState{"2": MachinePlannedDown, "maintenance": MachinePlannedDown, "3": MachineSetup, "manual": MachineSetup, "setup": MachineSetup}

// rawWord is a tag's value as a mapping names it: whole numbers without a point, words as they are.
func rawWord(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(x), 'f', -1, 32)
	}
	return fmt.Sprint(v)
}

// stateOf maps a raw state and mode. detail is the machine's own word. A value that no mapping knows is unknown, and says so.
func (t MachineTags) stateOf(state, mode string) (s MachineState, detail string) {
	s, detail, known := t.mapped(state)
	if m, ok := t.Modes[mode]; ok && m != "" {
		return m, mode
	} else if m := packMLModes[strings.ToLower(mode)]; !ok && m != "" {
		return m, mode
	}
	if !known {
		return MachineUnknown, fmt.Sprintf("%s shows %q, which has no meaning here", t.State, state)
	}
	return s, detail
}

func (t MachineTags) mapped(raw string) (s MachineState, detail string, known bool) {
	if s, ok := t.States[raw]; ok {
		return s, t.wordOf(raw), true
	}
	if !t.PackML {
		return "", raw, false
	}
	n := raw
	for i, w := range packMLWords {
		if strings.EqualFold(w, raw) {
			n = strconv.Itoa(i + 1)
		}
	}
	s, known = packML[n]
	if s == MachineStarved && t.Suspended != "" {
		s = t.Suspended
	}
	return s, t.wordOf(n), known
}

// wordOf turns a PackML number into its word.
func (t MachineTags) wordOf(raw string) string {
	if n, err := strconv.Atoi(raw); t.PackML && err == nil && n >= 1 && n <= len(packMLWords) {
		w := packMLWords[n-1]
		return strings.ToUpper(w[:1]) + w[1:]
	}
	return raw
}

// alarmOf is the code that an alarm tag shows, empty for none.
func alarmOf(v any) string {
	if v == false {
		return ""
	}
	if w := rawWord(v); w != "0" {
		return w
	}
	return ""
}

// Missing tells from a device's own word that a tag is not there, as after somebody renamed it: OPC UA Part 4's status codes,
// and what the drivers say themselves.
func Missing(detail string) bool {
	d := strings.ToLower(detail)
	for _, word := range []string{"nodeidunknown", "nodeidinvalid", "the tag is unknown", "no such tag", "notfound"} {
		if strings.Contains(strings.ReplaceAll(d, "_", ""), word) {
			return true
		}
	}
	return false
}
