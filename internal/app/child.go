package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/steelthread/steelthread/devices/sim"
)

// simChild is the simulated plant as a process of its own. It ends when its standard input closes, so also when this
// process is killed.
type simChild struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{}
	err   error // valid once done is closed
}

// startSim starts this same binary as the plant.
func startSim(dir string, s Sim) (*simChild, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "sim.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	float := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	c := &simChild{done: make(chan struct{})}
	c.cmd = exec.Command(self, "sim", "--dir", dir, "--seed", strconv.FormatUint(s.Seed, 10), "--speed", float(s.Speed), "--reject-rate", float(s.RejectRate), "--with-parent")
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches us alone; we end it in its turn
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the simulated plant: %w", err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

func (c *simChild) pid() int { return c.cmd.Process.Pid }

// stop closes the child's input and waits for its end.
func (c *simChild) stop() error {
	_ = c.stdin.Close() // closed already when the child has ended
	select {
	case <-c.done:
		return c.err
	case <-time.After(10 * time.Second):
		return c.cmd.Process.Kill()
	}
}

// findSim waits until the plant's sim.json is there, of the given process where one is named.
func findSim(ctx context.Context, dir string, child *simChild) (sim.Info, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var ended chan struct{}
	if child != nil {
		ended = child.done
	}
	for {
		info, err := sim.ReadInfo(dir)
		if err == nil && (child == nil || info.PID == child.pid()) {
			return info, nil
		}
		select {
		case <-ctx.Done():
			return info, fmt.Errorf("the simulated plant in %s does not say where it is: %w", dir, ctx.Err())
		case <-ended:
			return info, fmt.Errorf("the simulated plant ended by itself, see %s: %w", filepath.Join(dir, "sim.log"), child.err)
		case <-tick.C:
		}
	}
}
