package postgres

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// needBinaries skips a test on a machine without PostgreSQL, and fails it where everything must be there.
func needBinaries(t *testing.T) {
	t.Helper()
	_, err := FindBinaries(t.Context(), "", 0)
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("this test needs PostgreSQL: %v", err)
	}
	t.Skipf("needs PostgreSQL: %v", err)
}

// dataDir is a data directory in a fresh folder that every user may enter. (t.TempDir is closed to others.)
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mes-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "postgres")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	began := time.Now()
	s, err := Start(t.Context(), Options{DataDir: dir, Logger: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("start took %v", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// query runs one statement on a fresh connection and returns the first column of its first row as text.
func query(ctx context.Context, url, sql string) (string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return "", err
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}

func mustQuery(t *testing.T, url, sql string) string {
	t.Helper()
	v, err := query(t.Context(), url, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// eventually polls until ok holds, and fails the test after limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestServerKeepsDataOverKillAndRestart(t *testing.T) {
	needBinaries(t)
	dir := dataDir(t)
	s := start(t, dir)
	if err := s.CreateDatabase(t.Context(), "mes"); err != nil {
		t.Fatal(err)
	}
	mustQuery(t, s.AdminURL("mes"), `CREATE TABLE lot (id text)`)
	mustQuery(t, s.AdminURL("mes"), `INSERT INTO lot VALUES ('L-1')`)

	killed := s.PID()
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	eventually(t, 15*time.Second, "an answer after kill -9", func() bool {
		v, err := query(t.Context(), s.AdminURL("mes"), `SELECT id FROM lot`)
		return err == nil && v == "L-1" && s.PID() != killed
	})
	t.Logf("back %v after kill -9", time.Since(began).Round(time.Millisecond))

	stop(t, s)
	select {
	case <-s.Done():
	default:
		t.Error("Done is open after Stop")
	}
	if s.PID() != 0 {
		t.Errorf("PID is %d after Stop", s.PID())
	}
	again := start(t, dir)
	if v := mustQuery(t, again.AdminURL("mes"), `SELECT id FROM lot`); v != "L-1" {
		t.Errorf("after a second start the row reads %q", v)
	}
}

func TestRolesHaveOnlyTheirRights(t *testing.T) {
	needBinaries(t)
	s := start(t, dataDir(t))
	ctx := t.Context()
	for range 2 { // the second time changes nothing
		if err := errors.Join(s.CreateDatabase(ctx, "mes"), s.CreateDatabaseFor(ctx, "temporal", RoleTemporal)); err != nil {
			t.Fatal(err)
		}
	}
	if v := mustQuery(t, s.AppURL("mes"), `SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user`); v != "false" {
		t.Errorf("mes_app is a superuser: %s", v)
	}
	if v := mustQuery(t, s.url(RoleTemporal, "temporal"), `SELECT has_database_privilege('temporal', 'CREATE')::text`); v != "true" {
		t.Error("temporal may not create in its own database")
	}
	for name, c := range map[string]struct{ url, sql, code string }{
		"app creates a table":         {s.AppURL("mes"), `CREATE TABLE public.t (id int)`, "42501"},
		"app enters Temporal's data":  {s.AppURL("temporal"), `SELECT 'in'`, "42501"},
		"Temporal enters the records": {s.url(RoleTemporal, "mes"), `SELECT 'in'`, "42501"},
		"wrong password":              {strings.Replace(s.AppURL("mes"), s.Password(RoleApp), "guess", 1), `SELECT 'in'`, "28P01"},
	} {
		_, err := query(ctx, c.url, c.sql)
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || pgErr.Code != c.code {
			t.Errorf("%s: got %v, want SQLSTATE %s", name, err, c.code)
		}
	}
}

func TestEnsureRoleSetsAGivenPassword(t *testing.T) {
	needBinaries(t)
	s := start(t, dataDir(t))
	for _, password := range []string{"", "it's one", "another"} {
		if err := s.EnsureRole(t.Context(), `odd "name`, password); err != nil {
			t.Fatal(err)
		}
		if v := mustQuery(t, s.url(`odd "name`, "postgres"), `SELECT current_user::text`); v != `odd "name` {
			t.Errorf("logged in as %q", v)
		}
	}
}

func TestServerListensOnLoopbackWithScramOnly(t *testing.T) {
	needBinaries(t)
	s := start(t, dataDir(t))
	if v := mustQuery(t, s.AdminURL("postgres"), `SHOW listen_addresses`); v != "127.0.0.1" {
		t.Errorf("listens on %q", v)
	}
	v := mustQuery(t, s.AdminURL("postgres"), `SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules`)
	if v != "scram-sha-256" {
		t.Errorf("login methods are %q", v)
	}
	info, err := os.Stat(s.SecretsFile())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the passwords have mode %v", info.Mode())
	}
}

func TestStartRefuses(t *testing.T) {
	needBinaries(t)
	taken := start(t, dataDir(t))
	cases := map[string]struct {
		prepare func(t *testing.T, dir string)
		opts    Options
		want    string
	}{
		"data in use":           {opts: Options{DataDir: taken.dataDir}, want: "is in use by process"},
		"port in use":           {opts: Options{Port: taken.Port()}, want: "cannot use port"},
		"another major version": {prepare: func(t *testing.T, dir string) { write(t, dir, "PG_VERSION", "99\n") }, want: "written by PostgreSQL 99"},
		"other people's files":  {prepare: func(t *testing.T, dir string) { write(t, dir, "thesis.txt", "x") }, want: "choose an empty folder"},
		"no programs":           {opts: Options{BinDir: "/nowhere"}, want: "no PostgreSQL server was found"},
		"passwords lost": {prepare: func(t *testing.T, dir string) {
			write(t, dir, "PG_VERSION", mustQuery(t, taken.AdminURL("postgres"), `SELECT (current_setting('server_version_num')::int / 10000)::text`))
		}, want: "passwords in"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.opts.DataDir == "" {
				c.opts.DataDir = dataDir(t)
			}
			if c.prepare != nil {
				c.prepare(t, c.opts.DataDir)
			}
			c.opts.Logger = testLog(t)
			s, err := Start(t.Context(), c.opts)
			if err == nil {
				stop(t, s)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}
