-- name: NextCall :one
INSERT INTO andon_number (site, last) VALUES (@site, 1) ON CONFLICT (site) DO UPDATE SET last = andon_number.last + 1 RETURNING last;

-- name: LineOfStation :one
SELECT l.id FROM equipment s JOIN equipment l ON l.id = s.parent LEFT JOIN equipment a ON a.id = l.parent
 WHERE s.id = @station AND s.level = 'station' AND @site::text IN (l.parent, a.parent);

-- name: CallHere :one
-- The call of a kind at a station that has not ended.
SELECT * FROM andon_call WHERE site = @site AND station = @station AND kind = @kind AND state IN ('waiting', 'open', 'acknowledged') FOR UPDATE;

-- name: CallsHere :many
-- What a machine's watches have raised at a station and has not ended.
SELECT * FROM andon_call WHERE site = @site AND station = @station AND watch <> '' AND state IN ('waiting', 'open', 'acknowledged') ORDER BY id FOR UPDATE;

-- name: LockCall :one
SELECT * FROM andon_call WHERE site = @site AND id = @id FOR UPDATE;

-- name: CallByID :one
SELECT * FROM andon_call WHERE site = @site AND id = @id;

-- name: AddCall :exec
INSERT INTO andon_call (site, id, line, station, kind, kind_name, text, severity, role, state, source, raised_by, raised_at, open_at, plan, watch, version)
VALUES (@site, @id, @line, @station, @kind, @kind_name, @text, @severity, @role, @state, @source, @raised_by, @raised_at, @open_at, @plan, @watch, @version);

-- name: PutCall :exec
UPDATE andon_call SET state = @state, acknowledged_by = @acknowledged_by, acknowledged_at = @acknowledged_at, ended_by = @ended_by, ended_at = @ended_at,
       end_note = @end_note, version = @version
 WHERE site = @site AND id = @id;

-- name: AddCallEvent :exec
INSERT INTO andon_call_event (site, call, kind, actor, text, step, role, by, at) VALUES (@site, @call, @kind, @actor, @text, @step, @role, @by::text[], @at);

-- name: CallEvents :many
SELECT * FROM andon_call_event WHERE site = @site AND call = @call ORDER BY id;

-- name: CallStepsDone :many
SELECT step FROM andon_call_event WHERE site = @site AND call = @call AND step <> '';

-- name: OpenCalls :many
SELECT site, id, line FROM andon_call WHERE state IN ('waiting', 'open', 'acknowledged') ORDER BY site, id;

-- name: CallTimes :many
SELECT c.id, c.line, c.station, c.kind, c.open_at, c.acknowledged_at, c.ended_at,
       EXISTS (SELECT FROM andon_call_event e WHERE e.site = c.site AND e.call = c.id AND e.kind = 'escalated')::bool AS escalated
  FROM andon_call c WHERE c.site = @site AND c.open_at >= @from_at AND c.open_at < @until_at AND c.state NOT IN ('waiting', 'cancelled')
 ORDER BY c.open_at LIMIT @most::int;

-- name: AndonPlanOfSite :one
SELECT * FROM andon_plan WHERE site = @site;

-- name: LockAndonPlan :one
SELECT * FROM andon_plan WHERE site = @site FOR UPDATE;

-- name: PutAndonPlan :exec
INSERT INTO andon_plan (site, definition, version, changed_by, changed_at) VALUES (@site, @definition, @version, @changed_by, @changed_at)
ON CONFLICT (site) DO UPDATE SET definition = excluded.definition, version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: NewestSafetyRecord :one
SELECT last_accident::text AS last_accident, reason, by_account, at FROM safety_record WHERE site = @site ORDER BY id DESC LIMIT 1;

-- name: AddSafetyRecord :exec
INSERT INTO safety_record (site, last_accident, reason, by_account, at) VALUES (@site, sqlc.arg(last_accident)::text::date, @reason, @by_account, @at);
