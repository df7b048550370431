package opcua

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// CameraDriver is the driver of a camera that shows its last result in nodes, as OPC 40100 (Machine Vision) describes it;
// ProfileMachineVision is the name of the profile that follows.
const (
	CameraDriver         = "opcua-camera"
	ProfileMachineVision = "machine-vision"
)

// The tags of a camera. Counter and verdict must be there: the counter changes with each result, and is what is watched.
const (
	tagCounter  = "result_counter"
	tagVerdict  = "verdict"    // true and false; 1 OK, 2 not OK, 3 not decidable (ResultEvaluation); or a word
	tagResult   = "result_id"  // the result's own identity
	tagJob      = "job_id"     // what the camera was asked for: the shot
	tagPart     = "part_id"    // the lot
	tagPartial  = "partial"    // more of it follows: no result yet
	tagSimulate = "simulated"  // nothing was looked at: never a pass
	tagTrigger  = "trigger"    // takes the shot's ID and makes the camera look
	tagForPart  = "for_part"   // takes the lot, before the trigger
	tagTaken    = "created_at" // when the picture was taken
)

// Camera is a camera over OPC UA. It is a [devices.Camera].
type Camera struct {
	*Device
	// queue holds what was read and is not kept yet.
	queue chan devices.CameraResult

	mu    sync.Mutex
	taken bool // results have a consumer
	last  string
}

var _ devices.Camera = (*Camera)(nil)

// cameraQueue bounds the results that wait in memory for their consumer. The camera itself shows only the last one.
const cameraQueue = 256

func openCamera(c devices.Config, own *identity, log *slog.Logger) (*Camera, error) {
	var errs []error
	for _, tag := range []string{tagCounter, tagVerdict} {
		if c.Tags[tag] == "" {
			errs = append(errs, &devices.FieldError{Device: c.ID, Field: fmt.Sprintf("tags[%q]", tag), Problem: "is missing"})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	d, err := open(c, own, log)
	if err != nil {
		return nil, err
	}
	return &Camera{Device: d, queue: make(chan devices.CameraResult, cameraQueue)}, nil
}

// Trigger writes the lot and then the shot, once: a second write of the same shot could be a second picture. A camera
// without the tag takes its pictures by itself.
func (c *Camera) Trigger(ctx context.Context, s devices.Shot) error {
	if s.ID == "" || s.Lot == "" || s.Step == "" {
		return errors.New("a shot needs an ID, a lot and a step")
	}
	if c.cfg.Tags[tagTrigger] == "" {
		return nil
	}
	if c.cfg.Tags[tagForPart] != "" {
		if _, err := c.WriteVerified(ctx, tagForPart, s.Lot); err != nil {
			return err
		}
	}
	return c.WriteOnce(ctx, tagTrigger, s.ID)
}

// Results watches the counter and reads the result when it changes. See [devices.Camera]. After a gap, and at the start,
// the result that is shown is read once; the ledger knows it by its key when it was told before.
func (c *Camera) Results(ctx context.Context, fn func(context.Context, devices.CameraResult) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken {
		return fmt.Errorf("%s: its results have a consumer already: %w", c.cfg.ID, devices.ErrUnsupported)
	}
	ctx, cancel := context.WithCancel(ctx)
	wake := make(chan struct{}, 1)
	err := c.Subscribe(ctx, []string{tagCounter}, func(devices.Value) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		cancel()
		return err
	}
	c.taken = true
	go func() {
		defer cancel()
		var both sync.WaitGroup
		both.Go(func() { c.look(ctx, wake) })
		both.Go(func() { c.deliver(ctx, fn) })
		select {
		case <-ctx.Done():
		case <-c.done:
			cancel()
		}
		both.Wait()
		c.mu.Lock()
		c.taken = false
		c.mu.Unlock()
	}()
	return nil
}

// look reads whenever the counter is told, and with the profile's poll in between: a word can be lost, and a result that
// was bad may have become good.
func (c *Camera) look(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(c.profile.Poll.Std())
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := c.read(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, devices.ErrNoAnswer) {
			c.log.Warn("the camera's result can't be read", "error", err)
			if errors.Is(err, devices.ErrUnknownTag) && !sleepFor(ctx, retryBadItems) {
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-tick.C:
			if c.Health().State != devices.Connected {
				continue // the present value is told when the connection is back
			}
		}
	}
}

func sleepFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// read takes the result that is shown, unless it was taken before. It is whole only when the counter is the same before
// and after.
func (c *Camera) read(ctx context.Context) error {
	if c.Health().State != devices.Connected {
		return nil
	}
	before, err := c.Read(ctx, tagCounter)
	if err != nil || !before[0].Usable() || c.known(before[0]) {
		return err
	}
	values, err := c.Read(ctx, c.resultTags()...)
	if err != nil {
		return err
	}
	after, err := c.Read(ctx, tagCounter)
	if err != nil || !after[0].Usable() || counted(after[0]) != counted(before[0]) {
		return err // the next word of the counter leads here again
	}
	r, ok := resultOf(c.cfg, before[0], values)
	if !ok {
		return nil // bad quality is no result; the next look asks again
	}
	select {
	case c.queue <- r:
		c.mu.Lock()
		c.last = counted(before[0])
		c.mu.Unlock()
		c.data(time.Now())
	case <-ctx.Done():
	}
	return nil
}

func (c *Camera) resultTags() []string {
	var out []string
	for tag := range c.cfg.Tags {
		if tag != tagTrigger && tag != tagForPart {
			out = append(out, tag)
		}
	}
	return out
}

// counted names a value of the counter. 0 is that of a camera that has no result yet.
func counted(v devices.Value) string { return fmt.Sprint(v.Value) }

func (c *Camera) known(v devices.Value) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := counted(v)
	return at == c.last || at == "0" || at == ""
}

// deliver hands results to their consumer, each until it is kept, in their order.
func (c *Camera) deliver(ctx context.Context, fn func(context.Context, devices.CameraResult) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-c.queue:
			pause := 200 * time.Millisecond
			for {
				err := fn(ctx, r)
				if err == nil {
					break
				}
				if ctx.Err() == nil {
					c.log.Warn("a result is not kept yet", "error", err, "retry_in", pause)
				}
				if !sleepFor(ctx, pause) {
					c.putBack(r)
					return
				}
				pause = min(2*pause, 5*time.Second)
			}
		}
	}
}

// putBack keeps a result for the next consumer.
func (c *Camera) putBack(r devices.CameraResult) {
	select {
	case c.queue <- r:
	default: // it is the camera's last one, or the queue is full of later ones
	}
}
