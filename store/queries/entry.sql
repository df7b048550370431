-- What every transaction of the ledger ends with.

-- name: EntryAnswer :one
SELECT answer FROM entry_key WHERE key = @key;

-- name: AddEntryKey :exec
INSERT INTO entry_key (key, subject, answer) VALUES (@key, @subject, @answer);

-- name: AddMessage :exec
INSERT INTO outbox (destination, kind, key, subject, payload) VALUES (@destination, @kind, @key, @subject, @payload)
ON CONFLICT (destination, key) DO NOTHING;

-- name: AppendAudit :exec
SELECT audit_append(now(), @actor, @action, @noun, @subject, @reason, sqlc.narg(before)::jsonb, sqlc.narg(after)::jsonb, @source, @key);

