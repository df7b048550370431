-- What a line's board is made of. Each is asked every few seconds by every board.

-- name: BoardLine :one
SELECT l.name, coalesce(l.parent, '')::text AS area, e.time_zone, now()::timestamptz AS now FROM equipment l LEFT JOIN equipment a ON a.id = l.parent JOIN equipment e ON e.id = @site
 WHERE l.id = @line AND l.level = 'line' AND @site::text IN (l.parent, a.parent);

-- name: BoardProduct :one
-- What the line works on: the lot that was begun last, among those in work or, without any, among those that left.
SELECT o.product, l.revision FROM lot l JOIN work_order o ON o.number = l.work_order
 WHERE l.site = @site AND o.line = @line AND l.started_at IS NOT NULL AND l.started_at > now() - interval '7 days'
 ORDER BY (l.state IN ('running', 'paused', 'review', 'queued')) DESC, l.started_at DESC LIMIT 1;

-- name: BoardPacked :many
SELECT l.ended_at::timestamptz AS at, CASE WHEN l.state = 'scrapped' THEN 0 ELSE l.quantity - l.scrapped END::numeric AS pieces,
       CASE WHEN l.state = 'scrapped' THEN l.quantity ELSE l.scrapped END::numeric AS lost,
       (l.state <> 'scrapped' AND l.scrapped = 0
        AND NOT EXISTS (SELECT FROM lot_operation v WHERE v.lot = l.id AND (v.visit > 1 OR v.rework))
        AND NOT EXISTS (SELECT FROM lot_event e WHERE e.lot = l.id AND e.kind IN ('defect_reported', 'reviewed', 'rework_dispatched')))::bool AS clean
  FROM lot l JOIN work_order o ON o.number = l.work_order
 WHERE l.site = @site AND l.origin = 'produced' AND l.ended_at >= @since AND o.line = @line AND l.state IN ('packed', 'shipped', 'consumed', 'scrapped', 'returned')
 ORDER BY l.ended_at;

-- name: BoardInProcess :many
-- Lots in process with what holds them: the containment's ID, or the plain hold's reason.
SELECT l.state, l.station, l.stations, l.remaining, coalesce(h.hold, '')::text AS hold, coalesce(h.aside, '')::text AS aside
  FROM lot l JOIN work_order o ON o.number = l.work_order
  LEFT JOIN LATERAL (
    SELECT CASE WHEN x.containment <> '' THEN x.containment ELSE 'plain' END AS hold, c.aside_place AS aside
      FROM hold x LEFT JOIN contained_lot c ON c.site = x.site AND c.containment = x.containment AND c.lot = l.id
     WHERE x.released_at IS NULL AND (x.scope = 'lot' AND x.subject = l.id OR x.scope = 'order' AND x.subject = l.work_order)
     ORDER BY x.containment <> '' DESC, x.placed_at LIMIT 1) h ON true
 WHERE l.site = @site AND o.line = @line AND l.state IN ('queued', 'running', 'paused', 'review') AND o.state <> 'cancelled';

-- name: BoardStations :many
SELECT s.id, s.name, coalesce(m.state, '')::text AS state, coalesce(m.from_at, 'epoch')::timestamptz AS since, coalesce(c.cycle, -1)::float8 AS cycle
  FROM equipment s
  LEFT JOIN machine_state m ON m.station = s.id AND m.until_at IS NULL
  LEFT JOIN LATERAL (SELECT extract(epoch FROM v.ended_at - v.started_at) AS cycle FROM lot_operation v
                      WHERE v.station = s.id AND v.state = 'completed' AND v.started_at IS NOT NULL AND v.ended_at >= @since ORDER BY v.ended_at DESC LIMIT 1) c ON true
 WHERE s.parent = @line AND s.level = 'station' ORDER BY s.id;

-- name: BoardStops :many
SELECT m.station, greatest(m.from_at, @since::timestamptz)::timestamptz AS from_at, coalesce(m.until_at, now())::timestamptz AS until_at
  FROM machine_state m WHERE m.station = ANY (@stations::text[]) AND m.state = 'unplanned_down' AND m.from_at < now() AND (m.until_at IS NULL OR m.until_at > @since::timestamptz)
   AND tstzrange(m.from_at, m.until_at) && tstzrange(@since::timestamptz, now())
 ORDER BY m.from_at;

-- name: BoardCalls :many
SELECT * FROM andon_call WHERE site = @site AND line = @line AND state IN ('open', 'acknowledged') ORDER BY open_at;
