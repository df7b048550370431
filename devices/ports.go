package devices

import (
	"context"
	"time"
)

// Device is what every driver offers, whatever the kind of device.
type Device interface {
	// Config gives the configuration that the device was opened with.
	Config() Config
	// Health tells how the device is doing. It never blocks.
	Health() Health
	// Close ends the connection and every subscription. Calls in flight fail with ErrClosed or ErrNoAnswer.
	Close() error
}

// Reader reads tags by their logical names, all in as few requests as the device allows.
type Reader interface {
	// Read gives one value per tag, in the order asked. A value that the device does not vouch for comes back with its
	// quality and without an error. Errors are ErrNoAnswer, ErrUnknownTag and ErrUntrusted.
	Read(ctx context.Context, tags ...string) ([]Value, error)
}

// Written tells what a verified write found and left.
type Written struct {
	Before  any  `json:"before"`
	After   any  `json:"after"`
	Changed bool `json:"changed"`
}

// Writer writes tags by their logical names.
type Writer interface {
	// WriteVerified reads the tag, writes only when it differs, and reads it back. Running it again is safe. Errors are
	// ErrNoAnswer, ErrUnknownTag, ErrWrongType, ErrRefused and ErrReadBack.
	WriteVerified(ctx context.Context, tag string, v any) (Written, error)
	// WriteOnce writes in one attempt, for commands that must not repeat. ErrNoAnswer says that nothing was sent;
	// ErrOutcomeUnknown that it was sent and the answer is lost.
	WriteOnce(ctx context.Context, tag string, v any) error
}

// Subscriber watches tags.
type Subscriber interface {
	// Subscribe calls fn for each change of the tags until ctx ends or the device is closed, one call at a time and in
	// order. It returns once the wish is noted, also while the device is down. The subscription outlives connections:
	// after a gap all values come again, and while the device is silent each tag is told once with quality bad.
	// fn must not block for long. Errors are ErrUnknownTag and ErrClosed.
	Subscribe(ctx context.Context, tags []string, fn func(Value)) error
}

// Machine is a device that is read, written and watched.
type Machine interface {
	Device
	Reader
	Writer
	Subscriber
}

// State is the state of a connection.
type State string

// The three states of a connection. Down means that the driver has given up for now and says why in LastError.
const (
	Connecting State = "connecting"
	Connected  State = "connected"
	Down       State = "down"
)

// Health tells how a device is doing.
type Health struct {
	State State     `json:"state"`
	Since time.Time `json:"since"`
	// LastData is the time of the last data received, heartbeats included. Age counts, not the connection's state.
	LastData  time.Time `json:"last_data,omitzero"`
	LastError string    `json:"last_error,omitempty"`
}

// Shot asks a camera for one picture and its verdict. ID names the shot: the same ID again is the same shot.
type Shot struct {
	ID        string `json:"shot"`
	Camera    string `json:"camera"`
	Lot       string `json:"lot"`
	Operation string `json:"operation"`
	Step      string `json:"step"`
}

// Camera is a device that takes pictures on demand and judges them.
type Camera interface {
	Device
	// Trigger asks for a shot. It returns once the request is handed over; the result comes through Results. A camera
	// that takes its pictures by itself is asked for nothing. Errors are ErrNoAnswer and ErrUnknownTag.
	Trigger(ctx context.Context, s Shot) error
	// Results calls fn for each result until ctx ends or the device is closed, one at a time. A result counts as
	// delivered only when fn returns nil; until then it comes again. A result seen before is not told twice. It returns
	// once the wish is noted. ErrUnknownTag says that this camera's results come another way.
	Results(ctx context.Context, fn func(context.Context, CameraResult) error) error
}

// Printer is a device that prints labels.
type Printer interface {
	Device
	// Print sends one job. The same job ID again is the same label. Where the printer answers a status question, its
	// answer is awaited: ErrRefused says why it cannot print, ErrOutcomeUnknown that the answer is lost.
	Print(ctx context.Context, jobID, zpl string) error
}
