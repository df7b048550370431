package mqtt

import (
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// renewPause lies between leaving the broker and coming back for what is left there: it has to read our acknowledgements before it
// sees the new connection, or it sends everything again.
const renewPause = 300 * time.Millisecond

// supervise owns the connection. Each life has a client of its own, because the library's reconnect would send a trigger
// later that its caller has long given up. What the broker holds for us is tied to the client ID and outlives all lives.
func (d *Camera) supervise() {
	pause := backOffMin
	for d.ctx.Err() == nil {
		err := d.live()
		if err == nil {
			pause = backOffMin
			wait(d.ctx, renewPause)
			continue
		}
		if d.Health().State == devices.Connected {
			pause = backOffMin
		}
		d.setState(devices.Down, nil, err)
		wait(d.ctx, pause)
		pause = min(2*pause, backOffMax)
	}
	d.setState(devices.Down, nil, fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed))
}

// live connects, subscribes, and stays until the connection is lost, or without error when a new one is wanted or the
// camera is closed.
func (d *Camera) live() error {
	lost := make(chan error, 1)
	client := paho.NewClient(d.options(lost))
	defer client.Disconnect(100)
	if err := connect(client, d.cfg.Address); err != nil {
		return err
	}
	if err := d.subscribe(client); err != nil {
		return err
	}
	d.setState(devices.Connected, client, nil)
	d.log.Info("connected", "address", d.cfg.Address)
	select {
	case err := <-lost:
		return fmt.Errorf("connection lost: %w", err)
	case <-d.renew:
		d.setState(devices.Connecting, nil, nil)
		return nil
	case <-d.ctx.Done():
		return nil
	}
}

// options are those of a session that survives both sides' restarts. The default handler is set before the connection is
// made, because the broker hands out what it has stored at once, and the library acknowledges and drops what nobody
// handles.
func (d *Camera) options(lost chan<- error) *paho.ClientOptions {
	return oneLife(d.cfg, lost).SetClientID(d.prefix + "-" + d.cfg.Site + "-" + d.cfg.ID).
		SetCleanSession(false).SetAutoAckDisabled(true).SetDefaultPublishHandler(d.receive)
}

// subscribe wishes for results anew on each connection. The session remembers it, but a broker may have lost its memory.
func (d *Camera) subscribe(client paho.Client) error {
	topic := filterOf(d.cfg.Tags[TagResult])
	if topic == "" {
		return nil
	}
	t := client.Subscribe(topic, 1, nil)
	return subscribed(t, d.profile.Timeout.Std())
}

// setState notes a change of the connection. A nil client means none.
func (d *Camera) setState(s devices.State, client paho.Client, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.health.State != s {
		d.health.State, d.health.Since = s, time.Now()
		if err != nil && d.ctx.Err() == nil {
			d.log.Warn("no connection to the broker", "error", err)
		}
	}
	d.client = client
	d.health.LastError = ""
	if err != nil {
		d.health.LastError = err.Error()
	}
	close(d.changed)
	d.changed = make(chan struct{})
}
