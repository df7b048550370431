-- What every transaction of the ledger ends with.

-- name: EntryAnswer :one
SELECT answer FROM entry_key WHERE key = @key;

-- name: StoredEntry :one
-- A refused attempt is an entry too, but its answer is the refusal, which is not kept.
SELECT k.answer FROM entry_key k
 WHERE k.key = @key AND NOT EXISTS (SELECT 1 FROM lot_event e WHERE e.key = k.key AND e.kind = 'step_attempted');

-- name: AddEntryKey :exec
INSERT INTO entry_key (key, subject, answer) VALUES (@key, @subject, @answer);

-- name: AddMessage :exec
INSERT INTO outbox (destination, kind, key, subject, payload) VALUES (@destination, @kind, @key, @subject, @payload)
ON CONFLICT (destination, key) DO NOTHING;

-- name: AppendAudit :exec
SELECT audit_append(now(), @actor, @action, @noun, @subject, @reason, sqlc.narg(before)::jsonb, sqlc.narg(after)::jsonb, @source, @key);

