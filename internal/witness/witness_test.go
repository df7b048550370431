package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

// trail is a database with an audit trail, its keeper, and its owner, who may do everything in the database.
type trail struct {
	t  *testing.T
	db storetest.DB
	*store.Store
	k   *Keeper
	dir string
}

type oneSite struct{}

func (oneSite) Sites(context.Context) ([]string, error) { return []string{"HAM"}, nil }

// raised collects alerts.
type raised struct {
	mes.Alerts
	keys []string
}

func (r *raised) Raise(_ context.Context, key string, a mes.Alert) error {
	r.keys = append(r.keys, key+" "+string(a.Severity))
	return nil
}

func newTrail(t *testing.T) *trail {
	t.Parallel()
	db := storetest.Database(t)
	s := storetest.Open(t, db)
	dir := t.TempDir()
	keys, log := Keys{filepath.Join(dir, "keys", "audit.ed25519")}, Log{filepath.Join(dir, "audit", "checkpoints.jsonl")}
	k := &Keeper{Audits: s.Audits, Alerts: &raised{}, Sites: oneSite{}, Keys: keys, Log: log, Every: time.Hour, Logger: slog.New(slog.DiscardHandler),
		Prover: &Prover{Audits: s.Audits, Keys: keys, Log: log}}
	f := &trail{t: t, db: db, Store: s, k: k, dir: dir}
	f.must(k.Prepare(t.Context()))
	return f
}

func (f *trail) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// work adds rows and pins them.
func (f *trail) work(rows int) mes.Checkpoint {
	f.t.Helper()
	f.rows(rows)
	c, err := f.k.Checkpoint(f.t.Context())
	f.must(err)
	return c
}

func (f *trail) rows(n int) {
	f.t.Helper()
	for i := range n {
		f.must(f.Audits.Append(f.t.Context(), mes.AuditRow{Actor: "olga", Action: "changed", Noun: "order", Subject: fmt.Sprint("WO-", i), Reason: "test"}))
	}
}

// owner runs statements with the triggers out of the way, as somebody who owns the database can.
func (f *trail) owner(statements ...string) {
	f.t.Helper()
	f.db.Tamper(f.t, append([]string{"ALTER TABLE audit DISABLE TRIGGER ALL", "ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL"}, statements...)...)
}

func (f *trail) verify() mes.AuditVerdict {
	f.t.Helper()
	v, err := f.k.Prover.Verify(f.t.Context())
	f.must(err)
	return v
}

// found checks that the trail does not hold, and why.
func (f *trail) found(words ...string) mes.AuditVerdict {
	f.t.Helper()
	v := f.verify()
	for _, w := range words {
		if v.OK || !strings.Contains(v.Why, w) {
			f.t.Errorf("verification says OK %v, %q at row %d; want %q", v.OK, v.Why, v.Bad, w)
		}
	}
	return v
}

// longestStrand is the strand with the most rows, and how many.
func longestStrand(c mes.Checkpoint) (strand int, n int64) {
	for i, h := range c.Heads {
		if h.N > n {
			strand, n = i, h.N
		}
	}
	return strand, n
}

func TestAnUntouchedTrailHolds(t *testing.T) {
	f := newTrail(t)
	f.work(20)
	c := f.work(20)
	f.rows(3)
	v := f.verify()
	if !v.OK || !v.Whole || !v.Anchored || !v.Compared || v.Rows != 44 || v.Checked != 44 || v.Checkpoints != 2 || v.Newer != 3 || v.Last.N != c.N || len(v.Keys) != 1 {
		t.Errorf("verification says %+v", v)
	}
	if info, err := os.Stat(f.k.Keys.File); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v, %v", info.Mode(), err)
	}
	// Nothing new: no checkpoint.
	f.work(0)
	if again := f.work(0); again.N != 3 {
		t.Errorf("an idle trail has checkpoint %d", again.N)
	}
}

func TestAChangedRowIsFound(t *testing.T) {
	f := newTrail(t)
	f.work(40)
	f.owner("UPDATE audit SET reason = 'nothing happened' WHERE id = 20")
	if v := f.found("its content was changed"); v.Bad != 20 {
		t.Errorf("row %d is named", v.Bad)
	}
}

func TestARemovedRowIsFound(t *testing.T) {
	f := newTrail(t)
	strand, n := longestStrand(f.work(60))
	f.owner(fmt.Sprintf("DELETE FROM audit WHERE strand = %d AND n = %d", strand, n-1))
	f.found("a row before it in its strand is missing")
}

// cut removes everything after a checkpoint: rows, and with them the heads and the later checkpoints, so that the
// database alone is without a flaw.
func (f *trail) cut(c mes.Checkpoint) {
	f.t.Helper()
	var all []string
	for strand, h := range c.Heads {
		all = append(all, fmt.Sprintf("DELETE FROM audit WHERE strand = %d AND n > %d", strand, h.N),
			fmt.Sprintf(`UPDATE audit_head SET n = %d, hash = '\x%s' WHERE strand = %d`, h.N, h.Hash, strand))
	}
	f.owner(append(all, fmt.Sprintf("DELETE FROM audit_checkpoint WHERE n > %d", c.N))...)
}

func TestACutOffEndIsFound(t *testing.T) {
	f := newTrail(t)
	first := f.work(40)
	f.work(20)
	f.cut(first)
	f.found("the file outside the database knows checkpoint 2", "its end was cut off")
	if v, err := f.Audits.Verify(t.Context(), mes.AuditCheck{}); err != nil || !v.OK {
		t.Errorf("the database alone shows it: %+v, %v; then this test proves nothing of the file", v, err)
	}
	// Work goes on, but nothing is signed on top of it, and people are alerted.
	f.rows(30)
	var broken *Broken
	if _, err := f.k.Checkpoint(t.Context()); !errors.As(err, &broken) {
		t.Errorf("a checkpoint on a cut-off trail: %v", err)
	}
	f.k.checkpoint(t.Context(), true)
	if got := f.k.Alerts.(*raised).keys; len(got) != 2 || !strings.HasPrefix(got[0], "audit_broken/HAM/auditor/") || !strings.HasSuffix(got[0], " critical") {
		t.Errorf("alerts: %v", got)
	}
}

func TestRowsAfterTheLastCheckpointCutOffAreCounted(t *testing.T) {
	f := newTrail(t)
	c := f.work(40)
	f.rows(7)
	if v := f.verify(); v.Newer != 7 {
		t.Errorf("%d rows are said to be unpinned", v.Newer)
	}
	f.cut(c)
	if v := f.verify(); !v.OK || v.Newer != 0 {
		t.Errorf("this is the known limit, but verification says %+v", v)
	}
}

func TestAForgedCheckpointIsFound(t *testing.T) {
	f := newTrail(t)
	c := f.work(40)
	f.rows(10)
	_, stranger, err := ed25519.GenerateKey(nil)
	f.must(err)
	// Within the chain: another key follows without the first one's word.
	_, made, err := f.Audits.Checkpoint(t.Context(), false, func(_ mes.Checkpoint, next *mes.Checkpoint) error { next.Sign(stranger); return nil })
	f.must(err)
	if !made {
		t.Fatal("no checkpoint was made")
	}
	f.found("which the key before it did not name")
	// All of it: every checkpoint and the file are the stranger's, without a flaw in themselves.
	f.owner("DELETE FROM audit_checkpoint")
	f.must(os.Remove(f.k.Log.File))
	_, _, err = f.Audits.Checkpoint(t.Context(), false, func(_ mes.Checkpoint, next *mes.Checkpoint) error { next.Sign(stranger); return nil })
	f.must(err)
	_, err = f.k.Log.CatchUp(t.Context(), f.Audits)
	f.must(err)
	f.found("which is not the audit key")
	// A signature of the right key over other content.
	f.owner(fmt.Sprintf("UPDATE audit_checkpoint SET key = '%s', public = '%s'", c.Key, c.Public))
	f.found("is not that of its key")
}

// TestARewrittenStrandIsFound changes a row and hashes the strand anew from there, head included, as the owner can.
func TestARewrittenStrandIsFound(t *testing.T) {
	f := newTrail(t)
	strand, n := longestStrand(f.work(60))
	if n < 3 {
		t.Fatalf("the longest strand has %d rows", n)
	}
	f.owner(fmt.Sprintf(`DO $$
		DECLARE r audit; h bytea;
		BEGIN
			SET LOCAL search_path = mes;
			UPDATE audit SET reason = 'nothing happened' WHERE strand = %[1]d AND n = %[2]d;
			SELECT hash INTO h FROM audit WHERE strand = %[1]d AND n = %[2]d - 1;
			FOR r IN SELECT * FROM audit WHERE strand = %[1]d AND n >= %[2]d ORDER BY n LOOP
				r.prev := h; h := sha256(h || audit_content(r));
				UPDATE audit SET prev = r.prev, hash = h WHERE id = r.id;
			END LOOP;
			UPDATE audit_head SET hash = h WHERE strand = %[1]d;
		END $$`, strand, n-1))
	f.found(fmt.Sprintf("checkpoint 1 says otherwise of strand %d", strand))
	if v, err := f.Audits.Verify(t.Context(), mes.AuditCheck{}); err != nil || v.Bad != 0 {
		t.Errorf("the chain alone shows it at row %d (%v); then this test proves nothing of checkpoints", v.Bad, err)
	}
}

func TestAReplacedFileIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(lines []string) []string
		words string
	}{
		"emptied": {func([]string) []string { return nil }, "the file was cut off or replaced"},
		"cut":     {func(l []string) []string { return l[:1] }, "the file was cut off or replaced"},
		"changed": {func(l []string) []string { l[1] = strings.Replace(l[1], `"rows":`, `"rows":1`, 1); return l }, "checkpoint 2 is another one in the file"},
		"swapped": {func(l []string) []string { l[0], l[1] = l[1], l[0]; return l }, "checkpoint 1 is another one in the file"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTrail(t)
			for range 3 {
				f.work(5)
			}
			text, err := os.ReadFile(f.k.Log.File)
			f.must(err)
			lines := c.spoil(strings.SplitAfter(strings.TrimSuffix(string(text), "\n")+"\n", "\n")[:3])
			f.must(os.WriteFile(f.k.Log.File, []byte(strings.Join(lines, "")), 0o600))
			f.found(c.words)
		})
	}
}

// TestAHalfWrittenLineIsMended plays a process that died while it wrote, and one that died before it wrote.
func TestAHalfWrittenLineIsMended(t *testing.T) {
	f := newTrail(t)
	for range 3 {
		f.work(5)
	}
	text, err := os.ReadFile(f.k.Log.File)
	f.must(err)
	f.must(os.WriteFile(f.k.Log.File, text[:len(text)-20], 0o600))
	if v := f.verify(); !v.OK {
		t.Errorf("a half-written last line counts as tampering: %s", v.Why)
	}
	f.work(0)
	mended, err := os.ReadFile(f.k.Log.File)
	f.must(err)
	if !bytes.HasPrefix(mended, text) {
		t.Error("the line was not mended")
	}
}
