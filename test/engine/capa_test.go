//go:build engine

package engine

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// capaRun is one CAPA with its workflow.
type capaRun struct {
	*plant
	workflowtest.Walk
}

func (p *plant) raises(id string) *capaRun {
	p.t.Helper()
	p.capas.Put(mes.CAPARequest{Site: workflowtest.Site, Title: "Leaks", Why: "14 of 3,040", Severity: mes.SeverityHigh, Owner: "arne"}.Open(id, mes.Actor{ID: "paula"}, time.Now().UTC()))
	if err := contract.StartCAPA(p.ctx, p.client, contract.CAPAInput{Site: workflowtest.Site, CAPA: id}); err != nil {
		p.t.Fatal(err)
	}
	return &capaRun{p, workflowtest.Walk{CAPAs: p.capas, ID: id, Due: 20 * day, Criterion: mes.CAPACriterion{Codes: []string{"SEAL-02"}, Measure: mes.MeasureRate, Target: mes.One, Days: 90,
		MinPieces: mes.Count(8000)}}}
}

func (c *capaRun) id() string { return contract.CAPAFlowID(workflowtest.Site, c.ID) }

// step gives commands and tells the workflow, as the outbox does.
func (c *capaRun) step(steps ...func() error) {
	c.t.Helper()
	for _, do := range steps {
		if err := do(); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := contract.TellCAPA(c.ctx, c.client, contract.CAPAInput{Site: workflowtest.Site, CAPA: c.ID}); err != nil {
		c.t.Fatal(err)
	}
}

// soon moves the end of the effectiveness check, so that nobody waits for 90 days.
func (c *capaRun) soon(in time.Duration) time.Time {
	at := time.Now().UTC().Add(in)
	_ = c.Do(c.ID, func(x mes.CAPA) (mes.CAPA, error) {
		e := *x.Record.Effect
		e.Since, e.CheckAt = at.Add(-90*day), at
		x.Record.Effect = &e
		return x, nil
	})
	return at
}

func (c *capaRun) comesTo(want mes.CAPAState) {
	c.t.Helper()
	c.until(string(want), func() bool { return c.Get(c.ID).State == want })
}

func (c *capaRun) signVerdict() error {
	return c.Do(c.ID, func(x mes.CAPA) (mes.CAPA, error) { return x.VerdictSigned("quinn", time.Now().UTC()) })
}

func (c *capaRun) data(events, pieces int64) {
	c.Data = func(from, until time.Time) mes.CAPAReading {
		return mes.CAPAReading{From: from, Until: until, Events: events, Pieces: mes.Count(pieces)}
	}
}

// TestACAPAOutlivesARestartInItsSleep stops the worker while the effectiveness check sleeps. Its time comes while nobody works;
// whoever takes over reads the data, and the CAPA begins again where the effect did not show.
func TestACAPAOutlivesARestartInItsSleep(t *testing.T) {
	p := newPlant(t, "CAPA1")
	c := p.raises("CAPA-0001")
	c.data(30, 9000)
	c.step(c.Plan, c.Implement)
	at := c.soon(2 * time.Second)
	c.step()
	p.settled(c.id())
	p.stop()
	c.until("the time of the check", func() bool { return time.Now().After(at) })
	if got := c.Get(c.ID).State; got != mes.CAPAWatching {
		t.Fatalf("without a worker it became %s", got)
	}
	p.work()
	c.comesTo(mes.CAPAVerdictSigning)
	c.step(c.signVerdict)
	if got := c.Get(c.ID); got.State != mes.CAPAOpen || got.Iteration != 2 || len(got.Former) != 1 {
		t.Fatalf("after a failed check it is %s, round %d", got.State, got.Iteration)
	}
	c.data(2, 9000)
	c.step(c.Plan, c.Implement)
	c.soon(time.Second)
	c.step()
	c.comesTo(mes.CAPAVerdictSigning)
	c.step(c.signVerdict, c.Close)
	out, h := ends[contract.CAPAResult](p, c.id())
	if out.State != mes.CAPAClosed {
		t.Errorf("the CAPA ended %q", out.State)
	}
	t.Logf("two rounds, two readings of the data: %d events", len(h.Events))
	save(t, "capa", "two-rounds-restarted", h)
}

func TestACAPAWithoutDataIsWatchedLonger(t *testing.T) {
	p := newPlant(t, "CAPA2")
	c := p.raises("CAPA-0002")
	c.data(0, 0)
	c.step(c.Plan, c.Implement)
	c.soon(time.Second)
	c.step()
	c.until("the extension", func() bool { return len(c.Get(c.ID).Record.Effect.Extended) == 1 })
	c.data(0, 9000)
	c.soon(time.Second)
	c.step()
	c.comesTo(mes.CAPAVerdictSigning)
	c.step(c.signVerdict, c.Close)
	out, h := ends[contract.CAPAResult](p, c.id())
	if out.State != mes.CAPAClosed {
		t.Errorf("the CAPA ended %q", out.State)
	}
	save(t, "capa", "extended", h)
}

func TestACancelledCAPACostsFewEvents(t *testing.T) {
	p := newPlant(t, "CAPA3")
	c := p.raises("CAPA-0003")
	p.settled(c.id())
	c.step(func() error {
		return c.Do(c.ID, func(x mes.CAPA) (mes.CAPA, error) { return x.Cancel("a double", time.Now().UTC()) })
	})
	out, h := ends[contract.CAPAResult](p, c.id())
	if out.State != mes.CAPACancelled || len(h.Events) > 16 {
		t.Errorf("the CAPA ended %q after %d events, at most 16 are allowed", out.State, len(h.Events))
	}
	save(t, "capa", "cancelled", h)
}
