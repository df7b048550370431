-- +goose Up
-- Electronic signatures. A request asks for the signatures of one record and keeps what was shown; a signature is written
-- once and never changed (21 CFR 11.50, 11.70).

CREATE TABLE signature_request (
    id           text PRIMARY KEY,
    site         text NOT NULL REFERENCES equipment (id),
    noun         text NOT NULL,
    record       text NOT NULL,
    title        text NOT NULL,
    content      text NOT NULL, -- canonical JSON (RFC 8785), as it was shown
    hash         text NOT NULL, -- hex SHA-256 of content
    needs        jsonb NOT NULL,
    requested_by text NOT NULL,
    performed_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'signed', 'rejected', 'voided')),
    due_at       timestamptz,
    ended_at     timestamptz,
    end_reason   text NOT NULL DEFAULT ''
);
-- One question at a time about a record.
CREATE UNIQUE INDEX signature_request_open ON signature_request (site, noun, record) WHERE state = 'open';
CREATE INDEX signature_request_record ON signature_request (site, noun, record, requested_at);
CREATE INDEX signature_request_list ON signature_request (site, requested_at DESC, id);

CREATE TABLE signature (
    id      text PRIMARY KEY,
    site    text NOT NULL REFERENCES equipment (id),
    request text NOT NULL REFERENCES signature_request (id),
    noun    text NOT NULL,
    record  text NOT NULL,
    n       int  NOT NULL CHECK (n > 0),
    meaning text NOT NULL,
    signer  text NOT NULL REFERENCES account (id),
    name    text NOT NULL,
    method  text NOT NULL,
    at      timestamptz NOT NULL,
    zone    text NOT NULL,
    station text NOT NULL,
    source  text NOT NULL,
    reason  text NOT NULL,
    hash    text NOT NULL, -- of the content that was signed
    seal    text NOT NULL, -- hex SHA-256 over the canonical JSON of all that stands in this row
    UNIQUE (request, n)
);
CREATE INDEX signature_record ON signature (site, noun, record, at);

-- Which signatures a kind of record asks for, where a site wants others than the built-in ones.
CREATE TABLE signature_rule (
    site       text NOT NULL REFERENCES equipment (id),
    noun       text NOT NULL,
    needs      jsonb NOT NULL,
    remind_s   int NOT NULL CHECK (remind_s > 0),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, noun)
);

-- A decision on a lot that takes effect once it is signed: the end of a review, or of holds.
CREATE TABLE disposition (
    id         text PRIMARY KEY,
    site       text NOT NULL REFERENCES equipment (id),
    noun       text NOT NULL CHECK (noun IN ('review', 'hold_release')),
    lot        text NOT NULL REFERENCES lot (id),
    version    bigint NOT NULL, -- of the lot, as it stood when it was decided
    operation  text NOT NULL,
    step       text NOT NULL,
    wait       text NOT NULL,   -- what the lot waited for
    decision   text NOT NULL,
    rework_to  text NOT NULL,
    holds      text[] NOT NULL,
    reason     text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX disposition_lot ON disposition (lot, decided_at);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('disposition');
    PERFORM make_writable('signature_request');
    PERFORM make_writable('signature_rule');
    PERFORM make_append_only('signature');
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
