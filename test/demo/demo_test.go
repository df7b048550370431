// Package demo tests what a newcomer gets: one command, a living plant within two minutes, stations that can be taken
// over by hand, a folder that survives, and nothing that starts twice.
package demo

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// firstUnit is the promise of the README.
const firstUnit = 2 * time.Minute

func TestDemo(t *testing.T) {
	p := plant.New(t, plant.Options{Inside: true, Autopilot: true, Speed: 6})
	began := time.Now().Add(-p.Ready) // systems under test take turns; waiting does not count
	t.Logf("ready after %.1f s", p.Ready.Seconds())
	d := &demo{p: p, operator: p.As(t, "op-114"), quality: p.As(t, "qe-02")}
	t.Run("ASecondOneIsRefused", d.secondRefused)
	t.Run("AStationIsTakenOverByHand", d.takenOver)
	t.Run("TheFirstUnitIsPacked", func(t *testing.T) { d.packed(t, began) })
	t.Run("TheFolderSurvives", d.survives)
}

type demo struct {
	p                 *plant.Plant
	operator, quality *plant.Client
}

// secondRefused starts another mes on the same folder, which must say who holds it and change nothing.
func (d *demo) secondRefused(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), d.p.Binary, "up", "--data", d.p.DataDir(), "--port", "0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is in use by another mes") || !strings.Contains(string(out), strconv.Itoa(d.p.MES().PID())) {
		t.Errorf("a second mes on the same folder: %v\n%s", err, out)
	}
}

// takenOver pauses the autopilot at ST10, works one unit off there by hand, and gives the station back.
func (d *demo) takenOver(t *testing.T) {
	run := filepath.Join(d.p.DataDir(), "run.json")
	d.autopilot(t, "--run", run, "--pause", "ST10")
	lot := d.byHand(t)
	var l mes.AsBuilt
	plant.OK(t, d.operator.Get(t.Context(), "/lots/"+lot+"/as-built", &l))
	steps := l.Operations[0].Steps
	byHand := slices.ContainsFunc(steps, func(s mes.BuiltStep) bool { return s.Operator == "op-114" })
	meddled := slices.ContainsFunc(steps, func(s mes.BuiltStep) bool { return strings.HasPrefix(s.Operator, "auto-") && s.Step == "10-5" })
	if !byHand || meddled {
		t.Errorf("the record of %s shows other hands: %+v", lot, steps)
	}
	d.autopilot(t, "--run", run, "--resume", "ST10")
}

func (d *demo) autopilot(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), d.p.Binary, append([]string{"autopilot"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("mes autopilot: %v\n%s", err, out)
	}
}

// byHand brings one lot through ST10 and answers which. The last step and the end are done by hand in any case; the
// autopilot may have begun before the pause took hold.
func (d *demo) byHand(t *testing.T) string {
	stock := plant.NewStock(d.operator)
	done := ""
	plant.Eventually(t, 40*time.Second, func() string {
		var q mes.Queue
		if err := d.operator.Get(t.Context(), "/stations/ST10/queue", &q); err != nil {
			return err.Error()
		}
		cards := append(q.Now, q.Next...)
		if len(cards) == 0 {
			return "a lot at ST10"
		}
		c := cards[0]
		r, err := d.next(t, stock, c)
		switch {
		case err != nil:
			return err.Error()
		case c.State == mes.LotRunning && c.Step == "" && r.OK():
			done = c.Lot
			return ""
		case c.State == mes.LotRunning && c.Step == "" && r.Status/100 == 4:
			return "a lot of our own" // the autopilot's last command was quicker
		}
		return c.Lot + " is at step " + c.Step
	})
	return done
}

// next does what the lot waits for at ST10.
func (d *demo) next(t *testing.T, stock *plant.Stock, c mes.LotCard) (*plant.Reply, error) {
	at := "/lots/" + url.PathEscape(c.Lot) + "/operations/10"
	send := func(path string, body any) (*plant.Reply, error) {
		return d.operator.At("ST10").Insist(t.Context(), at+path, body, "hand-"+strconv.FormatInt(time.Now().UnixNano(), 36))
	}
	materials := map[string]struct {
		material string
		pieces   int64
	}{"10-1": {"HSG", 1}, "10-2": {"CB", 1}, "10-3": {"PM", 3}, "10-4": {"CP", 1}}
	need, scans := materials[c.Step]
	switch {
	case c.State == mes.LotQueued:
		return send("/start", map[string]string{"station": "ST10"})
	case c.Step == "":
		return send("/complete", nil)
	case !scans:
		return send("/steps/"+c.Step+"/complete", nil)
	}
	scan, err := stock.Take(t.Context(), c.Lot, c.Step, need.material, mes.Count(need.pieces))
	if err != nil {
		return nil, err
	}
	r, err := send("/steps/"+c.Step+"/complete", plant.StepBody{Components: []plant.Component{{Scan: scan}}})
	if err == nil && r.Status/100 == 4 {
		stock.Forget(c.Lot)
	}
	return r, err
}

// packed waits for the first inverter, counted from the start of the process on an empty folder.
func (d *demo) packed(t *testing.T, began time.Time) {
	plant.Eventually(t, firstUnit-time.Since(began), func() string {
		var page mes.Page[mes.LotView]
		if err := d.operator.Get(t.Context(), "/lots?state=packed,shipped&material=INV-200&limit=1", &page); err != nil {
			return err.Error()
		}
		if page.Total == 0 {
			return "a packed INV-200"
		}
		return ""
	})
	t.Logf("first unit packed after %.0f s", time.Since(began).Seconds())
}

// survives kills mes and starts it again: the same logins and tokens are good, and work goes on.
func (d *demo) survives(t *testing.T) {
	before, err := d.p.Info()
	plant.OK(t, err)
	d.p.Kill()
	plant.OK(t, d.p.Up(t.Context()))
	t.Logf("second start took %.1f s", d.p.Ready.Seconds())
	after, err := d.p.Info()
	plant.OK(t, err)
	if !slices.Equal(before.Logins, after.Logins) || before.Tokens["erp"] != after.Tokens["erp"] || before.MQTT != after.MQTT {
		t.Error("logins, tokens or the broker's address changed with the restart")
	}
	r, err := d.p.AsService(t, "erp").Send(t.Context(), plant.Request{Method: http.MethodGet, Path: "/work-orders"})
	plant.OK(t, err)
	if r.Status != http.StatusOK {
		t.Errorf("the ERP's token answers %d: %s", r.Status, r.Body)
	}
	if left, err := filepath.Glob(filepath.Join(d.p.DataDir(), ".run-*")); err != nil || len(left) > 0 {
		t.Errorf("half-written run files are left: %v, %v", left, err)
	}
	if mode, err := os.Stat(filepath.Join(d.p.DataDir(), "run.json")); err != nil || mode.Mode().Perm() != 0o600 {
		t.Errorf("run.json: %v, %v", mode, err)
	}
}
