package mes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// A record's bytes: a version, the tags, the values, the notices. Numbers are varints, times are microseconds as differences
// from the one before, so that a value takes some 12 bytes. Each record stands by itself, since those before it may be lost.
const tagRecordVersion = 1

// The bits of a value's first byte above its quality.
const (
	bitNumber = 1 << 2
	bitText   = 1 << 3
	bitSource = 1 << 4
	bitsKnown = 3 | bitNumber | bitText | bitSource
)

// ErrTornRecord says that bytes are no record.
var ErrTornRecord = errors.New("the record can't be read")

var tagKinds = []TagKind{TagNumber, TagBool, TagText}

var noticeKinds = []TagNoticeKind{TagNoticeFlood, TagNoticeClock, TagNoticeLost, TagNoticeTorn}

func place[T comparable](list []T, v T) uint64 {
	for i, x := range list {
		if x == v {
			return uint64(i)
		}
	}
	return 0
}

// AppendTagRecord writes a record behind b.
func AppendTagRecord(b []byte, r TagRecord) []byte {
	b = append(b, tagRecordVersion)
	b = binary.AppendUvarint(b, uint64(len(r.Tags)))
	for _, t := range r.Tags {
		for _, s := range []string{t.Device, t.Name, t.Address, t.Unit} {
			b = appendTagText(b, s)
		}
		b = binary.AppendUvarint(b, place(tagKinds, t.Kind))
	}
	b = binary.AppendUvarint(b, uint64(len(r.Values)))
	var at, received int64
	for i := range r.Values {
		b, at, received = appendTagValue(b, &r.Values[i], at, received)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Notices)))
	for _, n := range r.Notices {
		b = appendTagText(b, n.Device)
		b = binary.AppendUvarint(b, place(noticeKinds, n.Kind))
		b = binary.AppendVarint(b, n.From.UnixMicro())
		b = binary.AppendVarint(b, microOrZero(n.Until))
		b = binary.AppendVarint(b, n.Count)
		b = appendTagText(b, n.Detail)
	}
	return b
}

func appendTagValue(b []byte, v *TagValue, at, received int64) (out []byte, atNow, receivedNow int64) {
	head := byte(v.Quality) & 3
	if v.Number != nil {
		head |= bitNumber
	}
	if v.Text != "" {
		head |= bitText
	}
	if !v.Source.IsZero() {
		head |= bitSource
	}
	b = append(b, head)
	b = binary.AppendUvarint(b, uint64(v.Tag))
	now, got := v.At.UnixMicro(), v.Received.UnixMicro()
	b = binary.AppendVarint(b, now-at)
	b = binary.AppendVarint(b, got-received)
	if v.Number != nil {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*v.Number))
	}
	if v.Text != "" {
		b = appendTagText(b, v.Text)
	}
	if !v.Source.IsZero() {
		b = binary.AppendVarint(b, v.Source.UnixMicro())
	}
	return b, now, got
}

func appendTagText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func microOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// ParseTagRecord reads a record. Bytes that are none give ErrTornRecord, and so does what is over the bounds.
func ParseTagRecord(b []byte) (TagRecord, error) {
	r := recordReader{b: b}
	out := r.record()
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	return out, r.err
}

// recordReader reads on until the first fault; after it everything is zero.
type recordReader struct {
	b   []byte
	err error
}

func (r *recordReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrTornRecord, fmt.Sprintf(format, args...))
	}
	r.b = nil
}

func (r *recordReader) record() (out TagRecord) {
	if v := r.byte(); v != tagRecordVersion {
		r.fail("version %d is not known", v)
	}
	out.Tags = make([]RecordedTag, r.count(MaxRecordTags, 5))
	for i := range out.Tags {
		out.Tags[i] = RecordedTag{Device: r.text(64), Name: r.text(128), Address: r.text(512), Unit: r.text(32), Kind: pick(r, tagKinds)}
	}
	n := r.count(MaxRecordValues, 4)
	out.Values = make([]TagValue, n)
	numbers := make([]float64, n)
	var at, received int64
	for i := range out.Values {
		v := &out.Values[i]
		head := r.byte()
		if head&^bitsKnown != 0 || head&3 > byte(QualityGood) {
			r.fail("value %d has unknown bits", i)
		}
		v.Quality, v.Tag = TagQuality(head&3), int(r.uvarint())
		if v.Tag < 0 || v.Tag >= len(out.Tags) {
			r.fail("value %d has no tag", i)
			return out
		}
		at, received = at+r.varint(), received+r.varint()
		v.At, v.Received = r.moment(at), r.moment(received)
		if head&bitNumber != 0 {
			numbers[i] = r.float()
			v.Number = &numbers[i]
		}
		if head&bitText != 0 {
			v.Text = r.text(MaxTagText)
		}
		if head&bitSource != 0 {
			v.Source = r.moment(r.varint())
		}
	}
	out.Notices = make([]TagNotice, r.count(1000, 6))
	for i := range out.Notices {
		n := TagNotice{Device: r.text(64), Kind: pick(r, noticeKinds), From: r.moment(r.varint())}
		if until := r.varint(); until != 0 {
			n.Until = r.moment(until)
		}
		n.Count, n.Detail = r.varint(), r.text(512)
		out.Notices[i] = n
	}
	return out
}

func pick[T any](r *recordReader, list []T) (none T) {
	i := r.uvarint()
	if i >= uint64(len(list)) {
		r.fail("unknown kind %d", i)
		return none
	}
	return list[i]
}

func (r *recordReader) byte() byte {
	if len(r.b) == 0 {
		r.fail("it ends too early")
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *recordReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("it ends within a number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *recordReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail("it ends within a number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many parts follow. No more are made room for than there are bytes for, of at least least each.
func (r *recordReader) count(most, least int) int {
	n := r.uvarint()
	if n > uint64(most) || n > uint64(len(r.b)/least) {
		r.fail("%d parts are too many", n)
		return 0
	}
	return int(n)
}

func (r *recordReader) text(most int) string {
	n := r.uvarint()
	if n > uint64(most) || n > uint64(len(r.b)) {
		r.fail("a text of %d bytes", n)
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return CleanTagText(s)
}

// CleanTagText gives a text that the database takes: valid UTF-8 without the zero character.
func CleanTagText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func (r *recordReader) float() float64 {
	if len(r.b) < 8 {
		r.fail("it ends within a value")
		return 0
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	if math.IsNaN(f) || math.IsInf(f, 0) {
		r.fail("a value is no number")
		return 0
	}
	return f
}

// moment keeps times within what a database takes.
func (r *recordReader) moment(micro int64) time.Time {
	const most = 250_000_000_000_000_000 // some 7,900 years either way
	if micro > most || micro < -most/4 {
		r.fail("a time out of all bounds")
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// FrameRecords puts records behind each other, each after its length in 4 bytes, big-endian: the body that an edge node sends.
func FrameRecords(records [][]byte) []byte {
	size := 0
	for _, r := range records {
		size += 4 + len(r)
	}
	b := make([]byte, 0, size)
	for _, r := range records {
		b = binary.BigEndian.AppendUint32(b, uint32(len(r)))
		b = append(b, r...)
	}
	return b
}

// SplitRecords takes such a body apart, without copying it.
func SplitRecords(b []byte) ([][]byte, error) {
	var out [][]byte
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, fmt.Errorf("%w: the body ends within a length", ErrTornRecord)
		}
		n := binary.BigEndian.Uint32(b)
		if uint64(n) > uint64(len(b)-4) {
			return nil, fmt.Errorf("%w: the body ends within record %d", ErrTornRecord, len(out)+1)
		}
		out = append(out, b[4:4+n:4+n])
		b = b[4+n:]
	}
	return out, nil
}
