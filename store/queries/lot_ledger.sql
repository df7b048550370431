-- The one path on which lots move. Lock order everywhere: the lot, its station, its components by ID, the order, the
-- audit chain's head.

-- name: LockLot :one
SELECT l.id, l.site, l.material, l.origin, l.state, (l.quantity - l.split_off)::numeric AS quantity, l.remaining, l.scrapped, l.operation, l.visit, l.version,
       l.station, l.started_at, l.work_order, l.wait_since
  FROM lot l WHERE l.site = @site AND l.id = @lot
   FOR NO KEY UPDATE;

-- name: EntryContext :one
-- Runs after the lock, so that it sees what the lock's last holder committed.
SELECT o.number, o.state, o.line, o.product, l.revision, o.revision AS ordered, l.reopened,
       (SELECT k.answer FROM entry_key k WHERE k.key = @key) AS answer,
       (SELECT to_jsonb(h) FROM hold h WHERE h.released_at IS NULL
           AND (h.scope = 'lot' AND h.subject = @lot::text OR h.scope = 'order' AND h.subject = o.number)
         ORDER BY h.placed_at, h.id LIMIT 1)::jsonb AS hold,
       (SELECT jsonb_object_agg(d.id, d.station) FROM device d WHERE d.site = l.site AND d.id = ANY (@devices::text[]))::jsonb AS devices
  FROM lot l JOIN work_order o ON o.number = l.work_order WHERE l.id = @lot;

-- name: OpenHolds :many
SELECT id, site, scope, subject, reason, placed_by, placed_at, containment FROM hold
 WHERE released_at IS NULL
   AND (scope = 'lot' AND subject = ANY (@lots::text[]) OR scope = 'order' AND subject = ANY (@orders::text[]))
 ORDER BY placed_at, id;

-- name: LockStation :one
SELECT id, name, capacity FROM equipment WHERE id = @station AND level = 'station' FOR NO KEY UPDATE;

-- name: LotsAtWork :many
SELECT id FROM lot WHERE station = @station AND state = 'running' AND id <> @lot ORDER BY id;

-- name: FindComponent :many
-- A code names a lot by its own ID before the supplier's lot number; among the supplier's lots, those with stock and
-- the earliest expiry come first.
SELECT l.id, l.material, m.gtin, m.tracking FROM lot l JOIN material m ON m.id = l.material
 WHERE l.site = @site AND (l.id = @code OR l.supplier_lot = @code AND l.supplier_lot <> '')
 ORDER BY l.id = @code DESC, l.material = @material DESC, l.remaining > 0 DESC, l.expires_at NULLS LAST, l.created_at, l.id
 LIMIT 1;

-- name: Components :many
SELECT l.id, l.material, l.origin, l.state, l.remaining, l.expires_at, coalesce(l.work_order, '')::text AS work_order, m.unit, m.tracking
  FROM lot l JOIN material m ON m.id = l.material
 WHERE l.id = ANY (@lots::text[]);

-- name: LockComponents :many
SELECT l.id, l.material, l.origin, l.state, l.remaining, l.expires_at, coalesce(l.work_order, '')::text AS work_order, m.unit, m.tracking
  FROM lot l JOIN material m ON m.id = l.material
 WHERE l.id = ANY (@lots::text[])
 ORDER BY l.id
   FOR NO KEY UPDATE OF l;

-- name: BuiltInto :many
SELECT DISTINCT ON (component) component, lot FROM consumption
 WHERE component = ANY (@components::text[]) AND kind = 'consumed' ORDER BY component, id DESC;

-- name: ConsumedBy :many
SELECT DISTINCT component FROM consumption WHERE lot = @lot AND component = ANY (@components::text[]);

-- name: TakeComponent :exec
UPDATE lot SET remaining = remaining - @quantity::numeric,
       state = CASE WHEN remaining = @quantity::numeric THEN 'consumed' ELSE state END,
       ended_at = CASE WHEN remaining = @quantity::numeric AND ended_at IS NULL THEN @at::timestamptz ELSE ended_at END
 WHERE id = @component;

-- name: AddConsumption :exec
INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
VALUES (@key, @n, @component, @lot, @material, @quantity, @operation, @step, @station, @operator, @scan, @at);

-- name: NextSeq :one
UPDATE device SET last_seq = last_seq + 1 WHERE id = @device RETURNING last_seq;

-- name: AddStepRecord :exec
WITH r AS (
    INSERT INTO step_record (key, lot, operation, visit, step, kind, name, attempt, station, operator, device, program, gauge, result,
                             by_hand, vision, note, revision, started_at, ended_at)
    VALUES (@key, @lot, @operation, @visit, @step, @kind, @name, @attempt, @station, @operator, @device, @program, @gauge, @result,
            @by_hand, @vision, @note, @revision, @started_at, @ended_at)
    RETURNING id
)
INSERT INTO step_value (record, n, characteristic, name, sample, value, unit, lower, upper, result, measured_at)
SELECT r.id, v.n, v.characteristic, v.name, v.sample, v.value, v.unit, v.lower, v.upper, v.result, v.measured_at
  FROM r, jsonb_to_recordset(@step_values::jsonb) AS v(n int, characteristic text, name text, sample int, value numeric, unit text,
          lower numeric, upper numeric, result text, measured_at timestamptz);

-- name: MoveLot :exec
UPDATE lot SET state = @state, remaining = @remaining, scrapped = @scrapped, operation = @operation, visit = @visit, step = @step,
       station = @station, stations = @stations, operator = @operator, wait_kind = @wait_kind, wait_on = @wait_on, wait_since = @wait_since,
       wait_reason = @wait_reason, wait_shot = @wait_shot, progress = @progress, version = @version,
       started_at = coalesce(started_at, @started_at), ended_at = @ended_at
 WHERE id = @lot;

-- name: OpenVisit :exec
INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at, rework)
VALUES (@lot, @operation, @visit, @name, @station, 'queued', @at, @rework)
ON CONFLICT (lot, operation, visit) DO NOTHING;

-- name: MoveVisit :exec
UPDATE lot_operation SET state = @state, station = CASE WHEN @station::text = '' THEN station ELSE @station END,
       operator = CASE WHEN @operator::text = '' THEN operator ELSE @operator END,
       started_at = coalesce(started_at, @started_at), ended_at = @ended_at
 WHERE lot = @lot AND operation = @operation AND visit = @visit;

-- name: AddLotEvent :exec
INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
VALUES (@key, @lot, @work_order, @kind, @actor, @station, @operation, @visit, @step, @code, @quantity, @wait_kind, @wait_on, @reason, @at);

-- name: MovePieces :exec
-- Pieces leave work in process for good or for scrap.
UPDATE work_order SET in_process = in_process - (sqlc.arg(good)::numeric + sqlc.arg(scrap)::numeric), good = good + sqlc.arg(good)::numeric, scrap = scrap + sqlc.arg(scrap)::numeric, version = version + 1
 WHERE number = @number;

-- name: BeginOrder :exec
UPDATE work_order SET state = 'running', started_at = @at, version = version + 1 WHERE number = @number AND state = 'released';

-- name: PlaceHold :exec
INSERT INTO hold (id, site, scope, subject, reason, placed_by, placed_at) VALUES (@id, @site, @scope, @subject, @reason, @placed_by, @placed_at);

-- name: PlanOfLot :one
SELECT (l.quantity - l.split_off)::numeric AS quantity, l.progress, o.number, l.revision, m.id AS product, m.gtin, m.tracking
  FROM lot l
  JOIN material m ON m.id = l.material
  JOIN work_order o ON o.number = l.work_order
 WHERE l.site = @site AND l.id = @lot;

-- name: AddHoldEvent :exec
INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
SELECT @key, l.id, @work_order, @kind, @actor, l.station, l.operation, l.visit, l.step, '', 0, l.wait_kind, l.wait_on, @reason, now()
  FROM lot l WHERE l.id = @lot;

-- name: Now :one
SELECT now()::timestamptz;
