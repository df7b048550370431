package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/embedded/temporal"
	"github.com/steelthread/steelthread/internal/runfile"
	"github.com/steelthread/steelthread/internal/wiring"
	"github.com/steelthread/steelthread/mes"
)

// History is the command that tells a work order's story, joined from the records and the workflow engine. Without an
// engine it tells what the records know, and says what is missing.
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
	engine, err := h.engine(c)
	if err != nil {
		return err
	}
	defer engine.Close()
	d := wiring.API(s)
	d.Temporal, d.Log = engine, quiet()
	teller, err := api.New(d)
	if err != nil {
		return err
	}
	story, err := teller.Story(ctx, site, h.Number, h.Lot)
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
	return printStory(os.Stdout, story, zone)
}

// engine connects to a running mes's own engine, or the one that the environment names, at the first call only.
func (h History) engine(c config.Config) (client.Client, error) {
	o := c.Temporal.Options
	if run, err := runfile.Read(h.Data); err == nil && c.DatabaseURL == "" && run.Temporal != "" {
		o = client.Options{HostPort: run.Temporal, Namespace: temporal.DefaultNamespace}
	}
	o.Logger = temporallog.NewStructuredLogger(quiet())
	return client.NewLazyClient(o)
}

func printStory(out io.Writer, story api.History, zone *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "time (%s)\tlot\twhere\twho\twhat\tresult\n", zone)
	for _, r := range story.Rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.At.In(zone).Format("2006-01-02 15:04:05.000"), dash(r.Lot), dash(place(r)), dash(who(r)), strings.TrimSpace(r.Kind+" "+r.Step), told(r))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range story.Runs {
		fmt.Fprintf(out, "run %s of %s: %s, %d events%s\n", r.RunID, r.WorkflowID, r.Status, r.Events, exported(r))
	}
	for _, gap := range story.Gaps {
		fmt.Fprintln(out, "missing:", gap)
	}
	return nil
}

func exported(r api.HistoryRun) string {
	if !r.Archived {
		return ""
	}
	return ", exported as " + r.Blob
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
