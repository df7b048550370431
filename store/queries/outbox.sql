-- name: LeaseMessages :many
-- The first pending message of each subject, when it is due. Another dispatcher's rows are skipped, not waited for.
WITH due AS (
    SELECT o.id FROM outbox o
     WHERE o.destination = @destination AND o.state = 'pending' AND o.next_attempt <= now()
       AND NOT EXISTS (SELECT FROM outbox e WHERE e.destination = o.destination AND e.subject = o.subject AND e.state = 'pending' AND e.id < o.id)
     ORDER BY o.id LIMIT @most::int
       FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox o SET attempts = attempts + 1, next_attempt = now() + make_interval(secs => @lease_seconds::float8)
  FROM due WHERE o.id = due.id
RETURNING o.id, o.destination, o.kind, o.key, o.subject, o.payload, o.attempts, o.created_at;

-- name: MessageDelivered :one
UPDATE outbox SET state = 'delivered', delivered_at = now(), answer = @answer, last_error = ''
 WHERE id = @id AND state <> 'delivered' RETURNING destination, kind, subject, key;

-- name: MessageFailed :one
UPDATE outbox SET state = CASE WHEN @dead::bool THEN 'dead' ELSE 'pending' END, last_error = @last_error, next_attempt = @next_attempt
 WHERE id = @id AND state = 'pending' RETURNING destination, subject;

-- name: ResendMessage :one
UPDATE outbox SET state = 'pending', next_attempt = now(), attempts = 0 WHERE id = @id AND state = 'dead' RETURNING destination, key, last_error;

-- name: DeadMessage :one
SELECT id, last_error FROM outbox WHERE destination = @destination AND key = @key AND state = 'dead' FOR UPDATE;

-- name: Message :one
SELECT * FROM outbox WHERE id = @id;

-- name: OutboxDepth :many
SELECT destination, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'dead') AS dead,
       coalesce(min(created_at) FILTER (WHERE state = 'pending'), now())::timestamptz AS oldest
  FROM outbox WHERE state <> 'delivered' GROUP BY destination ORDER BY destination;

-- name: SiteOfOrder :one
SELECT site FROM work_order WHERE number = @number;
