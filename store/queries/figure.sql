-- name: MachinesWatched :many
-- Stations with where they stand, their definitions, and when their log began.
SELECT s.id AS station, s.name, coalesce(s.parent, '')::text AS line, coalesce(m.definition, '{}')::jsonb AS definition,
       coalesce((SELECT min(b.from_at) FROM machine_state b WHERE b.station = s.id), 'epoch')::timestamptz AS began
  FROM equipment s LEFT JOIN machine m ON m.station = s.id
 WHERE s.id = ANY (@stations::text[]) ORDER BY s.id;

-- name: StatesBetween :many
-- The log of a window, with what stands a little before and after it: whether a stop is a short one does not end at the window's edge.
SELECT * FROM machine_state
 WHERE station = ANY (@stations::text[]) AND tstzrange(from_at, until_at) && tstzrange(@from_at::timestamptz, @until_at::timestamptz)
 ORDER BY station, from_at;

-- name: CountsBetween :many
SELECT station, minute, produced, rejected FROM machine_count
 WHERE station = ANY (@stations::text[]) AND minute >= @from_at AND minute < @until_at AND produced > 0 ORDER BY station, minute;

-- name: VisitsBetween :many
-- Lots that were in work at the stations in a window, with what became of their pieces: scrapped before, within and after the
-- visit and before the next one began, and when the lot came back to the same operation.
SELECT o.lot, o.operation, o.visit, o.station, o.state, o.started_at, o.ended_at, o.rework, l.material AS product, coalesce(l.work_order, '')::text AS work_order, l.revision,
       (l.quantity - l.split_off)::numeric AS quantity, m.tracking,
       coalesce((SELECT min(n.queued_at) FROM lot_operation n WHERE n.lot = o.lot AND n.operation = o.operation AND n.visit > o.visit), 'epoch')::timestamptz AS again_at,
       coalesce(s.before, 0)::numeric AS scrapped_before, coalesce(s.within, 0)::numeric AS scrapped_within, coalesce(s.after, 0)::numeric AS scrapped_after
  FROM lot_operation o JOIN lot l ON l.id = o.lot JOIN material m ON m.id = l.material
  LEFT JOIN LATERAL (
      SELECT sum(e.quantity) FILTER (WHERE e.at < o.started_at) AS before,
             sum(e.quantity) FILTER (WHERE e.at >= o.started_at AND e.operation = o.operation AND e.visit = o.visit AND (o.ended_at IS NULL OR e.at <= o.ended_at)) AS within,
             sum(e.quantity) FILTER (WHERE e.at > o.ended_at AND NOT EXISTS (SELECT 1 FROM lot_operation n WHERE n.lot = o.lot AND n.started_at >= o.ended_at AND n.started_at <= e.at
                                                                                AND (n.operation, n.visit) <> (o.operation, o.visit))) AS after
        FROM lot_event e WHERE e.lot = o.lot AND scraps(e.kind, e.quantity)) s ON true
 WHERE l.site = @site AND o.station = ANY (@stations::text[])
   AND (o.ended_at >= @from_at::timestamptz AND o.ended_at < @until_at::timestamptz
        OR o.started_at < @until_at::timestamptz AND o.started_at > @since::timestamptz AND (o.ended_at IS NULL OR o.ended_at >= @until_at::timestamptz))
 ORDER BY o.station, o.started_at, o.lot;

-- name: OrderSpan :one
SELECT min(o.started_at)::timestamptz AS from_at, CASE WHEN bool_or(o.ended_at IS NULL) THEN now() ELSE max(o.ended_at) END::timestamptz AS until_at
  FROM lot_operation o JOIN lot l ON l.id = o.lot WHERE l.site = @site AND l.work_order = @work_order AND o.started_at IS NOT NULL HAVING min(o.started_at) IS NOT NULL;

-- name: AddShiftFigure :execrows
INSERT INTO shift_figure (site, equipment, shift, shift_name, day, version, from_at, until_at, sums, cause)
VALUES (@site, @equipment, @shift, @shift_name, to_date(@day::text, 'YYYY-MM-DD'), @version, @from_at, @until_at, @sums, @cause) ON CONFLICT DO NOTHING;

-- name: ShiftFigures :many
-- The newest version of the figures of shifts that began in a window.
SELECT DISTINCT ON (equipment, from_at, shift, day) equipment, shift, shift_name, to_char(day, 'YYYY-MM-DD') AS day, version, from_at, until_at, sums, cause, at
  FROM shift_figure WHERE site = @site AND equipment = ANY (@equipment::text[]) AND day >= to_date(@from_day::text, 'YYYY-MM-DD') AND day <= to_date(@until_day::text, 'YYYY-MM-DD')
 ORDER BY equipment, from_at, shift, day, version DESC;

-- name: FigureVersions :many
SELECT version, from_at, until_at, sums, cause, at FROM shift_figure
 WHERE site = @site AND equipment = @equipment AND shift = @shift AND day = to_date(@day::text, 'YYYY-MM-DD') ORDER BY version;

-- name: TryFigureLock :one
SELECT pg_try_advisory_xact_lock(hashtext('shift_figure'), hashtext(@site::text));

-- name: DueRestatements :many
SELECT id, station, from_at, until_at, cause FROM restatement WHERE site = @site ORDER BY id LIMIT @n::int FOR UPDATE;

-- name: EndRestatements :exec
DELETE FROM restatement WHERE id = ANY (@ids::bigint[]);

-- name: StopReasonNames :many
SELECT code, coalesce(definition -> 'names', '{}')::jsonb AS names FROM stop_reason WHERE site = @site;
