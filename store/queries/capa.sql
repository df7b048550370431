-- name: NextCAPA :one
-- The row's lock keeps two from getting one number.
INSERT INTO capa_number (site, n) VALUES (@site, 1) ON CONFLICT (site) DO UPDATE SET n = capa_number.n + 1 RETURNING n;

-- name: LockCAPARule :exec
-- One firing at a time opens or finds the CAPA of a rule and group.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x1f', 'capa', @site::text, @rule::text, @rule_group::text), 0));

-- name: OpenCAPAOfRule :one
SELECT id FROM capa WHERE site = @site AND rule = @rule AND rule_group = @rule_group AND ended_at IS NULL FOR NO KEY UPDATE;

-- name: AddCAPA :exec
INSERT INTO capa (site, id, title, severity, state, source, rule, rule_group, product, codes, owner, manager, raised_by, raised_at, why, iteration, version, record,
                  discipline, next_due, check_at, ended_at, end_reason)
VALUES (@site, @id, @title, @severity, @state, @source, @rule, @rule_group, @product, @codes, @owner, @manager, @raised_by, @raised_at, @why, 1, 1, @record,
        @discipline, @next_due, NULL, NULL, '');

-- name: CAPAByID :one
SELECT * FROM capa WHERE site = @site AND id = @id;

-- name: LockCAPA :one
SELECT * FROM capa WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: SaveCAPA :exec
UPDATE capa SET title = @title, severity = @severity, state = @state, product = @product, codes = @codes, owner = @owner, manager = @manager, iteration = @iteration,
       version = @version, record = @record, discipline = @discipline, next_due = @next_due, check_at = @check_at, ended_at = @ended_at, end_reason = @end_reason
 WHERE site = @site AND id = @id;

-- name: CAPATasksOf :many
SELECT * FROM capa_task WHERE site = @site AND capa = @capa AND iteration = @iteration ORDER BY d, created_at, id;

-- name: CountCAPATasks :one
SELECT count(*) FROM capa_task WHERE site = @site AND capa = @capa;

-- name: PutCAPATask :exec
INSERT INTO capa_task (site, capa, id, iteration, d, title, against, owner, due_at, state, note, evidence, done_by, done_at, verification, verified_by, verified_at, created_by, created_at)
VALUES (@site, @capa, @id, @iteration, @d, @title, @against, @owner, @due_at, @state, @note, @evidence, @done_by, @done_at, @verification, @verified_by, @verified_at, @created_by, @created_at)
ON CONFLICT (site, capa, id) DO UPDATE SET iteration = excluded.iteration, owner = excluded.owner, due_at = excluded.due_at, state = excluded.state, note = excluded.note,
       evidence = excluded.evidence, done_by = excluded.done_by, done_at = excluded.done_at, verification = excluded.verification, verified_by = excluded.verified_by,
       verified_at = excluded.verified_at;

-- name: AddCAPALink :exec
INSERT INTO capa_link (site, capa, noun, subject, note, by, at) VALUES (@site, @capa, @noun, @subject, @note, @by, @at) ON CONFLICT DO NOTHING;

-- name: CAPALinksOf :many
SELECT noun, subject, note, by, at FROM capa_link WHERE site = @site AND capa = @capa ORDER BY at, noun, subject;

-- name: AddCAPAIteration :exec
INSERT INTO capa_iteration (site, capa, n, content, ended_at) VALUES (@site, @capa, @n, @content, @ended_at);

-- name: CAPAIterationsOf :many
SELECT content FROM capa_iteration WHERE site = @site AND capa = @capa ORDER BY n;

-- name: CAPAEvents :one
-- Quality events of a period that a criterion counts.
SELECT count(*) FROM quality_event e
 WHERE e.site = @site AND e.at >= @since AND e.at < @until
   AND (cardinality(@codes::text[]) = 0 OR e.code = ANY (@codes::text[])) AND (cardinality(@kinds::text[]) = 0 OR e.kind = ANY (@kinds::text[]))
   AND (@product::text = '' OR e.product = @product) AND (@operation::text = '' OR e.operation = @operation) AND (@station::text = '' OR e.station = @station);

-- name: LastCAPAEvents :many
SELECT e.* FROM quality_event e
 WHERE e.site = @site AND e.at >= @since AND e.at < @until
   AND (cardinality(@codes::text[]) = 0 OR e.code = ANY (@codes::text[])) AND (cardinality(@kinds::text[]) = 0 OR e.kind = ANY (@kinds::text[]))
   AND (@product::text = '' OR e.product = @product) AND (@operation::text = '' OR e.operation = @operation) AND (@station::text = '' OR e.station = @station)
 ORDER BY e.at DESC, e.id DESC LIMIT 10;

-- name: CAPAPieces :one
-- Pieces made in a period: lots that ended then, scrapped ones included; with an operation or a station, lots that ended it there.
SELECT coalesce(sum(l.quantity), 0)::numeric AS pieces FROM lot l
 WHERE l.site = @site AND l.origin = 'produced' AND l.state <> 'void' AND (@product::text = '' OR l.material = @product)
   AND CASE WHEN @operation::text = '' AND @station::text = '' THEN l.ended_at >= @since::timestamptz AND l.ended_at < @until::timestamptz
            ELSE EXISTS (SELECT FROM lot_operation o WHERE o.lot = l.id AND o.ended_at >= @since::timestamptz AND o.ended_at < @until::timestamptz
                            AND (@operation = '' OR o.operation = @operation) AND (@station = '' OR o.station = @station)) END;

-- name: CAPALinkedHold :one
SELECT reason, (released_at IS NULL)::boolean AS open FROM hold WHERE site = @site AND id = @id;

-- name: CAPALinkedLot :one
SELECT state, material, (ended_at IS NULL)::boolean AS open FROM lot WHERE site = @site AND id = @id;

-- name: CAPALinkedOrder :one
SELECT state, product, (ended_at IS NULL)::boolean AS open FROM work_order WHERE site = @site AND number = @number;

-- name: CAPALinkedFiring :one
SELECT firing FROM reaction_firing WHERE site = @site AND id = @id;

-- name: CAPAEvidenceOf :one
-- Tells whether a file is evidence of this CAPA, now or in a former round.
SELECT EXISTS (SELECT FROM capa_task t WHERE t.site = @site AND t.capa = @capa AND t.evidence @> jsonb_build_array(jsonb_build_object('hash', @hash::text)));

-- name: OpenCAPAs :many
SELECT site, id FROM capa WHERE ended_at IS NULL ORDER BY site, id;

-- name: SiteOfCAPA :one
SELECT name FROM equipment WHERE id = @site;

-- name: CAPALinkedContainment :one
SELECT c.title, c.state, c.closed_at,
       (SELECT count(*) FROM contained_lot l WHERE l.site = c.site AND l.containment = c.id) AS lots,
       (SELECT count(*) FROM contained_lot l WHERE l.site = c.site AND l.containment = c.id AND l.ended_at IS NULL) AS open
  FROM containment c WHERE c.site = @site AND c.id = @id;

-- name: CAPALinkedNonconformance :one
SELECT code, description, state, ended_at FROM nonconformance WHERE site = @site AND id = @id;
