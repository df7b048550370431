package mes

import (
	"context"
	"fmt"
	"time"
)

// Terminal is a screen or program that stands at a station. Only from it are the station's commands taken (21 CFR
// 11.10(h)). Whoever holds its token is the terminal; only the token's hash is kept.
type Terminal struct {
	ID      string `json:"id"`
	Site    string `json:"site"`
	Station string `json:"station"`
	Name    string `json:"name"`
	// IdleMinutes is how long a session at it lasts without a touch.
	IdleMinutes  int        `json:"idle_minutes"`
	RegisteredBy string     `json:"registered_by"`
	RegisteredAt time.Time  `json:"registered_at"`
	LastSeen     *time.Time `json:"last_seen,omitempty"`
	RevokedBy    string     `json:"revoked_by,omitempty"`
	RevokedAt    *time.Time `json:"revoked_at,omitempty"`
	Reason       string     `json:"reason,omitempty"` // of the revocation
}

// Idle is how long a session at the terminal lasts without a touch.
func (t Terminal) Idle() time.Duration { return time.Duration(t.IdleMinutes) * time.Minute }

// The bounds of a terminal's idle time, in minutes. Above a shift it would be no time-out at all.
const (
	MinIdleMinutes     = 1
	MaxIdleMinutes     = 480
	DefaultIdleMinutes = 15
)

// Validate names every field that can't be used.
func (t Terminal) Validate() error {
	var f Faults
	f.Check(!blank(t.Station), "station", "is missing")
	f.Check(!blank(t.Name) && len(t.Name) <= 100, "name", "must have 1 to 100 characters")
	f.Check(t.IdleMinutes >= MinIdleMinutes && t.IdleMinutes <= MaxIdleMinutes, "idle_minutes", "must be from %d to %d", MinIdleMinutes, MaxIdleMinutes)
	return f.Err("The terminal was not registered.")
}

// AtStation refuses a terminal of another station.
func (t Terminal) AtStation(station string) error {
	if t.Station == station {
		return nil
	}
	return Refuse(CodeForbidden, fmt.Sprintf("This terminal stands at %s, not at %s.", t.Station, station), "Nobody is signed in.",
		fmt.Sprintf("Go to %s, or let a supervisor register this screen at %s.", station, station))
}

// Unregistered refuses what is done at registered terminals only.
func Unregistered(kept string) error {
	return Refuse(CodeForbidden, "This screen is not a registered terminal.", kept, "Let a supervisor register it at its station.")
}

// Terminals keeps the registered terminals. Every change writes an audit row; a use does not.
type Terminals interface {
	// List reads a site's terminals, those in use first, by station and name.
	List(ctx context.Context, site string) ([]Terminal, error)
	// ByToken finds a terminal that is not revoked by its token's hash. Codes: not_found.
	ByToken(ctx context.Context, hash string) (Terminal, error)
	// Register stores a terminal with its token's hash and gives it an ID. Codes: not_found (station), conflict (name in
	// use), unprocessable.
	Register(ctx context.Context, by Actor, t Terminal, hash, reason string) (Terminal, error)
	// Change sets name and idle time. Codes: not_found, conflict (revoked, name in use), unprocessable.
	Change(ctx context.Context, by Actor, site, id, name string, idleMinutes int, reason string) (Terminal, error)
	// Revoke ends a terminal at once. Codes: not_found, conflict (revoked already), unprocessable (no reason).
	Revoke(ctx context.Context, by Actor, site, id, reason string) (Terminal, error)
	// Seen notes that the terminal was used now.
	Seen(ctx context.Context, id string) error
}
