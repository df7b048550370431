package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// folder is the data folder of one `mes up`, held by a lock for as long as the process lives. The kernel drops the lock
// with the process, so a killed one leaves nothing to clean up.
type folder struct {
	dir  string
	lock *os.File
}

// openFolder makes the folder where it is missing and takes its lock.
func openFolder(dir string) (*folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "mes.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder can't be used: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, inUse(dir, f)
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := errors.Join(f.Truncate(0), write(f, strconv.Itoa(os.Getpid()))); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &folder{dir: dir, lock: f}, nil
}

func write(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text+"\n"), 0)
	return err
}

// errInUse says that another process holds the folder.
var errInUse = errors.New("stop that one first, or choose another folder with --data")

// inUse names the process that holds the folder.
func inUse(dir string, f *os.File) error {
	pid, err := io.ReadAll(io.LimitReader(f, 20))
	if err != nil || len(pid) == 0 {
		pid = []byte("unknown")
	}
	return fmt.Errorf("%s is in use by another mes (process %s). Nothing was started or changed: %w", dir, strings.TrimSpace(string(pid)), errInUse)
}

func (f *folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.dir}, parts...)...)
}

func (f *folder) close() error { return f.lock.Close() }
