package mes

import (
	"context"
	"slices"
	"time"
)

// CostBy says what the cost of poor quality is reported by.
type CostBy string

// The groups.
const (
	CostByCode    CostBy = "code"
	CostByProduct CostBy = "product"
	CostByMonth   CostBy = "month" // of the site's calendar
)

// CostFilter says which span is reported, and by what.
type CostFilter struct {
	Site     string
	By       CostBy
	From, To time.Time // from inclusive, to exclusive
	Product  string
	Code     string
}

// CostRow is what one group cost. Figures come from recorded facts only; what has no price is counted beside the amount and
// never taken for zero.
type CostRow struct {
	Group string `json:"group"` // empty: no defect code was given
	Name  string `json:"name,omitempty"`
	// Scrapped are pieces; ScrapCost is of those whose material had a cost at that time, ScrapUnpriced are the others.
	Scrapped      Decimal `json:"scrapped"`
	ScrapCost     Decimal `json:"scrap_cost"`
	ScrapUnpriced Decimal `json:"scrap_unpriced"`
	// ReworkMin are minutes at stations for a second time or by a rework routing; ReworkUnpriced had no rate at that time.
	ReworkMin      Decimal `json:"rework_min"`
	ReworkCost     Decimal `json:"rework_cost"`
	ReworkUnpriced Decimal `json:"rework_unpriced"`
	// Handled are affected pieces of nonconformances; HandlingCost is of those whose code has a cost per piece.
	Handled      Decimal `json:"handled"`
	HandlingCost Decimal `json:"handling_cost"`
	External     Decimal `json:"external"`
	Total        Decimal `json:"total"`
	// Complete tells that nothing is left out of Total for want of a price.
	Complete bool `json:"complete"`
}

// CostReport is the report with its sum, dearest group first.
type CostReport struct {
	By       CostBy    `json:"by"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Currency string    `json:"currency"` // empty: nobody gave one
	Rows     []CostRow `json:"rows"`
	Sum      CostRow   `json:"sum"`
}

// Round2 is an amount of money with two digits.
func round2(d Decimal) Decimal { return d.Round(2) }

// Settle rounds a row's amounts and adds them up.
func (r CostRow) Settle() CostRow {
	r.ScrapCost, r.ReworkCost, r.HandlingCost, r.External = round2(r.ScrapCost), round2(r.ReworkCost), round2(r.HandlingCost), round2(r.External)
	r.ReworkMin, r.ReworkUnpriced = r.ReworkMin.Round(1), r.ReworkUnpriced.Round(1)
	r.Total = r.ScrapCost.Add(r.ReworkCost).Add(r.HandlingCost).Add(r.External)
	r.Complete = r.ScrapUnpriced.IsZero() && r.ReworkUnpriced.IsZero()
	return r
}

// add puts two rows together.
func (r CostRow) add(o CostRow) CostRow {
	r.Scrapped, r.ScrapCost, r.ScrapUnpriced = r.Scrapped.Add(o.Scrapped), r.ScrapCost.Add(o.ScrapCost), r.ScrapUnpriced.Add(o.ScrapUnpriced)
	r.ReworkMin, r.ReworkCost, r.ReworkUnpriced = r.ReworkMin.Add(o.ReworkMin), r.ReworkCost.Add(o.ReworkCost), r.ReworkUnpriced.Add(o.ReworkUnpriced)
	r.Handled, r.HandlingCost, r.External = r.Handled.Add(o.Handled), r.HandlingCost.Add(o.HandlingCost), r.External.Add(o.External)
	return r
}

// Report settles the rows, sorts them and adds their sum: months by time, everything else by what it cost.
func (r CostReport) Report() CostReport {
	r.Sum = CostRow{Scrapped: Zero, ScrapCost: Zero, ScrapUnpriced: Zero, ReworkMin: Zero, ReworkCost: Zero, ReworkUnpriced: Zero, Handled: Zero, HandlingCost: Zero, External: Zero}
	for i := range r.Rows {
		r.Rows[i] = r.Rows[i].Settle()
		r.Sum = r.Sum.add(r.Rows[i])
	}
	r.Sum = r.Sum.Settle()
	slices.SortStableFunc(r.Rows, func(a, b CostRow) int {
		if r.By == CostByMonth || a.Total.Equal(b.Total) {
			return slices.Compare([]byte(a.Group), []byte(b.Group))
		}
		return b.Total.Cmp(a.Total)
	})
	return r
}

// LabourRate is what an hour of work costs at a site, from a time on.
type LabourRate struct {
	PerHour  Decimal    `json:"per_hour"`
	Currency string     `json:"currency"`
	GivenBy  string     `json:"given_by,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	At       *time.Time `json:"at,omitempty"`
}

// Validate names every field that cannot work.
func (r LabourRate) Validate() error {
	var f Faults
	f.Check(!r.PerHour.IsNegative(), "per_hour", "must not be below 0")
	f.Check(len(r.Currency) == 3, "currency", "must be three letters, such as EUR (ISO 4217)")
	return f.Err("The rate was not stored.")
}

// QualityCosts reads what poor quality cost.
type QualityCosts interface {
	// Report adds up a span. Codes: unprocessable.
	Report(ctx context.Context, f CostFilter) (CostReport, error)
	// Rate reads the rate in force; zero At when there is none.
	Rate(ctx context.Context, site string) (LabourRate, error)
	// SetRate gives a new one, from now on; what was reckoned before stays.
	SetRate(ctx context.Context, key, site string, by Actor, r LabourRate, reason string) (LabourRate, error)
	// SetMaterialCost gives a material's standard cost, from now on.
	SetMaterialCost(ctx context.Context, key, site string, by Actor, material string, cost Decimal, reason string) error
}
