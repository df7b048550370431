-- name: AuditHeads :one
-- The number of rows, and one hash over all strands' heads.
SELECT sum(n)::bigint AS rows, encode(sha256(string_agg(hash, ''::bytea ORDER BY strand)), 'hex')::text AS head FROM audit_head;
