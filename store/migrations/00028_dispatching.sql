-- +goose Up
-- Dispatching: how a line puts its queues in order, what people moved in them, and what changed in them and why.

CREATE TABLE dispatch_setting (
    line       text PRIMARY KEY REFERENCES equipment (id),
    site       text NOT NULL REFERENCES equipment (id),
    rule       text NOT NULL CHECK (rule IN ('priority', 'critical_ratio', 'fifo', 'setup')),
    lead_min   int  NOT NULL CHECK (lead_min BETWEEN 0 AND 20160),
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- A place that a person gave a job in a station's queue. It is for one visit to one operation, so it ends with the start.
CREATE TABLE dispatch_place (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site           text NOT NULL REFERENCES equipment (id),
    station        text NOT NULL REFERENCES equipment (id),
    lot            text NOT NULL REFERENCES lot (id),
    operation      text NOT NULL,
    visit          int  NOT NULL,
    before_lot     text NOT NULL,  -- empty: the top
    as_key         jsonb,          -- what the lot before which it was put was ranked by; NULL: the top
    nudge          numeric NOT NULL,
    by_account     text NOT NULL,
    reason         text NOT NULL CHECK (reason <> ''),
    at             timestamptz NOT NULL DEFAULT now(),
    replaces       bigint REFERENCES dispatch_place (id), -- which holds again when this one is undone
    released_by    text NOT NULL DEFAULT '',
    released_at    timestamptz,
    release_reason text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX dispatch_place_open ON dispatch_place (station, lot, operation, visit) WHERE released_at IS NULL;
CREATE INDEX dispatch_place_lot ON dispatch_place (lot);

-- What the last look at a line's queues saw. A look that sees the same writes nothing.
CREATE TABLE dispatch_look (
    line text PRIMARY KEY REFERENCES equipment (id),
    site text NOT NULL REFERENCES equipment (id),
    seen jsonb NOT NULL DEFAULT '{}',
    at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE dispatch_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text NOT NULL REFERENCES equipment (id),
    station    text NOT NULL REFERENCES equipment (id),
    at         timestamptz NOT NULL DEFAULT now(),
    kind       text NOT NULL CHECK (kind IN ('first', 'state')),
    state      text NOT NULL DEFAULT '',
    reason     jsonb NOT NULL,
    lot        text NOT NULL DEFAULT '',
    before_lot text NOT NULL DEFAULT '',
    lots       text[] NOT NULL DEFAULT '{}', -- the first 20 of count
    count      int NOT NULL DEFAULT 0
);
CREATE INDEX dispatch_change_station ON dispatch_change (station, id DESC);
CREATE INDEX dispatch_change_at ON dispatch_change (at);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('dispatch_setting'), make_writable('dispatch_place'), make_writable('dispatch_look'), make_writable('dispatch_change');
    EXECUTE format('GRANT DELETE ON dispatch_change TO mes_app'); -- a log with an end, not a record
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
