package drill

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// sentAgain sees that what waited at the backup and was sent in the lost time comes again under its old key with the same
// content, which the ERP recognises.
func (d *drill) sentAgain(t *testing.T) {
	inbox, err := d.p.Sim.Inbox(t.Context())
	plant.OK(t, err)
	again := map[string]int{}
	for _, m := range inbox {
		again[m.Key] = m.Duplicates
	}
	for _, key := range d.waiting {
		if again[key] < 1 || d.text(t, `SELECT state FROM outbox WHERE destination = 'erp' AND key = $1`, key) != "delivered" {
			t.Errorf("%s came %d times more after the restore", key, again[key])
		}
	}
	t.Logf("%d messages came again under their keys: %v", len(d.waiting), d.waiting)
}

// delivered sees that the ERP has every confirmation under its key, and that those which it holds from the lost time are
// parked for a person, who ends them.
func (d *drill) delivered(t *testing.T) {
	defer d.sentAgain(t)
	for _, order := range []string{units, kits} {
		plant.Eventually(t, time.Minute, func() string {
			n, err := d.rec.Count(t.Context(), `SELECT count(*) FROM outbox WHERE destination = 'erp' AND subject = $1 AND state = 'pending'`, order)
			if err != nil || n > 0 {
				return fmt.Sprintf("%d messages of %s are on their way (%v)", n, order, err)
			}
			return ""
		})
		sent, err := d.rec.Messages(t.Context(), order)
		plant.OK(t, err)
		parked := 0
		for _, m := range sent {
			if m.State != "dead" {
				continue
			}
			parked++
			if !d.inbox[m.Key] {
				t.Errorf("%s is parked although the ERP did not have it at the loss", m.Key)
			}
			_, err := d.p.Output(t.Context(), "restore", "accept", m.Key, "--reason", "compared in the drill: the ERP holds it from the lost time")
			plant.OK(t, err)
		}
		t.Logf("%s: %d messages, %d of them held by the ERP from the lost time", order, len(sent), parked)
		if s := d.text(t, `SELECT state FROM work_order WHERE number = $1`, order); s != string(mes.OrderClosed) {
			t.Errorf("%s is %s", order, s)
		}
	}
}

// lostIsNamed reads the report.
func (d *drill) lostIsNamed(t *testing.T) {
	out, err := d.p.Output(t.Context(), "restore", "lost")
	plant.OK(t, err)
	t.Log(out)
	for _, want := range append([]string{lost + "/", d.stuck.lot}, confirmed(d.inbox, d.lostLots)...) {
		if !strings.Contains(out, want) {
			t.Errorf("the report does not name %s", want)
		}
	}
}

// confirmed are those lots that the ERP has heard of.
func confirmed(inbox map[string]bool, lots []string) (out []string) {
	for _, l := range lots {
		for key := range inbox {
			if strings.Contains(key, l) {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

// audited verifies the chain and finds the restore in it, and the alert that tells of it.
func (d *drill) audited(t *testing.T) {
	out, err := d.p.Output(t.Context(), "audit", "verify")
	plant.OK(t, err)
	t.Log(strings.TrimSpace(out))
	for what, query := range map[string]string{
		"audit rows tell of the restore": `SELECT count(*) FROM audit WHERE action = 'restored' AND after->>'sha256' = '` + d.sum(t) + `' AND after->>'head' <> '' AND before->>'head' <> ''`,
		"alerts tell of the restore":     `SELECT count(*) FROM alert WHERE kind = 'restored' AND role = 'admin' AND closed_at IS NULL`,
	} {
		if n := d.count(t, query); n != 1 {
			t.Errorf("%d %s", n, what)
		}
	}
}

// again backs the stopped plant up, restores it without its keys, and kills the first starts at different moments: the
// restore is taken up once all the same.
func (d *drill) again(t *testing.T) {
	public, err := d.p.Output(t.Context(), "audit", "key") // what a plant keeps a copy of elsewhere
	plant.OK(t, err)
	plant.OK(t, d.p.Down())
	d.rec.Close()
	file := filepath.Join(d.p.Dir, "stopped.tar.zst")
	if out := d.must(t, "", "backup", "--data", d.p.DataDir(), "--to", file, "--plain"); !strings.Contains(out, "does not run") {
		t.Errorf("the backup of a stopped plant says %s", out)
	}
	plant.OK(t, os.RemoveAll(d.p.DataDir()))
	d.must(t, "", "restore", file, "--data", d.p.DataDir(), "--lot-jump", "50")
	keys := filepath.Join(d.p.DataDir(), "keys")
	plant.OK(t, os.MkdirAll(keys, 0o700))
	plant.OK(t, os.WriteFile(filepath.Join(keys, "audit.ed25519.lost.pub"), []byte(public[strings.Index(public, "-----BEGIN"):]), 0o600))
	for _, ms := range []int{150, 400, 700, 1000} {
		plant.OK(t, d.p.Launch())
		<-time.After(time.Duration(ms) * time.Millisecond)
		d.p.Kill()
	}
	plant.OK(t, d.p.Up(t.Context()))
	d.reopen(t)
	if n := d.count(t, `SELECT count(*) FROM audit WHERE action = 'restored' AND subject = 'stopped.tar.zst'`); n != 1 {
		t.Errorf("the restore was taken up %d times", n)
	}
	if n := d.count(t, `SELECT (after->'lots'->'INV-200'->>'to')::bigint - (SELECT last FROM lot_number WHERE product = 'INV-200') FROM audit WHERE action = 'restored' AND subject = 'stopped.tar.zst'`); n != 0 {
		t.Errorf("the next serial is %d away from the end of the gap", n)
	}
	out, err := d.p.Output(t.Context(), "audit", "verify")
	plant.OK(t, err)
	t.Log(strings.TrimSpace(out))
}
