package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
)

const (
	csvType   = "text/csv"
	metaTable = "table"
)

type tableKey struct{}

// negotiateTable decides whether the answer is a table. Only routes that have one can be asked for it; all else is
// JSON, whatever the client accepts.
func negotiateTable(c huma.Context, next func(huma.Context)) {
	accept := "application/json"
	if c.Operation().Metadata[metaTable] == true && (c.Query("format") == "csv" || c.Query("format") == "" && strings.Contains(c.Header("Accept"), csvType)) {
		accept = csvType
		c = huma.WithValue(c, tableKey{}, true)
	}
	next(accepting{c, accept})
}

func wantsTable(ctx context.Context) bool { return ctx.Value(tableKey{}) != nil }

// under gives the embedded context a field name that does not hide its method Context.
type under = huma.Context

// accepting is a context that accepts one type.
type accepting struct {
	under
	accept string
}

// Header answers the negotiated type for Accept.
func (a accepting) Header(name string) string {
	if strings.EqualFold(name, "Accept") {
		return a.accept
	}
	return a.under.Header(name)
}

// Unwrap lets the echo adapter find its own.
func (a accepting) Unwrap() huma.Context { return a.under }

// writeTable writes a page's items, or a graph's nodes, as CSV: a header line, then a row each. The columns are the
// scalar fields by their JSON names; parts of a part are named part.field, lists of words are joined.
func writeTable(w io.Writer, v any) error {
	rows := rowsOf(reflect.ValueOf(v))
	if !rows.IsValid() {
		return fmt.Errorf("%T has no table form", v)
	}
	out := csv.NewWriter(w)
	cols := columns(rows.Type().Elem(), "", nil)
	head := make([]string, len(cols))
	for i, c := range cols {
		head[i] = c.name
	}
	if err := out.Write(head); err != nil {
		return err
	}
	line := make([]string, len(cols))
	for i := range rows.Len() {
		for j, c := range cols {
			line[j] = cell(rows.Index(i), c.path)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func rowsOf(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	for _, name := range []string{"Items", "Rows", "Nodes"} {
		rows := v.FieldByName(name)
		if rows.IsValid() && rows.Kind() == reflect.Interface {
			rows = rows.Elem() // one of several kinds of row, as asked for
		}
		if rows.IsValid() && !rows.IsNil() {
			return rows
		}
	}
	return reflect.Value{}
}

type column struct {
	name string
	path []int
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	decimalType = reflect.TypeFor[mes.Decimal]()
	rawType     = reflect.TypeFor[json.RawMessage]()
)

// columns lists the columns of a row type.
func columns(t reflect.Type, prefix string, at []int) []column {
	var out []column
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		path := append(append([]int{}, at...), i)
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "":
			out = append(out, columns(ft, prefix, path)...)
		case ft == timeType || ft == decimalType || ft == rawType:
			out = append(out, column{prefix + name, path})
		case ft.Kind() == reflect.Struct && prefix == "":
			out = append(out, columns(ft, name+".", path)...)
		case ft.Kind() == reflect.Slice && ft.Elem().Kind() != reflect.String, ft.Kind() == reflect.Map, ft.Kind() == reflect.Struct:
		default:
			out = append(out, column{prefix + name, path})
		}
	}
	return out
}

// cell is one field as text; empty where a part is not there.
func cell(row reflect.Value, path []int) string {
	v := row
	for _, i := range path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return ""
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.UTC().Format(time.RFC3339Nano)
	case mes.Decimal:
		return x.String()
	case json.RawMessage:
		return string(x)
	}
	if v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = v.Index(i).String()
		}
		return PlainCell(strings.Join(parts, " "))
	}
	return PlainCell(fmt.Sprint(v.Interface()))
}

// PlainCell keeps a spreadsheet from taking text for a formula: what people typed stays text.
func PlainCell(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := mes.ParseDecimal(s); err == nil {
		return s
	}
	return "'" + s
}
