//go:build unix && !linux

package postgres

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has no counterpart outside Linux: a server whose parent was killed goes on, and the next start ends it
// first (see endPrevious).
func dieWithParent(*syscall.SysProcAttr) {}

func grant(*syscall.SysProcAttr, []uintptr) {}

// passage has no counterpart outside Linux.
func passage() []uintptr { return nil }

// isPostmaster reports whether pid is a PostgreSQL server that was started on this data directory.
func isPostmaster(pid int, dataDir string) bool {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return false
	}
	line := strings.TrimSpace(string(out))
	program, _, _ := strings.Cut(line, " -D ")
	return filepath.Base(program) == "postgres" && strings.Contains(line, dataDir)
}
