package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
)

func (s *Server) historyRoutes() {
	handle(s, route{Method: "GET", Path: "/work-orders/{number}/history", ID: "getHistory", Group: "orders", Right: policies.HistoryRead, Table: true,
		Short: "An order's whole story: who, what, when, which device answered what, each wait and its reason",
		Long: "Joined from the records and from the workflow engine's own history of the runs. With lot it is the story of that lot alone. " +
			"The runs of single lots are read when the page holds few lots; runs that the engine has forgotten are read from their archive."}, s.history)
}

// History is an order's story, oldest first.
type History struct {
	Number string            `json:"number"`
	Rows   []mes.TimelineRow `json:"rows" doc:"Source engine marks what comes from the workflow engine's history."`
	Total  int               `json:"total" doc:"Rows on all pages."`
	Next   string            `json:"next" doc:"Cursor of the following page; empty after the last."`
	Runs   []HistoryRun      `json:"runs"`
	// Gaps says what could not be read, so that a story with a hole in it does not look whole.
	Gaps []string `json:"gaps" doc:"What could not be read."`
}

// HistoryRun is one run of a workflow.
type HistoryRun struct {
	WorkflowID string     `json:"workflow_id"`
	RunID      string     `json:"run_id"`
	Lot        string     `json:"lot,omitempty" doc:"Empty for the order's own runs."`
	Status     string     `json:"status"`
	Events     int        `json:"events"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	Archived   bool       `json:"archived" doc:"Exported; its hash is in the audit trail."`
	Blob       string     `json:"blob,omitempty" doc:"Hash of the exported history."`
}

type historyInput struct {
	OrderPath
	TableInput
	Lot    string `query:"lot" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"5000" default:"1000"`
	Cursor string `query:"cursor" pattern:"^[0-9]{0,9}$" patternDescription:"next of the page before"`
}

// engineLots is up to how many lots on a page have their runs read: each costs a call to the engine.
const engineLots = 12

func (s *Server) history(ctx context.Context, in *historyInput) (*one[History], error) {
	first, limit := 0, math.MaxInt
	if !wantsTable(ctx) {
		first, _ = strconv.Atoi(in.Cursor) // the pattern lets digits or nothing through
		limit = in.Limit
	}
	return answer(s.tell(ctx, storyOf{requestOf(ctx).who.Site, in.Number, in.Lot}, first, limit))
}

// Story tells an order's whole story, or with a lot that of one lot. The command line shows it where no browser is.
func (s *Server) Story(ctx context.Context, site, number, lot string) (History, error) {
	return s.tell(ctx, storyOf{site, number, lot}, 0, math.MaxInt)
}

// storyOf says whose story is told; an empty lot means the whole order's.
type storyOf struct{ site, number, lot string }

// tell reads up to limit rows of a story, from the first one on.
func (s *Server) tell(ctx context.Context, of storyOf, first, limit int) (History, error) {
	rows, err := s.Orders.Timeline(ctx, of.site, of.number)
	if err != nil {
		return History{}, err
	}
	if of.lot != "" {
		rows = slices.DeleteFunc(rows, func(r mes.TimelineRow) bool { return r.Lot != of.lot })
	}
	h := History{Number: of.number, Total: len(rows), Runs: []HistoryRun{}, Gaps: []string{}}
	first = min(first, len(rows))
	last := first + min(limit, len(rows)-first)
	h.Rows = slices.Clone(rows[first:last])
	if last < len(rows) {
		h.Next = strconv.Itoa(last)
	}
	s.addRuns(ctx, &h, of, last == len(rows), first == 0)
	slices.SortStableFunc(h.Rows, func(a, b mes.TimelineRow) int { return a.At.Compare(b.At) })
	return h, nil
}

// addRuns joins what the engine knows. An engine that does not answer leaves a gap that is named, not an error: the
// records are the truth.
func (s *Server) addRuns(ctx context.Context, h *History, of storyOf, atEnd, atStart bool) {
	window := span{open: atStart, ended: atEnd}
	if len(h.Rows) > 0 {
		window.from, window.to = h.Rows[0].At, h.Rows[len(h.Rows)-1].At
	}
	var lots []string
	if of.lot != "" {
		lots = []string{of.lot}
	} else {
		s.addWorkflow(ctx, h, window, contract.WorkOrderID(of.site, of.number), "")
		lots = lotsOf(h.Rows)
	}
	if len(lots) > engineLots {
		h.Gaps = append(h.Gaps, fmt.Sprintf("The runs of %d lots are not shown here; ask for one lot to see its run.", len(lots)))
		return
	}
	for _, lot := range lots {
		s.addWorkflow(ctx, h, window, contract.LotRouteID(of.site, lot), lot)
	}
}

func lotsOf(rows []mes.TimelineRow) []string {
	var lots []string
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Lot != "" && !seen[r.Lot] {
			seen[r.Lot] = true
			lots = append(lots, r.Lot)
		}
	}
	slices.SortFunc(lots, cmp.Compare[string])
	return lots
}

// addWorkflow adds every run of one workflow, with its events within the page's span.
func (s *Server) addWorkflow(ctx context.Context, h *History, window span, id, lot string) {
	runs, gaps := s.runs(ctx, id)
	h.Gaps = append(h.Gaps, gaps...)
	for _, r := range runs {
		r.info.Lot = lot
		h.Runs = append(h.Runs, r.info)
		for _, row := range engineRows(r.events, lot) {
			if window.holds(row.At) {
				h.Rows = append(h.Rows, row)
			}
		}
	}
}

// span is the time that a page covers; the first page reaches back, the last one forward, without end.
type span struct {
	from, to    time.Time
	open, ended bool
}

func (w span) holds(t time.Time) bool {
	return (w.open || !t.Before(w.from)) && (w.ended || t.Before(w.to))
}
