package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the operating system user that PostgreSQL runs as. PostgreSQL refuses to run as root, so a root process
// hands it to an unprivileged user; any other user runs it as itself.
type account struct {
	name     string
	uid, gid uint32
	switched bool      // the child runs as another user than this process
	caps     []uintptr // ambient capabilities of the child, see passage
}

// unprivileged are the users that a root process hands PostgreSQL to, in order of preference.
var unprivileged = []string{"postgres", "nobody"}

// chooseAccount decides which user runs PostgreSQL, given the folder that this user must be able to enter.
func chooseAccount(log *slog.Logger, dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	a, err := lookupUnprivileged()
	if err != nil {
		return account{}, err
	}
	closed, ok := a.blockedBy(dir)
	if !ok {
		return a, nil
	}
	if a.caps = passage(); a.caps == nil {
		return account{}, fmt.Errorf("PostgreSQL runs as the user %s, who may not enter %s; nothing was changed: "+
			"choose a folder that this user can reach, or run as another user than root", a.name, closed)
	}
	log.Warn("PostgreSQL is given leave to pass through a private folder; move the data out of it to avoid this",
		"user", a.name, "folder", closed)
	return a, nil
}

func lookupUnprivileged() (account, error) {
	for _, name := range unprivileged {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr != nil || gidErr != nil || uid == 0 {
			continue
		}
		return account{name: name, uid: uint32(uid), gid: uint32(gid), switched: true}, nil
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root and none of the users %s exists: create one, or run as another user than root",
		strings.Join(unprivileged, ", "))
}

// blockedBy names the first folder on the way to dir that the account may not enter. Folders that do not exist yet are
// created by this process and are open.
func (a account) blockedBy(dir string) (string, bool) {
	for ; ; dir = filepath.Dir(dir) {
		if resolved, err := filepath.EvalSymlinks(dir); err == nil {
			dir = resolved
			break
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
	blocked, found := "", false
	for ; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && !a.mayEnter(info) {
			blocked, found = dir, true
		}
		if dir == filepath.Dir(dir) {
			return blocked, found
		}
	}
}

func (a account) mayEnter(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case st.Uid == a.uid:
		return st.Mode&0o100 != 0
	case st.Gid == a.gid:
		return st.Mode&0o010 != 0
	default:
		return st.Mode&0o001 != 0
	}
}

// command prepares a program of PostgreSQL to run as the account: with an environment that holds none of this
// process's secrets, in a folder that exists for everyone, and in a process group of its own, so that a Ctrl-C in the
// terminal reaches this process only and PostgreSQL is still there while the rest shuts down.
func (a account) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C"}
	for _, key := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(key); ok { //nolint:forbidigo // handed on to a child, not configuration
			cmd.Env = append(cmd.Env, key+"="+v)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	grant(cmd.SysProcAttr, a.caps)
	return cmd
}

// makeDir creates a private folder of the account, with its parents.
func (a account) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create a folder for PostgreSQL: %w", err)
	}
	if err := errors.Join(os.Chmod(dir, 0o700), a.own(dir)); err != nil {
		return fmt.Errorf("make %s private to PostgreSQL: %w", dir, err)
	}
	return nil
}

// own hands one file or folder to the account.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

// ownTree hands a folder and everything in it to the account, when the folder belongs to someone else: the data of a
// run as another user, or restored from a backup.
func (a account) ownTree(dir string) error {
	if !a.switched {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid == a.uid {
		return nil
	}
	// The folder itself goes last: one that belongs to the account is taken to be whole.
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return a.own(path)
	})
	if err != nil {
		return err
	}
	return a.own(dir)
}
