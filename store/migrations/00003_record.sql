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

-- The audit trail is a hash chain: each row's hash covers its content and the row before it.
CREATE TABLE audit (
    id      bigint PRIMARY KEY,
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
    hash    bytea NOT NULL
);
CREATE INDEX audit_subject ON audit (noun, subject, id);

-- One row: the chain's head. Its lock is what puts audit rows in order; writers take it last, just before commit.
CREATE TABLE audit_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    id   bigint NOT NULL,
    hash bytea  NOT NULL
);
INSERT INTO audit_head (id, hash) VALUES (0, sha256('steelthread audit'::bytea));

-- The bytes that a row's hash covers, besides the hash before it. Lengths keep neighbouring fields apart.
-- +goose StatementBegin
CREATE FUNCTION audit_content(a audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.action,
        a.noun, a.subject, a.reason, a.before, a.after, a.source, a.key)::text, 'UTF8')
$$;
-- +goose StatementEnd

-- Appends one row to the chain. It runs with the owner's rights: the app may not touch the head in any other way.
-- +goose StatementBegin
CREATE FUNCTION audit_append(p_at timestamptz, p_actor text, p_action text, p_noun text, p_subject text, p_reason text,
    p_before jsonb, p_after jsonb, p_source text, p_key text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = mes, pg_temp AS $$
DECLARE
    head audit_head;
    entry audit;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    entry := ROW(head.id + 1, p_at, p_actor, p_action, p_noun, p_subject, p_reason, p_before, p_after, p_source, p_key, head.hash, ''::bytea);
    entry.hash := sha256(head.hash || audit_content(entry));
    INSERT INTO audit VALUES (entry.*);
    UPDATE audit_head SET id = entry.id, hash = entry.hash;
    RETURN entry.id;
END $$;
-- +goose StatementEnd

-- Names the first row that does not fit; no row when the chain holds from end to end.
-- +goose StatementBegin
CREATE FUNCTION audit_verify() RETURNS TABLE (bad_id bigint, why text) LANGUAGE sql STABLE AS $$
    WITH chain AS (
        SELECT a.id, a.hash, a.prev, sha256(a.prev || audit_content(a)) AS expected,
               lag(a.id, 1, 0::bigint) OVER w AS before_id, lag(a.hash, 1, sha256('steelthread audit'::bytea)) OVER w AS before_hash
        FROM audit a WINDOW w AS (ORDER BY a.id)
    ), faults AS (
        SELECT id, CASE WHEN id <> before_id + 1 THEN 'a row before this one is missing'
                        WHEN prev <> before_hash THEN 'it does not follow the row before it'
                        WHEN hash <> expected THEN 'its content was changed' END AS why FROM chain
        UNION ALL
        SELECT h.id, 'the newest rows are missing' FROM audit_head h
         WHERE h.id <> coalesce((SELECT max(id) FROM audit), 0)
    )
    SELECT id, why FROM faults WHERE why IS NOT NULL ORDER BY id LIMIT 1
$$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
