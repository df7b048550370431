package api

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/parquet-go/parquet-go"

	"github.com/steelthread/steelthread/mes"
)

// exportTypes are the forms of an export with their content types.
var exportTypes = map[string]string{"csv": csvType, "parquet": "application/vnd.apache.parquet"}

const (
	// exportPatience is how long a reader of an export may pause. It holds a connection to the database meanwhile.
	exportPatience = 2 * time.Minute
	// exportsAtOnce bounds those connections.
	exportsAtOnce = 4
	// rowGroup is how many rows of a Parquet file are in memory at once, some 10 MB.
	rowGroup = 100_000
)

type valuesInput struct{ TelemetryWindow }

// exportTelemetry streams raw values. What fails after it has begun breaks the connection off, so that half a file is never
// taken for a whole one.
func (s *Server) exportTelemetry(ctx context.Context, in *valuesInput, form string) (*huma.StreamResponse, error) {
	w, err := in.window(ctx, maxExportDays*24*time.Hour, "Nothing was exported.")
	if err != nil {
		return nil, err
	}
	// A tag that is not there is told of before the file begins.
	if _, err := s.Telemetry.Series(ctx, mes.TagWindow{Site: w.Site, Tags: w.Tags, From: w.From, Until: w.From.Add(time.Millisecond)}, 1); err != nil {
		return nil, err
	}
	if !s.exports.TryAcquire(1) {
		return nil, mes.Refuse(mes.CodeTooMany, fmt.Sprintf("%d exports are running already.", exportsAtOnce), "", "Ask again when one has ended.")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer s.exports.Release(1)
		c.SetHeader("Content-Type", exportTypes[form])
		c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, exportName(w, form)))
		c.SetStatus(http.StatusOK)
		out := newTagFile(form, &patientWriter{c.BodyWriter(), http.NewResponseController(humaecho.Unwrap(c).Response())})
		err := s.Telemetry.Export(ctx, w, out.write)
		if err == nil {
			err = out.close()
		}
		if err != nil {
			slog.WarnContext(ctx, "an export of values was not written to its end", "err", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// patientWriter gives each write its time.
type patientWriter struct {
	io.Writer
	control *http.ResponseController
}

func (w *patientWriter) Write(b []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(exportPatience)) // a connection without deadlines has no slow readers either
	return w.Writer.Write(b)
}

// tagFile is a file of values that is being written.
type tagFile struct {
	write func(*mes.TagRow) error
	close func() error
}

func newTagFile(form string, w io.Writer) tagFile {
	if form == "parquet" {
		return parquetFile(w)
	}
	return csvFile(w)
}

func csvFile(w io.Writer) tagFile {
	out := csv.NewWriter(w)
	line := []string{"at", "device", "tag", "unit", "value", "text", "quality", "received", "source"}
	_ = out.Write(line) // the writer keeps its error
	return tagFile{
		write: func(r *mes.TagRow) error {
			line[0], line[1], line[2], line[3], line[5], line[6] = stamp(&r.At), PlainCell(r.Device), PlainCell(r.Tag), PlainCell(r.Unit), PlainCell(r.Text), r.Quality.String()
			line[4], line[7], line[8] = "", stamp(&r.Received), stamp(r.Source)
			if r.Value != nil {
				line[4] = strconv.FormatFloat(*r.Value, 'g', -1, 64)
			}
			return out.Write(line)
		},
		close: func() error { out.Flush(); return out.Error() },
	}
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// parquetRow is a row of the Parquet file. Times are microseconds of UTC.
type parquetRow struct {
	At       time.Time  `parquet:"at,timestamp(microsecond),delta"`
	Device   string     `parquet:"device,dict"`
	Tag      string     `parquet:"tag,dict"`
	Unit     string     `parquet:"unit,dict"`
	Value    *float64   `parquet:"value,optional"`
	Text     *string    `parquet:"text,optional,dict"`
	Quality  string     `parquet:"quality,dict"`
	Received time.Time  `parquet:"received,timestamp(microsecond),delta"`
	Source   *time.Time `parquet:"source,optional,timestamp(microsecond)"`
}

func parquetFile(w io.Writer) tagFile {
	out := parquet.NewGenericWriter[parquetRow](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup), parquet.CreatedBy("steelthread", "", ""))
	rows := make([]parquetRow, 0, 1000)
	values := make([]float64, 1000)
	flush := func() error {
		_, err := out.Write(rows)
		rows = rows[:0]
		return err
	}
	return tagFile{
		write: func(r *mes.TagRow) error {
			p := parquetRow{At: r.At, Device: r.Device, Tag: r.Tag, Unit: r.Unit, Quality: r.Quality.String(), Received: r.Received}
			if r.Value != nil {
				p.Value = &values[len(rows)]
				*p.Value = *r.Value
			}
			if r.Text != "" {
				p.Text = new(r.Text)
			}
			if r.Source != nil {
				p.Source = new(*r.Source)
			}
			rows = append(rows, p)
			if len(rows) == cap(rows) {
				return flush()
			}
			return nil
		},
		close: func() error {
			if err := flush(); err != nil {
				return err
			}
			return out.Close()
		},
	}
}
