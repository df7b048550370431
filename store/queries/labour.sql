-- name: LabourCodes :many
SELECT * FROM labour_code ORDER BY id;

-- name: LabourCodeByID :one
SELECT * FROM labour_code WHERE id = @id;

-- name: PutLabourCode :exec
INSERT INTO labour_code (id, name) VALUES (@id, @name) ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- name: AddLabourEvent :exec
INSERT INTO labour_event (key, site, kind, account, work_order, lot, operation, visit, station, code, at, from_at, to_at, reason, by_account)
VALUES (@key, @site, @kind, @account, @work_order, @lot, @operation, @visit, @station, @code, @at, sqlc.narg(from_at), sqlc.narg(to_at), @reason, @by_account);

-- name: LotToClockOn :one
-- The lock lets no movement end the job between this look and the event.
SELECT id, coalesce(work_order, '')::text AS work_order, operation, visit, station, state FROM lot WHERE site = @site AND id = @lot AND origin = 'produced' FOR SHARE;

-- name: VisitWorked :one
-- The visit of a lot to an operation that was open at a time; the newest where none was.
SELECT v.lot, coalesce(l.work_order, '')::text AS work_order, v.operation, v.visit, v.station
  FROM lot_operation v JOIN lot l ON l.id = v.lot
 WHERE l.site = @site AND v.lot = @lot AND v.operation = @operation AND v.started_at IS NOT NULL
 ORDER BY (v.started_at <= @at::timestamptz) DESC, v.visit DESC LIMIT 1;

-- name: LabourEvents :many
-- All that bears on the time of some people in a span: their own events, and the ends of the jobs that they were on.
SELECT e.* FROM labour_event e
 WHERE e.account = ANY (@accounts::text[]) AND e.site = @site
   AND (e.kind <> 'correction' AND e.at BETWEEN @since::timestamptz AND @until::timestamptz OR e.kind = 'correction' AND e.from_at < @until AND e.to_at > @since)
UNION ALL
SELECT j.* FROM labour_event j
 WHERE j.kind = 'job_end' AND j.site = @site AND j.at BETWEEN @since AND @until
   AND EXISTS (SELECT 1 FROM labour_event e WHERE e.lot = j.lot AND e.operation = j.operation AND e.visit = j.visit AND e.kind = 'on'
                  AND e.account = ANY (@accounts) AND e.at BETWEEN @since AND @until)
 ORDER BY 1;

-- name: LabourAccounts :many
-- Who has events at a site in a span.
SELECT DISTINCT account FROM labour_event
 WHERE site = @site AND account <> '' AND (at BETWEEN @since::timestamptz AND @until::timestamptz OR from_at < @until AND to_at > @since);

-- name: LabourAtStation :many
-- Who was clocked on to what runs at a station.
SELECT DISTINCT e.account FROM lot l JOIN labour_event e ON e.lot = l.id AND e.operation = l.operation AND e.visit = l.visit AND e.kind = 'on'
 WHERE l.site = @site AND l.station = @station AND l.state = 'running';

-- name: OrderLabourSpan :many
-- Who worked on an order, and from when to when.
SELECT account, min(coalesce(from_at, at))::timestamptz AS first, max(coalesce(to_at, at))::timestamptz AS last
  FROM labour_event WHERE site = @site AND work_order = @number GROUP BY account;

-- name: LabourNames :many
SELECT id, name FROM account WHERE id = ANY (@ids::text[]);

-- name: OperationNames :many
SELECT DISTINCT lot, operation, name FROM lot_operation WHERE lot = ANY (@lots::text[]);

-- name: OrderGood :one
SELECT good FROM work_order WHERE site = @site AND number = @number;
