-- name: StationsOfSite :many
-- A station is down with its device, stopped by a hold or a silent device, waiting for a person, running or idle.
WITH RECURSIVE tree AS (
    SELECT e.id, e.level, e.parent, e.name, e.capacity FROM equipment e WHERE e.id = @site AND e.level = 'site'
    UNION ALL
    SELECT c.id, c.level, c.parent, c.name, c.capacity FROM tree t JOIN equipment c ON c.parent = t.id
), work AS (
    SELECT l.station, count(*) FILTER (WHERE l.state = 'running')::int AS running,
           (array_agg(CASE l.wait_kind WHEN 'answer' THEN l.wait_on || ' gave no answer for ' || l.id ELSE l.id || ' waits for review' END ORDER BY l.wait_since)
              FILTER (WHERE l.wait_kind IN ('answer', 'review')))[1] AS stuck,
           min(l.wait_since) FILTER (WHERE l.wait_kind IN ('answer', 'review')) AS stuck_since,
           bool_or(l.wait_kind = 'answer') AS silent, min(l.wait_since) FILTER (WHERE l.state = 'running') AS busy_since
      FROM lot l WHERE l.state IN ('running', 'paused', 'review') GROUP BY l.station
), next AS (
    SELECT s.station, count(*)::int AS waiting FROM lot l CROSS JOIN LATERAL unnest(l.stations) AS s(station) WHERE l.state = 'queued' GROUP BY s.station
), down AS (
    SELECT d.station, min(d.name || ' does not answer') AS why, min(s.since) AS since
      FROM device d JOIN device_status s ON s.device = d.id WHERE s.state = 'down' GROUP BY d.station
)
SELECT t.id, t.name, coalesce(t.parent, '')::text AS line, t.capacity,
       (CASE WHEN stop.station IS NOT NULL THEN 'stopped' WHEN down.station IS NOT NULL THEN 'down' WHEN coalesce(work.silent, false) THEN 'stopped' WHEN work.stuck IS NOT NULL THEN 'waiting'
            WHEN coalesce(work.running, 0) > 0 THEN 'running' ELSE 'idle' END)::text AS state,
       coalesce(stop.reason, down.why, work.stuck, '')::text AS reason,
       coalesce(stop.placed_at, down.since, work.stuck_since, work.busy_since, 'epoch')::timestamptz AS since,
       coalesce(work.running, 0)::int AS running, coalesce(next.waiting, 0)::int AS waiting,
       (stop.station IS NOT NULL)::boolean AS barred, coalesce(does.state, '')::text AS machine, does.from_at AS machine_since
  FROM tree t LEFT JOIN work ON work.station = t.id LEFT JOIN next ON next.station = t.id LEFT JOIN down ON down.station = t.id
  LEFT JOIN machine_state does ON does.station = t.id AND does.until_at IS NULL
  LEFT JOIN station_stop stop ON stop.station = t.id AND stop.lifted_at IS NULL
 WHERE t.level = 'station' ORDER BY t.parent, t.id;

-- name: StationOfSite :one
SELECT s.id, s.name FROM equipment s JOIN equipment l ON l.id = s.parent LEFT JOIN equipment a ON a.id = l.parent
 WHERE s.id = @station AND s.level = 'station' AND @site::text IN (l.parent, a.parent);

-- name: ProgressOfLot :one
SELECT l.progress, coalesce(o.product, '')::text AS product, l.revision, coalesce(l.number, 0)::int AS number, coalesce(o.quantity, 0)::numeric AS ordered
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order WHERE l.site = @site AND l.id = @lot;
