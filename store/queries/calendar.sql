-- name: AddShiftPattern :exec
INSERT INTO shift_pattern (site, shift, definition, by_account) VALUES (@site, @shift, @definition, @by_account);

-- name: ShiftPatterns :many
SELECT definition FROM shift_pattern WHERE site = @site ORDER BY id;

-- name: CalendarEntries :many
SELECT id, definition, by_account, at FROM calendar_entry WHERE site = @site AND ended_at IS NULL ORDER BY id;

-- name: AddCalendarEntry :one
INSERT INTO calendar_entry (site, kind, definition, by_account) VALUES (@site, @kind, @definition, @by_account) RETURNING id, at;

-- name: LockCalendarEntry :one
SELECT id, definition, by_account, at FROM calendar_entry WHERE site = @site AND id = @id AND ended_at IS NULL FOR UPDATE;

-- name: EndCalendarEntry :exec
UPDATE calendar_entry SET ended_by = @ended_by, ended_at = now() WHERE id = @id;

-- name: AddOEETarget :exec
INSERT INTO oee_target (site, equipment, target, by_account) VALUES (@site, @equipment, @target, @by_account);

-- name: OEETarget :one
SELECT target FROM oee_target WHERE site = @site AND equipment = @equipment ORDER BY id DESC LIMIT 1;
