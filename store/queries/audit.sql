-- name: AuditHeads :many
-- Where each strand ends.
SELECT strand, n, encode(hash, 'hex')::text AS hash FROM audit_head ORDER BY strand;

-- name: AuditRows :one
SELECT sum(n)::bigint FROM audit_head;

-- name: LockCheckpoints :one
-- One writer at a time; whoever finds another one at work leaves it to that one.
SELECT pg_try_advisory_xact_lock(hashtext('steelthread audit checkpoint'));

-- name: NewestCheckpoint :one
SELECT * FROM audit_checkpoint ORDER BY n DESC LIMIT 1;

-- name: CheckpointAt :one
SELECT * FROM audit_checkpoint WHERE n = @n;

-- name: CheckpointsAfter :many
SELECT * FROM audit_checkpoint WHERE n > @after ORDER BY n LIMIT @most::int;

-- name: CountCheckpoints :one
SELECT count(*) FROM audit_checkpoint;

-- name: AddCheckpoint :exec
INSERT INTO audit_checkpoint (n, at, rows, heads, prev, key, public, next, signature)
VALUES (@n, @at, @rows, @heads, @prev, @key, @public, @next, @signature);

-- name: CheckpointMisfit :one
-- The first checkpoint whose heads are not those of the rows. Strands are counted from 0, places in a list from 1.
SELECT c.n, (e.place - 1)::int AS strand
  FROM audit_checkpoint c CROSS JOIN LATERAL jsonb_array_elements(c.heads) WITH ORDINALITY AS e(head, place)
  LEFT JOIN audit a ON a.strand = e.place - 1 AND a.n = (e.head ->> 'n')::bigint
 WHERE c.n > @after AND (e.head ->> 'n')::bigint > 0 AND (a.hash IS NULL OR encode(a.hash, 'hex') <> e.head ->> 'hash')
 ORDER BY c.n, e.place LIMIT 1;


-- name: AddVerification :exec
INSERT INTO audit_verification (actor, whole, ok, checkpoint, verdict) VALUES (@actor, @whole, @ok, @checkpoint, @verdict);

-- name: LastVerification :one
SELECT * FROM audit_verification WHERE whole = @whole ORDER BY id DESC LIMIT 1;
