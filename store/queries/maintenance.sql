-- name: NextMaintenance :one
-- The row's lock keeps two from getting one number.
INSERT INTO maintenance_number (site, n) VALUES (@site, 1) ON CONFLICT (site) DO UPDATE SET n = maintenance_number.n + 1 RETURNING n;

-- name: LockMaintenanceKey :exec
-- One at a time opens or finds a job.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x1f', 'maintenance', @site::text, @key::text), 0));

-- name: MaintenanceByKey :one
SELECT id FROM maintenance_job WHERE key = @key;

-- name: MaintenanceByOutside :one
SELECT id FROM maintenance_job WHERE site = @site AND outside = @outside;

-- name: OpenMaintenanceOfPlan :one
SELECT id FROM maintenance_job WHERE site = @site AND plan = @plan AND back_at IS NULL AND ended_at IS NULL;

-- name: OpenMaintenanceOfRule :one
SELECT id FROM maintenance_job WHERE site = @site AND rule = @rule AND rule_group = @rule_group AND back_at IS NULL AND ended_at IS NULL;

-- name: OpenCalibrationJob :many
SELECT id FROM maintenance_job WHERE site = @site AND gauge = @gauge::text AND kind = 'calibration' AND back_at IS NULL AND ended_at IS NULL ORDER BY id;

-- name: AddMaintenance :exec
INSERT INTO maintenance_job (site, id, key, kind, state, station, gauge, severity, source, title, why, plan, rule, rule_group, alarm, outside, owner, raised_by, raised_at, due_at,
                             takes_out, out_from, minutes, down_from, out_since, end_reason, version, record)
VALUES (@site, @id, @key, @kind, @state, sqlc.narg(station), sqlc.narg(gauge), @severity, @source, @title, @why, @plan, @rule, @rule_group, @alarm, @outside, @owner, @raised_by, @raised_at,
        sqlc.narg(due_at), @takes_out, sqlc.narg(out_from), @minutes, sqlc.narg(down_from), sqlc.narg(out_since), '', 1, @record);

-- name: MaintenanceByID :one
SELECT * FROM maintenance_job WHERE site = @site AND id = @id;

-- name: LockMaintenance :one
SELECT * FROM maintenance_job WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: SaveMaintenance :exec
UPDATE maintenance_job SET state = @state, severity = @severity, owner = @owner, outside = @outside, due_at = sqlc.narg(due_at), takes_out = @takes_out, out_from = sqlc.narg(out_from),
       minutes = @minutes, down_from = sqlc.narg(down_from), out_since = sqlc.narg(out_since), planned_at = sqlc.narg(planned_at), locked_at = sqlc.narg(locked_at),
       started_at = sqlc.narg(started_at), tested_at = sqlc.narg(tested_at), back_at = sqlc.narg(back_at), ended_at = sqlc.narg(ended_at), end_reason = @end_reason,
       version = @version, record = @record
 WHERE site = @site AND id = @id;

-- name: MaintenanceAt :many
-- Jobs of a station that may bar it. The caller holds the station's row, and judges them.
SELECT * FROM maintenance_job WHERE station = @station::text AND back_at IS NULL AND ended_at IS NULL ORDER BY raised_at, id;

-- name: StationsOfLot :one
SELECT stations FROM lot WHERE id = @lot;

-- name: OpenMaintenance :many
SELECT site, id FROM maintenance_job WHERE ended_at IS NULL ORDER BY site, id;

-- name: MaintenancePlansOf :many
SELECT sqlc.embed(p), coalesce((SELECT j.id FROM maintenance_job j WHERE j.site = p.site AND j.plan = p.id AND j.back_at IS NULL AND j.ended_at IS NULL), '')::text AS open
  FROM maintenance_plan p WHERE p.site = @site ORDER BY p.id;

-- name: CalendarPlans :many
SELECT p.*, e.time_zone FROM maintenance_plan p JOIN equipment e ON e.id = p.site WHERE p.trigger_on = 'calendar' ORDER BY p.site, p.id;

-- name: LockMaintenancePlan :one
SELECT * FROM maintenance_plan WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: ConditionPlans :many
SELECT id FROM maintenance_plan WHERE site = @site AND active AND trigger_on IN ('days', 'run_hours', 'cycles', 'tag') ORDER BY id;

-- name: AlarmPlans :many
SELECT * FROM maintenance_plan WHERE station = @station::text AND active AND trigger_on = 'alarm' ORDER BY id;

-- name: AddMaintenancePlan :execrows
INSERT INTO maintenance_plan (site, id, station, gauge, trigger_on, active, definition, changed_by)
VALUES (@site, @id, sqlc.narg(station), sqlc.narg(gauge), @trigger_on, @active, @definition, @changed_by) ON CONFLICT DO NOTHING;

-- name: ChangeMaintenancePlan :exec
UPDATE maintenance_plan SET station = sqlc.narg(station), gauge = sqlc.narg(gauge), trigger_on = @trigger_on, active = @active, definition = @definition, changed_by = @changed_by,
       changed_at = now(), version = version + 1
 WHERE site = @site AND id = @id;

-- name: PlanDoneSince :exec
UPDATE maintenance_plan SET since = @since, back = @back WHERE site = @site AND id = @id;

-- name: AddOccurrence :execrows
INSERT INTO maintenance_occurrence (site, plan, at, job) VALUES (@site, @plan, @at, @job) ON CONFLICT DO NOTHING;

-- name: OccurrenceKnown :one
SELECT job FROM maintenance_occurrence WHERE site = @site AND plan = @plan AND at = @at;

-- name: RunSecondsSince :one
-- Running time of a machine since a moment, by its log.
SELECT coalesce(sum(extract(epoch FROM least(coalesce(until_at, now()), now()) - greatest(from_at, @since::timestamptz))), 0)::bigint AS seconds, count(*) AS stretches
  FROM machine_state WHERE station = @station AND state = 'running' AND coalesce(until_at, now()) > @since::timestamptz AND from_at < now();

-- name: PiecesSince :one
-- Pieces of a machine since a moment: what its counter says, or where it has none the lots that ended an operation there.
SELECT CASE WHEN EXISTS (SELECT FROM machine_count c WHERE c.station = @station)
            THEN (SELECT coalesce(sum(c.produced), 0) FROM machine_count c WHERE c.station = @station AND c.minute >= @since::timestamptz)
            ELSE (SELECT coalesce(sum(l.quantity), 0) FROM lot_operation o JOIN lot l ON l.id = o.lot WHERE o.station = @station AND o.ended_at >= @since::timestamptz) END::numeric AS pieces;

-- name: MaintenancePointsOf :one
SELECT * FROM maintenance_points WHERE station = @station AND site = @site;

-- name: PutMaintenancePoints :exec
INSERT INTO maintenance_points (station, site, points, changed_by) VALUES (@station, @site, @points, @changed_by)
ON CONFLICT (station) DO UPDATE SET points = excluded.points, changed_by = excluded.changed_by, changed_at = now(), version = maintenance_points.version + 1;

-- name: MaintenanceCodesOf :many
SELECT * FROM maintenance_code WHERE site = @site ORDER BY tree, id;

-- name: MaintenanceCodeOf :one
SELECT * FROM maintenance_code WHERE site = @site AND tree = @tree AND id = @id;

-- name: PutMaintenanceCode :exec
INSERT INTO maintenance_code (site, tree, id, parent, name, name_de, ended, changed_by) VALUES (@site, @tree, @id, @parent, @name, @name_de, @ended, @changed_by)
ON CONFLICT (site, tree, id) DO UPDATE SET parent = excluded.parent, name = excluded.name, name_de = excluded.name_de, ended = excluded.ended, changed_by = excluded.changed_by, changed_at = now();

-- name: MaintenanceWindows :many
-- What happened to each machine within a window. Every time is cut to the window.
WITH RECURSIVE tree AS (
    SELECT e.id, e.level FROM equipment e WHERE e.id = @site AND e.level = 'site'
    UNION ALL
    SELECT c.id, c.level FROM tree t JOIN equipment c ON c.parent = t.id
), span AS (
    SELECT @since::timestamptz AS a, least(@until::timestamptz, now()) AS b
), jobs AS (
    SELECT j.*, coalesce(j.back_at, j.ended_at, now()) AS over FROM maintenance_job j WHERE j.site = @site AND j.state NOT IN ('rejected', 'cancelled')
)
SELECT t.id AS station,
       coalesce((SELECT sum(extract(epoch FROM least(coalesce(m.until_at, now()), s.b) - greatest(m.from_at, s.a))) FROM machine_state m
                  WHERE m.station = t.id AND m.state = 'running' AND m.from_at < s.b AND coalesce(m.until_at, now()) > s.a), 0)::bigint AS running,
       EXISTS (SELECT FROM machine_state m WHERE m.station = t.id AND m.from_at < s.b AND coalesce(m.until_at, now()) > s.a) AS logged,
       coalesce((SELECT sum(extract(epoch FROM least(j.over, s.b) - greatest(j.out_since, s.a))) FROM jobs j
                  WHERE j.station = t.id AND j.out_since < s.b AND j.over > s.a), 0)::bigint AS out,
       (SELECT count(*) FROM jobs j WHERE j.station = t.id AND j.kind = 'corrective' AND j.out_since >= s.a AND j.out_since < s.b) AS failures,
       coalesce((SELECT sum(extract(epoch FROM least(j.over, s.b) - greatest(j.out_since, s.a))) FROM jobs j
                  WHERE j.station = t.id AND j.kind = 'corrective' AND j.out_since < s.b AND j.over > s.a), 0)::bigint AS repair,
       coalesce((SELECT sum(extract(epoch FROM least(j.over, s.b) - greatest(j.started_at, s.a))) FROM jobs j
                  WHERE j.station = t.id AND j.kind = 'corrective' AND j.started_at < s.b AND j.over > s.a), 0)::bigint AS corrective,
       coalesce((SELECT sum(extract(epoch FROM least(j.over, s.b) - greatest(j.started_at, s.a))) FROM jobs j
                  WHERE j.station = t.id AND j.kind <> 'corrective' AND j.started_at < s.b AND j.over > s.a), 0)::bigint AS preventive,
       ((SELECT count(*) FROM maintenance_job j WHERE j.station = t.id AND j.plan <> '' AND j.kind <> 'corrective' AND j.due_at >= s.a AND j.due_at < s.b)
      + (SELECT count(*) FROM maintenance_occurrence o JOIN maintenance_plan p ON p.site = o.site AND p.id = o.plan
          WHERE p.station = t.id AND o.job = '' AND o.at >= s.a AND o.at < s.b))::bigint AS due,
       (SELECT count(*) FROM maintenance_job j WHERE j.station = t.id AND j.plan <> '' AND j.kind <> 'corrective' AND j.due_at >= s.a AND j.due_at < s.b AND j.back_at <= j.due_at) AS in_time
  FROM tree t, span s WHERE t.level = 'station' AND (@station::text = '' OR t.id = @station) ORDER BY t.id;

-- name: NewestTagValue :many
-- The newest good number of a tag; none where it is older than ten minutes, since nobody repairs what was.
SELECT v.value::text AS value FROM tag t, LATERAL (SELECT x.value FROM tag_value x
        WHERE x.tag = t.id AND x.quality = 2 AND x.value IS NOT NULL AND x.at > now() - interval '10 minutes' ORDER BY x.at DESC LIMIT 1) v
 WHERE t.site = @site AND t.device = @device AND t.name = @name;

-- name: MaintenanceOfSiteNow :many
-- Jobs that may bar a station of the site, for lists; the caller judges them.
SELECT * FROM maintenance_job WHERE site = @site AND station IS NOT NULL AND back_at IS NULL AND ended_at IS NULL ORDER BY raised_at, id;
