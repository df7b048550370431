-- name: RoutingRevision :one
SELECT product, revision, state, definition, hash, approved_by, approved_at FROM routing WHERE product = @product AND revision = @revision;

-- name: ApprovedRevision :one
SELECT revision FROM routing WHERE product = @product AND state = 'approved' ORDER BY approved_at DESC, revision DESC LIMIT 1;

-- name: EquipmentOfSite :many
-- The site and everything below it, parents first.
WITH RECURSIVE tree AS (
    SELECT e.id, e.level, e.parent, e.name, e.time_zone, e.capacity, 0 AS depth FROM equipment e WHERE e.id = @site AND e.level = 'site'
    UNION ALL
    SELECT c.id, c.level, c.parent, c.name, c.time_zone, c.capacity, t.depth + 1 FROM tree t JOIN equipment c ON c.parent = t.id
)
SELECT id, level, coalesce(parent, '')::text AS parent, name, time_zone, capacity FROM tree ORDER BY depth, id;

-- name: Sites :many
SELECT id FROM equipment WHERE level = 'site' ORDER BY id;

-- name: DevicesOfSite :many
-- Numbers that were given out before a restore from a backup travel in the configuration.
SELECT d.id, d.site, d.station, d.driver, d.name,
       (d.config || coalesce((SELECT jsonb_build_object('old_numbers', (a.after->'devices'->d.id->>'from')::bigint % 4294967296)
          FROM audit a WHERE a.noun = 'restore' AND a.action = 'restored' ORDER BY a.id DESC LIMIT 1), '{}'))::jsonb AS config, s.state, s.since, s.error, s.live, s.reported_at
  FROM device d LEFT JOIN device_status s ON s.device = d.id
 WHERE d.site = @site AND (@station::text = '' OR d.station = @station) ORDER BY d.station, d.id;

-- name: PutEquipment :exec
INSERT INTO equipment (id, level, parent, name, time_zone, capacity) VALUES (@id, @level, sqlc.narg(parent), @name, @time_zone, @capacity)
ON CONFLICT (id) DO UPDATE SET level = excluded.level, parent = excluded.parent, name = excluded.name, time_zone = excluded.time_zone, capacity = excluded.capacity;

-- name: PutDevice :exec
INSERT INTO device (id, site, station, driver, name, config) VALUES (@id, @site, @station, @driver, @name, @config)
ON CONFLICT (id) DO UPDATE SET site = excluded.site, station = excluded.station, driver = excluded.driver, name = excluded.name, config = excluded.config;

-- name: PutMaterial :exec
INSERT INTO material (id, name, tracking, unit, gtin, expires) VALUES (@id, @name, @tracking, @unit, @gtin, @expires)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, tracking = excluded.tracking, unit = excluded.unit, gtin = excluded.gtin, expires = excluded.expires;

-- name: SupersedeRoutings :exec
UPDATE routing SET state = 'superseded' WHERE product = @product AND state = 'approved';

-- name: AddRouting :exec
INSERT INTO routing (product, revision, state, definition, hash, approved_by, approved_at)
VALUES (@product, @revision, 'approved', @definition, @hash, @approved_by, now());

-- name: Materials :many
SELECT m.id, m.name, m.tracking, m.unit, m.gtin, m.expires,
       coalesce((SELECT r.revision FROM routing r WHERE r.product = m.id AND r.state = 'approved' ORDER BY r.approved_at DESC, r.revision DESC LIMIT 1), '')::text AS revision,
       ARRAY(SELECT r.revision FROM routing r WHERE r.product = m.id AND r.state <> 'rework' ORDER BY r.revision)::text[] AS revisions
  FROM material m ORDER BY m.id;

-- name: KnownEquipment :many
SELECT id, level FROM equipment WHERE id = ANY (@ids::text[]);

-- name: KnownDevices :many
SELECT id FROM device WHERE id = ANY (@ids::text[]);

-- name: KnownMaterials :many
SELECT id, tracking, expires, unit, gtin FROM material WHERE id = ANY (@ids::text[]);

-- name: PutDeviceStatus :many
-- Stores what the edge says, and answers the devices of which something changed.
INSERT INTO device_status (device, state, since, error, live, reported_at)
SELECT v.device, v.state, v.since, coalesce(v.error, ''), coalesce(v.live, '[]'), now()
  FROM jsonb_to_recordset(@reports::jsonb) AS v(device text, state text, since timestamptz, error text, live jsonb)
  JOIN device d ON d.id = v.device AND d.site = @site
 ORDER BY v.device
ON CONFLICT (device) DO UPDATE SET state = excluded.state, since = excluded.since, error = excluded.error, live = excluded.live, reported_at = excluded.reported_at
RETURNING device;

-- name: DeviceStatusBefore :many
SELECT device, state, error, live FROM device_status WHERE device = ANY (@devices::text[]);
