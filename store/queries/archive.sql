-- name: ArchivedRun :one
SELECT * FROM run_archive WHERE workflow_id = @workflow_id AND run_id = @run_id;

-- name: ArchivedRuns :many
SELECT * FROM run_archive WHERE workflow_id = @workflow_id ORDER BY archived_at, run_id;

-- name: AddArchivedRun :execrows
INSERT INTO run_archive (workflow_id, run_id, subject, status, events, blob, archived_at)
VALUES (@workflow_id, @run_id, @subject, @status, @events, @blob, now())
ON CONFLICT (workflow_id, run_id) DO NOTHING;
