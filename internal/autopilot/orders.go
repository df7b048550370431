package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// wish is an order of the demo's first day.
type wish struct {
	number, product string
	quantity        int64
	priority        int
	due             time.Duration
	release         bool
	hold            string
}

var firstDay = []wish{
	{number: "WO-10479", product: "HK-20", quantity: 500, priority: 60, due: 8 * time.Hour, release: true},
	{number: "WO-10482", product: "INV-200", quantity: 120, priority: 70, due: 10 * time.Hour, release: true},
	{number: "WO-10485", product: "INV-200", quantity: 24, priority: 50, due: 24 * time.Hour, release: true, hold: "Drawing change"},
	{number: "WO-10483", product: "INV-200", quantity: 80, priority: 50, due: 26 * time.Hour},
	{number: "WO-10484", product: "HK-20", quantity: 300, priority: 50, due: 30 * time.Hour},
	{number: "WO-10486", product: "INV-200", quantity: 60, priority: 40, due: 48 * time.Hour},
	{number: "WO-10487", product: "HK-20", quantity: 250, priority: 40, due: 54 * time.Hour},
}

// order plays the ERP: it asks for the first day's orders, then keeps one order of each product in work.
func (p *pilot) order(ctx context.Context) (bool, error) {
	open, err := p.openOrders(ctx)
	if err != nil {
		return false, err
	}
	if len(open) == 0 {
		fresh, err := p.nothingYet(ctx)
		if err != nil {
			return false, err
		}
		if fresh {
			return true, p.openDay(ctx)
		}
	}
	for _, product := range []string{"INV-200", "HK-20"} {
		if err := p.keepBusy(ctx, product, open); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (p *pilot) openOrders(ctx context.Context) ([]mes.Order, error) {
	var page mes.Page[mes.Order]
	err := p.erp.get(ctx, "/work-orders?state=created,released,running,held&sort=due&limit=200", &page)
	return page.Items, err
}

func (p *pilot) nothingYet(ctx context.Context) (bool, error) {
	var page mes.Page[mes.Order]
	err := p.erp.get(ctx, "/work-orders?limit=1", &page)
	return page.Total == 0, err
}

// openDay asks for the first day's orders. Running it again after a failure asks only for those that are missing.
func (p *pilot) openDay(ctx context.Context) error {
	for _, w := range firstDay {
		if err := p.ask(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (p *pilot) ask(ctx context.Context, w wish) error {
	due := time.Now().Add(w.due).UTC().Truncate(time.Hour).Add(time.Hour)
	body := map[string]any{"number": w.number, "product": w.product, "quantity": w.quantity, "due": due, "priority": w.priority, "line": "L1"}
	if err := p.erp.command(ctx, "/work-orders", body, nil); err != nil && !taken(err) {
		return fmt.Errorf("ask for %s: %w", w.number, err)
	}
	at := "/work-orders/" + url.PathEscape(w.number)
	if w.release {
		if err := p.erp.command(ctx, at+"/release", struct{}{}, nil); err != nil && !taken(err) {
			return fmt.Errorf("release %s: %w", w.number, err)
		}
	}
	if w.hold != "" {
		if err := p.erp.command(ctx, at+"/hold", map[string]string{"reason": w.hold}, nil); err != nil && !taken(err) {
			return fmt.Errorf("hold %s: %w", w.number, err)
		}
	}
	return nil
}

// taken tells that the thing was done before.
func taken(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.Status == http.StatusConflict
}

// keepBusy releases the next order of a product when none has lots left to begin, and asks for one when none waits.
func (p *pilot) keepBusy(ctx context.Context, product string, open []mes.Order) error {
	var waiting []mes.Order
	for _, o := range open {
		if o.Product != product {
			continue
		}
		switch o.State {
		case mes.OrderReleased, mes.OrderRunning:
			if o.NotStarted.IsPositive() && !o.CancelRequested || o.State == mes.OrderReleased {
				return nil
			}
		case mes.OrderCreated:
			if strings.HasPrefix(o.Number, numberPrefix) { // people release their own
				waiting = append(waiting, o)
			}
		}
	}
	if len(waiting) > 0 {
		err := p.erp.command(ctx, "/work-orders/"+url.PathEscape(waiting[0].Number)+"/release", struct{}{}, nil)
		if taken(err) {
			return nil
		}
		return err
	}
	number, err := p.nextNumber(ctx)
	if err != nil {
		return err
	}
	quantity := map[string]int64{"INV-200": 60, "HK-20": 300}[product]
	return p.ask(ctx, wish{number: number, product: product, quantity: quantity, priority: 50, due: 12 * time.Hour, release: true})
}

const numberPrefix = "WO-"

// nextNumber is one above the highest number so far.
func (p *pilot) nextNumber(ctx context.Context) (string, error) {
	var page mes.Page[mes.Order]
	if err := p.erp.get(ctx, "/work-orders?sort=-number&limit=50&q="+numberPrefix, &page); err != nil {
		return "", err
	}
	numbers := []int{10490}
	for _, o := range page.Items {
		if n, err := strconv.Atoi(strings.TrimPrefix(o.Number, numberPrefix)); err == nil {
			numbers = append(numbers, n)
		}
	}
	return fmt.Sprintf("%s%d", numberPrefix, slices.Max(numbers)+1), nil
}
