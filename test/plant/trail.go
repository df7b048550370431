package plant

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
)

// TrailRow is one line of docs/audit-trail.csv: what a command leaves in the audit trail.
type TrailRow struct {
	Method, Path, Noun, Action string
	// Before and After are yes, no or optional; Reason is needed, optional or none.
	Before, After, Reason string
	// Proof is "system" for the whole-system test, package:Test for another one, or why there is nothing to prove.
	Proof string
}

// Trail reads the table.
func Trail() ([]TrailRow, error) {
	f, err := os.Open(filepath.Join(Root(), "docs", "audit-trail.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []TrailRow
	for _, l := range lines[1:] {
		out = append(out, TrailRow{l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7]})
	}
	return out, nil
}

// Unlike is a condition that finds rows of the audit trail which are not as the table says; $1 is the noun, $2 the action.
func (r TrailRow) Unlike() string {
	wrong := []string{"actor = ''"}
	switch r.Before {
	case "yes":
		wrong = append(wrong, "before IS NULL")
	case "no":
		wrong = append(wrong, "before IS NOT NULL")
	}
	switch r.After {
	case "yes":
		wrong = append(wrong, "after IS NULL")
	case "no":
		wrong = append(wrong, "after IS NOT NULL")
	}
	if r.Reason == "needed" {
		wrong = append(wrong, "reason = ''")
	}
	return "noun = $1 AND action = $2 AND (" + strings.Join(wrong, " OR ") + ")"
}
