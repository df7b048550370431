// Package mqtt drives cameras over MQTT 3.1.1: a trigger is published, a result comes back on another topic. Delivery is
// at least once from end to end: a result is acknowledged to the broker only after its consumer has kept it, and results
// that come twice are told once.
package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// The logical tags of a camera. A camera without a result topic answers another way, for instance over REST.
const (
	TagTrigger = "trigger"
	TagResult  = "result"
)

// Options is what all cameras of one process share.
type Options struct {
	// ClientPrefix starts each camera's client ID. Two processes on one broker need different ones. The default is
	// steelthread.
	ClientPrefix string
	Logger       *slog.Logger
}

// Factory makes devices for a [devices.Hub].
func Factory(o Options) devices.Factory {
	return func(c devices.Config) (devices.Device, error) { return Open(c, o) }
}

// Camera is one camera. It is a [devices.Camera].
type Camera struct {
	cfg     devices.Config
	profile devices.Profile
	log     *slog.Logger
	prefix  string
	ctx     context.Context
	cancel  context.CancelFunc
	inbox   *inbox
	wg      sync.WaitGroup
	// renew asks the supervisor for a new connection.
	renew chan struct{}

	mu      sync.Mutex
	client  paho.Client // nil while there is no connection
	health  devices.Health
	changed chan struct{} // closed and replaced when health changes
	taken   bool          // results have a consumer
}

var _ devices.Camera = (*Camera)(nil)

// Open starts a camera. It returns at once; connecting goes on behind it.
func Open(c devices.Config, o Options) (*Camera, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Tags[TagTrigger] == "" && c.Profile.Name != ProfileRoboflow {
		return nil, &devices.FieldError{Device: c.ID, Field: `tags["trigger"]`, Problem: "is missing"}
	}
	if o.ClientPrefix == "" {
		o.ClientPrefix = "steelthread"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Camera{cfg: c, profile: c.Profile.WithDefaults(), log: o.Logger.With("device", c.ID, "driver", "mqtt-camera"),
		prefix: o.ClientPrefix, inbox: newInbox(), renew: make(chan struct{}, 1), changed: make(chan struct{}),
		health: devices.Health{State: devices.Connecting, Since: time.Now()}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.wg.Go(d.supervise)
	return d, nil
}

// Config gives the configuration that the camera was opened with.
func (d *Camera) Config() devices.Config { return d.cfg }

// Health tells how the connection to the broker is doing. LastData is the camera's last result.
func (d *Camera) Health() devices.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health
}

// Close ends the connection. Results that are not kept yet stay with the broker.
func (d *Camera) Close() error {
	d.cancel()
	d.wg.Wait()
	return nil
}

// Trigger publishes the request for a shot and waits for the broker's word. See [devices.Camera].
func (d *Camera) Trigger(ctx context.Context, s devices.Shot) error {
	if s.ID == "" || s.Lot == "" || s.Step == "" {
		return errors.New("a shot needs an ID, a lot and a step")
	}
	if d.cfg.Tags[TagTrigger] == "" {
		return nil // it takes its pictures by itself
	}
	s.Camera = d.cfg.ID
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.profile.Timeout.Std())
	defer cancel()
	// Nothing is published while there is no connection: the library would keep it and send it when the part has moved on.
	client, err := d.await(ctx)
	if err != nil {
		return err
	}
	t := client.Publish(d.cfg.Tags[TagTrigger], 1, false, body)
	select {
	case <-t.Done():
		if t.Error() != nil {
			return fmt.Errorf("%s: %w: %v", d.cfg.ID, devices.ErrNoAnswer, t.Error())
		}
		return nil
	case <-ctx.Done():
		return d.late(ctx)
	}
}

// await gives the present connection, or waits for one up to the end of ctx.
func (d *Camera) await(ctx context.Context) (paho.Client, error) {
	for {
		d.mu.Lock()
		client, changed := d.client, d.changed
		d.mu.Unlock()
		if client != nil {
			return client, nil
		}
		select {
		case <-changed:
		case <-d.ctx.Done():
			return nil, fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
		case <-ctx.Done():
			return nil, d.late(ctx)
		}
	}
}

func (d *Camera) late(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if why := d.Health().LastError; why != "" {
		return fmt.Errorf("%s: %w: %s", d.cfg.ID, devices.ErrNoAnswer, why)
	}
	return fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrNoAnswer)
}
