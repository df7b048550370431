-- name: AddSignatureRequest :exec
INSERT INTO signature_request (id, site, noun, record, title, content, hash, needs, requested_by, performed_by, requested_at, reason, due_at)
VALUES (@id, @site, @noun, @record, @title, @content, @hash, @needs, @requested_by, @performed_by, @requested_at, @reason, sqlc.narg(due_at));

-- name: LockSignatureRequest :one
SELECT * FROM signature_request WHERE site = @site AND id = @id FOR UPDATE;

-- name: SignatureRequestByID :one
SELECT * FROM signature_request WHERE site = @site AND id = @id;

-- name: OpenRequestOf :one
SELECT * FROM signature_request WHERE site = @site AND noun = @noun AND record = @record AND state = 'open' FOR UPDATE;

-- name: EndSignatureRequest :exec
UPDATE signature_request SET state = @state, ended_at = @at, end_reason = @reason WHERE id = @id AND state = 'open';

-- name: AddSignature :exec
INSERT INTO signature (id, site, request, noun, record, n, meaning, signer, name, method, at, zone, station, source, reason, hash, seal)
VALUES (@id, @site, @request, @noun, @record, @n, @meaning, @signer, @name, @method, @at, @zone, @station, @source, @reason, @hash, @seal);

-- name: SignaturesOfRequest :many
SELECT * FROM signature WHERE request = @request ORDER BY n;

-- name: SignaturesOfRecord :many
SELECT * FROM signature WHERE site = @site AND noun = @noun AND record = @record ORDER BY at, n;

-- name: SignaturesAfter :many
-- All signatures in the order of their IDs, for a check from end to end.
SELECT * FROM signature WHERE id > @after ORDER BY id LIMIT @most::int;

-- name: RuleForSignatures :one
SELECT * FROM signature_rule WHERE site = @site AND noun = @noun;

-- name: RulesForSignatures :many
SELECT * FROM signature_rule WHERE site = @site ORDER BY noun;

-- name: PutSignatureRule :exec
INSERT INTO signature_rule (site, noun, needs, remind_s, changed_by) VALUES (@site, @noun, @needs, @remind_s, @changed_by)
ON CONFLICT (site, noun) DO UPDATE SET needs = excluded.needs, remind_s = excluded.remind_s, changed_by = excluded.changed_by, changed_at = now();

-- name: StepToSign :one
-- One attempt at a step as it is signed: all that was recorded of it. Numbers are text, so that no digit is lost.
SELECT (jsonb_build_object('lot', s.lot, 'order', coalesce(l.work_order, ''), 'revision', s.revision, 'operation', s.operation, 'visit', s.visit, 'step', s.step,
           'attempt', s.attempt, 'kind', s.kind, 'name', s.name, 'station', s.station, 'operator', s.operator, 'device', s.device, 'program', s.program,
           'result', s.result, 'by_hand', s.by_hand, 'vision', s.vision, 'note', s.note, 'started_at', s.started_at, 'ended_at', s.ended_at,
           'values', (SELECT coalesce(jsonb_agg(jsonb_build_object('characteristic', v.characteristic, 'name', v.name, 'sample', v.sample, 'value', v.value::text, 'unit', v.unit,
                         'lower', v.lower::text, 'upper', v.upper::text, 'result', v.result) ORDER BY v.n), '[]') FROM step_value v WHERE v.record = s.id),
           'components', (SELECT coalesce(jsonb_agg(jsonb_build_object('lot', c.component, 'material', c.material, 'quantity', c.quantity::text) ORDER BY c.n), '[]')
                         FROM consumption c WHERE c.key = s.key))::jsonb
           -- Only where there is one, so that what was signed before gauges were named reads as it did.
           || CASE WHEN s.gauge = '' THEN '{}'::jsonb ELSE jsonb_build_object('gauge', s.gauge) END)::jsonb AS content
  FROM step_record s JOIN lot l ON l.id = s.lot
 WHERE l.site = @site AND s.lot = @lot AND s.operation = @operation AND s.visit = @visit::int AND s.step = @step AND s.attempt = @attempt::int
 ORDER BY s.id DESC LIMIT 1;

-- name: ZoneOfSite :one
SELECT time_zone FROM equipment WHERE id = @site AND level = 'site';

-- name: AddDisposition :exec
INSERT INTO disposition (id, site, noun, lot, version, operation, step, wait, decision, rework_to, holds, reason, decided_by, decided_at)
VALUES (@id, @site, @noun, @lot, @version, @operation, @step, @wait, @decision, @rework_to, @holds, @reason, @decided_by, @decided_at);

-- name: DispositionByID :one
SELECT * FROM disposition WHERE site = @site AND id = @id;

-- name: OpenDispositionOf :one
-- The decision on a lot that waits for its signatures.
SELECT d.id FROM disposition d JOIN signature_request r ON r.site = d.site AND r.noun = d.noun AND r.record = d.id AND r.state = 'open'
 WHERE d.site = @site AND d.lot = @lot AND d.noun = @noun ORDER BY d.decided_at DESC LIMIT 1;

-- name: SealInAudit :one
-- The seal that the audit trail keeps of a signature: a row that was changed together with its seal does not fit there.
SELECT coalesce(a.after->>'seal', '')::text AS seal FROM audit a WHERE a.noun = @noun AND a.subject = @subject AND a.action = 'signed' AND a.key = @signature;

-- name: SignatureThatIsGone :one
-- A signature that the audit trail knows and nobody has any more.
SELECT a.key FROM audit a WHERE a.action = 'signed' AND NOT EXISTS (SELECT FROM signature s WHERE s.id = a.key) ORDER BY a.id LIMIT 1;

-- name: SignedRecordsOf :many
-- Which of the records have signatures, oldest first.
SELECT noun, record FROM signature WHERE site = @site AND noun = ANY(@nouns::text[]) AND record = ANY(@records::text[]) GROUP BY noun, record ORDER BY min(at);

-- name: DispositionsOf :many
SELECT id FROM disposition WHERE site = @site AND lot = @lot ORDER BY decided_at;
