// Package arch holds the house to its plan: who may import whom, also by way of others.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/steelthread/steelthread/"

// room is a part of the tree with what must not stand behind any of its imports. Names without a dot are rooms of ours,
// others are packages of the world; each covers what lies below it.
type room struct {
	path  string
	never []string
	why   string
}

var rooms = append([]room{
	{"mes", []string{"workflows", "activities", "devices", "store", "policies", "api", "workers", "internal", "web", "go.temporal.io", "github.com/jackc/pgx",
		"github.com/labstack/echo", "github.com/casbin", "net/http"}, "the domain knows nobody"},
	{"workflows/kit", []string{"mes", "workflows/contract", "activities", "devices", "store", "api", "workers", "internal"}, "the kit is for any house"},
	{"workflows/contract", []string{"activities", "devices", "store", "policies", "api", "workers", "internal", "github.com/jackc/pgx", "github.com/labstack/echo"}, "the contract is names and types"},
	{"activities", []string{"api", "store", "policies", "workers", "internal", "devices/opcua", "devices/mqtt", "devices/zpl", "devices/sim",
		"github.com/jackc/pgx", "github.com/gopcua", "github.com/eclipse", "github.com/labstack/echo"}, "activities speak through ports"},
	{"devices", []string{"workflows", "activities", "store", "policies", "api", "workers", "internal", "go.temporal.io", "github.com/jackc/pgx", "github.com/labstack/echo"}, "devices know no house"},
	{"devices/opcua", []string{"devices/mqtt", "devices/zpl", "devices/sim", "github.com/eclipse"}, "one protocol a package"},
	{"devices/mqtt", []string{"devices/opcua", "devices/zpl", "devices/sim", "github.com/gopcua"}, "one protocol a package"},
	{"devices/zpl", []string{"devices/opcua", "devices/mqtt", "devices/sim", "github.com/gopcua", "github.com/eclipse"}, "one protocol a package"},
	{"store", []string{"workflows", "activities", "devices", "policies", "api", "workers", "internal", "go.temporal.io", "github.com/labstack/echo", "github.com/casbin"}, "the store knows only the domain"},
	{"policies", []string{"workflows", "activities", "devices", "store", "api", "workers", "internal", "go.temporal.io", "github.com/labstack/echo", "github.com/jackc/pgx"}, "rights are data"},
	{"api", []string{"activities", "devices", "store", "workers", "internal", "github.com/jackc/pgx", "go.temporal.io/server"}, "the API speaks through ports and the contract"},
	{"workers", []string{"api", "store", "policies", "internal", "github.com/labstack/echo", "github.com/jackc/pgx", "go.temporal.io/server"}, "workers speak through ports"},
	{"internal/autopilot", []string{"api", "store", "workflows", "activities", "workers", "policies", "devices", "internal/app", "github.com/jackc/pgx", "go.temporal.io"}, "the autopilot is an outsider: it knows the public API"},
}, families()...)

// families are the workflows' own packages: none of them touches anything, and neither activities nor the API know them.
func families() []room {
	var out []room
	for _, name := range []string{"andon", "capa", "documentrevision", "gaugewatch", "lothold", "lotroute", "maintenance", "qualificationwatch", "signing", "workorder"} {
		family := "workflows/" + name
		out = append(out,
			room{family, []string{"activities", "devices", "store", "policies", "api", "workers", "internal", "github.com/jackc/pgx", "github.com/labstack/echo", "github.com/casbin"}, "a workflow touches nothing"},
			room{"activities", []string{family}, "activities speak through the contract"},
			room{"api", []string{family}, "the API speaks through the contract"})
	}
	return out
}

// onlyFrom lists packages that nobody imports but those named.
var onlyFrom = map[string][]string{
	"internal/app":               {"cmd/mes", "test"},
	"go.temporal.io/server":      {"internal/embedded/temporal", "internal/warm", "test"},
	"github.com/gopcua/opcua":    {"devices/opcua", "devices/sim", "devices/devicetest", "internal/warm", "test"},
	"github.com/jackc/pgx":       {"store", "internal/embedded/postgres", "internal/warm", "test"},
	"github.com/casbin/casbin":   {"policies", "internal/warm"},
	"github.com/labstack/echo":   {"api", "internal/embedded/temporal", "internal/warm"},
	"github.com/mochi-mqtt":      {"internal/embedded/broker", "internal/warm", "devices/devicetest", "devices/mqtt", "devices/sim", "test"},
	"github.com/alecthomas/kong": {"cmd/mes", "internal/app", "internal/warm"},
}

type pkg struct {
	ImportPath   string
	Deps         []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func load(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Deps,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// within tells whether a package is the named one or lies below it.
func within(path, name string) bool {
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") && name != "net/http" {
		name = module + name
	}
	return path == name || strings.HasPrefix(path, name+"/")
}

func TestNoRoomReachesWhatItMustNot(t *testing.T) {
	all := load(t)
	for _, r := range rooms {
		for _, p := range all {
			// devices stands for its root and every driver; the simulator and the conformance suite are parties of their own.
			if !within(p.ImportPath, r.path) || r.path == "devices" && (within(p.ImportPath, "devices/devicetest")) {
				continue
			}
			for _, dep := range p.Deps {
				for _, n := range r.never {
					if within(dep, n) && !within(dep, r.path) {
						t.Errorf("%s reaches %s: %s", strings.TrimPrefix(p.ImportPath, module), strings.TrimPrefix(dep, module), r.why)
					}
				}
			}
		}
	}
}

func TestHeavyAndInnerPackagesHaveOneDoor(t *testing.T) {
	for _, p := range load(t) {
		for _, imp := range append(append(p.Imports, p.TestImports...), p.XTestImports...) {
			for name, from := range onlyFrom {
				if !within(imp, name) || within(p.ImportPath, name) || allowed(p.ImportPath, from) {
					continue
				}
				t.Errorf("%s imports %s; only %s may", strings.TrimPrefix(p.ImportPath, module), strings.TrimPrefix(imp, module), strings.Join(from, ", "))
			}
		}
	}
}

func allowed(path string, from []string) bool {
	for _, f := range from {
		if within(path, f) {
			return true
		}
	}
	return false
}

// TestTheRulesBite makes sure that the matcher finds what it is there to find.
func TestTheRulesBite(t *testing.T) {
	for _, c := range []struct {
		path, name string
		want       bool
	}{
		{module + "store", "store", true}, {module + "store/sqlcgen", "store", true}, {module + "storehouse", "store", false},
		{"github.com/jackc/pgx/v5/pgxpool", "github.com/jackc/pgx", true}, {"net/http", "net/http", true}, {"net", "net/http", false},
	} {
		if got := within(c.path, c.name); got != c.want {
			t.Errorf("within(%s, %s) = %v", c.path, c.name, got)
		}
	}
}
