package arch

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// claims are the documents that name the tests which prove what they say.
var claims = []string{"README.md", "docs/compliance.md"}

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	testName = regexp.MustCompile(`^Test[A-Z0-9]\w*(/\w+)*$`)
	function = regexp.MustCompile(`(?m)^func (Test[A-Z0-9]\w*)\(`)
)

// testTree is what stands in the Go tests of each folder.
type testTree map[string]folderOfTests

type folderOfTests struct {
	names []string
	text  string
}

func readTests(t *testing.T, root string) testTree {
	t.Helper()
	tree := testTree{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || path != root && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || !strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "devicetest") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		f := tree[dir]
		for _, m := range function.FindAllStringSubmatch(string(text), -1) {
			f.names = append(f.names, m[1])
		}
		f.text += string(text)
		tree[dir] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// has looks for a test, and for each part of a subtest's name as a text in the same folder. Place is the folder that the
// document names, or "" for any.
func (tree testTree) has(place, name string) bool {
	parts := strings.Split(name, "/")
	for dir, f := range tree {
		if place != "" && dir != place || !slices.Contains(f.names, parts[0]) {
			continue
		}
		missing := slices.ContainsFunc(parts[1:], func(p string) bool { return !strings.Contains(f.text, `"`+p+`"`) })
		if !missing {
			return true
		}
	}
	return false
}

// faults names what a document claims and the tree does not hold: tests, and files and folders in quotes before them.
func (tree testTree) faults(root, doc string) []string {
	var out []string
	for n, line := range strings.Split(doc, "\n") {
		for cell := range strings.SplitSeq(line, "|") {
			place := ""
			for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
				name := strings.TrimPrefix(m[1], "…/")
				switch {
				case name != m[1]: // a further subtest of the one before
					if !tree.said(place, name) {
						out = append(out, fmt.Sprintf("line %d: no test of %s says %q", n+1, place, name))
					}
				case testName.MatchString(name):
					if !tree.has(place, name) {
						out = append(out, fmt.Sprintf("line %d: there is no test %s in %s", n+1, name, placeOr(place)))
					}
				case isFolder(filepath.Join(root, name)):
					place = name
				case strings.Contains(name, "/") && strings.HasSuffix(name, ".mjs"):
					if _, err := os.Stat(filepath.Join(root, name)); err != nil {
						out = append(out, fmt.Sprintf("line %d: there is no %s", n+1, name))
					}
				}
			}
		}
	}
	return out
}

func (tree testTree) said(place, name string) bool {
	for dir, f := range tree {
		if (place == "" || dir == place) && strings.Contains(f.text, `"`+name+`"`) {
			return true
		}
	}
	return false
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func placeOr(place string) string {
	if place == "" {
		return "the tree"
	}
	return place
}

// TestEveryTestThatIsNamedExists keeps claims and proofs together: a test that is renamed or removed takes its claim along.
func TestEveryTestThatIsNamedExists(t *testing.T) {
	root := filepath.Join("..", "..")
	tree := readTests(t, root)
	for _, name := range claims {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "`Test") {
			t.Errorf("%s names no test at all", name)
		}
		for _, f := range tree.faults(root, string(text)) {
			t.Errorf("%s, %s", name, f)
		}
	}
}

// TestAWrongClaimIsFound makes sure that the check finds what it is there to find.
func TestAWrongClaimIsFound(t *testing.T) {
	root := filepath.Join("..", "..")
	tree := readTests(t, root)
	for claim, want := range map[string]int{
		"| a | `internal/arch` `TestAWrongClaimIsFound` |":      0,
		"| a | `TestAWrongClaimIsFound` |":                      0,
		"| a | `TestAWrongClaimThatNobodyWrote` |":              1,
		"| a | `store` `TestAWrongClaimIsFound` |":              1,
		"| a | `test/system` `TestSystem/Orders` |":             0,
		"| a | `test/system` `TestSystem/NoSuchPart` |":         1,
		"| a | `web/e2e/terminal.mjs`, `web/e2e/nothing.mjs` |": 1,
	} {
		if got := tree.faults(root, claim); len(got) != want {
			t.Errorf("%s: %v, want %d faults", claim, got, want)
		}
	}
}
