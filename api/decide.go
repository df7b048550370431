package api

import (
	"context"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// decide asks the policy about the route's right with the facts of the case. Routes whose right depends on conditions
// must call it; the server does not start with one that does not say so.
func (s *Server) decide(ctx context.Context, k mes.Case) error {
	r := requestOf(ctx)
	k.Who, k.Station, k.Now = r.who, r.station, s.Now()
	r.decided = true
	return s.Policy.Decide(r.route.Right, k)
}

// decideSigning refuses the signature of a step from a place where it is not given: who did the step signs at its station;
// whoever verifies it may do so from a desk, but not at another station's terminal.
func (s *Server) decideSigning(ctx context.Context, request string, signer mes.Signer) error {
	r := requestOf(ctx)
	q, err := s.Signatures.Request(ctx, r.who.Site, request)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return nil // the signing itself says so
	}
	if err != nil || q.Record.Noun != mes.SignedStep {
		return err
	}
	if need, _, _ := q.NextNeed(); need.Meaning != mes.MeaningPerformed && r.station == "" {
		return nil
	}
	lot, _, _ := strings.Cut(q.Record.ID, "/")
	v, err := s.Lots.Get(ctx, r.who.Site, lot)
	if err != nil {
		return err
	}
	who := mes.Principal{ID: signer.ID, Name: signer.Name, Roles: signer.Roles, Site: r.who.Site}
	return s.Policy.Decide(policies.StepSign, mes.Case{Who: who, Station: r.station, At: v.Station, Now: s.Now(), Kept: "Nothing was signed."})
}

// asks tells whether a condition binds the account's use of the route's right, so that its facts are worth reading.
func (s *Server) asks(r *request, c mes.Condition) bool {
	return slices.ContainsFunc(r.who.Roles, func(role mes.Role) bool { return slices.Contains(s.Policy.Conditions(role, r.route.Right), c) })
}

// decideWork decides on work at an operation: the place, the person's shift and the certificate that the operation asks
// for are facts which the lot's workflow does not know. The decision is recorded with the actor in the update.
func (s *Server) decideWork(ctx context.Context, lot, operation, kept string, step ...string) error {
	r := requestOf(ctx)
	site, err := s.plants.site(ctx, r.who.Site)
	if err != nil {
		return err
	}
	k := mes.Case{Zone: site.zone, Kept: kept}
	if s.asks(r, mes.CondQualified) {
		if err := s.certificates(ctx, &k, lot, operation, step...); err != nil {
			return err
		}
	}
	if s.asks(r, mes.CondOnShift) {
		if k.Shifts, err = s.Shifts.Facts(ctx, r.who.Site, r.who.ID); err != nil {
			return err
		}
	}
	return s.decide(ctx, k)
}

// certificates fills in what the operation and the step ask for, and what the person holds.
func (s *Server) certificates(ctx context.Context, k *mes.Case, lot, operation string, step ...string) error {
	r := requestOf(ctx)
	routing, err := s.lotRouting(ctx, lot, operation, false)
	if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return err
	}
	_, o, _ := routing.At(operation) // an unknown lot or operation is refused by the lot's own rules
	k.Need = o.Qualification
	for _, id := range step {
		if _, one, ok := o.At(id); ok {
			k.StepNeed = one.Qualification
		}
	}
	if k.Need == nil && k.StepNeed == nil {
		return nil
	}
	k.Held, err = s.Accounts.Qualifications(ctx, r.who.ID)
	return err
}

// decideReview keeps who worked on a lot from deciding on it.
func (s *Server) decideReview(ctx context.Context, lot string) error {
	built, err := s.Lots.AsBuilt(ctx, requestOf(ctx).who.Site, lot)
	if err != nil {
		return err
	}
	return s.decide(ctx, mes.Case{Performed: built.Performers(), Kept: "The lot is still in review."})
}

// decideAtLot decides on what an operator does to a lot from the terminal where it is, and others from their desks.
func (s *Server) decideAtLot(ctx context.Context, lot, kept string) error {
	r := requestOf(ctx)
	k := mes.Case{Kept: kept}
	if r.station != "" && s.asks(r, mes.CondAtStation) {
		at, err := s.placeOf(ctx, lot)
		if err != nil {
			return err
		}
		k.At = at
	}
	return s.decide(ctx, k)
}

// placeOf is the station where the lot is. One that waits for several is where the terminal is, if that is one of them.
func (s *Server) placeOf(ctx context.Context, lot string) (string, error) {
	r := requestOf(ctx)
	v, err := s.Lots.Get(ctx, r.who.Site, lot)
	if err != nil || v.State != mes.LotQueued {
		return v.Station, err
	}
	routing, err := s.lotRouting(ctx, lot, v.Operation, true)
	if err != nil {
		return "", err
	}
	if _, o, known := routing.At(v.Operation); known && slices.Contains(o.Stations, r.station) {
		return r.station, nil
	}
	return v.Station, nil
}
