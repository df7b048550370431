package mqtt

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// tagQueue bounds what one slow watcher may leave waiting; beyond it the oldest values are dropped, since the newest are what a
// tag is.
const tagQueue = 4096

// TagFactory makes devices whose tags are topics, for a [devices.Hub]. A tag is mapped to a topic, whose payload is the value, or to
// topic#field, where the payload is a JSON object and field a path with dots in it.
func TagFactory(o Options) devices.Factory {
	return func(c devices.Config) (devices.Device, error) { return OpenTags(c, o) }
}

// Tags is a machine that publishes its tags. It is watched and not written to. It is a [devices.Device] and a
// [devices.Subscriber].
type Tags struct {
	cfg    devices.Config
	prefix string
	log    *slog.Logger
	topics map[string][]spot // by topic
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	health  devices.Health
	last    map[string]devices.Value
	watches map[*tagWatch]struct{}
}

var (
	_ devices.Device     = (*Tags)(nil)
	_ devices.Subscriber = (*Tags)(nil)
)

// OpenTags starts a machine. It returns at once; connecting goes on behind it.
func OpenTags(c devices.Config, o Options) (*Tags, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	topics, err := spotsOf(c)
	if err != nil {
		return nil, err
	}
	if o.ClientPrefix == "" {
		o.ClientPrefix = "steelthread"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Tags{cfg: c, prefix: o.ClientPrefix, log: o.Logger.With("device", c.ID, "driver", "mqtt"), topics: topics, last: map[string]devices.Value{}, watches: map[*tagWatch]struct{}{},
		health: devices.Health{State: devices.Connecting, Since: time.Now()}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.wg.Go(d.supervise)
	return d, nil
}

// Config gives the configuration that the machine was opened with.
func (d *Tags) Config() devices.Config { return d.cfg }

// Health tells how the connection to the broker is doing. LastData is the machine's last message: the broker's own life says
// nothing about it.
func (d *Tags) Health() devices.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health
}

// Close ends the connection and all watches.
func (d *Tags) Close() error {
	d.cancel()
	d.wg.Wait()
	return nil
}

// Subscribe watches tags. See [devices.Subscriber].
func (d *Tags) Subscribe(ctx context.Context, tags []string, fn func(devices.Value)) error {
	for _, t := range tags {
		if d.cfg.Tags[t] == "" {
			return fmt.Errorf("%s has no tag %q: %w", d.cfg.ID, t, devices.ErrUnknownTag)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		return fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
	}
	w := &tagWatch{tags: slices.Clone(tags), fn: fn, wake: make(chan struct{}, 1)}
	for _, t := range tags {
		if v, known := d.last[t]; known {
			w.push(v)
		}
	}
	d.watches[w] = struct{}{}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.ctx, cancel)
	d.wg.Go(func() {
		defer stop()
		defer cancel()
		w.run(ctx)
		d.mu.Lock()
		delete(d.watches, w)
		d.mu.Unlock()
	})
	return nil
}

// receive takes a message from the library.
func (d *Tags) receive(_ paho.Client, m paho.Message) {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !m.Retained() { // what the broker kept says nothing about the machine's life
		d.health.LastData = now
	}
	for _, v := range read(m.Payload(), d.topics[m.Topic()], now) {
		d.tell(v)
	}
}

// tell gives a value to all who watch its tag. d.mu is held.
func (d *Tags) tell(v devices.Value) {
	d.last[v.Tag] = v
	for w := range d.watches {
		if slices.Contains(w.tags, v.Tag) {
			w.push(v)
		}
	}
}

// gap tells once that no tag has a good value any more.
func (d *Tags) gap(why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for tag, v := range d.last {
		if v.Quality != devices.Bad {
			d.tell(devices.Value{Tag: tag, Detail: why, ReceivedTime: time.Now()})
		}
	}
}

// tagWatch is one caller's subscription.
type tagWatch struct {
	tags  []string
	fn    func(devices.Value)
	wake  chan struct{}
	mu    sync.Mutex
	queue []devices.Value
}

func (w *tagWatch) push(v devices.Value) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) >= tagQueue {
		w.queue = w.queue[1:]
	}
	w.queue = append(w.queue, v)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *tagWatch) run(ctx context.Context) {
	for {
		w.mu.Lock()
		batch := w.queue
		w.queue = nil
		w.mu.Unlock()
		for _, v := range batch {
			if ctx.Err() != nil {
				return
			}
			w.fn(v)
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
	}
}
