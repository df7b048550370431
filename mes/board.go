package mes

import (
	"context"
	"time"
)

// LineBoard is all that a line's board shows, in one answer. Pieces are whole ones. What can't be known is left out: a board
// shows no zero that nobody counted.
type LineBoard struct {
	Site     string    `json:"site"`
	Line     string    `json:"line"`
	Name     string    `json:"name"`
	TimeZone string    `json:"time_zone"`
	At       time.Time `json:"at"`
	// Product is what the line works on, or packed last.
	Product string `json:"product,omitempty"`
	// Shift is the one that runs now.
	Shift *BoardShift `json:"shift,omitempty"`
	// Packed since the production day began, and how many the plan asks for by now.
	Packed int  `json:"packed"`
	Plan   *int `json:"plan,omitempty"`
	// TaktS is how far apart the last pieces were packed, TaktPlannedS how far apart they are planned, in seconds.
	TaktS        *float64 `json:"takt_s,omitempty"`
	TaktPlannedS *float64 `json:"takt_planned_s,omitempty"`
	// FirstPass of Finished went through without a defect, a repetition or rework; Finished has the scrapped ones too.
	FirstPass int `json:"first_pass"`
	Finished  int `json:"finished"`
	// Held are pieces in process that a hold stops, HeldAt where most of them were put aside.
	Held     int            `json:"held"`
	HeldAt   string         `json:"held_at,omitempty"`
	Calls    []BoardCall    `json:"calls"`
	Stations []BoardStation `json:"stations"`
	Hours    []BoardHour    `json:"hours"`
	// Lost explains the pieces that are missing from the plan; together they are all of them.
	Lost []BoardLoss `json:"lost"`
	// SafeDays is left out until somebody has said when the last accident was.
	SafeDays *int `json:"safe_days,omitempty"`
}

// BoardShift is the shift that runs.
type BoardShift struct {
	Name  string    `json:"name"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// BoardCall is an open call as the strip shows it.
type BoardCall struct {
	ID             string     `json:"id"`
	Station        string     `json:"station"`
	Kind           CallKind   `json:"kind"`
	KindName       string     `json:"kind_name"`
	Severity       Severity   `json:"severity"`
	State          CallState  `json:"state"`
	OpenAt         time.Time  `json:"open_at"`
	AcknowledgedBy string     `json:"acknowledged_by,omitempty"`
	AcknowledgedAt *time.Time `json:"acknowledged_at,omitempty"`
	// NextRole is told after NextMin minutes if nothing changes.
	NextRole string `json:"next_role,omitempty"`
	NextMin  int    `json:"next_min,omitempty"`
}

// BoardStation is a station's column.
type BoardStation struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"` // a MachineState, or off_shift
	// Since is when the state began.
	Since *time.Time `json:"since,omitempty"`
	// CycleS is how long the last piece took there, in seconds.
	CycleS *float64 `json:"cycle_s,omitempty"`
	WIP    int      `json:"wip"` // lots that stand there, those that wait included
}

// StateOffShift is a station's word outside of every shift. It is no state of a machine: it comes from the calendar.
const StateOffShift = "off_shift"

// BoardHour is one hour of the shift.
type BoardHour struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Packed int       `json:"packed"`
	// Plan is for the whole hour, PlanNow for as much of it as is over; left out where no takt is planned.
	Plan    *int `json:"plan,omitempty"`
	PlanNow *int `json:"plan_now,omitempty"`
}

// LossKind says what cost the line pieces.
type LossKind string

// The kinds. The first three are counted piece by piece, the stops are what the planned takt would have made in their time.
const (
	LossHold   LossKind = "hold"
	LossScrap  LossKind = "scrap"
	LossReview LossKind = "review"
	LossDown   LossKind = "down"
	LossShort  LossKind = "short_stops"
	LossOther  LossKind = "other" // slow cycles, waiting, and what nobody explained
)

// BoardLoss is one line of what was lost.
type BoardLoss struct {
	Kind    LossKind `json:"kind"`
	Subject string   `json:"subject,omitempty"` // hold or station
	Pieces  int      `json:"pieces"`
}

// Boards reads what line boards show.
type Boards interface {
	// Board reads a line's. Codes: not_found.
	Board(ctx context.Context, site, line string) (LineBoard, error)
}
