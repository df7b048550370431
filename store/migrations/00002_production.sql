-- +goose Up
-- Orders, lots and what happened to them.

CREATE TABLE work_order (
    number           text PRIMARY KEY,
    site             text NOT NULL REFERENCES equipment (id),
    line             text NOT NULL REFERENCES equipment (id),
    product          text NOT NULL REFERENCES material (id),
    state            text NOT NULL CHECK (state IN ('created', 'released', 'running', 'completed', 'closed', 'cancelled')),
    revision         text NOT NULL DEFAULT '',
    priority         int  NOT NULL,
    due              timestamptz NOT NULL,
    requested        jsonb NOT NULL, -- as first asked for; the same number with other content is a conflict
    quantity         numeric NOT NULL CHECK (quantity > 0),
    good             numeric NOT NULL DEFAULT 0 CHECK (good >= 0),
    scrap            numeric NOT NULL DEFAULT 0 CHECK (scrap >= 0),
    in_process       numeric NOT NULL DEFAULT 0 CHECK (in_process >= 0),
    not_started      numeric NOT NULL CHECK (not_started >= 0),
    cancel_requested boolean NOT NULL DEFAULT false,
    created_by       text NOT NULL,
    created_at       timestamptz NOT NULL,
    released_at      timestamptz,
    started_at       timestamptz,
    ended_at         timestamptz,
    version          bigint NOT NULL DEFAULT 1,
    -- The ledger's equation, checked where it is stored.
    CONSTRAINT quantities_balance CHECK (quantity = good + scrap + in_process + not_started)
);
CREATE INDEX work_order_state_due ON work_order (state, due);

-- Every traceable thing: received from a supplier or produced here. A serialised piece is a lot of quantity 1.
CREATE TABLE lot (
    id           text PRIMARY KEY CHECK (id <> ''),
    site         text NOT NULL REFERENCES equipment (id),
    material     text NOT NULL REFERENCES material (id),
    origin       text NOT NULL CHECK (origin IN ('received', 'produced')),
    state        text NOT NULL,
    quantity     numeric NOT NULL CHECK (quantity > 0),            -- as received or started
    remaining    numeric NOT NULL CHECK (remaining >= 0 AND remaining <= quantity), -- not consumed, not scrapped
    scrapped     numeric NOT NULL DEFAULT 0 CHECK (scrapped >= 0),
    -- received
    supplier     text NOT NULL DEFAULT '',
    supplier_lot text NOT NULL DEFAULT '',
    expires_at   timestamptz,
    -- produced
    work_order   text REFERENCES work_order (number),
    number       int,                                               -- n-th lot of its order
    operation    text NOT NULL DEFAULT '',
    visit        int  NOT NULL DEFAULT 0,
    step         text NOT NULL DEFAULT '',
    station      text NOT NULL DEFAULT '',
    stations     text[] NOT NULL DEFAULT '{}',                      -- that a queued lot may go to
    operator     text NOT NULL DEFAULT '',
    wait_kind    text NOT NULL DEFAULT '',
    wait_on      text NOT NULL DEFAULT '',
    wait_since   timestamptz,
    wait_reason  text NOT NULL DEFAULT '',
    wait_shot    int  NOT NULL DEFAULT 0,
    progress     jsonb,                                             -- the workflow's own view, as last recorded
    version      bigint NOT NULL DEFAULT 0,
    customer      text NOT NULL DEFAULT '',
    delivery_note text NOT NULL DEFAULT '',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    ended_at     timestamptz,
    shipped_at   timestamptz,
    UNIQUE (work_order, number)
);
CREATE INDEX lot_queue ON lot (station, state) WHERE state IN ('queued', 'running', 'paused', 'review');
CREATE INDEX lot_shipped ON lot (delivery_note) WHERE state = 'shipped';
CREATE INDEX lot_next ON lot USING gin (stations) WHERE state = 'queued';
CREATE INDEX lot_order ON lot (work_order, state);
CREATE INDEX lot_material ON lot (material, state);
CREATE INDEX lot_supplier ON lot (supplier_lot) WHERE supplier_lot <> '';
CREATE INDEX lot_created ON lot (created_at DESC, id);

CREATE TABLE hold (
    id          text PRIMARY KEY,
    site        text NOT NULL REFERENCES equipment (id),
    scope       text NOT NULL CHECK (scope IN ('order', 'lot')),
    subject     text NOT NULL,
    reason      text NOT NULL,
    placed_by   text NOT NULL,
    placed_at   timestamptz NOT NULL,
    released_by text NOT NULL DEFAULT '',
    released_at timestamptz,
    release_reason text NOT NULL DEFAULT ''
);
CREATE INDEX hold_open ON hold (scope, subject) WHERE released_at IS NULL;

-- The visits of lots to operations: the queue's and the shop-floor clock's view.
CREATE TABLE lot_operation (
    lot         text NOT NULL REFERENCES lot (id),
    operation   text NOT NULL,
    visit       int  NOT NULL,
    name        text NOT NULL,
    station     text NOT NULL,
    state       text NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'review', 'completed', 'reworked', 'scrapped')),
    operator    text NOT NULL DEFAULT '',
    queued_at   timestamptz NOT NULL,
    started_at  timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (lot, operation, visit)
);

-- Answers given to entries and commands: a repeated key gets the first answer, and nothing happens twice.
CREATE TABLE entry_key (
    key     text PRIMARY KEY,
    subject text NOT NULL,
    answer  jsonb NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE command_answer (
    account      text NOT NULL,
    key          text NOT NULL,
    request_hash text NOT NULL,
    status       int  NOT NULL,
    content_type text NOT NULL,
    body         bytea NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
);

-- As-built record, append-only from here down (see 00004).
CREATE TABLE step_record (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    lot        text NOT NULL REFERENCES lot (id),
    operation  text NOT NULL,
    visit      int  NOT NULL,
    step       text NOT NULL,
    kind       text NOT NULL,
    name       text NOT NULL,
    attempt    int  NOT NULL,
    station    text NOT NULL,
    operator   text NOT NULL,
    device     text NOT NULL,
    program    int  NOT NULL,
    result     text NOT NULL,
    by_hand    boolean NOT NULL,
    vision     text NOT NULL,
    note       text NOT NULL,
    revision   text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL
);
CREATE INDEX step_record_lot ON step_record (lot, id);

CREATE TABLE step_value (
    record         bigint NOT NULL REFERENCES step_record (id),
    n              int    NOT NULL,
    characteristic text   NOT NULL,
    name           text   NOT NULL,
    sample         int    NOT NULL,
    value          numeric NOT NULL,
    unit           text   NOT NULL,
    lower          numeric,
    upper          numeric,
    result         text   NOT NULL,
    measured_at    timestamptz,
    PRIMARY KEY (record, n)
);

-- The genealogy's edges: component went into lot.
CREATE TABLE consumption (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key       text NOT NULL,
    n         int  NOT NULL,
    component text NOT NULL REFERENCES lot (id),
    lot       text NOT NULL REFERENCES lot (id),
    material  text NOT NULL,
    quantity  numeric NOT NULL CHECK (quantity > 0),
    operation text NOT NULL,
    step      text NOT NULL,
    station   text NOT NULL,
    operator  text NOT NULL,
    scan      text NOT NULL,
    at        timestamptz NOT NULL,
    UNIQUE (key, n)
);
CREATE INDEX consumption_lot ON consumption (lot, component);
CREATE INDEX consumption_component ON consumption (component, lot);

CREATE TABLE vision_result (
    id          text PRIMARY KEY,
    site        text NOT NULL,
    camera      text NOT NULL,
    key         text NOT NULL,
    lot         text NOT NULL,
    operation   text NOT NULL,
    step        text NOT NULL,
    shot        int  NOT NULL,
    verdict     text NOT NULL,
    confidence  numeric NOT NULL,
    model       text NOT NULL,
    image       text NOT NULL,
    boxes       jsonb NOT NULL,
    measured    jsonb,
    match       text NOT NULL CHECK (match IN ('matched', 'late', 'unknown')),
    source      text NOT NULL,
    captured_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (camera, key)
);
CREATE INDEX vision_result_lot ON vision_result (lot, step);

CREATE TABLE lot_event (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key    text NOT NULL UNIQUE,
    lot    text NOT NULL REFERENCES lot (id),
    work_order text NOT NULL,
    kind   text NOT NULL,
    actor  text NOT NULL,
    station text NOT NULL,
    operation text NOT NULL,
    visit  int NOT NULL,
    step   text NOT NULL,
    code   text NOT NULL,     -- defect code, or the decision of a review
    quantity numeric NOT NULL, -- pieces scrapped, shipped, received or given back; 0 where none moved
    wait_kind text NOT NULL,
    wait_on   text NOT NULL,
    reason text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX lot_event_lot ON lot_event (lot, id);
CREATE INDEX lot_event_order ON lot_event (work_order, id);
-- +goose Down
SELECT 1;
