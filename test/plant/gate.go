package plant

import (
	"os"
	"os/exec"
	"testing"
)

// setting reads a test setting from the environment.
func setting(name string) string {
	v, _ := os.LookupEnv(name)
	return v
}

// InCI tells that a missing peer is a failure and not a reason to skip.
func InCI() bool { return setting("CI") == "true" }

// Gate skips whole-system tests unless MES_SYSTEM=1, so that `go test ./...` stays quick. `make test` sets it.
func Gate(t testing.TB) {
	t.Helper()
	if setting("MES_SYSTEM") != "1" {
		t.Skip("a whole-system test: set MES_SYSTEM=1, or run `make test`")
	}
}

// Peer finds a program that a test needs beside `mes`. Without it the test is skipped, and fails under CI=true.
func Peer(t testing.TB, program string) string {
	t.Helper()
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if InCI() {
		t.Fatalf("%s is not installed; `make test` installs it", program)
	}
	t.Skipf("%s is not installed", program)
	return ""
}
