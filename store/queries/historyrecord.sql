-- What a history record is made of. Each reads several lots at once, so that an order's record takes no query per lot.

-- name: RecordLots :many
SELECT l.id, l.site, e.time_zone AS zone, e.name AS site_name, o.number AS work_order, l.number, o.product, m.name AS product_name, m.tracking, m.unit,
       o.revision, coalesce(r.hash, '')::text AS routing, (l.quantity - l.split_off)::numeric AS quantity, l.scrapped, l.remaining, l.state, l.created_by, l.created_at, l.started_at, l.ended_at,
       l.customer, l.delivery_note, l.shipped_at, now()::timestamptz AS read_at
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

-- name: RecordQualifications :many
SELECT account, id, level, issued_at, expires_at FROM qualification WHERE account = ANY (@accounts::text[]) ORDER BY account, id, level;

-- name: RecordOrder :one
SELECT o.number, o.site, e.time_zone AS zone, e.name AS site_name, o.line, o.product, m.name AS product_name, m.unit, o.revision, coalesce(r.hash, '')::text AS routing,
       o.state, o.quantity, o.good, o.scrap, o.in_process, o.not_started, o.cancel_requested, o.due, o.created_by, o.created_at, o.released_at, o.started_at, o.ended_at,
       now()::timestamptz AS read_at
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
