-- name: VisitsOfLot :many
SELECT operation, visit, name, station, state, operator, queued_at, started_at, ended_at FROM lot_operation
 WHERE lot = @lot ORDER BY coalesce(started_at, queued_at), queued_at, operation, visit;

-- name: ExceptionsOfLot :many
SELECT kind::text AS kind, text::text AS text, at::timestamptz AS at, by::text AS by, link::text AS link FROM (
    SELECT CASE e.kind WHEN 'defect_reported' THEN 'defect' WHEN 'no_answer' THEN 'silent' WHEN 'reviewed' THEN 'review' WHEN 'signature_refused' THEN 'review' WHEN 'scrapped' THEN 'scrap' ELSE e.kind END AS kind,
           concat_ws(': ', nullif(e.code, ''), nullif(e.reason, '')) AS text, e.at, e.actor AS by, e.operation || '/' || e.step AS link
      FROM lot_event e WHERE e.lot = @lot AND e.kind IN ('defect_reported', 'no_answer', 'reviewed', 'signature_refused', 'scrapped', 'voided')
    UNION ALL
    SELECT 'hold', h.reason || CASE WHEN h.released_at IS NULL THEN '' ELSE '; released: ' || h.release_reason END, h.placed_at, h.placed_by, h.id
      FROM hold h WHERE h.scope = 'lot' AND h.subject = @lot OR h.scope = 'order' AND h.subject = (SELECT l.work_order FROM lot l WHERE l.id = @lot)
    UNION ALL
    SELECT CASE WHEN s.result = 'pass' THEN 'by_hand' ELSE 'failed_step' END,
           concat_ws(', ', s.name, (SELECT string_agg(v.name || ' ' || v.value || ' ' || v.unit, ', ' ORDER BY v.n) FROM step_value v WHERE v.record = s.id AND v.result = 'fail'), nullif(s.note, '')),
           s.ended_at, coalesce(nullif(s.operator, ''), s.device), s.operation || '/' || s.step
      FROM step_record s WHERE s.lot = @lot AND (s.result <> 'pass' OR s.by_hand)
    UNION ALL
    SELECT 'rework', o.operation || ' ' || o.name || ', left for rework', o.ended_at, o.operator, o.operation || '/'
      FROM lot_operation o WHERE o.lot = @lot AND o.state = 'reworked'
    UNION ALL
    SELECT 'late_verdict', v.camera || ' said ' || v.verdict || ' for step ' || v.step, v.received_at, v.camera, v.id
      FROM vision_result v WHERE v.lot = @lot AND v.match = 'late'
) x ORDER BY at, kind, link;

-- name: StepsOfLot :many
SELECT id, key, operation, visit, step, kind, name, attempt, station, operator, device, program, result, by_hand, vision, note, revision, started_at, ended_at
  FROM step_record WHERE lot = @lot ORDER BY id;

-- name: ValuesOfLot :many
SELECT v.record, v.characteristic, v.name, v.sample, v.value, v.unit, v.lower, v.upper, v.result, v.measured_at
  FROM step_record s JOIN step_value v ON v.record = s.id WHERE s.lot = @lot ORDER BY v.record, v.n;

-- name: ComponentsOfLot :many
SELECT c.key, c.component, c.material, m.name, c.quantity, m.unit, l.supplier, l.supplier_lot
  FROM consumption c JOIN lot l ON l.id = c.component JOIN material m ON m.id = c.material
 WHERE c.lot = @lot ORDER BY c.id;

-- name: LotHeader :one
SELECT l.id, l.material, coalesce(l.work_order, '')::text AS work_order, l.revision
  FROM lot l WHERE l.site = @site AND l.id = @lot;
