-- name: NextRecall :one
SELECT (coalesce(max(n), 0) + 1)::int AS n FROM recall WHERE site = @site;

-- name: LockRecalls :exec
SELECT pg_advisory_xact_lock(hashtextextended('recall/' || @site::text, 0));

-- name: RecallByKey :one
SELECT id FROM recall WHERE site = @site AND key = @key;

-- name: AddRecall :exec
INSERT INTO recall (id, site, n, key, lot, mock, reason, started_by, started_at, traced_at, found, hash, balanced)
VALUES (@id, @site, @n, @key, @lot, @mock, @reason, @started_by, @started_at, @traced_at, @found, @hash, @balanced);

-- name: RecallByID :one
SELECT * FROM recall WHERE site = @site AND id = @id;

-- name: LockRecall :one
SELECT completed_by, completed_at FROM recall WHERE site = @site AND id = @id FOR UPDATE;

-- name: CompleteRecall :exec
UPDATE recall SET completed_by = @completed_by, completed_at = now(), note = @note WHERE site = @site AND id = @id;
