package app

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/internal/backup"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/postgres"
	"github.com/steelthread/steelthread/mes"
)

// dataFolder looks like the data folder of a mes up.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "postgres", "PG_VERSION"), "15\n")
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestABackupIsRefusedBeforeAnythingIsOpened(t *testing.T) {
	to := filepath.Join(t.TempDir(), "b.tar.zst")
	cases := map[string]struct {
		command TakeBackup
		url     string
		prepare func(dir string)
		want    string
	}{
		"nowhere to":            {TakeBackup{}, "", nil, "say where to"},
		"an outside PostgreSQL": {TakeBackup{To: to}, "postgres://app@db/mes", nil, "pg_basebackup"},
		"no data folder":        {TakeBackup{To: to, Data: t.TempDir()}, "", nil, "no data folder"},
		"restored, not started": {TakeBackup{To: to}, "", func(dir string) { put(t, filepath.Join(dir, backup.Marker), "{}") }, "Start it once"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv("MES_DATABASE_URL", c.url)
			if c.command.Data == "" {
				c.command.Data = dataFolder(t)
			}
			if c.prepare != nil {
				c.prepare(c.command.Data)
			}
			err := c.command.Run(t.Context(), Info{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(to + "*"); len(left) > 0 {
				t.Errorf("written: %v", left)
			}
		})
	}
}

func TestOneBackupAtATime(t *testing.T) {
	dir := dataFolder(t)
	first, err := lockBackup(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockBackup(dir); err == nil || !strings.Contains(err.Error(), "another backup") {
		t.Errorf("a second backup meanwhile: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lockBackup(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// archive is a backup by a server and a program of other versions.
func archive(t *testing.T, major int, schema int64) string {
	t.Helper()
	var tree bytes.Buffer
	w := tar.NewWriter(&tree)
	for _, name := range []string{"backup_label", "PG_VERSION"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := backup.Create(filepath.Join(t.TempDir(), "b.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.AddTree(&tree, func(string) bool { return false }, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	out, err := b.Commit(&backup.Manifest{Major: major, MESVersion: "9.9", EndedAt: time.Now(), Tally: mes.Tally{Schema: schema}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Path
}

func TestARestoreIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	cases := map[string]struct {
		file string
		jump int64
		want string
	}{
		"another PostgreSQL": {archive(t, 99, 1), 1, "Install PostgreSQL 99"},
		"a newer schema":     {archive(t, here(t), 9999), 1, "mes 9.9"},
		"no gap":             {archive(t, here(t), 1), 0, "lot_jump"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			err := UnpackBackup{File: c.file, Data: dir, LotJump: c.jump}.Run(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("the folder was made")
			}
		})
	}
}

// here is the major version of this machine's PostgreSQL.
func here(t *testing.T) int {
	t.Helper()
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	b, err := postgres.FindBinaries(t.Context(), c.PostgresBin, 0)
	if err != nil {
		t.Skipf("needs PostgreSQL: %v", err)
	}
	return b.Major
}

func TestAFolderWithHalfARestoreIsNotStarted(t *testing.T) {
	dir := t.TempDir()
	f := &folder{dir: dir}
	if _, found, err := pendingRestore(f); found || err != nil {
		t.Errorf("an ordinary folder: %v, %v", found, err)
	}
	put(t, f.path(backup.Marker), `{"id":"A","lot_jump":7}`)
	if r, found, err := pendingRestore(f); !found || err != nil || r.ID != "A" || r.LotJump != 7 {
		t.Errorf("a restored folder: %+v, %v, %v", r, found, err)
	}
	put(t, f.path(backup.Unfinished, "PG_VERSION"), "15")
	if _, _, err := pendingRestore(f); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("half a restore: %v", err)
	}
}
