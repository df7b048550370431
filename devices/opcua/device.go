// Package opcua drives machines over OPC UA. It wraps gopcua with what a plant needs and the library leaves to its user:
// a supervisor that rebuilds the whole client after every gap, a heartbeat in the subscription, a pinned server
// certificate, strict types, and answers that never hide a bad status.
package opcua

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// Options is what all machines of one process share.
type Options struct {
	// PKIDir keeps this application's own certificate and key. They are made on first use.
	PKIDir string
	// ApplicationURI names this application inside its certificate. The default is urn:steelthread:mes.
	ApplicationURI string
	Logger         *slog.Logger
}

// Factory makes devices for a [devices.Hub]: machines, and with the driver [CameraDriver] cameras.
func Factory(o Options) devices.Factory {
	own := newIdentity(o)
	return func(c devices.Config) (devices.Device, error) {
		if c.Driver == CameraDriver {
			return openCamera(c, own, o.Logger)
		}
		return open(c, own, o.Logger)
	}
}

// Device is one machine. It is a [devices.Machine].
type Device struct {
	cfg     devices.Config
	profile devices.Profile
	nodes   map[string]nodeSpec
	own     *identity
	log     *slog.Logger

	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	// poke tells the supervisor that the set of watches has changed.
	poke chan struct{}

	mu      sync.Mutex
	life    *life
	health  devices.Health
	err     error
	changed chan struct{} // closed and replaced whenever life or health changes
	watches map[*watch]struct{}
}

var _ devices.Machine = (*Device)(nil)

// Open starts a device by itself, outside a hub.
func Open(c devices.Config, o Options) (*Device, error) { return open(c, newIdentity(o), o.Logger) }

func open(c devices.Config, own *identity, log *slog.Logger) (*Device, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	nodes, err := parseNodes(c)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Device{
		cfg: c, profile: c.Profile.WithDefaults(), nodes: nodes, own: own,
		log: log.With("device", c.ID, "driver", "opcua"), ctx: ctx, cancel: cancel, done: make(chan struct{}),
		poke: make(chan struct{}, 1), changed: make(chan struct{}), watches: map[*watch]struct{}{},
		health: devices.Health{State: devices.Connecting, Since: time.Now()},
	}
	go d.supervise()
	return d, nil
}

// Config gives the configuration that the device was opened with.
func (d *Device) Config() devices.Config { return d.cfg }

// Health tells how the connection is doing.
func (d *Device) Health() devices.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health
}

// Close ends the connection and all subscriptions, and waits for the supervisor to leave.
func (d *Device) Close() error {
	d.cancel()
	<-d.done
	return nil
}

// setState notes a change of the connection. A nil life means not connected.
func (d *Device) setState(s devices.State, l *life, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.health.State != s {
		d.health.State, d.health.Since = s, time.Now()
	}
	d.life, d.err = l, err
	d.health.LastError = ""
	if err != nil {
		d.health.LastError = err.Error()
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// data notes that something was received, which is what health is about.
func (d *Device) data(now time.Time) {
	d.mu.Lock()
	d.health.LastData = now
	d.mu.Unlock()
}

// await gives the present connection, or waits for one until ctx ends.
func (d *Device) await(ctx context.Context) (*life, error) {
	for {
		d.mu.Lock()
		l, changed, last := d.life, d.changed, d.err
		d.mu.Unlock()
		if l != nil {
			return l, nil
		}
		if errors.Is(last, devices.ErrUntrusted) {
			return nil, last
		}
		select {
		case <-changed:
		case <-d.ctx.Done():
			return nil, fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, ctx.Err()
			}
			return nil, unreachable(d.cfg.ID, last)
		}
	}
}

func unreachable(id string, last error) error {
	if last == nil {
		return fmt.Errorf("%s: %w", id, devices.ErrNoAnswer)
	}
	return fmt.Errorf("%s: %w: %v", id, devices.ErrNoAnswer, last)
}

// bounded limits one request by the profile's time-out.
func (d *Device) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.profile.Timeout.Std())
}
