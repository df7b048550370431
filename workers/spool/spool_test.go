package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func open(t *testing.T, dir string, o Options) *Spool {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func record(n int) []byte {
	return fmt.Appendf(nil, "record %d %s", n, bytes.Repeat([]byte{'x'}, n%50))
}

func next(t *testing.T, s *Spool, records int, size int64) Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	b, err := s.Next(ctx, records, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEveryRecordOnceWhateverHappens appends, takes, loses acknowledgements, closes and cuts tails at random; a receiver that
// remembers the last number sees every record that was kept, once and in order.
func TestEveryRecordOnceWhateverHappens(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		dir := t.TempDir()
		s := open(t, dir, Options{Segment: 500})
		node := s.Node()
		kept, last := 0, int64(0)
		for range 300 {
			switch r.IntN(6) {
			case 0, 1, 2:
				var bodies [][]byte
				for range 1 + r.IntN(5) {
					kept++
					bodies = append(bodies, record(kept))
				}
				if err := s.Append(bodies...); err != nil {
					t.Fatal(err)
				}
			case 3, 4:
				if s.Stats().Records == 0 {
					continue
				}
				b := next(t, s, 1+r.IntN(20), int64(20+r.IntN(400)))
				for i, body := range b.Bodies {
					if n := b.First + int64(i); n > last {
						if n != last+1 || !bytes.Equal(body, record(int(n))) {
							t.Fatalf("seed %d: record %d after %d is %q", seed, n, last, body)
						}
						last = n
					}
				}
				if r.IntN(3) > 0 { // else the acknowledgement is lost
					if err := s.Ack(b.Last()); err != nil {
						t.Fatal(err)
					}
				}
			case 5:
				s.Close()
				tear(t, dir, r)
				s = open(t, dir, Options{Segment: 500})
				if s.Node() != node {
					t.Fatal("the folder has another name")
				}
			}
		}
		for s.Stats().Records > 0 {
			b := next(t, s, 100, 1<<20)
			last = max(last, b.Last())
			if err := s.Ack(b.Last()); err != nil {
				t.Fatal(err)
			}
		}
		if last != int64(kept) {
			t.Errorf("seed %d: %d records were kept, %d taken", seed, kept, last)
		}
	}
}

// tear leaves half a record at the end of the newest file, as a crash does.
func tear(t *testing.T, dir string, r *rand.Rand) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil || len(names) == 0 {
		return
	}
	f, err := os.OpenFile(slices.Max(names), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	torn, err := frame([][]byte{[]byte("never finished")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(torn[:r.IntN(len(torn))]); err != nil {
		t.Fatal(err)
	}
}

func TestNumbersGoOnWhenAllIsTaken(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	if err := s.Append(record(1), record(2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Ack(2); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, name := range []string{"gone", "there"} {
		if name == "gone" { // the files of records are lost, the mark is not
			names, _ := filepath.Glob(filepath.Join(dir, "*"+suffix))
			for _, n := range names {
				os.Remove(n)
			}
		}
		s = open(t, dir, Options{})
		if err := s.Append(record(3)); err != nil {
			t.Fatal(err)
		}
		if b := next(t, s, 10, 1000); b.First < 3 {
			t.Errorf("%s: number %d is given again", name, b.First)
		}
		s.Close()
	}
}

// TestDamageLosesNoMoreThanItHits: a record in the middle of the disk is broken; what stands in other files is still given, under
// its own number, so that the receiver sees the hole.
func TestDamageLosesNoMoreThanItHits(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{Segment: 300})
	for n := range 40 {
		if err := s.Append(record(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	slices.Sort(names)
	content, err := os.ReadFile(names[1])
	if err != nil {
		t.Fatal(err)
	}
	content[header+1] ^= 0xff
	if err := os.WriteFile(names[1], content, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{Segment: 300})
	seen, holes, last := 0, 0, int64(0)
	for s.Stats().Records > 0 {
		b := next(t, s, 7, 1<<20)
		if b.First != last+1 {
			holes++
		}
		for i, body := range b.Bodies {
			if !bytes.Equal(body, record(int(b.First)+i)) {
				t.Fatalf("record %d is %q", b.First+int64(i), body)
			}
			seen++
		}
		last = b.Last()
		if err := s.Ack(last); err != nil {
			t.Fatal(err)
		}
	}
	if holes != 1 || last != 40 || seen >= 40 || seen < 25 {
		t.Errorf("%d records seen with %d holes, up to %d", seen, holes, last)
	}
}

func TestTooMuchLetsTheOldestGo(t *testing.T) {
	s := open(t, t.TempDir(), Options{Segment: 1000, MaxBytes: 3000})
	for n := range 500 {
		if err := s.Append(record(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	st := s.Stats()
	if st.Bytes > 3000 || st.Dropped == 0 || st.Records+st.Dropped != 500 {
		t.Errorf("kept %+v", st)
	}
	b := next(t, s, 1000, 1<<20)
	if b.First != st.Dropped+1 || b.Last() != 500 || !bytes.Equal(b.Bodies[0], record(int(b.First))) {
		t.Errorf("gives %d to %d after %d were let go", b.First, b.Last(), st.Dropped)
	}
}

func TestNextWaitsAndEnds(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx, 1, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gets %v", err)
	}
	got := make(chan Batch)
	go func() { got <- next(t, s, 10, 1) }()
	if err := s.Append([]byte("late")); err != nil {
		t.Fatal(err)
	}
	if b := <-got; len(b.Bodies) != 1 || string(b.Bodies[0]) != "late" {
		t.Errorf("got %+v", b)
	}
	s.Close()
	if _, err := s.Next(t.Context(), 1, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed one answers %v", err)
	}
	if err := s.Append([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed one keeps with %v", err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	if err := s.Append([]byte("a"), make([]byte, MaxRecord+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a record that is too large is kept: %v", err)
	}
	if s.Stats().Records != 0 {
		t.Error("half a batch was kept")
	}
	if err := s.Ack(1); err == nil {
		t.Error("a record that never was is acknowledged")
	}
	s.Close()
	if err := os.WriteFile(filepath.Join(dir, ackFile), []byte("what"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil {
		t.Error("a damaged mark is taken for none")
	}
}
