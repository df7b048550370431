//go:build !slim

package temporal

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdktemporal "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/internal/embedded/postgres"
)

const queue = "test"

// greet waits for an update and lets an activity answer it.
func greet(ctx workflow.Context) (string, error) {
	var name string
	err := workflow.SetUpdateHandler(ctx, "name", func(_ workflow.Context, n string) (string, error) {
		name = n
		return "noted " + n, nil
	})
	if err != nil {
		return "", err
	}
	if err := workflow.Await(ctx, func() bool { return name != "" && workflow.AllHandlersFinished(ctx) }); err != nil {
		return "", err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 5 * time.Second})
	var answer string
	err = workflow.ExecuteActivity(ctx, "hello", name).Get(ctx, &answer)
	return answer, err
}

func hello(_ context.Context, name string) (string, error) { return "hello " + name, nil }

// plant is a PostgreSQL with Temporal's databases, as the program that embeds both sets it up.
func plant(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	pg, err := postgres.Start(t.Context(), postgres.Options{DataDir: filepath.Join(dir, "postgres"), Logger: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := pg.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{MainDatabase, VisibilityDatabase} {
		if err := pg.CreateDatabaseFor(t.Context(), name, postgres.RoleTemporal); err != nil {
			t.Fatal(err)
		}
	}
	return pg
}

func startOn(t *testing.T, pg *postgres.Server) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := Start(ctx, Options{Logger: testLog(t), Database: Database{
		Address: pg.Address(), User: postgres.RoleTemporal, Password: pg.Password(postgres.RoleTemporal),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// work dials the server and runs a worker on it until the test ends or the returned function is called.
func work(t *testing.T, s *Server) (client.Client, func()) {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: s.FrontendAddress, Namespace: s.Namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(greet, workflow.RegisterOptions{Name: "greet"})
	w.RegisterActivityWithOptions(hello, activity.RegisterOptions{Name: "hello"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return c, func() { w.Stop(); c.Close() }
}

func begin(t *testing.T, c client.Client, id string) client.WorkflowRun {
	t.Helper()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: queue,
		TypedSearchAttributes: sdktemporal.NewSearchAttributes(sdktemporal.NewSearchAttributeKeyKeyword("Lot").ValueSet(id)),
	}, "greet")
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// finish sends the update until it is taken and returns the workflow's result.
func finish(t *testing.T, c client.Client, run client.WorkflowRun, name string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: run.GetID(), UpdateID: "once", UpdateName: "name", Args: []any{name},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		var answer string
		if err == nil {
			err = handle.Get(ctx, &answer)
		}
		if err == nil && answer == "noted "+name {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the update is not taken: %q, %v", answer, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	var result string
	if err := run.Get(ctx, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// One server lives through what a plant does to it: a first start, work, the loss of PostgreSQL, a restart.
func TestServer(t *testing.T) {
	dir := folder(t)
	pg := plant(t, dir)
	first := startOn(t, pg)
	c, end := work(t, first)

	if got := finish(t, c, begin(t, c, "L-1"), "Ada"); got != "hello Ada" {
		t.Errorf("the first workflow says %q", got)
	}
	t.Run("search attributes reach visibility", func(t *testing.T) { findLot(t, c, "L-1") })
	t.Run("web UI", func(t *testing.T) { checkUI(t, first) })

	t.Run("PostgreSQL killed", func(t *testing.T) {
		run := begin(t, c, "L-2")
		if err := syscall.Kill(pg.PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		if got := finish(t, c, run, "Grace"); got != "hello Grace" {
			t.Errorf("after the kill the workflow says %q", got)
		}
		t.Logf("an update and an activity done %v after the kill", time.Since(killed).Round(time.Millisecond))
		if got := finish(t, c, begin(t, c, "L-3"), "Joan"); got != "hello Joan" {
			t.Errorf("a new workflow says %q", got)
		}
	})

	open := begin(t, c, "L-4")
	t.Logf("resident memory of this process: %d MB", residentMB(t))
	end()
	first.Stop()
	second := startOn(t, pg)
	c, end = work(t, second)
	defer end()
	if got := finish(t, c, c.GetWorkflow(t.Context(), open.GetID(), ""), "Mary"); got != "hello Mary" {
		t.Errorf("after a restart the open workflow says %q", got)
	}
}

func findLot(t *testing.T, c client.Client, lot string) {
	deadline := time.Now().Add(10 * time.Second)
	for {
		count, err := c.CountWorkflow(t.Context(), countRequest(`Lot = "`+lot+`" AND ExecutionStatus = "Completed"`))
		if err == nil && count.GetCount() == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("lot %s is found %d times, %v", lot, count.GetCount(), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func checkUI(t *testing.T, s *Server) {
	ui, err := NewUI(UIOptions{FrontendAddress: s.FrontendAddress, Namespace: s.Namespace, PublicPath: "/temporal"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(ui)
	defer server.Close()
	page := get(t, server.URL+"/temporal/namespaces/steelthread/workflows", "GET", 200)
	if !strings.Contains(page, `"/temporal/_app/`) {
		t.Error("the page does not load its scripts from the public path")
	}
	script := page[strings.Index(page, `/temporal/_app/`):]
	script = script[:strings.IndexByte(script, '"')]
	if body := get(t, server.URL+script, "GET", 200); len(body) < 100 {
		t.Errorf("%s holds %d bytes", script, len(body))
	}
	if body := get(t, server.URL+"/temporal/api/v1/namespaces/steelthread/workflows", "GET", 200); !strings.Contains(body, `"L-1"`) {
		t.Errorf("the list of workflows reads %.300s", body)
	}
	get(t, server.URL+"/temporal/api/v1/namespaces/steelthread/workflows/L-1/terminate", "POST", 405)
}

func residentMB(t *testing.T) int {
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 20
}
