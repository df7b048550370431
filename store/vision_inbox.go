package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

var _ mes.VisionInbox = (*Visions)(nil)

// TakeInbox brings rows that other programs inserted through the one door, and notes what became of each. A process that
// dies in between leaves the row to be taken again under its key, which finds it stored.
func (v *Visions) TakeInbox(ctx context.Context, most int) (int, error) {
	rows, err := v.q.InboxRows(ctx, most)
	if err != nil {
		return 0, translate(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(rows))
	for n := range rows {
		wg.Go(func() { errs[n] = v.takeRow(ctx, rows[n]) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	if len(rows) > 0 {
		err = v.q.AdvanceInboxMark(ctx)
	}
	return len(rows), translate(err)
}

// takeRow stores one row. Only an error that a repetition may mend comes back; a row that no repetition mends is kept with
// what is wrong with it.
func (v *Visions) takeRow(ctx context.Context, row sqlcgen.InboxRowsRow) error {
	var receipt mes.VisionReceipt
	r, err := fromInbox(row)
	if err == nil {
		receipt, err = v.Ingest(ctx, r)
	}
	fault := ""
	if err != nil {
		if mes.CodeOf(err) != mes.CodeUnprocessable && mes.CodeOf(err) != mes.CodeForbidden {
			return fmt.Errorf("row %d of the vision inbox: %w", row.ID, err)
		}
		fault = err.Error()
	}
	return v.change(ctx, func(w *work) error {
		done := sqlcgen.AddInboxDoneParams{Inbox: row.ID, Result: receipt.ID, Match: string(receipt.Match), Fault: fault}
		if err := w.later.AddInboxDone(ctx, done); err != nil {
			return err
		}
		if fault != "" && row.Kind != string(mes.VisionSafety) {
			return w.audit(mes.Actor{ID: row.InsertedBy, Source: row.Camera}, mes.AuditRefused, "vision_inbox", fmt.Sprint(row.ID), fault, "", nil, nil)
		}
		// What is stored is stored elsewhere, and a picture of people that may not be kept is not kept here either.
		return w.later.EmptyInboxRow(ctx, row.ID)
	})
}

// fromInbox reads a row: its columns say what the body does not.
func fromInbox(row sqlcgen.InboxRowsRow) (mes.VisionResult, error) {
	r := mes.VisionResult{Kind: mes.VisionKind(row.Kind), Key: row.Key, Site: row.Site, Camera: row.Camera, Lot: row.Lot, Operation: row.Operation, Step: row.Step,
		Verdict: mes.ReadVerdict(row.Verdict), Confidence: row.Confidence, Model: row.Model, Code: row.Code, Event: true, Source: row.InsertedBy, Way: mes.WaySQL}
	var f mes.Faults
	f.Check(row.Speaks, "camera", "%s is no camera of %s that %s speaks for: bind the device to a service account of that name", row.Camera, row.Site, row.InsertedBy)
	f.Check(row.Verdict == "" || r.Verdict != "", "verdict", "%q must be pass, fail or undecided", row.Verdict)
	if row.CapturedAt != nil {
		r.CapturedAt = row.CapturedAt.UTC()
	}
	r.Image = row.Image
	if row.Body != nil {
		var err error
		if r, err = withBody(r, row.Body); err != nil {
			f.Add("body", "%s", err)
		}
	}
	if r.Key == "" {
		r.Key = fmt.Sprintf("inbox/%d", row.ID)
	}
	if len(r.Image) > 0 {
		kind, size, why := mes.ReadPicture(r.Image)
		f.Check(why == "", "image", "%s", why)
		r.ImageType, r.Picture = kind, size
	}
	return r, f.Err(fmt.Sprintf("Row %d of the vision inbox was not stored.", row.ID))
}

// withBody reads the answer of an inference server, and the picture that may be in it.
func withBody(r mes.VisionResult, body []byte) (mes.VisionResult, error) {
	cut, err := mes.CutPictures(body, mes.MaxPicture)
	if err != nil {
		return r, err
	}
	found, err := mes.ReadRoboflow(cut.Body)
	if err != nil {
		return r, err
	}
	if len(found) != 1 {
		return r, fmt.Errorf("holds %d answers: give each picture a row", len(found))
	}
	r = found[0].Result(r, 0)
	r.Body = cut.Body
	if len(r.Image) == 0 {
		r.Image, err = cut.Picture(found[0].Image)
	}
	return r, err
}
