package mes

import (
	"context"
	"fmt"
	"time"
)

// StationStop stops a station: nothing starts there until a person lifts it. What runs is finished and recorded.
type StationStop struct {
	ID      string `json:"id"`
	Site    string `json:"site"`
	Station string `json:"station"`
	Reason  string `json:"reason"`
	// Noun and Subject name the record that made it, a safety event for example; empty for a person's own stop.
	Noun       string     `json:"noun,omitempty"`
	Subject    string     `json:"subject,omitempty"`
	PlacedBy   string     `json:"placed_by"`
	PlacedAt   time.Time  `json:"placed_at"`
	LiftedBy   string     `json:"lifted_by,omitempty"`
	LiftedAt   *time.Time `json:"lifted_at,omitempty"`
	LiftReason string     `json:"lift_reason,omitempty"`
}

// Refusal is what an operator reads who would start something there.
func (s StationStop) Refusal() *Error {
	return Refuse(CodeHeld, fmt.Sprintf("%s is stopped: %s.", s.Station, clause(s.Reason)), "Nothing was started.", "Make the place safe, and let the supervisor lift the stop.")
}

// NounStationStop names stops in alerts.
const NounStationStop = "station_stop"

// StopFilter narrows the list of stops, newest first.
type StopFilter struct {
	Paging
	Site    string
	Station string
	Open    bool
}

// StationStops keeps the stops of stations.
type StationStops interface {
	// Stop places one, once per key; a station that is stopped already keeps the stop that it has. Codes: not_found,
	// unprocessable.
	Stop(ctx context.Context, key, site, station string, by Actor, reason string) (StationStop, error)
	// Lift ends a station's stop. Codes: not_found, conflict (not stopped), unprocessable.
	Lift(ctx context.Context, key, site, station string, by Actor, reason string) (StationStop, error)
	// Stops reads a page. Codes: unprocessable (cursor).
	Stops(ctx context.Context, f StopFilter) (Page[StationStop], error)
}
