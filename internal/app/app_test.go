package app

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/runfile"
	"github.com/steelthread/steelthread/mes"
)

func TestAFolderHasOneHolder(t *testing.T) {
	dir := t.TempDir()
	f, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = openFolder(dir)
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("the second holder is told %v", err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	again, err := openFolder(dir)
	if err != nil {
		t.Fatalf("the folder stays locked after its holder has gone: %v", err)
	}
	if err := again.close(); err != nil {
		t.Error(err)
	}
}

func TestPartsStopNewestFirstWhateverFails(t *testing.T) {
	var p parts
	var order []string
	for _, name := range []string{"database", "engine", "API"} {
		p.onStop(name, func(context.Context) error {
			order = append(order, name)
			if name == "engine" {
				return errors.New("stuck")
			}
			return nil
		})
	}
	err := p.stop(t.Context())
	if got := strings.Join(order, " "); got != "API engine database" {
		t.Errorf("stopped in the order %s", got)
	}
	if err == nil || !strings.Contains(err.Error(), "engine: stuck") {
		t.Errorf("the failure is told as %v", err)
	}
	if err := p.stop(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("a second stop stopped again: %v, %v", order, err)
	}
}

func TestABackgroundLoopThatFailsIsTold(t *testing.T) {
	var p parts
	told := make(chan error, 1)
	p.background("loop", func(context.Context) error { return errors.New("broke") }, func(err error) { told <- err })
	select {
	case err := <-told:
		if !strings.Contains(err.Error(), "loop: broke") {
			t.Errorf("told %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nobody was told")
	}
	p.background("quiet", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, func(err error) { t.Errorf("a stopped loop was told as a failure: %v", err) })
	if err := p.stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestPlantAndHouseAgreeWhoeverComesFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sim")
	first, err := agree(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := agree(dir)
	if err != nil || first != second || first.MQTT.port() == 0 || first.MQTT.Password == "" {
		t.Errorf("they agree on %+v and %+v, %v", first, second, err)
	}
	info, err := os.Stat(filepath.Join(dir, partnersFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the login: %v, %v", info, err)
	}
	if _, err := locate(dir)(t.Context()); err == nil {
		t.Error("the plant knows an API that nobody has announced")
	}
	if err := announce(dir, apiAddress{URL: "http://127.0.0.1:1", Token: "t"}); err != nil {
		t.Fatal(err)
	}
	url, err := locate(dir)(t.Context())
	token, err2 := token(dir)(t.Context())
	if url != "http://127.0.0.1:1" || token != "t" || err != nil || err2 != nil {
		t.Errorf("the plant finds %q, %q, %v, %v", url, token, err, err2)
	}
}

func TestTheFrontSaysThatItStarts(t *testing.T) {
	f := &front{}
	ask := func(path string) int {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if got := ask("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d before the start is over", got)
	}
	if got := ask("/healthz"); got != http.StatusOK {
		t.Errorf("/healthz answers %d", got)
	}
	f.handOver(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	if got := ask("/readyz"); got != http.StatusTeapot {
		t.Errorf("/readyz answers %d after the handover", got)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	var p parts
	f, err := openFront("127.0.0.1:0", &p, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(f.url, "http://")
	if _, err := openFront(address, new(parts), func(error) {}); err == nil || !strings.Contains(err.Error(), "--port") {
		t.Errorf("a taken port is told as %v", err)
	}
	if err := p.stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSecretsAreDrawnForWhoHasNone(t *testing.T) {
	earlier := runfile.Run{Logins: []runfile.Login{{User: "op-114", Password: "kept"}}}
	drawn, err := drawSecrets(t.Context(), earlier)
	if err != nil {
		t.Fatal(err)
	}
	if _, again := drawn["op-114"]; again {
		t.Error("op-114 has a login and got another one")
	}
	seen := map[string]bool{}
	for user, s := range drawn {
		if len(s.password) != 14 || s.passwordHash == "" || strings.Contains(s.passwordHash, s.password) || seen[s.password] {
			t.Errorf("%s got %+v", user, s)
		}
		seen[s.password] = true
	}
	if op := drawn["op-109"]; len(op.pin) != 6 || op.pinHash == "" {
		t.Errorf("op-109 carries a badge and got the PIN %q", op.pin)
	}
}

func TestAStoryIsPrintedLineByLine(t *testing.T) {
	var b bytes.Buffer
	at := time.Date(2026, 11, 24, 9, 58, 36, 0, time.UTC)
	zone := time.FixedZone("CET", 3600)
	story := api.History{Rows: []mes.TimelineRow{{At: at, Kind: "device", Step: "20-3", Lot: "INV200-000001", Operation: "20", Station: "ST20", Device: "TC-20", Actor: "op-114", Result: "pass", Text: "Torque\n2.5 Nm"}},
		Runs: []api.HistoryRun{{RunID: "r", WorkflowID: "wo/HAM/1", Status: "completed", Events: 7, Archived: true, Blob: "abc"}}, Gaps: []string{"The engine did not answer."}}
	if err := printStory(&b, story, zone); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2026-11-24 10:58:36.000", "ST20 op 20", "TC-20, op-114", "device 20-3", "pass Torque 2.5 Nm", "7 events, exported as abc", "missing: The engine did not answer."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}
