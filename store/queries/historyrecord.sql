-- What a history record is made of. Each reads several lots at once, so that an order's record takes no query per lot.

-- name: RecordLots :many
SELECT l.id, l.site, e.time_zone AS zone, e.name AS site_name, o.number AS work_order, l.number, o.product, m.name AS product_name, m.tracking, m.unit,
       o.revision, coalesce(r.hash, '')::text AS routing, (l.quantity - l.split_off)::numeric AS quantity, l.scrapped, l.remaining, l.state, l.created_by, l.created_at, l.started_at, l.ended_at,
       l.customer, l.delivery_note, l.shipped_at, now()::timestamptz AS read_at,
       coalesce(l.ended_at < (SELECT since FROM record_form WHERE form = 2), false)::bool AS first_form
  FROM lot l JOIN work_order o ON o.number = l.work_order JOIN material m ON m.id = l.material JOIN equipment e ON e.id = l.site
  LEFT JOIN routing r ON r.product = o.product AND r.revision = o.revision
 WHERE l.site = @site AND l.id = ANY (@lots::text[]) ORDER BY l.number, l.id;

-- name: RecordVisits :many
SELECT lot, operation, visit, name, station, state, operator, queued_at, started_at, ended_at, rework FROM lot_operation
 WHERE lot = ANY (@lots::text[]) ORDER BY lot, coalesce(started_at, queued_at), queued_at, operation, visit;

-- name: RecordSteps :many
SELECT * FROM step_record WHERE lot = ANY (@lots::text[]) ORDER BY lot, id;

-- name: RecordValues :many
SELECT v.record, v.characteristic, v.name, v.sample, v.value, v.unit, v.lower, v.upper, v.result, v.measured_at
  FROM step_record s JOIN step_value v ON v.record = s.id WHERE s.lot = ANY (@lots::text[]) ORDER BY v.record, v.n;

-- name: RecordComponents :many
SELECT c.key, c.component, c.material, c.quantity, m.unit, m.name, l.supplier, l.supplier_lot, c.kind, c.lot
  FROM consumption c JOIN lot l ON l.id = c.component JOIN material m ON m.id = c.material
 WHERE c.lot = ANY (@lots::text[]) ORDER BY c.id;

-- name: RecordEvents :many
-- What came after the lot had left its routing and does not tell of its making stands beside the record.
SELECT * FROM lot_event WHERE lot = ANY (@lots::text[]) AND kind <> 'shipped' ORDER BY lot, id;

-- name: RecordHolds :many
SELECT id, scope, subject, reason, placed_by, placed_at, released_by, released_at, release_reason FROM hold
 WHERE site = @site AND (scope = 'lot' AND subject = ANY (@lots::text[]) OR scope = 'order' AND subject = ANY (@orders::text[]))
 ORDER BY placed_at, id;

-- name: RecordLotMessages :many
SELECT key, kind, subject, payload, created_at, state, attempts, last_error, answer, delivered_at, (payload ->> 'lot')::text AS lot FROM outbox
 WHERE destination = 'erp' AND payload ->> 'lot' = ANY (@lots::text[]) ORDER BY id;

-- name: RecordOrderMessages :many
SELECT key, kind, subject, payload, created_at, state, attempts, last_error, answer, delivered_at, ''::text AS lot FROM outbox
 WHERE destination = 'erp' AND subject = @number AND payload ->> 'lot' IS NULL ORDER BY id;

-- name: RecordAudit :many
SELECT id, at, actor, action, noun, subject, reason, before, after, source, key, encode(hash, 'hex')::text AS hash FROM audit
 WHERE noun = @noun AND subject = ANY (@subjects::text[]) ORDER BY id;

-- name: RecordRuns :many
SELECT * FROM run_archive WHERE workflow_id = ANY (@workflows::text[]) ORDER BY workflow_id, archived_at, run_id;

-- name: RecordPeople :many
SELECT id, name FROM account WHERE id = ANY (@ids::text[]);

-- name: RecordCertificates :many
-- With their history, so that each can be judged as it stood at the time.
SELECT c.account, c.skill, c.level, c.given_at, c.expires_at, w.withdrawn_at
  FROM certificate c LEFT JOIN certificate_withdrawal w ON w.certificate = c.id
 WHERE c.account = ANY (@accounts::text[]) ORDER BY c.account, c.skill, c.level, c.id;

-- name: RecordLabourSpan :many
-- Who worked on lots, and from when to when.
SELECT lot, account, min(coalesce(from_at, at))::timestamptz AS first, max(coalesce(to_at, at))::timestamptz AS last
  FROM labour_event WHERE site = @site AND lot = ANY (@lots::text[]) GROUP BY lot, account ORDER BY lot, account;

-- name: RecordDocuments :many
-- The routing revisions that each lot ran by, and the documents that were frozen for them.
WITH ran AS (
    SELECT l.id AS lot, o.number, o.product, l.revision, coalesce(o.released_at, l.created_at) AS at FROM lot l JOIN work_order o ON o.number = l.work_order
     WHERE l.id = ANY (@lots::text[])
    UNION
    SELECT l.id, o.number, o.product, s.revision, coalesce(o.released_at, l.created_at) FROM lot l JOIN work_order o ON o.number = l.work_order JOIN step_record s ON s.lot = l.id
     WHERE l.id = ANY (@lots) AND s.revision <> ''
)
SELECT n.lot::text AS lot, r.kind, r.id, r.revision, r.hash, n.revision::text AS routing_revision, n.at::timestamptz AS frozen_at
  FROM ran n JOIN document_revision r ON r.kind = 'routing' AND r.id = n.product AND r.revision = n.revision
UNION ALL
SELECT n.lot::text, r.kind, r.id, r.revision, r.hash, n.revision::text, d.frozen_at
  FROM ran n JOIN order_document d ON d.work_order = n.number AND d.routing_revision = n.revision
  JOIN document_revision r ON (r.kind, r.id, r.revision) = (d.kind, d.id, d.revision)
 ORDER BY 1, 6, 2 DESC, 3;

-- name: RecordOrderDocuments :many
SELECT r.kind, r.id, r.revision, r.hash, r.revision::text AS routing_revision, coalesce(o.released_at, o.created_at)::timestamptz AS frozen_at
  FROM work_order o JOIN document_revision r ON r.kind = 'routing' AND r.id = o.product
   AND (r.revision = o.revision OR EXISTS (SELECT FROM lot l WHERE l.work_order = o.number AND l.revision = r.revision))
 WHERE o.number = @number
UNION ALL
SELECT d.kind, d.id, d.revision, r.hash, d.routing_revision, d.frozen_at
  FROM order_document d JOIN document_revision r USING (kind, id, revision) WHERE d.work_order = @number
 ORDER BY 5, 1 DESC, 2;

-- name: RecordReadings :many
SELECT account, kind, id, revision, hash, at FROM read_confirmation
 WHERE account = ANY (@accounts::text[]) AND kind || '/' || id || '/' || revision = ANY (@revisions::text[]) ORDER BY account, kind, id, revision;

-- name: RecordDecided :many
-- Decisions that took effect, each with the number of signatures that it needed: by its request, or by the rule of its
-- time where it came without one. Before rules were kept with their past, none is known. The standard applies where a
-- site has no rule of its own.
SELECT e.lot, e.key, e.kind, e.actor, e.at, e.operation, e.visit, e.step, q.noun, q.record, jsonb_array_length(q.needs)::int AS needs
  FROM lot_event e JOIN signature_request q ON q.id = split_part(e.key, '/', 2)
 WHERE e.lot = ANY (@lots::text[]) AND (e.key LIKE 'decided/%' OR e.key LIKE 'release-signed/%')
UNION ALL
SELECT e.lot, e.key, e.kind, e.actor, e.at, e.operation, e.visit, e.step, n.noun, ''::text, coalesce(
           (SELECT p.needs FROM signature_rule_past p WHERE p.site = @site AND p.noun = n.noun AND p.at <= e.at ORDER BY p.at DESC LIMIT 1),
           CASE n.noun WHEN 'review' THEN @review_needs::int ELSE @release_needs::int END)::int
  FROM lot_event e JOIN LATERAL (SELECT CASE e.kind WHEN 'reviewed' THEN 'review' ELSE 'hold_release' END::text AS noun) n ON true
 WHERE e.lot = ANY (@lots::text[]) AND e.at >= (SELECT since FROM record_form WHERE form = 2)
   AND (e.kind = @reviewed::text AND e.key LIKE 'lot/%#%' OR e.kind = @released::text AND e.key LIKE 'release/%#%')
 ORDER BY 5, 2;

-- name: RecordOrder :one
SELECT o.number, o.site, e.time_zone AS zone, e.name AS site_name, o.line, o.product, m.name AS product_name, m.unit, o.revision, coalesce(r.hash, '')::text AS routing,
       o.state, o.quantity, o.good, o.scrap, o.in_process, o.not_started, o.cancel_requested, o.due, o.created_by, o.created_at, o.released_at, o.started_at, o.ended_at,
       now()::timestamptz AS read_at, coalesce(o.ended_at < (SELECT since FROM record_form WHERE form = 2), false)::bool AS first_form
  FROM work_order o JOIN material m ON m.id = o.product JOIN equipment e ON e.id = o.site
  LEFT JOIN routing r ON r.product = o.product AND r.revision = o.revision
 WHERE o.site = @site AND o.number = @number;

-- name: RecordLotsOfOrder :many
SELECT id FROM lot WHERE work_order = @number ORDER BY number, id;

-- name: RecordReleases :many
SELECT id, site, noun, subject, state, hash, request, actor, reason, deviations, worst, at, due_at FROM record_release
 WHERE noun = @noun AND subject = ANY (@subjects::text[]) ORDER BY id;

-- name: LastRelease :one
SELECT id, site, noun, subject, state, hash, request, actor, reason, deviations, worst, at, due_at FROM record_release
 WHERE noun = @noun AND subject = @subject ORDER BY id DESC LIMIT 1;

-- name: AddRecordRelease :exec
INSERT INTO record_release (key, site, noun, subject, state, hash, request, actor, reason, deviations, worst, content, due_at)
VALUES (@key, @site, @noun, @subject, @state, @hash, @request, @actor, @reason, @deviations, @worst, @content, @due_at);

-- name: ShownForRelease :one
-- What was shown to the reviewer of a record, when it was last asked about with this hash.
SELECT content FROM record_release WHERE noun = @noun AND subject = @subject AND state = 'open' AND hash = @hash ORDER BY id DESC LIMIT 1;

-- name: RecordSigned :many
-- The signed records that belong to lots: attempts at steps by their names, decisions by their lots.
SELECT DISTINCT x.lot::text AS lot, x.noun::text AS noun, x.record::text AS record FROM (
    SELECT s.lot, 'step' AS noun, concat_ws('/', s.lot, s.operation, s.visit, s.step, s.attempt) AS record FROM step_record s WHERE s.lot = ANY (@lots::text[])
    UNION ALL
    SELECT d.lot, d.noun, d.id FROM disposition d WHERE d.lot = ANY (@lots::text[])
    UNION ALL
    SELECT d.lot, r.noun, r.record FROM disposal d JOIN signature_request r ON r.id = d.request WHERE d.lot = ANY (@lots::text[])
) x JOIN signature g ON g.site = @site AND g.noun = x.noun AND g.record = x.record ORDER BY 1, 2, 3;

-- name: NotReleased :many
-- Of the named records, those whose release does not stand.
SELECT s.subject::text AS subject, coalesce(r.state, '')::text AS state
  FROM unnest(@subjects::text[]) AS s (subject)
  LEFT JOIN LATERAL (SELECT state FROM record_release WHERE noun = @noun AND record_release.subject = s.subject ORDER BY id DESC LIMIT 1) r ON true
 WHERE coalesce(r.state, '') <> 'released' ORDER BY 1;

-- name: RuleOfRecords :one
SELECT lots, orders, release_before_ship, due_hours FROM record_rule WHERE site = @site;

-- name: PutRuleOfRecords :exec
INSERT INTO record_rule (site, lots, orders, release_before_ship, due_hours) VALUES (@site, @lots, @orders, @release_before_ship, @due_hours)
ON CONFLICT (site) DO UPDATE SET lots = excluded.lots, orders = excluded.orders, release_before_ship = excluded.release_before_ship, due_hours = excluded.due_hours;

-- name: RecordVerdicts :many
SELECT v.id, v.camera, v.key, v.lot, v.operation, v.step, v.shot, v.verdict, v.confidence, v.model, v.image, v.boxes, v.measured, v.match, v.source, v.captured_at, v.received_at,
       v.kind, v.way, v.station, v.model_version, v.said, v.said_confidence, v.rule, v.picture_width, v.picture_height, v.code, v.severity, v.related, v.dropped,
       (SELECT jsonb_build_object('decision', e.code, 'by', e.actor, 'reason', e.reason, 'at', e.at) FROM lot_event e
         WHERE e.lot = v.lot AND e.kind = 'reviewed' AND (v.verdict <> 'fail' OR e.code = 'pass') AND e.step = v.step AND (v.operation = '' OR e.operation = v.operation)
           AND e.at >= v.received_at
           AND NOT EXISTS (SELECT FROM vision_result n WHERE n.lot = v.lot AND n.step = v.step AND n.received_at > v.received_at AND n.received_at <= e.at)
         ORDER BY e.id LIMIT 1)::jsonb AS overridden
  FROM vision_result v WHERE v.site = @site AND v.lot = ANY (@lots::text[]) ORDER BY v.received_at, v.id;

-- name: RecordNonconformances :many
SELECT n.id, n.source, n.code, n.description, n.severity, x.lot, x.quantity, x.added_by, x.added_at
  FROM nonconformance_lot x JOIN nonconformance n ON n.site = x.site AND n.id = x.nc
 WHERE x.site = @site AND x.lot = ANY (@lots::text[]) AND n.state <> 'cancelled' ORDER BY x.lot, n.n;

-- name: RecordDisposals :many
SELECT id, noun, subject, lot, kind, quantity, bad, code, routing, permit, request, actor, reason, at FROM disposal
 WHERE site = @site AND lot = ANY (@lots::text[]) AND noun = 'nonconformance' ORDER BY id;
