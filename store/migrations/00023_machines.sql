-- +goose Up
-- Machines: how a station's state is known, the log of its states, what it made, and what edge nodes have told.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A station whose state is known. The definition says from what: tags of a device, the work that stands there, or people.
CREATE TABLE machine (
    station    text PRIMARY KEY REFERENCES equipment (id),
    site       text NOT NULL REFERENCES equipment (id),
    definition jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX machine_site ON machine (site, station);

-- The log of a machine's states. Stretches of one machine never overlap, and each begins where the one before it ends; the
-- open one has no end. observed is what was seen, state is what counts after a person's correction. Shifts and breaks are not
-- in it: they are laid over it when it is read.
CREATE TABLE machine_state (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site      text NOT NULL REFERENCES equipment (id),
    station   text NOT NULL REFERENCES machine (station),
    from_at   timestamptz NOT NULL,
    until_at  timestamptz CHECK (until_at > from_at),
    observed  text NOT NULL CHECK (observed IN ('running', 'idle', 'blocked', 'starved', 'setup', 'planned_down', 'unplanned_down', 'unknown')),
    state     text NOT NULL CHECK (state IN ('running', 'idle', 'blocked', 'starved', 'setup', 'planned_down', 'unplanned_down', 'unknown')),
    source    text NOT NULL CHECK (source IN ('tag', 'work', 'person', 'silence')),
    detail    text NOT NULL DEFAULT '', -- the machine's own word for it
    alarm     text NOT NULL DEFAULT '', -- the alarm that was on when it began
    reason    text NOT NULL DEFAULT '', -- code of stop_reason; empty: not explained
    reason_by text NOT NULL DEFAULT '',
    reason_at timestamptz,
    note      text NOT NULL DEFAULT '',
    version   bigint NOT NULL DEFAULT 1,
    CONSTRAINT machine_state_never_overlaps EXCLUDE USING gist (station WITH =, tstzrange(from_at, until_at) WITH &&)
);
CREATE INDEX machine_state_from ON machine_state (station, from_at DESC);
CREATE UNIQUE INDEX machine_state_open ON machine_state (station) WHERE until_at IS NULL;

-- What a machine's own counters say that it made, by minute. What the house's lots say stands in lot_operation.
CREATE TABLE machine_count (
    site     text NOT NULL REFERENCES equipment (id),
    station  text NOT NULL REFERENCES machine (station),
    minute   timestamptz NOT NULL CHECK (date_trunc('minute', minute) = minute),
    produced numeric NOT NULL DEFAULT 0 CHECK (produced >= 0),
    rejected numeric NOT NULL DEFAULT 0 CHECK (rejected >= 0 AND rejected <= produced),
    PRIMARY KEY (station, minute)
);

-- How far the streams of each edge node have been taken. What comes again is left out.
CREATE TABLE edge_stream (
    site   text NOT NULL REFERENCES equipment (id),
    node   text NOT NULL,   -- made by the node's buffer on its disk; a new buffer is a new node
    stream text NOT NULL,
    last   bigint NOT NULL, -- number of the last record that was taken
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, node, stream)
);

-- Windows whose figures must be computed again: something about them became known late, or was corrected.
CREATE TABLE restatement (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site     text NOT NULL REFERENCES equipment (id),
    station  text NOT NULL REFERENCES equipment (id),
    from_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL CHECK (until_at >= from_at),
    cause    text NOT NULL, -- in words, for whoever reads the figure
    at       timestamptz NOT NULL DEFAULT now()
);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('machine');
    PERFORM make_writable('machine_state');
    PERFORM make_writable('machine_count');
    PERFORM make_writable('edge_stream');
    PERFORM make_writable('restatement');
    EXECUTE format('GRANT DELETE ON restatement TO mes_app');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
