package workers

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/mocks"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// lots lists a few lots, one on each page.
type lots struct {
	mes.Lots
	all  []mes.LotView
	fail int
}

func (l *lots) List(_ context.Context, f mes.LotFilter) (mes.Page[mes.LotView], error) {
	if l.fail > 0 {
		l.fail--
		return mes.Page[mes.LotView]{}, errors.New("the database starts")
	}
	var found []mes.LotView
	for _, v := range l.all {
		if slices.Contains(f.States, v.State) {
			found = append(found, v)
		}
	}
	at := slices.IndexFunc(found, func(v mes.LotView) bool { return v.Lot > f.Cursor })
	if at < 0 {
		return mes.Page[mes.LotView]{}, nil
	}
	return mes.Page[mes.LotView]{Items: found[at : at+1], Next: found[at].Lot}, nil
}

// versions gives every lot the same version.
type versions struct{ mes.LotLedger }

func (versions) Plan(context.Context, string, string) (mes.Plan, error) {
	return mes.Plan{Progress: &mes.Progress{Version: 7}}, nil
}

func TestWorkflowsOfLotsInWorkAreToldHowFarTheLedgerIs(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	view := func(id string, s mes.LotState, ago time.Duration) mes.LotView {
		return mes.LotView{Lot: id, Site: "HAM", State: s, Wait: &mes.WaitView{Since: now.Add(-ago)}}
	}
	c := mocks.NewClient(t)
	c.On("SignalWorkflow", mock.Anything, "lot/HAM/a", "", contract.LotBehind.Name, contract.Behind{Version: 7, Reason: "restart"}).Return(nil)
	c.On("SignalWorkflow", mock.Anything, "lot/HAM/b", "", contract.LotBehind.Name, mock.Anything).Return(serviceerror.NewNotFound("none"))
	c.On("SignalWorkflow", mock.Anything, "lot/HAM/d", "", contract.LotBehind.Name, mock.Anything).Return(nil)
	r := Recovery{Client: c, Ledger: versions{}, Log: slog.New(slog.DiscardHandler), Open: &lots{all: []mes.LotView{
		view("a", mes.LotRunning, time.Hour), view("b", mes.LotReview, 0), view("c", mes.LotQueued, time.Hour), view("d", mes.LotQueued, 30*time.Second),
		view("e", mes.LotPacked, 0)}}}
	n, err := r.once(t.Context())
	if n != 3 || err != nil {
		t.Errorf("%d lots, %v: lots in work and those that moved last, want 3", n, err)
	}
}

func TestRecoveryWaitsForTheDatabase(t *testing.T) {
	l := &lots{fail: 1}
	r := Recovery{Client: mocks.NewClient(t), Ledger: versions{}, Log: slog.New(slog.DiscardHandler), Open: l}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r.Run(ctx)
	if l.fail != 0 || ctx.Err() != nil {
		t.Errorf("%d failures left, %v", l.fail, ctx.Err())
	}
}
