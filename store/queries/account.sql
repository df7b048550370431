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

-- name: LockSubject :one
SELECT * FROM account WHERE issuer = @issuer AND subject = @subject FOR UPDATE;

-- name: SameID :one
-- The account that has this ID in whatever letters.
SELECT * FROM account WHERE lower(id) = lower(@id::text);

-- name: LoginFailed :one
UPDATE account SET failures = failures + 1,
       locked_until = CASE WHEN (failures + 1) % @limit_at::int = 0 THEN now() + make_interval(secs => @lock_seconds::float8) ELSE locked_until END
 WHERE id = @id RETURNING *;

-- name: ForgetFailures :exec
UPDATE account SET failures = 0, locked_until = NULL WHERE id = @id;

-- name: LoggedIn :one
-- Tells whether there were failures to forget.
UPDATE account a SET last_login = now() FROM (SELECT o.id, o.failures > 0 OR o.locked_until IS NOT NULL AS failed FROM account o WHERE o.id = @id FOR UPDATE) AS was
 WHERE a.id = was.id RETURNING a.site, was.failed::boolean;

-- name: AddAccount :exec
INSERT INTO account (id, name, kind, site, roles, badge, issuer, subject) VALUES (@id, @name, @kind, @site, '{}', sqlc.narg(badge), @issuer, @subject);

-- name: ChangeAccount :exec
UPDATE account SET name = @name, site = @site, badge = sqlc.narg(badge) WHERE id = @id;

-- name: EndAccount :exec
UPDATE account SET active = false, badge = NULL, ended_at = now(), ended_by = @ended_by, end_reason = @end_reason, failures = 0, locked_until = NULL WHERE id = @id;

-- name: SetPassword :exec
UPDATE account SET password_hash = @hash, password_given = @given, password_set_at = now() WHERE id = @id;

-- name: SetPIN :exec
UPDATE account SET pin_hash = @hash, pin_given = @given, pin_set_at = now() WHERE id = @id;

-- name: AddSecret :exec
INSERT INTO account_secret (account, kind, hash, set_by) VALUES (@account, @kind, @hash, @set_by);

-- name: Secrets :many
SELECT hash FROM account_secret WHERE account = @account AND kind = @kind ORDER BY id DESC LIMIT @n::int;

-- name: OneAdminAtATime :exec
-- Two administrators who take the role from each other at once: the second waits and sees what the first did.
SELECT pg_advisory_xact_lock(hashtextextended('steelthread administrators', 0));

-- name: OtherAdmins :one
SELECT count(*) FROM role_assignment r JOIN account a ON a.id = r.account
 WHERE r.site = @site AND r.role = 'admin' AND r.until_at IS NULL AND a.active AND a.kind = 'person' AND a.id <> @id;

-- name: OpenAssignments :many
SELECT * FROM role_assignment WHERE account = @account AND until_at IS NULL ORDER BY id;

-- name: Assignments :many
SELECT * FROM role_assignment WHERE account = @account ORDER BY until_at DESC NULLS FIRST, id DESC;

-- name: Assign :exec
INSERT INTO role_assignment (account, site, role, source, by_account, reason) VALUES (@account, @site, @role, @source, @by_account, @reason);

-- name: Withdraw :exec
UPDATE role_assignment SET until_at = now(), ended_by = @ended_by, end_reason = @end_reason WHERE id = @id;

-- name: RefreshRoles :exec
UPDATE account a SET roles = ARRAY(SELECT r.role FROM role_assignment r WHERE r.account = a.id AND r.site = a.site AND r.until_at IS NULL ORDER BY r.id)
 WHERE a.id = @id;

-- name: AddToken :exec
INSERT INTO api_token (hash, account, name, scopes, created_by, expires_at) VALUES (@hash, @account, @name, @scopes, @created_by, @expires_at) ON CONFLICT (hash) DO NOTHING;

-- name: TokenByHash :one
SELECT * FROM api_token WHERE hash = @hash;

-- name: TokensOf :many
SELECT * FROM api_token WHERE account = @account ORDER BY id DESC;

-- name: LockToken :one
SELECT * FROM api_token WHERE account = @account AND id = @id FOR UPDATE;

-- name: EndToken :exec
UPDATE api_token SET revoked_at = now(), revoked_by = @revoked_by WHERE id = @id;

-- name: UsedToken :exec
-- To the minute, so that a busy program writes seldom.
UPDATE api_token SET last_used = now() WHERE hash = @hash AND (last_used IS NULL OR last_used < now() - interval '1 minute');

-- name: RevokeToken :execrows
UPDATE api_token SET revoked_at = now(), revoked_by = @revoked_by WHERE account = @account AND name = @name AND revoked_at IS NULL;

-- name: RevokeTokens :execrows
UPDATE api_token SET revoked_at = now(), revoked_by = @revoked_by WHERE account = @account AND revoked_at IS NULL;
