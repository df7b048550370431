package plant

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// New starts a plant for a test and stops it afterwards. When the test fails, logs and the ends of them are kept and shown.
func New(t testing.TB, o Options) *Plant {
	t.Helper()
	Gate(t)
	o.Dir = Folder(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := Start(ctx, o)
	if err != nil {
		if InCI() || setting("MES_BINARY") != "" || !strings.Contains(err.Error(), "PostgreSQL") {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Logf("plant in %s, ready at %s after %s", o.Dir, p.Base, p.Ready.Round(time.Millisecond))
	t.Cleanup(func() {
		if t.Failed() {
			p.keep(t)
		}
		if err := p.Close(); err != nil {
			t.Logf("stop: %v\n%s", err, p.MES().Tail(10))
		}
	})
	return p
}

// alone lets the processes of whole-system tests take turns, so that one package's load is not another's time-out. The
// lock is held until the process ends.
var alone = sync.OnceValue(func() error {
	_, _, err := turn("system")
	return err
})

// Folder is a temporary folder that PostgreSQL's own user can enter, which t.TempDir is not. Whoever has it waits for its
// turn: whole systems under test do not run side by side.
func Folder(t testing.TB) string {
	t.Helper()
	OK(t, alone())
	dir, err := os.MkdirTemp("", "steelthread-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() {
			_ = os.RemoveAll(dir)
		}
	})
	return dir
}

// keep copies the logs to test/artifacts and shows their ends.
func (p *Plant) keep(t testing.TB) {
	to := filepath.Join(Root(), "test", "artifacts", strings.NewReplacer("/", "_", " ", "_").Replace(t.Name()))
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Log(err)
		return
	}
	for _, name := range []string{"mes.log", "sim.log"} {
		data, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o644)
		}
		if err != nil {
			t.Log(err)
		}
	}
	t.Logf("logs are in %s, the data in %s; the end of mes.log:\n%s", to, p.Dir, p.MES().Tail(40))
}

// OK fails the test on an error.
func OK(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// As signs in as a person, or fails the test.
func (p *Plant) As(t testing.TB, user string) *Client {
	t.Helper()
	c, err := p.Person(t.Context(), user)
	OK(t, err)
	return c
}

// AsService is the client of a service account, or fails the test.
func (p *Plant) AsService(t testing.TB, name string) *Client {
	t.Helper()
	c, err := p.Service(name)
	OK(t, err)
	return c
}

// NewCrew makes a crew with the demo plant's people who hold every certificate that its routings ask for.
func (p *Plant) NewCrew(t testing.TB, name string) *Crew {
	t.Helper()
	return &Crew{Name: name, Operators: []*Client{p.As(t, "op-121"), p.As(t, "op-122")}, Quality: p.As(t, "qe-02")}
}

// Records opens the records' database for a test.
func (p *Plant) Records(t testing.TB) *Records {
	t.Helper()
	r, err := OpenRecords(t.Context(), p.DataDir())
	OK(t, err)
	t.Cleanup(r.Close)
	return r
}
