// Package historian tests the way of values from an edge node to the records as a whole: the real recorder and buffer, the real
// API over HTTP, and the real database.
package historian

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/api/auth"
	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/store/storetest"
	"github.com/steelthread/steelthread/workers/bridge"
	"github.com/steelthread/steelthread/workers/spool"
)

type noEngine struct{ client.Client }

// line is what is between the edge and the API: it can be cut, and can lose the answers to what was stored.
type line struct {
	api        http.Handler
	cut        atomic.Bool
	loseAnswer atomic.Bool
	requests   atomic.Int64
	lost       atomic.Int64
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.requests.Add(1)
	if l.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	if l.loseAnswer.Load() {
		l.lost.Add(1)
		l.api.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	l.api.ServeHTTP(w, r)
}

// source is a device in memory: the test is its only tag.
type source struct {
	devices.Machine
	cfg devices.Config
	fn  chan func(devices.Value)
}

func (d *source) Config() devices.Config { return d.cfg }
func (d *source) Health() devices.Health { return devices.Health{State: devices.Connected} }
func (d *source) Close() error           { return nil }
func (d *source) Subscribe(_ context.Context, _ []string, fn func(devices.Value)) error {
	d.fn <- fn
	return nil
}

type house struct {
	*testing.T
	line *line
	edge *bridge.API
	db   *pgx.Conn
	dir  string
	next int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := storetest.Database(t)
	s := storetest.Open(t, db)
	storetest.Seed(t, s)
	ctx, by := context.Background(), mes.Actor{ID: "setup"}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(s.Accounts.Upsert(ctx, by, mes.Account{ID: "edge", Name: "Edge", Kind: mes.AccountService, Site: storetest.Site, Roles: []mes.Role{mes.RoleEdge}, Active: true}))
	secret, hash := auth.NewToken()
	end := time.Now().Add(24 * time.Hour)
	ok(s.Accounts.AddToken(ctx, by, mes.Token{Hash: hash, Account: "edge", Name: "edge", Scopes: []string{string(policies.EdgeReport)}, ExpiresAt: &end}, "test"))
	d := wiring.API(s)
	d.Temporal, d.Version, d.Log = noEngine{}, "test", slog.New(slog.DiscardHandler)
	a, err := api.New(d)
	ok(err)
	h := &house{T: t, line: &line{api: a}, dir: t.TempDir()}
	front := httptest.NewServer(h.line)
	t.Cleanup(front.Close)
	h.edge = bridge.NewAPI(front.URL, secret)
	h.db, err = pgx.Connect(ctx, db.Owner)
	ok(err)
	t.Cleanup(func() { _ = h.db.Close(ctx) })
	_, err = h.db.Exec(ctx, "SET search_path = mes")
	ok(err)
	return h
}

// run lets an edge node record n values and ends it once done is true. Its folder stays, and the next
// one goes on with it.
func (h *house) run(n int, done func() bool) {
	h.Helper()
	d := &source{cfg: devices.Config{ID: "TC", Site: storetest.Site, Driver: "opcua", Address: "opc.tcp://x:1", Tags: map[string]string{"n": "ns=1;s=N"}, History: devices.History{All: true}, HistoryLimit: 1_000_000},
		fn: make(chan func(devices.Value), 1)}
	hub, err := devices.NewHub(map[string]devices.Factory{"opcua": func(devices.Config) (devices.Device, error) { return d, nil }}, []devices.Config{d.cfg})
	if err != nil {
		h.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&bridge.Telemetry{Hub: hub, API: h.edge, Site: storetest.Site, Dir: h.dir, Log: slog.New(slog.DiscardHandler), Keep: spool.Options{Segment: 16 << 10}}).Run(ctx)
	}()
	tell := <-d.fn
	for range n {
		h.next++
		tell(devices.Value{Tag: "n", Value: float64(h.next), Quality: devices.Good, SourceTime: time.Now(), ReceivedTime: time.Now()})
	}
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.Error("what was waited for did not come")
			break
		}
	}
	cancel()
	<-ended
}

func (h *house) stored() (n int) {
	h.Helper()
	if err := h.db.QueryRow(context.Background(), "SELECT count(*) FROM tag_value").Scan(&n); err != nil {
		h.Fatal(err)
	}
	return n
}

// TestAnOutageIsFilledInOrderAndOnce cuts the line, loses answers, and ends the edge in the middle of it, several times over.
func TestAnOutageIsFilledInOrderAndOnce(t *testing.T) {
	h := newHouse(t)
	h.run(5000, func() bool { return h.stored() == 5000 })
	for round := range 3 {
		before := h.stored()
		h.line.cut.Store(true) // an outage that outlives the edge's process
		asked := h.line.requests.Load()
		h.run(4000, func() bool { return h.line.requests.Load() > asked+1 })
		if h.stored() != before {
			t.Fatal("something was stored over a line that is cut")
		}
		h.line.cut.Store(false)
		h.line.loseAnswer.Store(true) // stored, and the edge does not learn of it
		lost := h.line.lost.Load()
		h.run(1000, func() bool { return h.line.lost.Load() > lost+1 })
		h.line.loseAnswer.Store(false)
		h.tearTail(round)
		want := before + 5500
		h.run(500, func() bool { return h.stored() >= want })
	}
	var rows, different, disorder int
	err := h.db.QueryRow(context.Background(), `SELECT count(*), count(DISTINCT value), count(*) FILTER (WHERE value < before) FROM
		(SELECT value, lag(value) OVER (ORDER BY at, ctid) AS before FROM tag_value) v`).Scan(&rows, &different, &disorder)
	if err != nil {
		t.Fatal(err)
	}
	if rows != h.next || different != h.next || disorder != 0 {
		t.Errorf("%d rows, %d different values, %d out of order; %d were recorded", rows, different, disorder, h.next)
	}
	var notices int
	if err := h.db.QueryRow(context.Background(), "SELECT count(*) FROM tag_notice WHERE kind IN ('lost', 'torn')").Scan(&notices); err != nil || notices != 0 {
		t.Errorf("%d notices of lost or torn records, %v", notices, err)
	}
}

// tearTail leaves half a record behind the last one, as a machine does that loses power while it writes.
func (h *house) tearTail(round int) {
	h.Helper()
	files, err := filepath.Glob(filepath.Join(h.dir, "*.records"))
	if err != nil {
		h.Fatal(err)
	}
	if len(files) == 0 {
		return // everything was taken
	}
	f, err := os.OpenFile(files[len(files)-1], os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprint(f, "\x00\x00\x01\x00half of record "+strconv.Itoa(round)); err != nil {
		h.Fatal(err)
	}
}
