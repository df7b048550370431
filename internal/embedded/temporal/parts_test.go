//go:build !slim

package temporal

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/log/tag"
	"go.temporal.io/server/common/primitives"

	"github.com/steelthread/steelthread/internal/embedded/postgres"
)

// folder is a fresh folder that every user may enter, on a machine with PostgreSQL.
func folder(t *testing.T) string {
	t.Helper()
	if _, err := postgres.FindBinaries(t.Context(), "", 0); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("this test needs PostgreSQL: %v", err)
		}
		t.Skipf("needs PostgreSQL: %v", err)
	}
	dir, err := os.MkdirTemp("", "mes-temporal-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func testLog(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

func countRequest(query string) *workflowservice.CountWorkflowExecutionsRequest {
	return &workflowservice.CountWorkflowExecutionsRequest{Query: query}
}

func get(t *testing.T, url, method string, status int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s: status %d, %v, want %d: %.200s", method, url, resp.StatusCode, err, status, body)
	}
	return string(body)
}

func TestLoggerKeepsWarningsAndDropsRepetitions(t *testing.T) {
	var out bytes.Buffer
	l := newLogger(slog.New(slog.NewTextHandler(&out, nil)))
	l.Info("chatter")
	for range 3 {
		l.With(tag.String("service", "history")).Warn("database away", tag.Int("attempt", 7))
	}
	l.Error("another message")
	l.Warn("HTTP API port has not been set. And so on.")
	text := out.String()
	for want, times := range map[string]int{"chatter": 0, "database away": 1, "service=history attempt=7": 1, "another message": 1, "HTTP API": 0} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%q is written %d times, want %d, in:\n%s", want, got, times, text)
		}
	}
	if skipped, ok := l.said.due("database away", time.Now().Add(2*quietFor)); !ok || skipped != 2 {
		t.Errorf("later the message is due %v with %d kept back, want true with 2", ok, skipped)
	}
	l.hush()
	l.Error("after the stop")
	if strings.Contains(out.String(), "after the stop") {
		t.Error("the logger talks after the stop")
	}
}

func TestClaimPortsRefusesATakenPort(t *testing.T) {
	taken, err := claimPorts(0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range taken {
		seen[p] = true
	}
	if len(seen) != len(services) {
		t.Errorf("the services share ports: %v", taken)
	}
	l, err := net.Listen("tcp", taken.address(primitives.FrontendService))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = claimPorts(taken[primitives.FrontendService])
	if err == nil {
		t.Fatal("a taken port is given out")
	}
	if !strings.Contains(err.Error(), "choose another one") {
		t.Errorf("the refusal reads %v", err)
	}
}

func TestIndexPageRefusesAnUnknownLayout(t *testing.T) {
	good := `<meta http-equiv="content-security-policy" content="x"><script>{ s = { base: "" }; import("/_app/a.js") }</script>`
	for name, c := range map[string]struct{ page, want string }{
		"known":       {good, `base: "/temporal"`},
		"no base":     {strings.Replace(good, "base", "root", 1), ""},
		"no scripts":  {strings.Replace(good, "/_app/", "/app/", 1), ""},
		"no document": {"", ""},
	} {
		page, policy, err := indexPage([]byte(c.page), "/temporal")
		if (err == nil) != (c.want != "") || !strings.Contains(string(page), c.want) {
			t.Errorf("%s: %v, %s", name, err, page)
		}
		if err == nil && (!strings.Contains(policy, "'sha256-") || strings.Contains(string(page), "http-equiv")) {
			t.Errorf("%s: the policy is %s, the page %s", name, policy, page)
		}
	}
}
