package mes

import (
	"context"
	"time"
)

// CAPAChanged names a CAPA in messages to its workflow. Nothing else travels: the workflow reads the records.
type CAPAChanged struct {
	Site string `json:"site"`
	CAPA string `json:"capa"`
}

// CAPAFilter narrows the list of CAPAs. Sorts: id, title, severity, state, owner, raised_at, next_due; the list's own order is what is
// due first. Zero fields do not narrow.
type CAPAFilter struct {
	Paging
	Site     string
	States   []CAPAState
	Open     bool // only those that have not ended
	Severity Severity
	Owner    string
	Product  string
	Code     string
	Rule     string
	Overdue  bool // something of it is past its date
	// Noun and Subject keep those that a record is linked to.
	Noun    string
	Subject string
}

// CAPARow is one line of the list, and one card of the board.
type CAPARow struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Severity   Severity   `json:"severity"`
	State      CAPAState  `json:"state"`
	Source     CAPASource `json:"source"`
	Rule       string     `json:"rule"`
	Product    string     `json:"product"`
	Codes      []string   `json:"codes"`
	Owner      string     `json:"owner"`
	RaisedBy   string     `json:"raised_by"`
	RaisedAt   time.Time  `json:"raised_at"`
	Iteration  int        `json:"iteration"`
	Discipline int        `json:"discipline"` // the first that is not completed, 9 when all are
	OpenTasks  int        `json:"open_tasks"`
	NextDue    *time.Time `json:"next_due,omitempty"`
	CheckAt    *time.Time `json:"check_at,omitempty"` // when the effectiveness check is read
	EndedAt    *time.Time `json:"ended_at,omitempty"`
}

// Discipline is the first that is not completed, 9 when all are.
func (c CAPA) Discipline() int {
	for d := D1; d <= D8; d++ {
		if !c.Done(d) {
			return int(d)
		}
	}
	return 9
}

// CAPATaskFilter narrows the list of tasks, earliest due date first.
type CAPATaskFilter struct {
	Paging
	Site  string
	Owner string
	Open  bool
}

// CAPAPlace is what every command on a CAPA names: which one, on which version it was given, by whom, under which key.
type CAPAPlace struct {
	Site    string
	ID      string
	Key     string
	By      Actor
	Version int64 // 0 takes any
	Reason  string
}

// CAPATaskChange gives a task to another person or another day.
type CAPATaskChange struct {
	Owner string
	DueAt time.Time
}

// CAPAReport says that a task is done, or what its verification saw.
type CAPAReport struct {
	Works bool // for a verification
	Note  string
	Files []Evidence
}

// CAPAs keeps corrective and preventive actions. Commands answer with the CAPA as it stands after them. Every command may
// refuse with not_found, conflict (its state, its version) and unprocessable.
type CAPAs interface {
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f CAPAFilter) (Page[CAPARow], error)
	// Tasks reads a page of tasks over all CAPAs.
	Tasks(ctx context.Context, f CAPATaskFilter) (Page[CAPATask], error)
	// Get reads one whole, with the state of what it links to. Codes: not_found.
	Get(ctx context.Context, site, id string) (CAPA, error)
	// Raise opens one, or answers with the open one of the same rule and group, to which the links are added.
	Raise(ctx context.Context, by Actor, r CAPARequest) (CAPA, error)
	// Rewrite changes title, severity, product, codes, owner and manager.
	Rewrite(ctx context.Context, p CAPAPlace, h CAPAHead) (CAPA, error)
	// Write changes the content of a discipline.
	Write(ctx context.Context, p CAPAPlace, d Discipline, n CAPAContent) (CAPA, error)
	// Complete marks a discipline as done.
	Complete(ctx context.Context, p CAPAPlace, d Discipline) (CAPA, error)
	// Reopen takes a completed discipline back; it needs a reason.
	Reopen(ctx context.Context, p CAPAPlace, d Discipline) (CAPA, error)
	// MoveDue gives a discipline another date; it needs a reason.
	MoveDue(ctx context.Context, p CAPAPlace, d Discipline, due time.Time) (CAPA, error)
	// Link adds records that the CAPA is about; those that are there already change nothing.
	Link(ctx context.Context, p CAPAPlace, links []CAPALink) (CAPA, error)
	// Cancel ends one that should not be; it needs a reason.
	Cancel(ctx context.Context, p CAPAPlace) (CAPA, error)
	// AddTask, ChangeTask, DoTask, VerifyTask and DropTask work on its tasks.
	AddTask(ctx context.Context, p CAPAPlace, n NewCAPATask) (CAPA, error)
	ChangeTask(ctx context.Context, p CAPAPlace, task string, n CAPATaskChange) (CAPA, error)
	DoTask(ctx context.Context, p CAPAPlace, task string, r CAPAReport) (CAPA, error)
	VerifyTask(ctx context.Context, p CAPAPlace, task string, r CAPAReport) (CAPA, error)
	DropTask(ctx context.Context, p CAPAPlace, task string) (CAPA, error)
	// Evidence reads a file that belongs to a task of this CAPA, of any round. Codes: not_found.
	Evidence(ctx context.Context, site, id, hash string) (Blob, error)
	// Report reads all that the 8D report shows. Codes: not_found.
	Report(ctx context.Context, site, id string) (EightD, error)
	// Reading reads the defect data of a period against a criterion, without deciding anything.
	Reading(ctx context.Context, site string, k CAPACriterion, from, until time.Time) (CAPAReading, error)
	// Weeks reads the same data week by week.
	Weeks(ctx context.Context, site string, k CAPACriterion, from, until time.Time) ([]CAPAWeek, error)
}

// EightD is a CAPA with all that its report shows.
type EightD struct {
	CAPA CAPA `json:"capa"`
	// Hash is the hex SHA-256 of the field capa in canonical form (RFC 8785), so that paper and record can be compared.
	Hash     string `json:"hash"`
	Site     string `json:"site_name"`
	Zone     string `json:"zone"`
	Criteria string `json:"criterion,omitempty"` // in words
	// Signatures are those of all rounds, each judged against what stands there now.
	Signatures []Signature       `json:"signatures"`
	Audit      []AuditRow        `json:"audit"`
	Runs       []ArchivedRun     `json:"runs"`
	People     map[string]string `json:"people"` // printed names
}

// CAPALedger is what the workflow of a CAPA needs of the records.
type CAPALedger interface {
	// OpenCAPAs lists all that have not ended, so that each has its workflow.
	OpenCAPAs(ctx context.Context) ([]CAPAChanged, error)
	// Remind raises the reminders that are due, once each, and answers what the CAPA waits for now. Codes: not_found.
	Remind(ctx context.Context, site, id string) (CAPAWait, error)
	// Check reads the defect data once the period is over: it proposes the verdict and asks for its signature, or makes
	// the period longer when too little was made. Before that, and again, it changes nothing. Codes: not_found.
	Check(ctx context.Context, site, id string) (CAPAWait, error)
}
