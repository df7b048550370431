-- name: Qualifications :many
-- Those that count: withdrawn ones do not.
SELECT id, level, expires_at FROM qualification WHERE account = @account ORDER BY id, level;

-- name: Skills :many
SELECT * FROM skill ORDER BY id;

-- name: SkillByID :one
SELECT * FROM skill WHERE id = @id;

-- name: PutSkill :exec
INSERT INTO skill (id, name, description, validity_months, remind_days) VALUES (@id, @name, @description, @validity_months, @remind_days)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, validity_months = excluded.validity_months, remind_days = excluded.remind_days;

-- name: NameSkill :exec
-- A skill that a certificate names before anybody described it.
INSERT INTO skill (id, name) VALUES (@id, @id) ON CONFLICT (id) DO NOTHING;

-- name: AddCertificate :one
INSERT INTO certificate (key, account, skill, level, issuer, issued_at, expires_at, evidence, evidence_name, given_by, reason)
VALUES (@key, @account, @skill, @level, @issuer, @issued_at, @expires_at, sqlc.narg(evidence), @evidence_name, @given_by, @reason) RETURNING id;

-- name: WithdrawCertificate :exec
INSERT INTO certificate_withdrawal (certificate, key, withdrawn_by, reason) VALUES (@certificate, @key, @withdrawn_by, @reason);

-- name: CertificateForWithdrawal :one
SELECT c.*, a.site, (w.certificate IS NOT NULL)::boolean AS withdrawn,
       EXISTS (SELECT 1 FROM certificate n WHERE n.account = c.account AND n.skill = c.skill AND n.level = c.level AND n.id > c.id) AS replaced
  FROM certificate c JOIN account a ON a.id = c.account LEFT JOIN certificate_withdrawal w ON w.certificate = c.id
 WHERE c.id = @id;

-- name: EvidenceOf :one
SELECT b.hash, b.content_type, b.size, b.content FROM certificate c JOIN account a ON a.id = c.account JOIN blob b ON b.hash = c.evidence
 WHERE c.id = @id AND a.site = @site;

-- name: CertificatesToRemind :many
-- The current certificates of active people, with what their skill says of reminders.
SELECT c.id, c.account, a.name, c.skill, s.name AS skill_name, c.level, c.expires_at, s.remind_days
  FROM certificate_now c JOIN account a ON a.id = c.account JOIN skill s ON s.id = c.skill
 WHERE a.site = @site AND a.active AND a.kind = 'person' AND c.withdrawn_at IS NULL;

-- name: MatrixPeople :many
SELECT id, name, roles FROM account WHERE site = @site AND active AND kind = 'person' ORDER BY name, id;
