// Package temporal runs a Temporal server inside this process, on the PostgreSQL that the MES uses anyway: all four
// services on loopback ports, one namespace, the five search attributes, and the Temporal web UI as an HTTP handler.
//
// A build with the tag "slim" leaves all of it out, for images that talk to an outside cluster; Start and NewUI then
// return ErrSlim.
//
// The frontend port is open to every program on this machine without a password, as Temporal's own development server
// is. Nothing is reachable from the network.
package temporal

import (
	"errors"
	"log/slog"
	"time"
)

// The databases that must exist before Start, owned by Options.Database.User.
const (
	MainDatabase       = "temporal"
	VisibilityDatabase = "temporal_visibility"
)

const (
	// DefaultNamespace is where the MES keeps its workflows.
	DefaultNamespace = "steelthread"
	// DefaultRetention is how long a closed run's history stays readable; it is exported to blob storage before that.
	DefaultRetention = 7 * 24 * time.Hour
)

// SearchAttributes are the Keyword attributes of the namespace: these five, for ever. PostgreSQL holds at most ten of
// them, in clear text.
var SearchAttributes = []string{"Site", "Line", "WorkOrder", "Lot", "Severity"}

// ErrSlim says that this program was built without the Temporal server.
var ErrSlim = errors.New("this build has no embedded Temporal server; set TEMPORAL_ADDRESS")

// Database is the PostgreSQL server that Temporal keeps its state in.
type Database struct {
	Address  string // host:port; it must stay the same when PostgreSQL is restarted
	User     string // owns the databases
	Password string
}

// Options say where Temporal keeps its state and what it serves.
type Options struct {
	Database Database
	// FrontendPort is the gRPC port on 127.0.0.1; 0 takes a free one.
	FrontendPort int
	// Namespace is created when it is missing; "" means DefaultNamespace.
	Namespace string
	// Retention of a new namespace; 0 means DefaultRetention. An existing namespace keeps its own.
	Retention time.Duration
	// Logger receives warnings and errors; nil means slog.Default().
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// UIOptions say what the Temporal web UI shows and where it is mounted.
type UIOptions struct {
	// FrontendAddress is the gRPC host:port of the Temporal server, embedded or outside.
	FrontendAddress string
	// Namespace is the one that the UI opens with; "" means DefaultNamespace.
	Namespace string
	// PublicPath is the path that the handler is mounted under, for example "/temporal". Requests must keep it.
	PublicPath string
	// AllowChanges lets the UI start, signal, reset, cancel and terminate workflows. Such changes bypass the MES's own
	// rules and audit, so it is off by default.
	AllowChanges bool
}
