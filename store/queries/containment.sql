-- Containments. What they hold is written by the function contain_lots alone.

-- name: NextContainment :one
INSERT INTO containment_number AS k (site, last) VALUES (@site, 1) ON CONFLICT (site) DO UPDATE SET last = k.last + 1 RETURNING last;

-- name: ContainmentByKey :one
SELECT id FROM containment WHERE site = @site AND key = @key;

-- name: AddContainment :exec
INSERT INTO containment (site, id, n, key, kind, title, criterion, reason, severity, source_noun, source_subject, watching, placed_by, since, requested_at, guarded_at)
VALUES (@site, @id, @n, @key, @kind, @title, @criterion, @reason, @severity, @source_noun, @source_subject, @watching, @placed_by, @since, @requested_at, clock_timestamp());

-- name: ContainmentGuarded :exec
UPDATE containment SET guarded_at = clock_timestamp() WHERE site = @site AND id = @id;

-- name: MatchesOf :many
-- The lots that a criterion names and that are not in the containment yet; an empty ID leaves out none.
SELECT m::text AS lot FROM containment_matches(@site, @kind, @criterion::jsonb) m
 WHERE NOT EXISTS (SELECT FROM contained_lot c WHERE c.site = @site AND c.containment = @containment AND c.lot = m)
 ORDER BY m LIMIT @most::int;

-- name: LockContainment :one
SELECT * FROM containment WHERE site = @site AND id = @id FOR NO KEY UPDATE;

-- name: ContainmentByID :one
SELECT * FROM containment WHERE site = @site AND id = @id;

-- name: ContainmentSettled :one
-- Every transaction that ran when the containment was placed has ended, so the next statement sees all that they wrote.
SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint > xid OR requested_at < now() - interval '1 hour')::bool AS settled
  FROM containment WHERE site = @site AND id = @id;

-- name: ContainmentNamed :exec
UPDATE containment SET named = true WHERE site = @site AND id = @id;

-- name: Frontier :many
-- Lots whose neighbours were not looked at yet, nearest first.
SELECT lot, depth, up, down FROM contained_lot WHERE site = @site AND containment = @containment AND NOT expanded
 ORDER BY abs(depth), depth, lot LIMIT @most::int;

-- name: ProductsOf :many
-- What was made of the lots and is not followed yet.
SELECT c.lot, min(c.component)::text AS via FROM consumption c
 WHERE c.component = ANY (@lots::text[])
   AND NOT EXISTS (SELECT FROM contained_lot m WHERE m.site = @site AND m.containment = @containment AND m.lot = c.lot AND m.down)
 GROUP BY c.lot ORDER BY c.lot LIMIT @most::int;

-- name: SourcesOf :many
SELECT c.component AS lot, min(c.lot)::text AS via FROM consumption c
 WHERE c.lot = ANY (@lots::text[])
   AND NOT EXISTS (SELECT FROM contained_lot m WHERE m.site = @site AND m.containment = @containment AND m.lot = c.component AND m.up AND (m.down OR NOT @down::bool))
 GROUP BY c.component ORDER BY c.component LIMIT @most::int;

-- name: Expanded :exec
UPDATE contained_lot SET expanded = true WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]);

-- name: Unnoted :many
SELECT c.lot, coalesce(l.work_order, '')::text AS work_order FROM contained_lot c JOIN lot l ON l.id = c.lot
 WHERE c.site = @site AND c.containment = @containment AND NOT c.noted ORDER BY c.lot LIMIT @most::int;

-- name: RecordsToVoid :many
-- Of these lots and orders, those whose record's release stands or is asked for.
SELECT r.noun, r.subject FROM (SELECT DISTINCT ON (noun, subject) noun, subject, state FROM record_release
   WHERE noun = 'lot_record' AND subject = ANY (@lots::text[]) OR noun = 'order_record' AND subject = ANY (@orders::text[])
   ORDER BY noun, subject, id DESC) r
 WHERE r.state IN ('released', 'open') ORDER BY r.noun, r.subject;

-- name: Noted :exec
UPDATE contained_lot SET noted = true WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]);

-- name: TallyContainment :one
SELECT count(*)::int AS found,
       count(*) FILTER (WHERE c.held_at IS NOT NULL AND c.ended_at IS NULL)::int AS held,
       count(*) FILTER (WHERE c.acknowledged_at IS NULL AND c.ended_at IS NULL)::int AS unacknowledged,
       count(*) FILTER (WHERE c.ended_at IS NULL AND c.decision = '')::int AS undecided,
       count(*) FILTER (WHERE c.ended_at IS NULL AND c.decision <> '')::int AS proposed,
       count(*) FILTER (WHERE c.ended_at IS NULL)::int AS open,
       count(*) FILTER (WHERE c.place = 'shipped' AND c.notified_at IS NULL AND c.ended_at IS NULL)::int AS unnotified,
       count(*) FILTER (WHERE c.joined)::int AS joined,
       (count(*) FILTER (WHERE NOT c.expanded) = 0)::bool AS complete,
       coalesce(max(c.held_at), max(c.found_at), 'epoch')::timestamptz AS last_held,
       coalesce(max(c.acknowledged_at), 'epoch')::timestamptz AS last_stopped
  FROM contained_lot c WHERE c.site = @site AND c.containment = @containment;

-- name: MoveContainment :exec
UPDATE containment SET state = @state, found_at = coalesce(found_at, @found_at), contained_at = coalesce(contained_at, @contained_at),
       decided_at = CASE WHEN @state IN ('dispositioned', 'closed') THEN coalesce(decided_at, now()) END,
       closed_at = CASE WHEN @state = 'closed' THEN now() END, watching = watching AND @state <> 'closed'
 WHERE site = @site AND id = @id;

-- name: EndWatch :exec
UPDATE containment SET watching = false, watch_ended_at = now(), watch_ended_by = @by WHERE site = @site AND id = @id;

-- name: StopContained :one
-- A running lot stands still; when it was running no more, it has been counted already.
UPDATE contained_lot SET acknowledged_at = clock_timestamp(), acknowledged_by = @by
 WHERE site = @site AND containment = @containment AND lot = @lot AND acknowledged_at IS NULL RETURNING lot;

-- name: StopStanding :many
-- Lots that were running when they were held, run no more, and have said nothing: their workflow has ended or was lost.
UPDATE contained_lot c SET acknowledged_at = clock_timestamp(), acknowledged_by = 'system' FROM lot l
 WHERE c.site = @site AND c.containment = @containment AND c.acknowledged_at IS NULL AND l.id = c.lot AND l.state <> 'running' RETURNING c.lot;

-- name: StillRunning :many
SELECT c.lot FROM contained_lot c JOIN lot l ON l.id = c.lot
 WHERE c.site = @site AND c.containment = @containment AND c.acknowledged_at IS NULL AND l.state = 'running' ORDER BY c.lot;

-- name: LockContained :many
SELECT c.*, l.state, l.version, l.station AS stands, coalesce(l.work_order, '')::text AS work_order, l.remaining, l.origin
  FROM contained_lot c JOIN lot l ON l.id = c.lot
 WHERE c.site = @site AND c.containment = @containment AND c.lot = ANY (@lots::text[]) ORDER BY c.lot FOR NO KEY UPDATE;

-- name: ProposeDisposition :exec
UPDATE contained_lot SET disposition = @disposition, decision = @decision
 WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]) AND ended_at IS NULL;

-- name: DropDisposition :exec
UPDATE contained_lot SET disposition = '', decision = '' WHERE site = @site AND containment = @containment AND disposition = @disposition AND ended_at IS NULL;

-- name: DispositionsOfLots :many
-- Decisions on these lots that wait for signatures, to be taken back.
SELECT DISTINCT disposition FROM contained_lot WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]) AND disposition <> '' AND ended_at IS NULL ORDER BY disposition;

-- name: AddHoldDisposition :exec
INSERT INTO hold_disposition (id, site, containment, lots, decision, rework_to, routing, permit, bad, reason, decided_by, decided_at)
VALUES (@id, @site, @containment, @lots, @decision, @rework_to, @routing, @permit, @bad, @reason, @decided_by, @decided_at);

-- name: HoldDispositionByID :one
SELECT * FROM hold_disposition WHERE site = @site AND id = @id;

-- name: EndContained :exec
UPDATE contained_lot SET ended_at = clock_timestamp(), outcome = @outcome, decision = @decision
 WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]) AND ended_at IS NULL;

-- name: ReleaseContained :exec
UPDATE hold SET released_by = @by, released_at = now(), release_reason = @reason
 WHERE site = @site AND containment = @containment AND subject = ANY (@lots::text[]) AND released_at IS NULL;

-- name: NoteContainedEnd :exec
INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
SELECT 'contained-end/' || @site::text || '/' || @containment::text || '/' || l.id, l.id, coalesce(l.work_order, ''), 'hold_released', @by, l.station, l.operation, l.visit, l.step, @outcome, 0, l.wait_kind, l.wait_on,
       @reason, now() FROM lot l WHERE l.id = ANY (@lots::text[])
ON CONFLICT (key) DO NOTHING;

-- name: NotifyContained :many
UPDATE contained_lot c SET notified_at = now(), notified_by = @by, notice = @how FROM lot l
 WHERE c.site = @site AND c.containment = @containment AND l.id = c.lot AND c.place = 'shipped' AND l.customer = @customer
   AND (@delivery_note::text = '' OR l.delivery_note = @delivery_note) AND c.notified_at IS NULL RETURNING c.lot;

-- name: SetContainedAside :one
UPDATE contained_lot SET aside_at = now(), aside_by = @by, aside_place = @place
 WHERE site = @site AND containment = @containment AND lot = @lot AND ended_at IS NULL RETURNING lot;

-- name: ContainedRequests :many
-- The signature requests that decisions on a containment wait for.
SELECT r.id FROM signature_request r JOIN hold_disposition d ON d.id = r.record AND d.site = r.site
 WHERE d.site = @site AND d.containment = @containment AND r.noun = 'hold_disposition' AND r.state = 'open' ORDER BY r.requested_at;

-- name: ContainedPlaces :many
SELECT c.place, c.at, CASE WHEN c.place = 'shipped' THEN l.delivery_note ELSE c.operation END::text AS note, l.material, m.unit, count(*)::int AS lots, sum(c.quantity)::numeric AS quantity,
       count(*) FILTER (WHERE c.held_at IS NOT NULL AND c.ended_at IS NULL)::int AS held, count(*) FILTER (WHERE c.acknowledged_at IS NOT NULL)::int AS stopped,
       count(*) FILTER (WHERE c.aside_at IS NOT NULL)::int AS aside, count(*) FILTER (WHERE c.ended_at IS NOT NULL)::int AS ended,
       coalesce(max(c.acknowledged_at), 'epoch')::timestamptz AS last, coalesce(max(c.notified_at), 'epoch')::timestamptz AS notified
  FROM contained_lot c JOIN lot l ON l.id = c.lot JOIN material m ON m.id = l.material
 WHERE c.site = @site AND c.containment = @containment
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4;

-- name: EdgesWithin :many
-- How the lots of a containment hang together.
SELECT c.component, c.lot, sum(c.quantity)::numeric AS quantity, c.operation, min(c.at)::timestamptz AS at
  FROM contained_lot m JOIN consumption c ON c.component = m.lot
  JOIN contained_lot n ON n.site = m.site AND n.containment = m.containment AND n.lot = c.lot
 WHERE m.site = @site AND m.containment = @containment
 GROUP BY c.component, c.lot, c.operation ORDER BY c.component, c.lot LIMIT @most::int;

-- name: HeldNow :many
-- The open holds on lots, on their orders, under the locks that the caller has.
SELECT h.scope, h.subject, h.reason, h.containment FROM hold h
 WHERE h.released_at IS NULL AND (h.scope = 'lot' AND h.subject = ANY (@lots::text[])
    OR h.scope = 'order' AND h.subject IN (SELECT l.work_order FROM lot l WHERE l.id = ANY (@lots::text[])))
 ORDER BY h.placed_at, h.id LIMIT 1;

-- name: LockAnyLots :many
-- Lots in work before finished ones, each kind by ID: a lot that is made comes before its components.
SELECT id FROM lot WHERE id = ANY (@lots::text[])
 ORDER BY state NOT IN ('queued', 'running', 'paused', 'review'), id FOR NO KEY UPDATE;

-- name: OpenContainmentOf :one
-- An open containment by the same criterion.
SELECT id FROM containment WHERE site = @site AND kind = @kind AND criterion = @criterion::jsonb AND state <> 'closed' ORDER BY n DESC LIMIT 1;

-- name: Unnote :exec
UPDATE contained_lot SET noted = false WHERE site = @site AND containment = @containment AND lot = ANY (@lots::text[]);


-- name: RefusedSince :many
-- The newest attempts that this containment refused. The refusal names it.
SELECT a.at, a.actor, a.action, a.subject, a.source FROM containment k
  JOIN audit a ON a.action = 'refused' AND a.at >= k.requested_at AND a.reason LIKE '% by ' || k.id || ':%'
 WHERE k.site = @site AND k.id = @containment ORDER BY a.id DESC LIMIT 10;

-- name: LockContainmentKey :exec
-- Two requests of one key queue here, before either has a lot or a number.
SELECT pg_advisory_xact_lock(hashtextextended('containment/' || @site::text || '/' || @key::text, 16));
