-- name: AuditCounts :many
-- What a part of the trail holds, by kind of record and action.
SELECT noun, action, count(*) AS count, min(id)::bigint AS first_id, max(id)::bigint AS last_id
  FROM audit
 WHERE at >= @since AND at < @until AND (@noun::text = '' OR noun = @noun) AND (@subject::text = '' OR subject = @subject)
   AND (@actor::text = '' OR actor = @actor) AND (@action::text = '' OR action = @action)
 GROUP BY noun, action ORDER BY noun, action;

-- name: LockReviews :exec
-- Reviews of a site are numbered one after the other.
SELECT pg_advisory_xact_lock(hashtext('steelthread audit review ' || @site::text));

-- name: CountReviews :one
SELECT count(*) FROM audit_review WHERE site = @site;

-- name: AddReview :exec
INSERT INTO audit_review (id, site, period_from, period_to, content, author, created_at)
VALUES (@id, @site, @period_from, @period_to, @content, @author, @created_at);

-- name: Review :one
SELECT * FROM audit_review WHERE site = @site AND id = @id;

-- name: FirstAuditTime :one
SELECT at FROM audit ORDER BY id LIMIT 1;

-- name: ReviewToSign :one
SELECT content FROM audit_review WHERE site = @site AND id = @id;

-- name: LastSignedReview :one
-- The end of the period that signed reviews reach to; no row where nobody has signed one.
SELECT v.period_to
  FROM audit_review v JOIN signature_request r ON r.site = v.site AND r.noun = 'audit_review' AND r.record = v.id AND r.state = 'signed'
 WHERE v.site = @site ORDER BY v.period_to DESC LIMIT 1;
