// Command tally reads the events of `go test -json` and says what a person needs to know: one line for each package as
// it ends, the full output of what fails, a sign of life while long tests run, and the sum as the last line.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	vitest := flag.String("vitest", "", "vitest's JSON report, to be added to the sum")
	again := flag.String("again", "", "a file that receives the packages that failed, one a line; empty when all passed")
	quiet := flag.Duration("quiet", 30*time.Second, "say what runs after so long without a line")
	flag.Parse()
	t := newTally(os.Stdout)
	stop := t.signOfLife(*quiet)
	err := t.read(os.Stdin)
	stop()
	if *vitest != "" && err == nil {
		err = t.addVitest(*vitest)
	}
	if err != nil {
		fmt.Println("tally:", err)
		t.failed++
	}
	if *again != "" {
		if err := os.WriteFile(*again, []byte(strings.Join(t.failedPackages(), "\n")), 0o600); err != nil {
			fmt.Println("tally:", err)
			t.failed++
		}
	}
	t.sum()
	if t.failed > 0 {
		os.Exit(1)
	}
}

// failedPackages lists the packages with a failure, in order.
func (t *tally) failedPackages() []string {
	var out []string
	for pkg := range t.bad {
		out = append(out, pkg)
	}
	slices.Sort(out)
	return out
}

// event is a line of `go test -json`.
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	Elapsed     float64
	ImportPath  string
	FailedBuild string
}

type tally struct {
	mu                      sync.Mutex
	out                     io.Writer
	last                    time.Time
	began                   map[string]time.Time // running tests and packages
	output                  map[string][]string  // by package and test
	count                   map[string][3]int    // passed, failed, skipped by package
	passed, failed, skipped int
	failures                []string
	bad                     map[string]bool // packages with a failure
}

func newTally(out io.Writer) *tally {
	return &tally{out: out, last: time.Now(), began: map[string]time.Time{}, output: map[string][]string{}, count: map[string][3]int{}, bad: map[string]bool{}}
}

// read takes events until the input ends. What is no event is shown as it is.
func (t *tally) read(in io.Reader) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				t.take(e)
			} else {
				t.say("%s", strings.TrimRight(line, "\n"))
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) take(e event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := e.Package + " " + e.Test
	switch e.Action {
	case "run", "start":
		t.began[key] = time.Now()
	case "output", "build-output":
		if e.Action == "build-output" {
			key = "build " + e.ImportPath
		}
		t.output[key] = append(t.output[key], e.Output)
	case "pass", "fail", "skip":
		delete(t.began, key)
		if e.Test == "" {
			t.packageEnds(e)
		} else {
			t.testEnds(e, key)
		}
	}
}

func (t *tally) testEnds(e event, key string) {
	c := t.count[e.Package]
	switch e.Action {
	case "pass":
		t.passed++
		c[0]++
	case "skip":
		t.skipped++
		c[2]++
		t.lines("SKIP "+short(e.Package)+" "+e.Test, t.output[key])
	case "fail":
		t.failed++
		c[1]++
		t.failures = append(t.failures, short(e.Package)+" "+e.Test)
		t.lines("FAIL "+short(e.Package)+" "+e.Test, t.output[key])
	}
	t.count[e.Package] = c
	delete(t.output, key)
}

// packageEnds also counts a package that fails without a failing test: one that does not build, panics or times out.
func (t *tally) packageEnds(e event) {
	c := t.count[e.Package]
	if e.Action == "fail" {
		t.bad[e.Package] = true
	}
	if e.Action == "fail" && (c[1] == 0 || e.FailedBuild != "") {
		t.failed++
		t.failures = append(t.failures, short(e.Package))
		t.lines("FAIL "+short(e.Package), append(t.output["build "+e.FailedBuild], t.output[e.Package+" "]...))
		for _, key := range t.unfinished(e.Package) {
			t.lines("UNFINISHED "+key, t.output[key])
		}
	}
	if e.Action != "skip" {
		t.say("%-4s %-44s %4d passed %3d failed %3d skipped %7.1f s", e.Action, short(e.Package), c[0], c[1], c[2], e.Elapsed)
	}
	delete(t.output, e.Package+" ")
}

// unfinished lists the tests that a package was in when it ended.
func (t *tally) unfinished(pkg string) []string {
	var out []string
	for key := range t.began {
		if strings.HasPrefix(key, pkg+" ") {
			out = append(out, key)
			delete(t.began, key)
		}
	}
	slices.Sort(out)
	return out
}

func (t *tally) lines(title string, output []string) {
	t.say("--- %s", title)
	for _, line := range output {
		fmt.Fprint(t.out, "    ", line)
	}
}

func (t *tally) say(format string, args ...any) {
	t.last = time.Now()
	fmt.Fprintf(t.out, format+"\n", args...)
}

// signOfLife names what runs while nothing ends.
func (t *tally) signOfLife(quiet time.Duration) (stop func()) {
	tick := time.NewTicker(quiet / 3)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				t.stillRunning(quiet)
			}
		}
	}()
	return func() { tick.Stop(); close(done) }
}

func (t *tally) stillRunning(quiet time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.last) < quiet {
		return
	}
	var names []string
	for key, at := range t.began {
		names = append(names, fmt.Sprintf("%s %.0f s", short(strings.TrimSpace(key)), time.Since(at).Seconds()))
	}
	slices.Sort(names)
	if len(names) == 0 {
		names = []string{"the compiler"}
	}
	t.say("...  at work: %s", strings.Join(names, ", "))
}

// addVitest adds the web tests' report.
func (t *tally) addVitest(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the web tests left no report: %w", err)
	}
	var r struct {
		Passed  int `json:"numPassedTests"`
		Failed  int `json:"numFailedTests"`
		Pending int `json:"numPendingTests"`
		Suites  int `json:"numFailedTestSuites"`
		Success bool
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	t.passed, t.skipped = t.passed+r.Passed, t.skipped+r.Pending
	t.failed += r.Failed
	if !r.Success && r.Failed == 0 {
		t.failed += max(r.Suites, 1) // a file that does not load
	}
	t.say("%-4s %-44s %4d passed %3d failed %3d skipped", map[bool]string{true: "pass", false: "fail"}[r.Success], "web", r.Passed, r.Failed, r.Pending)
	return nil
}

func (t *tally) sum() {
	for _, f := range t.failures {
		fmt.Fprintln(t.out, "failed:", f)
	}
	if t.skipped > 0 {
		fmt.Fprintf(t.out, "%d skipped\n", t.skipped)
	}
	fmt.Fprintf(t.out, "%d passed, %d failed\n", t.passed, t.failed)
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "github.com/steelthread/steelthread/") }
