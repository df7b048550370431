-- +goose Up
-- When a site plans to work, and the figures of its shifts.

ALTER TABLE shift ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]', ADD COLUMN equipment text[] NOT NULL DEFAULT '{}';

-- Every definition that a shift ever had. The one that was written last, of those whose first day has come, holds on a day; so a
-- change of today leaves last month as it was. Table shift is the newest of each, for what asks who may work now.
CREATE TABLE shift_pattern (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text NOT NULL,
    shift      text NOT NULL,
    definition jsonb NOT NULL,
    by_account text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (site, shift) REFERENCES shift (site, id)
);
CREATE INDEX shift_pattern_site ON shift_pattern (site, id);
INSERT INTO shift_pattern (site, shift, definition, by_account)
SELECT site, id, jsonb_build_object('id', id, 'name', name, 'days', days, 'start', lpad((starts_at / 60)::text, 2, '0') || ':' || lpad((starts_at % 60)::text, 2, '0'),
       'end', lpad((ends_at / 60)::text, 2, '0') || ':' || lpad((ends_at % 60)::text, 2, '0')), 'system' FROM shift ORDER BY site, id;

-- Holidays, extra shifts and planned stops. What was taken back stays, with who did it.
CREATE TABLE calendar_entry (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text NOT NULL REFERENCES equipment (id),
    kind       text NOT NULL CHECK (kind IN ('holiday', 'extra_shift', 'planned_down')),
    definition jsonb NOT NULL,
    by_account text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    ended_by   text NOT NULL DEFAULT '',
    ended_at   timestamptz
);
CREATE INDEX calendar_entry_open ON calendar_entry (site, id) WHERE ended_at IS NULL;

-- The figure of a shift at a station or a line: what it is made of, as a version. The first is stated when the shift has ended;
-- each later one names why it differs.
CREATE TABLE shift_figure (
    site       text NOT NULL REFERENCES equipment (id),
    equipment  text NOT NULL REFERENCES equipment (id),
    shift      text NOT NULL,
    shift_name text NOT NULL,
    day        date NOT NULL,
    version    int  NOT NULL CHECK (version > 0),
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL CHECK (until_at > from_at),
    sums       jsonb NOT NULL,
    cause      text NOT NULL CHECK (version = 1 OR cause <> ''),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (equipment, shift, day, version)
);
CREATE INDEX shift_figure_time ON shift_figure (site, equipment, from_at DESC);
CREATE INDEX shift_figure_day ON shift_figure (site, day);

-- What OEE is aimed at; the last word counts.
CREATE TABLE oee_target (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site      text NOT NULL REFERENCES equipment (id),
    equipment text NOT NULL REFERENCES equipment (id),
    target    numeric NOT NULL CHECK (target > 0 AND target <= 1),
    by_account text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oee_target_last ON oee_target (equipment, id DESC);

CREATE INDEX lot_operation_ended ON lot_operation (station, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX restatement_site ON restatement (site, id);

-- Kinds of a lot's event whose quantity is something else than pieces scrapped.
-- +goose StatementBegin
CREATE FUNCTION scraps(kind text, quantity numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT quantity > 0 AND kind NOT IN ('shipped', 'received', 'returned', 'disposed', 'split', 'merged', 'made_from', 'rework_dispatched');
$$;
-- +goose StatementEnd

-- Late rejects ask for the figure of the shift in which the piece counted as good, in the transaction of the reject and
-- whatever path it comes by.
-- +goose StatementBegin
CREATE FUNCTION restate_sent_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO restatement (site, station, from_at, until_at, cause)
    SELECT l.site, o.station, o.ended_at, o.ended_at, NEW.lot || ' was sent back to operation ' || NEW.operation || ' after it had counted as good.'
      FROM lot_operation o JOIN lot l ON l.id = o.lot
     WHERE o.lot = NEW.lot AND o.operation = NEW.operation AND o.visit < NEW.visit AND o.state = 'completed' AND o.ended_at IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION restate_scrapped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT scraps(NEW.kind, NEW.quantity) THEN
        RETURN NULL;
    END IF;
    INSERT INTO restatement (site, station, from_at, until_at, cause)
    SELECT l.site, o.station, o.ended_at, o.ended_at, NEW.lot || ' was scrapped' || CASE WHEN NEW.station = '' OR NEW.station = o.station THEN '' ELSE ' at ' || NEW.station END
           || ' after it had counted as good.'
      FROM lot_operation o JOIN lot l ON l.id = o.lot
     WHERE o.lot = NEW.lot AND o.state = 'completed' AND o.ended_at <= NEW.at
       AND NOT EXISTS (SELECT FROM lot_operation n WHERE n.lot = o.lot AND n.started_at >= o.ended_at AND n.started_at <= NEW.at AND (n.operation, n.visit) <> (o.operation, o.visit))
     ORDER BY o.ended_at DESC LIMIT 1;
    RETURN NULL;
END $$;

CREATE FUNCTION restate_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at < now() - interval '1 minute' AND OLD.ended_at IS DISTINCT FROM NEW.ended_at THEN
        INSERT INTO restatement (site, station, from_at, until_at, cause)
        SELECT l.site, NEW.station, NEW.ended_at, NEW.ended_at, NEW.lot || ' was recorded late.' FROM lot l WHERE l.id = NEW.lot;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER lot_operation_sent_back AFTER INSERT ON lot_operation FOR EACH ROW WHEN (NEW.visit > 1) EXECUTE FUNCTION restate_sent_back();
CREATE TRIGGER lot_event_scrapped AFTER INSERT ON lot_event FOR EACH ROW WHEN (NEW.quantity > 0) EXECUTE FUNCTION restate_scrapped();
CREATE TRIGGER lot_operation_late AFTER UPDATE OF ended_at ON lot_operation FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION restate_late();

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('calendar_entry');
    PERFORM make_append_only('shift_pattern'), make_append_only('shift_figure'), make_append_only('oee_target');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
