package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Ingest stores a camera's answer once, and decides under the lot's lock what it means: the lot waits for it and its
// workflow is told, or it comes late and stops the lot unless it is a pass, or nothing here knows it.
func (v *Visions) Ingest(ctx context.Context, r mes.VisionResult) (mes.VisionReceipt, error) {
	if err := r.Validate(); err != nil {
		return mes.VisionReceipt{}, err
	}
	image, err := v.keepImage(ctx, r)
	if err != nil {
		return mes.VisionReceipt{}, translate(err)
	}
	if r.Key == "" {
		r.Key = madeKey(r, image)
	}
	var out mes.VisionReceipt
	err = v.change(ctx, func(w *work) error {
		i := &ingestion{work: w, db: v.db, r: r, image: image, id: uuid.NewString()}
		out, err = i.run(ctx)
		return err
	})
	return out, err
}

// keepImage stores the picture before the transaction: it is the slow part, and harmless without its result.
func (v *Visions) keepImage(ctx context.Context, r mes.VisionResult) (string, error) {
	if len(r.Image) == 0 {
		return "", nil
	}
	return putBlob(ctx, v.q, r.ImageType, r.Image)
}

// madeKey is the identity of a result whose sender gave none: the same camera, place and picture is the same result.
func madeKey(r mes.VisionResult, image string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Camera, r.Lot, r.Operation, r.Step, fmt.Sprint(r.Shot), image}, "\x00")))
	return "made:" + hex.EncodeToString(sum[:16])
}

// ingestion is one result on its way in.
type ingestion struct {
	*work
	db    db
	r     mes.VisionResult
	image string
	id    string
	lot   sqlcgen.LockLotForVerdictRow
	at    mes.Progress // where the lot stands
	match mes.Match
	// stops is true for a late result that is no clear pass.
	stops bool
}

func (i *ingestion) run(ctx context.Context) (mes.VisionReceipt, error) {
	if err := i.judge(ctx); err != nil {
		return mes.VisionReceipt{}, err
	}
	stored, err := i.store(ctx)
	if err != nil {
		return mes.VisionReceipt{}, err
	}
	if !stored {
		first, err := i.VisionByKey(ctx, sqlcgen.VisionByKeyParams{Camera: i.r.Camera, Key: i.r.Key})
		return mes.VisionReceipt{ID: first.ID, Match: mes.MatchDuplicate, Image: first.Image}, err
	}
	if err := i.follow(ctx); err != nil {
		return mes.VisionReceipt{}, err
	}
	i.tell(i.r.Site, mes.EventVision, i.id)
	if i.lot.ID != "" {
		i.tell(i.r.Site, mes.EventLot, i.lot.ID)
		i.tell(i.r.Site, mes.EventStation, i.lot.Station)
	}
	receipt := mes.VisionReceipt{ID: i.id, Match: i.match, Image: i.image}
	if i.lot.ID != "" && i.match != mes.MatchWaiting {
		if err := i.lotChanged(ctx, i.r.Site, i.lot.ID, i.lot.WorkOrder, i.r.Camera, "a verdict came, "+string(i.r.Verdict)); err != nil {
			return receipt, err
		}
	}
	return receipt, i.audit(mes.Actor{ID: i.r.Source, Source: i.r.Camera}, "vision_result", "lot", i.r.Lot, "", i.r.Key, nil, map[string]any{"id": i.id, "camera": i.r.Camera, "operation": i.r.Operation,
		"step": i.r.Step, "shot": i.r.Shot, "verdict": i.r.Verdict, "confidence": i.r.Confidence, "model": i.r.Model, "image": i.image, "match": i.match})
}

// judge decides what the result means for its lot.
func (i *ingestion) judge(ctx context.Context) (err error) {
	i.match = mes.MatchUnknown
	i.lot, err = i.LockLotForVerdict(ctx, sqlcgen.LockLotForVerdictParams{Site: i.r.Site, Lot: i.r.Lot})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && i.lot.WorkOrder == "" {
		return nil
	}
	if err != nil {
		return err
	}
	routing, err := i.db.routings.get(ctx, i.Queries, i.lot.Product, i.lot.Revision)
	if err != nil {
		return err
	}
	if i.lot.Progress != nil {
		if err := json.Unmarshal(i.lot.Progress, &i.at); err != nil {
			return fmt.Errorf("progress of %s: %w", i.r.Lot, err)
		}
	}
	camera, err := i.DeviceOwner(ctx, sqlcgen.DeviceOwnerParams{Site: i.r.Site, Device: i.r.Camera})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	i.match, i.stops = mes.MatchVerdict(i.r, routing, i.at, camera.Station)
	return nil
}

func (i *ingestion) store(ctx context.Context) (bool, error) {
	boxes, err := json.Marshal(i.r.Boxes)
	if err != nil || i.r.Boxes == nil {
		boxes = []byte("[]")
	}
	captured := i.r.CapturedAt
	if captured.IsZero() {
		if captured, err = i.Now(ctx); err != nil {
			return false, err
		}
	}
	n, err := i.AddVisionResult(ctx, sqlcgen.AddVisionResultParams{ID: i.id, Site: i.r.Site, Camera: i.r.Camera, Key: i.r.Key, Lot: i.r.Lot, Operation: i.r.Operation,
		Step: i.r.Step, Shot: i.r.Shot, Verdict: string(i.r.Verdict), Confidence: i.r.Confidence, Model: i.r.Model, Image: i.image, Boxes: boxes,
		Measured: i.r.Measured, Match: string(i.match), Source: i.r.Source, CapturedAt: captured})
	return n == 1, err
}

// follow tells the lot's workflow, or stops the lot.
func (i *ingestion) follow(ctx context.Context) error {
	if i.match == mes.MatchWaiting {
		return i.send(ctx, mes.ToWorkflow, mes.MessageVerdict, "verdict/"+i.id, i.r.Lot, mes.VerdictStored{Site: i.r.Site, Lot: i.r.Lot, Event: i.id,
			Operation: i.at.Operation, Step: i.at.Step, Shot: i.at.Wait.Shot,
			Verdict: mes.Verdict{Result: i.r.Verdict, Confidence: i.r.Confidence, ResultID: i.id}})
	}
	if !i.stops {
		return nil
	}
	now, err := i.Now(ctx)
	if err != nil {
		return err
	}
	reason := fmt.Sprintf("Camera %s answered late for step %s: %s", i.r.Camera, i.r.Step, i.r.Verdict)
	h := mes.Hold{ID: uuid.NewString(), Site: i.r.Site, Scope: mes.HoldLot, Subject: i.r.Lot, Reason: reason, From: i.r.Camera, PlacedBy: "vision", PlacedAt: now}
	return i.hold(ctx, h, "late/"+i.id, i.lot.WorkOrder)
}
