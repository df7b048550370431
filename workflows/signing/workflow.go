// Package signing is the wait for the signatures of one record, as a durable workflow: it outlives restarts, reminds those
// who can sign, and escalates. It decides nothing; what is signed by whom stands in the records.
package signing

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// Signing waits until the request has all its signatures, was rejected or is void.
func Signing(ctx workflow.Context, in contract.SigningInput) (contract.SigningResult, error) {
	s := &wait{in: in, moved: true}
	contract.SignatureMoved.Listen(ctx, s.told)
	for !s.ended() && !kit.Full(ctx) {
		if err := s.turn(ctx); err != nil {
			return contract.SigningResult{}, err
		}
	}
	if err := kit.Settle(ctx, s.drain); err != nil {
		return contract.SigningResult{}, err
	}
	if s.ended() {
		return contract.SigningResult{State: s.at.State}, nil
	}
	return contract.SigningResult{}, contract.Signing.ContinueAsNew(ctx, s.in)
}

// wait is what one run knows of its request. Nothing of it is carried on: the records have it.
type wait struct {
	in contract.SigningInput
	at mes.SignatureWait
	// moved asks for the records' word: at the beginning, after a signal, and once a day.
	moved bool
	// reminded and escalated are the signatures whose alerts this run has raised.
	reminded, escalated int
}

func (s *wait) ended() bool { return s.at.State != "" && s.at.State != mes.RequestOpen }

func (s *wait) told(mes.SignatureAsked) { s.moved = true }

// drain takes the signals that wait. What they tell of is in the records, which the next run reads first.
func (s *wait) drain(ctx workflow.Context) {
	contract.SignatureMoved.Drain(ctx, func(mes.SignatureAsked) {})
}
