package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	fastShutdown      = 30 * time.Second // how long a predecessor may take to write its last checkpoint
	immediateShutdown = 5 * time.Second
)

// lockData makes this process the only user of the data. The lock is the kernel's and ends with the process, however
// that ends.
func lockData(dataDir string) (*os.File, error) {
	f, err := os.OpenFile(dataDir+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock PostgreSQL's data: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(f.Name())
		return nil, errors.Join(fmt.Errorf("the data in %s is in use by process %s; nothing was changed: stop that process, or choose another data folder",
			dataDir, strings.TrimSpace(string(holder))), f.Close())
	}
	if err == nil {
		err = errors.Join(f.Truncate(0), writePID(f))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock PostgreSQL's data: %w", err), f.Close())
	}
	return f, nil
}

func writePID(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// endPrevious makes sure that no earlier server runs on this data. When the parent of the earlier one was killed, the
// kernel has already told it to stop and it may need a moment; elsewhere it has to be told. The caller holds the lock
// of lockData, so no living process is served by it.
func endPrevious(ctx context.Context, dataDir string, log *slog.Logger) error {
	pid, err := postmasterPID(dataDir)
	if err != nil || pid == 0 {
		return err
	}
	if !isPostmaster(pid, dataDir) {
		return disownPID(dataDir, pid)
	}
	log.Info("an earlier PostgreSQL still runs on this data and is being stopped", "pid", pid, "data", dataDir)
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, fastShutdown}, {syscall.SIGQUIT, immediateShutdown}} {
		_ = syscall.Kill(pid, step.signal) // fails only when it has just ended, which the wait sees
		if waitGone(ctx, pid, dataDir, step.wait) {
			return nil
		}
	}
	return fmt.Errorf("an earlier PostgreSQL (process %d) on the data in %s does not stop; its data is kept: end that process", pid, dataDir)
}

// postmasterPID is the process ID in the data directory's lock file, or 0 without such a file.
func postmasterPID(dataDir string) (int, error) {
	data, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read PostgreSQL's lock file: %w", err)
	}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	pid, err := strconv.Atoi(strings.TrimSpace(string(first)))
	if err != nil {
		return 0, nil // a torn file; PostgreSQL itself decides what to do about it
	}
	if pid < 0 {
		return -pid, nil // PostgreSQL that runs alone, without a port, writes it so (see adoptRestored)
	}
	return pid, nil
}

// disownPID handles a lock file whose process ID now belongs to another program, as happens when a container with few
// processes starts again: PostgreSQL would take that program for a server and refuse to start. The ID is replaced by
// this process's, which PostgreSQL knows as its parent and so as no server. The file itself stays, because its other
// lines let PostgreSQL notice surviving processes of a killed server.
func disownPID(dataDir string, pid int) error {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || pid == os.Getpid() {
		return nil
	}
	path := filepath.Join(dataDir, "postmaster.pid")
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read PostgreSQL's lock file: %w", err)
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	data = append([]byte(strconv.Itoa(os.Getpid())+"\n"), rest...)
	if err := os.WriteFile(path, data, 0o600); err != nil { // keeps the file's owner
		return fmt.Errorf("correct PostgreSQL's lock file: %w", err)
	}
	return nil
}

// waitGone polls until pid is no server of this data any more.
func waitGone(ctx context.Context, pid int, dataDir string, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for isPostmaster(pid, dataDir) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}
