package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// parts remembers how to stop what was started. Parts that start side by side may register in any order among
// themselves; what stands on a part registers after it.
type parts struct {
	mu    sync.Mutex
	stops []stopper
}

type stopper struct {
	name string
	stop func(context.Context) error
}

// onStop registers how to stop a part that has started.
func (p *parts) onStop(name string, stop func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stops = append(p.stops, stopper{name, stop})
}

// stop stops the newest part first. A part that fails to stop does not keep the others.
func (p *parts) stop(ctx context.Context) error {
	p.mu.Lock()
	stops := p.stops
	p.stops = nil
	p.mu.Unlock()
	var errs []error
	for i := len(stops) - 1; i >= 0; i-- {
		if err := stops[i].stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", stops[i].name, err))
		}
	}
	return errors.Join(errs...)
}

// background runs a loop of the process until its part is stopped.
func (p *parts) background(name string, run func(context.Context) error, failed func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("%s: %w", name, err))
		}
	}()
	p.onStop(name, func(wait context.Context) error {
		cancel()
		select {
		case <-done:
			return nil
		case <-wait.Done():
			return errors.New("did not end in time")
		}
	})
}
