// Package postgres runs a real PostgreSQL server as a supervised child of this process.
//
// It finds the server's programs on the machine, prepares a data directory once, starts the server on 127.0.0.1 with
// passwords that nobody had to choose, brings it back when it dies, and ends it together with this process, even when
// this process is killed. Everything that PostgreSQL needs lies next to the data directory:
//
//	<dir>/postgres        the data itself (Options.DataDir), with PostgreSQL's own log in log/
//	<dir>/postgres-run    the Unix socket
//	<dir>/postgres.lock   held while a process uses the data
//	<dir>/secrets/postgres.json   the roles' passwords, mode 0600
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The roles that a started server always has.
const (
	// RoleOwner is the superuser that owns the MES database and runs its migrations.
	RoleOwner = "mes"
	// RoleApp is what the running application logs in as. It owns nothing, so it has only what a migration grants it.
	RoleApp = "mes_app"
	// RoleTemporal owns the two databases of the Temporal server and may enter no other.
	RoleTemporal = "temporal"
)

// startTimeout bounds the wait for the first answer. Recovery after a power cut replays at most max_wal_size of log,
// which takes seconds; a minute and a half leaves room for a slow disk.
const startTimeout = 90 * time.Second

// Options say where PostgreSQL keeps its data and how it is reached.
type Options struct {
	// DataDir is the PostgreSQL data directory. It is created when missing.
	DataDir string
	// Port is the TCP port on 127.0.0.1; 0 takes a free one. The port stays the same for the server's whole life.
	Port int
	// BinDir holds the programs postgres and initdb; empty searches the machine (see FindBinaries).
	BinDir string
	// Logger receives the life of the server; nil means slog.Default().
	Logger *slog.Logger
	// Restored says that the data came out of a backup: the stored passwords, or new ones, are set in it before it starts.
	Restored bool
}

// Server is a running, supervised PostgreSQL.
type Server struct {
	dataDir  string
	runDir   string
	port     int
	bin      Binaries
	account  account
	secrets  *secrets
	lock     *os.File
	log      *slog.Logger
	restored bool
	ready    chan struct{} // closed at the first answer
	stop     chan struct{} // closed by Stop
	done     chan struct{} // closed when the child has ended for good
	stopOnce sync.Once

	mu       sync.Mutex
	child    *os.Process // nil between two lives
	failures int         // lives that ended before the first answer
	stderr   tail
}

// Start prepares the data directory if it is new, starts PostgreSQL and returns when it answers and its base roles
// exist. ctx bounds the start only; the server runs until Stop.
//
// It fails, without changing anything, when the data is in use by another process, belongs to another major version,
// or no PostgreSQL is found on the machine.
func Start(ctx context.Context, opts Options) (*Server, error) {
	s, err := newServer(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		_ = s.lock.Close()
		return nil, err
	}
	return s, nil
}

func newServer(ctx context.Context, opts Options) (*Server, error) {
	dataDir, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, fmt.Errorf("resolve the data folder %q: %w", opts.DataDir, err)
	}
	log := opts.Logger
	if log == nil {
		log = slog.Default()
	}
	if err := os.MkdirAll(filepath.Dir(dataDir), 0o755); err != nil {
		return nil, fmt.Errorf("create the folder for PostgreSQL's data: %w", err)
	}
	lock, err := lockData(dataDir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		dataDir: dataDir, runDir: dataDir + "-run", port: opts.Port, lock: lock, log: log, restored: opts.Restored,
		ready: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if err := s.prepare(ctx, opts.BinDir); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return s, nil
}

// prepare settles everything that must be known before the child starts: programs, account, passwords, data, port.
func (s *Server) prepare(ctx context.Context, binDir string) error {
	major, err := dataVersion(s.dataDir)
	if err != nil {
		return err
	}
	if s.bin, err = FindBinaries(ctx, binDir, major); err != nil {
		if major != 0 {
			return fmt.Errorf("open the data in %s: %w", s.dataDir, err)
		}
		return err
	}
	if s.account, err = chooseAccount(s.log, filepath.Dir(s.dataDir)); err != nil {
		return err
	}
	if s.bin, err = s.bin.reachable(s.account, publicCopies); err != nil {
		return err
	}
	path := filepath.Join(filepath.Dir(s.dataDir), "secrets", "postgres.json")
	if s.secrets, err = openSecrets(path); err != nil {
		return err
	}
	if err := s.account.makeDir(s.runDir); err != nil {
		return err
	}
	if err := endPrevious(ctx, s.dataDir, s.log); err != nil {
		return err
	}
	if s.port != 0 { // before anything is created
		if s.port, err = claimPort(s.port); err != nil {
			return err
		}
	}
	if err := s.ensureCluster(ctx, major); err != nil {
		return err
	}
	if s.port == 0 { // late, so that the port is free for the shortest time
		s.port, err = claimPort(0)
	}
	return err
}

// launch starts the supervisor, waits for the first answer and creates the roles.
func (s *Server) launch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	began := time.Now()
	go s.supervise()
	select {
	case <-s.ready:
	case <-s.done:
		return fmt.Errorf("PostgreSQL does not start on port %d; its data in %s is kept: %s", s.port, s.dataDir, s.lastWords())
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("PostgreSQL does not answer on port %d: %w: %s", s.port, ctx.Err(), s.lastWords()), s.halt())
	}
	if err := s.ensureBaseRoles(ctx); err != nil {
		return errors.Join(err, s.halt())
	}
	s.log.Info("PostgreSQL answers", "address", s.Address(), "version", s.bin.Major, "data", s.dataDir,
		"took", time.Since(began).Round(time.Millisecond))
	return nil
}

// Stop ends PostgreSQL with a fast shutdown: clients are disconnected, everything committed is on disk. When ctx ends
// first, PostgreSQL is made to stop at once and recovers at its next start; nothing committed is lost. Stop may be
// called more than once.
func (s *Server) Stop(ctx context.Context) error {
	defer func() { _ = s.lock.Close() }()
	s.signalStop(syscall.SIGINT)
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.signalStop(syscall.SIGQUIT)
		<-s.done
		return fmt.Errorf("PostgreSQL took too long to shut down and was made to stop; it recovers at its next start: %w", ctx.Err())
	}
}

// halt ends a server whose start failed.
func (s *Server) halt() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.Stop(ctx)
}

// Done is closed when PostgreSQL has ended for good, which is after Stop. A child that dies by itself is brought back
// and does not close Done.
func (s *Server) Done() <-chan struct{} { return s.done }

// Address is the server's host:port.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Port is the TCP port on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// PID is the process ID of the running server, or 0 between two lives.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return 0
	}
	return s.child.Pid
}

// SecretsFile is the path of the file that holds the roles' passwords.
func (s *Server) SecretsFile() string { return s.secrets.path }

// AdminURL is the connection URL of the superuser "mes" for one database, for migrations and set-up.
func (s *Server) AdminURL(database string) string { return s.url(RoleOwner, database) }

// AppURL is the connection URL of the application's role "mes_app" for one database.
func (s *Server) AppURL(database string) string { return s.url(RoleApp, database) }

// Password is the stored password of a role that this server created, or "" for a role that it does not know.
func (s *Server) Password(role string) string { return s.secrets.get(role) }

func (s *Server) url(role, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, s.secrets.get(role)),
		Host: s.Address(), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// claimPort checks that nobody listens on a TCP port of 127.0.0.1, or finds such a port for 0.
func claimPort(port int) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0, fmt.Errorf("PostgreSQL cannot use port %d; nothing was changed: choose another port, or 0 for a free one: %w", port, err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
