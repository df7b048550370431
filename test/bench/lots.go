package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// shop makes orders of the benchmark's product and works on their lots through the API.
type shop struct {
	planner, operator *plant.Client
	routing           mes.Routing
	orders            int
	run               string // makes order numbers of this run unique
}

func openShop(ctx context.Context, p *plant.Plant) (*shop, error) {
	s := &shop{run: time.Now().Format("150405")}
	var err error
	if s.planner, err = p.Person(ctx, "pl-07"); err != nil {
		return nil, err
	}
	if s.operator, err = p.Person(ctx, "op-109"); err != nil {
		return nil, err
	}
	s.operator = s.operator.At("BS10")
	s.routing, err = plant.Routing(ctx, s.operator, "BENCH-8", "A")
	return s, err
}

// order makes an order of n lots and brings them all to the first step; none of that is measured.
func (s *shop) order(ctx context.Context, n int) (number string, lots []string, err error) {
	s.orders++
	number = fmt.Sprintf("BENCH-%s-%d", s.run, s.orders)
	body := map[string]any{"number": number, "product": "BENCH-8", "quantity": n, "line": "BL1", "priority": 50, "due": time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)}
	if err := s.must(ctx, s.planner, "/work-orders", body, number); err != nil {
		return number, nil, err
	}
	if err := s.must(ctx, s.planner, "/work-orders/"+number+"/release", nil, number+":release"); err != nil {
		return number, nil, err
	}
	err = plant.Until(ctx, func() string {
		var page mes.Page[mes.LotView]
		if err := s.operator.Get(ctx, "/work-orders/"+number+"/lots?limit=500&state=queued", &page); err != nil {
			return err.Error()
		}
		lots = lots[:0]
		for _, l := range page.Items {
			lots = append(lots, l.Lot)
		}
		if len(lots) < n {
			return fmt.Sprintf("%d of %d lots", len(lots), n)
		}
		return ""
	})
	for _, lot := range lots {
		if err == nil {
			err = s.must(ctx, s.operator, s.path(lot)+"/start", map[string]string{"station": "BS10"}, lot+":start")
		}
	}
	return number, lots, err
}

func (s *shop) path(lot string) string {
	return "/lots/" + url.PathEscape(lot) + "/operations/" + s.routing.Operations[0].ID
}

// step completes one step, waited for.
func (s *shop) step(ctx context.Context, lot string, n int) error {
	st := s.routing.Operations[0].Steps[n]
	return s.must(ctx, s.operator, s.path(lot)+"/steps/"+st.ID+"/complete", plant.StepBody{Values: plant.Good(st, mes.One)}, lot+":"+st.ID)
}

// finish completes the lots and waits until the order has ended.
func (s *shop) finish(ctx context.Context, number string, lots []string) error {
	for _, lot := range lots {
		if err := s.must(ctx, s.operator, s.path(lot)+"/complete", nil, lot+":complete"); err != nil {
			return err
		}
	}
	return plant.Until(ctx, func() string {
		var o mes.Order
		if err := s.operator.Get(ctx, "/work-orders/"+number, &o); err != nil {
			return err.Error()
		}
		if !o.State.Ended() {
			return fmt.Sprintf("order %s is %s", number, o.State)
		}
		return ""
	})
}

// must sends a command until its answer is final, under one key: "not yet" is part of what is measured.
func (s *shop) must(ctx context.Context, c *plant.Client, path string, body any, key string) error {
	r, err := c.Insist(ctx, path, body, key)
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("POST %s: status %d: %s", path, r.Status, r.Body)
	}
	return nil
}
