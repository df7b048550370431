package witness

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestAPartialCheckStartsAtTheLastVerifiedCheckpoint(t *testing.T) {
	f := newTrail(t)
	f.work(30)
	v, err := f.k.Prover.Check(t.Context(), "au-01", true)
	f.must(err)
	f.rows(4)
	part, err := f.k.Prover.Check(t.Context(), "au-01", false)
	f.must(err)
	if !v.OK || !part.OK || part.Whole || part.Checked != part.Rows-v.Last.Rows || part.Checked >= part.Rows {
		t.Errorf("the whole check says %+v, the partial one %+v", v, part)
	}
	s, err := f.k.Prover.State(t.Context())
	f.must(err)
	if s.Whole == nil || s.Part == nil || s.Newer != 4 || s.Key == "" || !s.Log || s.Running != nil {
		t.Errorf("the state is %+v", s)
	}
	f.owner("UPDATE audit SET actor = 'nobody' WHERE id = (SELECT max(id) FROM audit)")
	if part, err = f.k.Prover.Check(t.Context(), "au-01", false); err != nil || part.OK {
		t.Errorf("a changed row after the checkpoint: %+v, %v", part, err)
	}
}

// TestTheDailyCheckAlerts checks once a day, and tells people of what it finds.
func TestTheDailyCheckAlerts(t *testing.T) {
	f := newTrail(t)
	f.work(10)
	f.owner("UPDATE audit SET actor = 'nobody' WHERE id = 5")
	f.k.daily(t.Context())
	f.k.daily(t.Context()) // not again on the same day
	if got := f.k.Alerts.(*raised).keys; len(got) != 2 {
		t.Errorf("alerts: %v", got)
	}
	last, err := f.Audits.LastVerified(t.Context(), true)
	if f.must(err); last.OK || last.Bad != 5 {
		t.Errorf("the daily verdict is %+v", last)
	}
}

// TestKeepersSideBySide lets two processes make checkpoints with files of their own.
func TestKeepersSideBySide(t *testing.T) {
	f := newTrail(t)
	other := *f.k
	other.Log = Log{filepath.Join(f.dir, "elsewhere", "checkpoints.jsonl")}
	done := make(chan error)
	for _, k := range []*Keeper{f.k, &other} {
		go func() {
			var err error
			for range 20 {
				err = errors.Join(err, f.Audits.Append(context.Background(), mes.AuditRow{Actor: "a", Action: "changed", Noun: "order", Subject: "x"}))
				_, e := k.Checkpoint(context.Background())
				err = errors.Join(err, e)
			}
			done <- err
		}()
	}
	f.must(errors.Join(<-done, <-done))
	for _, k := range []*Keeper{f.k, &other} {
		_, err := k.Log.CatchUp(t.Context(), f.Audits)
		f.must(err)
	}
	f.work(1)
	_, err := other.Log.CatchUp(t.Context(), f.Audits)
	f.must(err)
	a, err := os.ReadFile(f.k.Log.File)
	f.must(err)
	b, err := os.ReadFile(other.Log.File)
	f.must(err)
	if !bytes.Equal(a, b) {
		t.Error("the two files differ")
	}
	if v := f.verify(); !v.OK {
		t.Error(v.Why)
	}
}
