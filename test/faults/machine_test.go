package faults

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// outage is one way in which a part of the plant goes away and comes back.
type outage struct {
	what string
	part string
	away func(context.Context) error
	back func(context.Context) error
}

// machinesGone takes machines and cameras away while the order needs them, waits until the plant shows it, and brings
// them back.
func (f *floor) machinesGone(t *testing.T) {
	before := f.state(t)
	order := f.order(t, "INV-200", 3)
	_, wait := f.work(t, order, 5*time.Minute)
	for _, o := range f.outages() {
		f.takeAway(t, order, o)
	}
	wait()
	f.audit(t, order, 3, before)
}

func (f *floor) outages() []outage {
	sim := f.p.Sim
	fault := func(what, part, kind string) outage {
		return outage{what: what, part: part,
			away: func(ctx context.Context) error {
				return sim.Break(ctx, plant.Fault{Target: part, Kind: kind, Value: 1})
			},
			back: func(ctx context.Context) error { return sim.Mend(ctx, part) }}
	}
	power := func(part string) outage {
		return outage{what: "power off", part: part,
			away: func(ctx context.Context) error { return sim.SwitchOff(ctx, part) },
			back: func(ctx context.Context) error { return sim.SwitchOn(ctx, part) }}
	}
	return []outage{
		power("TC-20"), fault("connection refused", "DP-30", "disconnect"), fault("gone from the broker", "CAM-30", "disconnect"),
		fault("says nothing", "CAM-40", "silence"), fault("every byte swallowed", "LT-50", "black_hole"), power("EOL-60"), fault("no connection", "PR-70", "disconnect"),
	}
}

// takeAway keeps the part away until a lot has waited for it in vain, or until the order no longer needs it.
func (f *floor) takeAway(t *testing.T, order string, o outage) {
	t.Helper()
	plant.OK(t, o.away(t.Context()))
	began := time.Now()
	seen := ""
	plant.Eventually(t, 2*time.Minute, func() string {
		ord, _, err := f.progress(t.Context(), order)
		if err != nil {
			return err.Error()
		}
		if ord.State.Ended() {
			seen = "the order ended before it was needed"
			return ""
		}
		seen, err = f.waitsFor(t.Context(), order, o.part)
		if err != nil {
			return err.Error()
		}
		if seen == "" {
			return "a lot that waits for " + o.part
		}
		return ""
	})
	plant.OK(t, o.back(t.Context()))
	t.Logf("%s, %s: away for %s; %s", o.part, o.what, time.Since(began).Round(100*time.Millisecond), seen)
}

// waitsFor tells of a lot that has been waiting for the part long enough to have met its absence: the operator is asked,
// or the wait is older than two seconds.
func (f *floor) waitsFor(ctx context.Context, order, part string) (string, error) {
	var page mes.Page[mes.LotView]
	if err := f.planner.Get(ctx, "/work-orders/"+order+"/lots?limit=500", &page); err != nil {
		return "", err
	}
	for _, l := range page.Items {
		if l.Wait != nil && l.Wait.On == part && (l.Wait.Kind == mes.WaitAnswer || time.Since(l.Wait.Since) > 2*time.Second) {
			return fmt.Sprintf("%s waited, %s: %s", l.Lot, l.Wait.Kind, l.Wait.Reason), nil
		}
	}
	return "", nil
}
