// Package cluster runs the roles as processes of their own against an outside PostgreSQL, Temporal and broker, as a plant
// with several machines does: `mes migrate`, `mes import`, `mes serve --role api|worker|edge`.
package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// TestRolesAgainstAnOutsideCluster migrates twice at once, loads the demo plant from its files, and lets two APIs, two
// workers and one edge work an order of each product off. One API and one worker are killed on the way.
func TestRolesAgainstAnOutsideCluster(t *testing.T) {
	plant.Gate(t)
	c := open(t)
	c.migrateTwiceAtOnce(t)
	c.load(t)
	c.configPrinted(t)
	c.serve(t, "edge", "edge") // first: it must wait for its API
	c.serve(t, "worker", "worker-a")
	c.serve(t, "worker", "worker-b")
	c.serve(t, "api", "api-a", "--listen", c.address(c.ports[0]))
	c.serve(t, "api", "api-b", "--listen", c.address(c.ports[1]))
	c.ready(t, c.ports[0])
	c.ready(t, c.ports[1])
	c.announce(t)

	inverters, hoses := c.order(t, "INV-200", 2), c.order(t, "HK-20", 50)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	crew := c.at(c.ports[1]).NewCrew(t, "cluster")
	plant.OK(t, crew.Reach(ctx, inverters, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if l.Operation == "30" {
				return true
			}
		}
		return false
	}))
	c.processes["worker-a"].Kill()
	c.processes["api-a"].Kill()
	t.Log("one worker and one API are killed")
	for _, o := range []string{inverters, hoses} {
		plant.OK(t, crew.Work(ctx, o))
	}
	c.done(t, inverters, 2)
	c.done(t, hoses, 50)
}

// done checks that the other API tells of a completed order that the ERP has heard of.
func (c *cluster) done(t *testing.T, number string, good int64) {
	planner := c.at(c.ports[1]).As(t, "pl-07")
	plant.Eventually(t, time.Minute, func() string {
		var o mes.Order
		if err := planner.Get(t.Context(), "/work-orders/"+number, &o); err != nil {
			return err.Error()
		}
		if o.State != mes.OrderClosed || !o.Good.Equal(mes.Count(good)) {
			return fmt.Sprintf("%s is %s with %s good, want closed with %d", number, o.State, o.Good, good)
		}
		return ""
	})
}

func (c *cluster) order(t *testing.T, product string, quantity int) string {
	number := "C-" + product
	body := map[string]any{"number": number, "product": product, "quantity": quantity, "due": time.Now().UTC().Add(48 * time.Hour).Format(time.RFC3339), "priority": 50, "line": "L1"}
	must(t, c.at(c.ports[0]).AsService(t, "erp"), "/work-orders", body, number)
	must(t, c.at(c.ports[1]).As(t, "pl-07"), "/work-orders/"+number+"/release", nil, number+":release")
	return number
}

func must(t *testing.T, cl *plant.Client, path string, body any, key string) {
	t.Helper()
	r, err := cl.Insist(t.Context(), path, body, key)
	plant.OK(t, err)
	if !r.OK() {
		t.Fatalf("POST %s: status %d: %s", path, r.Status, r.Body)
	}
}

// migrateTwiceAtOnce starts two migrations of the empty database side by side: the advisory lock lets one wait.
func (c *cluster) migrateTwiceAtOnce(t *testing.T) {
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { c.mes(t, "", "migrate") })
	}
	both.Wait()
}

// load imports the plant's files and gives everybody of whom the test needs one a password or a token.
func (c *cluster) load(t *testing.T) {
	mqtt := filepath.Join(c.dir, "mqtt.json")
	plant.OK(t, os.WriteFile(mqtt, fmt.Appendf(nil, `{"url": %q, "user": "", "password": ""}`, c.broker.URL), 0o600))
	t.Log(c.mes(t, "", "import", filepath.Join(plant.Root(), "deploy", "demo"), "--values", "sim="+filepath.Join(c.sim.Dir, "sim.json"), "--values", "mqtt="+mqtt))
	for _, user := range []string{"op-121", "op-122", "qe-02", "pl-07", "sv-05", "admin"} {
		password := "secret-of-" + user
		c.mes(t, password+"\n", "user", "passwd", "--keep", "--reason", "first password", user)
		c.run.Logins = append(c.run.Logins, plant.Login{User: user, Password: password})
	}
	c.run.Tokens = map[string]string{}
	for _, account := range []string{"erp", "vision", "edge"} {
		c.run.Tokens[account] = strings.TrimSpace(c.mes(t, "", "token", "create", "--reason", "for the test", account))
	}
	c.env = append(c.env, "MES_EDGE_TOKEN="+c.run.Tokens["edge"])
}

// configPrinted checks that the effective configuration shows what is set and hides what is secret.
func (c *cluster) configPrinted(t *testing.T) {
	out := c.mes(t, "", "config")
	for _, secret := range []string{c.run.Tokens["edge"], c.password} {
		if strings.Contains(out, secret) {
			t.Errorf("mes config prints a secret:\n%s", out)
		}
	}
	for _, shown := range []string{c.engine.FrontendAddress, c.broker.URL, "MES_DATABASE_URL", "(set)"} {
		if !strings.Contains(out, shown) {
			t.Errorf("mes config does not show %s:\n%s", shown, out)
		}
	}
}

// mes runs a command to its end, with text on its standard input.
func (c *cluster) mes(t *testing.T, input string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.binary, args...)
	cmd.Env, cmd.Stdin = append(os.Environ(), c.env...), strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("mes %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
