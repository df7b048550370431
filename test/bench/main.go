// Command bench measures a running Steelthread and prints a table and a JSON document. It starts the binary itself, on a
// folder of its own, and takes every figure on the same machine in the same run. docs/performance.md tells what each
// figure means and what limits it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/test/plant"
)

type options struct {
	dir, out       string
	only           string
	pairs, lots    int
	clients, paced int
	watch          time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder for the benchmark's data; a new one under the temporary folder when empty")
	flag.StringVar(&o.out, "out", "bin/bench.json", "where the JSON goes")
	flag.StringVar(&o.only, "only", "start,steps,latency,trace,memory", "which parts to run")
	flag.IntVar(&o.pairs, "pairs", 5, "pairs of rounds, API and bare engine in turn")
	flag.IntVar(&o.lots, "lots", 64, "lots, or bare workflows, in a round; each takes 8 steps")
	flag.IntVar(&o.clients, "clients", 32, "clients at the same time")
	flag.IntVar(&o.paced, "paced", 40, "lots in the paced part, at 5 steps a second")
	flag.DurationVar(&o.watch, "watch", 60*time.Second, "how long the memory is watched")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o options) wants(part string) bool { return slices.Contains(strings.Split(o.only, ","), part) }

func run(ctx context.Context, o options) error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "steelthread-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	if err := os.Chmod(o.dir, 0o755); err != nil { // PostgreSQL may run as another user
		return err
	}
	var r results
	r.describe()
	if o.wants("start") {
		if err := r.measureStarts(ctx, o); err != nil {
			return fmt.Errorf("starts: %w", err)
		}
	}
	if o.wants("steps") || o.wants("latency") || o.wants("trace") {
		if err := r.measureLoad(ctx, o); err != nil {
			return err
		}
	}
	if o.wants("memory") {
		if err := r.measureMemory(ctx, o); err != nil {
			return fmt.Errorf("memory: %w", err)
		}
	}
	r.table(os.Stdout)
	return r.write(o.out)
}

// measureStarts takes the time from an empty folder to ready, and of the second start on the same folder.
func (r *results) measureStarts(ctx context.Context, o options) error {
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "start"), Inside: true})
	if err != nil {
		return err
	}
	r.add("ready from an empty folder", p.Ready.Seconds(), "s", "< 12")
	if err := p.Down(); err != nil {
		return err
	}
	if err := p.Up(ctx); err != nil {
		return err
	}
	r.add("ready at the second start", p.Ready.Seconds(), "s", "< 5")
	return p.Close()
}

// measureLoad measures steps, events, latency and traces on one system.
func (r *results) measureLoad(ctx context.Context, o options) error {
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "load")})
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.Import(ctx, filepath.Join(plant.Root(), "test", "bench", "plant")); err != nil {
		return err
	}
	s, err := openShop(ctx, p)
	if err != nil {
		return err
	}
	if o.wants("steps") {
		if err := r.measureSteps(ctx, o, p, s); err != nil {
			return fmt.Errorf("steps: %w", err)
		}
	}
	if o.wants("latency") {
		if err := r.measureLatency(ctx, o, s); err != nil {
			return fmt.Errorf("latency: %w", err)
		}
	}
	if o.wants("trace") {
		t, err := measureTrace(ctx, p, s.operator, 9)
		if err != nil {
			return fmt.Errorf("trace: %w", err)
		}
		r.add("trace of 10,000 lots up, through the API", ms(t.UpAPI), "ms", "< 100")
		r.add("trace of 10,000 lots down, through the API", ms(t.DownAPI), "ms", "< 100")
		r.add("the same up, bare recursive query", ms(t.UpBare), "ms", "")
		r.add("the same down, bare recursive query", ms(t.DownBare), "ms", "")
	}
	return nil
}

// measureSteps alternates rounds of the API and of the bare engine, so that both meet the same machine.
func (r *results) measureSteps(ctx context.Context, o options, p *plant.Plant, s *shop) error {
	address, namespace, err := p.Temporal()
	if err != nil {
		return err
	}
	e, err := openEngine(address, namespace)
	if err != nil {
		return err
	}
	defer e.close()
	var api, bare, ratio []float64
	var lots []string
	for pair := range o.pairs + 1 { // the first pair warms both up
		var a, b float64
		if a, lots, err = s.round(ctx, o); err != nil {
			return err
		}
		if b, err = e.round(ctx, o); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "pair %d: %.0f steps/s through the API, %.0f updates/s of the bare engine, ratio %.2f\n", pair, a, b, a/b)
		if pair > 0 {
			api, bare, ratio = append(api, a), append(bare, b), append(ratio, a/b)
		}
	}
	r.add("step completions through the API, 32 clients", median(api), "1/s", "")
	r.add("updates of the bare engine, 32 clients", median(bare), "1/s", "")
	r.add("ratio, median of the pairs", median(ratio), "", ">= 0.7")
	r.Pairs = ratio
	return r.measureEvents(ctx, e, lots)
}

func (s *shop) round(ctx context.Context, o options) (rate float64, lots []string, err error) {
	number, lots, err := s.order(ctx, o.lots)
	if err != nil {
		return 0, nil, err
	}
	took, err := drive(ctx, o.clients, lots, s.step)
	if err != nil {
		return 0, nil, err
	}
	return float64(o.lots*stepsPerRun) / took.Seconds(), lots, s.finish(ctx, number, lots)
}

func (e *engine) round(ctx context.Context, o options) (float64, error) {
	runs, err := e.prepare(ctx, o.lots)
	if err != nil {
		return 0, err
	}
	took, err := drive(ctx, o.clients, runs, e.step)
	return float64(o.lots*stepsPerRun) / took.Seconds(), err
}

// measureEvents counts the whole history of finished lots, their opening, start and end included, by their steps.
func (r *results) measureEvents(ctx context.Context, e *engine, lots []string) error {
	total := 0
	for _, lot := range lots {
		n, err := e.events(ctx, "lot/HAM/"+lot)
		if err != nil {
			return err
		}
		total += n
	}
	r.add("history events per lot of 8 steps, start and end included", float64(total)/float64(len(lots)), "", "")
	r.add("history events per step, all of the lot's shared out", float64(total)/float64(len(lots)*stepsPerRun), "", "<= 8")
	return nil
}

func (r *results) measureLatency(ctx context.Context, o options, s *shop) error {
	number, lots, err := s.order(ctx, o.paced)
	if err != nil {
		return err
	}
	took, err := pace(ctx, 5, lots, s.step)
	if err != nil {
		return err
	}
	r.add("step completion at 5 steps/s, p50", ms(percentile(took, 0.50)), "ms", "")
	r.add("step completion at 5 steps/s, p99", ms(percentile(took, 0.99)), "ms", "< 250")
	return s.finish(ctx, number, lots)
}

// measureMemory watches the process while the demo lives by itself.
func (r *results) measureMemory(ctx context.Context, o options) error {
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "memory"), Inside: true, Autopilot: true})
	if err != nil {
		return err
	}
	defer p.Close()
	most := int64(0)
	end := time.After(o.watch)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			rss, err := p.MES().RSS()
			if err != nil {
				return err
			}
			most = max(most, rss)
		case <-end:
			r.add("memory of mes with the demo running, most in "+o.watch.String(), float64(most)/(1<<20), "MB", "< 450")
			return nil
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
