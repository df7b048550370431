package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// drive lets a number of clients work runs off, each with all its steps one after the other, and measures only that.
func drive(ctx context.Context, clients int, runs []string, step func(ctx context.Context, run string, n int) error) (time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range clients {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(runs) {
					return
				}
				for n := range stepsPerRun {
					if err := step(ctx, runs[i], n); err != nil {
						cancel(err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	return time.Since(began), context.Cause(ctx)
}

// pace sends steps at a fixed rate, whatever the answers take, and measures each from the moment it was due: a slow
// answer does not slow the next one down, so nothing is left out of the percentiles.
func pace(ctx context.Context, rate float64, runs []string, step func(ctx context.Context, run string, n int) error) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := len(runs) * stepsPerRun
	took := make([]time.Duration, total)
	var group sync.WaitGroup
	began := time.Now()
	// Neighbouring steps belong to different lots, so that one lot's steps never overlap.
	for i := range total {
		due := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(time.Until(due)):
		}
		run, n := runs[i%len(runs)], i/len(runs)
		group.Go(func() {
			if err := step(ctx, run, n); err != nil {
				cancel(err)
			}
			took[i] = time.Since(due)
		})
	}
	group.Wait()
	return took, context.Cause(ctx)
}

// percentile is the smallest value that p of all values do not exceed.
func percentile(d []time.Duration, p float64) time.Duration {
	s := slices.Sorted(slices.Values(d))
	if len(s) == 0 {
		return 0
	}
	return s[min(len(s)-1, int(p*float64(len(s))))]
}

// median of a sample.
func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}
