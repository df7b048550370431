package plant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// checkAndon names what does not fit in the plan of calls: what can't be, and stations and lines that are not there.
func (c checker) checkAndon() {
	const file = "andon.yaml"
	p := c.Andon
	if p == nil {
		return
	}
	var e *mes.Error
	if errors.As(p.Validate(), &e) {
		for _, f := range e.Fields {
			c.add(file, f.Field, "%s", f.Message)
		}
	}
	known := func(level mes.EquipmentLevel, id string) bool {
		return slices.ContainsFunc(c.Equipment, func(q mes.Equipment) bool { return q.ID == id && q.Level == level })
	}
	for i, k := range p.Kinds {
		c.check(k.Line == "" || known(mes.LevelLine, k.Line), file, fmt.Sprintf("kinds[%d].line", i), "%q is no line", k.Line)
	}
	for i, w := range p.Watches {
		for j, s := range w.Stations {
			c.check(known(mes.LevelStation, s), file, fmt.Sprintf("watches[%d].stations[%d]", i, j), "%q is no station", s)
		}
	}
	for i, b := range p.Boards {
		c.check(known(mes.LevelLine, b.Line), file, fmt.Sprintf("boards[%d].line", i), "%q is no line", b.Line)
		for j, s := range b.Stations {
			c.check(known(mes.LevelStation, s), file, fmt.Sprintf("boards[%d].stations[%d]", i, j), "%q is no station", s)
		}
	}
}

// storeAndon writes the plan where it differs from what is there.
func (d Definition) storeAndon(ctx context.Context, p Ports, by mes.Actor) error {
	if d.Andon == nil {
		return nil
	}
	had, err := p.Calls.Plan(ctx, d.Site())
	if err != nil {
		return err
	}
	want := *d.Andon
	want.Version, want.ChangedBy, want.ChangedAt = had.Version, had.ChangedBy, had.ChangedAt
	a, err := json.Marshal(had)
	if err != nil {
		return err
	}
	b, err := json.Marshal(want)
	if err != nil || had.Version > 0 && string(a) == string(b) {
		return err
	}
	_, err = p.Calls.PutPlan(ctx, by, d.Site(), want, byFiles)
	return err
}
