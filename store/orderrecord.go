package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// order reads an order's record. Its lots are read a batch at a time, and of each stays a line and what was not as
// planned.
func (r recordReader) order(ctx context.Context, number string) (mes.OrderRecord, error) {
	h, err := r.q.RecordOrder(ctx, sqlcgen.RecordOrderParams{Site: r.site, Number: number})
	if err != nil {
		return mes.OrderRecord{}, missing(err, "Order", number)
	}
	out := orderHead(h)
	for _, part := range []func(context.Context, *mes.OrderRecord) error{r.orderLots, r.orderHolds, r.orderMessages, r.orderAudit, r.orderWork, r.orderRest} {
		if err := part(ctx, &out); err != nil {
			return out, err
		}
	}
	if h.FirstForm {
		out.Content.Format, out.Content.Labour, out.Content.Documents = mes.FirstOrderFormat, nil, nil
	}
	if _, out.Hash, err = canonicalJSON(out.Content); err != nil {
		return out, fmt.Errorf("record of order %s: %w", number, err)
	}
	if out.Beside.Signatures, err = r.own(ctx, mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: number}, out.Hash); err != nil {
		return out, err
	}
	out.Deviations = out.Deviate()
	return out, nil
}

func orderHead(h sqlcgen.RecordOrderRow) mes.OrderRecord {
	c := mes.OrderHistory{Format: mes.OrderRecordFormat, Site: h.Site, Zone: h.Zone, Order: h.Number, Product: h.Product, Revision: h.Revision, Routing: h.Routing,
		Line: h.Line, Unit: h.Unit, Quantity: h.Quantity, Good: h.Good, Scrap: h.Scrap, InProcess: h.InProcess, NotStarted: h.NotStarted,
		Due: h.Due, CreatedBy: h.CreatedBy, CreatedAt: h.CreatedAt, ReleasedAt: h.ReleasedAt, StartedAt: h.StartedAt, EndedAt: h.EndedAt,
		Lots: []mes.LotLine{}, Changes: []mes.OrderCommand{}, Holds: []mes.HoldRecord{}, Messages: []mes.ERPMessage{}, Labour: []mes.RecordLabour{}, Documents: []mes.RecordDocument{}}
	switch s := mes.OrderState(h.State); {
	case s == mes.OrderCompleted, s == mes.OrderClosed:
		c.Outcome = mes.OrderCompleted // that the ERP has confirmed stands beside the record
	case s == mes.OrderCancelled:
		c.Outcome = s
	}
	return mes.OrderRecord{Content: c, Lots: []mes.LotSummary{}, Beside: mes.OrderBeside{ReadAt: h.ReadAt, SiteName: h.SiteName, ProductName: h.ProductName,
		State: mes.OrderState(h.State), Names: mes.RecordNames{People: map[string]string{}, Materials: map[string]string{}},
		Deliveries: []mes.Delivery{}, Runs: []mes.ArchivedRun{}, Audit: []mes.AuditRow{}, Releases: []mes.RecordRelease{}, Signatures: []mes.Signature{}}}
}

func (r recordReader) orderLots(ctx context.Context, out *mes.OrderRecord) error {
	return r.eachLot(ctx, out.Content.Order, func(l mes.LotRecord) error {
		c := l.Content
		out.Content.Lots = append(out.Content.Lots, mes.LotLine{Lot: c.Lot, Number: c.Number, Outcome: c.Outcome, Quantity: c.Quantity, Good: c.Good, Scrapped: c.Scrapped, Hash: l.Hash})
		s := mes.LotSummary{Lot: c.Lot, State: l.Beside.State, Deviations: l.Deviations}
		for _, o := range c.Operations {
			for _, step := range o.Steps {
				s.Values += len(step.Values)
			}
		}
		out.Lots = append(out.Lots, s)
		return nil
	})
}

func (r recordReader) orderHolds(ctx context.Context, out *mes.OrderRecord) error {
	rows, err := r.q.RecordHolds(ctx, sqlcgen.RecordHoldsParams{Site: r.site, Lots: []string{}, Orders: []string{out.Content.Order}})
	for _, h := range rows {
		out.Content.Holds = append(out.Content.Holds, holdRecord(h))
	}
	return err
}

func (r recordReader) orderMessages(ctx context.Context, out *mes.OrderRecord) error {
	rows, err := r.q.RecordOrderMessages(ctx, out.Content.Order)
	for _, m := range rows {
		out.Content.Messages = append(out.Content.Messages, mes.ERPMessage{Key: m.Key, Kind: m.Kind, Payload: m.Payload, CreatedAt: m.CreatedAt})
		out.Beside.Deliveries = append(out.Beside.Deliveries, mes.Delivery{Key: m.Key, State: m.State, Attempts: m.Attempts, Error: m.LastError, Answer: m.Answer, DeliveredAt: m.DeliveredAt})
	}
	return err
}

// orderCommands are the audit trail's actions that changed the order itself. That the ERP confirmed, or that a run was
// exported, comes after the order's end; its holds have a list of their own.
var orderCommands = []string{"created", "released", "changed", "terms_changed", "cancelled", "completed", "revision_changed"}

func (r recordReader) orderAudit(ctx context.Context, out *mes.OrderRecord) error {
	rows, err := r.q.RecordAudit(ctx, sqlcgen.RecordAuditParams{Noun: "order", Subjects: []string{out.Content.Order}})
	for _, a := range rows {
		out.Beside.Audit = append(out.Beside.Audit, auditRow(a))
		if slices.Contains(orderCommands, a.Action) {
			out.Content.Changes = append(out.Content.Changes, mes.OrderCommand{At: a.At, Action: a.Action, Actor: a.Actor, Reason: a.Reason, Before: a.Before, After: a.After})
		}
	}
	return err
}

func (r recordReader) orderRest(ctx context.Context, out *mes.OrderRecord) error {
	number := out.Content.Order
	runs, err := r.q.RecordRuns(ctx, []string{"wo/" + r.site + "/" + number})
	if err != nil {
		return err
	}
	for _, run := range runs {
		out.Beside.Runs = append(out.Beside.Runs, runOf(run))
	}
	releases, err := r.q.RecordReleases(ctx, sqlcgen.RecordReleasesParams{Noun: string(mes.SignedOrderRecord), Subjects: []string{number}})
	if err != nil {
		return err
	}
	for _, a := range releases {
		out.Beside.Releases = append(out.Beside.Releases, releaseOf(a))
	}
	ids := []string{out.Content.CreatedBy}
	for _, c := range out.Content.Changes {
		ids = append(ids, c.Actor)
	}
	for _, h := range out.Content.Holds {
		ids = append(ids, h.PlacedBy, h.ReleasedBy)
	}
	names, err := r.q.RecordPeople(ctx, ids)
	for _, n := range names {
		out.Beside.Names.People[n.ID] = n.Name
	}
	return err
}

// orderWork reads what people worked on the order, and the documents that it froze.
func (r recordReader) orderWork(ctx context.Context, out *mes.OrderRecord) error {
	entries, err := orderEntries(ctx, r.q, r.site, out.Content.Order)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e mes.LabourEntry) bool { return e.Open })
	for _, w := range mes.OfOrder(out.Content.Order, mes.Zero, entries).Rows {
		out.Content.Labour = append(out.Content.Labour, mes.RecordLabour{Operation: w.Operation, Person: w.Account, Millis: w.Millis, Hours: w.Hours, Cut: w.Cut})
		out.Beside.Names.People[w.Account] = w.Name
	}
	rows, err := r.q.RecordOrderDocuments(ctx, out.Content.Order)
	for _, d := range rows {
		out.Content.Documents = append(out.Content.Documents, mes.RecordDocument{Kind: mes.DocumentKind(d.Kind), ID: d.ID, Revision: d.Revision, Hash: d.Hash,
			Routing: d.RoutingRevision, FrozenAt: d.FrozenAt})
	}
	return err
}
