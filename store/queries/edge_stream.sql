-- name: LockEdgeStream :one
INSERT INTO edge_stream AS e (site, node, stream, last) VALUES (@site, @node, @stream, 0)
ON CONFLICT (site, node, stream) DO UPDATE SET last = e.last RETURNING e.last;

-- name: AdvanceEdgeStream :exec
UPDATE edge_stream SET last = @last, at = now() WHERE site = @site AND node = @node AND stream = @stream;

-- name: AddRestatement :exec
INSERT INTO restatement (site, station, from_at, until_at, cause) VALUES (@site, @station, @from_at, @until_at, @cause);
