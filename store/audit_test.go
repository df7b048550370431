package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
)

// worked is a floor on which every append-only table has rows.
func worked(t testing.TB) *floor {
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)[0]
	p.kitted(board(1))
	p.screwed()
	f.must(p.start("ST30"))
	_, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Site: site, Camera: "CAM", Lot: p.id, Step: "1", Verdict: mes.ResultPass, Confidence: mes.One, Source: "CAM", Image: []byte("png"), ImageType: "image/png"})
	f.must(err)
	f.must(f.Answers.Store(f.ctx, mes.Answer{Account: "olga", Key: "k", RequestHash: "h", Status: 200, ContentType: "application/json", Body: []byte("{}")}))
	_, err = f.Archive.Put(f.ctx, mes.ArchivedRun{WorkflowID: "w", RunID: "r", Subject: p.id, Status: "completed", Events: 3}, []byte(`[]`))
	f.must(err)
	_, _, err = f.Audits.Checkpoint(f.ctx, false, func(_ mes.Checkpoint, c *mes.Checkpoint) error { c.Sign(auditKey); return nil })
	f.must(err)
	v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
	f.must(err)
	f.must(f.Audits.Verified(f.ctx, "olga", v))
	return f
}

// auditKey signs checkpoints in tests.
var auditKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	if _, err := c.Exec(context.Background(), "SET search_path = mes"); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheApplicationCannotChangeARecord(t *testing.T) {
	t.Parallel()
	f := worked(t)
	_, err := f.Reviews.Create(f.ctx, f.key(), site, planner, mes.AuditScope{From: now().Add(-time.Hour), To: now()}, "Nothing unusual.")
	f.must(err)
	app := connect(t, f.db.App)
	owner := connect(t, f.db.Owner)
	for _, table := range []string{"step_record", "step_value", "consumption", "vision_result", "lot_event", "entry_key", "command_answer", "run_archive", "blob", "audit", "audit_checkpoint", "audit_verification", "audit_review"} {
		var rows int
		f.must(owner.QueryRow(f.ctx, "SELECT count(*) FROM "+table).Scan(&rows))
		if rows == 0 {
			t.Errorf("%s is empty, so nothing is tried on it", table)
		}
		var column string
		f.must(owner.QueryRow(f.ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'mes' AND table_name = $1 AND is_identity = 'NO' ORDER BY ordinal_position LIMIT 1", table).Scan(&column))
		for _, sql := range []string{fmt.Sprintf("UPDATE %s SET %s = %s", table, column, column), "DELETE FROM " + table, "TRUNCATE " + table + " CASCADE"} {
			for who, c := range map[string]*pgx.Conn{"mes_app": app, "the owner": owner} {
				_, err := c.Exec(f.ctx, sql)
				var p *pgconn.PgError
				if !errors.As(err, &p) || p.Code != "42501" {
					t.Errorf("%s may %s: %v", who, sql, err)
				}
			}
		}
	}
	for _, sql := range []string{"INSERT INTO audit (strand, n, at, actor, action, noun, subject, reason, source, key, prev, hash) VALUES (0, 99, now(), '', '', '', '', '', '', '', '', '')",
		"UPDATE audit_head SET n = 0", "ALTER TABLE audit DISABLE TRIGGER ALL", "DROP TABLE lot", "DELETE FROM lot", "CREATE TABLE mine (x int)"} {
		if _, err := app.Exec(f.ctx, sql); err == nil {
			t.Errorf("mes_app may %s", sql)
		}
	}
}

func TestTheAuditTrailNamesTheRowThatDoesNotFit(t *testing.T) {
	t.Parallel()
	const forged = "ALTER TABLE audit DISABLE TRIGGER ALL"
	cases := map[string]struct{ sql, why string }{
		"changed":  {"UPDATE audit SET reason = 'nothing happened' WHERE id = $1", "its content was changed"},
		"redated":  {"UPDATE audit SET at = at - interval '1 microsecond' WHERE id = $1", "its content was changed"},
		"removed":  {"DELETE FROM audit WHERE id = (SELECT p.id FROM audit p JOIN audit a ON a.strand = p.strand AND a.n = p.n + 1 WHERE a.id = $1)", "a row before it in its strand is missing"},
		"cut":      {"DELETE FROM audit d USING audit a WHERE a.id = $1 AND d.strand = a.strand AND d.n > a.n", "rows after it in its strand are missing"},
		"rehashed": {"UPDATE audit SET reason = 'x', hash = sha256(prev || audit_content(ROW(id, strand, n, at, actor, action, noun, subject, 'x', before, after, source, key, prev, hash)::audit)) WHERE id = $1", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := worked(t)
			before, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
			f.must(err)
			if !before.OK || before.Rows < 20 || len(before.Head) != 64 {
				t.Fatalf("an untouched trail: %+v", before)
			}
			owner := connect(t, f.db.Owner)
			var id int64 // a row with one before and one after it in its strand
			f.must(owner.QueryRow(f.ctx, "SELECT a.id FROM audit a JOIN audit_head h USING (strand) WHERE a.n > 1 AND a.n < h.n ORDER BY a.id LIMIT 1").Scan(&id))
			f.db.Tamper(t, forged)
			_, err = owner.Exec(f.ctx, c.sql, id)
			f.must(err)
			v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
			f.must(err)
			if v.OK || name != "rehashed" && (v.Bad != id || v.Why != c.why) {
				t.Errorf("verification says %+v, want row %d, %s", v, id, c.why)
			}
			if name == "rehashed" && (v.Bad <= id || v.Why != "it does not follow the row before it in its strand") {
				t.Errorf("verification says %+v, want the row after %d", v, id)
			}
		})
	}
}

func TestEveryChangeHasItsAuditRow(t *testing.T) {
	t.Parallel()
	f := worked(t)
	f.must(f.Audits.Append(f.ctx, mes.AuditRow{Actor: "olga", Action: "refused", Noun: "lot", Subject: "U-00001", Reason: "wrong station", Source: "ST10", Key: "k", After: []byte(`{"code":"conflict"}`)}))
	page, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "lot", Subject: "U-00001"})
	f.must(err)
	got := map[string]int{}
	for _, r := range page.Items {
		got[r.Action]++
	}
	want := map[string]int{"operation_started": 3, "step_completed": 2, "operation_completed": 2, "machine_answered": 1, "vision_result": 1, "refused": 1}
	for action, n := range want {
		if got[action] != n {
			t.Errorf("%d rows %s, want %d (%v)", got[action], action, n, got)
		}
	}
	if page.Items[0].Action != "refused" || page.Items[0].Source != "ST10" || page.Items[0].At.IsZero() {
		t.Errorf("newest row %+v", page.Items[0])
	}
	v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
	f.must(err)
	if !v.OK {
		t.Errorf("the trail does not hold: %+v", v)
	}
}

func TestManyWritersKeepTheChain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	errs := together(40, func(i int) error {
		for range 5 {
			if err := f.Audits.Append(f.ctx, mes.AuditRow{Actor: fmt.Sprint(i), Action: "login", Noun: "session"}); err != nil {
				return err
			}
		}
		return nil
	})
	f.must(errors.Join(errs...))
	v, err := f.Audits.Verify(f.ctx, mes.AuditCheck{})
	f.must(err)
	page, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "login"})
	f.must(err)
	if !v.OK || page.Total != 200 {
		t.Errorf("%d rows, verification %+v", page.Total, v)
	}
}
