// Command audit asks what is known to be wrong with the libraries: govulncheck for Go, npm audit for the screens and the
// test peers. It says plainly what could not be asked: a scan whose database can't be reached proves nothing.
//
// Exit codes: 0 nothing was found (look for "NOT CHECKED" all the same), 1 something was found or a scanner failed for
// another reason, 2 with -strict when something could not be checked.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// outcome is what became of one scan.
type outcome int

const (
	clean outcome = iota
	found
	unchecked
	broken
)

// result is one scan's outcome with what is worth telling.
type result struct {
	name    string
	outcome outcome
	text    string
}

func main() {
	strict := flag.Bool("strict", false, "exit with 2 when something could not be checked")
	scanner := flag.String("govulncheck", "bin/govulncheck", "the scanner of Go modules")
	flag.Parse()
	results := []result{goModules(*scanner)}
	for _, dir := range flag.Args() {
		results = append(results, npm(dir))
	}
	os.Exit(report(os.Stdout, results, *strict))
}

// goModules scans the packages of the module in this folder. govulncheck ends with 3 when it has found something.
func goModules(scanner string) result {
	out, code := run("", scanner, "./...")
	return judgeGo(out, code)
}

func judgeGo(out string, code int) result {
	r := result{name: "go (govulncheck)", text: strings.TrimSpace(out)}
	switch {
	case code == 0:
		r.outcome = clean
	case code == 3:
		r.outcome = found
	case unreachable.MatchString(out):
		r.outcome, r.text = unchecked, "the Go vulnerability database can't be reached: "+lastLine(out)
	default:
		r.outcome = broken
	}
	return r
}

// unreachable is how govulncheck and Go's HTTP client tell that a server did not answer, or not with what was asked.
var unreachable = regexp.MustCompile(`fetching vulnerabilities: |no such host|connection refused|i/o timeout|network is unreachable|TLS handshake|proxyconnect`)

// npm scans the packages that a folder's lock file names.
func npm(dir string) result {
	out, code := run(dir, "npm", "audit", "--json", "--package-lock-only")
	return judgeNPM(dir, out, code)
}

// audited is what npm audit prints: a report, or an error.
type audited struct {
	Version         int `json:"auditReportVersion"`
	Vulnerabilities map[string]struct {
		Severity string            `json:"severity"`
		Range    string            `json:"range"`
		Via      []json.RawMessage `json:"via"`
	} `json:"vulnerabilities"`
	Message string `json:"message"`
	Error   struct {
		Code    string `json:"code"`
		Summary string `json:"summary"`
	} `json:"error"`
}

func judgeNPM(dir, out string, code int) result {
	r := result{name: "npm (" + dir + ")"}
	var a audited
	start := strings.Index(out, "{")
	if start < 0 || json.NewDecoder(strings.NewReader(out[start:])).Decode(&a) != nil {
		r.outcome, r.text = broken, fmt.Sprintf("npm audit ended with %d and no report: %s", code, lastLine(out))
		return r
	}
	switch {
	case a.Version == 0:
		r.outcome, r.text = unchecked, "the registry does not answer audits: "+first(a.Message, a.Error.Summary, a.Error.Code)
	case len(a.Vulnerabilities) == 0:
		r.outcome = clean
	default:
		r.outcome = found
		for name, v := range a.Vulnerabilities {
			r.text += fmt.Sprintf("%s %s: %s\n", name, v.Range, v.Severity)
		}
	}
	return r
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return "no reason given"
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// run returns what a program says and how it ends; -1 is a program that could not be started.
func run(dir, program string, args ...string) (out string, code int) {
	cmd := exec.Command(program, args...)
	if filepath.IsLocal(dir) {
		cmd.Dir = dir
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return said.String(), exit.ExitCode()
	case err != nil:
		return err.Error(), -1
	}
	return said.String(), 0
}

// report prints every result and the sum, and returns the exit code.
func report(w io.Writer, results []result, strict bool) int {
	words := map[outcome]string{clean: "nothing known", found: "FOUND", unchecked: "NOT CHECKED", broken: "FAILED"}
	count := map[outcome]int{}
	for _, r := range results {
		count[r.outcome]++
		fmt.Fprintf(w, "audit: %s: %s\n", r.name, words[r.outcome])
		if r.outcome != clean {
			fmt.Fprintln(w, "  "+strings.ReplaceAll(strings.TrimSpace(r.text), "\n", "\n  "))
		}
	}
	fmt.Fprintf(w, "audit: %d clean, %d with findings, %d failed, %d not checked\n", count[clean], count[found], count[broken], count[unchecked])
	switch {
	case count[found]+count[broken] > 0:
		return 1
	case count[unchecked] > 0 && strict:
		return 2
	case count[unchecked] > 0:
		fmt.Fprintln(w, "audit: what was not checked is not known to be safe; run make audit again where the databases can be reached")
	}
	return 0
}
