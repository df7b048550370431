package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// Reports tells the API the state and live values of every device: changes once a second, and everything every ten
// seconds, so that the age of a report says whether the edge lives.
type Reports struct {
	Hub *devices.Hub
	API *API
	Log *slog.Logger

	mu   sync.Mutex
	live map[string]map[string]devices.Value // by device and name
	sent map[string][]byte
}

const (
	reportEvery = time.Second
	fullEvery   = 10 // reports
)

// Run reports until ctx ends. An API that is away costs nothing but the reports: the next one carries all again.
func (r *Reports) Run(ctx context.Context) {
	r.live, r.sent = map[string]map[string]devices.Value{}, map[string][]byte{}
	for _, c := range r.Hub.Configs() {
		r.watch(ctx, c)
	}
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	away := false
	for n := 0; ; n++ {
		err := r.report(ctx, n%fullEvery == 0)
		if (err != nil) != away && ctx.Err() == nil {
			away = err != nil
			if away {
				clear(r.sent)
				r.Log.Warn("device reports do not reach the API", "error", err)
			} else {
				r.Log.Info("device reports reach the API again")
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// watch keeps the newest live values of a machine.
func (r *Reports) watch(ctx context.Context, c devices.Config) {
	if len(c.Live) == 0 {
		return
	}
	device, err := r.Hub.Get(c.ID)
	if err != nil {
		return // its health says why
	}
	m, ok := device.(devices.Subscriber)
	if !ok {
		return
	}
	tags := make([]string, 0, len(c.Live))
	for _, l := range c.Live {
		tags = append(tags, l.Tag)
	}
	err = m.Subscribe(ctx, tags, func(v devices.Value) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.live[c.ID] == nil {
			r.live[c.ID] = map[string]devices.Value{}
		}
		r.live[c.ID][v.Tag] = v
	})
	if err != nil {
		r.Log.Error("live values can't be watched", "device", c.ID, "error", err)
	}
}

// report is the body of POST /edge/reports.
type report struct {
	Device string      `json:"device"`
	State  string      `json:"state"`
	Since  time.Time   `json:"since"`
	Error  string      `json:"error,omitempty"`
	Live   []liveValue `json:"live,omitempty"`
}

type liveValue struct {
	Name    string          `json:"name"`
	Label   string          `json:"label,omitempty"`
	Value   any             `json:"value"`
	Unit    string          `json:"unit,omitempty"`
	Quality devices.Quality `json:"quality"`
	At      time.Time       `json:"at"`
}

// report sends what changed since the last report that arrived, or everything.
func (r *Reports) report(ctx context.Context, full bool) error {
	configs := map[string]devices.Config{}
	for _, c := range r.Hub.Configs() {
		configs[c.ID] = c
	}
	var list []report
	now := map[string][]byte{}
	for _, h := range r.Hub.Health() {
		one := report{Device: h.ID, State: string(h.State), Since: h.Since, Error: short(h.LastError), Live: r.values(configs[h.ID])}
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		if full || !bytes.Equal(text, r.sent[h.ID]) {
			list, now[h.ID] = append(list, one), text
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := r.API.Post(ctx, "/edge/reports", map[string]any{"devices": list}, nil); err != nil {
		return err
	}
	maps.Copy(r.sent, now)
	return nil
}

func (r *Reports) values(c devices.Config) []liveValue {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []liveValue
	for _, l := range c.Live {
		v, ok := r.live[c.ID][l.Tag]
		if !ok {
			continue
		}
		at := v.SourceTime
		if at.IsZero() {
			at = v.ReceivedTime
		}
		out = append(out, liveValue{Name: l.Name, Label: l.Label, Value: v.Value, Unit: l.Unit, Quality: v.Quality, At: at})
	}
	return slices.Clip(out)
}

// short keeps an error's text within what the API takes.
func short(s string) string {
	if len(s) > 900 {
		return s[:900]
	}
	return s
}
