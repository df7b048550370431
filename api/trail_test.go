package api

import (
	"encoding/csv"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestEveryCommandIsInTheTableOfTheTrail compares docs/audit-trail.csv with the routes that are served: a new command can't
// be forgotten there. test/system looks at the rows themselves.
func TestEveryCommandIsInTheTableOfTheTrail(t *testing.T) {
	h := newHouse(t)
	said := map[routeKey]bool{}
	for _, l := range trailTable(t) {
		k := routeKey{l[0], Base + l[1]}
		if said[k] || h.routes[k] == nil {
			t.Errorf("%s %s stands there twice, or is not served", l[0], l[1])
		}
		said[k] = true
		checkTrailLine(t, l)
	}
	for _, k := range sortedRoutes(h.Server) {
		reads := k.method == "GET" || k.method == "HEAD"
		if strings.HasPrefix(k.path, Base) && !reads && !said[k] {
			t.Errorf("%s %s is not in docs/audit-trail.csv: say what it leaves in the audit trail", k.method, strings.TrimPrefix(k.path, Base))
		}
	}
}

// trailTable are the rows of docs/audit-trail.csv.
func trailTable(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open("../docs/audit-trail.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines[1:]
}

// checkTrailLine makes sure that a line says something, and that the test it names exists.
func checkTrailLine(t *testing.T, l []string) {
	t.Helper()
	if (l[3] == "-") != (l[2] == "-") || l[7] == "" {
		t.Errorf("%s %s: %v says nothing", l[0], l[1], l)
	}
	pkg, test, named := strings.Cut(l[7], ":")
	if l[3] == "-" || l[7] == "system" || !named {
		return
	}
	if out, err := exec.Command("grep", "-rlE", "^func "+test, "../"+pkg).Output(); err != nil || len(out) == 0 {
		t.Errorf("%s %s: there is no test %s in %s", l[0], l[1], test, pkg)
	}
}

// TestAdministratorsSayWhy holds the commands of administrators that the table says need a reason to asking for it in their
// body, so that what the table calls needed is not only said. Other nouns ask by rules of their own, which their tests show.
func TestAdministratorsSayWhy(t *testing.T) {
	h := newHouse(t)
	asked := 0
	for _, l := range trailTable(t) {
		administers := slices.Contains([]string{"account", "terminal", "shift", "plant", "signature_rule", "record_rule"}, l[2])
		if !administers || l[6] != "needed" || l[1] == "/labour/corrections" { // whose reason mes.LabourCorrection asks for
			continue
		}
		if k := (routeKey{l[0], Base + l[1]}); !asksForReason(h, k) {
			t.Errorf("%s %s: the table says that a reason is needed, and its body may come without", l[0], l[1])
		}
		asked++
	}
	if asked < 15 {
		t.Errorf("only %d commands of administrators need a reason", asked)
	}
}

func asksForReason(h *house, k routeKey) bool {
	op := h.routes[k].ID
	for _, item := range h.huma.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Post, item.Put} {
			if o == nil || o.OperationID != op || o.RequestBody == nil {
				continue
			}
			s := o.RequestBody.Content["application/json"].Schema
			if s.Ref != "" {
				s = h.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
			}
			return slices.ContainsFunc([]string{"reason", "note", "comment"}, func(name string) bool {
				said := s.Properties[name]
				return said != nil && said.MinLength != nil && slices.Contains(s.Required, name)
			})
		}
	}
	return false
}
