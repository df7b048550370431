-- name: RevisionOf :one
SELECT sqlc.embed(r), d.name, d.owner, d.site FROM document_revision r JOIN document d USING (kind, id)
 WHERE r.kind = @kind AND r.id = @id AND r.revision = @revision;

-- name: RevisionInForce :one
SELECT revision FROM document_revision WHERE kind = @kind AND id = @id AND state = 'effective';

-- name: LockDocument :one
-- Whoever changes a document's revisions holds its row, so that two never come into force at once.
SELECT kind, id, site, name, owner FROM document WHERE kind = @kind AND id = @id FOR NO KEY UPDATE;

-- name: AddDocument :exec
INSERT INTO document (kind, id, site, name, owner) VALUES (@kind, @id, @site, @name, @owner) ON CONFLICT (kind, id) DO NOTHING;

-- name: RenameDocument :exec
UPDATE document SET name = @name WHERE kind = @kind AND id = @id;

-- name: RevisionsOf :many
SELECT revision, state, source, hash FROM document_revision WHERE kind = @kind AND id = @id ORDER BY created_at, revision;

-- name: AddRevision :exec
INSERT INTO document_revision (kind, id, revision, state, content, hash, source, authors, changed_by)
VALUES (@kind, @id, @revision, 'draft', @content, @hash, 'here', ARRAY[@changed_by::text], @changed_by);

-- name: AddImportedRevision :exec
-- A revision that comes approved with a plant's files.
INSERT INTO document_revision (kind, id, revision, state, content, hash, source, authors, changed_by, reason, readers, approved_by, approved_at, effective_from)
VALUES (@kind, @id, @revision, 'effective', @content, @hash, 'import', ARRAY[@approved_by::text], @approved_by, @reason, @readers, @approved_by, now(), now());

-- name: ChangeDraft :exec
UPDATE document_revision SET content = @content, hash = @hash, version = version + 1, changed_by = @changed_by, changed_at = clock_timestamp(),
       authors = CASE WHEN @changed_by::text = ANY (authors) THEN authors ELSE authors || @changed_by::text END
 WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: SubmitRevision :exec
UPDATE document_revision SET state = 'in_review', reason = @reason, readers = @readers, effective_on = @effective_on, version = version + 1,
       submitted_by = @submitted_by, submitted_at = now(), changed_by = @submitted_by, changed_at = now(), end_reason = ''
 WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: KeepRequest :exec
UPDATE document_revision SET request = @request WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: ReturnRevision :exec
UPDATE document_revision SET state = @state, end_reason = @end_reason, request = CASE WHEN @state::text = 'draft' THEN '' ELSE request END, version = version + 1,
       changed_by = @changed_by, changed_at = now()
 WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: ApproveRevision :exec
UPDATE document_revision SET state = 'approved', approved_by = @approved_by, approved_at = now(), version = version + 1, changed_by = @approved_by, changed_at = now()
 WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: BringIntoForce :exec
UPDATE document_revision SET state = 'effective', effective_from = now(), version = version + 1 WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: SupersedeRevision :exec
UPDATE document_revision SET state = 'superseded', effective_until = now(), superseded_by = @superseded_by, version = version + 1
 WHERE kind = @kind AND id = @id AND state = 'effective';

-- name: DueRevisions :many
-- Approved revisions whose date has come: a product's routing, and every document that is no routing.
SELECT kind, id, revision FROM document_revision
 WHERE state = 'approved' AND coalesce(effective_on, approved_at) <= now() AND (kind <> 'routing' OR id = @product)
 ORDER BY kind, id;

-- name: InstructionsInForce :many
SELECT id, revision FROM document_revision WHERE kind = 'instruction' AND state = 'effective' AND id = ANY (@ids::text[]);

-- name: KnownInstructions :many
SELECT DISTINCT id FROM document_revision WHERE kind = 'instruction' AND state IN ('approved', 'effective') AND id = ANY (@ids::text[]);

-- name: KnownSkills :many
SELECT id FROM skill WHERE id = ANY (@ids::text[]);

-- name: KnownBlobs :many
SELECT hash FROM blob WHERE hash = ANY (@hashes::text[]);

-- name: CurrentRevisions :many
SELECT kind, id, revision, effective_from FROM document_revision WHERE state = 'effective' AND kind || '/' || id = ANY (@documents::text[]);

-- name: FreezeDocument :exec
INSERT INTO order_document (work_order, routing_revision, kind, id, revision, frozen_at) VALUES (@work_order, @routing_revision, @kind, @id, @revision, @at)
ON CONFLICT DO NOTHING;

-- name: LotMadeBy :one
-- The routing revision that a lot is made by, with who must have read it.
SELECT l.revision, coalesce(l.work_order, '')::text AS work_order, coalesce(o.product, '')::text AS product, coalesce(d.name, '')::text AS name, coalesce(r.hash, '')::text AS hash, coalesce(r.readers, '{}')::jsonb AS readers
  FROM lot l LEFT JOIN work_order o ON o.number = l.work_order
  LEFT JOIN document_revision r ON r.kind = 'routing' AND r.id = o.product AND r.revision = split_part(l.revision, '+', 1) -- a lot in rework goes by more than its routing
  LEFT JOIN document d ON d.kind = r.kind AND d.id = r.id
 WHERE l.site = @site AND l.id = @lot;

-- name: FrozenDocuments :many
SELECT f.kind, f.id, f.revision, d.name, r.hash, r.readers
  FROM order_document f JOIN document_revision r USING (kind, id, revision) JOIN document d USING (kind, id)
 WHERE f.work_order = @work_order AND f.routing_revision = @routing_revision ORDER BY f.kind, f.id;

-- name: AddReadConfirmation :execrows
INSERT INTO read_confirmation (account, kind, id, revision, hash, station) VALUES (@account, @kind, @id, @revision, @hash, @station)
ON CONFLICT DO NOTHING;

-- name: ConfirmationOf :one
SELECT hash, station, at FROM read_confirmation WHERE account = @account AND kind = @kind AND id = @id AND revision = @revision;

-- name: ConfirmedBy :many
SELECT kind, id, revision FROM read_confirmation WHERE account = @account AND kind || '/' || id || '/' || revision = ANY (@revisions::text[]);

-- name: ConfirmationsOf :many
SELECT account, station, at FROM read_confirmation WHERE kind = @kind AND id = @id AND revision = @revision;

-- name: UnreadBy :many
-- Revisions in force, or approved and soon in force, that name readers and that the person has not confirmed.
SELECT r.kind, r.id, r.revision, d.name, r.hash, r.reason, r.state, r.effective_on, r.readers
  FROM document_revision r JOIN document d USING (kind, id)
 WHERE r.state IN ('approved', 'effective') AND r.readers <> '{}'
   AND NOT EXISTS (SELECT FROM read_confirmation c WHERE c.account = @account AND c.kind = r.kind AND c.id = r.id AND c.revision = r.revision)
 ORDER BY r.approved_at, r.kind, r.id;

-- name: PeopleOfSite :many
-- Active people with the certificates that they hold.
SELECT a.id, a.name, a.roles,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', q.id, 'level', q.level, 'expires_at', q.expires_at)) FROM qualification q WHERE q.account = a.id), '[]')::jsonb AS held
  FROM account a WHERE a.site = @site AND a.kind = 'person' AND a.active ORDER BY a.id;

-- name: CloseAlertOf :exec
UPDATE alert SET closed_at = now(), closed_by = @closed_by, comment = @comment WHERE key = @key AND closed_at IS NULL;

-- name: AddOrderChange :exec
INSERT INTO order_change (id, site, work_order, from_revision, to_revision, reason, state, requested_by)
VALUES (@id, @site, @work_order, @from_revision, @to_revision, @reason, 'requested', @requested_by);

-- name: KeepChangeRequest :exec
UPDATE order_change SET request = @request WHERE id = @id;

-- name: OrderChangeByID :one
SELECT * FROM order_change WHERE site = @site AND id = @id;

-- name: OrderChangesOf :many
SELECT * FROM order_change WHERE site = @site AND work_order = @work_order ORDER BY requested_at DESC, id;

-- name: OpenChangeOf :one
-- The approved move that a lot on an older revision has still to make.
SELECT * FROM order_change WHERE work_order = @work_order AND state = 'approved' AND to_revision = @to_revision ORDER BY decided_at DESC LIMIT 1;

-- name: DecideOrderChange :exec
UPDATE order_change SET state = @state, decided_by = @decided_by, decided_at = now(), end_reason = @end_reason WHERE id = @id AND state = 'requested';

-- name: ReviseOrder :exec
UPDATE work_order SET revision = @revision, version = version + 1 WHERE number = @number;

-- name: OpenLotsWithProgress :many
SELECT id, site, state, progress, revision, version FROM lot
 WHERE work_order = @work_order AND state IN ('queued', 'running', 'paused', 'review') ORDER BY number;

-- name: LotsOfChange :many
SELECT c.lot, l.state, c.operation, c.fate, c.next, c.why, c.at FROM order_change_lot c JOIN lot l ON l.id = c.lot WHERE c.change = @change ORDER BY l.number;

-- name: AddChangedLot :exec
INSERT INTO order_change_lot (change, lot, fate, operation, next, why, at) VALUES (@change, @lot, @fate, @operation, @next, @why, @at) ON CONFLICT DO NOTHING;

-- name: ChangedLot :one
SELECT fate FROM order_change_lot WHERE change = @change AND lot = @lot;

-- name: RebaseLot :exec
UPDATE lot SET revision = @revision, operation = @operation, visit = @visit, station = @station, stations = @stations, wait_on = @station,
       progress = @progress, version = @version
 WHERE id = @lot;

-- name: RenameVisit :exec
-- The visit that the lot waits for has not begun, so it becomes the one to the other operation.
UPDATE lot_operation SET operation = @operation, visit = @visit, name = @name, station = @station
 WHERE lot = @lot AND operation = @was AND visit = @was_visit AND state = 'queued';
