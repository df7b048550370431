-- name: OrderSubject :one
-- What the plant knows about a request's product and line.
SELECT coalesce((SELECT m.tracking FROM material m WHERE m.id = @product), '')::text AS tracking,
       EXISTS (SELECT FROM routing r WHERE r.product = @product AND r.state = 'approved') AS approved,
       EXISTS (SELECT FROM equipment l JOIN equipment a ON a.id = l.parent
                WHERE l.id = @line AND l.level = 'line' AND (a.id = @site OR a.parent = @site)) AS line_known,
       now()::timestamptz AS now;

-- name: RequestedOrder :one
SELECT site, requested FROM work_order WHERE number = @number;

-- name: AddOrder :execrows
INSERT INTO work_order (number, site, line, product, state, priority, due, requested, quantity, not_started, created_by, created_at)
VALUES (@number, @site, @line, @product, 'created', @priority, @due, @requested, @quantity::numeric, @quantity::numeric, @created_by, now())
ON CONFLICT (number) DO NOTHING;

-- name: OrderStatus :one
SELECT o.number, o.state, o.cancel_requested, o.revision, o.product, o.line, o.quantity, o.good, o.scrap, o.in_process, o.not_started,
       o.priority, o.due, o.started_at, o.version, m.tracking,
       EXISTS (SELECT FROM hold h WHERE h.scope = 'order' AND h.subject = o.number AND h.released_at IS NULL) AS held
  FROM work_order o JOIN material m ON m.id = o.product WHERE o.site = @site AND o.number = @number;

-- name: LockOrder :one
SELECT number FROM work_order WHERE site = @site AND number = @number FOR NO KEY UPDATE;

-- name: OrderWindow :one
SELECT coalesce((r.definition ->> 'window')::int, 0)::int AS lots FROM work_order o LEFT JOIN routing r ON r.product = o.product AND r.revision = o.revision
 WHERE o.number = @number;

-- name: OpenLots :many
SELECT id FROM lot WHERE work_order = @work_order AND state IN ('queued', 'running', 'paused', 'review') ORDER BY number;

-- name: CountOpenLots :one
SELECT count(*)::int FROM lot WHERE work_order = @work_order AND state IN ('queued', 'running', 'paused', 'review');

-- name: ReleaseOrder :exec
UPDATE work_order SET state = 'released', revision = @revision, released_at = @at, version = version + 1 WHERE number = @number;

-- name: ChangeOrder :exec
UPDATE work_order SET quantity = quantity + @more::numeric, not_started = not_started + @more::numeric, due = @due, priority = @priority, version = version + 1
 WHERE number = @number;

-- name: RequestCancel :exec
UPDATE work_order SET cancel_requested = true, version = version + 1 WHERE number = @number;

-- name: EndOrder :exec
UPDATE work_order SET state = @state, ended_at = @at, version = version + 1 WHERE number = @number;

-- name: StartPieces :exec
UPDATE work_order SET not_started = not_started - @pieces::numeric, in_process = in_process + @pieces::numeric, version = version + 1 WHERE number = @number;

-- name: LockNeverStarted :many
-- Lots that no operation was ever started on. Those created after the first look are found by the second.
SELECT id, site, remaining, operation, visit, station, version FROM lot
 WHERE work_order = @work_order AND state = 'queued' AND started_at IS NULL
 ORDER BY id FOR NO KEY UPDATE;

-- name: VoidLot :exec
UPDATE lot SET state = 'void', remaining = 0, wait_kind = '', wait_on = '', wait_since = NULL, ended_at = @at, version = version + 1,
       progress = CASE WHEN progress IS NULL THEN NULL ELSE
           progress || jsonb_build_object('state', 'void', 'version', version + 1, 'quantity', '0', 'wait', jsonb_build_object('kind', '', 'since', @at::timestamptz)) END
 WHERE id = @lot;

-- name: CloseVisits :exec
UPDATE lot_operation SET state = 'scrapped', ended_at = @at WHERE lot = @lot AND ended_at IS NULL;

-- name: TakeLotNumbers :one
INSERT INTO lot_number (product, last) VALUES (@product, @n::bigint)
ON CONFLICT (product) DO UPDATE SET last = lot_number.last + @n::bigint
RETURNING last;

-- name: LastLotOfOrder :one
SELECT coalesce(max(number), 0)::int FROM lot WHERE work_order = @work_order;

-- name: AddLots :exec
INSERT INTO lot (id, site, material, origin, state, quantity, remaining, work_order, number, operation, visit, station, stations, wait_kind, wait_on,
                 wait_since, progress, version, revision, created_by, created_at)
SELECT v.id, @site, @material, 'produced', 'queued', v.quantity, v.quantity, @work_order, v.number, @operation, 1, @station, @stations, 'station', @station,
       @at, v.progress, 1, @revision, @created_by, @at
  FROM jsonb_to_recordset(@lots::jsonb) AS v(id text, quantity numeric, number int, progress jsonb);

-- name: AddFirstVisits :exec
INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at)
SELECT unnest(@lots::text[]), @operation, 1, @name, @station, 'queued', @at;

-- name: AddOpenedEvents :exec
INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
SELECT l || '@1', l, @work_order, 'opened', @actor, @station, @operation, 1, '', '', 0, 'station', @station, '', @at FROM unnest(@lots::text[]) AS l;

-- name: CloseOrder :execrows
UPDATE work_order SET state = 'closed', version = version + 1 WHERE number = @number AND state = 'completed';

-- name: OpenHoldsOn :many
SELECT id, site, scope, subject, reason, placed_by, placed_at, containment FROM hold
 WHERE scope = @scope AND subject = @subject AND released_at IS NULL ORDER BY placed_at, id FOR UPDATE;

-- name: ReleaseHolds :exec
UPDATE hold SET released_at = now(), released_by = @released_by, release_reason = @reason WHERE id = ANY (@ids::text[]);

-- name: LockLotsOfOrder :many
SELECT id FROM lot WHERE work_order = @work_order AND state IN ('queued', 'running', 'paused', 'review', 'packed') ORDER BY id FOR NO KEY UPDATE;

-- name: TouchOrder :exec
UPDATE work_order SET version = version + 1 WHERE number = @number;
