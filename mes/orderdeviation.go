package mes

import "fmt"

// Deviate lists what did not go as planned with the order itself; each lot's own stands with the lot.
func (r OrderRecord) Deviate() []Deviation {
	h := r.Content
	d := &deviations{lot: h.Order}
	d.holds(h.Holds)
	for _, c := range h.Changes {
		switch c.Action {
		case "cancelled":
			d.add(DeviatedCancel, c.At, c.Actor, "order", h.Order, c.Reason)
		case "terms_changed":
			d.add(DeviatedTerms, c.At, c.Actor, "order", h.Order, c.Reason)
		}
	}
	if !h.Balanced() {
		d.add(DeviatedQuantity, timeOr(h.EndedAt, h.CreatedAt), "", "order", h.Order,
			fmt.Sprintf("%s ordered, %s good, %s scrap, %s in process, %s not started do not fit with its lots", h.Quantity, h.Good, h.Scrap, h.InProcess, h.NotStarted))
	}
	d.deliveries(r.Beside.Deliveries, h.CreatedAt)
	return d.sorted()
}
