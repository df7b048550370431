package postgres

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestParseVersion(t *testing.T) {
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1\n":                        18,
		"postgres (PostgreSQL) 16.4":                             16,
		"postgres 16.4":                                          0,
		"":                                                       0,
	} {
		got, err := parseVersion(line)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("parseVersion(%q) = %d, %v, want %d", line, got, err, want)
		}
	}
}

func TestVersionIn(t *testing.T) {
	for path, want := range map[string]int{
		"/usr/lib/postgresql/15/bin": 15, "/opt/homebrew/opt/postgresql@16/bin": 16, "/usr/local/bin": 0, "/usr/pgsql-9/x7": 9,
	} {
		if got := versionIn(path); got != want {
			t.Errorf("versionIn(%q) = %d, want %d", path, got, want)
		}
	}
}

func TestRefusalNamesWhatIsThere(t *testing.T) {
	for _, c := range []struct {
		seen []string
		want int
		text string
	}{
		{nil, 0, "install the package"},
		{nil, 16, "written by PostgreSQL 16"},
		{[]string{"15 in /usr"}, 16, "only version 15 in /usr"},
		{[]string{"12 in /usr"}, 0, "version 14 or later"},
	} {
		if err := refusal(c.seen, c.want); !strings.Contains(err.Error(), c.text) {
			t.Errorf("refusal(%v, %d) = %v", c.seen, c.want, err)
		}
	}
}

func TestSecretsSurviveAndStayPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets", "postgres.json")
	s, err := openSecrets(path)
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.ensure("mes")
	if err != nil || len(first) < 20 {
		t.Fatalf("ensure: %q, %v", first, err)
	}
	if again, _ := s.ensure("mes"); again != first {
		t.Errorf("a second ensure drew %q", again)
	}
	reread, err := openSecrets(path)
	if err != nil || reread.get("mes") != first {
		t.Errorf("after reading again: %q, %v", reread.get("mes"), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var out tail
	for range 3000 {
		if _, err := out.Write([]byte("ab")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Write([]byte("end")); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); len(s) != tailSize || !strings.HasSuffix(s, "abend") {
		t.Errorf("kept %d bytes ending in %q", len(s), s[len(s)-5:])
	}
}

func TestComplaints(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"LOG: one\nLOG: two\n":          "LOG: two",
		"FATAL: no memory\nLOG: down\n": "FATAL: no memory",
		"LOG:  could not bind\nHINT: x\nFATAL:  could not create\nLOG: y": "LOG:  could not bind; FATAL:  could not create",
	} {
		if got := complaints(text); got != want {
			t.Errorf("complaints(%q) = %q", text, got)
		}
	}
}

func TestLinkStaysInsideThePackage(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "native", "lib"), "libpq.so.5.18", "code")
	if err := link(root, "native/lib/libpq.so.5.18", "native/lib/libpq.so.5"); err != nil {
		t.Fatal(err)
	}
	if err := link(root, "native/lib/libpq.so.5.18", "native/lib/libpq.so.5"); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if data, err := os.ReadFile(filepath.Join(root, "native", "lib", "libpq.so.5")); err != nil || string(data) != "code" {
		t.Errorf("through the link: %q, %v", data, err)
	}
	for _, l := range [][2]string{{"../x", "native/y"}, {"native/x", "/etc/y"}, {"native/x", "../../y"}} {
		if err := link(root, l[0], l[1]); err == nil {
			t.Errorf("link %v was made", l)
		}
	}
}

// A process ID in the lock file may belong to another program after a restart of the machine.
func TestDisownPIDReplacesOnlyLivingStrangers(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	rest := "\n/data\n1763830000\n5432\n"
	for name, c := range map[string]struct{ pid, want int }{
		"a living stranger": {os.Getppid(), os.Getpid()},
		"a dead server":     {gone.Process.Pid, gone.Process.Pid},
	} {
		dir := t.TempDir()
		write(t, dir, "postmaster.pid", strconv.Itoa(c.pid)+rest)
		if err := endPrevious(t.Context(), dir, testLog(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
		if want := strconv.Itoa(c.want) + rest; err != nil || string(data) != want {
			t.Errorf("%s: the file reads %q, %v, want %q", name, data, err, want)
		}
	}
}

// Another user cannot run programs below a folder of mode 0700, so an npm package there is copied, links included.
func TestReachableCopiesAPackageFromAPrivateFolder(t *testing.T) {
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	native := filepath.Join(private, "pkg", "native")
	write(t, filepath.Join(native, "bin"), "postgres", "program")
	write(t, filepath.Join(native, "lib"), "libpq.so.5.18", "code")
	stranger := account{name: "stranger", uid: 1 << 20, gid: 1 << 20, switched: true}
	bin := Binaries{Dir: filepath.Join(native, "bin"), Major: 18}
	copies := filepath.Join(t.TempDir(), "copies")

	if _, err := bin.reachable(stranger, copies); err == nil || !strings.Contains(err.Error(), "install PostgreSQL for all users") {
		t.Errorf("an installation that is no package: %v", err)
	}
	write(t, native, symlinkList, `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`)
	if err := linkLibraries(bin.Dir); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := bin.reachable(stranger, copies)
		if err != nil || !strings.HasPrefix(got.Dir, copies) || got.Major != 18 {
			t.Fatalf("reachable = %v, %v", got, err)
		}
		data, err := os.ReadFile(filepath.Join(got.Dir, "..", "lib", "libpq.so.5"))
		if err != nil || string(data) != "code" {
			t.Errorf("the copied link reads %q, %v", data, err)
		}
	}
	if got, err := bin.reachable(account{}, copies); err != nil || got != bin {
		t.Errorf("for this process's own user: %v, %v", got, err)
	}
}

func TestALockFileNamesItsProcessHoweverItRuns(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]int{"123\n/data\n": 123, "-123\n/data\n": 123, "": 0, "torn": 0} {
		write(t, dir, "postmaster.pid", text)
		if pid, err := postmasterPID(dir); err != nil || pid != want {
			t.Errorf("%q: %d, %v", text, pid, err)
		}
	}
	if pid, err := postmasterPID(t.TempDir()); err != nil || pid != 0 {
		t.Errorf("without a lock file: %d, %v", pid, err)
	}
}
