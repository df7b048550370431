package drill

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

const (
	before  = "D-OLD"  // completed long before the backup
	units   = "D-INV"  // serial units, in the middle of their way at the backup
	kits    = "D-KIT"  // lots of fifty
	lost    = "D-LOST" // asked for after the backup: the restored plant has never heard of it
	machine = "TC-20"
)

// TestRestoreDrill backs a plant up in the middle of its orders, lets it go on, destroys it, restores it into an empty
// folder while machines and ERP have lived on, and has a new shift finish the orders.
func TestRestoreDrill(t *testing.T) {
	d := &drill{top: t, p: plant.New(t, plant.Options{Speed: 100, Seed: 17})}
	d.reopen(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"AnOldRecord", d.anOldRecord}, {"BackUpInTheMiddle", d.backUp}, {"GoOnALittle", d.goOn}, {"Destroy", d.destroy},
		{"DamagedArchivesAreRefused", d.damaged}, {"Restore", d.restore}, {"NoMachineIsStartedForAnOldNumber", d.machinesWait},
		{"OldRecordsOpen", d.oldRecordsOpen}, {"ANewShiftCompletesTheOrders", d.complete}, {"TheERPHasEverything", d.delivered},
		{"WhatIsLostIsNamed", d.lostIsNamed}, {"TheAuditTrailHolds", d.audited},
		{"StoppedAndWithoutKeysAndKilledMeanwhile", d.again},
	} {
		if !t.Run(part.name, part.run) {
			return
		}
	}
}

// anOldRecord completes an order and keeps what its record looks like.
func (d *drill) anOldRecord(t *testing.T) {
	d.order(t, before, "INV-200", 1)
	d.work(t, "old", time.Minute, before).done(t)
	d.eventually(t, "archived histories", 2, `SELECT count(*) FROM run_archive r WHERE r.subject = $1 OR r.subject IN (SELECT id FROM lot WHERE work_order = $1)`, before)
	d.old.lot = d.text(t, `SELECT id FROM lot WHERE work_order = $1`, before)
	d.old.picture = d.text(t, `SELECT image FROM vision_result WHERE lot = $1 AND image <> '' LIMIT 1`, d.old.lot)
	d.old.history = d.text(t, `SELECT blob FROM run_archive WHERE subject = $1`, d.old.lot)
	d.old.size = d.count(t, `SELECT size FROM blob WHERE hash = $1`, d.old.picture)
	d.old.body = d.readRecord(t)
}

func (d *drill) readRecord(t *testing.T) []byte {
	t.Helper()
	r, err := d.p.As(t, "qe-02").Send(t.Context(), plant.Request{Method: http.MethodGet, Path: "/api/v1/lots/" + d.old.lot + "/record"})
	plant.OK(t, err)
	if r.Status != http.StatusOK {
		t.Fatalf("the record of %s: status %d: %s", d.old.lot, r.Status, r.Body)
	}
	// What stands beside the content (deliveries, the trail) goes on after a restore; the hash covers the content.
	var record struct {
		Hash    string          `json:"hash"`
		Content json.RawMessage `json:"content"`
	}
	plant.OK(t, json.Unmarshal(r.Body, &record))
	return append([]byte(record.Hash+" "), record.Content...)
}

// backUp takes the backup while a machine has been sent a start and has not answered.
func (d *drill) backUp(t *testing.T) {
	d.order(t, units, "INV-200", 6)
	d.order(t, kits, "HK-20", 300)
	d.first = d.work(t, "first", 3*time.Minute, units, kits)
	d.eventually(t, "steps", 12, `SELECT count(*) FROM step_record s JOIN lot l ON l.id = s.lot WHERE l.work_order IN ($1, $2)`, units, kits)
	plant.OK(t, d.p.Sim.Break(t.Context(), plant.Fault{Target: "ERP", Kind: "fail", Value: 1e6}))
	d.eventually(t, "messages that wait for the ERP", 1, `SELECT count(*) FROM outbox WHERE destination = 'erp' AND state = 'pending' AND attempts > 0`)
	plant.OK(t, d.rec.Pool.QueryRow(t.Context(), `SELECT array_agg(key) FROM outbox WHERE destination = 'erp' AND state = 'pending'`).Scan(&d.waiting))
	plant.OK(t, d.p.Sim.Break(t.Context(), plant.Fault{Target: machine, Kind: "silence"}))
	silent := d.text(t, `SELECT now()::text`)
	d.eventually(t, "a start on its way to "+machine, 1, `SELECT count(*) FROM lot WHERE wait_kind = 'machine' AND wait_on = $1 AND wait_since > $2::timestamptz`, machine, silent)
	plant.OK(t, d.rec.Pool.QueryRow(t.Context(), `SELECT id, (progress->'wait'->>'seq')::bigint FROM lot WHERE wait_on = $1 AND wait_since > $2::timestamptz`, machine, silent).Scan(&d.stuck.lot, &d.stuck.seq))

	d.archive, d.keys = filepath.Join(d.p.Dir, "backup.tar.zst.age"), filepath.Join(d.p.Dir, "keys.age")
	d.must(t, passphrase+"\n", "backup", "--data", d.p.DataDir(), "--to", d.archive)
	d.must(t, passphrase+"\n", "backup", "--data", d.p.DataDir(), "--keys", d.keys)
	d.must(t, passphrase+"\n", "backup", "verify", d.archive)
	if out, err := d.run(t, "another passphrase\n", "backup", "verify", d.archive); err == nil || !strings.Contains(out, "does not open") {
		t.Errorf("another passphrase opens the backup: %v %s", err, out)
	}
	if out, err := d.run(t, passphrase+"\n", "backup", "--data", d.p.DataDir(), "--to", d.archive); err == nil || !strings.Contains(out, "exists") {
		t.Errorf("a second backup to the same file: %v %s", err, out)
	}
	if n := d.count(t, `SELECT count(*) FROM audit WHERE action = 'backed_up' AND after->>'sha256' = $1`, d.sum(t)); n != 1 {
		t.Errorf("%d audit rows tell of the backup", n)
	}
	for _, secret := range []string{"secrets/", "pki/", "keys/", "sim/"} {
		if strings.Contains(names(t, d.archive), "/"+secret) {
			t.Errorf("the backup holds %s", secret)
		}
	}
}

// sum is the archive's SHA-256, counted here.
func (d *drill) sum(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(d.archive)
	plant.OK(t, err)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// goOn lets the plant work on after the backup: the silent machine answers and runs, and an order that nobody will
// remember gets its serials.
func (d *drill) goOn(t *testing.T) {
	plant.OK(t, d.p.Sim.Mend(t.Context(), ""))
	d.order(t, lost, "INV-200", 2)
	s := d.work(t, "lost", time.Minute, lost)
	d.eventually(t, "steps of the order that will be lost", 6, `SELECT count(*) FROM step_record s JOIN lot l ON l.id = s.lot WHERE l.work_order = $1`, lost)
	plant.Eventually(t, time.Minute, func() string {
		if n := d.seqAt(t, machine); n <= d.stuck.seq {
			return fmt.Sprintf("%s shows %d, a number after %d is wanted", machine, n, d.stuck.seq)
		}
		return ""
	})
	d.eventually(t, "messages that the ERP has of the order that will be lost", 1, `SELECT count(*) FROM outbox WHERE destination = 'erp' AND subject = $1 AND state = 'delivered'`, lost)
	d.eventually(t, "messages that waited at the backup", int64(len(d.waiting)), `SELECT count(*) FROM outbox WHERE key = ANY ($1) AND state = 'delivered'`, d.waiting)
	s.home()
	rows, err := d.rec.Pool.Query(t.Context(), `SELECT id FROM lot WHERE work_order = $1`, lost)
	plant.OK(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		plant.OK(t, rows.Scan(&id))
		d.lostLots = append(d.lostLots, id)
	}
	t.Logf("after the backup %v got their numbers, and %s ran %s under number %d", d.lostLots, machine, d.stuck.lot, d.stuck.seq)
}

// destroy kills everything and deletes the folder.
func (d *drill) destroy(t *testing.T) {
	d.planner = d.p.As(t, "pl-07")
	d.p.Kill()
	d.first.home()
	d.rec.Close()
	plant.OK(t, os.RemoveAll(d.p.DataDir()))
	var err error
	d.pulses, err = d.p.Sim.State(t.Context())
	plant.OK(t, err)
	inbox, err := d.p.Sim.Inbox(t.Context())
	plant.OK(t, err)
	d.inbox = map[string]bool{}
	for _, m := range inbox {
		d.inbox[m.Key] = true
	}
}

// damaged offers archives that are not what they were; none of them may leave a trace.
func (d *drill) damaged(t *testing.T) {
	whole, err := os.ReadFile(d.archive)
	plant.OK(t, err)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, text := range map[string][]byte{"a flipped bit": flipped, "cut off": whole[:len(whole)-1000], "more at the end": append(bytes.Clone(whole), 0)} {
		file := filepath.Join(d.p.Dir, "damaged.tar.zst")
		plant.OK(t, os.WriteFile(file, text, 0o600))
		sum, err := os.ReadFile(d.archive + ".sha256")
		plant.OK(t, err)
		plant.OK(t, os.WriteFile(file+".sha256", sum, 0o600))
		out, err := d.run(t, passphrase+"\n", "restore", file, "--data", d.p.DataDir())
		if err == nil || !strings.Contains(out, "damaged") || exists(d.p.DataDir()) {
			t.Errorf("%s: %v, %s, folder made: %v", name, err, out, exists(d.p.DataDir()))
		}
	}
}

// restore brings the plant back into an empty folder.
func (d *drill) restore(t *testing.T) {
	d.must(t, passphrase+"\n", "restore", d.archive, "--data", d.p.DataDir(), "--keys", d.keys)
	if out, err := d.run(t, passphrase+"\n", "restore", d.archive, "--data", d.p.DataDir()); err == nil || !strings.Contains(out, "empty folder") {
		t.Errorf("a second restore into the same folder: %v %s", err, out)
	}
	d.at = time.Now()
	plant.OK(t, d.p.Up(t.Context()))
	t.Logf("ready %s after the start", d.p.Ready.Round(time.Millisecond))
	d.reopen(t)
	r, err := d.planner.Send(t.Context(), plant.Request{Method: http.MethodGet, Path: "/api/v1/work-orders"})
	plant.OK(t, err)
	if r.Status != http.StatusUnauthorized {
		t.Errorf("a session of before the loss is answered with %d", r.Status)
	}
	if n := d.count(t, `SELECT count(*) FROM lot WHERE work_order = $1`, lost); n != 0 {
		t.Errorf("the records know %d lots of an order that came after the backup", n)
	}
}

// machinesWait sees that commands of before the backup are not given to machines that have long gone on.
func (d *drill) machinesWait(t *testing.T) {
	d.eventually(t, d.stuck.lot+" waits for the operator's word", 1, `SELECT count(*) FROM lot WHERE id = $1 AND wait_kind = 'answer'`, d.stuck.lot)
	plant.Eventually(t, 30*time.Second, func() string {
		if n, err := d.rec.Count(t.Context(), `SELECT count(*) FROM lot WHERE wait_kind = 'machine'`); err != nil || n > 0 {
			return fmt.Sprintf("%d lots wait for machines (%v)", n, err)
		}
		return ""
	})
	now, err := d.p.Sim.State(t.Context())
	plant.OK(t, err)
	for id, m := range now.Machines {
		if _, commanded := m.Tags["ack_seq"]; !commanded {
			continue // it works by itself
		}
		was, shows := d.pulses.Machines[id].Pulses, d.seqAt(t, id)
		if old := d.count(t, `SELECT (after->'devices'->$1::text->>'from')::bigint FROM audit WHERE action = 'restored'`, id); m.Pulses > was && shows <= old {
			t.Errorf("%s was started for number %d, which is from before the backup", id, shows)
		}
	}
	if n := now.Machines[machine].Pulses - d.pulses.Machines[machine].Pulses; n > 0 {
		t.Errorf("%s was started %d times although nobody is at work", machine, n)
	}
	t.Logf("%s: %s", d.stuck.lot, d.lot(t, d.stuck.lot).Wait.Reason)
}

// oldRecordsOpen reads the record, the picture and the archived history of long before.
func (d *drill) oldRecordsOpen(t *testing.T) {
	if now := d.readRecord(t); !bytes.Equal(now, d.old.body) {
		t.Errorf("the record of %s reads\n%s\nand read\n%s", d.old.lot, now, d.old.body)
	}
	quality := d.p.As(t, "qe-02")
	r, err := quality.Send(t.Context(), plant.Request{Method: http.MethodGet, Path: "/api/v1/blobs/" + d.old.picture})
	plant.OK(t, err)
	if sum := sha256.Sum256(r.Body); r.Status != http.StatusOK || hex.EncodeToString(sum[:]) != d.old.picture || int64(len(r.Body)) != d.old.size {
		t.Errorf("picture %s: status %d, %d bytes", d.old.picture, r.Status, len(r.Body))
	}
	out, err := d.p.Output(t.Context(), "history", before)
	plant.OK(t, err)
	if !strings.Contains(out, d.old.history) || strings.Contains(out, "missing") {
		t.Errorf("the history of %s lacks its archived run %s:\n%s", before, d.old.history, out)
	}
}

// complete has a new shift finish what was begun, and audits it.
func (d *drill) complete(t *testing.T) {
	began := time.Now()
	d.work(t, "second", 2*time.Minute, units, kits).done(t)
	t.Logf("both orders are complete %s after the new shift began", time.Since(began).Round(time.Millisecond))
	for order, want := range map[string]int64{units: 6, kits: 300} {
		for _, fault := range d.rec.Faults(t.Context(), order) {
			t.Error(fault)
		}
		if n := d.count(t, `SELECT (good + scrap)::bigint FROM work_order WHERE number = $1 AND state IN ('completed', 'closed')`, order); n != want {
			t.Errorf("%s: %d pieces are accounted for, %d were ordered", order, n, want)
		}
	}
	if n := d.seqAt(t, machine); n <= d.stuck.seq+mes.RestoreSeqJump {
		t.Errorf("%s shows number %d; numbers after a restore are above %d", machine, n, d.stuck.seq+mes.RestoreSeqJump)
	}
	d.startedOnce(t)
	d.noSerialTwice(t)
}

// startedOnce compares the machines' starts since the loss with the cycles recorded since.
func (d *drill) startedOnce(t *testing.T) {
	now, err := d.p.Sim.State(t.Context())
	plant.OK(t, err)
	for id, m := range now.Machines {
		starts := m.Pulses - d.pulses.Machines[id].Pulses
		cycles := d.count(t, `SELECT count(*) FROM step_record WHERE device = $1 AND kind = 'device' AND result IN ('pass', 'fail') AND NOT by_hand AND ended_at > $2`, id, d.at)
		silent := d.count(t, `SELECT count(*) FROM lot_event WHERE kind = 'no_answer' AND wait_on = $1 AND at > $2 AND reason NOT LIKE '%before the restore%'`, id, d.at)
		if starts > cycles+silent || starts < cycles-1 { // the result of one cycle that was under way may have been fetched
			t.Errorf("%s was started %d times since the loss; %d cycles are recorded, %d times it gave no answer", id, starts, cycles, silent)
		}
		t.Logf("%s: %d starts and %d cycles since the loss", id, starts, cycles)
	}
}

// noSerialTwice makes a new order and sees that it gets none of the numbers that were given out after the backup.
func (d *drill) noSerialTwice(t *testing.T) {
	d.order(t, "D-NEW", "INV-200", 2)
	d.eventually(t, "lots of a new order", 2, `SELECT count(*) FROM lot WHERE work_order = 'D-NEW'`)
	if n := d.count(t, `SELECT count(*) FROM lot WHERE id = ANY ($1)`, d.lostLots); n > 0 {
		t.Errorf("%d of the lost numbers %v were given out again", n, d.lostLots)
	}
	t.Logf("the next serials are %s", d.text(t, `SELECT string_agg(id, ' ' ORDER BY id) FROM lot WHERE work_order = 'D-NEW'`))
}
