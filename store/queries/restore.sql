-- name: Tally :one
SELECT (SELECT count(*) FROM work_order) AS orders,
       (SELECT count(*) FROM work_order WHERE state IN ('created', 'released', 'running')) AS open_orders,
       (SELECT count(*) FROM lot) AS lots,
       (SELECT count(*) FROM lot WHERE state IN ('queued', 'running', 'paused', 'review')) AS open_lots,
       (SELECT count(*) FROM step_record) AS steps,
       (SELECT count(*) FROM blob) AS blobs,
       now()::timestamptz AS at;

-- name: SiteIDs :many
SELECT id FROM equipment WHERE level = 'site' ORDER BY id;

-- name: AuditStrands :many
SELECT strand, n, encode(hash, 'hex')::text AS hash FROM audit_head ORDER BY strand;

-- name: MissingStrands :many
-- Of rows that the audit trail must hold, those that it does not.
SELECT u.strand::int AS strand FROM jsonb_to_recordset(@strands::jsonb) AS u (strand int, n bigint, hash text)
 WHERE u.n > 0 AND NOT EXISTS (SELECT FROM audit a WHERE a.strand = u.strand AND a.n = u.n AND encode(a.hash, 'hex') = u.hash);

-- name: JumpDevices :many
UPDATE device SET last_seq = last_seq + @jump::bigint RETURNING id, last_seq;

-- name: JumpLots :many
-- Products that have not had a lot yet get the gap too: their first ones may have been made since the backup.
INSERT INTO lot_number (product, last) SELECT DISTINCT product, @jump::bigint FROM routing
ON CONFLICT (product) DO UPDATE SET last = lot_number.last + @jump::bigint RETURNING product, last;

-- name: EndSessions :execrows
DELETE FROM session;

-- name: LastRestore :one
SELECT after FROM audit WHERE noun = 'restore' AND action = 'restored' ORDER BY id DESC LIMIT 1;

-- name: OpenLotsAt :many
-- Lots that were on their way at a moment: begun before it, and not ended before it.
SELECT l.id, l.material, coalesce(l.work_order, '')::text AS work_order, e.kind, e.operation, e.step, e.station, e.at
  FROM lot l JOIN LATERAL (SELECT v.kind, v.operation, v.step, v.station, v.at FROM lot_event v WHERE v.lot = l.id AND v.at <= @moment ORDER BY v.id DESC LIMIT 1) e ON true
 WHERE l.origin = 'produced' AND l.created_at <= @moment AND (l.ended_at IS NULL OR l.ended_at > @moment) ORDER BY l.work_order, l.id;

-- name: UnknownLots :many
SELECT u.id::text AS id FROM unnest(@lots::text[]) AS u (id) WHERE NOT EXISTS (SELECT FROM lot l WHERE l.id = u.id) ORDER BY 1;

-- name: UnknownKeys :many
SELECT u.key::text AS key FROM unnest(@keys::text[]) AS u (key)
 WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.destination = 'erp' AND o.key = u.key) ORDER BY 1;
