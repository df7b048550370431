package devicetest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/devicetest"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/opcua/pki"
)

// missing skips a test whose peer is not installed, and fails it in CI, where a missing peer is a gap in the proof.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// peer is the node-opcua server, a process of its own that is really killed.
type peer struct {
	port int
	dir  string
	cert []byte

	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Scanner
	pulses int
}

func startPeer(t *testing.T) *peer {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not installed")
	}
	if _, err := os.Stat("peer/node_modules/node-opcua/package.json"); err != nil {
		missing(t, "node-opcua is not installed: run npm ci in devices/devicetest/peer")
	}
	p := &peer{port: freePort(t), dir: t.TempDir()}
	var err error
	if p.cert, _, err = pki.Make(p.dir, "peer", "urn:steelthread:peer"); err != nil {
		t.Fatal(err)
	}
	p.start(t)
	t.Cleanup(func() { p.kill(t) })
	return p
}

func (p *peer) start(t *testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command("node", "peer/server.js", strconv.Itoa(p.port), p.dir, filepath.Join(p.dir, "own.crt"),
		filepath.Join(p.dir, "own.key"))
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewScanner(out)
	for p.stdout.Scan() {
		var ready struct{ Ready bool }
		if json.Unmarshal(p.stdout.Bytes(), &ready) == nil && ready.Ready {
			return
		}
	}
	t.Error("the peer does not start")
}

func (p *peer) kill(*testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// tell sends a command and gives the number of starts that the peer has taken. A peer that is dead has the number that it
// had; its memory is retentive.
func (p *peer) tell(cmd string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return p.pulses
	}
	fmt.Fprintln(p.stdin, cmd)
	for p.stdout.Scan() {
		var answer struct{ Pulses *int }
		if json.Unmarshal(p.stdout.Bytes(), &answer) == nil && answer.Pulses != nil {
			p.pulses = *answer.Pulses
			break
		}
	}
	return p.pulses
}

func (p *peer) config() devices.Config {
	c := devices.Config{ID: "PEER", Site: "HAM", Driver: "opcua", Address: fmt.Sprintf("opc.tcp://127.0.0.1:%d", p.port),
		Security: devices.Security{Policy: "Basic256Sha256", Mode: "SignAndEncrypt", Pin: pki.Thumbprint(p.cert)},
		Values:   []devices.ValueSpec{{Name: "diameter", Tag: "value", Unit: "mm"}},
		Tags:     map[string]string{"missing": "ns=1;s=NoSuchNode", "state": "nsu=urn:steelthread:peer;s=State"}}
	for tag, node := range map[string]string{"control": "Control", "program_set": "ProgramSet",
		"program_actual": "ProgramActual", "command_seq": "CommandSeq", "command_lot": "CommandLot", "ack_seq": "AckSeq",
		"result_seq": "ResultSeq", "result_lot": "ResultLot", "result_ok": "ResultOK", "value": "Value", "wrong": "Word",
		"float": "Float", "byte": "Byte", "list": "List"} {
		c.Tags[tag] = "ns=1;s=" + node
	}
	for i := 1; i <= 20; i++ {
		c.Tags[fmt.Sprintf("extra_%d", i)] = fmt.Sprintf("ns=1;s=Extra%d", i)
	}
	return c
}

func TestOPCUAAgainstNodeOPCUA(t *testing.T) {
	t.Parallel()
	p := startPeer(t)
	cfg, r := through(t, p.config())
	devicetest.Run(t, devicetest.Harness{
		Config: cfg, Relay: r, Open: openOPCUA(t), Kill: p.kill, Restart: p.start,
		BadQuality: func(_ *testing.T, on bool) { p.tell(fmt.Sprintf(`{"bad":%v}`, on)) },
		Pulses:     func(*testing.T) int { return p.tell("{}") },
	})
	trust(t, p.config())
	t.Run("logs in with user and password", func(t *testing.T) { logsIn(t, p.config()) })
	t.Run("keeps float32 and byte exact", func(t *testing.T) { smallTypes(t, p.config()) })
}

func logsIn(t *testing.T, cfg devices.Config) {
	for password, ok := range map[string]bool{"correct horse": true, "wrong": false} {
		cfg.Security.User, cfg.Security.Password = "mes", password
		cfg.Profile.Timeout = devices.Duration(15 * time.Second)
		if !ok {
			cfg.Profile.Timeout = devices.Duration(3 * time.Second)
		}
		d, err := openOPCUA(t)(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.(devices.Machine).Read(t.Context(), "state")
		if (err == nil) != ok {
			t.Errorf("password %q: %v", password, err)
		}
		d.Close()
	}
}

func smallTypes(t *testing.T, cfg devices.Config) {
	cfg.Profile.Timeout = devices.Duration(15 * time.Second)
	d, err := opcua.Open(cfg, opcua.Options{PKIDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if w, err := d.WriteVerified(t.Context(), "float", 2.1); err != nil || w.After != float32(2.1) {
		t.Errorf("%+v %v", w, err)
	}
	if w, err := d.WriteVerified(t.Context(), "float", 2.1); err != nil || w.Changed {
		t.Errorf("2.1 differs from itself: %+v %v", w, err)
	}
	if w, err := d.WriteVerified(t.Context(), "byte", 255); err != nil || w.After != uint8(255) {
		t.Errorf("%+v %v", w, err)
	}
	if err := d.WriteOnce(t.Context(), "byte", 256); err == nil {
		t.Error("256 goes into a byte")
	}
}
