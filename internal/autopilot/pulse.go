package autopilot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// pulse wakes those who wait for a name: a station, or a lot that somebody has bound to a station.
type pulse struct {
	mu      sync.Mutex
	waiting map[string]chan struct{} // by station or role
	lots    map[string]string        // which station looks after a lot
}

func newPulse() *pulse {
	return &pulse{waiting: map[string]chan struct{}{}, lots: map[string]string{}}
}

// wait gives a channel that closes at the next beat for name.
func (p *pulse) wait(name string) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.waiting[name]
	if !ok {
		c = make(chan struct{})
		p.waiting[name] = c
	}
	return c
}

// follow says that a station wants to hear of a lot, in the place of the one before.
func (p *pulse) follow(station, lot string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l, s := range p.lots {
		if s == station && l != lot {
			delete(p.lots, l)
		}
	}
	if lot != "" {
		p.lots[lot] = station
	}
}

func (p *pulse) beat(e mes.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := e.ID
	switch e.Kind {
	case mes.EventLot:
		name = p.lots[e.ID]
	case mes.EventSignature:
		name = "signing"
	}
	if c, ok := p.waiting[name]; ok {
		close(c)
		delete(p.waiting, name)
	}
}

// listen follows the system's events. They only make the autopilot quicker: every turn also comes by the clock.
func (p *pilot) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.stream(ctx); err != nil && ctx.Err() == nil {
			p.Log.Debug("autopilot hears no events", "err", err)
		}
		sleep(ctx, 2*time.Second)
	}
}

func (p *pilot) stream(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.line.base+"/api/v1/events", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Jar: p.line.http.Jar}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("events answer %s", res.Status)
	}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var e mes.Event
		if ok && json.Unmarshal([]byte(data), &e) == nil && e.Kind != "" {
			p.pulse.beat(e)
		}
	}
	return nil
}
