-- +goose Up
-- Facts about quality, the rules that act when enough of them come together, and what the rules did.

CREATE TABLE quality_event (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key       text NOT NULL UNIQUE,
    site      text NOT NULL REFERENCES equipment (id),
    kind      text NOT NULL CHECK (kind IN ('verdict', 'defect', 'nonconforming', 'spc_alarm', 'inspection', 'complaint', 'safety')),
    code      text NOT NULL,
    noun      text NOT NULL,
    subject   text NOT NULL,
    lot       text NOT NULL,
    product   text NOT NULL,
    operation text NOT NULL,
    step      text NOT NULL,
    station   text NOT NULL,
    device    text NOT NULL,
    model     text NOT NULL,
    text      text NOT NULL,
    at        timestamptz NOT NULL, -- when it happened, as its source says
    stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quality_event_kind ON quality_event (site, kind, stored_at);
CREATE INDEX quality_event_code ON quality_event (site, code, at);
CREATE INDEX quality_event_lot ON quality_event (lot) WHERE lot <> '';

CREATE TABLE reaction_rule (
    site       text NOT NULL REFERENCES equipment (id),
    id         text NOT NULL,
    rule       jsonb NOT NULL,
    active     boolean NOT NULL,
    kind       text NOT NULL,
    version    int NOT NULL CHECK (version > 0),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (site, id)
);
CREATE INDEX reaction_rule_kind ON reaction_rule (site, kind) WHERE active;

-- Each event that a rule counted, in the group in which it counted; the firing that it led to is written beside it.
CREATE TABLE reaction_count (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site    text NOT NULL,
    rule    text NOT NULL,
    "group" text NOT NULL,
    event   bigint NOT NULL REFERENCES quality_event (id),
    at      timestamptz NOT NULL,
    UNIQUE (site, rule, "group", event)
);
CREATE INDEX reaction_count_group ON reaction_count (site, rule, "group", id);

CREATE TABLE reaction_firing (
    id      text PRIMARY KEY,
    n       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    site    text NOT NULL,
    rule    text NOT NULL,
    "group" text NOT NULL,
    -- The last count that it covers: the next firing takes later ones only.
    upto    bigint NOT NULL,
    firing  jsonb NOT NULL,
    at      timestamptz NOT NULL,
    UNIQUE (site, rule, "group", upto)
);
CREATE INDEX reaction_firing_list ON reaction_firing (site, n DESC);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('quality_event');
    PERFORM make_writable('reaction_rule');
    PERFORM make_append_only('reaction_count');
    PERFORM make_append_only('reaction_firing');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
