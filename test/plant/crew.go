package plant

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Crew is a shift that works an order off through the public API: it kits, confirms, measures at target, scans labels,
// asks silent machines again and reviews what is undecided. It is deliberately dumber than a person: it looks, acts on
// what it sees, and after a lost connection repeats the same command under the same key.
type Crew struct {
	Name      string // begins each Idempotency-Key
	Operators []*Client
	Quality   *Client
	// Review decides reviews; nil passes all.
	Review func(mes.LotView) mes.Decision
	// Stop, where set, tells a lot that the crew leaves alone.
	Stop func(mes.LotView) bool
	// Parallel bounds the commands under way at once; 0 means 4.
	Parallel int

	Commands, Refusals atomic.Int64

	// LastRefusal is for the log, once the crew has finished.
	LastRefusal string

	mu       sync.Mutex
	busy     map[string]bool // lots with a command under way
	answered map[string]time.Time
	sent     map[string]int // commands per lot, for the keys
	starting map[string]int // starts under way per station
	able     map[string]int // operation → index of an operator who may start it
	refused  map[string]int // refusals in a row per lot
	stock    *Stock
	routing  map[string]mes.Routing
	failure  error
}

// maxRefusals in a row on one lot mean that the crew will never get on.
const maxRefusals = 60

// Work works the order off until it is completed, closed or cancelled.
func (c *Crew) Work(ctx context.Context, order string) error {
	return c.Reach(ctx, order, func(o mes.Order, _ []mes.LotView) bool { return o.State.Ended() })
}

// Reach works on the order until what it sees of it and its open lots is what was asked for, and until no command is
// under way any more.
func (c *Crew) Reach(ctx context.Context, order string, reached func(mes.Order, []mes.LotView) bool) error {
	c.prepare()
	done := make(chan struct{}, 64)
	tick := time.NewTicker(4 * poll)
	defer tick.Stop()
	var o mes.Order
	var last error
	for {
		began := time.Now()
		now, lots, err := c.look(ctx, order)
		if err == nil {
			o = now
		}
		if err == nil && c.idle(began) && reached(o, lots) {
			return nil
		}
		if err == nil {
			err = c.act(ctx, o, lots, began, done)
		}
		if f := c.failed(); f != nil {
			return f
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("order %s is %s: good %s, scrap %s, in process %s, not started %s; last: %v; %w",
				order, o.State, o.Good, o.Scrap, o.InProcess, o.NotStarted, last, ctx.Err())
		case <-done:
		case <-tick.C:
		}
	}
}

func (c *Crew) prepare() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == nil {
		c.busy, c.sent, c.starting, c.able, c.refused = map[string]bool{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
		c.answered = map[string]time.Time{}
		c.routing, c.stock = map[string]mes.Routing{}, NewStock(c.Operators[0])
	}
}

// idle tells that no command is under way, nor was since the given time.
func (c *Crew) idle(since time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.answered {
		if at.After(since) {
			return false
		}
	}
	return len(c.busy) == 0
}

func (c *Crew) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// look reads the order and its lots that are still on their way.
func (c *Crew) look(ctx context.Context, order string) (o mes.Order, lots []mes.LotView, err error) {
	cl := c.Operators[0]
	if err := cl.Get(ctx, "/work-orders/"+url.PathEscape(order), &o); err != nil {
		return o, nil, err
	}
	var page mes.Page[mes.LotView]
	err = cl.Get(ctx, "/work-orders/"+url.PathEscape(order)+"/lots?limit=500&state=queued,running,paused,review", &page)
	return o, page.Items, err
}

// act gives a command to each lot that waits for one, as it was seen at the given time or later.
func (c *Crew) act(ctx context.Context, o mes.Order, lots []mes.LotView, seen time.Time, done chan<- struct{}) error {
	free, err := c.freePlaces(ctx)
	if err != nil {
		return err
	}
	for _, l := range lots {
		cmd, ok := c.next(o, l)
		if !ok || !c.take(l, cmd, seen, free) {
			continue
		}
		go func() {
			defer func() { done <- struct{}{} }()
			c.give(ctx, o, l, cmd)
		}()
	}
	return nil
}

// freePlaces reads how many more lots each station can take; a station without a limit has many.
func (c *Crew) freePlaces(ctx context.Context) (map[string]int, error) {
	var page mes.Page[mes.StationView]
	if err := c.Operators[0].Get(ctx, "/stations", &page); err != nil {
		return nil, err
	}
	free := map[string]int{}
	for _, s := range page.Items {
		free[s.ID] = s.Capacity - s.Running
		if s.Capacity == 0 {
			free[s.ID] = 1 << 20
		}
	}
	return free, nil
}

// take reserves the lot, and for a start a place at its station. A lot that was seen before its last command was answered
// has moved on.
func (c *Crew) take(l mes.LotView, cmd command, seen time.Time, free map[string]int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.Parallel
	if limit == 0 {
		limit = 4
	}
	if c.busy[l.Lot] || len(c.busy) >= limit || c.answered[l.Lot].After(seen) {
		return false
	}
	if cmd.kind == "start" {
		if free[l.Station]-c.starting[l.Station] <= 0 {
			return false
		}
		c.starting[l.Station]++
	}
	c.busy[l.Lot] = true
	return true
}

// give carries one command out to its final answer.
func (c *Crew) give(ctx context.Context, o mes.Order, l mes.LotView, cmd command) {
	c.mu.Lock()
	c.sent[l.Lot]++
	key := fmt.Sprintf("%s:%s:%d", c.Name, l.Lot, c.sent[l.Lot])
	c.mu.Unlock()
	r, err := c.send(ctx, o, l, cmd, key)
	if err == nil && !r.OK() && cmd.kind == "step" {
		c.stock.Forget(l.Lot)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, l.Lot)
	c.answered[l.Lot] = time.Now()
	if cmd.kind == "start" {
		c.starting[l.Station]--
	}
	c.Commands.Add(1)
	switch {
	case err != nil && ctx.Err() == nil:
		c.failure = err
	case err != nil:
	case r.OK():
		c.refused[l.Lot] = 0
	default:
		c.refuse(l, cmd, r)
	}
}

func (c *Crew) refuse(l mes.LotView, cmd command, r *Reply) {
	c.Refusals.Add(1)
	c.refused[l.Lot]++
	c.LastRefusal = fmt.Sprintf("%s of %s at %s/%s: %s", cmd.kind, l.Lot, l.Operation, l.Step, r.Body)
	if !cmd.quality && r.Status == http.StatusForbidden {
		c.able[l.Operation]++ // another operator has the certificate
	}
	if c.refused[l.Lot] > maxRefusals {
		c.failure = fmt.Errorf("%s of %s at %s/%s is refused again and again: %s", cmd.kind, l.Lot, l.Operation, l.Step, r.Body)
	}
}

func (c *Crew) send(ctx context.Context, o mes.Order, l mes.LotView, cmd command, key string) (*Reply, error) {
	by := c.by(l.Operation).At(l.Station)
	if cmd.kind == "sign" {
		return c.sign(ctx, l, by, key)
	}
	if cmd.quality {
		by = c.Quality
	}
	body, err := cmd.body(ctx, c, o, l)
	if err != nil {
		return nil, err
	}
	return by.Insist(ctx, cmd.path, body, key)
}

func (c *Crew) by(operation string) *Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Operators[c.able[operation]%len(c.Operators)]
}
