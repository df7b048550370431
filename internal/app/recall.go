package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
)

// Recall is the command that finds everything that a lot touched, and accounts for every piece.
type Recall struct {
	Lot    string `required:"" help:"The lot that is recalled."`
	Real   bool   `help:"In earnest; without it, it is a drill."`
	Reason string `default:"Drill from the command line." help:"Why."`
	CSV    string `placeholder:"FILE" help:"Write a row per affected lot to FILE, for the authority; - for standard output."`
	Site   string `help:"Site of the lot; the only one, or MES_SITE, when left out."`
	Records
}

// Run traces, stores what was found, and prints the sheet. It fails when pieces are missing.
func (r Recall) Run(ctx context.Context) error {
	s, c, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := onlySite(ctx, s, orElse(r.Site, c.Site))
	if err != nil {
		return err
	}
	began := time.Now()
	done, err := s.Recalls.Start(ctx, uuid.NewString(), site, commandLine(), mes.NewRecall{Lot: r.Lot, Mock: !r.Real, Reason: r.Reason})
	if err != nil {
		return err
	}
	_, found, err := s.Recalls.Get(ctx, site, done.ID)
	if err != nil {
		return err
	}
	if r.CSV != "" {
		if err := writeCSV(r.CSV, found); err != nil {
			return err
		}
	}
	out := io.Writer(os.Stdout)
	if r.CSV == "-" {
		out = os.Stderr
	}
	if err := printRecall(out, done, found, time.Since(began)); err != nil {
		return err
	}
	if !done.Balanced {
		return fmt.Errorf("recall %s: pieces are missing; look at the column missing", done.ID)
	}
	return nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// printRecall writes the sheet and the customers as text.
func printRecall(w io.Writer, r mes.Recall, f mes.RecallFound, took time.Duration) error {
	kind := "drill"
	if !r.Mock {
		kind = "recall in earnest"
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%s, %s of %s: %d lots affected, %d it was made of, found in %d ms, stored after %d ms\n", r.ID, kind, r.Lot, len(f.Affected), len(f.Sources), r.TraceMS, took.Milliseconds())
	fmt.Fprintln(out, "material\tlots\tmade\tstock\twork\tshipped\tused\tsplit off\tscrapped\treturned\tmissing\t")
	for _, m := range f.Sheet {
		fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Material, m.Lots, m.Made, m.Stock, m.Work, m.Shipped, m.Used, m.SplitOff, m.Scrapped, m.Returned, m.Missing)
	}
	for _, c := range f.Customers {
		fmt.Fprintf(out, "customer %s has %s pieces in %d lots, delivery notes %s\n", c.Customer, c.Quantity, len(c.Lots), strings.Join(c.DeliveryNotes, ", "))
	}
	return out.Flush()
}

func writeCSV(file string, f mes.RecallFound) (err error) {
	out := os.Stdout
	if file != "-" {
		if out, err = os.Create(file); err != nil {
			return err
		}
		defer func() {
			if e := out.Close(); err == nil {
				err = e
			}
		}()
	}
	w := csv.NewWriter(out)
	if err := w.Write([]string{"lot", "material", "name", "state", "place", "station", "order", "customer", "delivery_note", "shipped_at", "unit", "made", "stock", "work", "shipped", "used", "split_off", "scrapped", "returned", "missing"}); err != nil {
		return err
	}
	for _, l := range f.Affected {
		at := ""
		if l.ShippedAt != nil {
			at = l.ShippedAt.Format(time.RFC3339)
		}
		row := []string{l.Lot, l.Material, l.Name, string(l.State), string(l.Place), l.Station, l.Order, l.Customer, l.DeliveryNote, at, l.Unit,
			l.Made.String(), l.Stock.String(), l.Work.String(), l.Shipped.String(), l.Used.String(), l.SplitOff.String(), l.Scrapped.String(), l.Returned.String(), l.Missing.String()}
		for i, cell := range row {
			row[i] = api.PlainCell(cell)
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
