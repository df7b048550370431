package mes

import (
	"context"
	"time"
)

// CallEvent is one line of a call's story.
type CallEvent struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"` // raised, opened, escalated, acknowledged, resolved, cancelled, again, recovered
	Actor string    `json:"actor"`
	Text  string    `json:"text,omitempty"`
	// Step is the escalation step's key, Role who was told and By on which ways.
	Step string    `json:"step,omitempty"`
	Role string    `json:"role,omitempty"`
	By   []Channel `json:"by,omitempty"`
}

// CallView is a call with its story.
type CallView struct {
	Call
	Events []CallEvent `json:"events"`
	// NextStep is what happens next if nobody does anything.
	NextStep *Rung `json:"next_step,omitempty"`
}

// CallStanding is what a call's workflow waits for, by the database's clock.
type CallStanding struct {
	State CallState  `json:"state"`
	Next  *time.Time `json:"next,omitempty"`
	Now   time.Time  `json:"now"`
}

// CallRef names a call.
type CallRef struct {
	Site string `json:"site"`
	Call string `json:"call"`
	Line string `json:"line,omitempty"`
}

// CallFilter narrows a list of calls: open ones first, then newest first. Calls that a machine took back before they were
// raised are left out unless their state is asked for.
type CallFilter struct {
	Paging
	Site    string
	Line    string
	Station string
	Kind    CallKind
	States  []CallState
	Open    bool // waiting excluded
	From    time.Time
	Until   time.Time
}

// Calls keeps calls, the plan that they follow, and when the last accident was. Keys make each command count once.
type Calls interface {
	// Raise calls for help. A machine's call that waits for the same kind at the same station gives way. Codes: not_found
	// (station), unprocessable, conflict (one of the same kind is open there).
	Raise(ctx context.Context, by Actor, r CallRequest) (Call, error)
	// Acknowledge says that somebody comes. Codes: not_found, conflict, forbidden.
	Acknowledge(ctx context.Context, key, site, id string, by Actor, roles []Role) (Call, error)
	// Resolve ends a call. Codes: not_found, conflict, forbidden, unprocessable.
	Resolve(ctx context.Context, key, site, id string, by Actor, roles []Role, note string) (Call, error)
	// Cancel takes a call back. Codes: not_found, conflict, forbidden, unprocessable.
	Cancel(ctx context.Context, key, site, id string, by Actor, roles []Role, reason string) (Call, error)
	// Get reads one with its story. Codes: not_found.
	Get(ctx context.Context, site, id string) (CallView, error)
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f CallFilter) (Page[Call], error)
	// Times reads what the statistics are made of: calls that were raised in the span. Codes: unprocessable (too many).
	Times(ctx context.Context, site string, span Span) ([]CallTimes, error)
	// Plan reads the site's plan, or the one that holds where a site has none.
	Plan(ctx context.Context, site string) (AndonPlan, error)
	// PutPlan changes it. Version must be the one that was read. Codes: unprocessable, conflict.
	PutPlan(ctx context.Context, by Actor, site string, p AndonPlan, reason string) (AndonPlan, error)
	// Safety reads the newest word on the last accident; found is false before the first.
	Safety(ctx context.Context, site string) (s SafetyRecord, found bool, err error)
	// RecordSafety says when the last accident was. Codes: unprocessable.
	RecordSafety(ctx context.Context, key, site string, by Actor, lastAccident Day, reason string) (SafetyRecord, error)
}

// CallLedger is what a call's workflow does in the records.
type CallLedger interface {
	// Watch raises a waiting call whose time has come, does each step that is due once, and answers what comes next. Codes:
	// not_found.
	Watch(ctx context.Context, site, id string) (CallStanding, error)
	// OpenCalls lists the calls of all sites that have not ended.
	OpenCalls(ctx context.Context) ([]CallRef, error)
}

// SafetyRecord is somebody's word on when the last accident was. Records are added, never changed.
type SafetyRecord struct {
	LastAccident Day       `json:"last_accident"`
	Reason       string    `json:"reason"`
	By           string    `json:"by"`
	At           time.Time `json:"at"`
}

// DaysWithout counts the days since the last accident, by the site's calendar.
func (s SafetyRecord) DaysWithout(now time.Time, zone *time.Location) int {
	noon := func(d Day) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }
	return max(0, int(noon(DayOf(now, zone)).Sub(noon(s.LastAccident)).Hours()/24))
}

// CheckSafety names what a safety record lacks.
func CheckSafety(lastAccident Day, reason string, now time.Time, zone *time.Location) error {
	var f Faults
	f.Check(!lastAccident.IsZero(), "last_accident", "is missing")
	f.Check(!DayOf(now, zone).Before(lastAccident), "last_accident", "must not be in the future")
	f.Check(!blank(reason) && len(reason) <= MaxCallText, "reason", "must have 1 to %d characters", MaxCallText)
	return f.Err("Nothing was recorded.")
}
