package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CAPATaskState says where a task stands.
type CAPATaskState string

// The states.
const (
	TaskOpen     CAPATaskState = "open"
	TaskDone     CAPATaskState = "done"     // an action that waits to be verified; for other tasks the end
	TaskVerified CAPATaskState = "verified" // another person has seen that it works
	TaskDropped  CAPATaskState = "dropped"  // with a reason
)

// What an action works against.
const (
	CauseOccurrence = "occurrence"
	CauseEscape     = "escape"
)

// CAPATask is something that one person does until a day.
type CAPATask struct {
	ID        string        `json:"id"`
	Site      string        `json:"site"`
	CAPA      string        `json:"capa"`
	CAPATitle string        `json:"capa_title,omitempty"` // in lists over several
	Iteration int           `json:"iteration"`
	D         Discipline    `json:"d"`
	Title     string        `json:"title"`
	Against   string        `json:"against,omitempty"` // occurrence or escape, for actions (D6)
	Owner     string        `json:"owner"`
	DueAt     time.Time     `json:"due_at"`
	State     CAPATaskState `json:"state"`
	Note      string        `json:"note,omitempty"` // what was done, or why it was dropped
	// Evidence are files that prove it.
	Evidence     []CAPAEvidence `json:"evidence"`
	DoneBy       string         `json:"done_by,omitempty"`
	DoneAt       *time.Time     `json:"done_at,omitempty"`
	Verification string         `json:"verification,omitempty"` // what the verifier saw
	VerifiedBy   string         `json:"verified_by,omitempty"`
	VerifiedAt   *time.Time     `json:"verified_at,omitempty"`
	CreatedBy    string         `json:"created_by"`
	CreatedAt    time.Time      `json:"created_at"`
}

// CAPAEvidence is a file, kept under the hash of its content.
type CAPAEvidence struct {
	Hash string    `json:"hash"`
	Name string    `json:"name"`
	Type string    `json:"type"`
	Size int       `json:"size"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Ended tells that a task needs no more work. An action (D6) ends with its verification.
func (t CAPATask) Ended() bool {
	return t.State == TaskVerified || t.State == TaskDropped || t.State == TaskDone && t.D != D6
}

// NewCAPATask is what a new task is made of.
type NewCAPATask struct {
	D       Discipline `json:"d"`
	Title   string     `json:"title"`
	Against string     `json:"against,omitempty"`
	Owner   string     `json:"owner"`
	DueAt   time.Time  `json:"due_at"`
}

func (n NewCAPATask) validate(now time.Time) error {
	var f Faults
	f.Check(n.D >= D1 && n.D <= D7 && n.D != D5, "d", "must be from 1 to 7, and an action is a task of D6")
	f.Check(!blank(n.Title) && len(n.Title) <= 300, "title", "must have 1 to 300 characters")
	f.Check(!blank(n.Owner), "owner", "is missing")
	f.Check(n.DueAt.After(now), "due_at", "must lie ahead")
	f.Check((n.D == D6) == (n.Against != ""), "against", "goes with an action of D6, and only with it")
	f.Check(n.Against == "" || n.Against == CauseOccurrence || n.Against == CauseEscape, "against", "must be occurrence or escape")
	return f.Err("No task was added.")
}

// AddTask adds a task. Actions belong to the plan: once that is signed, another one needs the plan opened again.
func (c CAPA) AddTask(id string, n NewCAPATask, by Actor, now time.Time) (CAPA, CAPATask, error) {
	if err := n.validate(now); err != nil {
		return c, CAPATask{}, err
	}
	if err := c.writable(n.D); err != nil {
		return c, CAPATask{}, err
	}
	if err := c.planned(n.D); err != nil {
		return c, CAPATask{}, err
	}
	if len(c.Tasks) >= MaxCAPAList {
		return c, CAPATask{}, c.refuse("has as many tasks as it can have.", "Finish what is there.")
	}
	t := CAPATask{ID: id, Site: c.Site, CAPA: c.ID, Iteration: c.Iteration, D: n.D, Title: strings.TrimSpace(n.Title), Against: n.Against, Owner: n.Owner,
		DueAt: n.DueAt.UTC(), State: TaskOpen, Evidence: []CAPAEvidence{}, CreatedBy: by.ID, CreatedAt: now}
	c.Tasks = append(slices.Clone(c.Tasks), t)
	return c, t, nil
}

// planned refuses a change of the signed list of actions.
func (c CAPA) planned(d Discipline) error {
	if d == D6 && (c.Done(D5) || c.State == CAPAPlanSigning) {
		return c.refuse("has its plan completed, the actions are part of it.", "Open D5 again, with a reason.")
	}
	return nil
}

// task finds one that can still be worked on.
func (c CAPA) task(id string) (int, error) {
	if err := c.working(); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(c.Tasks, func(t CAPATask) bool { return t.ID == id })
	if i < 0 {
		return 0, NotFound("Task", id)
	}
	if c.Done(c.Tasks[i].D) {
		return 0, c.refuse(fmt.Sprintf("has %s completed, its tasks stay as they are.", c.Tasks[i].D), "Open the discipline again, with a reason.")
	}
	return i, nil
}

// put stores a changed task.
func (c CAPA) put(i int, t CAPATask) (CAPA, CAPATask, error) {
	c.Tasks = slices.Clone(c.Tasks)
	c.Tasks[i] = t
	return c, t, nil
}

// Reassign gives a task to another person or moves its due date.
func (c CAPA) Reassign(id, owner string, due time.Time, reason string, now time.Time) (CAPA, CAPATask, error) {
	i, err := c.task(id)
	if err != nil {
		return c, CAPATask{}, err
	}
	t := c.Tasks[i]
	var f Faults
	f.Check(!blank(owner), "owner", "is missing")
	f.Check(due.Equal(t.DueAt) || due.After(now), "due_at", "must lie ahead")
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err("The task was not changed."); err != nil {
		return c, t, err
	}
	if t.Ended() {
		return c, t, c.refuse(fmt.Sprintf("has finished %s.", t.ID), "")
	}
	t.Owner, t.DueAt = owner, due.UTC()
	return c.put(i, t)
}

// DoTask says that a task is done. An action (D6) needs a file that proves it: words are no evidence.
func (c CAPA) DoTask(id, note string, files []CAPAEvidence, by Actor, now time.Time) (CAPA, CAPATask, error) {
	i, err := c.task(id)
	if err != nil {
		return c, CAPATask{}, err
	}
	t := c.Tasks[i]
	if t.State != TaskOpen {
		return c, t, c.refuse(fmt.Sprintf("has %s %s already.", t.ID, t.State), "")
	}
	if by.ID != t.Owner && by.ID != c.Owner {
		return c, t, Refuse(CodeForbidden, fmt.Sprintf("%s is %s's task.", t.ID, t.Owner), "Nothing was changed.", "Let them report it, or have it given to you.")
	}
	if t.D == D6 && !c.Signed(CAPASignPlan) {
		return c, t, c.refuse("has no signed plan yet.", "Complete D5 and have it signed, then carry the actions out.")
	}
	var f Faults
	f.Check(!blank(note) && len(note) <= maxCAPAText, "note", "says what was done, in 1 to %d characters", maxCAPAText)
	f.Check(len(t.Evidence)+len(files) <= 20, "evidence", "at most 20 files")
	f.Check(t.D != D6 || len(t.Evidence)+len(files) > 0, "evidence", "an action needs a file that proves it")
	if err := f.Err("The task was not marked as done."); err != nil {
		return c, t, err
	}
	t.State, t.Note, t.DoneBy, t.DoneAt = TaskDone, strings.TrimSpace(note), by.ID, &now
	t.Evidence = append(slices.Clone(t.Evidence), files...)
	return c.put(i, t)
}

// VerifyTask says that another person has seen that an action works, or that it does not.
func (c CAPA) VerifyTask(id string, works bool, note string, files []CAPAEvidence, by Actor, now time.Time) (CAPA, CAPATask, error) {
	i, err := c.task(id)
	if err != nil {
		return c, CAPATask{}, err
	}
	t := c.Tasks[i]
	switch {
	case t.D != D6:
		return c, t, c.refuse(fmt.Sprintf("%s is no action, it needs no verification.", t.ID), "")
	case t.State != TaskDone:
		return c, t, c.refuse(fmt.Sprintf("has %s %s.", t.ID, t.State), "Only what is done can be verified.")
	case by.ID == t.DoneBy || by.ID == t.Owner:
		return c, t, Refuse(CodeForbidden, fmt.Sprintf("%s did %s, so %s cannot verify it.", by.ID, t.ID, by.ID), "Nothing was changed.", "Let a second person look at it.")
	}
	var f Faults
	f.Check(!blank(note) && len(note) <= maxCAPAText, "note", "says what was seen, in 1 to %d characters", maxCAPAText)
	f.Check(len(t.Evidence)+len(files) <= 20, "evidence", "at most 20 files")
	if err := f.Err("Nothing was verified."); err != nil {
		return c, t, err
	}
	t.Evidence = append(slices.Clone(t.Evidence), files...)
	t.Verification = strings.TrimSpace(note)
	if !works {
		t.State, t.DoneBy, t.DoneAt, t.VerifiedBy, t.VerifiedAt = TaskOpen, "", nil, "", nil
		return c.put(i, t)
	}
	t.State, t.VerifiedBy, t.VerifiedAt = TaskVerified, by.ID, &now
	return c.put(i, t)
}

// DropTask gives a task up. An action of a signed plan is carried out, or the plan is opened again.
func (c CAPA) DropTask(id, reason string, by Actor, now time.Time) (CAPA, CAPATask, error) {
	i, err := c.task(id)
	if err != nil {
		return c, CAPATask{}, err
	}
	t := c.Tasks[i]
	if err := c.planned(t.D); err != nil {
		return c, t, err
	}
	var f Faults
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err("The task was not dropped."); err != nil {
		return c, t, err
	}
	if t.Ended() {
		return c, t, c.refuse(fmt.Sprintf("has finished %s.", t.ID), "")
	}
	t.State, t.Note, t.DoneBy, t.DoneAt = TaskDropped, strings.TrimSpace(reason), by.ID, &now
	return c.put(i, t)
}

// missingTasks names the tasks of a discipline that are not finished; strict also asks for who verified and by what.
func (c CAPA) missingTasks(f *Faults, d Discipline, strict bool) {
	if d == D6 && !strict {
		return
	}
	for _, t := range c.Tasks {
		if t.D != d || t.State == TaskDropped {
			continue
		}
		switch {
		case strict && t.State != TaskVerified:
			f.Add("tasks", "%s is not verified: %s", t.ID, t.Title)
		case strict && len(t.Evidence) == 0:
			f.Add("tasks", "%s has no evidence: %s", t.ID, t.Title)
		case !strict && !t.Ended():
			f.Add("tasks", "%s is open: %s", t.ID, t.Title)
		}
	}
}
