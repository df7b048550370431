package autopilot

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// stock picks components off the shelf: what expires first goes first.
type stock struct {
	line *client
	mu   sync.Mutex
	// shelf is what was seen last of a material.
	shelf map[string][]mes.LotView
	// doubtful lots were refused lately and are left for a while.
	doubtful map[string]time.Time
}

func newStock(line *client) *stock {
	return &stock{line: line, shelf: map[string][]mes.LotView{}, doubtful: map[string]time.Time{}}
}

// choose finds components that together give the need.
func (s *stock) choose(ctx context.Context, material string, need mes.Decimal) ([]component, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if use, ok := s.pick(material, need); ok {
		return use, nil
	}
	lots, err := listStock(ctx, s.line, material)
	if err != nil {
		return nil, err
	}
	s.shelf[material] = lots
	if use, ok := s.pick(material, need); ok {
		return use, nil
	}
	return nil, fmt.Errorf("%s of %s are needed and not in stock", need, material)
}

// pick takes from the shelf as last seen; serials leave it, lots lose what is taken.
func (s *stock) pick(material string, need mes.Decimal) ([]component, bool) {
	var use []component
	var from []int
	open := need
	for i, l := range s.shelf[material] {
		if !s.usable(l) {
			continue
		}
		q := open
		if l.Remaining.LessThan(q) {
			q = l.Remaining
		}
		use, from = append(use, component{Scan: l.Lot, Quantity: &q}), append(from, i)
		if open = open.Sub(q); open.IsZero() {
			break
		}
	}
	if !open.IsZero() {
		return nil, false
	}
	for n, i := range from {
		s.shelf[material][i].Remaining = s.shelf[material][i].Remaining.Sub(*use[n].Quantity)
	}
	return use, true
}

func (s *stock) usable(l mes.LotView) bool {
	soon := time.Now().Add(time.Minute)
	return l.Remaining.IsPositive() && len(l.Holds) == 0 && (l.ExpiresAt == nil || l.ExpiresAt.After(soon)) && time.Since(s.doubtful[l.Lot]) > time.Minute
}

// distrust leaves refused components alone for a while and looks at the shelf afresh.
func (s *stock) distrust(used []component) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range used {
		s.doubtful[c.Scan] = time.Now()
	}
	clear(s.shelf)
}

// listStock reads what is available of a material.
func listStock(ctx context.Context, c *client, material string) ([]mes.LotView, error) {
	var page mes.Page[mes.LotView]
	err := c.get(ctx, "/material-lots?state=available&sort=expires_at&limit=500&material="+url.QueryEscape(material), &page)
	return page.Items, err
}
