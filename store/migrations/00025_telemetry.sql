-- +goose Up
-- Telemetry: what devices' tags said, by day of their own clock, rolled up by minute and by hour. Whole partitions are
-- dropped when their time is over.

CREATE TABLE tag (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site    text NOT NULL REFERENCES equipment (id),
    device  text NOT NULL,
    name    text NOT NULL,
    address text NOT NULL DEFAULT '', -- what the device calls it
    unit    text NOT NULL DEFAULT '',
    kind    text NOT NULL CHECK (kind IN ('number', 'bool', 'text')),
    since   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (site, device, name)
);
CREATE INDEX tag_address ON tag (site, device, address);

-- What a tag was called before. Records that an edge node made under the old name still find it.
CREATE TABLE tag_name (
    tag    int NOT NULL REFERENCES tag (id),
    site   text NOT NULL,
    device text NOT NULL,
    name   text NOT NULL,
    until  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tag_name_of ON tag_name (site, device, name, until DESC);

-- One row for each value that the edge recorded. It has no key of its own: a batch is taken once, as edge_stream counts.
CREATE TABLE tag_value (
    at       timestamptz NOT NULL,      -- by the device's clock, or when it was received where that clock is not believed
    received timestamptz NOT NULL,      -- by the edge's clock
    source   timestamptz,               -- what the device's clock said, where it is not believed
    value    double precision,
    tag      int NOT NULL,
    quality  smallint NOT NULL CHECK (quality BETWEEN 0 AND 2), -- bad, uncertain, good
    text     text
) PARTITION BY RANGE (at);
CREATE INDEX tag_value_tag ON tag_value (tag, at);

-- min, max, total and n are of good numbers only; first and last by time. bad counts what was not good.
CREATE TABLE tag_minute (
    at    timestamptz NOT NULL CHECK (date_trunc('minute', at, 'UTC') = at),
    tag   int NOT NULL,
    n     int NOT NULL,
    bad   int NOT NULL,
    min   double precision,
    max   double precision,
    total double precision,
    first double precision,
    last  double precision,
    PRIMARY KEY (tag, at)
) PARTITION BY RANGE (at);

CREATE TABLE tag_hour (
    at    timestamptz NOT NULL CHECK (date_trunc('hour', at, 'UTC') = at),
    tag   int NOT NULL,
    n     int NOT NULL,
    bad   int NOT NULL,
    min   double precision,
    max   double precision,
    total double precision,
    first double precision,
    last  double precision,
    PRIMARY KEY (tag, at)
) PARTITION BY RANGE (at);

-- Minutes and hours of a device that must be rolled up, again or for the first time. Whoever stores values locks the rows
-- of their minutes until it commits; the roll-up passes over locked rows. So no value is ever missed.
CREATE TABLE tag_dirty (
    level  text NOT NULL CHECK (level IN ('minute', 'hour')),
    at     timestamptz NOT NULL,
    site   text NOT NULL,
    device text NOT NULL,
    PRIMARY KEY (level, at, site, device)
);

-- What edge nodes noticed about their devices' values: a flood, a clock that can't be believed, records that were lost.
CREATE TABLE tag_notice (
    site     text NOT NULL REFERENCES equipment (id),
    device   text NOT NULL,
    kind     text NOT NULL,
    from_at  timestamptz NOT NULL,
    until_at timestamptz,      -- none: it goes on
    n        bigint NOT NULL,  -- values that it concerned
    detail   text NOT NULL DEFAULT '',
    PRIMARY KEY (site, device, kind, from_at)
);

-- The program may make and drop partitions of these three tables, and nothing else of the schema.

-- +goose StatementBegin
CREATE FUNCTION telemetry_span(p_table text, p_day date, OUT name text, OUT lower timestamptz, OUT upper timestamptz) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    unit text := CASE p_table WHEN 'tag_value' THEN 'day' WHEN 'tag_minute' THEN 'month' WHEN 'tag_hour' THEN 'year' END;
    start timestamp := date_trunc(unit, p_day::timestamp);
BEGIN
    IF unit IS NULL THEN
        RAISE EXCEPTION '% holds no telemetry', p_table;
    END IF;
    name  := p_table || '_' || to_char(start, 'YYYYMMDD');
    lower := start AT TIME ZONE 'UTC';
    upper := (start + ('1 ' || unit)::interval) AT TIME ZONE 'UTC';
END $$;
-- +goose StatementEnd

-- A partition is filled in as a table of its own and attached, which stops neither readers nor writers of the others.
-- +goose StatementBegin
CREATE FUNCTION telemetry_make(p_table text, p_day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
DECLARE
    span record;
BEGIN
    IF p_day > (now() AT TIME ZONE 'UTC')::date + 7 OR p_day < (now() AT TIME ZONE 'UTC')::date - 1100 THEN
        RAISE EXCEPTION 'no telemetry is kept for %', p_day USING ERRCODE = 'check_violation';
    END IF;
    span := telemetry_span(p_table, p_day);
    PERFORM pg_advisory_xact_lock(hashtext('telemetry partitions'));
    IF to_regclass(span.name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', span.name, p_table);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', p_table, span.name, span.lower, span.upper);
    RETURN true;
END $$;
-- +goose StatementEnd

-- Drops the partitions that end before p_before and whose roll-ups are done; says which. Nothing younger than a day goes.
-- A drop must lock the whole table for a moment; when somebody reads, it gives up and is asked again.
-- +goose StatementBegin
CREATE FUNCTION telemetry_drop(p_table text, p_before date) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part text;
    span record;
BEGIN
    IF p_before > (now() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'telemetry of % is not over', p_before USING ERRCODE = 'check_violation';
    END IF;
    PERFORM telemetry_span(p_table, p_before), pg_advisory_xact_lock(hashtext('telemetry partitions'));
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(p_table) ORDER BY 1 LOOP
        span := telemetry_span(p_table, to_date(right(part, 8), 'YYYYMMDD'));
        CONTINUE WHEN span.upper > p_before::timestamp AT TIME ZONE 'UTC';
        CONTINUE WHEN p_table <> 'tag_hour' AND EXISTS (SELECT 1 FROM tag_dirty d WHERE d.level = CASE p_table WHEN 'tag_value' THEN 'minute' ELSE 'hour' END
            AND d.at >= span.lower AND d.at < span.upper);
        EXECUTE format('DROP TABLE %I', part);
        RETURN NEXT part;
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('tag'), make_writable('tag_minute'), make_writable('tag_hour'), make_writable('tag_dirty'), make_writable('tag_notice');
    PERFORM make_append_only('tag_name');
    GRANT SELECT, INSERT ON tag_value TO mes_app;
    GRANT DELETE ON tag_dirty TO mes_app;
    REVOKE EXECUTE ON FUNCTION telemetry_make(text, date), telemetry_drop(text, date), telemetry_span(text, date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION telemetry_make(text, date), telemetry_drop(text, date), telemetry_span(text, date) TO mes_app;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
