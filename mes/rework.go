package mes

import (
	"fmt"
	"slices"
	"strings"
)

// ReworkRouting is a controlled document: how pieces with a defect are made good. A lot goes through its operations and then
// back into its own routing at ReturnTo, so that what was opened is tested again.
type ReworkRouting struct {
	Title   string `json:"title"`
	Product string `json:"product"`
	// ReturnTo is the operation of the product's routing that comes after the rework.
	ReturnTo string `json:"return_to"`
	// Codes are the defect codes that it is meant for.
	Codes      []string    `json:"codes,omitempty"`
	Operations []Operation `json:"operations"`
}

// ReworkInForce is a rework routing that a board can decide for.
type ReworkInForce struct {
	ID       string   `json:"id"`
	Revision string   `json:"revision"`
	Title    string   `json:"title"`
	ReturnTo string   `json:"return_to"`
	Codes    []string `json:"codes"`
	Fits     bool     `json:"fits"` // it is meant for the code that was asked about
}

// Validate names every field that cannot work.
func (w ReworkRouting) Validate() error {
	var f Faults
	f.Check(!blank(w.Title), "title", "is missing")
	f.Check(!blank(w.Product), "product", "is missing")
	f.Check(!blank(w.ReturnTo), "return_to", "is missing")
	f.Check(len(w.Operations) > 0, "operations", "at least one is needed")
	seen := map[string]int{}
	for i, o := range w.Operations {
		o.validate(&f, fmt.Sprintf("operations[%d]", i), seen)
		f.Check(o.ID != w.ReturnTo, fmt.Sprintf("operations[%d].id", i), "is the operation of the product's own routing that the rework returns to")
		seen[o.ID] = i
	}
	return f.Err("The rework routing is refused.")
}

func (w ReworkRouting) refers() DocumentRefs {
	return Routing{Product: w.Product, Operations: w.Operations}.refers()
}

// Compose is the routing that a lot in rework goes by: its own, with the rework in front of the operation that it returns to.
// Its revision names both, and since neither ever changes, nor does it. The error says why the two don't fit.
func Compose(base Routing, w ReworkRouting, k RevisionKey) (Routing, error) {
	const kept = "Nothing was dispatched."
	if base.Product != w.Product {
		return base, Refuse(CodeConflict, fmt.Sprintf("%s is rework for %s, the lot is %s.", k.Title(), w.Product, base.Product), kept, "Choose another rework routing.")
	}
	at, _, ok := base.At(w.ReturnTo)
	if !ok {
		return base, Refuse(CodeConflict, fmt.Sprintf("%s returns to operation %s, which rev %s does not have.", k.Title(), w.ReturnTo, base.Revision), kept, "Choose another rework routing, or revise this one.")
	}
	out := base
	out.Revision = base.Revision + "+" + k.ID + "." + k.Revision
	out.Operations = slices.Clone(base.Operations[:at])
	for _, o := range w.Operations {
		if _, _, taken := base.At(o.ID); taken {
			return base, Refuse(CodeConflict, fmt.Sprintf("%s and rev %s both have an operation %s.", k.Title(), base.Revision, o.ID), kept, "Revise the rework routing.")
		}
		o.Rework = k.Title()
		out.Operations = append(out.Operations, o)
	}
	out.Operations = append(out.Operations, base.Operations[at:]...)
	return out, nil
}

// BaseRevision is the product's own revision under a composed one.
func BaseRevision(revision string) string {
	base, _, _ := strings.Cut(revision, "+")
	return base
}

// LeavesRework tells that the step from p to next leaves the rework for good: the lot's own routing goes on.
func (p Progress) LeavesRework(r Routing, next Progress) bool {
	_, from, ok := r.At(p.Operation)
	_, to, known := r.At(next.Operation)
	return ok && known && from.Rework != "" && to.Rework == "" && next.State == LotQueued && slices.Index(p.Ahead(r), next.Operation) > 0
}

// inRework names the rework that a lot still has before it; "" when there is none.
func (p Progress) inRework(r Routing) string {
	i, _, _ := r.At(p.Operation)
	for _, o := range r.Operations[i:] {
		if o.Rework != "" {
			return o.Rework
		}
	}
	return ""
}
