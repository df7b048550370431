package api

import (
	"encoding/csv"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestEveryCommandIsInTheTableOfTheTrail compares docs/audit-trail.csv with the routes that are served: a new command can't
// be forgotten there. test/system looks at the rows themselves.
func TestEveryCommandIsInTheTableOfTheTrail(t *testing.T) {
	h := newHouse(t)
	f, err := os.Open("../docs/audit-trail.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	said := map[routeKey]bool{}
	for _, l := range lines[1:] {
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
