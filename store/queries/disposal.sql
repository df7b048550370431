-- name: AddDisposal :exec
INSERT INTO disposal (key, site, noun, subject, lot, kind, quantity, bad, code, routing, permit, request, actor, reason, at)
VALUES (@key, @site, @noun, @subject, @lot, @kind, @quantity, @bad, @code, @routing, @permit, @request, @actor, @reason, @at);

-- name: DisposalKnown :one
SELECT EXISTS (SELECT FROM disposal WHERE key = @key);

-- name: DisposalsOf :many
SELECT id, noun, subject, lot, kind, quantity, bad, code, routing, permit, request, actor, reason, at FROM disposal WHERE site = @site AND noun = @noun AND subject = @subject ORDER BY id;

-- name: TakeFromLot :exec
-- Pieces leave a lot that no operation works on: for scrap, or back to the supplier.
UPDATE lot SET remaining = remaining - @quantity::numeric, scrapped = scrapped + CASE WHEN @scrap::boolean THEN @quantity::numeric ELSE 0 END,
       state = CASE WHEN remaining = @quantity::numeric THEN @emptied ELSE state END,
       ended_at = CASE WHEN remaining = @quantity::numeric AND ended_at IS NULL THEN @at::timestamptz ELSE ended_at END,
       version = version + 1,
       progress = CASE WHEN progress IS NULL THEN NULL ELSE progress || jsonb_build_object('version', version + 1,
           'state', CASE WHEN remaining = @quantity::numeric THEN @emptied ELSE state END,
           'quantity', ((progress ->> 'quantity')::numeric - @quantity::numeric)::text,
           'scrapped', ((progress ->> 'scrapped')::numeric + CASE WHEN @scrap::boolean THEN @quantity::numeric ELSE 0 END)::text) END
 WHERE id = @lot;

-- name: AddComposedRouting :exec
INSERT INTO routing (product, revision, state, definition, hash, approved_by, approved_at)
VALUES (@product, @revision, 'rework', @definition, @hash, @approved_by, now()) ON CONFLICT (product, revision) DO NOTHING;

-- name: SetLotRevision :exec
UPDATE lot SET revision = @revision WHERE id = @lot;

-- name: ReopenLot :one
-- How often a packed lot came back into work: its run and its archive are counted by it.
UPDATE lot SET reopened = reopened + 1 WHERE id = @lot RETURNING reopened;

-- name: LotReopened :one
SELECT reopened FROM lot WHERE id = @lot;

-- name: CopyFrozenDocuments :exec
-- The composed routing reads what its order froze for the routing under it.
INSERT INTO order_document (work_order, routing_revision, kind, id, revision, frozen_at)
SELECT f.work_order, @composed, f.kind, f.id, f.revision, now() FROM order_document f
 WHERE f.work_order = @work_order AND f.routing_revision = @base ON CONFLICT DO NOTHING;

-- name: LotAtRest :one
-- What a disposal must know of a lot under its lock.
SELECT l.material, l.origin, l.state, l.remaining, l.revision, l.customer, coalesce(l.work_order, '')::text AS work_order, coalesce(o.state, '')::text AS order_state,
       coalesce(o.line, '')::text AS line, l.supplier, l.supplier_lot
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order WHERE l.site = @site AND l.id = @lot;
