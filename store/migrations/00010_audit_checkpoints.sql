-- +goose Up
-- Proof that the audit trail is whole. The chain alone can be rebuilt by somebody who owns the database; a checkpoint is
-- signed with a key that the database does not have, and a copy of it stands in a file outside.

CREATE TABLE audit_checkpoint (
    n         bigint PRIMARY KEY, -- without gaps, from 1
    at        timestamptz NOT NULL,
    rows      bigint NOT NULL,
    heads     jsonb NOT NULL, -- [{"n": 12, "hash": "…"}], a strand's newest row at its place
    prev      text NOT NULL,  -- hash of the checkpoint before
    key       text NOT NULL,  -- ID of the key that signed
    public    text NOT NULL,  -- that key's public half
    next      text NOT NULL,  -- public half of the key that signs from here on, where it changes
    signature text NOT NULL
);

-- Each time that somebody or the clock checked the trail, and what came of it.
CREATE TABLE audit_verification (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text NOT NULL,
    whole      boolean NOT NULL, -- from the first row on, not only from a checkpoint
    ok         boolean NOT NULL,
    checkpoint bigint NOT NULL,  -- the newest one that was checked
    verdict    jsonb NOT NULL
);
CREATE INDEX audit_verification_newest ON audit_verification (whole, id DESC);

-- A person's review of a period of the trail, as it was signed.
CREATE TABLE audit_review (
    id         text PRIMARY KEY,
    site       text NOT NULL REFERENCES equipment (id),
    period_from timestamptz NOT NULL,
    period_to   timestamptz NOT NULL,
    content    jsonb NOT NULL,
    author     text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX audit_review_site ON audit_review (site, created_at DESC, id DESC);

-- The trail is read by time and by what was refused.
CREATE INDEX audit_at ON audit USING brin (at);
CREATE INDEX audit_refused ON audit (id) WHERE action = 'refused';

-- Checks a run of rows of one strand after a row whose place and hash are known: the first that does not fit, and where
-- the run ends. No row comes back when the strand ends before it.
-- +goose StatementBegin
CREATE FUNCTION audit_verify_part(p_strand int, p_after bigint, p_prev bytea, p_most int)
    RETURNS TABLE (bad_id bigint, why text, last_id bigint, last_n bigint, last_hash bytea, checked bigint) LANGUAGE sql STABLE AS $$
    WITH run AS (
        SELECT a AS entry FROM audit a WHERE a.strand = p_strand AND a.n > p_after ORDER BY a.n LIMIT p_most
    ), chain AS (
        SELECT (entry).id AS id, (entry).n AS n, (entry).hash AS hash, (entry).prev AS prev, sha256((entry).prev || audit_content(entry)) AS expected,
               lag((entry).n, 1, p_after) OVER w AS before_n, lag((entry).hash, 1, p_prev) OVER w AS before_hash
        FROM run WINDOW w AS (ORDER BY (entry).n)
    ), judged AS (
        SELECT id, n, hash, CASE WHEN hash <> expected THEN 'its content was changed'
                                 WHEN n <> before_n + 1 THEN 'a row before it in its strand is missing'
                                 WHEN prev <> before_hash THEN 'it does not follow the row before it in its strand' END AS why FROM chain
    )
    SELECT bad.id, bad.why, ending.id, ending.n, ending.hash, (SELECT count(*) FROM judged)
      FROM (SELECT id, n, hash FROM judged ORDER BY n DESC LIMIT 1) ending
      LEFT JOIN (SELECT id, judged.why FROM judged WHERE judged.why IS NOT NULL ORDER BY n LIMIT 1) bad ON true
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('audit_checkpoint');
    PERFORM make_append_only('audit_verification');
    PERFORM make_append_only('audit_review');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
    EXECUTE 'REVOKE ALL ON SEQUENCE audit_id_seq FROM mes_app';
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
