-- name: FindAnswer :one
SELECT request_hash, status, content_type, body FROM command_answer WHERE account = @account AND key = @key;

-- name: KeepAnswer :exec
INSERT INTO command_answer (account, key, request_hash, status, content_type, body) VALUES (@account, @key, @request_hash, @status, @content_type, @body)
ON CONFLICT (account, key) DO NOTHING;
