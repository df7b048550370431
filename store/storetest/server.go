package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNoPostgres says that this machine has no PostgreSQL to test with.
var errNoPostgres = errors.New("no PostgreSQL found: install it, or set MES_TEST_DATABASE_URL")

// server is where test databases are made: the one that is named, or a private one.
var server = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("MES_TEST_DATABASE_URL"); u != "" {
		return u, nil
	}
	return start()
})

// alive is the pipe that stays open as long as this process lives. It is kept here because a collected pipe is closed.
var alive io.WriteCloser //nolint:unused // written only, so that the collector leaves it

// start makes a cluster in a temporary folder and runs it until this process ends, however it ends: a shell holds the
// other end of a pipe, and stops the server and removes the folder when the pipe closes.
func start() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	who, err := account()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "store-test-")
	if err != nil {
		return "", err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return "", err
		}
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	const password = "storetest"
	script := `set -e
printf %s "$PASSWORD" > "$DIR/pw"
"$BIN/initdb" -D "$DIR/data" -U mes -E UTF8 --locale=C --auth=scram-sha-256 --pwfile="$DIR/pw" -N >/dev/null
"$BIN/postgres" -D "$DIR/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
	$SETTINGS -c log_min_messages=warning 2>"$DIR/log" &
server=$!
read forever || true
kill -QUIT $server
wait $server || true
rm -rf "$DIR"
`
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "DIR=" + dir, "BIN=" + bin, "PASSWORD=" + password, "PORT=" + strconv.Itoa(port), "SETTINGS=" + settings()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: who}
	var said bytes.Buffer
	cmd.Stderr = &said
	if alive, err = cmd.StdinPipe(); err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start PostgreSQL: %w", err)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("mes", password), Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/postgres", RawQuery: "sslmode=disable"}
	if err := await(u.String()); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said.String())
	}
	return u.String(), nil
}

// settings trade safety for speed, since nothing here outlives the test; MES_TEST_FSYNC=on measures like production.
func settings() string {
	if os.Getenv("MES_TEST_FSYNC") == "on" {
		return "-c shared_buffers=128MB -c wal_compression=on -c max_wal_size=1GB -c jit=off -c random_page_cost=1.1"
	}
	return "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=64MB -c jit=off -c random_page_cost=1.1"
}

func await(u string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, u)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not answer in 30 s: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// programs finds the folder with initdb and postgres; the newest version wins.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errNoPostgres
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// account is the user that PostgreSQL runs as; nil is this one. PostgreSQL refuses root.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses root, and there is no user postgres or nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
