package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// machineEvents is the body of POST /edge/machine-events.
type machineEvents struct {
	Node    string            `json:"node"`
	First   int64             `json:"first"`
	Records []json.RawMessage `json:"records"`
	Alive   []string          `json:"alive"`
}

// send brings the buffer to the API, in order, and tells that it lives when there is nothing else to tell.
func (m *Machines) send(ctx context.Context) {
	pause, away := 200*time.Millisecond, false
	for ctx.Err() == nil {
		err := m.sendOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if (err != nil) != away {
			away = err != nil
			if away {
				m.Log.Warn("what machines tell does not reach the API; it is kept", "error", err)
			} else {
				m.Log.Info("what machines tell reaches the API again", "waiting", m.spool.Stats().Records)
			}
		}
		if err == nil {
			pause = 200 * time.Millisecond
			continue
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
		pause = min(2*pause, maxRetryPause)
	}
}

// sendOnce sends the next batch, or a sign of life when none comes in time.
func (m *Machines) sendOnce(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, machineAlive)
	batch, err := m.spool.Next(wait, machineBatch, machineBytes)
	cancel()
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	in := machineEvents{Node: m.spool.Node(), First: max(batch.First, 1), Records: make([]json.RawMessage, len(batch.Bodies)), Alive: []string{}}
	for i, b := range batch.Bodies {
		in.Records[i] = b
	}
	if m.spool.Stats().Records <= int64(len(batch.Bodies)) { // with this one, all is told
		m.mu.Lock()
		in.Alive = slices.Sorted(maps.Keys(m.machines))
		m.mu.Unlock()
	}
	if len(in.Records) == 0 && len(in.Alive) == 0 {
		return nil
	}
	var taken mes.MachineTaken
	err = m.API.Post(ctx, "/edge/machine-events", in, &taken)
	var refused *StatusError
	if errors.As(err, &refused) && refused.Final() && len(in.Records) > 0 {
		// It would be refused for ever and hold up all that comes after it.
		m.Log.Error("the API refused what machines tell for good; it was let go", "records", len(in.Records), "first", in.First, "error", err)
		return m.spool.Ack(batch.Last())
	}
	if err != nil {
		return err
	}
	if taken.Unread > 0 {
		m.Log.Warn("the API could not read some of what machines tell", "records", taken.Unread)
	}
	for _, station := range taken.Again {
		if f := m.of(station); f != nil {
			f.mu.Lock()
			f.tracker.Again()
			f.mu.Unlock()
		}
	}
	if len(in.Records) == 0 {
		return nil
	}
	return m.spool.Ack(batch.Last())
}
