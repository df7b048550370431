-- name: NextPermit :one
SELECT (coalesce(max(n), 0) + 1)::bigint FROM deviation_permit WHERE site = @site;

-- name: LockPermits :exec
SELECT pg_advisory_xact_lock(hashtextextended('deviation_permit/' || @site::text, 0));

-- name: PermitByKey :one
SELECT id FROM deviation_permit WHERE key = @key;

-- name: AddPermit :exec
INSERT INTO deviation_permit (site, id, n, key, product, operation, characteristic, code, allows, lots, quantity, valid_until, reason, requested_by)
VALUES (@site, @id, @n, @key, @product, @operation, @characteristic, @code, @allows, @lots, sqlc.narg(quantity), @valid_until, @reason, @requested_by);

-- name: PermitByID :one
SELECT * FROM deviation_permit WHERE site = @site AND id = @id;

-- name: LockPermit :one
SELECT * FROM deviation_permit WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: Clock :one
-- Read after a lock was waited for: what ran out meanwhile is over, whenever the transaction began.
SELECT clock_timestamp()::timestamptz;

-- name: KeepPermitRequest :exec
UPDATE deviation_permit SET request = @request WHERE site = @site AND id = @id;

-- name: MovePermit :exec
UPDATE deviation_permit SET state = @state, ended_by = @ended_by, ended_at = now(), end_reason = @end_reason WHERE site = @site AND id = @id;

-- name: UsePermit :exec
UPDATE deviation_permit SET used = used + @quantity WHERE site = @site AND id = @id;

-- name: AddPermitUse :exec
INSERT INTO permit_use (key, site, permit, lot, quantity, noun, subject) VALUES (@key, @site, @permit, @lot, @quantity, @noun, @subject);

-- name: PermitUses :many
SELECT lot, quantity, noun, subject, at FROM permit_use WHERE site = @site AND permit = @permit ORDER BY at, key;
