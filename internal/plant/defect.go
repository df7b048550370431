package plant

import (
	"fmt"

	"github.com/steelthread/steelthread/mes"
)

// checkDefects names codes that can't be, each among those that stand before it, since a parent stands before its children.
func (c checker) checkDefects() {
	var before mes.DefectTree
	for i, d := range c.Defects {
		at := fmt.Sprintf("codes[%d]", i)
		_, twice := before.At(d.Code)
		c.check(!twice, "defects.yaml", at+".code", "%q is used twice", d.Code)
		c.refusal("defects.yaml", at, d.Validate(before))
		before = append(before, d)
	}
	if c.Rate != nil {
		c.refusal("defects.yaml", "rate", c.Rate.Validate())
	}
	for i, m := range c.Materials {
		c.check(m.Cost == nil || !m.Cost.IsNegative(), "materials.yaml", fmt.Sprintf("materials[%d].standard_cost", i), "must not be below 0")
	}
}

// checkRework holds a rework routing against the plant: its product, the operation that it returns to, its stations and
// devices, and the codes that it is meant for.
func (c checker) checkRework(d namedDocument) {
	product, operation := false, false
	for _, r := range c.Routings {
		if r.routing.Product != d.Rework.Product {
			continue
		}
		product = true
		_, _, at := r.routing.At(d.Rework.ReturnTo)
		operation = operation || at
	}
	c.check(product, d.file, "rework.product", "%q has no routing here", d.Rework.Product)
	c.check(operation || !product, d.file, "rework.return_to", "%q is no operation of %s", d.Rework.ReturnTo, d.Rework.Product)
	known := mes.DefectTree(c.Defects)
	for i, code := range d.Rework.Codes {
		_, ok := known.At(code)
		c.check(ok || len(known) == 0, d.file, fmt.Sprintf("rework.codes[%d]", i), "%q is not in defects.yaml", code)
	}
	c.checkOperations(d.file, "rework.", d.Rework.Operations)
}
