-- name: AddReceivedLot :execrows
INSERT INTO lot (id, site, material, origin, state, quantity, remaining, supplier, supplier_lot, expires_at, created_by, created_at)
VALUES (@id, @site, @material, 'received', 'available', @quantity::numeric, @quantity::numeric, @supplier, @supplier_lot, @expires_at, @created_by, now())
ON CONFLICT (id) DO NOTHING;

-- name: ReceivedLot :one
SELECT site, material, origin, quantity, supplier, supplier_lot, expires_at FROM lot WHERE id = @id;

-- name: AddMaterialEvent :exec
INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
VALUES (@key, @lot, @work_order, @kind, @actor, '', '', 0, '', '', @quantity, '', '', @reason, now());

-- name: LockLots :many
SELECT id, site, origin, state, remaining, coalesce(work_order, '')::text AS work_order, customer, delivery_note
  FROM lot WHERE site = @site AND id = ANY (@lots::text[]) ORDER BY id FOR NO KEY UPDATE;

-- name: ShipLots :exec
UPDATE lot SET state = 'shipped', customer = @customer, delivery_note = @delivery_note, shipped_at = @at, version = version + 1 WHERE id = ANY (@lots::text[]);
