-- name: VisionByKey :one
SELECT id, image FROM vision_result WHERE camera = @camera AND key = @key;

-- name: AddVisionResult :execrows
INSERT INTO vision_result (id, site, camera, key, lot, operation, step, shot, verdict, confidence, model, image, boxes, measured, match, source, captured_at, received_at)
VALUES (@id, @site, @camera, @key, @lot, @operation, @step, @shot, @verdict, @confidence, @model, @image, @boxes, @measured, @match, @source, @captured_at, now())
ON CONFLICT (camera, key) DO NOTHING;

-- name: LockLotForVerdict :one
SELECT l.id, l.state, l.progress, l.station, coalesce(l.work_order, '')::text AS work_order, coalesce(o.product, '')::text AS product, l.revision
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order
 WHERE l.site = @site AND l.id = @lot FOR NO KEY UPDATE OF l;
