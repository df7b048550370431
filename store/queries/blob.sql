-- name: HasBlob :one
SELECT EXISTS (SELECT FROM blob WHERE hash = @hash) AS found;

-- name: PutBlob :exec
INSERT INTO blob (hash, content_type, size, content) VALUES (@hash, @content_type, @size, @content) ON CONFLICT (hash) DO NOTHING;

-- name: BlobByHash :one
SELECT hash, content_type, size, content FROM blob WHERE hash = @hash;
