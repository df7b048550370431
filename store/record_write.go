package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// write queues everything that the entry changes, in the order of the locks.
func (r *recording) write(ctx context.Context) error {
	for _, part := range []func(context.Context) error{r.writeStep, r.consume, r.moveLot, r.moveVisit, r.clock, r.moveOrder, r.placeHold, r.askSigned, r.sendOn, r.close, r.tellDefect, r.openInspections, r.observeStep} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// value is one measured value as AddStepRecord takes it.
type value struct {
	N              int            `json:"n"`
	Characteristic string         `json:"characteristic"`
	Name           string         `json:"name"`
	Sample         int            `json:"sample"`
	Value          mes.Decimal    `json:"value"`
	Unit           string         `json:"unit"`
	Lower          *mes.Decimal   `json:"lower"`
	Upper          *mes.Decimal   `json:"upper"`
	Result         mes.StepResult `json:"result"`
	MeasuredAt     *time.Time     `json:"measured_at"`
}

func valuesOf(judged []mes.Judged) []value {
	out := make([]value, len(judged))
	for i, j := range judged {
		out[i] = value{N: i + 1, Characteristic: j.Characteristic, Name: j.Name, Sample: j.Sample, Value: j.Value, Unit: j.Unit,
			Lower: j.Lower, Upper: j.Upper, Result: j.Result}
		if !j.At.IsZero() {
			out[i].MeasuredAt = &judged[i].At
		}
	}
	return out
}

func (r *recording) writeStep(ctx context.Context) error {
	s := r.e.Step
	if s == nil {
		return nil
	}
	values, err := json.Marshal(valuesOf(s.Values))
	if err != nil {
		return err
	}
	return r.later.AddStepRecord(ctx, sqlcgen.AddStepRecordParams{Key: r.e.Key, Lot: r.e.Lot, Operation: s.Operation, Visit: s.Visit, Step: s.Step,
		Kind: string(s.Kind), Name: s.Name, Attempt: s.Attempt, Station: s.Station, Operator: s.Operator, Device: s.Device, Program: s.Program, Gauge: s.Gauge,
		Result: string(s.Result), ByHand: s.ByHand, Vision: s.VisionID, Note: s.Note, Revision: r.order.Revision,
		StartedAt: s.StartedAt, EndedAt: s.EndedAt, StepValues: values})
}

func (r *recording) moveLot(ctx context.Context) error {
	a := r.after
	progress, err := json.Marshal(a)
	if err != nil {
		return err
	}
	p := sqlcgen.MoveLotParams{Lot: r.e.Lot, State: string(a.State), Remaining: a.Quantity, Scrapped: a.Scrapped, Operation: a.Operation, Visit: a.Visit,
		Step: a.Step, Station: a.Station, Operator: a.Operator, WaitKind: string(a.Wait.Kind), WaitOn: a.Wait.On, WaitReason: a.Wait.Reason,
		WaitShot: a.Wait.Shot, Progress: progress, Version: a.Version}
	p.Stations = []string{}
	if a.State == mes.LotQueued {
		o, err := r.operation(ctx, a.Operation)
		if err != nil {
			return err
		}
		p.Stations = o.Stations
	}
	if !a.Wait.Since.IsZero() {
		p.WaitSince = &a.Wait.Since
	}
	if r.e.Kind == mes.EntryStarted {
		p.StartedAt = &r.e.At
	}
	if a.State.Ended() {
		p.EndedAt = &r.e.At
	}
	r.tell(r.e.Site, mes.EventLot, r.e.Lot)
	r.tell(r.e.Site, mes.EventStation, r.e.Before.Station)
	for _, s := range append(p.Stations, a.Station) {
		r.tell(r.e.Site, mes.EventStation, s)
	}
	return r.later.MoveLot(ctx, p)
}

// moveVisit keeps the projection of the lot's visits to operations.
func (r *recording) moveVisit(ctx context.Context) error {
	b, a := r.e.Before, r.after
	left := b.Operation != "" && (b.Operation != a.Operation || b.Visit != a.Visit)
	if left && b.State != mes.LotPacked { // whose last visit is completed
		state := "reworked"
		if r.e.Kind == mes.EntryCompleted {
			state = "completed"
		}
		if err := r.later.MoveVisit(ctx, sqlcgen.MoveVisitParams{Lot: r.e.Lot, Operation: b.Operation, Visit: b.Visit, State: state, EndedAt: &r.e.At}); err != nil {
			return err
		}
	}
	if left || b.Operation == "" {
		return r.openVisit(ctx)
	}
	p := sqlcgen.MoveVisitParams{Lot: r.e.Lot, Operation: a.Operation, Visit: a.Visit, State: visitState(a.State), Station: a.Station, Operator: a.Operator}
	if r.e.Kind == mes.EntryStarted {
		p.StartedAt = &r.e.At
	}
	if a.State.Ended() {
		p.EndedAt = &r.e.At
	}
	return r.later.MoveVisit(ctx, p)
}

func (r *recording) openVisit(ctx context.Context) error {
	o, err := r.operation(ctx, r.after.Operation)
	if err != nil {
		return err
	}
	return r.later.OpenVisit(ctx, sqlcgen.OpenVisitParams{Lot: r.e.Lot, Operation: o.ID, Visit: r.after.Visit, Name: o.Name, Station: r.after.Station, At: r.e.At, Rework: o.Rework != ""})
}

// operation reads an operation of the order's frozen routing.
func (r *recording) operation(ctx context.Context, id string) (mes.Operation, error) {
	routing, err := r.work.db.routings.get(ctx, r.Queries, r.order.Product, r.order.Revision)
	if err != nil {
		return mes.Operation{}, err
	}
	_, o, ok := routing.At(id)
	if !ok {
		return o, mes.NotFound("Operation", id)
	}
	return o, nil
}

// visitState is the lot's state in the words of its visit.
func visitState(s mes.LotState) string {
	if s == mes.LotPacked {
		return "completed"
	}
	return string(s)
}

// moveOrder books pieces that leave work in process, and marks the order's first start.
func (r *recording) moveOrder(ctx context.Context) error {
	good, scrap := mes.Zero, r.after.Scrapped.Sub(r.lot.Scrapped)
	if r.after.State == mes.LotPacked {
		good = r.after.Quantity
	}
	if r.e.Before.State == mes.LotPacked { // its pieces are in process again
		good = r.after.Quantity.Neg()
	}
	if r.after.Wait.Kind == mes.WaitReview || r.after.Wait.Kind == mes.WaitAnswer || r.after.State.Ended() {
		r.tell(r.e.Site, mes.EventOrder, r.order.Number)
	}
	if r.e.Kind == mes.EntryStarted && r.order.State == string(mes.OrderReleased) {
		r.tell(r.e.Site, mes.EventOrder, r.order.Number)
		if err := r.later.BeginOrder(ctx, sqlcgen.BeginOrderParams{Number: r.order.Number, At: &r.e.At}); err != nil {
			return err
		}
	}
	if good.IsZero() && scrap.IsZero() {
		return nil
	}
	r.tell(r.e.Site, mes.EventOrder, r.order.Number)
	return r.later.MovePieces(ctx, sqlcgen.MovePiecesParams{Number: r.order.Number, Good: good, Scrap: scrap})
}

func (r *recording) placeHold(ctx context.Context) error {
	if !r.e.PlaceHold {
		return nil
	}
	h := mes.Hold{ID: uuid.NewString(), Site: r.e.Site, Scope: mes.HoldLot, Subject: r.e.Lot, Reason: r.e.Reason, From: r.e.Actor.From(), PlacedBy: r.e.Actor.ID, PlacedAt: r.e.At}
	return r.hold(ctx, h, r.e.Key, r.order.Number)
}

// sendOn queues what others must be told: the ERP of a completed operation, the archive of a lot that has ended.
func (r *recording) sendOn(ctx context.Context) error {
	if r.e.Confirm {
		if err := r.confirm(ctx); err != nil {
			return err
		}
	}
	if !r.after.State.Ended() {
		return nil
	}
	if r.order.Reopened > 0 { // an earlier run of it was archived already
		return r.archiveAgain(ctx, "lot", r.e.Site, r.e.Lot, r.order.Reopened)
	}
	return r.archive(ctx, "lot", r.e.Site, r.e.Lot)
}

func (r *recording) confirm(ctx context.Context) error {
	b := r.e.Before
	o, err := r.operation(ctx, b.Operation)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%s/%s/%s/%d", r.order.Number, r.e.Lot, b.Operation, b.Visit)
	return r.send(ctx, mes.ToERP, mes.MessageOperationConfirmed, key, r.order.Number, mes.OperationConfirmed{Order: r.order.Number, Product: r.order.Product,
		Lot: r.e.Lot, Operation: b.Operation, OperationName: o.Name, Visit: b.Visit, Station: b.Station, Operator: b.Operator,
		Good: r.after.Quantity, Scrapped: r.after.Scrapped, CompletedAt: r.e.At})
}

// recordedEntry is what the audit trail keeps of an entry.
type recordedEntry struct {
	Progress mes.Progress      `json:"progress"`
	Step     *mes.StepRecord   `json:"step,omitempty"`
	Consume  []mes.Consumption `json:"consume,omitempty"`
	Code     string            `json:"code,omitempty"`
}

// close writes the event and the audit row.
func (r *recording) close(ctx context.Context) error {
	e := r.e
	ev := sqlcgen.AddLotEventParams{Key: e.Key, Lot: e.Lot, WorkOrder: r.order.Number, Kind: string(e.Kind), Actor: e.Actor.ID, Station: e.Before.Station,
		Operation: e.Before.Operation, Visit: e.Before.Visit, Step: e.Before.Step, Code: e.Code, Quantity: r.after.Scrapped.Sub(r.lot.Scrapped),
		WaitKind: string(r.after.Wait.Kind), WaitOn: r.after.Wait.On, Reason: reasonOf(e.Reason, r.after.Wait.Reason), At: e.At}
	if e.Kind == mes.EntryStarted || e.Kind == mes.EntryOpened {
		ev.Station, ev.Operation, ev.Visit = r.after.Station, r.after.Operation, r.after.Visit
	}
	if e.Kind == mes.EntryReviewed && e.Code == "" {
		ev.Code = string(decisionOf(r.after))
	}
	if err := r.later.AddLotEvent(ctx, ev); err != nil {
		return err
	}
	var before any
	if e.Before.Operation != "" {
		before = recordedEntry{Progress: e.Before}
	}
	return r.audit(e.Actor, string(e.Kind), "lot", e.Lot, e.Reason, e.Key, before, recordedEntry{Progress: r.after, Step: e.Step, Consume: e.Consume, Code: e.Code})
}

func reasonOf(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

// decisionOf reads a review's decision from what it did to the lot.
func decisionOf(after mes.Progress) mes.Decision {
	switch {
	case after.State == mes.LotScrapped:
		return mes.DecideScrap
	case after.State == mes.LotQueued:
		return mes.DecideRework
	}
	return mes.DecidePass
}
