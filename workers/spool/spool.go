// Package spool keeps on disk what an edge node has to tell while nobody listens: records in order, each with a number that
// is never given again, until the receiver has taken them. With the receiver noting the last number that it took of each
// spool, every record arrives exactly once and in order, whatever is cut or killed in between.
package spool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/google/uuid"
)

// Options bound a spool. Zero fields take the value in brackets.
type Options struct {
	// MaxBytes is how much it keeps (2 GiB). Beyond it the oldest segment is let go, and counted.
	MaxBytes int64
	// Segment is the size of one file (8 MiB).
	Segment int64
}

func (o Options) orDefault() Options {
	if o.Segment <= 0 {
		o.Segment = 8 << 20
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 30
	}
	o.MaxBytes = max(o.MaxBytes, 2*o.Segment) // the oldest segment is never the one that is written
	return o
}

// MaxRecord bounds one record, so that a damaged length can't ask for all memory.
const MaxRecord = 16 << 20

// Errors of a spool.
var (
	// ErrClosed is the answer to everything after Close.
	ErrClosed = errors.New("the buffer is closed")
	// ErrTooLarge refuses a record above MaxRecord; nothing of its batch was kept.
	ErrTooLarge = errors.New("the record is larger than 16 MiB")
)

// Batch is a run of records. The first has the number First, each next one a number higher by one.
type Batch struct {
	First  int64
	Bodies [][]byte
}

// Last is the number of the batch's last record.
func (b Batch) Last() int64 { return b.First + int64(len(b.Bodies)) - 1 }

// Stats tell how a spool is doing.
type Stats struct {
	Records int64 // that nobody has taken yet
	Bytes   int64 // on disk
	Dropped int64 // let go since the spool was opened, because MaxBytes was reached
}

// Spool is an open spool. Any number may append; one reader takes.
type Spool struct {
	dir  string
	node string
	o    Options

	mu       sync.Mutex
	segments []*segment // oldest first; the last one is written
	tail     *os.File
	next     int64 // number of the next record
	acked    int64 // every record up to it was taken or let go
	dropped  int64
	head     place // where the record after acked begins, when it is known
	grown    chan struct{}
	closed   bool
	broken   error
}

// place is a position in a segment.
type place struct {
	number int64
	offset int64
}

// Open opens the spool in a folder, or makes one. A record whose writing was cut off by a crash is cut away: nobody was told
// that it was kept.
func Open(dir string, o Options) (*Spool, error) {
	s := &Spool{dir: dir, o: o.orDefault(), grown: make(chan struct{}, 1)}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the buffer's folder can't be made: %w", err)
	}
	var err error
	if s.node, err = nodeOf(dir); err != nil {
		return nil, err
	}
	if s.acked, err = readAck(dir); err != nil {
		return nil, err
	}
	if s.segments, err = segmentsOf(dir); err != nil {
		return nil, err
	}
	s.next = s.acked + 1
	for _, g := range s.segments {
		s.next = max(s.next, g.first+g.count)
	}
	if len(s.segments) > 0 {
		s.acked = max(s.acked, s.segments[0].first-1)
	}
	return s, s.reap()
}

// Node names this spool for ever. Its numbers begin at 1; another folder is another node.
func (s *Spool) Node() string { return s.node }

// nodeOf reads the folder's name, or gives it one.
func nodeOf(dir string) (string, error) {
	path := filepath.Join(dir, "node")
	b, err := os.ReadFile(path) //nolint:gosec // the folder belongs to whoever runs the edge
	if err == nil {
		id, err := uuid.ParseBytes(b)
		if err != nil {
			return "", fmt.Errorf("%s is damaged; move the folder away, and its records that were not sent with it: %w", path, err)
		}
		return id.String(), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("the buffer can't be read: %w", err)
	}
	id := uuid.NewString()
	return id, writeWhole(dir, "node", []byte(id))
}

// Append keeps records, in order. When it returns nil they outlive a crash of the machine. It never waits for the receiver.
func (s *Spool) Append(bodies ...[]byte) error {
	if len(bodies) == 0 {
		return nil
	}
	frames, err := frame(bodies)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.roll(int64(len(frames))); err != nil {
		return err
	}
	g := s.segments[len(s.segments)-1]
	if err := s.write(g, frames); err != nil {
		return fmt.Errorf("the buffer can't be written, nothing was kept: %w", err)
	}
	g.size += int64(len(frames))
	g.count += int64(len(bodies))
	s.next += int64(len(bodies))
	select {
	case s.grown <- struct{}{}:
	default:
	}
	return s.bound()
}

func (s *Spool) usable() error {
	if s.closed {
		return ErrClosed
	}
	return s.broken
}

// write appends to the tail and takes back what a failure left of it. A tail that can't be put right must not be written
// again: what stands in it would be read as something else.
func (s *Spool) write(g *segment, frames []byte) error {
	_, err := s.tail.WriteAt(frames, g.size)
	if err == nil {
		err = s.tail.Sync()
	}
	if err != nil {
		if cut := s.tail.Truncate(g.size); cut != nil {
			s.broken = fmt.Errorf("the buffer is damaged until it is opened again: %w", errors.Join(err, cut))
		}
	}
	return err
}

// roll sees that there is a segment with room to write to.
func (s *Spool) roll(more int64) error {
	if n := len(s.segments); n > 0 {
		g := s.segments[n-1]
		full := g.size > 0 && g.size+more > s.o.Segment
		if !full && s.tail != nil {
			return nil
		}
		if !full {
			f, err := os.OpenFile(g.path, os.O_RDWR, 0o600)
			s.tail = f
			return err
		}
	}
	if s.tail != nil {
		s.tail.Close()
		s.tail = nil
	}
	g, f, err := newSegment(s.dir, s.next)
	if err != nil {
		return err
	}
	s.segments, s.tail = append(s.segments, g), f
	return nil
}

// bound lets the oldest segments go while there is too much.
func (s *Spool) bound() error {
	for s.bytes() > s.o.MaxBytes && len(s.segments) > 1 {
		g := s.segments[0]
		end := g.first + g.count - 1
		if end > s.acked {
			s.dropped += end - s.acked
			s.acked = end
			if err := writeAck(s.dir, end); err != nil {
				return err
			}
		}
		if err := s.reap(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spool) bytes() int64 {
	var sum int64
	for _, g := range s.segments {
		sum += g.size
	}
	return sum
}

// reap removes segments of which every record was taken. The one that is written stays.
func (s *Spool) reap() error {
	for len(s.segments) > 1 && s.segments[0].first+s.segments[0].count-1 <= s.acked {
		if err := os.Remove(s.segments[0].path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		s.segments = s.segments[1:]
	}
	return nil
}

// Next gives the oldest records that nobody has acknowledged, up to so many and so many bytes but at least one. It waits
// until there is one, and gives the same again until they are acknowledged. It ends with ctx.
func (s *Spool) Next(ctx context.Context, maxRecords int, maxBytes int64) (Batch, error) {
	for {
		b, err := s.read(maxRecords, maxBytes)
		if err != nil || len(b.Bodies) > 0 {
			return b, err
		}
		select {
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		case <-s.grown:
		}
	}
}

func (s *Spool) read(maxRecords int, maxBytes int64) (Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Batch{}, ErrClosed
	}
	first := s.acked + 1
	b := Batch{First: first}
	for _, g := range s.segments {
		if g.first+g.count <= first || len(b.Bodies) >= maxRecords || maxBytes <= 0 {
			continue
		}
		if g.first > first { // what lay between was damaged
			if len(b.Bodies) > 0 {
				break
			}
			first, b.First = g.first, g.first
		}
		from := place{g.first, 0}
		if s.head.number == first {
			from = s.head
		}
		bodies, used, err := g.read(from, first, maxRecords-len(b.Bodies), maxBytes, len(b.Bodies) == 0)
		if err != nil {
			return Batch{}, err
		}
		b.Bodies = append(b.Bodies, bodies...)
		first += int64(len(bodies))
		maxBytes -= used
		if first < g.first+g.count {
			break // no room for the next one
		}
	}
	return b, nil
}

// Ack says that every record up to a number was taken. A lower number than before changes nothing.
func (s *Spool) Ack(through int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	if through <= s.acked {
		return nil
	}
	if through >= s.next {
		return fmt.Errorf("record %d was never kept, the last one is %d", through, s.next-1)
	}
	if err := writeAck(s.dir, through); err != nil {
		return err
	}
	s.seek(through + 1)
	s.acked = through
	return s.reap()
}

// seek finds where a record begins, so that the next read need not go through what was taken. Without it reading only takes
// longer.
func (s *Spool) seek(number int64) {
	for _, g := range s.segments {
		if number < g.first || number >= g.first+g.count {
			continue
		}
		from := place{g.first, 0}
		if s.head.number >= g.first && s.head.number <= number {
			from = s.head
		}
		if at, err := g.find(from, number); err == nil {
			s.head = at
		}
		return
	}
}

// Stats tells how much waits.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{Records: s.next - 1 - s.acked, Bytes: s.bytes(), Dropped: s.dropped}
}

// Close ends the spool. What was kept stays on disk.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.grown)
	if s.tail == nil {
		return nil
	}
	return s.tail.Close()
}

// writeWhole replaces a file so that a crash leaves the old or the new one.
func writeWhole(dir, name string, content []byte) error {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the folder belongs to whoever runs the edge
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
