package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/runfile"
	"github.com/steelthread/steelthread/mes"
)

// TellLost is the command that names what a restore has lost, as far as the outside world still knows it.
type TellLost struct {
	ERP    string `placeholder:"FILE" help:"Keys of messages that the ERP holds, one a line. Left out, the inbox of MES_ERP_INBOX_URL or of the demo's ERP is asked."`
	Labels string `placeholder:"FILE" help:"Lot and serial numbers that are on labels or in other systems, one a line."`
	Records
}

// Run prints the report.
func (t TellLost) Run(ctx context.Context) error {
	s, c, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	last, err := s.Restores.Last(ctx)
	if mes.CodeOf(err) == mes.CodeNotFound {
		_, err := fmt.Println("These records were never restored from a backup; nothing is lost.")
		return err
	}
	if err != nil {
		return err
	}
	open, err := s.Restores.OpenAt(ctx, last)
	if err != nil {
		return err
	}
	world, err := t.world(ctx, c, last)
	if err != nil {
		return err
	}
	lots, keys, err := s.Restores.Unknown(ctx, world.lots, world.keys)
	if err != nil {
		return err
	}
	return tellLost(os.Stdout, last, open, world, lots, keys)
}

// outside is what the world remembers.
type outside struct {
	keys []string // of messages that the ERP has
	lots []string // named in them, or on labels
	from string   // where it was asked
}

// world asks the ERP and reads the named lists.
func (t TellLost) world(ctx context.Context, c config.Config, last mes.Restored) (w outside, err error) {
	switch url := t.inbox(c); {
	case t.ERP != "":
		w.from = t.ERP
		if w.keys, err = lines(t.ERP); err != nil {
			return w, err
		}
	case url != "":
		w.from = url
		if err := w.ask(ctx, url, last.RestoredAt); err != nil {
			return w, fmt.Errorf("ask the ERP what it has: %w", err)
		}
	}
	if t.Labels == "" {
		return w, nil
	}
	labels, err := lines(t.Labels)
	w.lots = append(w.lots, labels...)
	return w, err
}

func (t TellLost) inbox(c config.Config) string {
	if c.ERPInboxURL != "" {
		return c.ERPInboxURL
	}
	if run, err := runfile.Read(t.Data); err == nil && run.Sim != nil {
		return run.Sim.ERP + "/messages"
	}
	return ""
}

// ask reads an inbox as the demo's ERP shows it, and the lots that its messages name. Only what came before the restore
// can be lost.
func (w *outside) ask(ctx context.Context, url string, before time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var page struct {
		Items []struct {
			Key        string    `json:"key"`
			ReceivedAt time.Time `json:"received_at"`
			Body       struct {
				Lot string `json:"lot"`
			} `json:"body"`
		} `json:"items"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<30)).Decode(&page); err != nil {
		return err
	}
	for _, m := range page.Items {
		if m.ReceivedAt.After(before) {
			continue
		}
		w.keys = append(w.keys, m.Key)
		if m.Body.Lot != "" {
			w.lots = append(w.lots, m.Body.Lot)
		}
	}
	return nil
}

// lines reads a list, one entry a line.
func lines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		if l := strings.TrimSpace(s.Text()); l != "" {
			out = append(out, l)
		}
	}
	return out, s.Err()
}

func tellLost(out io.Writer, r mes.Restored, open []mes.OpenLot, w outside, lots, keys []string) error {
	const stamp = "2006-01-02 15:04:05 MST"
	fmt.Fprintf(out, "Restored at %s by %s from %s.\n", r.RestoredAt.Format(stamp), r.By, r.File)
	fmt.Fprintf(out, "The records end at %s. Everything recorded between that and the loss is gone, at most until %s.\n", r.TakenAt.Format(stamp), r.RestoredAt.Format(stamp))
	fmt.Fprintf(out, "Audit trail at the backup: %d rows, head %s.\nAudit trail as restored:   %d rows, head %s.\n", r.Before.AuditRows, r.Before.AuditHead, r.AuditRows, r.Head)
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "\nNumbers that are never given out, since they may have been:\nproduct\tafter\tup to\n")
	for _, p := range sortedKeys(r.Lots) {
		fmt.Fprintf(t, "%s\t%d\t%d\n", p, r.Lots[p].From, r.Lots[p].To)
	}
	fmt.Fprintf(t, "\nLots on their way at the backup; find each and compare it with where it really is:\nlot\tproduct\torder\tlast known\tat\n")
	for _, l := range open {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s %s\t%s\n", l.Lot, l.Product, dash(l.Order), l.Event, strings.Trim(l.Operation+"/"+l.Step, "/"), l.At.Format(stamp))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if w.from == "" && len(w.lots) == 0 {
		_, err := fmt.Fprintln(out, "\nNothing of the outside was compared: name the ERP's keys with --erp and printed numbers with --labels.")
		return err
	}
	fmt.Fprintf(out, "\nCompared with %d messages of %s and %d lot numbers.\n", len(w.keys), dash(w.from), len(w.lots))
	if err := listed(out, "Messages that the ERP has and the records do not know", keys); err != nil {
		return err
	}
	return listed(out, "Lots that exist outside and not in the records", lots)
}

func listed(out io.Writer, what string, items []string) error {
	if len(items) == 0 {
		_, err := fmt.Fprintf(out, "%s: none.\n", what)
		return err
	}
	_, err := fmt.Fprintf(out, "%s (%d):\n  %s\n", what, len(items), strings.Join(items, "\n  "))
	return err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
