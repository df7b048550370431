-- name: AccountByID :one
SELECT * FROM account WHERE id = @id;

-- name: AccountByBadge :one
SELECT * FROM account WHERE badge = @badge::text;

-- name: AccountByToken :one
SELECT a.* FROM api_token t JOIN account a ON a.id = t.account
 WHERE t.hash = @hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());

-- name: Accounts :many
SELECT * FROM account WHERE site = @site ORDER BY id;

-- name: LockAccount :one
SELECT * FROM account WHERE id = @id FOR UPDATE;

-- name: LoginFailed :one
UPDATE account SET failures = failures + 1,
       locked_until = CASE WHEN (failures + 1) % @limit_at::int = 0 THEN now() + make_interval(secs => @lock_seconds::float8) ELSE locked_until END
 WHERE id = @id RETURNING *;

-- name: LoginOK :exec
UPDATE account SET failures = 0, locked_until = NULL WHERE id = @id AND (failures > 0 OR locked_until IS NOT NULL);

-- name: PutAccount :exec
INSERT INTO account (id, name, kind, site, roles, password_hash, pin_hash, badge, active)
VALUES (@id, @name, @kind, @site, @roles, @password_hash, @pin_hash, sqlc.narg(badge), @active)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, site = excluded.site, roles = excluded.roles, badge = excluded.badge, active = excluded.active,
    password_hash = CASE WHEN excluded.password_hash = '' THEN account.password_hash ELSE excluded.password_hash END,
    pin_hash = CASE WHEN excluded.pin_hash = '' THEN account.pin_hash ELSE excluded.pin_hash END;

-- name: AddToken :exec
INSERT INTO api_token (hash, account, name, expires_at) VALUES (@hash, @account, @name, @expires_at) ON CONFLICT (hash) DO NOTHING;

-- name: RevokeToken :execrows
UPDATE api_token SET revoked_at = now() WHERE account = @account AND name = @name AND revoked_at IS NULL;

-- name: FindSession :one
SELECT data FROM session WHERE token = @token AND expiry > now();

-- name: CommitSession :exec
INSERT INTO session (token, data, expiry) VALUES (@token, @data, @expiry)
ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry;

-- name: DeleteSession :exec
DELETE FROM session WHERE token = @token;

-- name: SweepSessions :exec
DELETE FROM session WHERE expiry < now();
