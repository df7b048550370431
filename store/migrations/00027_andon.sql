-- +goose Up
-- Andon: calls for help, what a site says about them, and when the last accident was.

-- Kinds of call with their escalation plans, what machines call for, which stations a board shows.
CREATE TABLE andon_plan (
    site       text PRIMARY KEY REFERENCES equipment (id),
    definition jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE andon_number (
    site text PRIMARY KEY REFERENCES equipment (id),
    last bigint NOT NULL
);

CREATE TABLE andon_call (
    site            text NOT NULL REFERENCES equipment (id),
    id              text NOT NULL,
    line            text NOT NULL REFERENCES equipment (id),
    station         text NOT NULL REFERENCES equipment (id),
    kind            text NOT NULL,
    kind_name       text NOT NULL,
    text            text NOT NULL DEFAULT '',
    severity        text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    role            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'open', 'acknowledged', 'resolved', 'cancelled')),
    source          text NOT NULL CHECK (source IN ('person', 'machine', 'rule')),
    raised_by       text NOT NULL,
    raised_at       timestamptz NOT NULL,
    open_at         timestamptz NOT NULL, -- counts as raised from here on
    plan            jsonb NOT NULL,       -- the ladders as they were when it was made
    watch           text NOT NULL DEFAULT '',
    acknowledged_by text NOT NULL DEFAULT '',
    acknowledged_at timestamptz,
    ended_by        text NOT NULL DEFAULT '',
    ended_at        timestamptz,
    end_note        text NOT NULL DEFAULT '',
    version         bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (site, id),
    CHECK ((state IN ('resolved', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
);
-- One call of a kind at a station: who calls twice is told of the first.
CREATE UNIQUE INDEX andon_call_one ON andon_call (site, station, kind) WHERE state IN ('waiting', 'open', 'acknowledged');
CREATE INDEX andon_call_open ON andon_call (site, line) WHERE state IN ('open', 'acknowledged');
CREATE INDEX andon_call_time ON andon_call (site, open_at DESC);

-- A call's story, append-only. A step is done once per call.
CREATE TABLE andon_call_event (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site  text NOT NULL,
    call  text NOT NULL,
    kind  text NOT NULL,
    actor text NOT NULL,
    text  text NOT NULL DEFAULT '',
    step  text NOT NULL DEFAULT '',
    role  text NOT NULL DEFAULT '',
    by    text[] NOT NULL DEFAULT '{}',
    at    timestamptz NOT NULL,
    FOREIGN KEY (site, call) REFERENCES andon_call (site, id)
);
CREATE INDEX andon_call_event_call ON andon_call_event (site, call, id);
CREATE UNIQUE INDEX andon_call_event_step ON andon_call_event (site, call, step) WHERE step <> '';

-- When the last accident was, as somebody said. The newest word counts.
CREATE TABLE safety_record (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site          text NOT NULL REFERENCES equipment (id),
    last_accident date NOT NULL,
    reason        text NOT NULL,
    by_account    text NOT NULL,
    at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX safety_record_site ON safety_record (site, id DESC);

-- Messages leave by more ways than there were; the program knows which.
ALTER TABLE outbox DROP CONSTRAINT outbox_destination_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_destination_check CHECK (destination ~ '^[a-z]{2,16}$');

-- What the line board asks every few seconds.
CREATE INDEX board_lot_ended ON lot (site, ended_at) WHERE origin = 'produced' AND ended_at IS NOT NULL;

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('andon_plan');
    PERFORM make_writable('andon_number');
    PERFORM make_writable('andon_call');
    PERFORM make_append_only('andon_call_event');
    PERFORM make_append_only('safety_record');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
