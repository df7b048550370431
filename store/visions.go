package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Visions keeps cameras' verdicts with their pictures.
type Visions struct {
	db
	intake *intake
}

func newVisions(d db) *Visions {
	v := &Visions{db: d}
	v.intake = newIntake(v)
	return v
}

var (
	_ mes.Visions      = (*Visions)(nil)
	_ mes.VisionLedger = (*Visions)(nil)
)

// visionColumns and visionFields belong together. A decision of quality on the same visit and step, after the verdict
// and otherwise than it, overrides it; both stay.
const visionColumns = `v.id, v.camera, v.key, v.lot, v.operation, v.step, v.shot, v.verdict, v.confidence, v.model, v.image, v.boxes, v.measured,
	v.match, v.source, v.captured_at, v.received_at,
	(SELECT jsonb_build_object('decision', e.code, 'by', e.actor, 'reason', e.reason, 'at', e.at) FROM lot_event e
	  WHERE e.lot = v.lot AND e.kind = 'reviewed' AND (v.verdict <> 'fail' OR e.code = 'pass') AND e.step = v.step AND (v.operation = '' OR e.operation = v.operation) AND e.at >= v.received_at
	    AND NOT EXISTS (SELECT FROM vision_result n WHERE n.lot = v.lot AND n.step = v.step AND n.received_at > v.received_at AND n.received_at <= e.at)
	  ORDER BY e.id LIMIT 1),
	v.kind, v.way, v.station, v.model_version, v.said, v.said_confidence, v.rule, v.picture_width, v.picture_height, v.code, v.severity, v.related, v.dropped`

func visionFields(v *mes.VisionView) []any {
	v.Picture = &mes.Picture{}
	return []any{&v.ID, &v.Camera, &v.Key, &v.Lot, &v.Operation, &v.Step, &v.Shot, &v.Verdict, &v.Confidence, &v.Model, &v.Image, &v.Predictions, &v.Measured,
		&v.Match, &v.Source, &v.CapturedAt, &v.ReceivedAt, &v.Overridden,
		&v.Kind, &v.Way, &v.Station, &v.ModelVersion, &v.Said, &v.SaidConfidence, &v.Rule, &v.Picture.Width, &v.Picture.Height, &v.Code, &v.Severity, &v.Related, &v.Dropped}
}

// Get reads one verdict.
func (v *Visions) Get(ctx context.Context, site, id string) (mes.VisionView, error) {
	var out mes.VisionView
	err := v.pool.QueryRow(ctx, "SELECT "+visionColumns+" FROM vision_result v WHERE v.site = $1 AND v.id = $2", site, id).Scan(visionFields(&out)...)
	return out, missing(err, "Vision result", id)
}

// Raw reads the body that a verdict came in.
func (v *Visions) Raw(ctx context.Context, site, id string) (mes.RawVision, error) {
	row, err := v.q.BodyOfVision(ctx, sqlcgen.BodyOfVisionParams{Site: site, ID: id})
	return mes.RawVision{Hash: row.Hash, Body: row.Body}, missing(err, "Body of a vision result", id)
}

// List reads a page of verdicts, newest first.
func (v *Visions) List(ctx context.Context, f mes.VisionFilter) (mes.Page[mes.VisionView], error) {
	l := newListing("vision_result v", f.Paging, sorts{"": {{"v.received_at", "timestamptz", true}}}, column{"v.id", "text", true})
	l.where("v.site = ?", f.Site).where("v.lot = ?", f.Lot).where("v.camera = ?", f.Camera).where("v.match = ?", string(f.Match)).where("v.kind = ?", string(f.Kind))
	return page(ctx, v.db, l, visionColumns, visionFields)
}

// ofLot reads a lot's verdicts by ID.
func (v *Visions) ofLot(ctx context.Context, site, lot string) (map[string]mes.VisionView, error) {
	rows, err := v.pool.Query(ctx, "SELECT "+visionColumns+" FROM vision_result v WHERE v.site = $1 AND v.lot = $2", site, lot)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	out := map[string]mes.VisionView{}
	for rows.Next() {
		var one mes.VisionView
		if err := rows.Scan(visionFields(&one)...); err != nil {
			return nil, err
		}
		out[one.ID] = one
	}
	return out, translate(rows.Err())
}
