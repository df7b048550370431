-- name: TagsOfDevices :many
SELECT id, device, name, address, unit, kind FROM tag WHERE site = @site AND device = ANY (@devices::text[]);

-- name: AddTags :many
INSERT INTO tag (site, device, name, address, unit, kind)
SELECT @site, unnest(@devices::text[]), unnest(@names::text[]), unnest(@addresses::text[]), unnest(@units::text[]), unnest(@kinds::text[]) ORDER BY 2, 3
ON CONFLICT (site, device, name) DO UPDATE SET address = excluded.address, unit = excluded.unit, kind = excluded.kind RETURNING id, device, name;

-- name: ChangeTag :exec
UPDATE tag SET address = @address, unit = @unit, kind = @kind WHERE id = @id;

-- name: RenameTag :exec
UPDATE tag SET name = @name, unit = @unit, kind = @kind WHERE id = @id;

-- name: AddTagName :exec
INSERT INTO tag_name (tag, site, device, name) VALUES (@tag, @site, @device, @name);

-- name: TagsOnceNamed :many
SELECT DISTINCT ON (device, name) device, name, tag FROM tag_name WHERE site = @site AND device = ANY (@devices::text[]) ORDER BY device, name, until DESC;

-- name: ConfiguredTags :many
SELECT id AS device, jsonb_object_keys(config -> 'tags')::text AS name FROM device WHERE id = ANY (@devices::text[]) AND site = @site AND jsonb_typeof(config -> 'tags') = 'object';

-- name: MakePartition :one
SELECT telemetry_make(@relation, (@day::text)::date);

-- name: DropPartitions :many
SELECT telemetry_drop(@relation, (@before::text)::date)::text;

-- name: MarkDirty :exec
-- The rows are locked until the values under them are there for all to see.
INSERT INTO tag_dirty (level, at, site, device)
SELECT @level::text, m.at, @site::text, m.device FROM (SELECT unnest(@ats::timestamptz[]) AS at, unnest(@devices::text[]) AS device) m ORDER BY m.at, m.device
ON CONFLICT (level, at, site, device) DO UPDATE SET site = excluded.site;

-- name: TakeDirty :many
DELETE FROM tag_dirty WHERE (level, at, site, device) IN (
    SELECT d.level, d.at, d.site, d.device FROM tag_dirty d WHERE d.level = @level AND d.at < @before ORDER BY d.at DESC LIMIT @most FOR UPDATE SKIP LOCKED)
RETURNING at, site, device;

-- name: RollUpMinutes :exec
-- The aggregate stands in a part of its own for each tag and minute, so that only the rows of that minute are read, by index
-- and from the one day. As a plain join the planner may read every value there is.
INSERT INTO tag_minute AS r (at, tag, n, bad, min, max, total, first, last)
SELECT m.at, t.id, s.n, s.bad, s.min, s.max, s.total, s.first, s.last
  FROM (SELECT unnest(@ats::timestamptz[]) AS at, unnest(@sites::text[]) AS site, unnest(@devices::text[]) AS device) m
  JOIN tag t ON t.site = m.site AND t.device = m.device
 CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE v.quality = 2) AS n, count(*) FILTER (WHERE v.quality < 2) AS bad, min(v.value) FILTER (WHERE v.quality = 2) AS min, max(v.value) FILTER (WHERE v.quality = 2) AS max,
           sum(v.value) FILTER (WHERE v.quality = 2) AS total, (array_agg(v.value ORDER BY v.at) FILTER (WHERE v.quality = 2))[1] AS first, (array_agg(v.value ORDER BY v.at DESC) FILTER (WHERE v.quality = 2))[1] AS last
      FROM tag_value v WHERE v.tag = t.id AND v.at >= m.at AND v.at < m.at + interval '1 minute' HAVING count(*) > 0) s
ON CONFLICT (tag, at) DO UPDATE SET n = excluded.n, bad = excluded.bad, min = excluded.min, max = excluded.max, total = excluded.total, first = excluded.first, last = excluded.last;

-- name: RollUpHours :exec
INSERT INTO tag_hour AS r (at, tag, n, bad, min, max, total, first, last)
SELECT h.at, t.id, s.n, s.bad, s.min, s.max, s.total, s.first, s.last
  FROM (SELECT unnest(@ats::timestamptz[]) AS at, unnest(@sites::text[]) AS site, unnest(@devices::text[]) AS device) h
  JOIN tag t ON t.site = h.site AND t.device = h.device
 CROSS JOIN LATERAL (
    SELECT sum(m.n)::int AS n, sum(m.bad)::int AS bad, min(m.min) AS min, max(m.max) AS max, sum(m.total) AS total,
           (array_agg(m.first ORDER BY m.at) FILTER (WHERE m.first IS NOT NULL))[1] AS first, (array_agg(m.last ORDER BY m.at DESC) FILTER (WHERE m.last IS NOT NULL))[1] AS last
      FROM tag_minute m WHERE m.tag = t.id AND m.at >= h.at AND m.at < h.at + interval '1 hour' HAVING count(*) > 0) s
ON CONFLICT (tag, at) DO UPDATE SET n = excluded.n, bad = excluded.bad, min = excluded.min, max = excluded.max, total = excluded.total, first = excluded.first, last = excluded.last;

-- name: OldestDirty :one
-- From when on roll-ups are not complete, for the devices of some tags, looking back no further than since.
SELECT least(@pending::timestamptz, min(d.at))::timestamptz FROM tag_dirty d
 WHERE d.level = @level AND d.at >= @since AND d.site = @site AND d.device IN (SELECT t.device FROM tag t WHERE t.id = ANY (@tags::int[]));

-- name: TagsByID :many
SELECT t.*, coalesce(d.station, '')::text AS station FROM tag t LEFT JOIN device d ON d.id = t.device WHERE t.site = @site AND t.id = ANY (@ids::int[]);

-- name: LastValues :many
SELECT t.id::int AS id, v.at, v.received, v.value, v.quality, coalesce(v.text, '')::text AS text
  FROM unnest(@tags::int[]) AS t(id), LATERAL (SELECT * FROM tag_value WHERE tag = t.id ORDER BY at DESC LIMIT 1) v;

-- name: PutNotice :execrows
INSERT INTO tag_notice AS k (site, device, kind, from_at, until_at, n, detail) VALUES (@site, @device, @kind, @from_at, sqlc.narg(until_at), @n, @detail)
ON CONFLICT (site, device, kind, from_at) DO UPDATE SET until_at = coalesce(excluded.until_at, k.until_at), n = greatest(k.n, excluded.n), detail = excluded.detail;

