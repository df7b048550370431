package plant

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Stock hands out components as a store-keeper does: a serial goes to one lot only, a lot while enough is left of it.
type Stock struct {
	client *Client
	mu     sync.Mutex
	given  map[string]string // lot/step → component
	out    map[string]bool   // serials that were handed out
	shelf  map[string][]mes.LotView
}

// NewStock makes a store that reads what is there through the client.
func NewStock(c *Client) *Stock {
	return &Stock{client: c, given: map[string]string{}, out: map[string]bool{}, shelf: map[string][]mes.LotView{}}
}

// Take picks a component for a lot's step. The same lot and step get the same one until Forget.
func (s *Stock) Take(ctx context.Context, lot, step, material string, need mes.Decimal) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := lot + "/" + step
	if id, ok := s.given[key]; ok {
		return id, nil
	}
	for range 2 {
		if id, ok := s.pick(material, need); ok {
			s.given[key] = id
			return id, nil
		}
		if err := s.fetch(ctx, material); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("no %s is left for %s (%s needed)", material, lot, need)
}

func (s *Stock) pick(material string, need mes.Decimal) (string, bool) {
	for i, l := range s.shelf[material] {
		old := l.ExpiresAt != nil && l.ExpiresAt.Before(time.Now())
		if s.out[l.Lot] || old || len(l.Holds) > 0 || l.Remaining.LessThan(need) {
			continue
		}
		s.shelf[material][i].Remaining = l.Remaining.Sub(need)
		s.out[l.Lot] = l.Tracking == mes.TrackSerial
		return l.Lot, true
	}
	return "", false
}

func (s *Stock) fetch(ctx context.Context, material string) error {
	return Until(ctx, func() string {
		var page mes.Page[mes.LotView]
		err := s.client.Get(ctx, "/material-lots?state=available&limit=500&material="+url.QueryEscape(material), &page)
		if err != nil {
			return err.Error()
		}
		s.shelf[material] = page.Items
		return ""
	})
}

// Forget takes back what a refused lot was given; the serials stay out, since they may be the reason.
func (s *Stock) Forget(lot string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, id := range s.given {
		if len(key) > len(lot) && key[:len(lot)+1] == lot+"/" {
			delete(s.given, key)
			for m := range s.shelf {
				s.shelf[m] = without(s.shelf[m], id)
			}
		}
	}
}

func without(ls []mes.LotView, id string) []mes.LotView {
	var out []mes.LotView
	for _, l := range ls {
		if l.Lot != id {
			out = append(out, l)
		}
	}
	return out
}
