package order

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func fill(t *testing.T, a Fill) (mes.Fill, error) {
	t.Helper()
	env := environment(t)
	contract.FillWindow.Register(env, a.Execute)
	v, err := env.ExecuteActivity(contract.FillWindow.Name, request)
	var f mes.Fill
	if err == nil {
		err = v.Get(&f)
	}
	return f, err
}

func TestFillStartsWhatItMade(t *testing.T) {
	l := released(t, 9)
	var started []string
	a := Fill{Ledger: l, Start: func(_ context.Context, in contract.LotRouteInput, order, line string) error {
		if order != workflowtest.Order || line != "L1" || in.Site != workflowtest.Site {
			t.Errorf("order %s, line %s, %+v", order, line, in)
		}
		started = append(started, in.Lot)
		return nil
	}}
	if f, err := fill(t, a); err != nil || f.Created != 4 || len(started) != 4 || f.Open != nil {
		t.Fatalf("first fill: %+v, started %v, %v", f, started, err)
	}
	l.PackLots(t, 2)
	started = nil
	if f, err := fill(t, a); err != nil || f.Created != 2 || !slices.Equal(started, []string{"P-0005", "P-0006"}) {
		t.Errorf("second fill: %+v, started %v, %v", f, started, err)
	}
}

func TestFillThatCanNotStartIsTriedAgainWithAllOpenLots(t *testing.T) {
	broken := errors.New("the engine is away")
	a := Fill{Ledger: released(t, 9), Start: func(context.Context, contract.LotRouteInput, string, string) error { return broken }}
	if _, err := fill(t, a); err == nil || contract.Refusal(err) != nil {
		t.Errorf("the failure is final: %v", err)
	}
	f := mes.Fill{Open: []string{"a", "b", "c"}, Created: 1}
	if got := toStart(f, 1); !slices.Equal(got, []string{"c"}) {
		t.Errorf("first attempt: %v", got)
	}
	if got := toStart(f, 2); !slices.Equal(got, f.Open) {
		t.Errorf("second attempt: %v", got)
	}
}
