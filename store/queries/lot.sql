-- name: VisitsOfLot :many
SELECT operation, visit, name, station, state, operator, queued_at, started_at, ended_at, rework FROM lot_operation
 WHERE lot = @lot ORDER BY coalesce(started_at, queued_at), queued_at, operation, visit;

-- name: StepsOfLot :many
SELECT id, key, operation, visit, step, kind, name, attempt, station, operator, device, program, gauge, result, by_hand, vision, note, revision, started_at, ended_at
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
