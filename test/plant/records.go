package plant

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Records reads the records' database beside the API, and never writes to it.
type Records struct{ Pool *pgxpool.Pool }

// DatabaseURL finds the embedded PostgreSQL of a data folder by what lies there: its pid file names the port, its
// secrets the owner's password.
func DatabaseURL(dir, database string) (string, error) {
	_, port, err := postmaster(dir)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(dir, "secrets", "postgres.json"))
	if err != nil {
		return "", err
	}
	secrets := map[string]string{}
	if err := json.Unmarshal(data, &secrets); err != nil {
		return "", err
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("mes", secrets["mes"]), Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/" + database}
	u.RawQuery = url.Values{"sslmode": {"disable"}, "search_path": {"mes"}}.Encode()
	return u.String(), nil
}

// postmaster reads PostgreSQL's process ID and port.
func postmaster(dir string) (pid, port int, err error) {
	f, err := os.Open(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, strings.TrimSpace(s.Text()))
	}
	if len(lines) < 4 {
		return 0, 0, errors.New("postmaster.pid is not complete yet")
	}
	pid, err = strconv.Atoi(lines[0])
	if err != nil {
		return 0, 0, err
	}
	port, err = strconv.Atoi(lines[3])
	return pid, port, err
}

// PostgresPID is the process ID of the embedded server.
func PostgresPID(dir string) (int, error) {
	pid, _, err := postmaster(dir)
	return pid, err
}

// OpenRecords connects to the records of a data folder, read-only.
func OpenRecords(ctx context.Context, dir string) (*Records, error) {
	dsn, err := DatabaseURL(dir, "mes")
	if err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	cfg.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &Records{Pool: pool}, pool.Ping(ctx)
}

// Close ends the connections.
func (r *Records) Close() { r.Pool.Close() }

// Count runs a query that answers one number.
func (r *Records) Count(ctx context.Context, query string, args ...any) (int64, error) {
	var n int64
	err := r.Pool.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}

// finding runs a query that must find nothing. Each row is one text that says what is wrong.
func (r *Records) finding(ctx context.Context, what, query string, args ...any) []string {
	rows, err := r.Pool.Query(ctx, query, args...)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", what, err)}
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", what, err)}
	}
	for i := range found {
		found[i] = what + ": " + found[i]
	}
	return found
}
