-- name: PlansInForce :many
-- Plans that ask for an inspection at a point of a material's life.
SELECT r.id, r.revision, r.content FROM document_revision r
 WHERE r.kind = 'inspection_plan' AND r.state = 'effective' AND r.content ->> 'point' = @point::text AND r.content ->> 'material' = @material::text
   AND coalesce(r.content ->> 'operation', '') = @operation::text
   AND coalesce(r.content ->> 'supplier', '') IN ('', @supplier::text)
 ORDER BY r.id;

-- name: PlanInForce :one
SELECT r.id, r.revision, r.content FROM document_revision r WHERE r.kind = 'inspection_plan' AND r.id = @id AND r.state = 'effective';

-- name: PlanRevision :one
SELECT r.content FROM document_revision r WHERE r.kind = 'inspection_plan' AND r.id = @id AND r.revision = @revision;

-- name: AddInspection :exec
INSERT INTO inspection (id, key, site, plan, revision, lot, material, supplier, quantity, operation, visit, original, asked, blocks, hold, mode, letter, size, ac, re, state, needed, opened_by)
VALUES (@id, @key, @site, @plan, @revision, @lot, @material, @supplier, @quantity, @operation, @visit, @original, @asked, @blocks, sqlc.narg(hold), @mode, @letter, @size, @ac, @re, 'due', @needed, @opened_by);

-- name: NextInspection :one
SELECT ('IN-' || nextval('inspection_number'))::text;

-- name: InspectionLot :one
-- Whose lock comes before the inspection's.
SELECT lot FROM inspection WHERE site = @site AND id = @id;

-- name: LockInspection :one
SELECT sqlc.embed(i), m.unit FROM inspection i JOIN material m ON m.id = i.material WHERE i.site = @site AND i.id = @id FOR NO KEY UPDATE OF i;

-- name: InspectionByID :one
SELECT sqlc.embed(i), m.unit FROM inspection i JOIN material m ON m.id = i.material WHERE i.site = @site AND i.id = @id;

-- name: InspectedBefore :one
SELECT coalesce(bool_or(i.state IN ('due', 'running')), false)::boolean AS open, coalesce(bool_or(i.state <> 'cancelled'), false)::boolean AS seen
  FROM inspection i WHERE i.plan = @plan AND i.lot = @lot;

-- name: EntriesOf :many
SELECT * FROM inspection_entry WHERE inspection = @inspection ORDER BY n;

-- name: AddInspectionEntry :exec
INSERT INTO inspection_entry (inspection, n, piece, characteristic, value, result, code, gauge, note, reason, entered_by, station, at)
VALUES (@inspection, @n, @piece, @characteristic, @value, @result, @code, sqlc.narg(gauge), @note, @reason, @entered_by, @station, @at);

-- name: TallyInspection :exec
UPDATE inspection SET done = @done, nonconforming = @nonconforming WHERE id = @id;

-- name: StartInspection :exec
UPDATE inspection SET state = 'running', mode = @mode, letter = @letter, size = @size, ac = @ac, re = @re, needed = @needed, started_by = @started_by, started_at = @started_at WHERE id = @id;

-- name: EndInspection :exec
UPDATE inspection SET state = @state, decided_by = @decided_by, decided_at = @decided_at, comment = @comment WHERE id = @id;

-- name: WaitingHolds :many
-- Holds that wait for an inspection which is not decided.
SELECT hold::text, id FROM inspection WHERE hold = ANY (@holds::text[]) AND state IN ('due', 'running');

-- name: ReceivedLotForInspection :one
SELECT l.id, l.site, l.material, l.origin, l.state, l.remaining, l.supplier, coalesce(l.work_order, '')::text AS work_order, l.operation, l.visit, l.station, m.unit
  FROM lot l JOIN material m ON m.id = l.material WHERE l.site = @site AND l.id = @lot;

-- name: SchemeOf :one
SELECT scheme, changed_at FROM inspection_scheme WHERE site = @site AND plan = @plan AND supplier = @supplier;

-- name: BeginScheme :exec
INSERT INTO inspection_scheme (site, plan, supplier, mode, scheme) VALUES (@site, @plan, @supplier, @mode, @scheme) ON CONFLICT DO NOTHING;

-- name: LockScheme :one
SELECT s.scheme, coalesce((SELECT max(e.n) FROM inspection_scheme_event e WHERE e.site = s.site AND e.plan = s.plan AND e.supplier = s.supplier), 0)::int AS last
  FROM inspection_scheme s WHERE s.site = @site AND s.plan = @plan AND s.supplier = @supplier FOR NO KEY UPDATE OF s;

-- name: MoveScheme :exec
UPDATE inspection_scheme SET mode = @mode, scheme = @scheme, changed_at = now() WHERE site = @site AND plan = @plan AND supplier = @supplier;

-- name: AddSchemeEvent :exec
INSERT INTO inspection_scheme_event (site, plan, supplier, n, inspection, accepted, before, scheme, rule, actor, reason)
VALUES (@site, @plan, @supplier, @n, sqlc.narg(inspection), sqlc.narg(accepted), @before, @scheme, @rule, @actor, @reason);

-- name: SchemeEvents :many
SELECT sqlc.embed(e), coalesce(i.lot, '')::text AS lot FROM inspection_scheme_event e LEFT JOIN inspection i ON i.id = e.inspection
 WHERE e.site = @site AND e.plan = @plan AND e.supplier = @supplier ORDER BY e.n DESC LIMIT 500;

-- name: AddStudy :one
INSERT INTO gauge_study (key, site, gauge, characteristic, unit, lower, upper, operators, parts, trials, created_by)
VALUES (@key, @site, @gauge, @characteristic, @unit, @lower, @upper, @operators, @parts, @trials, @created_by) RETURNING id, created_at;

-- name: StudyByID :one
SELECT * FROM gauge_study WHERE site = @site AND id = @id;

-- name: LockStudy :one
SELECT * FROM gauge_study WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: ReadingsOf :many
SELECT DISTINCT ON (operator, part, trial) * FROM gauge_reading WHERE study = @study ORDER BY operator, part, trial, id DESC;

-- name: AddReading :exec
INSERT INTO gauge_reading (study, operator, part, trial, value, reason, entered_by) VALUES (@study, @operator, @part, @trial, @value, @reason, @entered_by);

-- name: CloseStudy :exec
UPDATE gauge_study SET closed_by = @closed_by, closed_at = @closed_at, conclusion = @conclusion WHERE id = @id;
