package api

import (
	"context"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) dispatchRoutes() {
	handle(s, route{Method: "GET", Path: "/lines/{line}/dispatch", ID: "getLineDispatch", Group: "dispatching", Right: policies.DispatchRead,
		Short: "The queues of a line's stations: what comes next, where each job stands and why", Long: "With what keeps a station from starting, who is there, and its load by planned times."},
		func(ctx context.Context, in *LinePath) (*one[mes.LineDispatch], error) {
			return answer(s.Dispatching.Line(ctx, requestOf(ctx).who.Site, in.Line))
		})
	handle(s, route{Method: "GET", Path: "/lines/{line}/queue", ID: "listLineQueue", Group: "dispatching", Right: policies.DispatchRead, Table: true,
		Short: "All jobs that wait on a line, one row for each station that may do them"}, s.listLineQueue)
	handle(s, route{Method: "POST", Path: "/lines/{line}/dispatch-rule", ID: "setDispatchRule", Group: "dispatching", Right: policies.DispatchRule, Command: true, Noun: "line",
		Short: "Say by which rule a line puts its queues in order"}, s.setDispatchRule)
	handle(s, route{Method: "GET", Path: "/stations/{station}/dispatch-log", ID: "listDispatchLog", Group: "dispatching", Right: policies.StationRead, Table: true,
		Short: "What changed in a station's queue, and why, newest first", Long: "A line for each time that another job overtook the first one, or that jobs became ready or are not any more. Kept for 30 days."}, s.listDispatchLog)
	s.queueCommandRoutes()
}

func (s *Server) queueCommandRoutes() {
	post := func(verb, id, short string) route {
		return route{Method: "POST", Path: "/stations/{station}/queue/{lot}/" + verb, ID: id, Group: "dispatching", Right: policies.DispatchOrder, Command: true, Noun: "lot", Short: short}
	}
	handle(s, post("move", "moveJob", "Move a job in front of another one of the queue, or to its top, until it starts"),
		func(ctx context.Context, in *moveJobInput) (*one[mes.HandPlace], error) {
			r := in.of(ctx)
			m := mes.DispatchMove{Station: in.Station, Lot: in.Lot, Before: in.Body.Before, Reason: in.Body.Reason}
			return answer(s.Dispatching.Move(ctx, r.scopedKey(), r.who.Site, r.actor(), m))
		})
	handle(s, post("undo-move", "undoMoveJob", "Take back a move that one has just made; the place before it holds again"),
		func(ctx context.Context, in *QueuedPath) (*one[QueuedJobChanged], error) {
			r := in.of(ctx)
			return answer(QueuedJobChanged{in.Station, in.Lot}, s.Dispatching.Undo(ctx, r.scopedKey(), r.who.Site, in.Station, in.Lot, r.actor()))
		})
	handle(s, post("release-place", "releaseJobPlace", "Let the line's rule place a job again that was moved by hand"),
		func(ctx context.Context, in *releasePlaceInput) (*one[QueuedJobChanged], error) {
			r := in.of(ctx)
			return answer(QueuedJobChanged{in.Station, in.Lot}, s.Dispatching.Release(ctx, r.scopedKey(), r.who.Site, in.Station, in.Lot, r.actor(), in.Body.Reason))
		})
}

// LinePath names a line in an address.
type LinePath struct {
	Line string `path:"line" maxLength:"64"`
}

// QueuedPath names a job in the queue of a station.
type QueuedPath struct {
	StationPath
	Lot string `path:"lot" maxLength:"64"`
}

// of is the request, with the lot as what a refusal is audited on.
func (p QueuedPath) of(ctx context.Context) *request {
	r := requestOf(ctx)
	r.subject = p.Lot
	return r
}

// MoveJob is where a job shall stand.
type MoveJob struct {
	Before string `json:"before,omitempty" maxLength:"64" doc:"The lot in front of which it shall stand; left out is the top."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type moveJobInput struct {
	QueuedPath
	Body MoveJob
}

type releasePlaceInput struct {
	QueuedPath
	Body HoldReason
}

// QueuedJobChanged names the job whose place has changed.
type QueuedJobChanged struct {
	Station string `json:"station"`
	Lot     string `json:"lot"`
}

// SetDispatchRule is how a line shall dispatch.
type SetDispatchRule struct {
	Rule    mes.DispatchRule `json:"rule" doc:"priority, critical_ratio, fifo or setup."`
	LeadMin int              `json:"lead_min" doc:"How many minutes before its expected start a job's material must be free."`
	Version int64            `json:"version" minimum:"0" doc:"The version that was read; 0 for a line that has none."`
	Reason  string           `json:"reason" minLength:"1" maxLength:"500"`
}

type setDispatchRuleInput struct {
	LinePath
	Body SetDispatchRule
}

func (s *Server) setDispatchRule(ctx context.Context, in *setDispatchRuleInput) (*one[mes.DispatchSetting], error) {
	r, b := requestOf(ctx), in.Body
	setting := mes.DispatchSetting{Line: in.Line, Rule: b.Rule, LeadMin: b.LeadMin, Version: b.Version}
	return answer(s.Dispatching.Set(ctx, r.scopedKey(), r.who.Site, r.actor(), setting, b.Reason))
}

type lineQueueInput struct {
	LinePath
	TableInput
}

// QueueRow is a job in a station's queue, as a row of a table.
type QueueRow struct {
	Station   string       `json:"station"`
	Position  int          `json:"position"`
	State     mes.JobState `json:"state"`
	Lot       string       `json:"lot"`
	Order     string       `json:"order"`
	Product   string       `json:"product"`
	Operation string       `json:"operation"`
	Quantity  mes.Decimal  `json:"quantity"`
	Priority  int          `json:"priority"`
	Due       time.Time    `json:"due"`
	SlackS    int64        `json:"slack_s"`
	Start     *time.Time   `json:"start,omitempty"`
	Reasons   string       `json:"reasons" doc:"All of them, what keeps it from starting first."`
}

func (s *Server) listLineQueue(ctx context.Context, in *lineQueueInput) (*one[mes.Page[QueueRow]], error) {
	line, err := s.Dispatching.Line(ctx, requestOf(ctx).who.Site, in.Line)
	if err != nil {
		return nil, err
	}
	rows := []QueueRow{}
	for _, q := range line.Stations {
		for _, c := range q.Next {
			rows = append(rows, queueRow(q.Station, c))
		}
	}
	return whole(rows, nil)
}

func queueRow(station string, c mes.LotCard) QueueRow {
	row := QueueRow{Station: station, Lot: c.Lot, Order: c.Order, Product: c.Product, Operation: c.Operation, Quantity: c.Quantity, Priority: c.Priority, Due: c.Due}
	if d := c.Dispatch; d != nil {
		texts := make([]string, len(d.Reasons))
		for i, r := range d.Reasons {
			texts[i] = r.Text
		}
		row.Position, row.State, row.SlackS, row.Start, row.Reasons = d.Position, d.State, d.SlackS, d.Start, strings.Join(texts, "; ")
	}
	return row
}

type dispatchLogInput struct {
	ListInput
	StationPath
}

// DispatchLogRow is a line of a dispatch log with its sentence.
type DispatchLogRow struct {
	mes.DispatchChange
	Text string `json:"text" doc:"The reason in English."`
}

func (s *Server) listDispatchLog(ctx context.Context, in *dispatchLogInput) (*one[mes.Page[DispatchLogRow]], error) {
	f := mes.DispatchLogFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Station: in.Station}
	return page(ctx, s, &f.Paging, func() (mes.Page[DispatchLogRow], error) {
		p, err := s.Dispatching.Log(ctx, f)
		out := mes.Page[DispatchLogRow]{Items: make([]DispatchLogRow, len(p.Items)), Next: p.Next, Total: p.Total}
		for i, c := range p.Items {
			out.Items[i] = DispatchLogRow{c, c.Reason.Text}
		}
		return out, err
	})
}
