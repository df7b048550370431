package api

import (
	"context"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

func (s *Server) operationRoutes() {
	post := func(verb, id string, right policies.Right, short string) route {
		return route{Method: "POST", Path: "/lots/{lot}/operations/{operation}/" + verb, ID: id, Group: "operations", Right: right, Judged: true, Command: true, Noun: "lot", Later: true, Short: short}
	}
	handle(s, post("start", "startOperation", policies.OperationRun, "Start a lot's operation at a station"), s.startOperation)
	handle(s, post("pause", "pauseOperation", policies.OperationPause, "Interrupt an operation"), s.operationCommand(contract.PauseOperation))
	handle(s, post("resume", "resumeOperation", policies.OperationRun, "Go on after an interruption"), s.operationCommand(contract.ResumeOperation))
	handle(s, post("complete", "completeOperation", policies.OperationRun, "Finish an operation whose steps are all done"), s.operationCommand(contract.CompleteOperation))
	handle(s, post("steps/{step}/complete", "completeStep", policies.StepComplete, "Say that the current step is done, with its values and components"), s.completeStep)
	handle(s, post("steps/{step}/retry", "retryStep", policies.StepRetry, "Ask a silent machine, camera or printer once more"), s.retryStep)
}

// OperationPath names an operation of a lot in an address.
type OperationPath struct {
	LotPath
	Operation string `path:"operation" maxLength:"64"`
}

// StepPath names a step of an operation in an address.
type StepPath struct {
	OperationPath
	Step string `path:"step" maxLength:"64"`
}

// StartAt says where an operation starts.
type StartAt struct {
	Station string `json:"station,omitempty" maxLength:"64" doc:"Left out, it is the terminal's own station."`
	Seen    int64  `json:"seen,omitempty" minimum:"0" doc:"The progress version that the command was given on."`
}

type startInput struct {
	OperationPath
	Body *StartAt
}

func (s *Server) startOperation(ctx context.Context, in *startInput) (*one[LotProgress], error) {
	at := StartAt{}
	if in.Body != nil {
		at = *in.Body
	}
	// A lot's revision changes between two operations, so what it is made by is looked up anew; the rest of the operation
	// is judged by it.
	if _, err := s.madeBy(ctx, in.Lot, in.Operation, true); err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return nil, err
	}
	if err := s.decideWork(ctx, in.Lot, in.Operation, "Nothing was started."); err != nil {
		return nil, err
	}
	c := mes.StartOperation{Actor: seen(ctx, at.Seen), Operation: in.Operation, Station: at.Station}
	if c.Station == "" {
		c.Station = c.Actor.Station
	}
	if err := s.hasRead(ctx, in.Lot, in.Operation, "", "Nothing was started."); err != nil {
		return nil, err
	}
	return lotUpdate(ctx, s, in.Lot, contract.StartOperation, c)
}

// lotRouting finds the frozen routing of a lot at one of its operations.
func (s *Server) lotRouting(ctx context.Context, lot, operation string, fresh bool) (mes.Routing, error) {
	docs, err := s.madeBy(ctx, lot, operation, fresh)
	if err != nil || docs[0].Revision == "" {
		return mes.Routing{}, err
	}
	return s.plants.routing(ctx, docs[0].ID, docs[0].Revision)
}

type operationInput struct {
	OperationPath
	Body *Reason
}

func (s *Server) operationCommand(u kit.Update[contract.OperationCommand, contract.LotAnswer]) func(context.Context, *operationInput) (*one[LotProgress], error) {
	return func(ctx context.Context, in *operationInput) (*one[LotProgress], error) {
		if err := s.decideWork(ctx, in.Lot, in.Operation, "Nothing was changed."); err != nil {
			return nil, err
		}
		c := contract.OperationCommand{Actor: requestOf(ctx).actor(), Operation: in.Operation}
		if in.Body != nil {
			c.Reason, c.Actor.Seen = in.Body.Reason, in.Body.Seen
		}
		return lotUpdate(ctx, s, in.Lot, u, c)
	}
}

// StepDone is an operator's word that a step is done.
type StepDone struct {
	Values     []StepValue     `json:"values,omitempty" maxItems:"1000" doc:"What was measured."`
	Components []StepComponent `json:"components,omitempty" maxItems:"100" doc:"What was built in."`
	Scan       string          `json:"scan,omitempty" maxLength:"200" doc:"The one thing that was scanned: a component, or the printed label."`
	Gauge      string          `json:"gauge,omitempty" maxLength:"64" doc:"What the values were measured with, where the step asks for a kind of gauge."`
	Seen       int64           `json:"seen,omitempty" minimum:"0" doc:"The progress version that the command was given on."`
}

// StepValue is one measured value.
type StepValue struct {
	Characteristic string `json:"characteristic" maxLength:"64"`
	Value          Amount `json:"value"`
	Sample         int    `json:"sample,omitempty" minimum:"0" doc:"Number of the measured piece, from 1, where several are measured."`
}

// StepComponent is one scanned component.
type StepComponent struct {
	Scan     string  `json:"scan" minLength:"1" maxLength:"200"`
	Quantity *Amount `json:"quantity,omitempty" doc:"Left out, it is what the step needs."`
}

type completeStepInput struct {
	StepPath
	Body *StepDone
}

func (s *Server) completeStep(ctx context.Context, in *completeStepInput) (*one[LotProgress], error) {
	if err := s.decideWork(ctx, in.Lot, in.Operation, "Nothing was recorded.", in.Step); err != nil {
		return nil, err
	}
	if err := s.hasRead(ctx, in.Lot, in.Operation, in.Step, "Nothing was stored."); err != nil {
		return nil, err
	}
	c := mes.CompleteStep{Actor: requestOf(ctx).actor(), Operation: in.Operation, Step: in.Step}
	if b := in.Body; b != nil {
		c.Scan, c.Gauge, c.Actor.Seen = b.Scan, strings.TrimSpace(b.Gauge), b.Seen
		for _, v := range b.Values {
			c.Values = append(c.Values, mes.Reading{Characteristic: v.Characteristic, Value: v.Value.Decimal, Sample: v.Sample})
		}
		for _, u := range b.Components {
			c.Components = append(c.Components, mes.ComponentUse{Scan: u.Scan, Quantity: u.Quantity.or()})
		}
	}
	return lotUpdate(ctx, s, in.Lot, contract.CompleteStep, c)
}

type retryInput struct {
	StepPath
	Body *Reason
}

func (s *Server) retryStep(ctx context.Context, in *retryInput) (*one[LotProgress], error) {
	if err := s.decideWork(ctx, in.Lot, in.Operation, "Nothing was asked again."); err != nil {
		return nil, err
	}
	c := contract.StepCommand{Actor: requestOf(ctx).actor(), Operation: in.Operation, Step: in.Step}
	if in.Body != nil {
		c.Actor.Seen = in.Body.Seen
	}
	return lotUpdate(ctx, s, in.Lot, contract.RetryStep, c)
}
