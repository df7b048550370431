package app

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/api"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// ExportAudit is the command that writes the trail for people outside.
type ExportAudit struct {
	From  string `help:"First day or moment, 2026-11-01 or RFC 3339; the beginning when left out. Days are UTC."`
	To    string `help:"First day or moment that is left out; now when left out."`
	Out   string `default:"audit-export" help:"Folder; made where it is missing. It gets audit.jsonl and audit.csv."`
	Noun  string `help:"Only rows of this kind of record."`
	Actor string `help:"Only rows of this account."`
	Records
}

// Run writes both files. They are complete or the command fails.
func (e ExportAudit) Run(ctx context.Context) error {
	f := mes.AuditFilter{Paging: mes.Paging{Limit: mes.MaxPage}, Noun: e.Noun, Actor: e.Actor}
	var err error
	if f.From, err = moment("--from", e.From); err != nil {
		return err
	}
	if f.To, err = moment("--to", e.To); err != nil {
		return err
	}
	s, _, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := os.MkdirAll(e.Out, 0o750); err != nil {
		return err
	}
	n, err := e.write(ctx, s, f)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%d rows, newest first, are in %s.\n", n, e.Out)
	return err
}

func moment(flag, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return &t, nil
		}
	}
	return nil, fmt.Errorf("%s: %q is neither a day (2026-11-01) nor a moment (2026-11-01T06:00:00Z)", flag, text)
}

func (e ExportAudit) write(ctx context.Context, s *store.Store, f mes.AuditFilter) (n int, err error) {
	lines, err := os.OpenFile(filepath.Join(e.Out, "audit.jsonl"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	table, err := os.OpenFile(filepath.Join(e.Out, "audit.csv"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	out, rows := bufio.NewWriter(lines), csv.NewWriter(table)
	if err := rows.Write([]string{"id", "at", "actor", "action", "noun", "subject", "reason", "before", "after", "source", "key", "hash"}); err != nil {
		return 0, err
	}
	encoder := json.NewEncoder(out)
	for {
		page, err := s.Audits.List(ctx, f)
		if err != nil {
			return n, err
		}
		for _, r := range page.Items {
			if err := errors.Join(encoder.Encode(r), rows.Write(auditCells(r))); err != nil {
				return n, err
			}
			n++
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			rows.Flush()
			return n, errors.Join(rows.Error(), out.Flush())
		}
	}
}

// auditCells is one row of the table; no cell is taken for a formula by a spreadsheet.
func auditCells(r mes.AuditRow) []string {
	cells := []string{strconv.FormatInt(r.ID, 10), r.At.UTC().Format(time.RFC3339Nano), r.Actor, r.Action, r.Noun, r.Subject, r.Reason, string(r.Before), string(r.After),
		r.Source, r.Key, r.Hash}
	for i, c := range cells {
		cells[i] = api.PlainCell(c)
	}
	return cells
}
