package plant

import (
	"context"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// checkRules names what does not fit in the rules that act.
func (c checker) checkRules() {
	seen := map[string]bool{}
	for i, r := range c.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		c.check(!seen[r.ID], "rules.yaml", at+".id", "%q is used twice", r.ID)
		seen[r.ID] = true
		c.refusal("rules.yaml", at, r.Validate())
		known := func(material string) bool {
			return slices.ContainsFunc(c.Materials, func(m mes.Material) bool { return m.ID == material })
		}
		c.check(r.Component == "" || known(r.Component), "rules.yaml", at+".component", "%q is no material", r.Component)
		c.check(r.Product == "" || known(r.Product), "rules.yaml", at+".product", "%q is no material", r.Product)
	}
}

// storeRules makes the rules that are not there. One that is there is left alone: from then on people look after it.
func (d Definition) storeRules(ctx context.Context, p Ports, by mes.Actor) error {
	site := d.Site()
	had, err := p.Reactions.Rules(ctx, site)
	if err != nil {
		return err
	}
	for _, r := range d.Rules {
		if slices.ContainsFunc(had, func(h mes.ReactionRule) bool { return h.ID == r.ID }) {
			continue
		}
		r.Site, r.Version = site, 0
		if _, err := p.Reactions.Put(ctx, by, r, byFiles); err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
	}
	return nil
}
