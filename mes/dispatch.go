package mes

import (
	"context"
	"time"
)

// DispatchRule is the order in which a line's stations take the jobs that may start.
type DispatchRule string

// The rules. Each falls back on the one before it where two jobs are alike, at last on age and number, so that an order is
// always the same for the same facts.
const (
	DispatchPriority DispatchRule = "priority"       // priority, then due date, then age
	DispatchFIFO     DispatchRule = "fifo"           // who came to the station first
	DispatchCritical DispatchRule = "critical_ratio" // time until due by planned time that is left, the smallest first
	DispatchSetup    DispatchRule = "setup"          // what the station is set up for first, then product by product
)

// DispatchRules lists all of them.
var DispatchRules = []DispatchRule{DispatchPriority, DispatchCritical, DispatchFIFO, DispatchSetup}

// JobState says whether a job of a queue may start.
type JobState string

// The states. A job that waits keeps its rank and lets the ready ones pass.
const (
	JobReady  JobState = "ready"
	JobWaits  JobState = "waits"  // something is missing that somebody brings: material, a person, a gauge
	JobBarred JobState = "barred" // it is held, or the station may start nothing
)

// JobStates lists all of them, in the order of a queue.
var JobStates = []JobState{JobReady, JobWaits, JobBarred}

// DispatchReason is one of the reasons why a job stands where it stands.
type DispatchReason struct {
	Code ReasonCode `json:"code"`
	// Effect is what it makes of the job; ready means that it explains the place and keeps nothing from starting.
	Effect JobState `json:"effect"`
	// Text is the whole sentence in English, with times in the site's zone; Values are its parts, for other languages.
	Text string `json:"text"`
	// Noun and Subject name the record that it is about, where there is one.
	Noun    string            `json:"noun,omitempty"`
	Subject string            `json:"subject,omitempty"`
	Since   *time.Time        `json:"since,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
}

// Dispatched is where a job stands in the queue of a station, and why.
type Dispatched struct {
	Position int              `json:"position"` // from 1: ready ones first
	Rank     int              `json:"rank"`     // from 1: by the rule alone, as if every job were ready
	State    JobState         `json:"state"`
	Reasons  []DispatchReason `json:"reasons"` // what keeps it from starting first; never empty
	// WorkS is the planned time of its operation, LeftS of all that is left of its routing, SlackS what is left between
	// that and its due date: all in seconds, SlackS below 0 for a job that will be late.
	WorkS  int64 `json:"work_s"`
	LeftS  int64 `json:"left_s"`
	SlackS int64 `json:"slack_s"`
	// Start is when it is expected to start by planned times; nil while it may not. Wanted is when it would start if nothing
	// were missing, of a job that waits.
	Start  *time.Time `json:"start,omitempty"`
	Wanted *time.Time `json:"wanted,omitempty"`
	// Instead is the station that it goes to while this one may start nothing.
	Instead string     `json:"instead,omitempty"`
	Place   *HandPlace `json:"place,omitempty"`
}

// HandPlace is a place that a person gave a job, whatever the rule says. It ends when the job starts, or by hand.
type HandPlace struct {
	ID int64 `json:"id"`
	// Before is the job that it was put in front of; empty means the top.
	Before string    `json:"before,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	// As is what the job in front of which it was put was ranked by: it keeps that rank when the other one is gone.
	As *DispatchKey `json:"-"`
	// Nudge orders jobs that have the same key: the natural one has 0.
	Nudge Decimal `json:"-"`
}

// DispatchKey is all that the rules rank a job by.
type DispatchKey struct {
	Lot      string        `json:"lot"`
	Order    string        `json:"order"`
	Number   int           `json:"number"` // of the lot in its order
	Product  string        `json:"product"`
	Priority int           `json:"priority"`
	Due      time.Time     `json:"due"`
	Created  time.Time     `json:"created"`
	Queued   time.Time     `json:"queued"` // since when it waits for this operation
	Left     time.Duration `json:"left"`   // planned time that is left, this operation included
}

// QueuedJob is a lot that waits for an operation, with all that decides on it.
type QueuedJob struct {
	Card LotCard
	DispatchKey
	Stations   []string      // that may do its operation, the preferred first
	Work       time.Duration // planned for this operation
	Holds      []HoldNote
	Needs      []QualificationNeed // of the operation and of the steps that people do
	Components []ComponentNeed     // for the whole lot
	Gauges     []string            // kinds of gauge that its steps measure with
	Devices    []string            // machines without which its steps can't be done
	Places     map[string]*HandPlace
}

// RunningJob is a lot that a station works on.
type RunningJob struct {
	Lot  string
	Left time.Duration // planned for this operation and not over yet; 0 when it takes longer than planned
}

// StationBar is why nothing may start at a station.
type StationBar struct {
	Station string     `json:"station"`
	Code    ReasonCode `json:"code"`
	Text    string     `json:"text"` // why, in the words of whoever or whatever says so
	Noun    string     `json:"noun,omitempty"`
	Subject string     `json:"subject,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}

// MachineNow is what a station's machine does at this moment.
type MachineNow struct {
	State  MachineState `json:"state"`
	Since  time.Time    `json:"since"`
	Source StateSource  `json:"source,omitempty"`
	Detail string       `json:"detail,omitempty"`
}

// PersonHere is somebody who is at work.
type PersonHere struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	// Station is where they are: clocked on to a lot there, or signed in at its terminal. Empty is on shift, place unknown.
	Station string          `json:"station,omitempty"`
	Since   *time.Time      `json:"since,omitempty"`
	Held    []Qualification `json:"held"`
}

// StationFacts is what decides on all jobs of a station.
type StationFacts struct {
	ID, Name, Line string
	Capacity       int // 0 means no limit
	Rule           DispatchRule
	Machine        *MachineNow
	Bars           []StationBar
	Running        []RunningJob
	// SetUp is the product that was started there last.
	SetUp string
}

// MaterialStock is how much of a component a site has.
type MaterialStock struct {
	Material, Name, Unit string
	// Free may be built in now: not held, not expired, not reserved by anything.
	Free Decimal
	// Held and Expired each name one lot that would be free otherwise.
	Held, Hold string
	HeldSince  *time.Time
	Expired    string
	ExpiredAt  *time.Time
}

// DispatchFacts is all that queues are made of, read at one time.
type DispatchFacts struct {
	Now      time.Time
	Zone     *time.Location
	Stations []StationFacts
	Jobs     []QueuedJob
	// People is who is at work at the site. Where nobody is known to be, nothing is said of certificates.
	People []PersonHere
	Stock  map[string]MaterialStock
	// Silent are devices that do not answer, with since when.
	Silent map[string]time.Time
	Gauges []Gauge
}

// StationQueue is what a station works on and what comes next, with who is there and what keeps it from starting.
type StationQueue struct {
	Station  string       `json:"station"`
	Name     string       `json:"name"`
	Capacity int          `json:"capacity"` // 0 means no limit
	Machine  *MachineNow  `json:"machine,omitempty"`
	Bars     []StationBar `json:"bars"`
	People   []PersonHere `json:"people"`
	Now      []LotCard    `json:"now"`
	Next     []LotCard    `json:"next"`
	// LoadS is the planned time of what runs and of all jobs that may start or wait for something, shared out by capacity,
	// in seconds.
	LoadS  int64 `json:"load_s"`
	Ready  int   `json:"ready"`
	Waits  int   `json:"waits"`
	Barred int   `json:"barred"`
}

// DispatchSetting is how a line dispatches.
type DispatchSetting struct {
	Line string       `json:"line"`
	Rule DispatchRule `json:"rule"`
	// LeadMin is how many minutes before its expected start a job's material must be free; later it is late, and told.
	LeadMin   int       `json:"lead_min"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
	Version   int64     `json:"version"`
}

// DefaultLeadMin is for lines that set none.
const DefaultLeadMin = 240

// MaxLeadMin is two weeks.
const MaxLeadMin = 14 * 24 * 60

// Validate names what is wrong with a setting.
func (s DispatchSetting) Validate() error {
	var f Faults
	f.Check(s.Rule.known(), "rule", "must be priority, critical_ratio, fifo or setup")
	f.Check(s.LeadMin >= 0 && s.LeadMin <= MaxLeadMin, "lead_min", "must be from 0 to %d", MaxLeadMin)
	return f.Err("The line dispatches as before.")
}

// LineDispatch is the queues of all stations of a line.
type LineDispatch struct {
	Line     string          `json:"line"`
	Name     string          `json:"name"`
	Setting  DispatchSetting `json:"setting"`
	At       time.Time       `json:"at"`
	Stations []StationQueue  `json:"stations"`
	// Elsewhere is who is on shift and not known to be at a station.
	Elsewhere []PersonHere `json:"elsewhere"`
}

// DispatchMove puts a job in front of another one, or at the top.
type DispatchMove struct {
	Station string
	Lot     string
	Before  string // empty means the top
	Reason  string
}

// DispatchChange is one line of a station's dispatch log: its first job is another one, or jobs became ready or are not any
// more.
type DispatchChange struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Station string    `json:"station"`
	// Kind is first (another job is first) or state (jobs became ready, wait, or are barred).
	Kind  string   `json:"kind"`
	State JobState `json:"state,omitempty"`
	// Reason is why: of a job that is ready again, what kept it until then.
	Reason DispatchReason `json:"reason"`
	Lot    string         `json:"lot,omitempty"`    // that is first now; empty when none may start
	Before string         `json:"before,omitempty"` // the lot that was first until then
	// Lots are the lots that the line is about, the first 20 of Count.
	Lots  []string `json:"lots"`
	Count int      `json:"count"`
}

// The kinds of change.
const (
	DispatchFirst = "first"
	DispatchState = "state"
)

// DispatchLogFilter narrows a dispatch log, newest first.
type DispatchLogFilter struct {
	Paging
	Site    string
	Station string
}

// Dispatching keeps the queues of stations in order.
type Dispatching interface {
	// Line reads the queues of a line's stations. Codes: not_found.
	Line(ctx context.Context, site, line string) (LineDispatch, error)
	// Move gives a job a place by hand, once per key. Codes: not_found (station, job in its queue, the one before), unprocessable.
	Move(ctx context.Context, key, site string, by Actor, m DispatchMove) (HandPlace, error)
	// Undo takes back a place that the same person gave within the last minute: the one before it holds again. Codes: not_found, conflict.
	Undo(ctx context.Context, key, site, station, lot string, by Actor) error
	// Release lets the rule place a job again. Codes: not_found, conflict (it has no place by hand), unprocessable.
	Release(ctx context.Context, key, site, station, lot string, by Actor, reason string) error
	// Set changes how a line dispatches. Codes: not_found, unprocessable, conflict (changed by somebody else).
	Set(ctx context.Context, key, site string, by Actor, s DispatchSetting, reason string) (DispatchSetting, error)
	// Log reads a page of a station's dispatch log. Codes: unprocessable (cursor).
	Log(ctx context.Context, f DispatchLogFilter) (Page[DispatchChange], error)
}

// DispatchLedger is what the core role needs to keep the dispatch log.
type DispatchLedger interface {
	// Notice looks at the queues of some stations of a site, or of all when none is named: what has changed since the last
	// look is logged and told, and material that is late is alerted. Looking twice changes nothing.
	Notice(ctx context.Context, site string, stations ...string) (changed int, err error)
	// Sweep removes lines of the log that are older than a time.
	Sweep(ctx context.Context, before time.Time) error
}
