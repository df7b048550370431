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
    absent    boolean NOT NULL DEFAULT false, -- the edge node was not heard; what it tells later takes this stretch's place
    chased_at timestamptz, -- when somebody was told that nobody has explained it
    version   bigint NOT NULL DEFAULT 1,
    CONSTRAINT machine_state_never_overlaps EXCLUDE USING gist (station WITH =, tstzrange(from_at, until_at) WITH &&)
);
CREATE INDEX machine_state_from ON machine_state (station, from_at DESC);
CREATE UNIQUE INDEX machine_state_open ON machine_state (station) WHERE until_at IS NULL;
CREATE INDEX machine_state_site ON machine_state (site, from_at DESC);
CREATE INDEX machine_state_unexplained ON machine_state (from_at) WHERE state = 'unplanned_down' AND reason = '' AND chased_at IS NULL;

-- A log has no gap: whatever ends is followed at once, and one stretch is open. This is looked at when a transaction ends, since
-- a cut moves two stretches.
-- +goose StatementBegin
CREATE FUNCTION machine_state_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = mes, pg_temp AS $$
DECLARE
    row machine_state := coalesce(NEW, OLD);
    low timestamptz := least(coalesce(NEW.from_at, OLD.from_at), coalesce(OLD.from_at, NEW.from_at));
BEGIN
    IF EXISTS (SELECT 1 FROM machine_state s WHERE s.station = row.station AND s.until_at IS NOT NULL
                  AND s.from_at >= coalesce((SELECT max(p.from_at) FROM machine_state p WHERE p.station = row.station AND p.from_at < low), low)
                  AND NOT EXISTS (SELECT 1 FROM machine_state n WHERE n.station = s.station AND n.from_at = s.until_at)) THEN
        RAISE EXCEPTION 'the log of % has a gap', row.station USING ERRCODE = 'check_violation', CONSTRAINT = 'machine_state_whole';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER machine_state_whole AFTER INSERT OR DELETE OR UPDATE OF from_at, until_at, station ON machine_state
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION machine_state_whole();

-- What is known of a machine now: what its signals say, what a person has said, and how far its counters were taken.
CREATE TABLE machine_signal (
    station         text PRIMARY KEY REFERENCES machine (station),
    site            text NOT NULL REFERENCES equipment (id),
    state           text NOT NULL DEFAULT '', -- as the tags say it; empty before their first word
    source          text NOT NULL DEFAULT '',
    since           timestamptz,
    detail          text NOT NULL DEFAULT '',
    alarm           text NOT NULL DEFAULT '',
    alarm_text      text NOT NULL DEFAULT '',
    alarm_since     timestamptz,
    declared        text NOT NULL DEFAULT '', -- a person's word; empty where the machine speaks for itself
    declared_by     text NOT NULL DEFAULT '',
    declared_at     timestamptz,
    declared_reason text NOT NULL DEFAULT '', -- code of stop_reason
    declared_note   text NOT NULL DEFAULT '',
    heard_at        timestamptz,              -- when its edge node was heard last
    node            text NOT NULL DEFAULT '',
    produced        numeric NOT NULL DEFAULT 0, -- totals of that node that are in machine_count
    rejected        numeric NOT NULL DEFAULT 0
);

-- What was wrong with a machine's signals, each time it began.
CREATE TABLE machine_notice (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site    text NOT NULL REFERENCES equipment (id),
    station text NOT NULL REFERENCES machine (station),
    kind    text NOT NULL,
    text    text NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX machine_notice_station ON machine_notice (station, at DESC);

-- Machines whose state may follow from what has just changed around them: lots that moved, a stop of a station, a neighbour.
-- Whoever settles them takes the rows away.
CREATE TABLE machine_touch (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX machine_touch_station ON machine_touch (station);

-- +goose StatementBegin
-- Touches a station and those that hand over to it. Rows are inserted only, so that transactions which move lots never wait for
-- each other here.
CREATE FUNCTION touch_machines(stations text[]) RETURNS void LANGUAGE sql SET search_path = mes, pg_temp AS $$
    INSERT INTO machine_touch (station) SELECT m.station FROM machine m WHERE m.station = ANY(stations) OR m.definition -> 'next' ?| stations
$$;
CREATE FUNCTION lot_touches_machines() RETURNS trigger LANGUAGE plpgsql SET search_path = mes, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM touch_machines(NEW.stations || NEW.station);
    ELSIF OLD.state <> NEW.state OR OLD.station <> NEW.station OR OLD.stations <> NEW.stations THEN
        PERFORM touch_machines(OLD.stations || NEW.stations || OLD.station || NEW.station);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION stop_touches_machines() RETURNS trigger LANGUAGE plpgsql SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM touch_machines(ARRAY[NEW.station]);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER lot_touches_machines AFTER INSERT OR UPDATE OF state, station, stations ON lot FOR EACH ROW EXECUTE FUNCTION lot_touches_machines();
CREATE TRIGGER stop_touches_machines AFTER INSERT OR UPDATE ON station_stop FOR EACH ROW EXECUTE FUNCTION stop_touches_machines();

-- Why machines stop: a tree per site. An entry that names stations holds for them alone, with all below it.
CREATE TABLE stop_reason (
    site       text NOT NULL REFERENCES equipment (id),
    code       text NOT NULL,
    parent     text NOT NULL DEFAULT '',
    definition jsonb NOT NULL,
    position   int NOT NULL DEFAULT 0,
    active     boolean NOT NULL DEFAULT true,
    version    bigint NOT NULL DEFAULT 1,
    changed_by text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, code)
);

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
    PERFORM make_writable('machine_signal');
    PERFORM make_append_only('machine_notice');
    PERFORM make_writable('machine_touch');
    PERFORM make_writable('stop_reason');
    -- A merge makes one stretch of two, and what an edge node tells late takes the place of its silence; the audit trail keeps
    -- what people changed.
    EXECUTE format('GRANT DELETE ON machine_state, machine_touch TO mes_app');
    PERFORM make_writable('edge_stream');
    PERFORM make_writable('restatement');
    EXECUTE format('GRANT DELETE ON restatement TO mes_app');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
