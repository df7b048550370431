package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// QualityCosts reads what poor quality cost, and keeps what things cost.
type QualityCosts struct{ db }

var _ mes.QualityCosts = (*QualityCosts)(nil)

// Report adds up a span.
func (c *QualityCosts) Report(ctx context.Context, f mes.CostFilter) (mes.CostReport, error) {
	out := mes.CostReport{By: f.By, From: f.From, To: f.To, Rows: []mes.CostRow{}}
	zone, err := c.q.ZoneOfSite(ctx, f.Site)
	if err != nil {
		return out, missing(err, "Site", f.Site)
	}
	rows, err := c.q.CostFacts(ctx, sqlcgen.CostFactsParams{Site: f.Site, Since: f.From, Until: f.To, ByGroup: string(f.By), Zone: zone, Product: f.Product, Code: f.Code})
	if err != nil {
		return out, translate(err)
	}
	for _, r := range rows {
		out.Rows = addFact(out.Rows, r)
	}
	names, err := c.q.CostNames(ctx, sqlcgen.CostNamesParams{Site: f.Site, ByGroup: string(f.By)})
	if err != nil {
		return out, translate(err)
	}
	for i := range out.Rows {
		for _, n := range names {
			if n.ID == out.Rows[i].Group {
				out.Rows[i].Name = n.Name
			}
		}
	}
	rate, err := c.Rate(ctx, f.Site)
	out.Currency = rate.Currency
	return out.Report(), err
}

// addFact puts a sum of facts into the row of its group; rows come group by group.
func addFact(rows []mes.CostRow, f sqlcgen.CostFactsRow) []mes.CostRow {
	if len(rows) == 0 || rows[len(rows)-1].Group != f.InGroup {
		rows = append(rows, mes.CostRow{Group: f.InGroup})
	}
	r := &rows[len(rows)-1]
	switch f.Kind {
	case "scrap":
		r.Scrapped, r.ScrapCost, r.ScrapUnpriced = f.Amount, f.Cost, f.Unpriced
	case "rework":
		r.ReworkMin, r.ReworkCost, r.ReworkUnpriced = f.Amount, f.Cost, f.Unpriced
	case "handling":
		r.Handled, r.HandlingCost = f.Amount, f.Cost
	case "external":
		r.External = f.Amount
	}
	return rows
}

// Rate reads the rate in force.
func (c *QualityCosts) Rate(ctx context.Context, site string) (mes.LabourRate, error) {
	r, err := labourRate(ctx, c.q, site)
	return r, translate(err)
}

func labourRate(ctx context.Context, q *sqlcgen.Queries, site string) (mes.LabourRate, error) {
	r, err := q.RateOfLabour(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.LabourRate{PerHour: mes.Zero}, nil
	}
	return mes.LabourRate{PerHour: r.PerHour, Currency: r.Currency, GivenBy: r.GivenBy, Reason: r.Reason, At: &r.At}, err
}

// SetRate gives a new rate, from now on.
func (c *QualityCosts) SetRate(ctx context.Context, key, site string, by mes.Actor, r mes.LabourRate, reason string) (mes.LabourRate, error) {
	key = "labour-rate/" + site + "#" + key
	err := c.change(ctx, func(w *work) error {
		var done bool
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := required("reason", reason, "The rate was not stored."); err != nil {
			return err
		}
		if _, err := w.setRate(ctx, key, site, by, r, reason); err != nil {
			return err
		}
		return w.remember(ctx, key, site, true)
	})
	if err != nil {
		return r, err
	}
	return c.Rate(ctx, site)
}

// setRate stores a rate that differs from the one in force.
func (w *work) setRate(ctx context.Context, key, site string, by mes.Actor, r mes.LabourRate, reason string) (changed bool, err error) {
	if err := r.Validate(); err != nil {
		return false, err
	}
	was, err := labourRate(ctx, w.Queries, site)
	if err != nil || was.At != nil && was.PerHour.Equal(r.PerHour) && was.Currency == r.Currency {
		return false, err
	}
	if err := w.AddLabourRate(ctx, sqlcgen.AddLabourRateParams{Site: site, PerHour: r.PerHour, Currency: r.Currency, GivenBy: by.ID, Reason: reason}); err != nil {
		return false, err
	}
	var before any
	if was.At != nil {
		before = was
	}
	return true, w.audit(by, "labour_rate_set", "site", site, reason, key, before, r)
}

// SetMaterialCost gives a material's standard cost, from now on.
func (c *QualityCosts) SetMaterialCost(ctx context.Context, key, site string, by mes.Actor, material string, cost mes.Decimal, reason string) error {
	key = "material-cost/" + site + "/" + material + "#" + key
	return c.change(ctx, func(w *work) error {
		var done bool
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := required("reason", reason, "The cost was not stored."); err != nil {
			return err
		}
		known, err := w.KnownMaterials(ctx, []string{material})
		if err != nil {
			return err
		}
		if len(known) == 0 {
			return mes.NotFound("Material", material)
		}
		if _, err := w.setMaterialCost(ctx, key, by, material, cost, reason); err != nil {
			return err
		}
		return w.remember(ctx, key, material, true)
	})
}

func (w *work) setMaterialCost(ctx context.Context, key string, by mes.Actor, material string, cost mes.Decimal, reason string) (changed bool, err error) {
	var f mes.Faults
	f.Check(!cost.IsNegative(), "standard_cost", "of %s must not be below 0", material)
	if err := f.Err("The cost was not stored."); err != nil {
		return false, err
	}
	was, err := w.CostOfMaterial(ctx, material)
	fresh := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !fresh || !fresh && was.Equal(cost) {
		return false, ignoring(err, pgx.ErrNoRows)
	}
	if err := w.AddMaterialCost(ctx, sqlcgen.AddMaterialCostParams{Material: material, Cost: cost, GivenBy: by.ID, Reason: reason}); err != nil {
		return false, err
	}
	var before any
	if !fresh {
		before = map[string]any{"standard_cost": was}
	}
	return true, w.audit(by, "material_cost_set", "material", material, reason, key, before, map[string]any{"standard_cost": cost})
}

// ignoring is err, unless it is what was expected.
func ignoring(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// importDefects stores codes that differ from what is there.
func (w *work) importDefects(by mes.Actor) func(context.Context, mes.PlantImport, *mes.ImportReport) error {
	return func(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
		if len(in.Defects) == 0 {
			return nil
		}
		site, err := w.homeSite(ctx, in)
		if err != nil {
			return err
		}
		if err := w.LockDefectCodes(ctx, site); err != nil {
			return err
		}
		for _, c := range in.Defects {
			tree, err := defectTree(ctx, w.Queries, site)
			if err != nil {
				return err
			}
			was, known := tree.At(c.Code)
			c.Version = was.Version
			if known && c.Same(was) {
				continue
			}
			if _, err := w.putDefectCode(ctx, "", site, by, c, reasonOf(in.Reason, "Imported")); err != nil {
				return err
			}
			out.Defects++
		}
		return nil
	}
}

// importCosts stores costs that differ from those in force.
func (w *work) importCosts(by mes.Actor) func(context.Context, mes.PlantImport, *mes.ImportReport) error {
	return func(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
		count := func(changed bool, err error) error {
			if changed {
				out.Costs++
			}
			return err
		}
		reason := reasonOf(in.Reason, "Imported")
		for _, m := range in.Materials {
			if m.Cost == nil {
				continue
			}
			if err := count(w.setMaterialCost(ctx, "", by, m.ID, *m.Cost, reason)); err != nil {
				return err
			}
		}
		if in.Rate == nil {
			return nil
		}
		site, err := w.homeSite(ctx, in)
		if err != nil {
			return err
		}
		return count(w.setRate(ctx, "", site, by, *in.Rate, reason))
	}
}
