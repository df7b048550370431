package mes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ModelState says whether a model version may judge.
type ModelState string

// The states.
const (
	ModelCandidate ModelState = "candidate" // sends verdicts, and nobody has taken it into use yet
	ModelInUse     ModelState = "in_use"
	ModelRetired   ModelState = "retired" // must not send verdicts any more; one that comes raises an alert
)

// ModelStates lists all of them.
var ModelStates = []ModelState{ModelCandidate, ModelInUse, ModelRetired}

// RunsWhere is the kind of place where a model runs.
type RunsWhere string

// The places.
const (
	RunsEdge  RunsWhere = "edge"        // beside the camera
	RunsHere  RunsWhere = "on_premises" // in the plant's own computers
	RunsCloud RunsWhere = "cloud"
)

// RunsPlaces lists all of them.
var RunsPlaces = []RunsWhere{RunsEdge, RunsHere, RunsCloud}

// ModelRun is one place where a model version runs, and for which cameras.
type ModelRun struct {
	Where   RunsWhere `json:"where"`
	Place   string    `json:"place,omitempty"` // computer, site or address, as people call it
	Cameras []string  `json:"cameras"`
}

// ModelVersion is one version of a vision model.
type ModelVersion struct {
	Site      string     `json:"site"`
	Name      string     `json:"name"`
	Version   string     `json:"version"`
	State     ModelState `json:"state"`
	Task      string     `json:"task,omitempty"` // what it looks for
	FileHash  string     `json:"file_hash,omitempty"`
	TrainedOn string     `json:"trained_on,omitempty"` // data set, with its version
	Note      string     `json:"note,omitempty"`
	Runs      []ModelRun `json:"runs"`
	FirstSeen *time.Time `json:"first_seen,omitempty"` // of its first verdict
	LastSeen  *time.Time `json:"last_seen,omitempty"`
	Verdicts  int64      `json:"verdicts"` // of the last 30 days
	Cameras   []string   `json:"cameras"`  // that sent its verdicts in the last 30 days
	ChangedBy string     `json:"changed_by,omitempty"`
	ChangedAt time.Time  `json:"changed_at"`
	Changes   int        `json:"changes"`
}

// ModelOf names the model and the version of a result, which may give both in one text: bead-seg/7 is version 7 of bead-seg.
func ModelOf(model, version string) (string, string) {
	if version == "" {
		if i := strings.LastIndexAny(model, "/@"); i > 0 {
			return model[:i], model[i+1:]
		}
		return model, ""
	}
	for _, by := range []string{"/", "@"} {
		if name, ok := strings.CutSuffix(model, by+version); ok && name != "" {
			return name, version
		}
	}
	return model, version
}

// Title names the version to a person.
func (m ModelVersion) Title() string {
	if m.Version == "" {
		return m.Name
	}
	return m.Name + "/" + m.Version
}

// ModelChange describes a version, as it was read after Changes changes.
type ModelChange struct {
	Name      string
	Version   string
	Changes   int // 0 for one that was not there
	State     ModelState
	Task      string
	FileHash  string
	TrainedOn string
	Note      string
	Runs      []ModelRun
	Reason    string
}

// Validate names every field that can't be used. Taking a version into or out of use is a decision, and needs its reason.
func (c ModelChange) Validate(was ModelState) error {
	var f Faults
	f.Check(!blank(c.Name), "name", "is missing")
	f.Check(slices.Contains(ModelStates, c.State), "state", "must be one of %v", ModelStates)
	f.Check(c.State == was || !blank(c.Reason), "reason", "is missing: the state changes")
	f.Check(c.FileHash == "" || isHash(c.FileHash), "file_hash", "is not a SHA-256 in 64 hexadecimal digits")
	for i, r := range c.Runs {
		f.Check(slices.Contains(RunsPlaces, r.Where), fmt.Sprintf("runs[%d].where", i), "must be one of %v", RunsPlaces)
	}
	return f.Err("The model was not changed.")
}

func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// NounModel names model versions in alerts and audit rows.
const NounModel = "model_version"

// Models keeps the versions of vision models.
type Models interface {
	// Versions lists a site's versions by name, newest first within a name.
	Versions(ctx context.Context, site string) ([]ModelVersion, error)
	// Describe makes or changes a version. Codes: conflict (changed meanwhile), unprocessable.
	Describe(ctx context.Context, key, site string, by Actor, c ModelChange) (ModelVersion, error)
}
