-- name: RaiseAlert :exec
INSERT INTO alert (key, site, kind, severity, noun, subject, text, role, account)
VALUES (@key, @site, @kind, @severity, @noun, @subject, @text, @role, @account) ON CONFLICT (key) DO NOTHING;

-- name: AlertByID :one
SELECT * FROM alert WHERE site = @site AND id = @id;

-- name: LockAlert :one
SELECT * FROM alert WHERE site = @site AND id = @id FOR UPDATE;

-- name: CloseAlert :exec
UPDATE alert SET closed_at = now(), closed_by = @closed_by, comment = @comment WHERE id = @id AND closed_at IS NULL;

-- name: CloseAlertsOf :exec
-- What an alert told of is over.
UPDATE alert SET closed_at = now(), closed_by = @closed_by, comment = @comment
 WHERE noun = @noun AND subject = @subject AND kind = ANY(@kinds::text[]) AND closed_at IS NULL;
