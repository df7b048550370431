package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// lots reads the records of several lots of one site, in the order of their numbers.
func (r recordReader) lots(ctx context.Context, ids []string) ([]mes.LotRecord, error) {
	heads, err := r.q.RecordLots(ctx, sqlcgen.RecordLotsParams{Site: r.site, Lots: ids})
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	b := lotRecords{recordReader: r, at: map[string]*mes.LotRecord{}, lots: make([]string, len(heads))}
	out := make([]mes.LotRecord, len(heads))
	for i, h := range heads {
		out[i], b.lots[i], b.at[h.ID] = lotHead(h), h.ID, &out[i]
		routing, err := r.routings.get(ctx, r.q, h.Product, h.Revision)
		if err != nil {
			return nil, err
		}
		out[i].Content.Route = mes.Planned(routing)
		b.orders = append(b.orders, h.WorkOrder)
	}
	for _, part := range []func(context.Context) error{b.visits, b.events, b.verdicts, b.steps, b.signatures, b.holds, b.nonconformances, b.messages, b.runs, b.audit, b.releases, b.decided, b.labour, b.documents, b.people} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	for i, h := range heads {
		if h.FirstForm {
			out[i].Content.First()
		}
	}
	for i := range out {
		if _, out[i].Hash, err = canonicalJSON(out[i].Content); err != nil {
			return nil, fmt.Errorf("record of %s: %w", out[i].Content.Lot, err)
		}
		if len(out[i].Beside.Releases) > 0 {
			if out[i].Beside.Signatures, err = r.own(ctx, mes.SignedRecord{Noun: mes.SignedLotRecord, ID: out[i].Content.Lot}, out[i].Hash); err != nil {
				return nil, err
			}
		}
		out[i].Deviations = out[i].Deviate()
	}
	return out, nil
}

// lotRecords are the records of a batch while they are read.
type lotRecords struct {
	recordReader
	lots   []string
	orders []string
	at     map[string]*mes.LotRecord
}

func lotHead(h sqlcgen.RecordLotsRow) mes.LotRecord {
	c := mes.LotHistory{Format: mes.LotRecordFormat, Site: h.Site, Zone: h.Zone, Lot: h.ID, Order: h.WorkOrder, Product: h.Product, Revision: h.Revision,
		Routing: h.Routing, Tracking: mes.Tracking(h.Tracking), Unit: h.Unit, Quantity: h.Quantity, Good: mes.Zero, Scrapped: h.Scrapped,
		Outcome: outcomeOf(mes.LotState(h.State)), CreatedBy: h.CreatedBy, CreatedAt: h.CreatedAt, StartedAt: h.StartedAt, EndedAt: h.EndedAt,
		Operations: []mes.BuiltOperation{}, Events: []mes.LotEvent{}, Verdicts: []mes.VisionView{}, Holds: []mes.HoldRecord{},
		Messages: []mes.ERPMessage{}, Signatures: []mes.Signature{}, Labour: []mes.RecordLabour{}, Documents: []mes.RecordDocument{}}
	if h.Number != nil {
		c.Number = int(*h.Number)
	}
	if c.Outcome == mes.LotPacked {
		c.Good = h.Quantity.Sub(h.Scrapped)
	}
	return mes.LotRecord{Content: c, Beside: mes.LotBeside{ReadAt: h.ReadAt, SiteName: h.SiteName, ProductName: h.ProductName, State: mes.LotState(h.State),
		Remaining: h.Remaining, Customer: h.Customer, DeliveryNote: h.DeliveryNote, ShippedAt: h.ShippedAt,
		Names:     mes.RecordNames{People: map[string]string{}, Materials: map[string]string{}},
		Authority: []mes.Authority{}, Decisions: []mes.RecordDecision{}, Deliveries: []mes.Delivery{}, Runs: []mes.ArchivedRun{}, Audit: []mes.AuditRow{},
		Releases: []mes.RecordRelease{}, Signatures: []mes.Signature{}}}
}

// outcomeOf is how a lot left its routing. Where it went afterwards is another story.
func outcomeOf(s mes.LotState) mes.LotState {
	switch s {
	case mes.LotPacked, mes.LotShipped, mes.LotConsumed:
		return mes.LotPacked
	case mes.LotScrapped, mes.LotVoid, mes.LotMerged:
		return s
	}
	return ""
}

func (b lotRecords) visits(ctx context.Context) error {
	rows, err := b.q.RecordVisits(ctx, b.lots)
	for _, v := range rows {
		c := &b.at[v.Lot].Content
		c.Operations = append(c.Operations, mes.BuiltOperation{Operation: v.Operation, Name: v.Name, Visit: v.Visit, State: v.State, Station: v.Station,
			Operator: v.Operator, QueuedAt: v.QueuedAt, StartedAt: v.StartedAt, EndedAt: v.EndedAt, Rework: v.Rework, Steps: []mes.BuiltStep{}})
	}
	return err
}

func (b lotRecords) events(ctx context.Context) error {
	rows, err := b.q.RecordEvents(ctx, b.lots)
	for _, e := range rows {
		c := &b.at[e.Lot].Content
		c.Events = append(c.Events, mes.LotEvent{Key: e.Key, Kind: mes.EntryKind(e.Kind), Actor: e.Actor, Station: e.Station, Operation: e.Operation, Visit: e.Visit,
			Step: e.Step, Code: e.Code, Quantity: e.Quantity, WaitKind: mes.WaitKind(e.WaitKind), WaitOn: e.WaitOn, Reason: e.Reason, At: e.At})
	}
	return err
}

// judgedBy adds what a verdict says since inspection rules judge. What an older one does not have stays out of the record,
// whose hash covers every field.
func judgedBy(one *mes.VisionView, v sqlcgen.RecordVerdictsRow) error {
	one.Said, one.SaidConfidence, one.Code, one.Severity, one.Related, one.Dropped = mes.StepResult(v.Said), v.SaidConfidence, v.Code, v.Severity, v.Related, v.Dropped
	if one.Station = v.Station; one.Station != "" {
		one.Kind, one.Way, one.ModelVersion = mes.VisionKind(v.Kind), mes.VisionWay(v.Way), v.ModelVersion
	}
	if v.PictureWidth > 0 {
		one.Picture = &mes.Picture{Width: v.PictureWidth, Height: v.PictureHeight}
	}
	if v.Rule == nil {
		return nil
	}
	if err := json.Unmarshal(v.Rule, &one.Rule); err != nil {
		return fmt.Errorf("rule of verdict %s: %w", v.ID, err)
	}
	return nil
}

func (b lotRecords) verdicts(ctx context.Context) error {
	rows, err := b.q.RecordVerdicts(ctx, sqlcgen.RecordVerdictsParams{Site: b.site, Lots: b.lots})
	if err != nil {
		return err
	}
	for _, v := range rows {
		one := mes.VisionView{ID: v.ID, Camera: v.Camera, Key: v.Key, Lot: v.Lot, Operation: v.Operation, Step: v.Step, Shot: v.Shot, Verdict: mes.StepResult(v.Verdict),
			Confidence: v.Confidence, Model: v.Model, Image: v.Image, Measured: v.Measured, Match: mes.Match(v.Match), Source: v.Source,
			CapturedAt: v.CapturedAt, ReceivedAt: v.ReceivedAt}
		if err := json.Unmarshal(v.Boxes, &one.Predictions); err != nil {
			return fmt.Errorf("findings of verdict %s: %w", v.ID, err)
		}
		if err := judgedBy(&one, v); err != nil {
			return err
		}
		if v.Overridden != nil {
			if err := json.Unmarshal(v.Overridden, &one.Overridden); err != nil {
				return fmt.Errorf("decision on verdict %s: %w", v.ID, err)
			}
			one.Overridden.At = one.Overridden.At.UTC()
		}
		c := &b.at[v.Lot].Content
		c.Verdicts = append(c.Verdicts, one)
	}
	return nil
}

// steps puts each step record, with its values, components and verdict, into its visit.
func (b lotRecords) steps(ctx context.Context) error {
	rows, err := b.q.RecordSteps(ctx, b.lots)
	if err != nil {
		return err
	}
	values, err := b.values(ctx)
	if err != nil {
		return err
	}
	components, err := b.components(ctx)
	if err != nil {
		return err
	}
	for _, s := range rows {
		c := &b.at[s.Lot].Content
		i := slices.IndexFunc(c.Operations, func(o mes.BuiltOperation) bool { return o.Operation == s.Operation && o.Visit == s.Visit })
		if i < 0 {
			return fmt.Errorf("step record %s of %s belongs to no visit", s.Key, s.Lot)
		}
		built := mes.BuiltStep{Step: s.Step, Kind: mes.StepKind(s.Kind), Name: s.Name, Attempt: s.Attempt, Result: mes.StepResult(s.Result), Station: s.Station,
			Operator: s.Operator, Device: s.Device, Program: s.Program, Gauge: s.Gauge, ByHand: s.ByHand, Note: s.Note, Revision: s.Revision, StartedAt: s.StartedAt, At: s.EndedAt,
			Values: orEmpty(values[s.ID]), Components: orEmpty(components[s.Key])}
		if v := slices.IndexFunc(c.Verdicts, func(v mes.VisionView) bool { return v.ID == s.Vision }); v >= 0 {
			built.Vision = &c.Verdicts[v]
		}
		c.Operations[i].Steps = append(c.Operations[i].Steps, built)
	}
	return nil
}

func orEmpty[T any](of []T) []T {
	if of == nil {
		return []T{}
	}
	return of
}

func (b lotRecords) values(ctx context.Context) (map[int64][]mes.BuiltValue, error) {
	rows, err := b.q.RecordValues(ctx, b.lots)
	out := map[int64][]mes.BuiltValue{}
	for _, v := range rows {
		out[v.Record] = append(out[v.Record], mes.BuiltValue{Characteristic: v.Characteristic, Name: v.Name, Sample: v.Sample, Value: v.Value, Unit: v.Unit,
			Lower: v.Lower, Upper: v.Upper, Result: mes.StepResult(v.Result), At: v.MeasuredAt})
	}
	return out, err
}

// components reads what was built in. What a material is called may change, so names stand beside the record.
func (b lotRecords) components(ctx context.Context) (map[string][]mes.BuiltComponent, error) {
	rows, err := b.q.RecordComponents(ctx, b.lots)
	out := map[string][]mes.BuiltComponent{}
	for _, c := range rows {
		if c.Kind != consumed {
			h := &b.at[c.Lot].Content
			h.MadeFrom = append(h.MadeFrom, c.Component)
			continue
		}
		out[c.Key] = append(out[c.Key], mes.BuiltComponent{Lot: c.Component, Material: c.Material, Quantity: c.Quantity, Unit: c.Unit, Supplier: c.Supplier, SupplierLot: c.SupplierLot})
		for _, r := range b.at {
			r.Beside.Names.Materials[c.Material] = c.Name
		}
	}
	return out, err
}

func (b lotRecords) holds(ctx context.Context) error {
	rows, err := b.q.RecordHolds(ctx, sqlcgen.RecordHoldsParams{Site: b.site, Lots: b.lots, Orders: b.orders})
	for _, h := range rows {
		for _, r := range b.at {
			if concerns(h, r.Content) {
				r.Content.Holds = append(r.Content.Holds, holdRecord(h))
			}
		}
	}
	return err
}

// concerns tells whether a hold belongs to a lot's history. One that was laid on the order after the lot had ended belongs
// to the order's alone.
func concerns(h sqlcgen.RecordHoldsRow, lot mes.LotHistory) bool {
	if h.Scope == string(mes.HoldLot) {
		return h.Subject == lot.Lot
	}
	return h.Subject == lot.Order && (lot.EndedAt == nil || h.PlacedAt.Before(*lot.EndedAt))
}

// nonconformances reads those that the lots stand in, each with what was carried out on the lot.
func (b lotRecords) nonconformances(ctx context.Context) error {
	rows, err := b.q.RecordNonconformances(ctx, sqlcgen.RecordNonconformancesParams{Site: b.site, Lots: b.lots})
	if err != nil || len(rows) == 0 {
		return err
	}
	disposals, err := b.q.RecordDisposals(ctx, sqlcgen.RecordDisposalsParams{Site: b.site, Lots: b.lots})
	if err != nil {
		return err
	}
	for _, n := range rows {
		one := mes.NCRecord{ID: n.ID, Source: mes.NCSource(n.Source), Code: n.Code, Description: n.Description, Severity: mes.Severity(n.Severity), Quantity: n.Quantity,
			AddedBy: n.AddedBy, AddedAt: n.AddedAt, Disposals: []mes.DisposalRow{}}
		for _, d := range disposals {
			if d.Subject == n.ID && d.Lot == n.Lot {
				one.Disposals = append(one.Disposals, mes.DisposalRow{ID: d.ID, Noun: d.Noun, Subject: d.Subject, Lot: d.Lot, Kind: mes.DispositionKind(d.Kind), Quantity: d.Quantity, Bad: d.Bad,
					Code: d.Code, Routing: d.Routing, Permit: d.Permit, Request: d.Request, Actor: d.Actor, Reason: d.Reason, At: d.At})
			}
		}
		c := &b.at[n.Lot].Content
		c.Nonconformances = append(c.Nonconformances, one)
	}
	return nil
}

func holdRecord(h sqlcgen.RecordHoldsRow) mes.HoldRecord {
	return mes.HoldRecord{ID: h.ID, Scope: mes.HoldScope(h.Scope), Subject: h.Subject, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: h.PlacedAt,
		ReleasedBy: h.ReleasedBy, ReleasedAt: h.ReleasedAt, ReleaseReason: h.ReleaseReason}
}

func (b lotRecords) messages(ctx context.Context) error {
	rows, err := b.q.RecordLotMessages(ctx, b.lots)
	for _, m := range rows {
		r := b.at[m.Lot]
		r.Content.Messages = append(r.Content.Messages, mes.ERPMessage{Key: m.Key, Kind: m.Kind, Payload: m.Payload, CreatedAt: m.CreatedAt})
		r.Beside.Deliveries = append(r.Beside.Deliveries, mes.Delivery{Key: m.Key, State: m.State, Attempts: m.Attempts, Error: m.LastError, Answer: m.Answer, DeliveredAt: m.DeliveredAt})
	}
	return err
}

func (b lotRecords) runs(ctx context.Context) error {
	byWorkflow, ids := map[string]*mes.LotRecord{}, make([]string, len(b.lots))
	for i, lot := range b.lots {
		ids[i] = "lot/" + b.site + "/" + lot
		byWorkflow[ids[i]] = b.at[lot]
	}
	rows, err := b.q.RecordRuns(ctx, ids)
	for _, run := range rows {
		r := byWorkflow[run.WorkflowID]
		r.Beside.Runs = append(r.Beside.Runs, runOf(run))
	}
	return err
}

func (b lotRecords) audit(ctx context.Context) error {
	rows, err := b.q.RecordAudit(ctx, sqlcgen.RecordAuditParams{Noun: "lot", Subjects: b.lots})
	for _, a := range rows {
		r := b.at[a.Subject]
		r.Beside.Audit = append(r.Beside.Audit, auditRow(a))
	}
	return err
}

func auditRow(a sqlcgen.RecordAuditRow) mes.AuditRow {
	return mes.AuditRow{ID: a.ID, At: a.At, Actor: a.Actor, Action: a.Action, Noun: a.Noun, Subject: a.Subject, Reason: a.Reason, Before: a.Before, After: a.After,
		Source: a.Source, Key: a.Key, Hash: a.Hash}
}

func (b lotRecords) releases(ctx context.Context) error {
	rows, err := b.q.RecordReleases(ctx, sqlcgen.RecordReleasesParams{Noun: string(mes.SignedLotRecord), Subjects: b.lots})
	for _, a := range rows {
		r := b.at[a.Subject]
		r.Beside.Releases = append(r.Beside.Releases, releaseOf(a))
	}
	return err
}

func releaseOf(a sqlcgen.RecordReleasesRow) mes.RecordRelease {
	return mes.RecordRelease{ID: a.ID, Site: a.Site, Record: mes.SignedRecord{Noun: mes.SignedNoun(a.Noun), ID: a.Subject}, State: mes.RecordState(a.State), Hash: a.Hash,
		Request: a.Request, By: a.Actor, Reason: a.Reason, At: a.At, Deviations: a.Deviations, Worst: mes.Severity(a.Worst)}
}
