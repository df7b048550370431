-- name: VisionsByKey :many
-- Those of the pairs that are stored.
SELECT v.camera, v.key, v.id, v.image, v.match FROM vision_result v JOIN (SELECT unnest(@cameras::text[]) AS camera, unnest(@keys::text[]) AS key) k ON v.camera = k.camera AND v.key = k.key;

-- name: AddVisionResult :exec
INSERT INTO vision_result (id, site, camera, key, lot, operation, step, shot, verdict, confidence, model, image, boxes, measured, match, source, captured_at, received_at,
    kind, way, station, model_version, said, said_confidence, rule, picture_width, picture_height, code, severity, related, dropped)
VALUES (@id, @site, @camera, @key, @lot, @operation, @step, @shot, @verdict, @confidence, @model, @image, @boxes, @measured, @match, @source, @captured_at, now(),
    @kind, @way, @station, @model_version, @said, sqlc.narg(said_confidence), @rule, @picture_width, @picture_height, @code, @severity, @related, @dropped);

-- name: AddVisionBody :exec
INSERT INTO vision_body (result, hash, body) VALUES (@result, @hash, @body);

-- name: BodyOfVision :one
SELECT b.hash, b.body FROM vision_body b JOIN vision_result v ON v.id = b.result WHERE v.site = @site AND v.id = @id;

-- name: LockLotsForVerdict :many
SELECT l.id, l.site, l.state, l.progress, l.station, coalesce(l.work_order, '')::text AS work_order, coalesce(o.product, '')::text AS product, l.revision
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order
 WHERE l.id = ANY (@lots::text[]) ORDER BY l.id FOR NO KEY UPDATE OF l;

-- name: CamerasForVerdict :many
-- What the plant knows of cameras at this moment: where each stands, whether its pictures are kept, and the rules in force.
SELECT c.camera::text AS camera, coalesce(d.site, '')::text AS site, coalesce(d.station, '')::text AS station, s.keep, coalesce(s.safety, false)::boolean AS safety,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'revision', r.revision, 'rule', r.content) ORDER BY r.id) FROM document_revision r
                  WHERE r.kind = 'inspection_rule' AND r.state = 'effective' AND r.content ->> 'device' = c.camera), '[]')::jsonb AS rules
  FROM (SELECT unnest(@cameras::text[]) AS camera) c LEFT JOIN device d ON d.id = c.camera LEFT JOIN vision_camera s ON s.camera = c.camera AND s.site = d.site;

-- name: VisionCameras :many
SELECT coalesce(d.id, s.camera)::text AS camera, coalesce(d.station, '')::text AS station, s.keep, coalesce(s.safety, false)::boolean AS safety, coalesce(s.version, 0)::int AS version,
       coalesce(s.changed_by, '')::text AS changed_by, coalesce(s.changed_at, '0001-01-01Z')::timestamptz AS changed_at
  FROM (SELECT * FROM device WHERE device.site = @site AND (device.driver LIKE '%camera%' OR device.driver LIKE '%vision%'
            OR EXISTS (SELECT FROM vision_camera c WHERE c.site = device.site AND c.camera = device.id))) d
  FULL JOIN (SELECT * FROM vision_camera WHERE vision_camera.site = @site) s ON s.camera = d.id
 ORDER BY 1;

-- name: LockVisionCamera :one
SELECT camera, keep, safety, version, changed_by, changed_at FROM vision_camera WHERE site = @site AND camera = @camera FOR UPDATE;

-- name: PutVisionCamera :execrows
INSERT INTO vision_camera AS c (site, camera, keep, safety, version, changed_by, changed_at) VALUES (@site, @camera, sqlc.narg(keep), @safety, @version, @changed_by, now())
ON CONFLICT (site, camera) DO UPDATE SET keep = EXCLUDED.keep, safety = EXCLUDED.safety, version = EXCLUDED.version, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
 WHERE c.version = EXCLUDED.version - 1;

-- name: InboxRows :many
-- Rows that nothing has become of yet, oldest first.
SELECT i.id, i.site, i.camera, i.lot, i.operation, i.step, i.kind, i.key, i.verdict, i.confidence, i.model, i.code, i.body, i.image, i.captured_at, i.inserted_by,
       EXISTS (SELECT FROM device_sender s JOIN account a ON a.id = s.account AND a.active AND a.kind = 'service' JOIN device d ON d.id = s.device
                WHERE s.device = i.camera AND s.active AND d.site = i.site AND s.account = i.inserted_by) AS speaks
  FROM mes_in.vision_inbox i
 WHERE i.id > (SELECT upto FROM vision_inbox_mark) AND NOT EXISTS (SELECT FROM vision_inbox_done d WHERE d.inbox = i.id)
 ORDER BY i.id LIMIT sqlc.arg(most)::int;

-- name: AddInboxDone :exec
INSERT INTO vision_inbox_done (inbox, result, match, fault) VALUES (@inbox, @result, @match, @fault) ON CONFLICT (inbox) DO NOTHING;

-- name: EmptyInboxRow :exec
UPDATE mes_in.vision_inbox SET image = NULL, body = NULL WHERE id = @id;

-- name: AdvanceInboxMark :exec
-- The mark follows an hour behind, since a row that was begun earlier may still be committed.
UPDATE vision_inbox_mark SET upto = greatest(upto, coalesce((SELECT min(i.id) - 1 FROM mes_in.vision_inbox i
    WHERE i.id > upto AND (i.inserted_at > now() - interval '1 hour' OR NOT EXISTS (SELECT FROM vision_inbox_done d WHERE d.inbox = i.id))), upto));
