// Package drill destroys a plant at work and brings it back from its backup: a backup is worth what its last restore was.
// It prints what each part took, which docs/runbooks/backup.md quotes.
package drill

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

const passphrase = "a passphrase for the drill"

// drill is the plant, before and after.
type drill struct {
	top *testing.T // of the whole drill: crews and connections outlive a part
	p   *plant.Plant
	rec *plant.Records
	erp *plant.Client

	archive, keys string
	// old is a record from long before the backup.
	old record
	// stuck is the machine command that was on its way at the backup.
	stuck command
	// lost is what was made between backup and loss.
	lostLots []string
	// inbox are the keys that the ERP held at the loss, and pulses the machines' starts.
	inbox  map[string]bool
	pulses plant.SimState
	at     time.Time // of the restore
	first  *shift
	// waiting are the keys of messages that the ERP had not taken at the backup.
	waiting []string
	// planner is a session of before the loss.
	planner *plant.Client
}

// record is a finished lot's record with a picture and the archived history of its run.
type record struct {
	lot, picture, history string
	size                  int64
	body                  []byte
}

// command is a handshake number that was given out for a lot.
type command struct {
	lot string
	seq int64
}

// run calls the binary with a standard input.
func (d *drill) run(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), d.p.Binary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must calls the binary and prints how long it took.
func (d *drill) must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	began := time.Now()
	out, err := d.run(t, stdin, args...)
	if err != nil {
		t.Fatalf("mes %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	t.Logf("mes %s took %s:\n%s", args[0], time.Since(began).Round(time.Millisecond), out)
	return out
}

// reopen connects to the records of the plant as it runs now.
func (d *drill) reopen(t *testing.T) {
	t.Helper()
	rec, err := plant.OpenRecords(t.Context(), d.p.DataDir())
	plant.OK(t, err)
	d.top.Cleanup(rec.Close)
	d.rec, d.erp = rec, d.p.AsService(t, "erp")
}

// order creates and releases an order.
func (d *drill) order(t *testing.T, number, product string, quantity int) {
	t.Helper()
	body := map[string]any{"number": number, "product": product, "quantity": quantity, "due": time.Now().UTC().Add(48 * time.Hour).Format(time.RFC3339), "priority": 50, "line": "L1"}
	for _, c := range []struct {
		by   *plant.Client
		path string
		body any
	}{{d.erp, "/work-orders", body}, {d.p.As(t, "pl-07"), "/work-orders/" + number + "/release", nil}} {
		r, err := c.by.Insist(t.Context(), c.path, c.body, number+c.path)
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("POST %s: status %d: %s", c.path, r.Status, r.Body)
		}
	}
}

// shift is crews at work in the background.
type shift struct {
	stop func()
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

// work lets a crew work on each order; a name of its own gives each shift keys of its own.
func (d *drill) work(t *testing.T, name string, limit time.Duration, orders ...string) *shift {
	t.Helper()
	ctx, cancel := context.WithTimeout(d.top.Context(), limit)
	s := &shift{stop: cancel}
	d.top.Cleanup(s.home)
	for _, order := range orders {
		crew := d.p.NewCrew(t, name+"-"+order)
		s.wg.Go(func() {
			if err := crew.Work(ctx, order); err != nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.errs = append(s.errs, err)
			}
		})
	}
	return s
}

// home sends the shift home in the middle of its work.
func (s *shift) home() {
	s.stop()
	s.wg.Wait()
}

// done waits until every order has ended.
func (s *shift) done(t *testing.T) {
	t.Helper()
	s.wg.Wait()
	s.stop()
	for _, err := range s.errs {
		t.Error(err)
	}
}

// text reads one text from the records.
func (d *drill) text(t *testing.T, query string, args ...any) string {
	t.Helper()
	var out string
	if err := d.rec.Pool.QueryRow(t.Context(), query, args...).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

func (d *drill) count(t *testing.T, query string, args ...any) int64 {
	t.Helper()
	n, err := d.rec.Count(t.Context(), query, args...)
	plant.OK(t, err)
	return n
}

// eventually waits until a query finds at least so many.
func (d *drill) eventually(t *testing.T, what string, least int64, query string, args ...any) {
	t.Helper()
	plant.Eventually(t, time.Minute, func() string {
		n, err := d.rec.Count(t.Context(), query, args...)
		switch {
		case err != nil:
			return err.Error()
		case n < least:
			return fmt.Sprintf("%s: %d of %d", what, n, least)
		}
		return ""
	})
}

// seqAt is the handshake number that a machine shows.
func (d *drill) seqAt(t *testing.T, machine string) int64 {
	t.Helper()
	s, err := d.p.Sim.State(t.Context())
	plant.OK(t, err)
	n, ok := s.Machines[machine].Tags["ack_seq"].(float64)
	if !ok {
		t.Fatalf("%s shows no number: %v", machine, s.Machines[machine].Tags)
	}
	return int64(n)
}

func (d *drill) lot(t *testing.T, id string) (l mes.LotView) {
	t.Helper()
	plant.OK(t, d.p.As(t, "op-121").Get(t.Context(), "/lots/"+id, &l))
	return l
}

// names lists what an archive holds.
func names(t *testing.T, archive string) string {
	t.Helper()
	f, err := os.Open(archive)
	plant.OK(t, err)
	defer f.Close()
	who, err := age.NewScryptIdentity(passphrase)
	plant.OK(t, err)
	plain, err := age.Decrypt(f, who)
	plant.OK(t, err)
	z, err := zstd.NewReader(plain)
	plant.OK(t, err)
	defer z.Close()
	var out strings.Builder
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		plant.OK(t, err)
		fmt.Fprintln(&out, h.Name)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
