package spool

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A record stands in a segment as its length and the CRC-32C of its body, each in 4 bytes, big-endian, and then the body.
const header = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// segment is one file of records. Its name is the number of its first one.
type segment struct {
	path  string
	first int64
	count int64
	size  int64 // of whole records
}

const suffix = ".records"

func newSegment(dir string, first int64) (*segment, *os.File, error) {
	path := filepath.Join(dir, fmt.Sprintf("%019d%s", first, suffix))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // a name of our own
	if err != nil {
		return nil, nil, err
	}
	return &segment{path: path, first: first}, f, syncDir(dir)
}

// segmentsOf reads what is in a folder, oldest first. What follows the first record that is not whole is cut away: it was
// being written when the machine stopped.
func segmentsOf(dir string) ([]*segment, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []*segment
	for _, path := range names {
		first, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(path), suffix), 10, 64)
		if err != nil {
			continue // not ours
		}
		g := &segment{path: path, first: first}
		if err := g.open(); err != nil {
			return nil, fmt.Errorf("the buffer's file %s can't be read: %w", path, err)
		}
		out = append(out, g)
	}
	return out, nil
}

// open counts the whole records and cuts the rest away.
func (g *segment) open() error {
	f, err := os.OpenFile(g.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		body, err := readRecord(r, true)
		if err != nil {
			break // the end, or a record that was never finished
		}
		g.count++
		g.size += header + int64(len(body))
	}
	return f.Truncate(g.size)
}

var errDamaged = errors.New("a record is damaged")

// readRecord reads one record; checked says whether its sum is looked at.
func readRecord(r io.Reader, checked bool) ([]byte, error) {
	var h [header]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(h[:4])
	if n > MaxRecord {
		return nil, errDamaged
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	if checked && crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(h[4:]) {
		return nil, errDamaged
	}
	return body, nil
}

func frame(bodies [][]byte) ([]byte, error) {
	size := 0
	for _, b := range bodies {
		if len(b) > MaxRecord {
			return nil, ErrTooLarge
		}
		size += header + len(b)
	}
	out := make([]byte, 0, size)
	for _, b := range bodies {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b))) //nolint:gosec // at most MaxRecord
		out = binary.BigEndian.AppendUint32(out, crc32.Checksum(b, castagnoli))
		out = append(out, b...)
	}
	return out, nil
}

// read gives records from a number on, beginning its search at a place at or before it.
func (g *segment) read(from place, number int64, records int, bytes int64, atLeastOne bool) (bodies [][]byte, used int64, err error) {
	at, err := g.find(from, number)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(g.path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(io.NewSectionReader(f, at.offset, g.size-at.offset), 256<<10)
	for n := at.number; n < g.first+g.count && len(bodies) < records; n++ {
		h, err := r.Peek(4)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", g.path, err)
		}
		size := int64(binary.BigEndian.Uint32(h))
		if used+size > bytes && (len(bodies) > 0 || !atLeastOne) {
			break
		}
		body, err := readRecord(r, true)
		if err != nil {
			return nil, 0, fmt.Errorf("%s, record %d: %w", g.path, n, err)
		}
		bodies, used = append(bodies, body), used+size
	}
	return bodies, used, nil
}

// find gives the place of a record, looking from a place at or before it.
func (g *segment) find(from place, number int64) (place, error) {
	if from.number == number {
		return from, nil
	}
	f, err := os.Open(g.path)
	if err != nil {
		return from, err
	}
	defer f.Close()
	var h [4]byte
	for from.number < number {
		if _, err := f.ReadAt(h[:], from.offset); err != nil {
			return from, fmt.Errorf("%s: %w", g.path, err)
		}
		from.offset += header + int64(binary.BigEndian.Uint32(h[:]))
		from.number++
	}
	return from, nil
}

const ackFile = "taken"

// readAck reads up to which record everything was taken. A file that can't be read as a number means none: the receiver
// leaves out what it has.
func readAck(dir string) (int64, error) {
	b, err := os.ReadFile(filepath.Join(dir, ackFile)) //nolint:gosec // a name of our own
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("the buffer can't be read: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s in the buffer's folder %s is damaged: it says %q", ackFile, dir, b)
	}
	return n, nil
}

func writeAck(dir string, n int64) error {
	return writeWhole(dir, ackFile, strconv.AppendInt(nil, n, 10))
}
