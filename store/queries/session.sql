-- name: FindSession :one
SELECT data FROM session WHERE token = @token AND expiry > now();

-- name: OpenSession :execrows
-- A session of an account that has ended is not opened; the row lock makes the end of the account and the opening take turns.
INSERT INTO session (token, data, expiry, account, method, source, station)
SELECT @token, @data, @expiry, a.id, @method, @source, @station FROM account a WHERE a.id = @account AND a.active FOR SHARE;

-- name: CommitSession :exec
-- A session that was ended meanwhile stays ended.
UPDATE session SET data = @data, expiry = @expiry, last_seen = now() WHERE token = @token;

-- name: DeleteSession :exec
DELETE FROM session WHERE token = @token;

-- name: SweepSessions :exec
DELETE FROM session WHERE expiry < now();

-- name: SessionsOf :many
SELECT id, account, method, source, station, started_at, last_seen, expiry, token = @mine::text AS mine FROM session
 WHERE account = @account AND expiry > now() ORDER BY id DESC;

-- name: RevokeSession :execrows
DELETE FROM session WHERE account = @account AND id = @id;

-- name: RevokeSessions :execrows
DELETE FROM session WHERE account = @account AND token <> @keep;

-- name: BeginLogin :exec
INSERT INTO oidc_login (state_hash, nonce, verifier, next, expires_at) VALUES (@state_hash, @nonce, @verifier, @next, @expires_at);

-- name: TakeLogin :one
DELETE FROM oidc_login WHERE state_hash = @state_hash RETURNING *;

-- name: SweepLogins :exec
DELETE FROM oidc_login WHERE expires_at < now();
