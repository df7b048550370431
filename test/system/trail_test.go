package system

import (
	"testing"

	"github.com/steelthread/steelthread/test/plant"
)

// trail looks at what all tests before it left in the audit trail: each command of docs/audit-trail.csv has its row, with
// old and new value and reason as the table says. The API's own test makes sure that no command is missing in the table.
func (s *suite) trail(t *testing.T) {
	table, err := plant.Trail()
	plant.OK(t, err)
	for _, r := range table {
		if r.Action == "-" {
			continue
		}
		n, err := s.rec.Count(t.Context(), "SELECT count(*) FROM audit WHERE noun = $1 AND action = $2", r.Noun, r.Action)
		plant.OK(t, err)
		if n == 0 && r.Proof == "system" {
			t.Errorf("%s %s: no row %s of %s; nothing before this test sent the command", r.Method, r.Path, r.Action, r.Noun)
		}
		for _, id := range s.find(t, "SELECT id::text || ': ' || actor || ' ' || subject || ' ' || reason FROM audit WHERE "+r.Unlike()+" ORDER BY id LIMIT 3", r.Noun, r.Action) {
			t.Errorf("%s %s leaves a row %s of %s that is not as docs/audit-trail.csv says: %s", r.Method, r.Path, r.Action, r.Noun, id)
		}
	}
	// No row of a person's command lacks its terminal or address. What follows from a command in its transaction has the command's.
	for _, row := range s.find(t, `SELECT a.id::text || ' ' || a.actor || ' ' || a.action FROM audit a JOIN account p ON p.id = a.actor
	    WHERE p.kind = 'person' AND a.source = '' AND a.action <> 'signature_requested' ORDER BY a.id LIMIT 5`) {
		t.Errorf("row %s does not say from where", row)
	}
}

func (s *suite) find(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := s.rec.Pool.Query(t.Context(), query, args...)
	plant.OK(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		plant.OK(t, rows.Scan(&text))
		out = append(out, text)
	}
	plant.OK(t, rows.Err())
	return out
}
