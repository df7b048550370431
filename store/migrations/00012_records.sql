-- +goose Up
-- The release of history records: who let which record go, or did not.

-- Each act is a row; the newest row of a record says where its release stands.
CREATE TABLE record_release (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    site       text NOT NULL REFERENCES equipment (id),
    noun       text NOT NULL CHECK (noun IN ('lot_record', 'order_record')),
    subject    text NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'released', 'rejected', 'voided')),
    hash       text NOT NULL,
    request    text NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    deviations int  NOT NULL,
    worst      text NOT NULL,
    content    jsonb NOT NULL, -- what the reviewer signs, as it was shown
    at         timestamptz NOT NULL DEFAULT now(),
    due_at     timestamptz
);
CREATE INDEX record_release_subject ON record_release (noun, subject, id DESC);
CREATE INDEX record_release_site ON record_release (site, id DESC);

-- What a site asks for. A site without a row asks for nothing.
CREATE TABLE record_rule (
    site                text PRIMARY KEY REFERENCES equipment (id),
    lots                boolean NOT NULL,
    orders              boolean NOT NULL,
    release_before_ship boolean NOT NULL,
    due_hours           int NOT NULL CHECK (due_hours > 0)
);

-- A record reads messages by the lot or order that they tell of, and runs by their subject.
CREATE INDEX outbox_told ON outbox (subject, id) WHERE destination = 'erp';
CREATE INDEX outbox_lot ON outbox ((payload ->> 'lot'), id) WHERE destination = 'erp';

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('record_release');
    PERFORM make_writable('record_rule');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
