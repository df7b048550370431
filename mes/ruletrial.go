package mes

import (
	"time"
)

// TrialFilter says on which stored verdicts a rule is tried: the camera's newest ones. Zero fields do not narrow.
type TrialFilter struct {
	Camera string     `json:"camera,omitempty"`
	Model  string     `json:"model,omitempty"`
	From   *time.Time `json:"from,omitempty"`
	To     *time.Time `json:"to,omitempty"`
	// Last is how many, newest first; 0 means 200, and more than MaxTrial is refused.
	Last int `json:"last,omitempty"`
}

// MaxTrial is the most pictures that a rule is tried on at once.
const MaxTrial = 5000

// Size is how many pictures are read.
func (f TrialFilter) Size() int {
	if f.Last <= 0 {
		return 200
	}
	return min(f.Last, MaxTrial)
}

// Validate names every field that can't be used.
func (f TrialFilter) Validate() error {
	var faults Faults
	faults.Check(f.Last >= 0 && f.Last <= MaxTrial, "last", "must be at most %d", MaxTrial)
	faults.Check(f.From == nil || f.To == nil || f.From.Before(*f.To), "from", "is not before the end")
	return faults.Err("The rule was not tried.")
}

// PastVerdict is a stored verdict as a rule is tried on it.
type PastVerdict struct {
	ID          string       `json:"id"`
	Camera      string       `json:"camera"`
	Lot         string       `json:"lot"`
	Model       string       `json:"model"`
	Image       string       `json:"image,omitempty"`
	Picture     Picture      `json:"picture"`
	Predictions []Prediction `json:"predictions"`
	Verdict     StepResult   `json:"verdict"` // that counted at the time
	// Label is what people said of it, empty where nobody did.
	Label      StepResult `json:"label,omitempty"`
	CapturedAt time.Time  `json:"captured_at"`
}

// TrialPicture is a stored verdict with what a rule says of it now.
type TrialPicture struct {
	PastVerdict
	Judged Judgement `json:"judged"`
}

// VerdictTally counts verdicts.
type VerdictTally struct {
	Pass      int `json:"pass"`
	Fail      int `json:"fail"`
	Undecided int `json:"undecided"`
}

func (t *VerdictTally) add(r StepResult) {
	switch r {
	case ResultPass:
		t.Pass++
	case ResultFail:
		t.Fail++
	default:
		t.Undecided++
	}
}

// TrialOutcome is what trying a rule on the past showed.
type TrialOutcome struct {
	Pictures int          `json:"pictures"`
	Old      VerdictTally `json:"old"` // by the rule in force, or as it counted where none is
	New      VerdictTally `json:"new"`
	// OldByPeople and NewByPeople compare both with what people said, over the pictures that somebody has looked at.
	OldByPeople Confusion `json:"old_by_people"`
	NewByPeople Confusion `json:"new_by_people"`
	// Changes counts the pictures whose verdict changes; Changed lists the first of them, those first that people judged
	// otherwise than the new rule.
	Changes int           `json:"changes"`
	Changed []TrialChange `json:"changed"`
}

// TrialChange is a picture whose verdict changes.
type TrialChange struct {
	ID    string     `json:"id"`
	Image string     `json:"image,omitempty"`
	Lot   string     `json:"lot"`
	Old   StepResult `json:"old"`
	New   StepResult `json:"new"`
	Label StepResult `json:"label,omitempty"`
	Why   string     `json:"why,omitempty"`
}

// MaxChanged is how many changed pictures an outcome lists.
const MaxChanged = 100

// Try tries the rule on the past, beside the one in force; old nil means that none is.
func (i InspectionRule) Try(old *InspectionRule, past []PastVerdict) TrialOutcome {
	out := TrialOutcome{Pictures: len(past), Changed: []TrialChange{}}
	var others []TrialChange
	for _, p := range past {
		was := p.Verdict
		if old != nil {
			was = old.Judge(p.Predictions, p.Picture).Verdict
		}
		judged := i.Judge(p.Predictions, p.Picture)
		out.Old.add(was)
		out.New.add(judged.Verdict)
		if p.Label != "" {
			out.OldByPeople.Add(was, p.Label, 1)
			out.NewByPeople.Add(judged.Verdict, p.Label, 1)
		}
		if was == judged.Verdict {
			continue
		}
		out.Changes++
		c := TrialChange{ID: p.ID, Image: p.Image, Lot: p.Lot, Old: was, New: judged.Verdict, Label: p.Label, Why: judged.Why()}
		if p.Label != "" && p.Label != judged.Verdict {
			out.Changed = append(out.Changed, c)
		} else {
			others = append(others, c)
		}
	}
	out.Changed = append(out.Changed, others...)
	out.Changed = out.Changed[:min(len(out.Changed), MaxChanged)]
	return out
}

// RuleTest is a stored trial of a revision's content.
type RuleTest struct {
	ID       string `json:"id"`
	Document string `json:"document"`
	Revision string `json:"revision"`
	Hash     string `json:"hash"` // of the content that was tried
	// Against is the revision in force that it was compared with, empty where there was none.
	Against string       `json:"against,omitempty"`
	Filter  TrialFilter  `json:"filter"`
	Outcome TrialOutcome `json:"outcome"`
	By      string       `json:"by"`
	At      time.Time    `json:"at"`
}
