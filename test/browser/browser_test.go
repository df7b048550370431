// Package browser tests the screens in a real browser, against a whole running system.
package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

const (
	// order is packed, confirmed and closed before the browser opens.
	order = "BROWSER-0"
	// longest is how long the whole walk through the screens may take.
	longest = 15 * time.Minute
)

// input is what the walk needs to know of the system.
type input struct {
	URL       string            `json:"url"`
	Artifacts string            `json:"artifacts"`
	Chromium  string            `json:"chromium"`
	Logins    map[string]string `json:"logins"`
	Terminals map[string]string `json:"terminals"`
	// Badge and PIN are of op-121.
	Badge string `json:"badge"`
	PIN   string `json:"pin"`
	Order string `json:"order"`
	Lot   string `json:"lot"`
	// Component is a component lot that is in Lot.
	Component string `json:"component,omitempty"`
	// Units are good units that have Component, Bad one that the camera found bad; Phase is the part of the story.
	Units []string `json:"units,omitempty"`
	Bad   string   `json:"bad,omitempty"`
	Phase string   `json:"phase,omitempty"`
}

// finding is one line of the walk's output.
type finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func TestBrowser(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := input{URL: p.Base, Chromium: chromium, Order: order, Lot: packed(t, p)}
	in.people(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "browser")
	found := walk(t, node, "screens.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) < 10 {
		t.Errorf("the walk told %d findings; it ended early", len(found))
	}
}

// packed makes one inverter, waits until its order is closed, and returns its lot.
func packed(t *testing.T, p *plant.Plant) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	planner := p.As(t, "pl-07")
	send := func(path string, body any, key string) {
		r, err := planner.Insist(ctx, path, body, key)
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("POST %s: status %d: %s", path, r.Status, r.Body)
		}
	}
	due := time.Now().UTC().Add(72 * time.Hour).Format(time.RFC3339)
	send("/work-orders", map[string]any{"number": order, "product": "INV-200", "quantity": 1, "due": due, "priority": 50, "line": "L1"}, "browser-create")
	send("/work-orders/"+order+"/release", nil, "browser-release")
	plant.OK(t, p.NewCrew(t, "browser").Reach(ctx, order, func(o mes.Order, _ []mes.LotView) bool { return o.State == mes.OrderClosed }))
	var lots mes.Page[mes.LotView]
	plant.OK(t, planner.Get(ctx, "/work-orders/"+order+"/lots", &lots))
	if len(lots.Items) != 1 || lots.Items[0].State != mes.LotPacked {
		t.Fatalf("order %s has lots %+v; one packed lot is expected", order, lots.Items)
	}
	return lots.Items[0].Lot
}

// people are everybody's passwords, the stations' terminals, and one operator's badge.
func (in *input) people(t *testing.T, p *plant.Plant) {
	t.Helper()
	info, err := p.Info()
	plant.OK(t, err)
	in.Logins, in.Terminals = map[string]string{}, info.Terminals
	for _, l := range info.Logins {
		in.Logins[l.User] = l.Password
		if l.User == "op-121" {
			in.Badge, in.PIN = l.Badge, l.PIN
		}
	}
}

// walk runs the script and collects what it tells. A script that ends badly is a failure of its own.
func walk(t *testing.T, node, script string, in input) []finding {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	told, err := json.Marshal(in)
	plant.OK(t, err)
	cmd := exec.CommandContext(ctx, node, filepath.Join("e2e", script))
	cmd.Dir = filepath.Join(plant.Root(), "web")
	cmd.Stdin = bytes.NewReader(told)
	cmd.WaitDelay = 10 * time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	plant.OK(t, err)
	plant.OK(t, cmd.Start())
	found := read(t, out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the walk ended with %v\n%s", err, complaint.String())
	}
	return found
}

func read(t *testing.T, out io.Reader) []finding {
	var found []finding
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var f finding
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Errorf("the walk told %q: %v", lines.Text(), err)
			continue
		}
		// Told at once as well: the walk is long, and its first fault is the one to look at.
		t.Logf("%-45s %v %s", f.Name, f.OK, f.Detail)
		found = append(found, f)
	}
	if err := lines.Err(); err != nil {
		t.Errorf("read the walk: %v", err)
	}
	return found
}
