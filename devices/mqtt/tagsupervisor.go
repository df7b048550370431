package mqtt

import (
	"fmt"
	"maps"
	"slices"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// supervise owns the connection, a fresh client each life.
func (d *Tags) supervise() {
	pause := backOffMin
	for d.ctx.Err() == nil {
		err := d.live()
		if d.Health().State == devices.Connected {
			pause = backOffMin
		}
		d.setState(devices.Down, err)
		d.gap("connection lost")
		wait(d.ctx, pause)
		pause = min(2*pause, backOffMax)
	}
	d.setState(devices.Down, fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed))
}

// live connects, subscribes, and stays until the connection is lost or the machine is closed.
func (d *Tags) live() error {
	lost := make(chan error, 1)
	client := paho.NewClient(d.options(lost))
	defer client.Disconnect(100)
	if err := connect(client, d.cfg.Address); err != nil {
		return err
	}
	if err := d.subscribe(client); err != nil {
		return err
	}
	d.setState(devices.Connected, nil)
	d.log.Info("connected", "address", d.cfg.Address)
	select {
	case err := <-lost:
		return fmt.Errorf("connection lost: %w", err)
	case <-d.ctx.Done():
		return nil
	}
}

// options are those of a session without a memory: what a machine was an hour ago is of no use now.
func (d *Tags) options(lost chan<- error) *paho.ClientOptions {
	return oneLife(d.cfg, lost).SetClientID(d.prefix + "-tags-" + d.cfg.Site + "-" + d.cfg.ID).
		SetCleanSession(true).SetDefaultPublishHandler(d.receive)
}

func (d *Tags) subscribe(client paho.Client) error {
	wish := map[string]byte{}
	for _, topic := range slices.Sorted(maps.Keys(d.topics)) {
		wish[topic] = 1
	}
	if len(wish) == 0 {
		return nil
	}
	return subscribed(client.SubscribeMultiple(wish, nil), d.cfg.Profile.WithDefaults().Timeout.Std())
}

func (d *Tags) setState(s devices.State, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.health.State != s {
		d.health.State, d.health.Since = s, time.Now()
		if err != nil && d.ctx.Err() == nil {
			d.log.Warn("no connection to the broker", "error", err)
		}
	}
	d.health.LastError = ""
	if err != nil {
		d.health.LastError = err.Error()
	}
}
