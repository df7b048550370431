-- name: AddQualityEvent :one
-- Nothing comes back for a key that is known.
INSERT INTO quality_event (key, site, kind, code, noun, subject, lot, product, operation, step, station, device, model, text, at)
VALUES (@key, @site, @kind, @code, @noun, @subject, @lot, @product, @operation, @step, @station, @device, @model, @text, @at)
ON CONFLICT (key) DO NOTHING RETURNING id;

-- name: ActiveRules :many
SELECT rule FROM reaction_rule WHERE site = @site AND kind = @kind AND active ORDER BY id;

-- name: ReactionRules :many
SELECT rule FROM reaction_rule WHERE site = @site ORDER BY id;

-- name: LockReactionRule :one
SELECT rule, version FROM reaction_rule WHERE site = @site AND id = @id FOR UPDATE;

-- name: PutReactionRule :execrows
INSERT INTO reaction_rule (site, id, rule, active, kind, version, changed_by, changed_at)
VALUES (@site, @id, @rule, @active, @kind, @version, @changed_by, @changed_at)
ON CONFLICT (site, id) DO UPDATE SET rule = excluded.rule, active = excluded.active, kind = excluded.kind, version = excluded.version,
       changed_by = excluded.changed_by, changed_at = excluded.changed_at
 WHERE reaction_rule.version = excluded.version - 1;

-- name: LockReaction :exec
-- One writer at a time counts in a group, so that no two events both see one too few.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x1f', 'reaction', @site::text, @rule::text, @in_group::text), 0));

-- name: AddReactionCount :exec
INSERT INTO reaction_count (site, rule, "group", event, at) VALUES (@site, @rule, @in_group, @event, @at) ON CONFLICT DO NOTHING;

-- name: CountedSince :many
-- The events of a group since its last firing and within the window.
SELECT c.id AS count, e.key, e.site, e.kind, e.code, e.noun, e.subject, e.lot, e.product, e.operation, e.step, e.station, e.device, e.model, e.text, e.at
  FROM reaction_count c JOIN quality_event e ON e.id = c.event
 WHERE c.site = @site AND c.rule = @rule AND c."group" = @in_group AND c.at > @since
   AND c.id > coalesce((SELECT max(f.upto) FROM reaction_firing f WHERE f.site = @site AND f.rule = @rule AND f."group" = @in_group), 0)
 ORDER BY c.id;

-- name: AddFiring :exec
INSERT INTO reaction_firing (id, site, rule, "group", upto, firing, at) VALUES (@id, @site, @rule, @in_group, @upto, @firing, @at);

-- name: ComponentsOfMaterial :many
-- The lots of a material that were built into a lot, most recent last.
SELECT component FROM consumption WHERE lot = @lot AND material = @material GROUP BY component ORDER BY max(id);

-- name: StationOfDevice :one
SELECT coalesce((SELECT station FROM device WHERE id = @device), '')::text;
