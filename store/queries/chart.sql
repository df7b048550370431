-- Control charts. Lock order: a chart's state comes after lots, stations and components; several charts by their ID.

-- name: ActiveCharts :many
SELECT definition FROM chart WHERE site = @site AND active ORDER BY id;

-- name: LockChartStates :many
SELECT s.chart, s.readings, s.points, s.taken, s.found, s.inspected, s.day, s.limits, s.since
  FROM chart_state s WHERE s.site = @site AND s.chart = ANY (@charts::text[])
 ORDER BY s.chart
   FOR NO KEY UPDATE;

-- name: ChartTails :many
-- Runs after the lock, so that it sees what the lock's last holder committed: the definition and the limits in force, whether
-- the record was taken before, the values that wait for the rest of their subgroup, and the last points. Charts that count keep
-- sums and need no values.
SELECT s.chart, c.definition, coalesce(l.baseline, 'null')::jsonb AS baseline, coalesce(e.time_zone, '')::text AS time_zone,
       EXISTS (SELECT FROM chart_reading r WHERE r.site = s.site AND r.chart = s.chart AND r.key = @key)::boolean AS told,
       coalesce((SELECT jsonb_agg(r.value ORDER BY r.nr) FROM chart_reading r
                  WHERE c.kind IN ('xbar_r', 'xbar_s', 'i_mr', 'ewma', 'cusum') AND r.site = s.site AND r.chart = s.chart AND r.nr > s.taken), '[]')::jsonb AS pending,
       coalesce((SELECT jsonb_agg(jsonb_build_object('n', p.n, 'value', p.value, 'plot', p.plot, 'second', p.second, 'i', p.i, 'limits', p.limits) ORDER BY p.seq)
                   FROM chart_point p WHERE p.site = s.site AND p.chart = s.chart AND p.seq > s.points - @memory::int), '[]')::jsonb AS points
  FROM chart_state s
  JOIN chart c ON c.site = s.site AND c.id = s.chart
  JOIN equipment e ON e.id = s.site
  LEFT JOIN chart_limits l ON l.site = s.site AND l.chart = s.chart AND l.version = s.limits
 WHERE s.site = @site AND s.chart = ANY (@charts::text[])
 ORDER BY s.chart;

-- name: AddChartReadings :exec
INSERT INTO chart_reading (site, chart, nr, key, n, value, inspected, failed, lower, upper, unit, lot, station, device, at)
SELECT @site, @chart, v.nr, @key, v.n, v.value, v.inspected, v.failed, v.lower, v.upper, v.unit, @lot, @station, @device, v.at
  FROM jsonb_to_recordset(@readings::jsonb) AS v(nr bigint, n int, value numeric, inspected int, failed boolean, lower numeric, upper numeric, unit text, at timestamptz);

-- name: AddChartPoint :exec
INSERT INTO chart_point (site, chart, seq, at, first_reading, last_reading, n, value, spread, plot, second, limits, i, flags, second_flags, spec_lower, spec_upper, unit)
VALUES (@site, @chart, @seq, @at, @first_reading, @last_reading, @n, @value, @spread, @plot, @second, @limits, @i, @flags, @second_flags, @spec_lower, @spec_upper, @unit);

-- name: MoveChartState :exec
UPDATE chart_state SET readings = @readings, points = @points, taken = @taken, found = @found, inspected = @inspected, day = @day
 WHERE site = @site AND chart = @chart;

-- name: AlarmsNear :many
SELECT id, plot, rule, side, last_point, points FROM chart_alarm
 WHERE site = @site AND chart = @chart AND limits = @limits AND last_point >= @since ORDER BY n;

-- name: OpenChartAlarm :exec
INSERT INTO chart_alarm (id, site, chart, plot, rule, side, limits, first_point, last_point, points, lot, station, text, opened_at)
VALUES (@id, @site, @chart, @plot, @rule, @side, @limits, @first_point, @last_point, @points, @lot, @station, @text, @opened_at);

-- name: GrowChartAlarm :exec
UPDATE chart_alarm SET last_point = @last_point, points = @points WHERE id = @id;

-- name: ChartRow :one
SELECT definition FROM chart WHERE site = @site AND id = @id;

-- name: LockChart :one
SELECT definition, version FROM chart WHERE site = @site AND id = @id FOR UPDATE;

-- name: AddChart :execrows
INSERT INTO chart (site, id, name, kind, product, operation, step, plan, station, definition, active, version, changed_by, changed_at)
VALUES (@site, @id, @name, @kind, @product, @operation, @step, @plan, @station, @definition, @active, @version, @changed_by, @changed_at)
ON CONFLICT (site, id) DO NOTHING;

-- name: AddChartState :exec
INSERT INTO chart_state (site, chart) VALUES (@site, @chart);

-- name: ChangeChart :exec
UPDATE chart SET name = @name, definition = @definition, active = @active, version = @version, changed_by = @changed_by, changed_at = @changed_at
 WHERE site = @site AND id = @id;

-- name: ChartStateLocked :one
SELECT * FROM chart_state WHERE site = @site AND chart = @chart FOR NO KEY UPDATE;

-- name: SetChartLimits :exec
UPDATE chart_state SET limits = @limits, since = points + 1 WHERE site = @site AND chart = @chart;

-- name: ChartLimitsOf :many
SELECT l.version, l.baseline, l.study, l.reason, l.proposed_by, l.proposed_at, s.limits = l.version AS in_force,
       coalesce((SELECT jsonb_agg(jsonb_build_object('by', a.approved_by, 'at', a.approved_at, 'reason', a.reason, 'from', a.first_point) ORDER BY a.id)
                   FROM chart_approval a WHERE a.site = l.site AND a.chart = l.chart AND a.version = l.version), '[]')::jsonb AS approvals
  FROM chart_limits l JOIN chart_state s ON s.site = l.site AND s.chart = l.chart
 WHERE l.site = @site AND l.chart = @chart
 ORDER BY l.version DESC;

-- name: AddChartLimits :exec
INSERT INTO chart_limits (site, chart, version, baseline, study, reason, proposed_by, proposed_at)
VALUES (@site, @chart, @version, @baseline, @study, @reason, @proposed_by, @proposed_at);

-- name: AddChartApproval :exec
INSERT INTO chart_approval (site, chart, version, approved_by, approved_at, reason, first_point)
VALUES (@site, @chart, @version, @approved_by, @approved_at, @reason, @first_point);

-- name: ChartWindow :many
-- The points of a window with their values, oldest first; the newest ones where there are more than fit.
SELECT * FROM (
    SELECT p.seq, p.at, p.n, p.value, p.spread, p.plot, p.second, p.limits, p.i, p.flags, p.second_flags, p.spec_lower, p.spec_upper, p.unit,
           coalesce((SELECT jsonb_agg(r.value ORDER BY r.nr) FROM chart_reading r
                      WHERE r.site = p.site AND r.chart = p.chart AND r.nr BETWEEN p.first_reading AND p.last_reading AND r.inspected = 0), '[]')::jsonb AS vals
      FROM chart_point p
     WHERE p.site = @site AND p.chart = @chart AND p.seq >= @first_seq AND (@last_seq::bigint = 0 OR p.seq <= @last_seq)
     ORDER BY p.seq DESC LIMIT @most
) newest ORDER BY seq;

-- name: LockChartAlarm :one
SELECT * FROM chart_alarm WHERE site = @site AND id = @id FOR UPDATE;

-- name: AcknowledgeChartAlarm :exec
UPDATE chart_alarm SET acknowledged_at = @at, acknowledged_by = @acknowledged_by, reason = @reason WHERE id = @id;

-- name: CloseAlertByKey :exec
UPDATE alert SET closed_at = now(), closed_by = @closed_by, comment = @comment WHERE key = @key AND closed_at IS NULL;
