-- +goose Up
-- Maintenance: jobs from their request until the machine is handed back, the plans that make them, where a machine is cut off from its
-- energies, and the words for causes and remedies.

CREATE TABLE maintenance_number (
    site text PRIMARY KEY REFERENCES equipment (id),
    n    int NOT NULL
);

CREATE TABLE maintenance_plan (
    site       text NOT NULL REFERENCES equipment (id),
    id         text NOT NULL,
    station    text REFERENCES equipment (id),
    gauge      text REFERENCES gauge (id),
    trigger_on text NOT NULL CHECK (trigger_on IN ('calendar', 'days', 'run_hours', 'cycles', 'tag', 'alarm')),
    active     boolean NOT NULL,
    definition jsonb NOT NULL,
    -- Since when a condition counts: the plan was made, or its last job was handed back. back: the tag has been within its limits since then.
    since      timestamptz NOT NULL DEFAULT now(),
    back       boolean NOT NULL DEFAULT true,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, id)
);
CREATE INDEX maintenance_plan_station ON maintenance_plan (station, trigger_on) WHERE active;

CREATE TABLE maintenance_job (
    site       text NOT NULL REFERENCES equipment (id),
    id         text NOT NULL,
    key        text NOT NULL UNIQUE, -- of the request: an occurrence, an alarm, a command
    kind       text NOT NULL CHECK (kind IN ('corrective', 'preventive', 'inspection', 'calibration')),
    state      text NOT NULL CHECK (state IN ('requested', 'planned', 'lockout_signing', 'locked_out', 'in_work', 'tested', 'handback_signing', 'handed_back', 'closed', 'rejected', 'cancelled')),
    station    text REFERENCES equipment (id),
    gauge      text REFERENCES gauge (id),
    severity   text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    source     text NOT NULL CHECK (source IN ('person', 'alarm', 'condition', 'calendar', 'rule', 'cmms')),
    title      text NOT NULL CHECK (title <> ''),
    why        text NOT NULL,
    plan       text NOT NULL,
    rule       text NOT NULL,
    rule_group text NOT NULL,
    alarm      text NOT NULL,
    outside    text NOT NULL, -- number in an outside CMMS
    owner      text NOT NULL,
    raised_by  text NOT NULL,
    raised_at  timestamptz NOT NULL,
    due_at     timestamptz,
    takes_out  boolean NOT NULL,
    out_from   timestamptz,
    minutes    int NOT NULL,
    down_from  timestamptz,
    out_since  timestamptz, -- derived: it broke, or the first lock was set
    planned_at timestamptz,
    locked_at  timestamptz,
    started_at timestamptz,
    tested_at  timestamptz,
    back_at    timestamptz,
    ended_at   timestamptz,
    end_reason text NOT NULL,
    version    bigint NOT NULL,
    record     jsonb NOT NULL,
    PRIMARY KEY (site, id),
    CHECK (station IS NOT NULL OR gauge IS NOT NULL)
);
-- A plan, and a rule in one group, has one job that is not done; a number of the CMMS names one job.
CREATE UNIQUE INDEX maintenance_job_of_plan ON maintenance_job (site, plan) WHERE plan <> '' AND back_at IS NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX maintenance_job_of_rule ON maintenance_job (site, rule, rule_group) WHERE rule <> '' AND back_at IS NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX maintenance_job_outside ON maintenance_job (site, outside) WHERE outside <> '';
CREATE INDEX maintenance_job_due ON maintenance_job (site, due_at) WHERE ended_at IS NULL;
CREATE INDEX maintenance_job_raised ON maintenance_job (site, raised_at DESC);
-- Each start of a lot asks for what bars its station.
CREATE INDEX maintenance_job_open ON maintenance_job (station) WHERE back_at IS NULL AND ended_at IS NULL;
CREATE INDEX maintenance_job_station ON maintenance_job (station, raised_at);

-- What the calendar asked for and got: one row for each occurrence. No job: the one before was still open.
CREATE TABLE maintenance_occurrence (
    site text NOT NULL,
    plan text NOT NULL,
    at   timestamptz NOT NULL,
    job  text NOT NULL,
    PRIMARY KEY (site, plan, at),
    FOREIGN KEY (site, plan) REFERENCES maintenance_plan (site, id)
);

CREATE TABLE maintenance_points (
    station    text PRIMARY KEY REFERENCES equipment (id),
    site       text NOT NULL REFERENCES equipment (id),
    points     jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE maintenance_code (
    site       text NOT NULL REFERENCES equipment (id),
    tree       text NOT NULL CHECK (tree IN ('cause', 'remedy')),
    id         text NOT NULL,
    parent     text NOT NULL,
    name       text NOT NULL,
    name_de    text NOT NULL,
    ended      boolean NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, tree, id)
);

ALTER TABLE outbox DROP CONSTRAINT outbox_destination_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_destination_check CHECK (destination ~ '^[a-z]{2,16}$');

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('maintenance_number'), make_writable('maintenance_plan'), make_writable('maintenance_job'), make_writable('maintenance_points'), make_writable('maintenance_code');
    PERFORM make_append_only('maintenance_occurrence');
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
