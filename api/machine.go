package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) machineRoutes() {
	handle(s, route{Method: "GET", Path: "/edge/machines", ID: "listEdgeMachines", Group: "edge", Right: policies.EdgeConfigure,
		Short: "How the machines of the site are followed, for its edge node"}, s.listEdgeMachines)
	handle(s, route{Method: "POST", Path: "/edge/machine-events", ID: "tellMachineEvents", Group: "edge", Right: policies.EdgeReport, Judged: true,
		Short: "Tell what machines did", Long: "Records are numbered by the node and taken once: a batch may be sent again until it is answered."}, s.tellMachineEvents)
	handle(s, route{Method: "GET", Path: "/machines", ID: "listMachines", Group: "machines", Right: policies.MachineRead, Table: true,
		Short: "All machines as they are now"}, s.listMachines)
	handle(s, route{Method: "GET", Path: "/machines/{station}", ID: "getMachine", Group: "machines", Right: policies.MachineRead, Short: "One machine as it is now"},
		func(ctx context.Context, in *StationPath) (*one[mes.MachineView], error) {
			return answer(s.Machines.Get(ctx, requestOf(ctx).who.Site, in.Station))
		})
	handle(s, route{Method: "GET", Path: "/machines/{station}/log", ID: "getMachineLog", Group: "machines", Right: policies.MachineRead,
		Short: "The log of a machine's states, without gap or overlap", Long: "Shifts and breaks are not in it. Without a window it is the last 24 hours."}, s.getMachineLog)
	handle(s, route{Method: "POST", Path: "/machines/{station}/state", ID: "declareMachine", Group: "machines", Right: policies.MachineDeclare, Command: true, Judged: true, Noun: mes.NounMachine,
		Short: "Say by hand what a machine does", Long: "It holds until the machine runs, or until it is taken back with an empty state. Planned down holds until it is taken back."}, s.declareMachine)
}

func (s *Server) listEdgeMachines(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.MachineDefinition]], error) {
	return whole(s.Machines.Definitions(ctx, requestOf(ctx).who.Site))
}

// MachineEvents are an edge node's words on its machines.
type MachineEvents struct {
	Node    string            `json:"node" minLength:"1" maxLength:"64" doc:"Made by the node's buffer."`
	First   int64             `json:"first" minimum:"1" doc:"The number of the first record."`
	Records []json.RawMessage `json:"records" maxItems:"2000"`
	Alive   []string          `json:"alive" maxItems:"1000" doc:"Stations whose machines are followed now, with nothing more to tell of them."`
}

func (s *Server) tellMachineEvents(ctx context.Context, in *struct{ Body MachineEvents }) (*one[mes.MachineTaken], error) {
	if err := s.decide(ctx, mes.Case{}); err != nil {
		return nil, err
	}
	b := in.Body
	return answer(s.Machines.Take(ctx, requestOf(ctx).who.Site, mes.MachineBatch{Node: b.Node, First: b.First, Records: b.Records, Alive: b.Alive}))
}

func (s *Server) listMachines(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.MachineView]], error) {
	return whole(s.Machines.List(ctx, requestOf(ctx).who.Site))
}

// maxLogDays bounds one look at a machine's log.
const maxLogDays = 31

type machineLogInput struct {
	StationPath
	From  time.Time `query:"from" doc:"Left out, it is 24 hours before the end."`
	Until time.Time `query:"until" doc:"Left out, it is now."`
}

func (s *Server) getMachineLog(ctx context.Context, in *machineLogInput) (*one[mes.MachineLog], error) {
	from, until, err := s.window(in.From, in.Until, 24*time.Hour, maxLogDays)
	if err != nil {
		return nil, err
	}
	return answer(s.Machines.Log(ctx, requestOf(ctx).who.Site, in.Station, from, until))
}

// window completes a window of time, and refuses one that is none or too long.
func (s *Server) window(from, until time.Time, back time.Duration, days int) (time.Time, time.Time, error) {
	if until.IsZero() {
		until = s.Now()
	}
	if from.IsZero() {
		from = until.Add(-back)
	}
	var f mes.Faults
	f.Check(from.Before(until), "query.until", "must be after from")
	f.Check(until.Sub(from) <= time.Duration(days)*24*time.Hour, "query.from", "is more than %d days before until", days)
	return from, until, f.Err("This window can't be read.")
}

// DeclareMachine is a person's word on a machine's state.
type DeclareMachine struct {
	State  mes.MachineState `json:"state" enum:",running,idle,blocked,starved,setup,planned_down,unplanned_down" doc:"Empty lets the machine speak for itself again."`
	Reason string           `json:"reason,omitempty" maxLength:"64" doc:"Code of the stop reason."`
	Note   string           `json:"note,omitempty" maxLength:"500"`
}

type declareMachineInput struct {
	StationPath
	Body DeclareMachine
}

func (s *Server) declareMachine(ctx context.Context, in *declareMachineInput) (*one[mes.StateStretch], error) {
	r := requestOf(ctx)
	if err := s.decide(ctx, mes.Case{At: in.Station, Kept: "The machine's state is as it was."}); err != nil {
		return nil, err
	}
	return answer(s.Machines.Declare(ctx, r.scopedKey(), r.who.Site, in.Station, r.actor(), mes.Declaration{State: in.Body.State, Reason: in.Body.Reason, Note: strings.TrimSpace(in.Body.Note)}))
}
