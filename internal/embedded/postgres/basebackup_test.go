package postgres

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/steelthread/steelthread/internal/backup"
)

// take backs a server up into a new archive.
func take(t *testing.T, s *Server) backup.Checked {
	t.Helper()
	dir, err := os.MkdirTemp("", "mes-backup-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w, err := backup.Create(filepath.Join(dir, "b.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := TakeBase(t.Context(), s.AdminURL("postgres"), func(b Base, r io.Reader) error {
		if b.Estimate < 1<<20 || b.Start == "" || b.SystemID == "" || b.Timeline != 1 {
			t.Errorf("the server says %+v", b)
		}
		return w.AddTree(r, func(string) bool { return false }, func(int64) {})
	})
	if err != nil {
		t.Fatal(errors.Join(err, w.Abort()))
	}
	out, err := w.Commit(&backup.Manifest{Major: base.Major, Postgres: base.Version, SystemID: base.SystemID, WALStart: base.Start, WALEnd: base.End})
	if err != nil {
		t.Fatal(err)
	}
	c, err := backup.Check(out.Path, out.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestABaseBackupOpensWithoutItsPasswords backs a server up while rows are written in two databases, and opens the copy
// beside secrets that it has never seen.
func TestABaseBackupOpensWithoutItsPasswords(t *testing.T) {
	needBinaries(t)
	s := start(t, dataDir(t))
	for _, db := range []string{"mes", "temporal"} {
		if err := s.CreateDatabase(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		mustQuery(t, s.AdminURL(db), `CREATE TABLE lot (n int)`)
	}
	mustQuery(t, s.AdminURL("mes"), `INSERT INTO lot SELECT generate_series(1, 1000)`)
	stopped, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 1001; ; n++ {
			select {
			case <-stopped:
				ended <- nil
				return
			default:
			}
			for _, db := range []string{"mes", "temporal"} {
				if _, err := query(t.Context(), s.AdminURL(db), `INSERT INTO lot VALUES (`+strconv.Itoa(n)+`)`); err != nil {
					ended <- err
					return
				}
			}
		}
	}()
	c := take(t, s)
	close(stopped)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := mustQuery(t, s.AdminURL("postgres"), `SELECT count(*)::text FROM pg_replication_slots`); n != "0" {
		t.Errorf("%s slots are left", n)
	}
	stop(t, s)

	dir := filepath.Dir(dataDir(t))
	if err := backup.Extract(c, dir, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	r, err := Start(t.Context(), Options{DataDir: filepath.Join(dir, backup.DataFolder), Logger: testLog(t), Restored: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, r) })
	if r.Password(RoleOwner) == s.Password(RoleOwner) {
		t.Error("the copy has the passwords of the original, which are not in the backup")
	}
	rows := func(db string) int {
		n, err := strconv.Atoi(mustQuery(t, r.AdminURL(db), `SELECT count(*)::text FROM lot`))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// Each turn writes to mes and then to temporal, so at one moment mes is ahead by one row at most.
	if ahead := rows("mes") - 1000 - rows("temporal"); ahead < 0 || ahead > 1 {
		t.Errorf("%d rows in mes, %d in temporal: they are not of one moment", rows("mes"), rows("temporal"))
	}
	mustQuery(t, r.AppURL("mes"), `SELECT current_user::text`)
}

func TestABackupThatCannotBeWrittenLeavesTheServerAlone(t *testing.T) {
	needBinaries(t)
	s := start(t, dataDir(t))
	full := errors.New("no space left on device")
	_, err := TakeBase(t.Context(), s.AdminURL("postgres"), func(_ Base, r io.Reader) error {
		if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if v := mustQuery(t, s.AdminURL("postgres"), `SELECT 'well'`); v != "well" {
		t.Error("the server does not answer")
	}
	take(t, s)
}
