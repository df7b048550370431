-- +goose Up
-- Corrective and preventive actions (8D): what they say, what is to do, what they are about, and the rounds that failed.

CREATE TABLE capa_number (
    site text PRIMARY KEY REFERENCES equipment (id),
    n    int NOT NULL
);

CREATE TABLE capa (
    site       text NOT NULL REFERENCES equipment (id),
    id         text NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    severity   text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    state      text NOT NULL CHECK (state IN ('open', 'plan_signing', 'implementing', 'watching', 'verdict_signing', 'proven', 'closure_signing', 'closed', 'cancelled')),
    source     text NOT NULL CHECK (source IN ('person', 'api', 'rule')),
    rule       text NOT NULL,
    rule_group text NOT NULL,
    product    text NOT NULL,
    codes      text[] NOT NULL,
    owner      text NOT NULL,
    manager    text NOT NULL,
    raised_by  text NOT NULL,
    raised_at  timestamptz NOT NULL,
    why        text NOT NULL,
    iteration  int NOT NULL CHECK (iteration > 0),
    version    bigint NOT NULL,
    record     jsonb NOT NULL, -- the eight disciplines of this iteration
    -- Derived from the record, for lists.
    discipline int NOT NULL,
    next_due   timestamptz,
    check_at   timestamptz,
    ended_at   timestamptz,
    end_reason text NOT NULL,
    PRIMARY KEY (site, id)
);
-- A rule has one open CAPA for what its events share; a further firing is added to it.
CREATE UNIQUE INDEX capa_of_rule ON capa (site, rule, rule_group) WHERE rule <> '' AND ended_at IS NULL;
CREATE INDEX capa_due ON capa (site, next_due) WHERE ended_at IS NULL;
CREATE INDEX capa_raised ON capa (site, raised_at DESC);

CREATE TABLE capa_task (
    site         text NOT NULL,
    capa         text NOT NULL,
    id           text NOT NULL,
    iteration    int NOT NULL,
    d            int NOT NULL CHECK (d BETWEEN 1 AND 8),
    title        text NOT NULL,
    against      text NOT NULL CHECK (against IN ('', 'occurrence', 'escape')),
    owner        text NOT NULL,
    due_at       timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'done', 'verified', 'dropped')),
    note         text NOT NULL,
    evidence     jsonb NOT NULL,
    done_by      text NOT NULL,
    done_at      timestamptz,
    verification text NOT NULL,
    verified_by  text NOT NULL,
    verified_at  timestamptz,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (site, capa, id),
    FOREIGN KEY (site, capa) REFERENCES capa (site, id),
    -- An action is verified by somebody who did not do it, and not without evidence.
    CONSTRAINT verified_by_another CHECK (state <> 'verified' OR verified_by <> '' AND verified_by <> done_by AND jsonb_array_length(evidence) > 0)
);
CREATE INDEX capa_task_owner ON capa_task (site, owner, due_at) WHERE state = 'open';

CREATE TABLE capa_link (
    site    text NOT NULL,
    capa    text NOT NULL,
    noun    text NOT NULL,
    subject text NOT NULL,
    note    text NOT NULL,
    by      text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (site, capa, noun, subject),
    FOREIGN KEY (site, capa) REFERENCES capa (site, id)
);
CREATE INDEX capa_link_subject ON capa_link (noun, subject);

-- A round whose effect did not show, whole, as it was when the verdict was signed.
CREATE TABLE capa_iteration (
    site     text NOT NULL,
    capa     text NOT NULL,
    n        int NOT NULL,
    content  jsonb NOT NULL,
    ended_at timestamptz NOT NULL,
    PRIMARY KEY (site, capa, n),
    FOREIGN KEY (site, capa) REFERENCES capa (site, id)
);

-- The effectiveness check counts the pieces made in a period.
CREATE INDEX lot_made ON lot (site, ended_at) WHERE origin = 'produced' AND ended_at IS NOT NULL;

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('capa_number'), make_writable('capa'), make_writable('capa_task');
    PERFORM make_append_only('capa_link'), make_append_only('capa_iteration');
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
