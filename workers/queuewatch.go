package workers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// queueWatch has the queues of stations looked at when something happened that may have changed them. What it finds goes into the
// dispatch log and to whoever looks at the station; the queues themselves are made anew by each reader, so nothing waits for it.
type queueWatch struct {
	ledger mes.DispatchLedger
	sites  mes.Plant
	events mes.Events
	log    *slog.Logger
	// gather is how long it waits for more events before it looks, so that a burst is one look.
	gather time.Duration
	// every is how often it looks without an event: time itself makes material expire and shifts begin.
	every time.Duration
}

const (
	queueGather = 250 * time.Millisecond
	queueEvery  = time.Minute
	// queueRest is how long it rests after a look, in multiples of the time that the look took: on a busy plant it uses a tenth of
	// a processor, not more.
	queueRest = 9
	// queueLongestRest bounds that: what changes and changes back within it may leave no line.
	queueLongestRest = time.Second
	// queueLogKept is how long the dispatch log is kept.
	queueLogKept = 30 * 24 * time.Hour
)

// stirs are the kinds of event that may change queues of any station of the site. Most of them come with events of the
// stations that they touch at once; these are for what touches others: material, people, gauges.
var stirs = map[mes.EventKind]bool{mes.EventHold: true, mes.EventOrder: true, mes.EventMaterial: true, mes.EventQualification: true, mes.EventShift: true, mes.EventLabour: true,
	mes.EventGauge: true, mes.EventDevice: true, mes.EventLost: true}

// stirred is what is to be looked at: stations by site, or all of a site.
type stirred struct {
	stations map[string]map[string]bool
	whole    map[string]bool
	all      bool
}

func (s *stirred) add(e mes.Event) bool {
	switch {
	case e.Kind == mes.EventStation && e.Site != "":
		if s.stations[e.Site] == nil {
			s.stations[e.Site] = map[string]bool{}
		}
		s.stations[e.Site][e.ID] = true
	case !stirs[e.Kind]:
		return false
	case e.Site == "":
		s.all = true
	default:
		s.whole[e.Site] = true
	}
	return true
}

func nothingStirred() *stirred {
	return &stirred{stations: map[string]map[string]bool{}, whole: map[string]bool{}}
}

// Run watches until ctx ends.
func (q queueWatch) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := q.follow(ctx); err != nil && ctx.Err() == nil {
			q.log.Warn("the watch on the queues begins again", "error", err)
			pause(ctx, time.Second)
		}
	}
}

func (q queueWatch) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := q.events.Listen(ctx)
	if err != nil {
		return err
	}
	beat, sweep := time.NewTicker(q.every), time.NewTicker(time.Hour)
	defer beat.Stop()
	defer sweep.Stop()
	waiting := nothingStirred()
	waiting.all = true // what happened before it began
	look := time.NewTimer(0)
	defer look.Stop()
	armed := true
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-events:
			if !ok {
				return errors.New("the events have ended")
			}
			if waiting.add(e) && !armed {
				armed = true
				look.Reset(q.gather)
			}
		case <-beat.C:
			waiting.all = true
			if !armed {
				armed = true
				look.Reset(0)
			}
		case <-sweep.C:
			if err := q.ledger.Sweep(ctx, time.Now().Add(-queueLogKept)); err != nil {
				return err
			}
		case <-look.C:
			began := time.Now()
			taken := waiting
			waiting, armed = nothingStirred(), false
			if err := q.notice(ctx, taken); err != nil {
				return err
			}
			pause(ctx, min(queueRest*time.Since(began), queueLongestRest))
		}
	}
}

// notice looks at what was stirred.
func (q queueWatch) notice(ctx context.Context, s *stirred) error {
	if s.all {
		sites, err := q.sites.Sites(ctx)
		if err != nil {
			return err
		}
		for _, site := range sites {
			s.whole[site] = true
		}
	}
	for site := range s.whole {
		if _, err := q.ledger.Notice(ctx, site); err != nil {
			return err
		}
	}
	for site, named := range s.stations {
		if s.whole[site] {
			continue
		}
		stations := make([]string, 0, len(named))
		for id := range named {
			stations = append(stations, id)
		}
		if _, err := q.ledger.Notice(ctx, site, stations...); err != nil {
			return err
		}
	}
	return nil
}
