package mes

import (
	"context"
	"encoding/json"
	"time"
)

// StationView is a station with what goes on there.
type StationView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Line     string `json:"line"`
	Capacity int    `json:"capacity"` // 0 means no limit
	// State is running, waiting (a lot needs a person), stopped (held lot or silent device), idle or down (device).
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Running int       `json:"running"` // lots in work
	Waiting int       `json:"waiting"` // lots in its queue
	// Barred tells that a person or a rule has stopped it: nothing starts there until the stop is lifted.
	Barred bool `json:"barred,omitempty"`
	// Machine is what the machine's log says that it does, and since when; empty where the station has none.
	Machine      MachineState `json:"machine,omitempty"`
	MachineSince *time.Time   `json:"machine_since,omitempty"`
}

// LotCard is a lot as it stands in a station's queue.
type LotCard struct {
	Lot           string    `json:"lot"`
	Order         string    `json:"order"`
	Product       string    `json:"product"`
	ProductName   string    `json:"product_name"`
	Operation     string    `json:"operation"`
	OperationName string    `json:"operation_name"`
	Visit         int       `json:"visit"`
	Step          string    `json:"step,omitempty"`
	Quantity      Decimal   `json:"quantity"`
	Priority      int       `json:"priority"`
	Due           time.Time `json:"due"`
	State         LotState  `json:"state"`
	Station       string    `json:"station"`
	Operator      string    `json:"operator,omitempty"`
	Wait          *WaitView `json:"wait,omitempty"`
	Held          bool      `json:"held"`
	// Why says why the lot can't go on now, in the operator's words; empty when it can.
	Why string `json:"why,omitempty"`
	// Barred says why the one who asks may not start it: the certificate that is missing.
	Barred string `json:"barred,omitempty"`
	// Dispatch is where it stands in the queue, and why; nil for what is in work.
	Dispatch *Dispatched `json:"dispatch,omitempty"`
	// Needs are the certificates that its start asks for; nil where nobody has looked.
	Needs []*QualificationNeed `json:"-"`
}

// Queue is what a station works on and what comes next: what may start by the rule of its line, then what waits or is barred,
// each with its reasons. A lot whose operation several stations can do is in each one's Next.
type Queue struct {
	Station string    `json:"station"`
	Name    string    `json:"name"`
	Now     []LotCard `json:"now"`
	Next    []LotCard `json:"next"`
	// Stop is why nothing may start there now, nil where things may.
	Stop *StationStop `json:"stop,omitempty"`
}

// Job is everything that a terminal shows of one lot at its station.
type Job struct {
	Card      LotCard   `json:"card"`
	Operation Operation `json:"operation"` // with instructions, pictures and limits
	Revision  string    `json:"revision"`
	Progress  Progress  `json:"progress"`
	// Steps are the records of this visit so far.
	Steps   []BuiltStep  `json:"steps"`
	Devices []DeviceView `json:"devices"` // of the station
	// Vision is the newest verdict of this visit.
	Vision *VisionView `json:"vision,omitempty"`
	Next   *LotCard    `json:"next,omitempty"`
	// Position and Of say "76 of 120": which lot of its order this is.
	Position int `json:"position"`
	Of       int `json:"of"`
	// Held are the open holds that stop it.
	Holds []HoldNote `json:"holds"`
}

// DeviceView is a device with what the edge last said of it.
type DeviceView struct {
	ID      string `json:"id"`
	Station string `json:"station"`
	Driver  string `json:"driver"`
	Name    string `json:"name"`
	// State is the connection's: connected, connecting or down; unknown before the first report.
	State      string          `json:"state"`
	Since      *time.Time      `json:"since,omitempty"`
	Error      string          `json:"error,omitempty"`
	Live       json.RawMessage `json:"live"` // as the edge reported it: a list of {name, value, unit, quality, at}
	ReportedAt *time.Time      `json:"reported_at,omitempty"`
}

// Stations reads what goes on at the stations of a site.
type Stations interface {
	// List reads all stations of a site in the order of the lines.
	List(ctx context.Context, site string) ([]StationView, error)
	// Queue reads a station's queue. Codes: not_found.
	Queue(ctx context.Context, site, station string) (Queue, error)
	// Job reads what the terminal shows. An empty lot means the one in work, or the next one. found is false when the
	// station has nothing to do. Codes: not_found (station, lot).
	Job(ctx context.Context, site, station, lot string) (j Job, found bool, err error)
}

// ScanKind says what a scanned code names.
type ScanKind string

// The kinds of scanned thing.
const (
	ScanLot       ScanKind = "lot"       // a produced lot
	ScanComponent ScanKind = "component" // a lot that may be consumed: received, or produced and packed
	ScanAccount   ScanKind = "account"   // a badge
	ScanUnknown   ScanKind = "unknown"
)

// ScanAnswer says what a code names, and whether it is what the lot's current step asks for.
type ScanAnswer struct {
	Scan    Scan     `json:"scan"`
	Kind    ScanKind `json:"kind"`
	Subject string   `json:"subject,omitempty"` // lot or account
	Text    string   `json:"text"`
	// FitsStep is true when the code may complete the step; Text says why it may not.
	FitsStep bool `json:"fits_step"`
}

// Scans resolves codes without changing anything.
type Scans interface {
	// Identify looks a scanned code up. lot is the lot in work, or empty. Codes: unprocessable (unreadable code).
	Identify(ctx context.Context, site, code, lot string) (ScanAnswer, error)
}
