-- name: DispatchReach :many
-- The stations asked for, and those that their waiting lots may go to as well.
SELECT DISTINCT s.station::text AS station FROM lot l CROSS JOIN LATERAL unnest(l.stations) AS s(station)
 WHERE l.site = @site AND l.state = 'queued' AND l.stations && @stations::text[]
UNION SELECT unnest(@stations::text[]);

-- name: DispatchStations :many
-- What a station is and what keeps it from starting, as far as this part of the house knows.
SELECT e.id, e.name, coalesce(e.parent, '')::text AS line, e.capacity, coalesce(d.rule, 'priority')::text AS rule,
       coalesce(m.state, '')::text AS machine, coalesce(m.from_at, 'epoch')::timestamptz AS machine_since, coalesce(m.source, '')::text AS machine_source,
       -- Why, in the best words there are: a person's, the reason's name, the alarm's sentence, the machine's own word.
       coalesce(nullif(m.note, ''), r.definition -> 'names' ->> 'en', CASE WHEN m.alarm <> '' THEN nullif(g.alarm_text, '') END, m.detail, '')::text AS machine_detail,
       coalesce(t.id, '')::text AS stop, coalesce(t.reason, '')::text AS stop_reason, coalesce(t.placed_at, 'epoch')::timestamptz AS stopped_at,
       coalesce(CASE WHEN d.rule = 'setup' THEN (SELECT l.material FROM lot_operation v JOIN lot l ON l.id = v.lot
                  WHERE v.station = e.id AND v.started_at IS NOT NULL ORDER BY v.started_at DESC LIMIT 1) END, '')::text AS set_up
  FROM equipment e LEFT JOIN dispatch_setting d ON d.line = e.parent
  LEFT JOIN machine_state m ON m.station = e.id AND m.until_at IS NULL
  LEFT JOIN machine_signal g ON g.station = e.id
  LEFT JOIN stop_reason r ON r.site = m.site AND r.code = m.reason
  LEFT JOIN station_stop t ON t.station = e.id AND t.lifted_at IS NULL
 WHERE e.id = ANY (@stations::text[]) AND e.level = 'station' ORDER BY e.parent, e.id;

-- name: DispatchRunning :many
SELECT l.station, l.id, coalesce(o.product, '')::text AS product, l.revision, l.operation, l.remaining, coalesce(v.started_at, now())::timestamptz AS started_at
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order
  LEFT JOIN lot_operation v ON v.lot = l.id AND v.operation = l.operation AND v.visit = l.visit
 WHERE l.station = ANY (@stations::text[]) AND l.state = 'running' ORDER BY l.station, v.started_at, l.id;

-- name: DispatchPlaces :many
SELECT p.id, p.station, p.lot, p.before_lot, p.as_key, p.nudge, p.by_account, p.reason, p.at
  FROM dispatch_place p JOIN lot l ON l.id = p.lot AND l.operation = p.operation AND l.visit = p.visit AND l.state = 'queued'
 WHERE p.station = ANY (@stations::text[]) AND p.released_at IS NULL;

-- name: DispatchStock :many
-- What is free of some components, and one lot each that is held or has expired and would be free otherwise.
SELECT m.id, m.name, m.unit,
       coalesce(sum(l.remaining) FILTER (WHERE h.subject IS NULL AND o.subject IS NULL AND (l.expires_at IS NULL OR l.expires_at > @at::timestamptz)), 0)::numeric AS free,
       coalesce((array_agg(l.id ORDER BY l.id) FILTER (WHERE h.subject IS NOT NULL OR o.subject IS NOT NULL))[1], '')::text AS held,
       coalesce((array_agg(coalesce(h.containment, o.containment) ORDER BY l.id) FILTER (WHERE h.subject IS NOT NULL OR o.subject IS NOT NULL))[1], '')::text AS hold,
       coalesce((array_agg(coalesce(h.placed_at, o.placed_at) ORDER BY l.id) FILTER (WHERE h.subject IS NOT NULL OR o.subject IS NOT NULL))[1], 'epoch')::timestamptz AS held_since,
       coalesce((array_agg(l.id ORDER BY l.id) FILTER (WHERE l.expires_at <= @at))[1], '')::text AS expired,
       coalesce((array_agg(l.expires_at ORDER BY l.id) FILTER (WHERE l.expires_at <= @at))[1], 'epoch')::timestamptz AS expired_at
  FROM material m
  LEFT JOIN lot l ON l.material = m.id AND l.site = @site AND l.state IN ('available', 'packed') AND l.remaining > 0
  LEFT JOIN (SELECT subject, min(placed_at) AS placed_at, max(containment) AS containment FROM hold WHERE released_at IS NULL AND scope = 'lot' GROUP BY subject) h ON h.subject = l.id
  LEFT JOIN (SELECT subject, min(placed_at) AS placed_at, max(containment) AS containment FROM hold WHERE released_at IS NULL AND scope = 'order' GROUP BY subject) o ON o.subject = l.work_order
 WHERE m.id = ANY (@materials::text[]) GROUP BY m.id, m.name, m.unit;

-- name: DispatchGauges :many
SELECT g.id, g.kind, coalesce(g.station, '')::text AS station, coalesce(g.device, '')::text AS device, g.blocked,
       coalesce(c.n, 0)::bigint AS n, coalesce(c.as_left, '')::text AS as_left, coalesce(c.due_at, 'epoch')::timestamptz AS due_at
  FROM gauge g LEFT JOIN LATERAL (SELECT n, as_left, due_at FROM gauge_calibration WHERE gauge = g.id ORDER BY n DESC LIMIT 1) c ON true
 WHERE g.site = @site AND NOT g.retired AND (g.kind = ANY (@kinds::text[]) OR g.device = ANY (@devices::text[]));

-- name: DispatchSilent :many
SELECT s.device, s.since FROM device_status s WHERE s.state = 'down' AND s.device = ANY (@devices::text[]);

-- name: PeopleAtWork :many
-- Who is at work: clocked on to what runs or to a code, or until a moment ago; signed in at a station's terminal; let work by
-- a supervisor; or on a shift, which the caller judges by the site's clock.
WITH last AS (
    SELECT DISTINCT ON (e.account) e.account, e.kind, e.lot, e.operation, e.visit, e.station, e.code, e.at FROM labour_event e
     WHERE e.site = @site AND e.kind IN ('on', 'off') AND e.account <> '' AND e.at > now() - interval '12 hours' ORDER BY e.account, e.at DESC, e.id DESC
), clocked AS (
    SELECT l.account, l.station, l.at FROM last l
     WHERE l.kind = 'on' AND (l.code <> '' OR l.at > @lately::timestamptz
        OR EXISTS (SELECT FROM lot t WHERE t.id = l.lot AND t.operation = l.operation AND t.visit = l.visit AND t.state = 'running')
        OR EXISTS (SELECT FROM labour_event j WHERE j.kind = 'job_end' AND j.lot = l.lot AND j.operation = l.operation AND j.visit = l.visit AND j.at > @lately))
), signed AS (
    SELECT DISTINCT ON (s.account) s.account, s.station, s.started_at AS at FROM session s
     WHERE s.station <> '' AND s.expiry > now() AND s.last_seen > @lately ORDER BY s.account, s.last_seen DESC
)
SELECT a.id, a.name, coalesce(nullif(c.station, ''), g.station, '')::text AS station,
       coalesce(c.at, g.at, 'epoch')::timestamptz AS since, (c.account IS NOT NULL OR g.account IS NOT NULL)::boolean AS seen, ('operator' = ANY (a.roles))::boolean AS operates,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'days', f.days, 'start', f.starts_at, 'end', f.ends_at,
                        'from', to_char(w.from_day, 'YYYY-MM-DD'), 'until', coalesce(to_char(w.until_day, 'YYYY-MM-DD'), '')))
                   FROM shift_assignment w JOIN shift f ON f.site = w.site AND f.id = w.shift
                  WHERE w.site = @site AND w.account = a.id AND w.ended_at IS NULL), '[]')::jsonb AS assigned,
       coalesce((SELECT max(o.until) FROM shift_override o WHERE o.site = @site AND o.account = a.id), 'epoch')::timestamptz AS override,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', q.id, 'level', q.level, 'expires_at', q.expires_at)) FROM qualification q WHERE q.account = a.id), '[]')::jsonb AS held
  FROM account a LEFT JOIN clocked c ON c.account = a.id LEFT JOIN signed g ON g.account = a.id
 WHERE a.site = @site AND a.active AND a.kind = 'person'
   AND (c.account IS NOT NULL OR g.account IS NOT NULL OR 'operator' = ANY (a.roles) AND (EXISTS (SELECT FROM shift_assignment w WHERE w.site = @site AND w.account = a.id AND w.ended_at IS NULL)
        OR EXISTS (SELECT FROM shift_override o WHERE o.site = @site AND o.account = a.id AND o.until > now())))
 ORDER BY a.name, a.id;

-- name: LineOfSite :one
SELECT l.id, l.name FROM equipment l JOIN equipment a ON a.id = l.parent WHERE l.id = @line AND l.level = 'line' AND (a.id = @site::text OR a.parent = @site::text);

-- name: LockLine :exec
SELECT id FROM equipment WHERE id = @line AND level = 'line' FOR NO KEY UPDATE;

-- name: StationsOfLine :many
SELECT id FROM equipment WHERE parent = @line::text AND level = 'station' ORDER BY id;

-- name: LinesToLookAt :many
-- The lines of some stations of a site, or all of them when no station is named.
SELECT DISTINCT l.id FROM equipment l JOIN equipment a ON a.id = l.parent LEFT JOIN equipment s ON s.parent = l.id AND s.level = 'station'
 WHERE l.level = 'line' AND (a.id = @site::text OR a.parent = @site::text) AND (cardinality(@stations::text[]) = 0 OR s.id = ANY (@stations::text[])) ORDER BY l.id;

-- name: DispatchSettingOf :one
SELECT * FROM dispatch_setting WHERE line = @line;

-- name: PutDispatchSetting :exec
INSERT INTO dispatch_setting (line, site, rule, lead_min, changed_by) VALUES (@line, @site, @rule, @lead_min, @changed_by)
ON CONFLICT (line) DO UPDATE SET rule = excluded.rule, lead_min = excluded.lead_min, changed_by = excluded.changed_by, changed_at = now(), version = dispatch_setting.version + 1;

-- name: LockDispatchPlace :one
SELECT p.* FROM dispatch_place p JOIN lot l ON l.id = p.lot AND l.operation = p.operation AND l.visit = p.visit AND l.state = 'queued'
 WHERE p.site = @site AND p.station = @station AND p.lot = @lot AND p.released_at IS NULL FOR UPDATE OF p;

-- name: AddDispatchPlace :one
INSERT INTO dispatch_place (site, station, lot, operation, visit, before_lot, as_key, nudge, by_account, reason, replaces)
VALUES (@site, @station, @lot, @operation, @visit, @before_lot, sqlc.narg(as_key), @nudge, @by_account, @reason, sqlc.narg(replaces)) RETURNING id, at;

-- name: ReleaseDispatchPlace :exec
UPDATE dispatch_place SET released_by = @released_by, released_at = now(), release_reason = @release_reason WHERE id = @id;

-- name: ReopenDispatchPlace :exec
UPDATE dispatch_place SET released_by = '', released_at = NULL, release_reason = '' WHERE id = @id;

-- name: LockDispatchLook :one
INSERT INTO dispatch_look AS k (line, site) VALUES (@line, @site) ON CONFLICT (line) DO UPDATE SET line = k.line RETURNING k.seen;

-- name: PutDispatchLook :exec
UPDATE dispatch_look SET seen = @seen, at = now() WHERE line = @line;

-- name: AddDispatchChange :exec
INSERT INTO dispatch_change (site, station, kind, state, reason, lot, before_lot, lots, count)
VALUES (@site, @station, @kind, @state, @reason, @lot, @before_lot, @lots, @count);

-- name: SweepDispatchChanges :exec
DELETE FROM dispatch_change WHERE at < @before;
