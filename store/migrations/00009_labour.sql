-- +goose Up
-- What people can do, with the proof of it, and what they worked on.

CREATE TABLE skill (
    id              text PRIMARY KEY CHECK (id <> ''),
    name            text NOT NULL,
    description     text NOT NULL DEFAULT '',
    validity_months int  NOT NULL DEFAULT 0 CHECK (validity_months >= 0),
    remind_days     int[] NOT NULL DEFAULT '{30,7}'
);

-- A certificate never changes: a renewal is a further row, a withdrawal a row of the next table.
CREATE TABLE certificate (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key           text NOT NULL UNIQUE,
    account       text NOT NULL REFERENCES account (id),
    skill         text NOT NULL REFERENCES skill (id),
    level         int  NOT NULL CHECK (level > 0),
    issuer        text NOT NULL,
    issued_at     timestamptz NOT NULL,
    expires_at    timestamptz,
    evidence      text REFERENCES blob (hash),
    evidence_name text NOT NULL DEFAULT '',
    given_by      text NOT NULL,
    reason        text NOT NULL DEFAULT '',
    given_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX certificate_holder ON certificate (account, skill, level, id DESC);

CREATE TABLE certificate_withdrawal (
    certificate  bigint PRIMARY KEY REFERENCES certificate (id),
    key          text NOT NULL UNIQUE,
    withdrawn_by text NOT NULL,
    reason       text NOT NULL,
    withdrawn_at timestamptz NOT NULL DEFAULT now()
);

-- The certificates that were kept before without their history.
INSERT INTO skill (id, name) SELECT DISTINCT id, id FROM qualification WHERE id <> '';
INSERT INTO certificate (key, account, skill, level, issuer, issued_at, expires_at, given_by, reason, given_at)
SELECT 'migration-9/' || account || '/' || id || '/' || level, account, id, level, issuer, issued_at, expires_at, 'system', 'Carried over', issued_at
  FROM qualification WHERE id <> '' ORDER BY issued_at, account, id, level;
DROP TABLE qualification;

-- The one certificate of each person, skill and level that counts, withdrawn or not.
CREATE VIEW certificate_now AS
SELECT DISTINCT ON (c.account, c.skill, c.level)
       c.id, c.account, c.skill, c.level, c.issuer, c.issued_at, c.expires_at, w.withdrawn_at
  FROM certificate c LEFT JOIN certificate_withdrawal w ON w.certificate = c.id
 ORDER BY c.account, c.skill, c.level, c.id DESC;

-- What people hold now: those that count and were not withdrawn.
CREATE VIEW qualification AS
SELECT account, skill AS id, level, issuer, issued_at, expires_at FROM certificate_now WHERE withdrawn_at IS NULL;

-- Time that belongs to no order.
CREATE TABLE labour_code (
    id   text PRIMARY KEY CHECK (id <> ''),
    name text NOT NULL
);

-- The clock. What people worked is what its lines add up to; see ADR 18.
CREATE TABLE labour_event (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    site       text NOT NULL REFERENCES equipment (id),
    kind       text NOT NULL CHECK (kind IN ('on', 'off', 'job_end', 'correction')),
    account    text NOT NULL, -- empty for the end of a job
    work_order text NOT NULL,
    lot        text NOT NULL,
    operation  text NOT NULL,
    visit      int  NOT NULL,
    station    text NOT NULL,
    code       text NOT NULL,
    at         timestamptz NOT NULL,
    from_at    timestamptz,
    to_at      timestamptz,
    reason     text NOT NULL,
    by_account text NOT NULL,
    CHECK ((account = '') = (kind = 'job_end')),
    CHECK ((kind = 'correction') = (from_at IS NOT NULL AND to_at IS NOT NULL))
);
CREATE INDEX labour_event_account ON labour_event (account, at) WHERE account <> '';
CREATE INDEX labour_event_job ON labour_event (lot, operation, visit);
CREATE INDEX labour_event_order ON labour_event (work_order, at) WHERE work_order <> '';

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('skill');
    PERFORM make_writable('labour_code');
    PERFORM make_append_only('certificate');
    PERFORM make_append_only('certificate_withdrawal');
    PERFORM make_append_only('labour_event');
    GRANT SELECT ON certificate_now, qualification TO mes_app;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
