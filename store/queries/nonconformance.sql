-- name: NextNonconformance :one
INSERT INTO nonconformance_number (site, last) VALUES (@site, 1) ON CONFLICT (site) DO UPDATE SET last = nonconformance_number.last + 1 RETURNING last;

-- name: NonconformanceByKey :one
SELECT id FROM nonconformance WHERE key = @key;

-- name: AddNonconformance :exec
INSERT INTO nonconformance (site, id, n, key, source, noun, subject, code, description, severity, product, operation, customer, reference, supplier, containment, owner, due_at, opened_by, opened_at)
VALUES (@site, @id, @n, @key, @source, @noun, @subject, @code, @description, @severity, @product, @operation, @customer, @reference, @supplier, @containment, @owner, @due_at, @opened_by, @opened_at);

-- name: LockNonconformance :one
SELECT * FROM nonconformance WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: NonconformanceByID :one
SELECT * FROM nonconformance WHERE site = @site AND id = @id;

-- name: ChangeNonconformance :exec
UPDATE nonconformance SET code = @code, description = @description, severity = @severity, owner = @owner, due_at = @due_at, containment = @containment, capa = @capa, version = version + 1
 WHERE site = @site AND id = @id;

-- name: MoveNonconformance :exec
UPDATE nonconformance SET state = @state, ended_by = @ended_by, ended_at = sqlc.narg(ended_at), end_reason = @end_reason, version = version + 1 WHERE site = @site AND id = @id;

-- name: AffectedLots :many
-- What is known of lots that are named in a nonconformance, in the order in which they are locked: those that are made first.
SELECT l.id, l.site, l.material, l.origin, l.state, l.remaining, l.quantity, l.station, l.customer, coalesce(l.work_order, '')::text AS work_order
  FROM lot l WHERE l.site = @site AND l.id = ANY (@lots::text[]) ORDER BY l.origin, l.id FOR NO KEY UPDATE;

-- name: AddNonconformingLot :exec
INSERT INTO nonconformance_lot (site, nc, lot, quantity, state, place, hold, added_by, added_at)
VALUES (@site, @nc, @lot, @quantity, @state, @place, @hold, @added_by, @added_at);

-- name: NonconformingLots :many
SELECT n.lot, n.quantity, n.state AS was_state, n.place AS was_at, n.hold, n.added_by, n.added_at, l.material, m.unit, l.origin, l.state, l.remaining, l.station, l.customer, l.revision,
       coalesce(l.work_order, '')::text AS work_order,
       coalesce((SELECT sum(d.quantity) FROM disposal d WHERE d.site = n.site AND d.noun = 'nonconformance' AND d.subject = n.nc AND d.lot = n.lot), 0)::numeric AS decided,
       EXISTS (SELECT FROM hold h WHERE h.released_at IS NULL AND (h.scope = 'lot' AND h.subject = l.id OR h.scope = 'order' AND h.subject = l.work_order)) AS held
  FROM nonconformance_lot n JOIN lot l ON l.id = n.lot JOIN material m ON m.id = l.material
 WHERE n.site = @site AND n.nc = @nc ORDER BY n.added_at, n.lot;

-- name: AddNonconformancePicture :exec
INSERT INTO nonconformance_picture (site, nc, hash, caption, added_by) VALUES (@site, @nc, @hash, @caption, @added_by) ON CONFLICT (site, nc, hash) DO NOTHING;

-- name: NonconformancePictures :many
SELECT hash, caption, added_by, added_at FROM nonconformance_picture WHERE site = @site AND nc = @nc ORDER BY id;

-- name: AddNonconformanceEvent :exec
INSERT INTO nonconformance_event (key, site, nc, kind, actor, text) VALUES (@key, @site, @nc, @kind, @actor, @text) ON CONFLICT (key) DO NOTHING;

-- name: NonconformanceEvents :many
SELECT id, kind, actor, text, at FROM nonconformance_event WHERE site = @site AND nc = @nc ORDER BY id;

-- name: NextProposal :one
SELECT (coalesce(max(n), 0) + 1)::int FROM nonconformance_proposal WHERE site = @site AND nc = @nc;

-- name: AddProposal :exec
INSERT INTO nonconformance_proposal (site, nc, n, reason, proposed_by) VALUES (@site, @nc, @n, @reason, @proposed_by);

-- name: KeepProposalRequest :exec
UPDATE nonconformance_proposal SET request = @request WHERE site = @site AND nc = @nc AND n = @n;

-- name: EndProposal :exec
UPDATE nonconformance_proposal SET state = @state, ended_by = @ended_by, ended_at = now(), end_reason = @end_reason WHERE site = @site AND nc = @nc AND n = @n AND state = 'open';

-- name: ProposalsOf :many
SELECT * FROM nonconformance_proposal WHERE site = @site AND nc = @nc ORDER BY n DESC;

-- name: OpenProposalOf :one
SELECT * FROM nonconformance_proposal WHERE site = @site AND nc = @nc AND state = 'open';

-- name: AddDispositionOf :exec
INSERT INTO nonconformance_disposition (site, nc, proposal, n, lot, kind, quantity, bad, routing, revision, permit, note)
VALUES (@site, @nc, @proposal, @n, @lot, @kind, @quantity, @bad, @routing, @revision, @permit, @note);

-- name: ProposedDispositions :many
SELECT * FROM nonconformance_disposition WHERE site = @site AND nc = @nc ORDER BY proposal, n;

-- name: AddExternalCost :exec
INSERT INTO external_cost (key, site, nc, amount, text, actor) VALUES (@key, @site, @nc, @amount, @text, @actor);

-- name: ExternalCosts :many
SELECT amount, text, actor, at FROM external_cost WHERE site = @site AND nc = @nc ORDER BY id;

-- name: ReworksInForce :many
SELECT id, revision, content FROM document_revision WHERE kind = 'rework' AND state = 'effective' AND content ->> 'product' = @product::text ORDER BY id;
