-- name: AuditHead :one
SELECT id, hash FROM audit_head;
