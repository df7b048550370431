-- +goose Up
-- What does not conform: its code, what became of it, who decided, and what it cost.

-- Defect codes are a tree. A site without codes takes any word.
CREATE TABLE defect_code (
    site       text NOT NULL REFERENCES equipment (id),
    code       text NOT NULL CHECK (code <> ''),
    parent     text NOT NULL DEFAULT '', -- empty at the top
    name       text NOT NULL,
    severity   text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    piece_cost numeric CHECK (piece_cost >= 0), -- handling of one piece, beside scrap and rework
    active     boolean NOT NULL DEFAULT true,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, code)
);

CREATE TABLE nonconformance_number (
    site text PRIMARY KEY REFERENCES equipment (id),
    last bigint NOT NULL
);

CREATE TABLE nonconformance (
    site        text NOT NULL REFERENCES equipment (id),
    id          text NOT NULL,
    n           bigint NOT NULL,
    key         text NOT NULL UNIQUE,
    source      text NOT NULL CHECK (source IN ('verdict', 'spc', 'operator', 'incoming', 'customer', 'inspection', 'audit')),
    noun        text NOT NULL DEFAULT '', -- the record that it came from
    subject     text NOT NULL DEFAULT '',
    code        text NOT NULL,
    description text NOT NULL,
    severity    text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    product     text NOT NULL DEFAULT '',
    operation   text NOT NULL DEFAULT '',
    customer    text NOT NULL DEFAULT '',
    reference   text NOT NULL DEFAULT '', -- the customer's or supplier's own number
    supplier    text NOT NULL DEFAULT '',
    containment text NOT NULL DEFAULT '', -- the hold that contains it
    capa        text NOT NULL DEFAULT '',
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'in_review', 'dispositioned', 'closed', 'cancelled')),
    owner       text NOT NULL DEFAULT '',
    due_at      timestamptz NOT NULL,
    opened_by   text NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    ended_by    text NOT NULL DEFAULT '',
    ended_at    timestamptz,
    end_reason  text NOT NULL DEFAULT '',
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (site, id),
    UNIQUE (site, n)
);
CREATE INDEX nonconformance_list ON nonconformance (site, state, n DESC);
CREATE INDEX nonconformance_subject ON nonconformance (noun, subject);

CREATE TABLE nonconformance_lot (
    site     text NOT NULL,
    nc       text NOT NULL,
    lot      text NOT NULL REFERENCES lot (id),
    quantity numeric NOT NULL CHECK (quantity > 0), -- affected
    state    text NOT NULL,                         -- where the lot was when it was added
    place    text NOT NULL,
    hold     text NOT NULL DEFAULT '',              -- that this nonconformance laid on it
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, nc, lot),
    FOREIGN KEY (site, nc) REFERENCES nonconformance (site, id)
);
CREATE INDEX nonconformance_of_lot ON nonconformance_lot (lot);

CREATE TABLE nonconformance_picture (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site     text NOT NULL,
    nc       text NOT NULL,
    hash     text NOT NULL REFERENCES blob (hash),
    caption  text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (site, nc, hash),
    FOREIGN KEY (site, nc) REFERENCES nonconformance (site, id)
);

-- The timeline, and the notes that people leave.
CREATE TABLE nonconformance_event (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key    text NOT NULL UNIQUE,
    site   text NOT NULL,
    nc     text NOT NULL,
    kind   text NOT NULL,
    actor  text NOT NULL,
    text   text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (site, nc) REFERENCES nonconformance (site, id)
);
CREATE INDEX nonconformance_event_nc ON nonconformance_event (site, nc, id);

-- What the material review board is asked to decide.
CREATE TABLE nonconformance_proposal (
    site        text NOT NULL,
    nc          text NOT NULL,
    n           int  NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'carried_out', 'rejected', 'withdrawn')),
    reason      text NOT NULL,
    request     text NOT NULL DEFAULT '',
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    ended_by    text NOT NULL DEFAULT '',
    ended_at    timestamptz,
    end_reason  text NOT NULL DEFAULT '',
    PRIMARY KEY (site, nc, n),
    FOREIGN KEY (site, nc) REFERENCES nonconformance (site, id)
);
CREATE UNIQUE INDEX nonconformance_proposal_open ON nonconformance_proposal (site, nc) WHERE state = 'open';

CREATE TABLE nonconformance_disposition (
    site     text NOT NULL,
    nc       text NOT NULL,
    proposal int  NOT NULL,
    n        int  NOT NULL,
    lot      text NOT NULL REFERENCES lot (id),
    kind     text NOT NULL CHECK (kind IN ('use_as_is', 'rework', 'repair', 'scrap', 'return', 'sort')),
    quantity numeric NOT NULL CHECK (quantity > 0),
    bad      numeric NOT NULL DEFAULT 0 CHECK (bad >= 0 AND bad <= quantity), -- of a sort
    routing  text NOT NULL DEFAULT '', -- the rework routing and its revision
    revision text NOT NULL DEFAULT '',
    permit   text NOT NULL DEFAULT '',
    note     text NOT NULL DEFAULT '',
    PRIMARY KEY (site, nc, proposal, n),
    FOREIGN KEY (site, nc, proposal) REFERENCES nonconformance_proposal (site, nc, n)
);
CREATE INDEX nonconformance_disposition_lot ON nonconformance_disposition (lot);

-- What was carried out, by a board's decision or by a hold's.
CREATE TABLE disposal (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key      text NOT NULL UNIQUE,
    site     text NOT NULL REFERENCES equipment (id),
    noun     text NOT NULL, -- the record that decided: nonconformance, hold
    subject  text NOT NULL,
    lot      text NOT NULL REFERENCES lot (id),
    kind     text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity > 0),
    bad      numeric NOT NULL DEFAULT 0,
    code     text NOT NULL,
    routing  text NOT NULL, -- the effective routing that the lot went on by
    permit   text NOT NULL,
    request  text NOT NULL, -- the signature request
    actor    text NOT NULL,
    reason   text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX disposal_lot ON disposal (lot, id);
CREATE INDEX disposal_subject ON disposal (site, noun, subject, id);

-- Permission, given before, to use or make what is outside the specification: so much, for so long.
CREATE TABLE deviation_permit (
    site           text NOT NULL REFERENCES equipment (id),
    id             text NOT NULL,
    n              bigint NOT NULL,
    key            text NOT NULL UNIQUE,
    product        text NOT NULL REFERENCES material (id),
    operation      text NOT NULL DEFAULT '',
    characteristic text NOT NULL DEFAULT '',
    code           text NOT NULL DEFAULT '',
    allows         text NOT NULL,
    lots           text[] NOT NULL DEFAULT '{}', -- empty allows every lot of the product
    quantity       numeric CHECK (quantity > 0), -- null has no bound but the lots
    used           numeric NOT NULL DEFAULT 0 CHECK (used >= 0),
    valid_until    timestamptz NOT NULL,
    state          text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn')),
    reason         text NOT NULL,
    request        text NOT NULL DEFAULT '',
    requested_by   text NOT NULL,
    requested_at   timestamptz NOT NULL DEFAULT now(),
    ended_by       text NOT NULL DEFAULT '',
    ended_at       timestamptz,
    end_reason     text NOT NULL DEFAULT '',
    PRIMARY KEY (site, id),
    UNIQUE (site, n),
    CONSTRAINT permit_not_exceeded CHECK (quantity IS NULL OR used <= quantity)
);
CREATE TABLE permit_use (
    key      text PRIMARY KEY,
    site     text NOT NULL,
    permit   text NOT NULL,
    lot      text NOT NULL REFERENCES lot (id),
    quantity numeric NOT NULL CHECK (quantity > 0),
    noun     text NOT NULL,
    subject  text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (site, permit) REFERENCES deviation_permit (site, id)
);
CREATE INDEX permit_use_permit ON permit_use (site, permit, at);

-- What things cost, from when on. A cost that nobody gave is not there, and nothing is reckoned with zero instead.
CREATE TABLE material_cost (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    material text NOT NULL REFERENCES material (id),
    cost     numeric NOT NULL CHECK (cost >= 0), -- of one unit
    given_by text NOT NULL,
    reason   text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX material_cost_at ON material_cost (material, at DESC);
CREATE TABLE labour_rate (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site     text NOT NULL REFERENCES equipment (id),
    per_hour numeric NOT NULL CHECK (per_hour >= 0),
    currency text NOT NULL,
    given_by text NOT NULL,
    reason   text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX labour_rate_at ON labour_rate (site, at DESC);
CREATE TABLE external_cost (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key    text NOT NULL UNIQUE,
    site   text NOT NULL,
    nc     text NOT NULL,
    amount numeric NOT NULL CHECK (amount <> 0), -- a correction takes back with a minus
    text   text NOT NULL,
    actor  text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (site, nc) REFERENCES nonconformance (site, id)
);

-- A rework routing is a document of its own; what a lot then goes by is composed of its routing and the rework, and frozen
-- like any other. No order can be released on it.
ALTER TABLE document DROP CONSTRAINT document_kind_check;
ALTER TABLE document ADD CONSTRAINT document_kind_check CHECK (kind IN ('routing', 'instruction', 'inspection_rule', 'recipe', 'rework', 'inspection_plan'));
ALTER TABLE routing DROP CONSTRAINT routing_state_check;
ALTER TABLE routing ADD CONSTRAINT routing_state_check CHECK (state IN ('draft', 'approved', 'superseded', 'rework'));
-- The record that sent the lot to this visit, where it is one of rework; and how often a packed lot came back.
ALTER TABLE lot_operation ADD COLUMN rework boolean NOT NULL DEFAULT false;
ALTER TABLE lot ADD COLUMN reopened int NOT NULL DEFAULT 0;

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('defect_code'), make_writable('nonconformance_number'), make_writable('nonconformance'), make_writable('nonconformance_lot'),
            make_writable('nonconformance_proposal'), make_writable('deviation_permit');
    PERFORM make_append_only('nonconformance_picture'), make_append_only('nonconformance_event'), make_append_only('nonconformance_disposition'),
            make_append_only('disposal'), make_append_only('permit_use'), make_append_only('material_cost'), make_append_only('labour_rate'),
            make_append_only('external_cost');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
