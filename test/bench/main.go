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
	traces         int
	verdicts       int
	watch          time.Duration
	profile        string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder for the benchmark's data; a new one under the temporary folder when empty")
	flag.StringVar(&o.out, "out", "bin/bench.json", "where the JSON goes")
	flag.StringVar(&o.only, "only", "start,steps,latency,trace,verdicts,holds,telemetry,memory", "which parts to run")
	flag.IntVar(&o.pairs, "pairs", 5, "pairs of rounds, API and bare engine in turn")
	flag.IntVar(&o.lots, "lots", 64, "lots, or bare workflows, in a round; each takes 8 steps")
	flag.IntVar(&o.clients, "clients", 32, "clients at the same time")
	flag.IntVar(&o.paced, "paced", 40, "lots in the paced part, at 5 steps a second")
	flag.IntVar(&o.traces, "traces", 9, "traces in each direction, of which the median counts")
	flag.IntVar(&o.verdicts, "verdicts", 3000, "verdicts with pictures, as fast as they go")
	flag.DurationVar(&o.watch, "watch", 60*time.Second, "how long the memory is watched")
	flag.StringVar(&o.profile, "profile", "", "address where mes serves Go profiles during steps, latency and trace, for go tool pprof")
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
	if o.wants("steps") || o.wants("latency") || o.wants("trace") || o.wants("holds") {
		if err := r.measureLoad(ctx, o); err != nil {
			return err
		}
	}
	if o.wants("verdicts") {
		if err := r.measureVerdicts(ctx, o); err != nil {
			return fmt.Errorf("verdicts: %w", err)
		}
	}
	if o.wants("telemetry") {
		if err := r.measureTelemetry(ctx, o); err != nil {
			return fmt.Errorf("telemetry: %w", err)
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
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "load"), Env: []string{"MES_PROFILE_LISTEN=" + o.profile}})
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
		t, err := measureTrace(ctx, p, s.operator, o.traces)
		if err != nil {
			return fmt.Errorf("trace: %w", err)
		}
		r.add("trace of 10,000 lots up, through the API", ms(t.UpAPI), "ms", "< 100")
		r.add("trace of 10,000 lots down, through the API", ms(t.DownAPI), "ms", "< 100")
		r.add("processor time of such a trace, mes and PostgreSQL", ms(t.CPU), "ms", "")
		r.add("the same up, bare recursive query", ms(t.UpBare), "ms", "")
		r.add("the same down, bare recursive query", ms(t.DownBare), "ms", "")
	}
	if o.wants("holds") {
		if err := r.measureHolds(ctx, p, s); err != nil {
			return fmt.Errorf("holds: %w", err)
		}
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
	var api, bare, ratio, apiCPU, bareCPU []float64
	for pair := range o.pairs + 1 { // the first pair warms both up
		a, err := s.round(ctx, o, p)
		if err != nil {
			return err
		}
		b, err := e.round(ctx, o, p)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "pair %d: API %s; bare engine %s; ratio %.2f\n", pair, a, b, a.rate/b.rate)
		if pair > 0 {
			api, bare, ratio = append(api, a.rate), append(bare, b.rate), append(ratio, a.rate/b.rate)
			apiCPU, bareCPU = append(apiCPU, ms(a.cpu.Sum())), append(bareCPU, ms(b.cpu.Sum()))
		}
	}
	r.add("step completions through the API, 32 clients", median(api), "1/s", "")
	r.add("updates of the bare engine, 32 clients", median(bare), "1/s", "")
	r.add("ratio, median of the pairs", median(ratio), "", ">= 0.7")
	r.add("processor time of a step through the API: mes, PostgreSQL and client", median(apiCPU), "ms", "")
	r.add("processor time of an update of the bare engine, the same parts", median(bareCPU), "ms", "")
	r.Pairs = ratio
	return r.measureEvents(ctx, e, s)
}

// round is what one round of steps came to: how many a second, and the processor time of each.
type round struct {
	rate float64
	cpu  plant.CPU
}

func (r round) String() string {
	return fmt.Sprintf("%.0f/s at %.1f ms (mes %.1f, PostgreSQL %.1f, client %.1f)", r.rate, ms(r.cpu.Sum()), ms(r.cpu.MES), ms(r.cpu.Postgres), ms(r.cpu.Client))
}

// measure drives the runs and takes the time.
func measure(ctx context.Context, o options, p *plant.Plant, runs []string, step func(context.Context, string, int) error) (r round, err error) {
	before, err := p.CPU()
	if err != nil {
		return r, err
	}
	took, err := drive(ctx, o.clients, runs, step)
	if err != nil {
		return r, err
	}
	after, err := p.CPU()
	n := time.Duration(len(runs) * stepsPerRun)
	used := after.Sub(before)
	return round{float64(n) / took.Seconds(), plant.CPU{MES: used.MES / n, Postgres: used.Postgres / n, Client: used.Client / n}}, err
}

func (s *shop) round(ctx context.Context, o options, p *plant.Plant) (r round, err error) {
	number, lots, err := s.order(ctx, o.lots)
	if err != nil {
		return r, err
	}
	if r, err = measure(ctx, o, p, lots, s.step); err != nil {
		return r, err
	}
	return r, s.finish(ctx, number, lots)
}

func (e *engine) round(ctx context.Context, o options, p *plant.Plant) (r round, err error) {
	runs, err := e.prepare(ctx, o.lots)
	if err != nil {
		return r, err
	}
	return measure(ctx, o, p, runs, e.step)
}

// measureEvents counts what eight steps add to a lot's history, and what the whole lot costs.
func (r *results) measureEvents(ctx context.Context, e *engine, s *shop) error {
	number, lots, err := s.order(ctx, 1)
	if err != nil {
		return err
	}
	count := func() (n int) {
		if err == nil {
			n, err = e.events(ctx, "lot/HAM/"+lots[0])
		}
		return n
	}
	before := count()
	if _, e := drive(ctx, 1, lots, s.step); e != nil {
		return e
	}
	after := count()
	if err := s.finish(ctx, number, lots); err != nil {
		return err
	}
	r.add("history events per step", float64(after-before)/stepsPerRun, "", "<= 8")
	r.add("history events of a lot with one operation of 8 steps", float64(count()), "", "")
	return err
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
