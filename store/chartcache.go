package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// chartCache knows which charts are drawn, so that recording a step that no chart watches costs no query. It is emptied when
// a definition changes, by this process at once and by others with their event, and is read anew after a while in any case.
type chartCache struct {
	mu     sync.Mutex
	bySite map[string]cachedCharts
	epoch  int // counts the times it was emptied, so that what was read before is not kept after
}

type cachedCharts struct {
	charts []mes.Chart
	read   time.Time
}

// chartsAge bounds how long a process may not know of another's change when its event got lost.
const chartsAge = 10 * time.Second

// of lists a site's active charts by ID.
func (c *chartCache) of(ctx context.Context, q *sqlcgen.Queries, site string) ([]mes.Chart, error) {
	c.mu.Lock()
	had, ok := c.bySite[site]
	epoch := c.epoch
	c.mu.Unlock()
	if ok && time.Since(had.read) < chartsAge {
		return had.charts, nil
	}
	read := time.Now()
	rows, err := q.ActiveCharts(ctx, site)
	if err != nil {
		return nil, err
	}
	charts := make([]mes.Chart, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row, &charts[i]); err != nil {
			return nil, fmt.Errorf("a chart of %s: %w", site, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		if c.bySite == nil {
			c.bySite = map[string]cachedCharts{}
		}
		c.bySite[site] = cachedCharts{charts, read}
	}
	return charts, nil
}

func (c *chartCache) empty() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bySite = nil
	c.epoch++
}

// listen empties the cache when another process changes a chart, until the store closes.
func (c *chartCache) listen(events *Events) {
	heard, err := events.Listen(context.Background())
	if err != nil {
		return
	}
	for e := range heard {
		if e.Kind == mes.EventChartDefinition || e.Kind == mes.EventLost {
			c.empty()
		}
	}
}
