package postgres

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// childEnv makes the test program, started a second time, behave as a parent of PostgreSQL that will be killed.
const childEnv = "STEELTHREAD_TEST_PARENT_OF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(beParent(dir))
	}
	os.Exit(m.Run())
}

func beParent(dir string) int {
	s, err := Start(context.Background(), Options{DataDir: dir})
	if err != nil {
		os.Stdout.WriteString("error " + err.Error() + "\n")
		return 1
	}
	if _, err := query(context.Background(), s.AdminURL("postgres"), `CREATE TABLE lot (id text); INSERT INTO lot VALUES ('L-1')`); err != nil {
		os.Stdout.WriteString("error " + err.Error() + "\n")
		return 1
	}
	os.Stdout.WriteString("ready\n")
	select {}
}

func TestStartAfterTheParentWasKilled(t *testing.T) {
	needBinaries(t)
	dir := dataDir(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), childEnv+"="+dir)
	parent.Stderr = t.Output()
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the parent says %q, %v", line, err)
	}
	orphan, err := postmasterPID(dir)
	if err != nil || !isPostmaster(orphan, dir) {
		t.Fatalf("process %d is not the server: %v", orphan, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // reports the kill
	if runtime.GOOS == "linux" {
		eventually(t, 10*time.Second, "PostgreSQL ends with its killed parent", func() bool { return !isPostmaster(orphan, dir) })
	}
	s := start(t, dir)
	if v := mustQuery(t, s.AdminURL("postgres"), `SELECT id FROM lot`); v != "L-1" {
		t.Errorf("the row reads %q", v)
	}
}

// A server that goes on after its parent, as outside Linux, is ended by the next start.
func TestStartEndsAServerThatWasLeftBehind(t *testing.T) {
	needBinaries(t)
	dir := dataDir(t)
	first := start(t, dir)
	stop(t, first)
	left := first.account.command(context.Background(), first.bin.path("postgres"), "-D", dir,
		"-c", "listen_addresses=", "-c", "unix_socket_directories="+first.runDir)
	if err := left.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- left.Wait() }()
	eventually(t, 10*time.Second, "the server is up", func() bool { return isPostmaster(left.Process.Pid, dir) && fileExists(dir, "postmaster.pid") })
	s := start(t, dir)
	if err := <-ended; err != nil {
		t.Errorf("the earlier server did not shut down in order: %v", err)
	}
	mustQuery(t, s.AdminURL("postgres"), `SELECT 'up'`)
}

func fileExists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// A folder made by root is often closed to others: /root itself, or what mktemp makes.
func TestStartInsideAPrivateFolder(t *testing.T) {
	needBinaries(t)
	if os.Geteuid() != 0 || passage() == nil {
		t.Skip("needs root with a capability to hand on")
	}
	dir := dataDir(t)
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	if v := mustQuery(t, s.AdminURL("postgres"), `SHOW data_directory`); v != dir {
		t.Errorf("the data is in %q", v)
	}
	if owner := ownerOf(t, s.dataDir); owner != s.account.uid {
		t.Errorf("the data belongs to user %d", owner)
	}
}

func ownerOf(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}
