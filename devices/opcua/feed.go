package opcua

import (
	"context"
	"fmt"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

const (
	// publishEvery is the publishing interval; heartbeatEvery how often the server's clock is sampled as a heartbeat.
	publishEvery   = 200 * time.Millisecond
	heartbeatEvery = time.Second
	// retryBadItems is the pause before items that the server refused are asked for again.
	retryBadItems = 5 * time.Second
	// heartbeat is the client handle of the server's clock. Tags count up from it.
	heartbeat = uint32(0)
)

// feed is the subscription of one life. Values are joined to tags by client handle, because the server's item IDs change
// with every life.
type feed struct {
	d      *Device
	l      *life
	sub    *opcua.Subscription
	notes  chan *opcua.PublishNotificationData
	items  map[string]*item
	byID   map[uint32]*item
	primed map[*watch]bool
}

type item struct {
	tag    string
	handle uint32
	// taken says that the server monitors the item; else it is retried.
	taken bool
	seen  bool
	// noted says that the server has told of a change since the item was read.
	noted bool
	last  devices.Value
}

// subscribe opens the subscription with the heartbeat in it. A server whose clock cannot be watched is of no use, since
// its silence could not be told from rest.
func (d *Device) subscribe(l *life) (*feed, error) {
	ctx, cancel := context.WithTimeout(d.ctx, connectTimeout)
	defer cancel()
	f := &feed{d: d, l: l, notes: make(chan *opcua.PublishNotificationData, 256), items: map[string]*item{},
		byID: map[uint32]*item{}, primed: map[*watch]bool{}}
	var err error
	f.sub, err = l.client.Subscribe(ctx, &opcua.SubscriptionParameters{
		Interval: publishEvery, LifetimeCount: 100, MaxKeepAliveCount: 10}, f.notes)
	if err != nil {
		return nil, err
	}
	req := opcua.NewMonitoredItemCreateRequestWithDefaults(
		ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime), ua.AttributeIDValue, heartbeat)
	req.RequestedParameters.SamplingInterval = float64(heartbeatEvery.Milliseconds())
	res, err := f.sub.Monitor(ctx, ua.TimestampsToReturnBoth, req)
	if err != nil {
		return nil, err
	}
	if len(res.Results) != 1 || res.Results[0].StatusCode != ua.StatusOK {
		return nil, fmt.Errorf("the server's clock cannot be watched: %s", statusWord(res.Results[0].StatusCode))
	}
	return f, nil
}

// follow brings the subscription in line with the watches: new tags are monitored and read at once, and a new watcher of
// known tags hears their present values.
func (f *feed) follow(ctx context.Context) error {
	var fresh []string
	for _, w := range f.d.snapshot() {
		if f.primed[w] {
			continue
		}
		f.primed[w] = true
		for tag := range w.tags {
			it, ok := f.items[tag]
			if !ok {
				it = &item{tag: tag, handle: uint32(len(f.items)) + heartbeat + 1}
				f.items[tag], f.byID[it.handle] = it, it
				fresh = append(fresh, tag)
			} else if it.seen {
				w.push(it.last, false)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return f.begin(ctx, fresh)
}

// begin monitors tags and reads them once, because after a gap nothing says which of them have changed.
func (f *feed) begin(ctx context.Context, tags []string) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := f.monitor(ctx, tags); err != nil {
		return fmt.Errorf("monitor: %w", err)
	}
	var there []string
	for _, t := range tags {
		if err := f.l.lost[t]; err != nil {
			f.tell(f.items[t], devices.Value{Tag: t, Detail: err.Error(), ReceivedTime: time.Now()})
			continue
		}
		there = append(there, t)
	}
	if len(there) == 0 {
		return nil
	}
	values, err := f.l.read(ctx, ua.AttributeIDValue, there)
	if err != nil {
		return fmt.Errorf("read after a gap: %w", err)
	}
	now := time.Now()
	for i, dv := range values {
		f.tell(f.items[there[i]], toValue(there[i], dv, now))
	}
	return nil
}

// monitor asks the server to watch tags and checks each item's own status: the service succeeds even when items do not.
func (f *feed) monitor(ctx context.Context, tags []string) error {
	var ask []*item
	for _, t := range tags {
		if f.l.lost[t] == nil {
			ask = append(ask, f.items[t])
		}
	}
	for start := 0; start < len(ask); start += f.l.limits.monitor {
		part := ask[start:min(start+f.l.limits.monitor, len(ask))]
		reqs := make([]*ua.MonitoredItemCreateRequest, len(part))
		for i, it := range part {
			reqs[i] = opcua.NewMonitoredItemCreateRequestWithDefaults(f.l.nodes[it.tag], ua.AttributeIDValue, it.handle)
			reqs[i].RequestedParameters.SamplingInterval = float64(publishEvery.Milliseconds())
		}
		res, err := f.sub.Monitor(ctx, ua.TimestampsToReturnBoth, reqs...)
		if err != nil {
			return err
		}
		for i, r := range res.Results {
			part[i].taken = r.StatusCode == ua.StatusOK
			if !part[i].taken {
				f.d.log.Warn("tag is not monitored", "tag", part[i].tag, "status", statusWord(r.StatusCode))
			}
		}
	}
	return nil
}

// retryBad asks again for the items that the server refused; a machine may bring its nodes up one after the other.
func (f *feed) retryBad() {
	var bad []string
	for tag, it := range f.items {
		if !it.taken && f.l.lost[tag] == nil {
			bad = append(bad, tag)
		}
	}
	if len(bad) == 0 {
		return
	}
	if err := f.begin(f.d.ctx, bad); err != nil {
		f.l.fail(err)
	}
}

// deliver passes a notification on. It reports whether the notification shows that the server lives, or fails when the
// server has given the subscription up.
func (f *feed) deliver(n any) (alive bool, err error) {
	if s, ok := n.(*ua.StatusChangeNotification); ok {
		return false, fmt.Errorf("the server ended the subscription: %s", statusWord(s.Status))
	}
	dc, ok := n.(*ua.DataChangeNotification)
	if !ok || len(dc.MonitoredItems) == 0 {
		return false, nil
	}
	now := time.Now()
	f.d.data(now)
	for _, m := range dc.MonitoredItems {
		if it := f.byID[m.ClientHandle]; it != nil {
			f.hear(it, toValue(it.tag, m.Value, now))
		}
	}
	return true, nil
}

// hear takes a notification. The read after a gap and the first notification cross each other, so a first one that is older
// than what was read is left out. Later ones come in the order of the changes: an older time there is a clock that was put back,
// and the value is new all the same.
func (f *feed) hear(it *item, v devices.Value) {
	first := !it.noted
	it.noted = true
	if first && it.seen && !v.SourceTime.IsZero() && v.SourceTime.Before(it.last.SourceTime) {
		return
	}
	f.tell(it, v)
}

// tell gives a value to all who watch its tag. The same again is left out.
func (f *feed) tell(it *item, v devices.Value) {
	if it.seen && !v.SourceTime.IsZero() {
		if v.SourceTime.Equal(it.last.SourceTime) && v.Quality == it.last.Quality && devices.Same(v.Value, it.last.Value) {
			return
		}
	}
	it.last, it.seen = v, true
	for _, w := range f.d.snapshot() {
		if !w.tags[it.tag] {
			continue
		}
		if !w.push(v, false) {
			f.d.log.Warn("a watcher is too slow, old values are dropped", "tag", it.tag)
		}
	}
}
