package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/steelthread/steelthread/mes"
)

// importLimit is the largest file in bytes, importRows the most rows of one.
const (
	importLimit = 8 << 20
	importRows  = 20_000
)

type importInput struct {
	RawBody []byte `contentType:"text/csv"`
}

// Imported says what a file brought.
type Imported struct {
	Received int      `json:"received"`
	Lots     []string `json:"lots"`
}

// importMaterial takes a whole file or nothing of it.
func (s *Server) importMaterial(ctx context.Context, in *importInput) (*one[Imported], error) {
	r := requestOf(ctx)
	r.subject = "import"
	receipts, rows, faults, err := readReceipts(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := s.checkReceipts(ctx, receipts, rows, &faults); err != nil {
		return nil, err
	}
	if err := faults.Err("The file was not imported."); err != nil {
		return nil, err
	}
	lots, err := s.Materials.Receive(ctx, r.scopedKey(), r.who.Site, r.actor(), receipts)
	if err != nil {
		return nil, byRow(err, rows)
	}
	out := Imported{Received: len(lots), Lots: make([]string, len(lots))}
	for i, l := range lots {
		out.Lots[i] = l.Lot
	}
	return answer(out, nil)
}

// checkReceipts applies the rules of receiving to each row, so that faults of form and of content are named together.
func (s *Server) checkReceipts(ctx context.Context, receipts []mes.Receipt, rows []int, faults *mes.Faults) error {
	products, err := s.Plant.Products(ctx)
	if err != nil {
		return err
	}
	known := make(map[string]mes.Material, len(products))
	for _, p := range products {
		known[p.ID] = p.Material
	}
	first := map[string]int{}
	for i, receipt := range receipts {
		m, ok := known[receipt.Material]
		var e *mes.Error
		if errors.As(receipt.Validate(m, ok, s.Now()), &e) {
			for _, f := range e.Fields {
				field := fmt.Sprintf("row %d.%s", rows[i], f.Field)
				if !slices.ContainsFunc(*faults, func(had mes.FieldError) bool { return had.Field == field }) {
					*faults = append(*faults, mes.FieldError{Field: field, Message: f.Message})
				}
			}
		}
		if at, twice := first[receipt.Lot]; twice && receipt.Lot != "" {
			faults.Add(fmt.Sprintf("row %d.lot", rows[i]), "%q is in row %d already", receipt.Lot, at)
		}
		first[receipt.Lot] = rows[i]
	}
	return nil
}

var receiptColumns = []string{"lot", "material", "quantity", "supplier", "supplier_lot", "expires_at"}

// readReceipts reads the file. rows are the line numbers as a spreadsheet shows them. A row that can't be read in full
// still gives a receipt, so that its other fields are checked too.
func readReceipts(file []byte) (receipts []mes.Receipt, rows []int, faults mes.Faults, err error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(file) {
		return nil, nil, nil, unreadable("it is not UTF-8 text")
	}
	if r, bad := unfit(string(file)); bad {
		return nil, nil, nil, unreadable(fmt.Sprintf("it holds the character %U", r))
	}
	in := csv.NewReader(bytes.NewReader(file))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = separator(file), -1, true
	head, err := in.Read()
	if err != nil {
		return nil, nil, nil, unreadable("it has no header line")
	}
	at, err := columnsOf(head)
	if err != nil {
		return nil, nil, nil, err
	}
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, nil, nil, unreadable(fmt.Sprintf("line %d: %s", bad.Line, bad.Err))
		}
		if err != nil {
			return nil, nil, nil, unreadable(err.Error())
		}
		if len(rows) == importRows {
			return nil, nil, nil, unreadable(fmt.Sprintf("it has more than %d rows", importRows))
		}
		line, _ := in.FieldPos(0)
		rows = append(rows, line)
		receipts = append(receipts, readReceipt(record, at, line, &faults))
	}
	if len(rows) == 0 {
		return nil, nil, nil, unreadable("it has no rows")
	}
	return receipts, rows, faults, nil
}

func unreadable(why string) error {
	return &mes.Error{Code: mes.CodeUnprocessable, What: "The file can't be imported: " + why + ".", Kept: "Nothing was stored.", Do: "Correct it and send it again.",
		Fields: []mes.FieldError{{Field: "row 1", Message: why}}}
}

// separator is what the header line separates its columns with.
func separator(file []byte) rune {
	head, _, _ := bytes.Cut(file, []byte("\n"))
	for _, c := range ";\t" {
		if bytes.ContainsRune(head, c) {
			return c
		}
	}
	return ','
}

// columnsOf finds the columns by their names, in any order.
func columnsOf(head []string) (map[string]int, error) {
	at := map[string]int{}
	var f mes.Faults
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := at[name]
		f.Check(slices.Contains(receiptColumns, name), "row 1."+name, "is not a column; the columns are %s", strings.Join(receiptColumns, ", "))
		f.Check(!twice, "row 1."+name, "is there twice")
		at[name] = i
	}
	for _, name := range receiptColumns[:5] {
		_, ok := at[name]
		f.Check(ok, "row 1."+name, "is missing")
	}
	return at, f.Err("The file was not imported.")
}

func readReceipt(record []string, at map[string]int, line int, faults *mes.Faults) mes.Receipt {
	field := func(name string) string {
		if i, ok := at[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	where := func(name string) string { return fmt.Sprintf("row %d.%s", line, name) }
	r := mes.Receipt{Lot: field("lot"), Material: field("material"), Supplier: field("supplier"), SupplierLot: field("supplier_lot")}
	if len(record) > len(at) {
		faults.Add(fmt.Sprintf("row %d", line), "has %d fields, the header has %d", len(record), len(at))
	}
	if q := field("quantity"); amountPattern.MatchString(q) {
		r.Quantity, _ = mes.ParseDecimal(q) // the pattern only lets decimals through
	} else {
		faults.Add(where("quantity"), "%q is not a decimal number", q)
	}
	if e := field("expires_at"); e != "" {
		t, err := readDate(e)
		if err != nil {
			faults.Add(where("expires_at"), "%q is neither a date like 2027-01-31 nor a time like 2027-01-31T12:00:00Z", e)
		} else {
			r.ExpiresAt = &t
		}
	}
	return r
}

// readDate reads a moment, or a day, at whose end in UTC the lot expires.
func readDate(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339, s)
}

var receiptField = regexp.MustCompile(`^lots\[([0-9]+)\]\.?(.*)$`)

// byRow renames the fields of a refusal from the list's positions to the file's rows.
func byRow(err error, rows []int) error {
	var e *mes.Error
	if !errors.As(err, &e) {
		return err
	}
	renamed := *e
	renamed.Fields = slices.Clone(e.Fields)
	for i, f := range renamed.Fields {
		if m := receiptField.FindStringSubmatch(f.Field); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n < len(rows) {
				renamed.Fields[i].Field = strings.TrimSuffix(fmt.Sprintf("row %d.%s", rows[n], m[2]), ".")
			}
		} else if len(rows) == 1 {
			renamed.Fields[i].Field = fmt.Sprintf("row %d.%s", rows[0], f.Field)
		}
	}
	return &renamed
}
