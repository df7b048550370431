package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// tagTables are the partitioned tables, each with how its partitions are named.
var tagTables = []struct{ name, span string }{{"tag_value", "2006-01-02"}, {"tag_minute", "2006-01"}, {"tag_hour", "2006"}}

// madeParts remembers which partitions are there, so that the database is asked once.
type madeParts struct {
	mu    sync.Mutex
	names map[string]bool
}

func (m *madeParts) has(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[name]
}

func (m *madeParts) note(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names[name] = true
}

func (m *madeParts) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.names)
}

// makeParts sees that there are partitions for some days. Each is made in a transaction of its own, since one that waits in
// a long transaction would stop all others.
func (t *Telemetry) makeParts(ctx context.Context, days []time.Time) error {
	_, err := t.countParts(ctx, days)
	return err
}

func (t *Telemetry) countParts(ctx context.Context, days []time.Time) (made int, err error) {
	for _, day := range days {
		for _, table := range tagTables {
			name := table.name + day.Format(table.span)
			if t.parts.has(name) {
				continue
			}
			fresh, err := t.q.MakePartition(ctx, sqlcgen.MakePartitionParams{Relation: table.name, Day: day.Format(time.DateOnly)})
			if err != nil {
				return made, fmt.Errorf("make the partition of %s for %s: %w", table.name, day.Format(time.DateOnly), err)
			}
			if fresh {
				made++
			}
			t.parts.note(name)
		}
	}
	return made, nil
}

// daysAhead is how many days have their partitions before they come.
const daysAhead = 3

// Keep makes the partitions of the next days and drops those whose time is over. What was dropped stands in the audit trail.
func (t *Telemetry) Keep(ctx context.Context, r mes.Retention) (mes.Kept, error) {
	var out mes.Kept
	today := mes.DayUTC(time.Now())
	t.parts.forget()
	var days []time.Time
	for i := range daysAhead + 1 {
		days = append(days, today.AddDate(0, 0, i))
	}
	var err error
	if out.Made, err = t.countParts(ctx, days); err != nil {
		return out, translate(err)
	}
	for i, keep := range []int{r.Raw, r.Minute, r.Hour} {
		dropped, err := t.drop(ctx, tagTables[i].name, today.AddDate(0, 0, -max(keep, 1)))
		out.Dropped = append(out.Dropped, dropped...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

func (t *Telemetry) drop(ctx context.Context, table string, before time.Time) (names []string, err error) {
	err = t.change(ctx, func(w *work) error {
		names, err = w.DropPartitions(ctx, sqlcgen.DropPartitionsParams{Relation: table, Before: before.Format(time.DateOnly)})
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := w.audit(mes.Actor{ID: mes.ActorSystem}, "dropped", "telemetry", name, "Its retention is over.", "", map[string]string{"partition": name}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}
