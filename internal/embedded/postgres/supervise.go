package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	firstDelay = 100 * time.Millisecond // back-off before a restart: doubles from here …
	lastDelay  = 5 * time.Second        // … to here
	settled    = 30 * time.Second       // a life of this length resets the back-off
	// maxFailures is how many lives may end before the first answer until the start counts as failed. More than one,
	// because processes of a killed predecessor may hold its shared memory for a moment.
	maxFailures = 5
)

// supervise runs one child after the other until Stop.
//
// It keeps its operating system thread for its whole life: the kernel ties a child's parent-death signal to the thread
// that forked it, and the Go runtime may end an idle thread long before the process ends.
func (s *Server) supervise() {
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	defer close(s.done)
	delay := firstDelay
	for {
		began := time.Now()
		err := s.runOnce()
		if s.stopping() || s.givenUp() {
			return
		}
		if time.Since(began) > settled {
			delay = firstDelay
		}
		s.log.Warn("PostgreSQL ended unexpectedly and is being started again; everything committed is kept",
			"cause", err, "port", s.port, "wait", delay, "said", s.lastWords())
		select {
		case <-time.After(delay):
		case <-s.stop:
			return
		}
		delay = min(2*delay, lastDelay)
	}
}

// runOnce starts the child and returns when it has ended.
func (s *Server) runOnce() error {
	if err := endPrevious(context.Background(), s.dataDir, s.log); err != nil {
		return err
	}
	cmd, err := s.startChild()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go s.announce(ctx, time.Now())
	err = cmd.Wait()
	cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.child = nil
	return err
}

// startChild forks PostgreSQL unless Stop has been called. It holds the lock meanwhile, so that Stop either prevents
// the child or sees it.
func (s *Server) startChild() (*exec.Cmd, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping() {
		return nil, errors.New("stopping")
	}
	s.stderr.reset()
	cmd := s.account.command(context.Background(), s.bin.path("postgres"),
		"-D", s.dataDir, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories="+s.socketDir(), "-c", "unix_socket_permissions=0700")
	cmd.Stderr, cmd.Stdout = &s.stderr, io.Discard
	dieWithParent(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	s.child = cmd.Process
	return cmd, nil
}

// socketDir is where the Unix socket lies, or "" for none: the kernel limits a socket's path to 107 bytes, and
// PostgreSQL refuses to start with a longer one.
func (s *Server) socketDir() string {
	if len(s.runDir)+len("/.s.PGSQL.65535.lock") > 107 || strings.ContainsAny(s.runDir, `,"`) {
		return ""
	}
	return s.runDir
}

// announce waits until this life of the child answers, and tells the first waiter or the log.
func (s *Server) announce(ctx context.Context, began time.Time) {
	for ctx.Err() == nil {
		if s.answers() {
			s.markReady(began)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) markReady(began time.Time) {
	select {
	case <-s.ready:
		s.log.Info("PostgreSQL is back", "port", s.port, "took", time.Since(began).Round(time.Millisecond))
	default:
		close(s.ready)
	}
}

// answers reports whether PostgreSQL has opened for logins: it says so in the last line of its lock file. A login would
// not prove as much, since it may reach another server that holds the port.
func (s *Server) answers() bool {
	data, err := os.ReadFile(filepath.Join(s.dataDir, "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(data), "\n")
	return len(lines) >= 8 && lines[0] == strconv.Itoa(s.PID()) && strings.TrimSpace(lines[7]) == "ready"
}

// isRefusedPassword recognises SQLSTATE 28P01, invalid_password.
func isRefusedPassword(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "28P01"
}

// givenUp counts lives that ended before the first answer.
func (s *Server) givenUp() bool {
	select {
	case <-s.ready:
		return false // it has worked once, so it is worth trying for ever
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
	return s.failures >= maxFailures
}

func (s *Server) stopping() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// signalStop forbids further lives and sends the running child sig.
func (s *Server) signalStop(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopOnce.Do(func() { close(s.stop) })
	if s.child != nil {
		_ = s.child.Signal(sig) // fails only when the child has just ended, which is what is wanted
	}
}
