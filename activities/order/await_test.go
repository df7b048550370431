package order

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

var request = contract.OrderRequest{Site: workflowtest.Site, Number: workflowtest.Order, Line: "L1"}

// released makes a ledger with a released order of n pieces and a window of 4 lots.
func released(t *testing.T, n int64) *workflowtest.Ledger {
	t.Helper()
	l := workflowtest.New(workflowtest.Site)
	l.AddOrder(workflowtest.Order, n, workflowtest.Plain(1))
	if _, err := l.Release(t.Context(), "k", workflowtest.Site, workflowtest.Order, mes.Actor{}); err != nil {
		t.Fatal(err)
	}
	return l
}

func environment(t *testing.T) *testsuite.TestActivityEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(10 * time.Second)
	return env
}

func await(t *testing.T, env *testsuite.TestActivityEnvironment, a Await) (mes.OrderProgress, error) {
	t.Helper()
	contract.AwaitProgress.Register(env, a.Execute)
	v, err := env.ExecuteActivity(contract.AwaitProgress.Name, request)
	var p mes.OrderProgress
	if err == nil {
		err = v.Get(&p)
	}
	return p, err
}

func TestAwaitAnswersAtOnceWhenThereIsRoom(t *testing.T) {
	p, err := await(t, environment(t), Await{Ledger: released(t, 3)})
	if err != nil || !p.HasRoom() {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestAwaitWakesSoon is about how long a station would stand idle: a change is seen within 300 ms, told or not.
func TestAwaitWakesSoon(t *testing.T) {
	for name, told := range map[string]bool{"told of changes": true, "polling": false} {
		t.Run(name, func(t *testing.T) {
			l := released(t, 8)
			if _, err := l.Fill(t.Context(), mes.FillRequest{Site: workflowtest.Site, Order: workflowtest.Order}); err != nil {
				t.Fatal(err)
			}
			a := Await{Ledger: l}
			if told {
				c := &Changes{}
				go func() { _ = c.Follow(t.Context(), l) }()
				a.Changes = c
			}
			packed := make(chan time.Time, 1)
			time.AfterFunc(400*time.Millisecond, func() { l.PackLots(t, 1); packed <- time.Now() })
			p, err := await(t, environment(t), a)
			if late := time.Since(<-packed); err != nil || !p.HasRoom() || late > 300*time.Millisecond {
				t.Errorf("%v after the change: %+v, %v", late, p, err)
			}
		})
	}
}

func TestAwaitEndsWithItsWorkerAndIsTakenUpAgain(t *testing.T) {
	l := released(t, 8)
	if _, err := l.Fill(t.Context(), mes.FillRequest{Site: workflowtest.Site, Order: workflowtest.Order}); err != nil {
		t.Fatal(err)
	}
	env := environment(t)
	stop := make(chan struct{})
	env.SetWorkerStopChannel(stop)
	time.AfterFunc(50*time.Millisecond, func() { close(stop) })
	_, err := await(t, env, Await{Ledger: l})
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.NonRetryable() || app.NextRetryDelay() > time.Second || app.NextRetryDelay() == 0 {
		t.Errorf("the wait ended with %v", err)
	}
}

func TestAwaitOfAnUnknownOrderIsFinal(t *testing.T) {
	_, err := await(t, environment(t), Await{Ledger: workflowtest.New(workflowtest.Site)})
	if e := contract.Refusal(err); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("%v", err)
	}
}

func TestChangesForgetWhoHasStopped(t *testing.T) {
	c := &Changes{}
	a, stopA := c.Watch("1")
	b, stopB := c.Watch("1")
	c.wake("1")
	c.wake("1")
	stopA()
	c.wake("1")
	c.wake("2")
	if len(a) != 1 || len(b) != 1 {
		t.Errorf("%d and %d signals wait, one is enough", len(a), len(b))
	}
	stopB()
	if len(c.waiting) != 0 {
		t.Errorf("still waiting: %v", c.waiting)
	}
	c.wakeAll()
}
