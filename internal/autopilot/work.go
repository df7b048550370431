package autopilot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// stepDone is the body of a step's completion.
type stepDone struct {
	Values     []value     `json:"values,omitempty"`
	Components []component `json:"components,omitempty"`
	Scan       string      `json:"scan,omitempty"`
}

type value struct {
	Characteristic string      `json:"characteristic"`
	Value          mes.Decimal `json:"value"`
	Sample         int         `json:"sample,omitempty"`
}

type component struct {
	Scan     string       `json:"scan"`
	Quantity *mes.Decimal `json:"quantity,omitempty"`
}

// effort is how long a person takes for a step of a kind.
var effort = map[mes.StepKind]time.Duration{
	mes.StepConfirm: 6 * time.Second, mes.StepScan: 4 * time.Second, mes.StepMeasure: 8 * time.Second, mes.StepLabel: 5 * time.Second,
}

// timeFor is how long a person takes for a step of a lot: what is done to each piece takes longer the more there are.
func timeFor(step mes.Step, quantity mes.Decimal) time.Duration {
	d := effort[step.Kind]
	if step.Kind == mes.StepConfirm && quantity.GreaterThan(mes.One) {
		d += time.Duration(quantity.InexactFloat64() * float64(time.Second))
	}
	return d
}

// work does what the lot waits for.
func (s *station) work(ctx context.Context, card mes.LotCard, j mes.Job) (bool, error) {
	if j.Progress.Step == "" {
		return s.finish(ctx, card)
	}
	_, step, known := j.Operation.At(j.Progress.Step)
	if !known {
		return false, fmt.Errorf("%s is at step %s, which operation %s does not have", card.Lot, j.Progress.Step, card.Operation)
	}
	at := operation(card) + "/steps/" + url.PathEscape(step.ID)
	if card.Wait.Kind == mes.WaitAnswer {
		return s.retry(ctx, at)
	}
	if !s.take(ctx, timeFor(step, j.Progress.Quantity)) {
		return false, nil
	}
	done, err := s.fill(ctx, card, j, step)
	if err != nil {
		return false, err
	}
	err = s.operator.command(ctx, at+"/complete", done, nil)
	if refused(err) {
		s.stock.distrust(done.Components)
		return false, err
	}
	return err == nil, err
}

// retry asks a silent machine or camera again, after a look at it.
func (s *station) retry(ctx context.Context, at string) (bool, error) {
	if !s.take(ctx, 15*time.Second) {
		return false, nil
	}
	err := s.operator.command(ctx, at+"/retry", struct{}{}, nil)
	return err == nil, err
}

func (s *station) finish(ctx context.Context, card mes.LotCard) (bool, error) {
	if !s.take(ctx, 2*time.Second) {
		return false, nil
	}
	err := s.operator.command(ctx, operation(card)+"/complete", struct{}{}, nil)
	return err == nil, err
}

// fill answers what a step asks for.
func (s *station) fill(ctx context.Context, card mes.LotCard, j mes.Job, step mes.Step) (stepDone, error) {
	switch step.Kind {
	case mes.StepScan:
		use, err := s.stock.choose(ctx, step.Component.Material, step.Component.Quantity.Mul(j.Progress.Quantity))
		return stepDone{Components: use}, err
	case mes.StepMeasure:
		return stepDone{Values: measure(step)}, nil
	case mes.StepLabel:
		label, err := s.label(ctx, card.Lot)
		return stepDone{Scan: label}, err
	}
	return stepDone{}, nil
}

// label is what the scanner reads from the printed label.
func (s *station) label(ctx context.Context, lot string) (string, error) {
	var l mes.LotView
	if err := s.line.get(ctx, "/lots/"+url.PathEscape(lot), &l); err != nil {
		return "", err
	}
	switch {
	case l.GTIN == "":
		return lot, nil
	case l.Tracking == mes.TrackSerial:
		return mes.SerialLabel(l.GTIN, lot), nil
	}
	return mes.LotLabel(l.GTIN, lot), nil
}

// blunder is how often a hand-measured value lies outside its limits.
const blunder = 0.01

// measure draws values as a person reads them: around the target, rounded, now and then outside the limits.
func measure(step mes.Step) []value {
	var out []value
	for n := 1; n <= max(step.Sample, 1); n++ {
		for _, c := range step.Characteristics {
			v := value{Characteristic: c.ID, Value: draw(c)}
			if step.Sample > 0 {
				v.Sample = n
			}
			out = append(out, v)
		}
	}
	return out
}

func draw(c mes.Characteristic) mes.Decimal {
	lower, upper := span(c)
	width := upper - lower
	x := (lower+upper)/2 + width*0.12*rand.NormFloat64()
	x = min(max(x, lower), upper)
	if rand.Float64() < blunder {
		x = upper + 0.05*width
	}
	return mes.FromFloat(x).Round(2)
}

// span is a characteristic's range; an open side lies as far away as the target or the other limit suggests.
func span(c mes.Characteristic) (lower, upper float64) {
	switch {
	case c.Lower != nil && c.Upper != nil:
		return c.Lower.InexactFloat64(), c.Upper.InexactFloat64()
	case c.Lower != nil:
		return c.Lower.InexactFloat64(), c.Lower.InexactFloat64()*1.2 + 1
	case c.Upper != nil:
		return c.Upper.InexactFloat64() * 0.5, c.Upper.InexactFloat64()
	case c.Target != nil:
		return c.Target.InexactFloat64() * 0.95, c.Target.InexactFloat64() * 1.05
	}
	return 0, 1
}
