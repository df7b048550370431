package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
)

// Options say which plant to play and where to find its partners.
type Options struct {
	// Dir keeps what a plant keeps: retentive memories, certificates, printed labels, the ERP's inbox, and sim.json.
	Dir  string
	Site string
	Line string
	// Seed makes the same lots meet the same good and bad parts.
	Seed uint64
	// Speed divides every working time; 1 is real time, 0 means 10.
	Speed float64
	// RejectRate is the share of bad parts and pictures when no fault says otherwise.
	RejectRate float64
	// Host is where everything listens; empty means 127.0.0.1.
	Host  string
	Ports Ports
	// AllowNone lets machines also offer connections without security.
	AllowNone bool
	// MQTT is the broker for the cameras. Without a URL there are no cameras.
	MQTT   MQTT
	Vision Vision
	// ERPSecret signs messages to the ERP. Empty means the secret of the last run, or a new one.
	ERPSecret string
	// Machines limits the plant to these machines; empty means all.
	Machines []string
	Logger   *slog.Logger
}

// Ports are the wished ports. 0 means the port of the last run in the same folder, or any free one.
type Ports struct {
	Control, ERP int
	// ByID holds the ports of machines and printers.
	ByID map[string]int
}

// MQTT says how to reach the broker.
type MQTT struct{ URL, User, Password string }

// Vision says where cameras post their results.
type Vision struct {
	// URL is the address of the API without /api/v1.
	URL string
	// Locate answers the address where URL is empty. It is asked for each result, so that the API may come later than
	// the plant, and elsewhere after a restart.
	Locate func(context.Context) (string, error)
	// Token gives the bearer token. It is asked for each result, so that a token may change.
	Token func(context.Context) (string, error)
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" || o.Site == "" || o.Line == "" {
		return o, errors.New("the simulated plant needs a folder, a site and a line")
	}
	if o.Speed == 0 {
		o.Speed = 10
	}
	if o.Speed < 0.01 || o.Speed > 1000 {
		return o, fmt.Errorf("speed %v is not within 0.01 and 1000", o.Speed)
	}
	if o.RejectRate < 0 || o.RejectRate > 1 {
		return o, fmt.Errorf("reject rate %v is not within 0 and 1", o.RejectRate)
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(o.Dir)
	o.Dir = dir
	return o, err
}

func (o Options) path(parts ...string) string {
	return filepath.Join(append([]string{o.Dir}, parts...)...)
}
