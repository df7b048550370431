package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// settings is what Steelthread adds to the postgresql.conf of a new data directory. Afterwards the file belongs to the
// plant: it may be edited there, and a later version does not write it again.
//
//go:embed settings.conf
var settings string

// dataVersion is the major version that wrote the data directory, or 0 for a directory that is missing or empty.
func dataVersion(dataDir string) (int, error) {
	data, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if err == nil {
		major, err := strconv.Atoi(strings.TrimSpace(string(data)))
		if err != nil {
			return 0, fmt.Errorf("read the version of the data in %s: %w", dataDir, err)
		}
		return major, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("read the version of the data in %s: %w", dataDir, err)
	}
	entries, err := os.ReadDir(dataDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("look into the data folder: %w", err)
	}
	if len(entries) > 0 {
		return 0, fmt.Errorf("the folder %s holds files but no PostgreSQL data; nothing was changed: choose an empty folder", dataDir)
	}
	return 0, nil
}

// ensureCluster creates the data directory when major is 0, and otherwise checks that this process can log in to it.
func (s *Server) ensureCluster(ctx context.Context, major int) error {
	if major == 0 {
		return s.initCluster(ctx)
	}
	if s.restored {
		return s.adoptRestored(ctx)
	}
	if s.secrets.get(RoleOwner) == "" {
		return fmt.Errorf("the data in %s exists but its passwords in %s are missing; nothing was changed: bring the file back from a backup",
			s.dataDir, s.secrets.path)
	}
	return s.account.ownTree(s.dataDir)
}

// initCluster prepares the data beside its place and moves it there when it is complete, so that a crash in between
// leaves nothing that looks like data.
func (s *Server) initCluster(ctx context.Context) error {
	fresh := s.dataDir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear a half-made data folder: %w", err)
	}
	if err := s.account.makeDir(fresh); err != nil {
		return err
	}
	password, err := s.secrets.ensure(RoleOwner)
	if err != nil {
		return err
	}
	if err := s.initdb(ctx, fresh, password); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.Remove(s.dataDir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder made by the user
		return fmt.Errorf("move the new data into place: %w", err)
	}
	if err := errors.Join(os.Rename(fresh, s.dataDir), syncDir(filepath.Dir(s.dataDir))); err != nil {
		return fmt.Errorf("move the new data into place: %w", err)
	}
	return nil
}

func (s *Server) initdb(ctx context.Context, dir, password string) error {
	pwfile, err := s.passwordFile(password)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(pwfile) }()
	locale := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		locale = "C" // macOS before 15 has no C.UTF-8
	}
	cmd := s.account.command(ctx, s.bin.path("initdb"), "-D", dir, "-U", RoleOwner, "-E", "UTF8", "--locale="+locale,
		"--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--pwfile="+pwfile, "--data-checksums", "--no-instructions")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("create the database files with %s: %w: %s", cmd.Path, err, lastLines(string(out), 5))
	}
	return appendFile(filepath.Join(dir, "postgresql.conf"), settings)
}

// passwordFile writes the superuser's password where only initdb can read it, for the moments that initdb runs.
func (s *Server) passwordFile(password string) (string, error) {
	f, err := os.CreateTemp(s.runDir, "pw-*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("hand initdb its password: %w", err)
	}
	_, err = f.WriteString(password + "\n")
	if err = errors.Join(err, f.Close(), s.account.own(f.Name())); err != nil {
		return "", errors.Join(fmt.Errorf("hand initdb its password: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// appendFile adds text to an existing file and puts it on disk.
func appendFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
