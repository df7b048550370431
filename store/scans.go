package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Identify says what a scanned code names, and whether the lot in work asks for it. It locks nothing: what it says may
// have changed by the time that the step is completed, and is checked again there.
func (s *Stations) Identify(ctx context.Context, site, code, lot string) (mes.ScanAnswer, error) {
	scan, err := mes.ParseScan(code)
	if err != nil {
		var f mes.Faults
		f.Add("code", "%s", err)
		return mes.ScanAnswer{}, f.Err("The code can't be read.")
	}
	step, quantity, err := s.stepOf(ctx, site, lot)
	if err != nil {
		return mes.ScanAnswer{}, err
	}
	wanted := ""
	if step.Component != nil {
		wanted = step.Component.Material
	}
	out := mes.ScanAnswer{Scan: scan, Kind: mes.ScanUnknown, Text: mes.UnknownComponent(scan).Error()}
	found, err := s.q.FindComponent(ctx, sqlcgen.FindComponentParams{Code: scan.Identity(), Site: site, Material: wanted})
	if err != nil {
		return out, translate(err)
	}
	if len(found) == 0 {
		return s.badge(ctx, out)
	}
	row, err := s.component(ctx, site, lot, found[0].ID)
	if err != nil {
		return out, err
	}
	return describe(out, row, step, quantity, lot), nil
}

// stepOf reads the step that the lot is at, and how many pieces it has.
func (s *Stations) stepOf(ctx context.Context, site, lot string) (mes.Step, mes.Decimal, error) {
	if lot == "" {
		return mes.Step{}, mes.Zero, nil
	}
	row, err := s.q.ProgressOfLot(ctx, sqlcgen.ProgressOfLotParams{Site: site, Lot: lot})
	if err != nil {
		return mes.Step{}, mes.Zero, missing(err, "Lot", lot)
	}
	if row.Progress == nil {
		return mes.Step{}, mes.Zero, nil
	}
	routing, err := s.routings.get(ctx, s.q, row.Product, row.Revision)
	if err != nil {
		return mes.Step{}, mes.Zero, translate(err)
	}
	var p mes.Progress
	if err := json.Unmarshal(row.Progress, &p); err != nil {
		return mes.Step{}, mes.Zero, fmt.Errorf("progress of %s: %w", lot, err)
	}
	step, _ := p.CurrentStep(routing)
	return step, p.Quantity, nil
}

func (s *Stations) badge(ctx context.Context, out mes.ScanAnswer) (mes.ScanAnswer, error) {
	a, err := s.q.AccountByBadge(ctx, out.Scan.Raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, nil
	}
	if err != nil {
		return out, translate(err)
	}
	out.Kind, out.Subject, out.Text = mes.ScanAccount, a.ID, a.Name
	return out, nil
}

// component reads a component as CheckComponent wants it, without its lock.
func (s *Stations) component(ctx context.Context, site, into, id string) (*stocked, error) {
	rows, err := s.q.Components(ctx, []string{id})
	if err != nil {
		return nil, translate(err)
	}
	same := make([]sqlcgen.LockComponentsRow, len(rows))
	for i, r := range rows {
		same[i] = sqlcgen.LockComponentsRow(r)
	}
	stock, err := shelf{q: s.q, site: site, into: into}.stock(ctx, same)
	return stock[id], translate(err)
}

// describe says in the operator's words what the thing is and whether it fits.
func describe(out mes.ScanAnswer, c *stocked, step mes.Step, pieces mes.Decimal, lot string) mes.ScanAnswer {
	out.Subject, out.Kind = c.ID, mes.ScanComponent
	if c.Origin == "produced" && c.State != mes.LotPacked {
		out.Kind = mes.ScanLot
	}
	out.Text = fmt.Sprintf("%s, %s, %s %s left", c.ID, c.Material, c.Remaining, c.Unit)
	if out.Kind == mes.ScanLot {
		out.Text = fmt.Sprintf("%s, %s, %s", c.ID, c.Material, c.State)
	}
	switch {
	case step.Kind == mes.StepLabel:
		out.FitsStep = c.ID == lot
	case step.Kind == mes.StepScan && c.again && c.Material == step.Component.Material:
		out.FitsStep, out.Text = true, fmt.Sprintf("%s is built into %s already; it counts.", c.ID, lot)
	case step.Kind == mes.StepScan && c.ID != lot:
		// A lot with too little left fits as well: the rest comes from a second scan.
		need := step.Component.Quantity.Mul(pieces)
		if c.Remaining.IsPositive() && c.Remaining.LessThan(need) {
			need = c.Remaining
		}
		err := mes.CheckComponent(c.ComponentLot, mes.ComponentTake{Material: step.Component.Material, Quantity: need, Into: lot}, time.Now())
		if out.FitsStep = err == nil; err != nil {
			out.Text = err.Error()
		}
	}
	return out
}
