package plant

import (
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// checkCharts names what does not fit: a chart that can't work, and one that watches what no routing has. A chart of an
// inspection plan is held against the plan when it draws its first point; plans are no part of these files.
func (c checker) checkCharts() {
	seen := map[string]bool{}
	for i, chart := range c.Charts {
		at := fmt.Sprintf("charts[%d]", i)
		c.check(!seen[chart.ID], "spc.yaml", at+".id", "%q is used twice", chart.ID)
		seen[chart.ID] = true
		c.refusal("spc.yaml", at, chart.Validate())
		c.check(chart.Station == "" || c.equipment[chart.Station].Level == mes.LevelStation, "spc.yaml", at+".station", "%q is no station", chart.Station)
		if chart.Plan == "" && chart.Product != "" {
			c.check(slices.ContainsFunc(c.Routings, func(r namedRouting) bool { return measures(r.routing, chart) }), "spc.yaml", at+".characteristic",
				"no routing of %s measures %q in step %s of operation %s", chart.Product, chart.Characteristic, chart.Step, chart.Operation)
		}
	}
}

// measures tells whether a routing has what a chart watches.
func measures(r mes.Routing, c mes.Chart) bool {
	_, o, ok := r.At(c.Operation)
	if !ok || r.Product != c.Product {
		return false
	}
	_, s, ok := o.At(c.Step)
	if !ok || c.Characteristic == "" {
		return ok
	}
	return slices.ContainsFunc(s.Characteristics, func(x mes.Characteristic) bool { return x.ID == c.Characteristic })
}

// charts are the files' charts at the site.
func (in files) charts(site string) []mes.Chart {
	out := slices.Clone(in.Charts)
	for i := range out {
		out[i].Site, out[i].Version = site, 0
	}
	return out
}
