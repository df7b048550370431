package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// AsBuilt reads everything that was recorded of one lot.
func (l *Lots) AsBuilt(ctx context.Context, site, lot string) (mes.AsBuilt, error) {
	h, err := l.q.LotHeader(ctx, sqlcgen.LotHeaderParams{Site: site, Lot: lot})
	if err != nil {
		return mes.AsBuilt{}, missing(err, "Lot", lot)
	}
	out := mes.AsBuilt{Lot: h.ID, Material: h.Material, Order: h.WorkOrder, Revision: h.Revision, Operations: []mes.BuiltOperation{}}
	if out.Signatures, err = decisionsSigned(ctx, l.q, site, lot); err != nil {
		return out, translate(err)
	}
	visits, err := l.q.VisitsOfLot(ctx, lot)
	if err != nil {
		return out, translate(err)
	}
	steps, err := l.builtSteps(ctx, site, lot)
	if err != nil {
		return out, translate(err)
	}
	for _, v := range visits {
		o := mes.BuiltOperation{Operation: v.Operation, Name: v.Name, Visit: v.Visit, State: v.State, Station: v.Station, Operator: v.Operator,
			QueuedAt: v.QueuedAt, StartedAt: v.StartedAt, EndedAt: v.EndedAt, Rework: v.Rework, Steps: steps[visit{v.Operation, v.Visit}]}
		if o.Steps == nil {
			o.Steps = []mes.BuiltStep{}
		}
		out.Operations = append(out.Operations, o)
	}
	return out, nil
}

// visit is one stay of a lot at an operation.
type visit struct {
	operation string
	n         int
}

// builtSteps reads a lot's step records with their values, components and verdicts, by visit.
func (l *Lots) builtSteps(ctx context.Context, site, lot string) (map[visit][]mes.BuiltStep, error) {
	rows, err := l.q.StepsOfLot(ctx, lot)
	if err != nil {
		return nil, err
	}
	values, err := l.builtValues(ctx, lot)
	if err != nil {
		return nil, err
	}
	components, err := l.builtComponents(ctx, lot)
	if err != nil {
		return nil, err
	}
	verdicts, err := (&Visions{db: l.db}).ofLot(ctx, site, lot)
	if err != nil {
		return nil, err
	}
	records := make([]string, len(rows))
	for i, r := range rows {
		records[i] = stepID(lot, r.Operation, r.Visit, r.Step, r.Attempt)
	}
	signatures, err := signedOf(ctx, l.q, site, []mes.SignedNoun{mes.SignedStep}, records)
	if err != nil {
		return nil, err
	}
	out := map[visit][]mes.BuiltStep{}
	for i, r := range rows {
		s := mes.BuiltStep{Step: r.Step, Kind: mes.StepKind(r.Kind), Name: r.Name, Attempt: r.Attempt, Revision: r.Revision, Result: mes.StepResult(r.Result), Station: r.Station,
			Operator: r.Operator, Device: r.Device, Program: r.Program, Gauge: r.Gauge, ByHand: r.ByHand, Note: r.Note, StartedAt: r.StartedAt, At: r.EndedAt,
			Values: values[r.ID], Components: components[r.Key], Signatures: signatures[records[i]]}
		if s.Values == nil {
			s.Values = []mes.BuiltValue{}
		}
		if s.Components == nil {
			s.Components = []mes.BuiltComponent{}
		}
		if v, ok := verdicts[r.Vision]; ok {
			s.Vision = &v
		}
		at := visit{r.Operation, r.Visit}
		out[at] = append(out[at], s)
	}
	return out, nil
}

func (l *Lots) builtValues(ctx context.Context, lot string) (map[int64][]mes.BuiltValue, error) {
	rows, err := l.q.ValuesOfLot(ctx, lot)
	out := map[int64][]mes.BuiltValue{}
	for _, v := range rows {
		out[v.Record] = append(out[v.Record], mes.BuiltValue{Characteristic: v.Characteristic, Name: v.Name, Sample: v.Sample, Value: v.Value, Unit: v.Unit,
			Lower: v.Lower, Upper: v.Upper, Result: mes.StepResult(v.Result), At: v.MeasuredAt})
	}
	return out, err
}

func (l *Lots) builtComponents(ctx context.Context, lot string) (map[string][]mes.BuiltComponent, error) {
	rows, err := l.q.ComponentsOfLot(ctx, lot)
	out := map[string][]mes.BuiltComponent{}
	for _, c := range rows {
		out[c.Key] = append(out[c.Key], mes.BuiltComponent{Lot: c.Component, Material: c.Material, Name: c.Name, Quantity: c.Quantity, Unit: c.Unit,
			Supplier: c.Supplier, SupplierLot: c.SupplierLot})
	}
	return out, err
}
