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
	client  paho.Client
	ctx     context.Context
	cancel  context.CancelFunc
	inbox   *inbox
	wg      sync.WaitGroup

	mu      sync.Mutex
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
	if c.Tags[TagTrigger] == "" {
		return nil, &devices.FieldError{Device: c.ID, Field: `tags["trigger"]`, Problem: "is missing"}
	}
	if o.ClientPrefix == "" {
		o.ClientPrefix = "steelthread"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Camera{cfg: c, profile: c.Profile.WithDefaults(), log: o.Logger.With("device", c.ID, "driver", "mqtt-camera"),
		inbox: newInbox(), changed: make(chan struct{}),
		health: devices.Health{State: devices.Connecting, Since: time.Now()}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.client = paho.NewClient(d.options(o.ClientPrefix))
	d.client.Connect() // with ConnectRetry it goes on trying by itself
	return d, nil
}

// options are those of a session that survives both sides' restarts. The default handler is set before the first connect,
// because the broker hands out what it has stored at once, and the library acknowledges and drops what nobody handles.
func (d *Camera) options(prefix string) *paho.ClientOptions {
	return paho.NewClientOptions().AddBroker(d.cfg.Address).
		SetClientID(prefix + "-" + d.cfg.Site + "-" + d.cfg.ID).
		SetUsername(d.cfg.Security.User).SetPassword(d.cfg.Security.Password).
		SetProtocolVersion(4).SetCleanSession(false).
		SetAutoAckDisabled(true).SetDefaultPublishHandler(d.receive).
		SetConnectRetry(true).SetConnectRetryInterval(500 * time.Millisecond).SetConnectTimeout(2 * time.Second).
		SetAutoReconnect(true).SetMaxReconnectInterval(2 * time.Second).
		SetKeepAlive(3 * time.Second).SetPingTimeout(2 * time.Second).SetWriteTimeout(3 * time.Second).
		SetOnConnectHandler(func(paho.Client) { d.connected() }).
		SetConnectionLostHandler(func(_ paho.Client, err error) { d.setState(devices.Down, err) }).
		SetConnectionNotificationHandler(func(_ paho.Client, n paho.ConnectionNotification) {
			if failed, ok := n.(paho.ConnectionNotificationFailed); ok {
				d.setState(devices.Down, failed.Reason)
			}
		})
}

// connected subscribes anew on each connection. The session remembers it, but a broker may have lost its memory.
func (d *Camera) connected() {
	topic := d.cfg.Tags[TagResult]
	if topic != "" {
		t := d.client.Subscribe(topic, 1, nil)
		if err := d.subscribed(t, topic); err != nil {
			d.setState(devices.Down, err)
			d.log.Warn("the broker does not take the subscription", "topic", topic, "error", err)
			return
		}
	}
	d.setState(devices.Connected, nil)
	d.log.Info("connected", "address", d.cfg.Address)
}

func (d *Camera) subscribed(t paho.Token, topic string) error {
	if !t.WaitTimeout(d.profile.Timeout.Std()) {
		return fmt.Errorf("subscribe %s: %w", topic, devices.ErrNoAnswer)
	}
	if err := t.Error(); err != nil {
		return fmt.Errorf("subscribe %s: %w", topic, err)
	}
	if s, ok := t.(*paho.SubscribeToken); ok && s.Result()[topic] == 0x80 {
		return fmt.Errorf("subscribe %s: %w", topic, devices.ErrRefused)
	}
	return nil
}

// Config gives the configuration that the camera was opened with.
func (d *Camera) Config() devices.Config { return d.cfg }

// Health tells how the connection to the broker is doing. LastData is the camera's last result.
func (d *Camera) Health() devices.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health
}

func (d *Camera) setState(s devices.State, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.health.State != s {
		d.health.State, d.health.Since = s, time.Now()
	}
	d.health.LastError = ""
	if err != nil {
		d.health.LastError = err.Error()
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// Close ends the connection. Results that are not kept yet stay with the broker.
func (d *Camera) Close() error {
	d.cancel()
	d.client.Disconnect(100)
	d.wg.Wait()
	d.setState(devices.Down, devices.ErrClosed)
	return nil
}

// Trigger publishes the request for a shot and waits for the broker's word. See [devices.Camera].
func (d *Camera) Trigger(ctx context.Context, s devices.Shot) error {
	if s.ID == "" || s.Lot == "" || s.Step == "" {
		return errors.New("a shot needs an ID, a lot and a step")
	}
	s.Camera = d.cfg.ID
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.profile.Timeout.Std())
	defer cancel()
	// Nothing is published while there is no connection: the library would keep it and send it when the part has moved on.
	if err := d.await(ctx); err != nil {
		return err
	}
	t := d.client.Publish(d.cfg.Tags[TagTrigger], 1, false, body)
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

// await waits for the connection up to the end of ctx.
func (d *Camera) await(ctx context.Context) error {
	for {
		d.mu.Lock()
		state, changed := d.health.State, d.changed
		d.mu.Unlock()
		if state == devices.Connected {
			return nil
		}
		select {
		case <-changed:
		case <-d.ctx.Done():
			return fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
		case <-ctx.Done():
			return d.late(ctx)
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
