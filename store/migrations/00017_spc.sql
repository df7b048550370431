-- +goose Up
-- Statistical process control: charts, the values they took, their points, limits and alarms.

-- What a chart watches never changes; name, rules, settings and whether it is active do, each with its audit row.
CREATE TABLE chart (
    site       text NOT NULL REFERENCES equipment (id),
    id         text NOT NULL,
    name       text NOT NULL,
    kind       text NOT NULL,
    product    text NOT NULL,
    operation  text NOT NULL,
    step       text NOT NULL,
    plan       text NOT NULL,
    station    text NOT NULL,
    definition jsonb NOT NULL,
    active     boolean NOT NULL,
    version    int NOT NULL CHECK (version > 0),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (site, id)
);

-- Where a chart stands. The row's lock puts the values that come from several stations in one order.
CREATE TABLE chart_state (
    site       text NOT NULL,
    chart      text NOT NULL,
    readings   bigint NOT NULL DEFAULT 0, -- number of the last value
    points     bigint NOT NULL DEFAULT 0, -- number of the last point
    taken      bigint NOT NULL DEFAULT 0, -- the last value that is part of a point
    found      float8 NOT NULL DEFAULT 0, -- of the subgroup that is being gathered, for charts that count
    inspected  float8 NOT NULL DEFAULT 0,
    day        text NOT NULL DEFAULT '',  -- of the site, on which that subgroup began
    limits     int NOT NULL DEFAULT 0,    -- version in force
    since      bigint NOT NULL DEFAULT 0, -- first point that is held against them
    PRIMARY KEY (site, chart),
    FOREIGN KEY (site, chart) REFERENCES chart (site, id)
) WITH (fillfactor = 50);

CREATE TABLE chart_reading (
    site           text NOT NULL,
    chart          text NOT NULL,
    nr             bigint NOT NULL,
    key            text NOT NULL, -- of the record that it comes from
    n              int NOT NULL,  -- its place there
    value          numeric NOT NULL,
    inspected      int NOT NULL,  -- 0 for a measured value
    failed         boolean NOT NULL,
    lower          numeric,
    upper          numeric,
    unit           text NOT NULL,
    lot            text NOT NULL,
    station        text NOT NULL,
    device         text NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (site, chart, nr),
    UNIQUE (site, chart, key, n),
    FOREIGN KEY (site, chart) REFERENCES chart (site, id)
);

-- A version of limits: the baseline that phase I found, and the points that it was made from.
CREATE TABLE chart_limits (
    site        text NOT NULL,
    chart       text NOT NULL,
    version     int NOT NULL CHECK (version > 0),
    baseline    jsonb NOT NULL,
    study       jsonb NOT NULL, -- the window, with the excluded points and why
    reason      text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    PRIMARY KEY (site, chart, version),
    FOREIGN KEY (site, chart) REFERENCES chart (site, id)
);

CREATE TABLE chart_approval (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        text NOT NULL,
    chart       text NOT NULL,
    version     int NOT NULL,
    approved_by text NOT NULL,
    approved_at timestamptz NOT NULL,
    reason      text NOT NULL,
    first_point bigint NOT NULL,
    FOREIGN KEY (site, chart, version) REFERENCES chart_limits (site, chart, version)
);
CREATE INDEX chart_approval_of ON chart_approval (site, chart, id);

-- A point as it was judged when it came.
CREATE TABLE chart_point (
    site          text NOT NULL,
    chart         text NOT NULL,
    seq           bigint NOT NULL,
    at            timestamptz NOT NULL, -- of its last value
    first_reading bigint NOT NULL,
    last_reading  bigint NOT NULL,
    n             float8 NOT NULL,
    value         float8 NOT NULL,
    spread        float8,
    plot          float8 NOT NULL,
    second        float8,
    limits        int NOT NULL,
    i             int NOT NULL, -- number since the limits came into force
    flags         jsonb NOT NULL,
    second_flags  jsonb NOT NULL,
    spec_lower    numeric,
    spec_upper    numeric,
    unit          text NOT NULL,
    PRIMARY KEY (site, chart, seq),
    FOREIGN KEY (site, chart) REFERENCES chart (site, id)
);

CREATE TABLE chart_alarm (
    id              text PRIMARY KEY,
    n               bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    site            text NOT NULL,
    chart           text NOT NULL,
    plot            text NOT NULL CHECK (plot IN ('main', 'second')),
    rule            text NOT NULL,
    side            text NOT NULL CHECK (side IN ('above', 'below', '')),
    limits          int NOT NULL,
    first_point     bigint NOT NULL,
    last_point      bigint NOT NULL,
    points          bigint[] NOT NULL,
    lot             text NOT NULL,
    station         text NOT NULL,
    text            text NOT NULL,
    opened_at       timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '',
    UNIQUE (site, chart, plot, rule, side, limits, first_point),
    FOREIGN KEY (site, chart, limits) REFERENCES chart_limits (site, chart, version)
);
CREATE INDEX chart_alarm_open ON chart_alarm (site, chart) WHERE acknowledged_at IS NULL;
CREATE INDEX chart_alarm_list ON chart_alarm (site, n DESC);
CREATE INDEX chart_alarm_run ON chart_alarm (site, chart, last_point);

-- What an alarm is about is fixed; its run may grow, and it is acknowledged once.
-- +goose StatementBegin
CREATE FUNCTION chart_alarm_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.n, NEW.site, NEW.chart, NEW.plot, NEW.rule, NEW.side, NEW.limits, NEW.first_point, NEW.lot, NEW.station, NEW.text, NEW.opened_at)
       IS DISTINCT FROM
       (OLD.id, OLD.n, OLD.site, OLD.chart, OLD.plot, OLD.rule, OLD.side, OLD.limits, OLD.first_point, OLD.lot, OLD.station, OLD.text, OLD.opened_at)
       OR NEW.last_point < OLD.last_point OR NOT NEW.points @> OLD.points
       OR OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by, NEW.reason) IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by, OLD.reason) THEN
        RAISE EXCEPTION 'an alarm only grows, and is acknowledged once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER chart_alarm_keeps BEFORE UPDATE ON chart_alarm FOR EACH ROW EXECUTE FUNCTION chart_alarm_keeps();

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('chart');
    PERFORM make_writable('chart_state');
    PERFORM make_writable('chart_alarm');
    PERFORM make_append_only('chart_reading');
    PERFORM make_append_only('chart_limits');
    PERFORM make_append_only('chart_approval');
    PERFORM make_append_only('chart_point');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
