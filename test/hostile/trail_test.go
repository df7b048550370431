package hostile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/test/plant"
)

// tamperedTrail cuts the end of the audit trail off, with heads and checkpoints, as the database's owner: the command
// that proves the trail finds it, in the file outside the database. It comes last: the trail stays broken.
func (s *suite) tamperedTrail(t *testing.T) {
	dsn, err := plant.DatabaseURL(s.p.DataDir(), "mes")
	plant.OK(t, err)
	c, err := pgx.Connect(t.Context(), dsn)
	plant.OK(t, err)
	defer c.Close(t.Context())
	s.pinned(t)
	out, err := s.p.Output(t.Context(), "audit", "verify")
	if err != nil || !strings.Contains(out, "everything fits") || !strings.Contains(out, "compared: ") || !strings.Contains(out, "vouches: ") {
		t.Fatalf("an untouched trail: %v\n%s", err, out)
	}
	for _, sql := range []string{
		"ALTER TABLE audit DISABLE TRIGGER ALL", "ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL",
		"DELETE FROM audit_checkpoint WHERE n > 1",
		`DELETE FROM audit a USING audit_checkpoint c, jsonb_array_elements(c.heads) WITH ORDINALITY AS e(head, place)
		  WHERE c.n = 1 AND a.strand = e.place - 1 AND a.n > (e.head ->> 'n')::bigint`,
		`UPDATE audit_head h SET n = (e.head ->> 'n')::bigint, hash = decode(e.head ->> 'hash', 'hex')
		   FROM audit_checkpoint c, jsonb_array_elements(c.heads) WITH ORDINALITY AS e(head, place) WHERE c.n = 1 AND h.strand = e.place - 1`,
	} {
		_, err := c.Exec(t.Context(), sql)
		plant.OK(t, err)
	}
	out, err = s.p.Output(t.Context(), "audit", "verify")
	if err == nil || !strings.Contains(out, "the file outside the database knows checkpoint") || !strings.Contains(out, "its end was cut off") {
		t.Errorf("a cut-off end: %v\n%s", err, out)
	}
	// The system notices by itself, tells people, and signs nothing on top.
	plant.Eventually(t, 15*time.Second, func() string {
		n, err := s.rec.Count(t.Context(), "SELECT count(*) FROM alert WHERE kind = 'audit_broken' AND severity = 'critical'")
		if err != nil || n == 0 {
			return "an alert about the audit trail"
		}
		return ""
	})
	if n, err := s.rec.Count(t.Context(), "SELECT count(*) FROM audit_checkpoint"); err != nil || n != 1 {
		t.Errorf("%d checkpoints on a cut-off trail (%v)", n, err)
	}
}

// pinned waits until checkpoints cover every row that is there now.
func (s *suite) pinned(t *testing.T) {
	t.Helper()
	rows, err := s.rec.Count(t.Context(), "SELECT sum(n)::bigint FROM audit_head")
	plant.OK(t, err)
	plant.Eventually(t, 15*time.Second, func() string {
		n, err := s.rec.Count(t.Context(), "SELECT coalesce(max(rows), 0) FROM audit_checkpoint WHERE n > 1")
		text, readErr := os.ReadFile(filepath.Join(s.p.DataDir(), "audit", "checkpoints.jsonl"))
		if err != nil || readErr != nil || n < rows || strings.Count(string(text), "\n") < 2 {
			return "a checkpoint over all rows"
		}
		return ""
	})
}
