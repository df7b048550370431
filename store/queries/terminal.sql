-- name: TerminalsOfSite :many
SELECT id, site, station, name, idle_minutes, registered_by, registered_at, last_seen, revoked_by, revoked_at, reason
  FROM terminal WHERE site = @site ORDER BY revoked_at IS NOT NULL, station, name, registered_at DESC;

-- name: TerminalByToken :one
SELECT * FROM terminal WHERE token_hash = @hash AND revoked_at IS NULL;

-- name: AddTerminal :one
INSERT INTO terminal (site, station, name, idle_minutes, token_hash, registered_by)
VALUES (@site, @station, @name, @idle_minutes, @token_hash, @registered_by) RETURNING *;

-- name: LockTerminal :one
SELECT * FROM terminal WHERE site = @site AND id = @id FOR UPDATE;

-- name: ChangeTerminal :one
UPDATE terminal SET name = @name, idle_minutes = @idle_minutes WHERE id = @id RETURNING *;

-- name: RevokeTerminal :one
UPDATE terminal SET revoked_by = @revoked_by, revoked_at = now(), reason = @reason WHERE id = @id RETURNING *;

-- name: TerminalSeen :exec
UPDATE terminal SET last_seen = now() WHERE id = @id AND revoked_at IS NULL;
