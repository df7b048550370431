-- name: LockStanding :many
SELECT l.id, l.site, l.material, m.tracking, l.origin, l.state, l.remaining, coalesce(l.work_order, '')::text AS work_order, l.revision, l.operation, l.visit,
       l.station, l.stations, l.supplier, l.supplier_lot, l.expires_at, l.progress, l.version, coalesce(o.line, '')::text AS line, l.started_at, l.ended_at
  FROM lot l JOIN material m ON m.id = l.material LEFT JOIN work_order o ON o.number = l.work_order
 WHERE l.site = @site AND l.id = ANY (@lots::text[]) ORDER BY l.id FOR NO KEY UPDATE OF l;

-- name: MoveFromLot :exec
-- Pieces leave for another lot. A lot that they all leave is over.
UPDATE lot SET remaining = remaining - @quantity::numeric, split_off = split_off + @quantity::numeric, state = @state, progress = coalesce(sqlc.narg(progress)::jsonb, progress),
       version = version + 1, wait_kind = CASE WHEN @state::text = 'merged' THEN '' ELSE wait_kind END, wait_on = CASE WHEN @state::text = 'merged' THEN '' ELSE wait_on END,
       stations = CASE WHEN @state::text = 'merged' THEN '{}' ELSE stations END,
       ended_at = CASE WHEN @state::text = 'merged' AND ended_at IS NULL THEN @at::timestamptz ELSE ended_at END
 WHERE id = @lot;

-- name: AddLotFrom :execrows
-- A lot that is made of another one's pieces is where they are, and is known by the same supplier and order.
INSERT INTO lot (id, site, material, origin, state, quantity, remaining, supplier, supplier_lot, expires_at, work_order, number, operation, visit, step, station, stations,
                 wait_kind, wait_on, wait_since, wait_reason, progress, version, revision, created_by, created_at, started_at, ended_at)
SELECT @id, p.site, p.material, p.origin, p.state, @quantity::numeric, @quantity::numeric, p.supplier, p.supplier_lot, p.expires_at, p.work_order, sqlc.narg(number)::int, p.operation, p.visit, p.step,
       p.station, p.stations, p.wait_kind, p.wait_on, p.wait_since, p.wait_reason, sqlc.narg(progress)::jsonb, @version, p.revision, @created_by, @at, p.started_at, p.ended_at
  FROM lot p WHERE p.id = @source
ON CONFLICT (id) DO NOTHING;

-- name: AddEdge :exec
INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at, kind)
VALUES (@key, @n, @component, @lot, @material, @quantity, @operation, '', @station, @operator, '', @at, @kind);

-- name: CopyVisit :exec
-- The new lot waits where the other one does. What was done before stands in the other's record.
INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at)
SELECT @lot, v.operation, v.visit, v.name, v.station, v.state, v.queued_at FROM lot_operation v WHERE v.lot = @source AND v.ended_at IS NULL
ON CONFLICT DO NOTHING;

-- name: CountMadeFrom :one
SELECT count(*)::int FROM consumption WHERE component = @component AND kind = @kind;
