package postgres

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Linux capabilities, see capabilities(7).
const (
	capDACOverride   = 1
	capDACReadSearch = 2
)

// dieWithParent makes the kernel send the child SIGINT, PostgreSQL's fast shutdown, when the thread that forked it
// ends. See supervise, which keeps that thread.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// grant gives a child that runs as another user the capabilities of passage.
func grant(attr *syscall.SysProcAttr, caps []uintptr) { attr.AmbientCaps = caps }

// passage is the smallest capability this process can hand on that lets another user enter a private folder, or nil.
// It is needed where root keeps the data below a folder such as /root, which is closed for everyone else.
func passage() []uintptr {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	_, line, ok := bytes.Cut(status, []byte("\nCapEff:"))
	if !ok {
		return nil
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	have, err := strconv.ParseUint(strings.TrimSpace(string(line)), 16, 64)
	if err != nil {
		return nil
	}
	for _, c := range []uintptr{capDACReadSearch, capDACOverride} {
		if have&(1<<c) != 0 {
			return []uintptr{c}
		}
	}
	return nil
}

// isPostmaster reports whether pid is a PostgreSQL server of exactly this data directory. The server changes into its
// data directory, so its working directory tells; where that may not be read, the program's name has to do.
func isPostmaster(pid int, dataDir string) bool {
	argv, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(argv) == 0 { // gone, or a zombie
		return false
	}
	program, _, _ := bytes.Cut(argv, []byte{0})
	if name := filepath.Base(string(program)); name != "postgres" && name != "postmaster" {
		return false
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return os.IsPermission(err)
	}
	resolved, err := filepath.EvalSymlinks(dataDir)
	return err == nil && cwd == resolved
}
