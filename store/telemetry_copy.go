package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// tagLoad collects rows in PostgreSQL's binary COPY format (manual, COPY, "Binary Format"). The rows are written by hand: at
// tens of thousands of values a second the driver's own way, which boxes each column, would be what the processor works on.
type tagLoad struct {
	site  string
	buf   []byte
	rows  int
	dirty map[dirtyMinute]bool
	last  dirtyMinute
}

type dirtyMinute struct {
	at     int64 // Unix seconds
	device string
}

var copyHead = append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)

// epoch is PostgreSQL's, in microseconds of Unix time.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

const copyValues = "COPY tag_value (at, received, source, value, tag, quality, text) FROM STDIN (FORMAT binary)"

func (l *tagLoad) add(r *mes.TagRecord, ids []int) {
	if l.buf == nil {
		l.buf = append(make([]byte, 0, 64+80*len(r.Values)), copyHead...)
	}
	for i := range r.Values {
		v := &r.Values[i]
		l.row(v, ids[v.Tag])
		m := dirtyMinute{v.At.Unix() / 60 * 60, r.Tags[v.Tag].Device}
		if m != l.last {
			l.dirty[m], l.last = true, m
		}
	}
	l.rows += len(r.Values)
}

func (l *tagLoad) row(v *mes.TagValue, tag int) {
	b := binary.BigEndian.AppendUint16(l.buf, 7)
	b = appendMoment(b, v.At)
	b = appendMoment(b, v.Received)
	b = appendMoment(b, v.Source)
	if v.Number == nil {
		b = appendNull(b)
	} else {
		b = binary.BigEndian.AppendUint32(b, 8)
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(*v.Number))
	}
	b = binary.BigEndian.AppendUint32(b, 4)
	b = binary.BigEndian.AppendUint32(b, uint32(tag))
	b = binary.BigEndian.AppendUint32(b, 2)
	b = binary.BigEndian.AppendUint16(b, uint16(v.Quality))
	if v.Text == "" {
		b = appendNull(b)
	} else {
		b = binary.BigEndian.AppendUint32(b, uint32(len(v.Text)))
		b = append(b, v.Text...)
	}
	l.buf = b
}

func appendNull(b []byte) []byte { return binary.BigEndian.AppendUint32(b, math.MaxUint32) }

func appendMoment(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return appendNull(b)
	}
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixMicro()-epoch))
}

func (l *tagLoad) copy(ctx context.Context, w *work) error {
	if l.rows == 0 {
		return nil
	}
	l.buf = binary.BigEndian.AppendUint16(l.buf, math.MaxUint16)
	_, err := w.tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(l.buf), copyValues)
	return err
}

// mark asks for the roll-up of what was touched, in the round trip of the commit.
func (l *tagLoad) mark(ctx context.Context, w *work) error {
	if len(l.dirty) == 0 {
		return nil
	}
	p := sqlcgen.MarkDirtyParams{Level: string(mes.LevelMinute), Site: l.site}
	for m := range l.dirty {
		p.Ats, p.Devices = append(p.Ats, time.Unix(m.at, 0)), append(p.Devices, m.device)
	}
	return w.later.MarkDirty(ctx, p)
}
