-- +goose Up
-- What leaves the system, and who did what.

CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination  text NOT NULL CHECK (destination IN ('erp', 'workflow', 'archive')),
    kind         text NOT NULL,
    key          text NOT NULL,
    subject      text NOT NULL,
    payload      jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts     int  NOT NULL DEFAULT 0,
    next_attempt timestamptz NOT NULL DEFAULT now(),
    last_error   text NOT NULL DEFAULT '',
    answer       text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    UNIQUE (destination, key)
);
CREATE INDEX outbox_due ON outbox (destination, next_attempt) WHERE state = 'pending';
CREATE INDEX outbox_list ON outbox (destination, id DESC);
CREATE INDEX outbox_open ON outbox (destination) WHERE state <> 'delivered';
-- A subject's messages leave in order: the lease asks for an earlier one that is still pending.
CREATE INDEX outbox_subject ON outbox (destination, subject, id) WHERE state = 'pending';

CREATE TABLE run_archive (
    workflow_id text NOT NULL,
    run_id      text NOT NULL,
    subject     text NOT NULL,
    status      text NOT NULL,
    events      int  NOT NULL,
    blob        text NOT NULL REFERENCES blob (hash),
    archived_at timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, run_id)
);

-- The audit trail is a hash chain of several strands: each row's hash covers its content and the row before it in its
-- strand. One strand would make every writer wait until the one before it is on disk; with several, PostgreSQL writes
-- many transactions to disk at once.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    strand  int NOT NULL,
    n       bigint NOT NULL, -- place in the strand, without gaps
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    noun    text NOT NULL,
    subject text NOT NULL,
    reason  text NOT NULL,
    before  jsonb,
    after   jsonb,
    source  text NOT NULL,
    key     text NOT NULL,
    prev    bytea NOT NULL,
    hash    bytea NOT NULL,
    UNIQUE (strand, n)
);
CREATE INDEX audit_subject ON audit (noun, subject, id);

-- The strands' heads. A head's lock puts the rows of its strand in order; writers take it last, just before commit.
CREATE TABLE audit_head (
    strand int PRIMARY KEY,
    n      bigint NOT NULL,
    hash   bytea  NOT NULL
) WITH (fillfactor = 20);
INSERT INTO audit_head (strand, n, hash) SELECT s, 0, sha256(convert_to('steelthread audit ' || s, 'UTF8')) FROM generate_series(0, 15) AS s;

-- The bytes that a row's hash covers, besides the hash before it. A JSON list keeps neighbouring fields apart.
-- +goose StatementBegin
CREATE FUNCTION audit_content(a audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(a.id, a.strand, a.n, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.action,
        a.noun, a.subject, a.reason, a.before, a.after, a.source, a.key)::text, 'UTF8')
$$;
-- +goose StatementEnd

-- Appends one row. It runs with the owner's rights: the app may not touch the heads in any other way. Each connection
-- prefers a strand of its own, else takes any that is free; a transaction's second row finds its first row's strand free.
-- +goose StatementBegin
CREATE FUNCTION audit_append(p_at timestamptz, p_actor text, p_action text, p_noun text, p_subject text, p_reason text,
    p_before jsonb, p_after jsonb, p_source text, p_key text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = mes, pg_temp AS $$
DECLARE
    mine  int := pg_backend_pid() % 16;
    head  audit_head;
    entry audit;
BEGIN
    SELECT * INTO head FROM audit_head WHERE strand = mine FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM audit_head ORDER BY strand FOR UPDATE SKIP LOCKED LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        SELECT * INTO STRICT head FROM audit_head WHERE strand = mine FOR UPDATE;
    END IF;
    entry := ROW(nextval('audit_id_seq'), head.strand, head.n + 1, p_at, p_actor, p_action, p_noun, p_subject, p_reason,
                 p_before, p_after, p_source, p_key, head.hash, ''::bytea);
    entry.hash := sha256(head.hash || audit_content(entry));
    INSERT INTO audit OVERRIDING SYSTEM VALUE VALUES (entry.*);
    UPDATE audit_head SET n = entry.n, hash = entry.hash WHERE strand = entry.strand;
    RETURN entry.id;
END $$;
-- +goose StatementEnd

-- Names the first row that does not fit; no row when every strand holds from end to end.
-- +goose StatementBegin
CREATE FUNCTION audit_verify() RETURNS TABLE (bad_id bigint, why text) LANGUAGE sql STABLE AS $$
    WITH chain AS (
        SELECT a.id, a.n, a.hash, a.prev, sha256(a.prev || audit_content(a)) AS expected,
               lag(a.n, 1, 0::bigint) OVER w AS before_n,
               lag(a.hash, 1, sha256(convert_to('steelthread audit ' || a.strand, 'UTF8'))) OVER w AS before_hash
        FROM audit a WINDOW w AS (PARTITION BY a.strand ORDER BY a.n)
    ), faults AS (
        SELECT id, CASE WHEN hash <> expected THEN 'its content was changed'
                        WHEN n <> before_n + 1 THEN 'a row before it in its strand is missing'
                        WHEN prev <> before_hash THEN 'it does not follow the row before it in its strand' END AS why FROM chain
        UNION ALL
        SELECT coalesce(t.id, 0), 'rows after it in its strand are missing'
          FROM audit_head h LEFT JOIN LATERAL (SELECT a.id, a.n, a.hash FROM audit a WHERE a.strand = h.strand ORDER BY a.n DESC LIMIT 1) t ON true
         WHERE h.n <> coalesce(t.n, 0) OR t.hash IS NOT NULL AND h.hash <> t.hash
    )
    SELECT id, why FROM faults WHERE why IS NOT NULL ORDER BY id LIMIT 1
$$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
