package plant

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// Root is the top folder of the source tree.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Binary is the `mes` under test: MES_BINARY where it is set, else one built from the tree once per process.
var Binary = sync.OnceValues(func() (string, error) {
	if path := setting("MES_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	return build()
})

var held []*os.File

// turn waits until no other test process holds the named lock, and returns the folder that they share.
func turn(name string) (dir string, release func(), err error) {
	dir = filepath.Join(os.TempDir(), fmt.Sprintf("steelthread-test-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	held = append(held, lock)                    // a collected file would be closed, and its lock with it
	return dir, func() { _ = lock.Close() }, nil // closing ends the lock
}

// build compiles into a folder that all test packages share, one at a time: linking takes 20 s and a gigabyte.
func build() (string, error) {
	dir, release, err := turn("build")
	if err != nil {
		return "", err
	}
	defer release()
	path := filepath.Join(dir, "mes")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/mes")
	cmd.Dir = Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build mes: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	return path, nil
}
