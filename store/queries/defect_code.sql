-- name: DefectCodes :many
SELECT * FROM defect_code WHERE site = @site ORDER BY code;

-- name: LockDefectCodes :exec
-- One at a time changes a site's tree, so that two changes together can't make a circle.
SELECT pg_advisory_xact_lock(hashtextextended('defect_code/' || @site::text, 0));

-- name: PutDefectCode :exec
INSERT INTO defect_code (site, code, parent, name, severity, piece_cost, active, version, changed_by, changed_at)
VALUES (@site, @code, @parent, @name, @severity, sqlc.narg(piece_cost), @active, @version, @changed_by, @changed_at)
ON CONFLICT (site, code) DO UPDATE SET parent = excluded.parent, name = excluded.name, severity = excluded.severity, piece_cost = excluded.piece_cost,
       active = excluded.active, version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at;
