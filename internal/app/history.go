package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// History is the command that tells a work order's story from the records.
type History struct {
	Number string `arg:"" help:"Number of the work order."`
	Lot    string `help:"Only this lot."`
	Records
}

// Run prints one line for each thing that happened, oldest first, in the site's time.
func (h History) Run(ctx context.Context) error {
	s, c, err := h.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := onlySite(ctx, s, c.Site)
	if err != nil {
		return err
	}
	rows, err := s.Orders.Timeline(ctx, site, h.Number)
	if err != nil {
		return err
	}
	view, err := s.Plant.View(ctx, site)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(view.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return h.print(os.Stdout, rows, zone)
}

func (h History) print(out io.Writer, rows []mes.TimelineRow, zone *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "time (%s)\tlot\twhere\twho\twhat\tresult\n", zone)
	for _, r := range rows {
		if h.Lot != "" && r.Lot != h.Lot {
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.At.In(zone).Format("2006-01-02 15:04:05.000"), dash(r.Lot), dash(place(r)), dash(who(r)), strings.TrimSpace(r.Kind+" "+r.Step), told(r))
	}
	return w.Flush()
}

func place(r mes.TimelineRow) string {
	parts := []string{}
	for _, p := range []string{r.Station, r.Operation} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " op ")
}

// who is the person, or the device that did it by itself.
func who(r mes.TimelineRow) string {
	parts := []string{}
	for _, p := range []string{r.Device, r.Actor} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

func told(r mes.TimelineRow) string {
	return strings.TrimSpace(strings.ReplaceAll(r.Result+" "+r.Text, "\n", " "))
}
