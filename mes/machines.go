package mes

import (
	"context"
	"encoding/json"
	"time"
)

// NounMachine and NounStop name machines and their stops in alerts and in the audit trail.
const (
	NounMachine = "machine"
	NounStop    = "stop"
)

// MachineView is a machine as lists and boards show it.
type MachineView struct {
	Station string        `json:"station"`
	Name    string        `json:"name"`
	Line    string        `json:"line"`
	Source  MachineSource `json:"source"`
	Device  string        `json:"device,omitempty"`
	// State is unknown when the newest word is older than the machine's limit; Detail says since when.
	State     MachineState `json:"state"`
	Since     *time.Time   `json:"since,omitempty"`
	Detail    string       `json:"detail,omitempty"`
	Alarm     string       `json:"alarm,omitempty"`
	AlarmText string       `json:"alarm_text,omitempty"`
	// Stretch and Version name the open stretch of the log.
	Stretch int64  `json:"stretch,omitempty"`
	Version int64  `json:"version,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Asks says that the stop that lasts needs its reason.
	Asks       bool   `json:"asks,omitempty"`
	DeclaredBy string `json:"declared_by,omitempty"`
	// Unexplained counts the stops of the last day that nobody has explained, micro-stops left out.
	Unexplained int `json:"unexplained"`
	// Produced and Rejected are what its counters say of the last hour; absent where it has none.
	Produced *Decimal   `json:"produced,omitempty"`
	Rejected *Decimal   `json:"rejected,omitempty"`
	HeardAt  *time.Time `json:"heard_at,omitempty"`
	Working  int        `json:"working"`
	Queued   int        `json:"queued"`
}

// MachineNoticeView is one time when something was wrong with a machine's signals.
type MachineNoticeView struct {
	Kind MachineNotice `json:"kind"`
	Text string        `json:"text"`
	At   time.Time     `json:"at"`
}

// MachineLog is a machine's log of a window.
type MachineLog struct {
	Station    string              `json:"station"`
	MicroStopS int                 `json:"micro_stop_s"`
	Stretches  []StateStretch      `json:"stretches"`
	Notices    []MachineNoticeView `json:"notices"` // the newest ones
}

// MachineBatch is what an edge node tells of the machines of its site: records of its stream "machines", and which machines it
// follows now with nothing more to tell of them.
type MachineBatch struct {
	Node    string
	First   int64
	Records []json.RawMessage // each a MachineEvent
	Alive   []string          // stations
}

// MachineTaken answers a batch.
type MachineTaken struct {
	// Through is the number of the last record that is stored.
	Through int64 `json:"through"`
	// Again are the machines whose present state should be told once more, since the log holds none that was heard.
	Again []string `json:"again"`
	// Unread counts records that could not be understood; they were left out.
	Unread int `json:"unread,omitempty"`
}

// Declaration is a person's word on a machine's state. An empty state lets the machine speak for itself again.
type Declaration struct {
	State  MachineState
	Reason string // code of the stop reason, for a stop
	Note   string
}

// Machines keeps the states of machines.
type Machines interface {
	// Definitions lists the machines of a site in the order of stations.
	Definitions(ctx context.Context, site string) ([]MachineDefinition, error)
	// Define stores a definition. Codes: unprocessable, not_found (station).
	Define(ctx context.Context, by Actor, d MachineDefinition, reason string) error
	// List reads all machines of a site as they are now.
	List(ctx context.Context, site string) ([]MachineView, error)
	// Get reads one. Codes: not_found.
	Get(ctx context.Context, site, station string) (MachineView, error)
	// Log reads the stretches that touch a window, oldest first. Codes: not_found.
	Log(ctx context.Context, site, station string, from, until time.Time) (MachineLog, error)
	// Take stores what an edge node tells, each record once.
	Take(ctx context.Context, site string, b MachineBatch) (MachineTaken, error)
	// Declare stores a person's word on a state, once per key. Codes: not_found, unprocessable.
	Declare(ctx context.Context, key, site, station string, by Actor, d Declaration) (StateStretch, error)
}

// MachineLedger is what keeps the log of machines true while nobody asks.
type MachineLedger interface {
	// Settle draws the conclusions for machines around which something has changed, and tells how many it looked at.
	Settle(ctx context.Context) (int, error)
	// Watch writes down which machines are silent, and tells of stops that nobody explains.
	Watch(ctx context.Context) error
}
