-- +goose Up
-- Inspection plans, inspections with their switching rules, gauges with their calibrations, and gauge R&R studies.

ALTER TABLE document DROP CONSTRAINT document_kind_check;
ALTER TABLE document ADD CONSTRAINT document_kind_check CHECK (kind IN ('routing', 'instruction', 'inspection_rule', 'recipe', 'inspection_plan'));

-- Plans are looked up at each step of a lot's way.
CREATE INDEX document_plan ON document_revision ((content ->> 'material'), (content ->> 'point')) WHERE kind = 'inspection_plan' AND state = 'effective';

CREATE TABLE gauge (
    id            text PRIMARY KEY CHECK (id <> ''),
    site          text NOT NULL REFERENCES equipment (id),
    name          text NOT NULL,
    kind          text NOT NULL CHECK (kind <> ''),
    unit          text NOT NULL DEFAULT '',
    lower         numeric,
    upper         numeric,
    resolution    numeric,
    station       text REFERENCES equipment (id),
    owner         text NOT NULL DEFAULT '',
    device        text UNIQUE REFERENCES device (id),
    interval_days int NOT NULL CHECK (interval_days > 0),
    remind_days   int[] NOT NULL DEFAULT '{30,7}',
    blocked       boolean NOT NULL DEFAULT false,
    retired       boolean NOT NULL DEFAULT false,
    version       bigint NOT NULL DEFAULT 1,
    changed_by    text NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gauge_site ON gauge (site, kind);

CREATE TABLE gauge_calibration (
    gauge         text NOT NULL REFERENCES gauge (id),
    n             bigint NOT NULL CHECK (n > 0),
    key           text NOT NULL UNIQUE,
    performed_at  timestamptz NOT NULL,
    performed_by  text NOT NULL,
    certificate   text NOT NULL,
    as_found      text NOT NULL CHECK (as_found IN ('in_tolerance', 'out_of_tolerance')),
    as_left       text NOT NULL CHECK (as_left IN ('in_tolerance', 'out_of_tolerance')),
    points        jsonb NOT NULL,
    due_at        timestamptz NOT NULL,
    evidence      text REFERENCES blob (hash),
    evidence_name text NOT NULL DEFAULT '',
    note          text NOT NULL DEFAULT '',
    recorded_by   text NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (gauge, n)
);

-- The gauge that a person measured a step's values with.
ALTER TABLE step_record ADD COLUMN gauge text NOT NULL DEFAULT '';
CREATE INDEX step_record_gauge ON step_record (gauge, ended_at) WHERE gauge <> '';

CREATE SEQUENCE inspection_number;
CREATE TABLE inspection (
    id            text PRIMARY KEY,
    key           text NOT NULL UNIQUE,
    site          text NOT NULL REFERENCES equipment (id),
    kind          text NOT NULL DEFAULT 'inspection_plan' CHECK (kind = 'inspection_plan'),
    plan          text NOT NULL,
    revision      text NOT NULL,
    lot           text NOT NULL REFERENCES lot (id),
    material      text NOT NULL REFERENCES material (id),
    supplier      text NOT NULL DEFAULT '', -- empty for lots that are made here
    quantity      numeric NOT NULL,
    operation     text NOT NULL DEFAULT '',
    visit         int NOT NULL DEFAULT 0,
    original      boolean NOT NULL, -- the lot is submitted for the first time
    asked         boolean NOT NULL, -- by the plan, not by hand
    blocks        boolean NOT NULL,
    hold          text REFERENCES hold (id), -- that waits for the inspection
    mode          text NOT NULL CHECK (mode IN ('normal', 'tightened', 'reduced', 'discontinued')),
    letter        text NOT NULL,
    size          int NOT NULL,
    ac            int NOT NULL,
    re            int NOT NULL,
    state         text NOT NULL CHECK (state IN ('due', 'running', 'accepted', 'not_accepted', 'cancelled')),
    done          int NOT NULL DEFAULT 0,
    needed        int NOT NULL DEFAULT 0,
    nonconforming int NOT NULL DEFAULT 0,
    opened_by     text NOT NULL,
    opened_at     timestamptz NOT NULL DEFAULT now(),
    started_by    text NOT NULL DEFAULT '',
    started_at    timestamptz,
    decided_by    text NOT NULL DEFAULT '',
    decided_at    timestamptz,
    comment       text NOT NULL DEFAULT '',
    FOREIGN KEY (kind, plan, revision) REFERENCES document_revision (kind, id, revision)
);
-- A lot has one open inspection by a plan at a time.
CREATE UNIQUE INDEX inspection_open ON inspection (plan, lot) WHERE state IN ('due', 'running');
CREATE INDEX inspection_list ON inspection (site, opened_at DESC, id DESC);
CREATE INDEX inspection_lot ON inspection (lot);
CREATE INDEX inspection_hold ON inspection (hold) WHERE hold IS NOT NULL;

-- A decision stands.
-- +goose StatementBegin
CREATE FUNCTION keep_inspection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('due', 'running') THEN
        RAISE EXCEPTION 'inspection % is %: it never changes', OLD.id, OLD.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.id, OLD.key, OLD.site, OLD.plan, OLD.revision, OLD.lot, OLD.original, OLD.opened_by, OLD.opened_at) IS DISTINCT FROM
       (NEW.id, NEW.key, NEW.site, NEW.plan, NEW.revision, NEW.lot, NEW.original, NEW.opened_by, NEW.opened_at) THEN
        RAISE EXCEPTION 'an inspection keeps what it was opened for' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER inspection_keep BEFORE UPDATE ON inspection FOR EACH ROW EXECUTE FUNCTION keep_inspection();
CREATE TRIGGER inspection_no_delete BEFORE DELETE ON inspection FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inspection_no_truncate BEFORE TRUNCATE ON inspection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE inspection_entry (
    inspection     text NOT NULL REFERENCES inspection (id),
    n              bigint NOT NULL CHECK (n > 0),
    piece          int NOT NULL CHECK (piece > 0),
    characteristic text NOT NULL,
    value          numeric,
    result         text NOT NULL CHECK (result IN ('pass', 'fail')),
    code           text NOT NULL,
    gauge          text REFERENCES gauge (id),
    note           text NOT NULL,
    reason         text NOT NULL,
    entered_by     text NOT NULL,
    station        text NOT NULL,
    at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (inspection, n)
);
CREATE INDEX inspection_entry_gauge ON inspection_entry (gauge, at) WHERE gauge IS NOT NULL;

-- Where the inspection of one supplier's lots by one plan stands, and how it came there.
CREATE TABLE inspection_scheme (
    site       text NOT NULL REFERENCES equipment (id),
    plan       text NOT NULL,
    supplier   text NOT NULL,
    mode       text NOT NULL,
    scheme     jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, plan, supplier)
);
CREATE TABLE inspection_scheme_event (
    site       text NOT NULL,
    plan       text NOT NULL,
    supplier   text NOT NULL,
    n          int NOT NULL,
    inspection text REFERENCES inspection (id),
    accepted   boolean,
    before     text NOT NULL,
    scheme     jsonb NOT NULL,
    rule       text NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, plan, supplier, n),
    FOREIGN KEY (site, plan, supplier) REFERENCES inspection_scheme (site, plan, supplier)
);

CREATE SEQUENCE study_number;
CREATE TABLE gauge_study (
    id             text PRIMARY KEY DEFAULT 'RR-' || nextval('study_number'),
    key            text NOT NULL UNIQUE,
    site           text NOT NULL REFERENCES equipment (id),
    gauge          text NOT NULL REFERENCES gauge (id),
    characteristic text NOT NULL,
    unit           text NOT NULL,
    lower          numeric,
    upper          numeric,
    operators      text[] NOT NULL,
    parts          text[] NOT NULL,
    trials         int NOT NULL,
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    closed_by      text NOT NULL DEFAULT '',
    closed_at      timestamptz,
    conclusion     text NOT NULL DEFAULT ''
);
CREATE TABLE gauge_reading (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study      text NOT NULL REFERENCES gauge_study (id),
    operator   int NOT NULL,
    part       int NOT NULL,
    trial      int NOT NULL,
    value      numeric NOT NULL,
    reason     text NOT NULL,
    entered_by text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gauge_reading_study ON gauge_reading (study, operator, part, trial, id DESC);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('gauge'), make_writable('inspection'), make_writable('inspection_scheme'), make_writable('gauge_study');
    PERFORM make_append_only('gauge_calibration'), make_append_only('inspection_entry'), make_append_only('inspection_scheme_event'), make_append_only('gauge_reading');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
    REVOKE EXECUTE ON FUNCTION keep_inspection() FROM PUBLIC;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
