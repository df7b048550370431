-- name: AddVerdictLabel :exec
INSERT INTO verdict_label (id, key, site, verdict, label, predictions, reason, overrides, request, by_account, at)
VALUES (@id, @key, @site, @verdict, @label, @predictions, @reason, @overrides, @request, @by_account, @at);

-- name: VerdictLabels :many
-- With the state of the request that carries each: the lot's review, or the override's own.
SELECT b.id, b.verdict, b.label, b.predictions, b.reason, b.overrides, b.by_account, b.at,
       coalesce(q.id, '')::text AS request, coalesce(q.state, '')::text AS request_state
  FROM verdict_label b
  LEFT JOIN LATERAL (SELECT r.id, r.state FROM signature_request r WHERE r.id = b.request OR r.noun = 'verdict_override' AND r.record = b.id
                      ORDER BY r.requested_at DESC LIMIT 1) q ON true
 WHERE b.site = @site AND b.verdict = @verdict ORDER BY b.n DESC;

-- name: VerdictLabelByID :one
SELECT b.*, v.camera, v.lot, v.operation, v.step, v.verdict AS said, v.confidence, v.model, v.image, v.station, v.code, v.captured_at,
       coalesce(o.product, '')::text AS product
  FROM verdict_label b JOIN vision_result v ON v.id = b.verdict LEFT JOIN lot l ON l.id = v.lot LEFT JOIN work_order o ON o.number = l.work_order
 WHERE b.site = @site AND b.id = @id;

-- name: OpenOverrides :many
-- Requests for the signature of earlier words on the same verdict.
SELECT r.id FROM signature_request r JOIN verdict_label b ON r.noun = 'verdict_override' AND r.record = b.id
 WHERE r.site = @site AND b.verdict = @verdict AND r.state = 'open' ORDER BY r.id;

-- name: AddVerdictSample :exec
INSERT INTO verdict_sample (verdict, site, rule) VALUES (@verdict, @site, @rule) ON CONFLICT DO NOTHING;

-- name: ModelSeen :one
-- The state of the version that sent a verdict; new tells that nobody had seen it.
WITH made AS (
    INSERT INTO model_version (site, name, version, first_seen) VALUES (@site, @name, @version, now())
    ON CONFLICT (site, name, version) DO NOTHING RETURNING state
)
SELECT state, true AS new FROM made
UNION ALL
SELECT m.state, false FROM model_version m WHERE m.site = @site AND m.name = @name AND m.version = @version
LIMIT 1;

-- name: ModelVersions :many
SELECT * FROM model_version WHERE site = @site ORDER BY name, first_seen DESC NULLS LAST, version DESC;

-- name: ModelsAtWork :many
-- What came in the last 30 days, by model and camera.
SELECT v.model, v.model_version, v.camera, count(*) AS verdicts, max(v.received_at)::timestamptz AS last_seen
  FROM vision_result v WHERE v.site = @site AND v.model <> '' AND v.received_at > now() - interval '30 days' GROUP BY 1, 2, 3;

-- name: LockModelVersion :one
SELECT * FROM model_version WHERE site = @site AND name = @name AND version = @version FOR UPDATE;

-- name: AddModelVersion :execrows
INSERT INTO model_version (site, name, version, state, task, file_hash, trained_on, note, runs, changed_by)
VALUES (@site, @name, @version, @state, @task, @file_hash, @trained_on, @note, @runs, @changed_by) ON CONFLICT DO NOTHING;

-- name: ChangeModelVersion :exec
UPDATE model_version SET state = @state, task = @task, file_hash = @file_hash, trained_on = @trained_on, note = @note, runs = @runs, changed_by = @changed_by,
       changed_at = now(), changes = changes + 1
 WHERE site = @site AND name = @name AND version = @version;

-- name: InspectionRuleFor :one
-- The rule in force for a camera.
SELECT r.id, r.revision, r.content FROM document_revision r
 WHERE r.kind = 'inspection_rule' AND r.state = 'effective' AND r.content ->> 'device' = @camera::text ORDER BY r.id LIMIT 1;

-- name: AddRuleTest :exec
INSERT INTO rule_test (id, site, document, revision, hash, against, filter, outcome, by_account, at)
VALUES (@id, @site, @document, @revision, @hash, @against, @filter, @outcome, @by_account, @at);

-- name: RuleTestsOf :many
SELECT id, document, revision, hash, against, filter, outcome, by_account, at FROM rule_test WHERE document = @document AND revision = @revision ORDER BY n DESC;

-- name: OpenStopOf :one
SELECT * FROM station_stop WHERE station = @station AND lifted_at IS NULL;

-- name: OpenStops :many
SELECT * FROM station_stop WHERE site = @site AND lifted_at IS NULL ORDER BY station;

-- name: AddStationStop :exec
INSERT INTO station_stop (id, site, station, reason, noun, subject, placed_by, placed_at) VALUES (@id, @site, @station, @reason, @noun, @subject, @placed_by, @placed_at);

-- name: LiftStationStop :exec
UPDATE station_stop SET lifted_by = @lifted_by, lifted_at = @lifted_at, lift_reason = @lift_reason WHERE id = @id AND lifted_at IS NULL;

-- name: VisionEventByID :one
SELECT v.id, v.kind, v.code, v.camera, v.station, v.measured, v.boxes FROM vision_result v WHERE v.site = @site AND v.id = @id;

-- name: AddVisionAnswer :execrows
INSERT INTO vision_answer (id, key, site, event, answer, reason, counted, ledger, by_account, at)
VALUES (@id, @key, @site, @event, @answer, @reason, sqlc.narg(counted), sqlc.narg(ledger), @by_account, @at) ON CONFLICT (event) DO NOTHING;

-- name: VisionAnswerOf :one
SELECT id, event, answer, reason, counted, ledger, by_account, at FROM vision_answer WHERE site = @site AND event = @event;

-- name: StockOf :many
-- What the ledger says of materials: what lies at the site to be used or shipped, and what stands at each station.
SELECT m.id, m.name, m.unit,
       coalesce((SELECT sum(l.remaining) FROM lot l WHERE l.site = @site AND l.material = m.id AND l.state IN ('available', 'packed')), 0)::numeric AS stock,
       coalesce((SELECT jsonb_object_agg(s.station, s.sum::text) FROM (SELECT l.station, sum(l.remaining) FROM lot l
         WHERE l.site = @site AND l.material = m.id AND l.station <> '' AND l.state IN ('queued', 'running', 'paused', 'review') GROUP BY l.station) s), '{}')::jsonb AS at_stations
  FROM material m WHERE lower(m.id) = ANY (@materials::text[]);

-- name: VisionCycles :many
SELECT v.station, v.camera, v.measured, v.captured_at FROM vision_result v
 WHERE v.site = @site AND v.kind = 'cycle' AND v.captured_at >= @from_at AND v.captured_at < @to_at AND (@station::text = '' OR v.station = @station)
 ORDER BY v.station, v.camera, v.captured_at, v.id LIMIT 100000;

-- name: VisionFacets :many
SELECT 'camera'::text AS facet, v.camera::text AS value FROM vision_result v WHERE v.site = @site AND v.kind = 'quality_check' AND v.received_at > now() - interval '30 days' GROUP BY v.camera
UNION ALL
SELECT 'model', v.model FROM vision_result v WHERE v.site = @site AND v.kind = 'quality_check' AND v.model <> '' AND v.received_at > now() - interval '30 days' GROUP BY v.model
UNION ALL
(SELECT 'class', b.value ->> 'class' FROM (SELECT boxes FROM vision_result v WHERE v.site = @site AND v.kind = 'quality_check' ORDER BY v.received_at DESC LIMIT 5000) v
  CROSS JOIN LATERAL jsonb_array_elements(v.boxes) AS b(value) GROUP BY 2)
ORDER BY 1, 2;
