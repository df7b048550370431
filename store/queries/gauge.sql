-- name: LockGauge :one
-- A calibration and a measured value queue here, so that a value is judged by the calibrations that stand at its commit.
SELECT * FROM gauge WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: ShareGauge :one
SELECT * FROM gauge WHERE site = @site AND id = @id FOR SHARE;

-- name: ShareGaugeOfDevice :one
SELECT * FROM gauge WHERE site = @site AND device = @device::text AND NOT retired FOR SHARE;

-- name: GaugeByID :one
SELECT * FROM gauge WHERE site = @site AND id = @id;

-- name: LastCalibration :one
SELECT * FROM gauge_calibration WHERE gauge = @gauge ORDER BY n DESC LIMIT 1;

-- name: CalibrationsOf :many
SELECT * FROM gauge_calibration WHERE gauge = @gauge ORDER BY n DESC;

-- name: AddGauge :execrows
INSERT INTO gauge (id, site, name, kind, unit, lower, upper, resolution, station, owner, device, interval_days, remind_days, blocked, retired, changed_by)
VALUES (@id, @site, @name, @kind, @unit, @lower, @upper, @resolution, sqlc.narg(station), @owner, sqlc.narg(device), @interval_days, @remind_days, @blocked, @retired, @changed_by)
ON CONFLICT (id) DO NOTHING;

-- name: ChangeGauge :exec
UPDATE gauge SET name = @name, kind = @kind, unit = @unit, lower = @lower, upper = @upper, resolution = @resolution, station = sqlc.narg(station), owner = @owner,
       device = sqlc.narg(device), interval_days = @interval_days, remind_days = @remind_days, blocked = @blocked, retired = @retired, changed_by = @changed_by,
       changed_at = now(), version = version + 1
 WHERE id = @id;

-- name: AddCalibration :exec
INSERT INTO gauge_calibration (gauge, n, key, performed_at, performed_by, certificate, as_found, as_left, points, due_at, evidence, evidence_name, note, recorded_by, recorded_at)
VALUES (@gauge, @n, @key, @performed_at, @performed_by, @certificate, @as_found, @as_left, @points, @due_at, sqlc.narg(evidence), @evidence_name, @note, @recorded_by, @recorded_at);

-- name: CalibrationEvidence :one
SELECT b.hash, b.content_type, b.size, b.content FROM gauge_calibration c JOIN gauge g ON g.id = c.gauge JOIN blob b ON b.hash = c.evidence
 WHERE c.gauge = @gauge AND c.n = @n AND g.site = @site;

-- name: GaugesToRemind :many
SELECT sqlc.embed(g), c.n, c.as_left, c.due_at
  FROM gauge g JOIN LATERAL (SELECT n, as_left, due_at FROM gauge_calibration WHERE gauge = g.id ORDER BY n DESC LIMIT 1) c ON true
 WHERE g.site = @site AND NOT g.retired AND NOT g.blocked;

-- name: CountMeasured :one
-- What was measured with a gauge, or by the device that is it, within a time.
SELECT ((SELECT count(*) FROM inspection_entry e WHERE e.gauge = @gauge::text AND e.at > @since::timestamptz AND e.at <= @until::timestamptz)
     + (SELECT count(*) FROM step_record s WHERE s.gauge = @gauge::text AND s.ended_at > @since::timestamptz AND s.ended_at <= @until::timestamptz)
     + (SELECT count(*) FROM step_record s WHERE @device::text <> '' AND s.device = @device::text AND s.ended_at > @since::timestamptz AND s.ended_at <= @until::timestamptz))::bigint;

-- name: StationOrDeviceOf :one
SELECT EXISTS (SELECT 1 FROM equipment e WHERE e.id = @station::text AND e.level = 'station') AS station,
       EXISTS (SELECT 1 FROM device d WHERE d.id = @device::text AND d.site = @site) AS device;
