package mes

import (
	"fmt"
	"regexp"
	"slices"
)

// StopCategory says what the time of a stop counts as. It becomes the state of the stop when its reason is given.
type StopCategory string

// The categories.
const (
	StopUnplanned StopCategory = "unplanned"
	StopPlanned   StopCategory = "planned"
	StopSetup     StopCategory = "setup"
)

// State is what a stop of this category is.
func (c StopCategory) State() MachineState {
	switch c {
	case StopPlanned:
		return MachinePlannedDown
	case StopSetup:
		return MachineSetup
	}
	return MachineUnplannedDown
}

// StopReason is an entry in the tree of why machines stop. The tree has two levels, so that a reason is named in two touches:
// groups, and the reasons in them.
type StopReason struct {
	Code   string `json:"code"`
	Parent string `json:"parent,omitempty"` // code of its group; empty for a group
	// Names are the words by language, en and de.
	Names    map[string]string `json:"names"`
	Category StopCategory      `json:"category"`
	// Alarms are codes of machine alarms that propose this reason.
	Alarms []string `json:"alarms,omitempty"`
	// Stations are the only ones where it can be chosen; empty means all that its group allows.
	Stations []string `json:"stations,omitempty"`
	Position int      `json:"position,omitempty"`
	Active   bool     `json:"active"`
	Version  int64    `json:"version"`
}

var stopCode = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// Validate names what is wrong with an entry by itself.
func (r StopReason) Validate() error {
	var f Faults
	f.Check(stopCode.MatchString(r.Code), "code", "is 1 to 40 small letters, digits, dashes or underscores")
	f.Check(r.Parent != r.Code || r.Code == "", "parent", "can't be the entry itself")
	for _, lang := range []string{"en", "de"} {
		f.Check(!blank(r.Names[lang]) && len(r.Names[lang]) <= 80, "names."+lang, "is missing, or longer than 80 characters")
	}
	f.Check(slices.Contains([]StopCategory{StopUnplanned, StopPlanned, StopSetup}, r.Category), "category", "must be unplanned, planned or setup")
	f.Check(r.Parent != "" || len(r.Alarms) == 0, "alarms", "propose a reason, not a group")
	for i, a := range r.Alarms {
		f.Check(a != "", fmt.Sprintf("alarms[%d]", i), "is empty")
	}
	return f.Err("This stop reason can't be stored.")
}

// StopTree is a site's tree of reasons.
type StopTree []StopReason

// Get finds an entry.
func (t StopTree) Get(code string) (StopReason, bool) {
	i := slices.IndexFunc(t, func(r StopReason) bool { return r.Code == code })
	if i < 0 {
		return StopReason{}, false
	}
	return t[i], true
}

// Fits refuses an entry that the tree can't take: a parent that is none, a third level, an alarm that would propose two reasons at one
// station.
func (t StopTree) Fits(r StopReason) error {
	var f Faults
	if r.Parent != "" {
		p, known := t.Get(r.Parent)
		f.Check(known && p.Parent == "", "parent", "%q is not a group of the tree", r.Parent)
		f.Check(!slices.ContainsFunc(t, func(c StopReason) bool { return c.Parent == r.Code }), "parent", "%s has reasons below it and stays a group", r.Code)
	}
	for i, a := range r.Alarms {
		for _, o := range t {
			if o.Code != r.Code && o.Active && slices.Contains(o.Alarms, a) && overlap(o.Stations, r.Stations) {
				f.Add(fmt.Sprintf("alarms[%d]", i), "%q proposes %s already", a, o.Code)
			}
		}
	}
	return f.Err("This stop reason does not fit into the tree.")
}

func overlap(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// Allows tells whether a reason can be chosen at a station: it is active, has a group, and neither names other stations only.
func (t StopTree) Allows(code, station string) bool {
	r, known := t.Get(code)
	if !known || !r.Active || r.Parent == "" {
		return false
	}
	g, known := t.Get(r.Parent)
	here := func(r StopReason) bool { return len(r.Stations) == 0 || slices.Contains(r.Stations, station) }
	return known && g.Active && here(r) && here(g)
}

// Propose is the reason that an alarm at a station stands for, empty when none does.
func (t StopTree) Propose(station, alarm string) string {
	if alarm == "" {
		return ""
	}
	for _, r := range t {
		if slices.Contains(r.Alarms, alarm) && t.Allows(r.Code, station) {
			return r.Code
		}
	}
	return ""
}

// Refuse says why a reason can't be chosen at a station; nil when it can.
func (t StopTree) Refuse(code, station string) error {
	if t.Allows(code, station) {
		return nil
	}
	var f Faults
	f.Add("reason", "%q can't be chosen at %s", code, station)
	return f.Err("This reason can't be taken.")
}
