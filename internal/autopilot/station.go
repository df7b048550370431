package autopilot

import (
	"context"
	"net/url"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// station is one station's operator.
type station struct {
	*pilot
	operator *client // at the station's terminal
	id       string
	capacity int
	// byHand is when a person was last seen at work here.
	byHand time.Time
}

// courtesy is how long a station is left to a person after they were last seen there.
const courtesy = 3 * time.Minute

// turn looks at the queue and does the next thing: go on with what is in work, else begin what comes next.
func (s *station) turn(ctx context.Context) (acted bool, err error) {
	if s.pauses.paused(s.id) {
		return false, nil
	}
	var q mes.Queue
	if err := s.line.get(ctx, "/stations/"+url.PathEscape(s.id)+"/queue", &q); err != nil {
		return false, err
	}
	for _, card := range q.Now {
		if acted, err := s.goOn(ctx, card); acted || err != nil {
			return acted, err
		}
	}
	if s.capacity > 0 && len(q.Now) >= s.capacity || time.Since(s.byHand) < courtesy {
		return false, nil
	}
	for _, card := range q.Next {
		if card.Held || card.Why != "" || card.State != mes.LotQueued {
			continue
		}
		return s.begin(ctx, card)
	}
	return false, nil
}

func (s *station) begin(ctx context.Context, card mes.LotCard) (bool, error) {
	if !s.take(ctx, 3*time.Second) {
		return false, nil
	}
	s.pulse.follow(s.id, card.Lot)
	if err := s.operator.readNew(ctx); err != nil {
		return false, err
	}
	err := s.operator.command(ctx, operation(card)+"/start", map[string]string{"station": s.id}, nil)
	if passing(err) {
		return false, nil // a person, or a hold, was quicker
	}
	return err == nil, err
}

// goOn does the next thing with a lot in work, when it waits for an operator and no person has it in hand.
func (s *station) goOn(ctx context.Context, card mes.LotCard) (bool, error) {
	if card.Held || card.State == mes.LotReview || card.Wait == nil {
		return false, nil
	}
	if !ours(card.Operator) {
		s.byHand = time.Now()
		return false, nil
	}
	s.pulse.follow(s.id, card.Lot)
	if card.State == mes.LotRunning && card.Wait.Kind == mes.WaitSigned {
		return s.sign(ctx, s.operator, card.Lot, 4*time.Second)
	}
	waits := card.Wait.Kind == mes.WaitOperator || card.Wait.Kind == mes.WaitAnswer
	if card.State != mes.LotRunning || !waits {
		return false, nil // a person has paused it, or a machine or camera is at work
	}
	var answer struct {
		Job *mes.Job `json:"job"`
	}
	err := s.line.get(ctx, "/stations/"+url.PathEscape(s.id)+"/job?lot="+url.QueryEscape(card.Lot), &answer)
	if err != nil || answer.Job == nil {
		return false, err
	}
	if at, person := lastPerson(answer.Job.Steps); person && time.Since(at) < courtesy {
		s.byHand = at
		return false, nil
	}
	return s.work(ctx, card, *answer.Job)
}

// lastPerson tells when a person did a step of this visit last.
func lastPerson(steps []mes.BuiltStep) (at time.Time, person bool) {
	for _, st := range steps {
		if st.Operator != "" && !ours(st.Operator) && st.At.After(at) {
			at, person = st.At, true
		}
	}
	return at, person
}

func operation(card mes.LotCard) string {
	return "/lots/" + url.PathEscape(card.Lot) + "/operations/" + url.PathEscape(card.Operation)
}
