package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	for _, c := range []struct {
		name           string
		events         string
		passed, failed int
		shows          string
	}{
		{"a pass and a failure", `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"want 1, got 2\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`, 1, 1, "want 1, got 2"},
		{"a package that does not build", `{"ImportPath":"p","Action":"build-output","Output":"syntax error\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`, 0, 1, "syntax error"},
		{"a package that times out", `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"half way\n"}
{"Action":"fail","Package":"p"}`, 0, 1, "half way"},
		{"what is no event", "go: cannot find main module\n", 0, 0, "cannot find main module"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			sum := newTally(&out)
			if err := sum.read(strings.NewReader(c.events)); err != nil {
				t.Fatal(err)
			}
			sum.sum()
			if sum.passed != c.passed || sum.failed != c.failed || !strings.Contains(out.String(), c.shows) {
				t.Errorf("%d passed, %d failed:\n%s", sum.passed, sum.failed, out.String())
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; !strings.HasSuffix(last, "failed") || !strings.Contains(last, " passed, ") {
				t.Errorf("the last line is %q", last)
			}
		})
	}
}
