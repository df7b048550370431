package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workers/spool"
)

// Telemetry records the tags that devices' configurations name, keeps the values on disk, and sends them to the API in
// order. What was sent stays on disk until the API says that it has it.
type Telemetry struct {
	Hub  *devices.Hub
	API  *API
	Site string
	// Dir is the folder of the buffer.
	Dir string
	Log *slog.Logger
	// Keep bounds the buffer; zero fields take the spool's own.
	Keep spool.Options

	out       recording
	recorders []*recorder
}

const (
	// recordEvery is how often values are written to disk, or sooner when there are enough of them for a record.
	recordEvery = 500 * time.Millisecond
	fullRecord  = mes.MaxRecordValues / 2
	// maxWaiting bounds the values in memory while the disk is slow; what comes beyond it is left out and counted.
	maxWaiting = 200_000
	// sendBytes is the size of what is sent at once, sendRecords how many records that are.
	sendBytes   = mes.MaxTelemetryBody / 2
	sendRecords = 200
	smallest    = 64 << 10
	// sendTimeout is longer than for other requests: a batch is large, and its tags may be new.
	sendTimeout = 30 * time.Second
)

// Run records and sends until ctx ends.
func (t *Telemetry) Run(ctx context.Context) {
	s, err := spool.Open(t.Dir, t.Keep)
	if err != nil {
		t.Log.Error("values of devices can't be recorded: their buffer can't be opened", "folder", t.Dir, "error", err)
		return
	}
	defer func() { _ = s.Close() }() // what it was told to keep is on disk already
	t.out.full = make(chan struct{}, 1)
	patient := *t.API
	patient.HTTP = &http.Client{Timeout: sendTimeout}
	t.API = &patient
	t.watch(ctx)
	var senders sync.WaitGroup
	senders.Go(func() { t.send(ctx, s) })
	t.keep(ctx, s)
	senders.Wait()
}

// watch subscribes what is to be recorded. The subscription outlives connections.
func (t *Telemetry) watch(ctx context.Context) {
	for _, c := range t.Hub.Configs() {
		specs := c.Recorded()
		if c.Site != t.Site || len(specs) == 0 {
			continue
		}
		r := newRecorder(c, &t.out, time.Now())
		m, err := t.Hub.Machine(c.ID)
		if err == nil {
			tags := make([]string, len(specs))
			for i, s := range specs {
				tags[i] = s.Tag
			}
			err = m.Subscribe(ctx, tags, r.take)
		}
		if err != nil {
			t.Log.Error("a device's values are not recorded", "device", c.ID, "error", err)
			continue
		}
		t.recorders = append(t.recorders, r)
	}
}

// keep writes to disk what was recorded.
func (t *Telemetry) keep(ctx context.Context, s *spool.Spool) {
	tick := time.NewTicker(recordEvery)
	defer tick.Stop()
	failing := false
	for {
		ended := false
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
			t.tick()
		case <-t.out.full:
		}
		err := t.out.flush(s)
		if (err != nil) != failing {
			failing = err != nil
			if failing {
				t.Log.Error("recorded values can't be written to disk; they wait in memory", "error", err)
			} else {
				t.Log.Info("recorded values are written to disk again")
			}
		}
		if ended {
			return
		}
	}
}

func (t *Telemetry) tick() {
	connected := map[string]bool{}
	for _, h := range t.Hub.Health() {
		connected[h.ID] = h.State == devices.Connected
	}
	now := time.Now()
	for _, r := range t.recorders {
		r.tick(now, connected[r.device])
	}
}

// send gives the API what is on disk, oldest first. The API leaves out what it has, so whatever is in doubt is sent again.
func (t *Telemetry) send(ctx context.Context, s *spool.Spool) {
	const least, most = 200 * time.Millisecond, 10 * time.Second
	wait, records, size := least, sendRecords, int64(sendBytes)
	away := false
	for ctx.Err() == nil {
		b, err := s.Next(ctx, records, size)
		if err == nil {
			err = t.post(ctx, s.Node(), b)
		}
		var refused *StatusError
		if errors.As(err, &refused) && refused.Final() && refused.Status != http.StatusNotFound {
			if records > 1 {
				records = 1 // to find the one that is refused
				continue
			}
			t.Log.Error("the API refused recorded values for good; they were let go", "record", b.First, "error", err)
			err = nil
		}
		if err == nil {
			err = s.Ack(b.Last())
		}
		if err == nil {
			wait, records, size = least, sendRecords, min(2*size, sendBytes)
			if away {
				away = false
				t.Log.Info("recorded values reach the API again", "waiting", s.Stats().Records)
			}
			continue
		}
		if !away && ctx.Err() == nil {
			away = true
			t.Log.Warn("recorded values do not reach the API; they wait on disk", "error", err)
		}
		pause(ctx, wait)
		// Smaller, too: what takes longer than the time-out would take so for ever.
		wait, size = min(2*wait, most), max(size/2, smallest)
	}
}

func (t *Telemetry) post(ctx context.Context, node string, b spool.Batch) error {
	q := url.Values{"node": {node}, "first": {fmt.Sprint(b.First)}}
	return t.API.PostBytes(ctx, "/edge/telemetry?"+q.Encode(), mes.FrameRecords(b.Bodies))
}

func pause(ctx context.Context, d time.Duration) {
	w := time.NewTimer(d)
	defer w.Stop()
	select {
	case <-ctx.Done():
	case <-w.C:
	}
}
