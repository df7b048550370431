package faults

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/steelthread/steelthread/test/plant"
)

const kills = 20

// killedTwentyTimes kills `mes` at random moments of a running order, with the database and everything else in it, and
// starts it again on the same folder. The crew goes on as soon as somebody answers.
func (f *floor) killedTwentyTimes(t *testing.T) {
	const seed, units = 2611, 16
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	before := f.state(t)
	order := f.order(t, "INV-200", units)
	finished, wait := f.work(t, order, 6*time.Minute)
	orders := []string{order}
	for n := 1; n <= kills; n++ {
		select {
		case <-finished: // each kill must meet a running order
			wait()
			order = f.order(t, "INV-200", units)
			orders = append(orders, order)
			finished, wait = f.work(t, order, 6*time.Minute)
		default:
		}
		f.killOnce(t, n, order, dice)
	}
	wait()
	for _, order := range orders {
		f.audit(t, order, units, before)
	}
}

// killOnce waits a random while and kills. One time in five it kills again while the system is still starting.
func (f *floor) killOnce(t *testing.T, n int, order string, dice *rand.Rand) {
	t.Helper()
	after := time.Duration(100+dice.IntN(2400)) * time.Millisecond
	<-time.After(after)
	o, steps, err := f.progress(t.Context(), order)
	if err != nil {
		t.Logf("kill %d: how far the order is can't be read: %v", n, err)
	}
	f.p.Kill()
	t.Logf("kill %d of %d, %s after ready: order %s is %s, %s good, %s in process, %d steps", n, kills, after, order, o.State, o.Good, o.InProcess, steps)
	f.rec.Close()
	if dice.IntN(5) == 0 {
		while := time.Duration(200+dice.IntN(2500)) * time.Millisecond
		plant.OK(t, f.p.Launch())
		<-time.After(while)
		f.p.Kill()
		t.Logf("kill %d: killed once more %s into the start", n, while)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	plant.OK(t, f.p.Up(ctx))
	t.Logf("kill %d: ready again after %s", n, f.p.Ready.Round(time.Millisecond))
	f.rec, err = plant.OpenRecords(t.Context(), f.p.DataDir())
	plant.OK(t, err)
}

// databaseKilled kills PostgreSQL under a running system: its first process, and once one that serves a connection, which
// makes it throw all of them out.
func (f *floor) databaseKilled(t *testing.T) {
	before := f.state(t)
	order := f.order(t, "INV-200", 4)
	_, wait := f.work(t, order, 3*time.Minute)
	for n, what := range []string{"postmaster", "backend", "postmaster"} {
		f.further(t, order, 8)
		pid := f.databasePID(t, what)
		plant.OK(t, syscall.Kill(pid, syscall.SIGKILL))
		t.Logf("PostgreSQL, kill %d: %s, process %d", n+1, what, pid)
		f.rec.Close()
		began := time.Now()
		f.reopen(t, pid, what)
		t.Logf("PostgreSQL answers again after %s", time.Since(began).Round(time.Millisecond))
	}
	wait()
	f.audit(t, order, 4, before)
}

func (f *floor) databasePID(t *testing.T, what string) int {
	t.Helper()
	if what == "postmaster" {
		pid, err := plant.PostgresPID(f.p.DataDir())
		plant.OK(t, err)
		return pid
	}
	pid, err := f.rec.Count(t.Context(), `SELECT pid FROM pg_stat_activity WHERE usename = 'mes_app' AND pid <> pg_backend_pid() ORDER BY state_change DESC LIMIT 1`)
	plant.OK(t, err)
	return int(pid)
}

// reopen waits until the records answer again, from another server than the killed one, and the system is ready.
func (f *floor) reopen(t *testing.T, killed int, what string) {
	t.Helper()
	plant.Eventually(t, time.Minute, func() string {
		if pid, err := plant.PostgresPID(f.p.DataDir()); err != nil || what == "postmaster" && pid == killed {
			return "a new PostgreSQL"
		}
		rec, err := plant.OpenRecords(t.Context(), f.p.DataDir())
		if err != nil {
			return err.Error()
		}
		f.rec = rec
		return ""
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plant.OK(t, f.p.AwaitReady(ctx))
}
