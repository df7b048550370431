package opcua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/devices"
)

const (
	// silence is how long a connection may bring nothing, heartbeats included, before it counts as dead.
	silence = 3500 * time.Millisecond
	// The pause between two attempts to connect grows from backOffMin to backOffMax.
	backOffMin = 200 * time.Millisecond
	backOffMax = 2 * time.Second
	// closeTimeout bounds the farewell to a server that may be gone.
	closeTimeout   = time.Second
	connectTimeout = 6 * time.Second
)

// supervise owns the connection: it builds a fresh client for each life, serves it until it falls silent or breaks, and
// starts over. The library's own reconnect is off, because it loses subscriptions without saying so.
func (d *Device) supervise() {
	defer close(d.done)
	pause := backOffMin
	var last error
	for d.ctx.Err() == nil {
		d.setState(d.stateWhileTrying(last), nil, last)
		l, err := d.connect(d.ctx)
		if err == nil {
			pause, last = backOffMin, nil
			err = d.serve(l)
			l.close()
			d.tellGap()
		}
		if d.ctx.Err() != nil {
			break
		}
		if last == nil || last.Error() != err.Error() { // a machine that is off for a night fills no log
			d.log.Warn("connection lost or refused", "error", err)
		}
		last = err
		d.setState(devices.Down, nil, err)
		if !d.sleep(pause) {
			break
		}
		pause = min(2*pause, backOffMax)
	}
	d.setState(devices.Down, nil, fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed))
	d.endWatches()
}

// stateWhileTrying keeps a device that has failed at Down while it is tried again, so that screens do not flicker.
func (d *Device) stateWhileTrying(last error) devices.State {
	if last == nil {
		return devices.Connecting
	}
	return devices.Down
}

func (d *Device) sleep(pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-d.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// serve keeps one life: it sets up the subscription, hands out the connection, passes values on, and returns when the
// server has been silent for too long, the connection broke, or the device is closed.
func (d *Device) serve(l *life) error {
	feed, err := d.subscribe(l)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	d.setState(devices.Connected, l, nil)
	d.log.Info("connected", "address", d.cfg.Address)
	watchdog := time.NewTimer(silence)
	defer watchdog.Stop()
	retry := time.NewTicker(retryBadItems)
	defer retry.Stop()
	for {
		if err := feed.follow(d.ctx); err != nil {
			return err
		}
		select {
		case <-d.ctx.Done():
			return d.ctx.Err()
		case err := <-l.broken:
			return err
		case <-watchdog.C:
			return fmt.Errorf("nothing received for %s: %w", silence, devices.ErrNoAnswer)
		case n := <-feed.notes:
			if n.Error != nil {
				return n.Error
			}
			alive, err := feed.deliver(n.Value)
			if err != nil {
				return err
			}
			if alive {
				watchdog.Reset(silence)
			}
		case <-d.poke:
		case <-retry.C:
			feed.retryBad()
		}
	}
}

// close says goodbye in the background's own time: a server that is gone must not hold up the next life.
func (l *life) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		_ = l.client.Close(ctx)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// fail marks the connection as broken. Only the first reason counts.
func (l *life) fail(err error) {
	if err == nil {
		err = errors.New("connection closed")
	}
	select {
	case l.broken <- err:
	default:
	}
}
