-- name: ShiftsOfSite :many
SELECT * FROM shift WHERE site = @site ORDER BY starts_at, id;

-- name: LockShift :one
SELECT * FROM shift WHERE site = @site AND id = @id FOR UPDATE;

-- name: PutShift :exec
INSERT INTO shift (site, id, name, days, starts_at, ends_at, breaks, equipment) VALUES (@site, @id, @name, @days, @starts_at, @ends_at, @breaks, @equipment)
ON CONFLICT (site, id) DO UPDATE SET name = excluded.name, days = excluded.days, starts_at = excluded.starts_at, ends_at = excluded.ends_at, breaks = excluded.breaks,
    equipment = excluded.equipment;

-- name: ShiftTolerance :one
SELECT tolerance_minutes FROM shift_setting WHERE site = @site;

-- name: PutShiftTolerance :exec
INSERT INTO shift_setting (site, tolerance_minutes) VALUES (@site, @minutes)
ON CONFLICT (site) DO UPDATE SET tolerance_minutes = excluded.tolerance_minutes;

-- name: ShiftAssignments :many
SELECT s.id, s.account, a.name AS person, s.shift, f.name AS shift_name, to_char(s.from_day, 'YYYY-MM-DD') AS from_day,
       coalesce(to_char(s.until_day, 'YYYY-MM-DD'), '')::text AS until_day, s.by_account, s.at
  FROM shift_assignment s JOIN account a ON a.id = s.account JOIN shift f ON f.site = s.site AND f.id = s.shift
 WHERE s.site = @site AND s.ended_at IS NULL ORDER BY a.name, a.id, s.from_day, f.starts_at;

-- name: ShiftOverrides :many
SELECT o.account, a.name AS person, o.until, o.reason, o.by_account, o.at FROM shift_override o JOIN account a ON a.id = o.account
 WHERE o.site = @site AND o.until > now() ORDER BY o.until DESC, o.id DESC;

-- name: PutShiftAssignment :one
INSERT INTO shift_assignment (site, account, shift, from_day, until_day, by_account)
VALUES (@site, @account, @shift, to_date(@from_day::text, 'YYYY-MM-DD'), to_date(nullif(@until_day::text, ''), 'YYYY-MM-DD'), @by_account)
ON CONFLICT (site, account, shift, from_day) WHERE ended_at IS NULL DO UPDATE SET until_day = excluded.until_day
RETURNING id, at;

-- name: LockShiftAssignment :one
SELECT id, account, shift, to_char(from_day, 'YYYY-MM-DD') AS from_day, coalesce(to_char(until_day, 'YYYY-MM-DD'), '')::text AS until_day
  FROM shift_assignment WHERE site = @site AND id = @id AND ended_at IS NULL FOR UPDATE;

-- name: ShiftAssignmentLike :one
SELECT coalesce(to_char(until_day, 'YYYY-MM-DD'), '')::text AS until_day FROM shift_assignment
 WHERE site = @site AND account = @account AND shift = @shift AND from_day = to_date(@from_day::text, 'YYYY-MM-DD') AND ended_at IS NULL FOR UPDATE;

-- name: EndShiftAssignment :exec
UPDATE shift_assignment SET ended_by = @ended_by, ended_at = now() WHERE id = @id;

-- name: AddShiftOverride :one
INSERT INTO shift_override (site, account, until, reason, by_account)
VALUES (@site, @account, now() + make_interval(secs => @seconds::float8), @reason, @by_account) RETURNING until, at;

-- name: ShiftFacts :one
-- All that is asked of one person, in one round trip: it is asked at every command.
SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'days', f.days, 'start', f.starts_at, 'end', f.ends_at,
                        'from', to_char(s.from_day, 'YYYY-MM-DD'), 'until', coalesce(to_char(s.until_day, 'YYYY-MM-DD'), '')))
                   FROM shift_assignment s JOIN shift f ON f.site = s.site AND f.id = s.shift
                  WHERE s.site = @site AND s.account = @account AND s.ended_at IS NULL), '[]')::jsonb AS assigned,
       coalesce((SELECT t.tolerance_minutes FROM shift_setting t WHERE t.site = @site), -1)::int AS tolerance,
       coalesce((SELECT max(o.until) FROM shift_override o WHERE o.site = @site AND o.account = @account), 'epoch')::timestamptz AS override;
