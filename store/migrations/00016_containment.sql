-- +goose Up
-- A containment is a hold that finds by itself what it must hold. It puts rows into the table hold, so that the guard stays
-- one: whoever moves material reads that table under the lot's lock, and knows nothing of containments.

ALTER TABLE hold ADD COLUMN containment text NOT NULL DEFAULT ''; -- its ID, counted per site; empty for a plain hold
CREATE UNIQUE INDEX hold_containment ON hold (site, containment, subject) WHERE containment <> '';

CREATE TABLE containment_number (
    site text PRIMARY KEY REFERENCES equipment (id),
    last int NOT NULL
);

CREATE TABLE containment (
    site         text NOT NULL REFERENCES equipment (id),
    id           text NOT NULL,
    n            int  NOT NULL,
    key          text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('lot', 'serials', 'component', 'supplier_lot', 'machine', 'routing', 'model', 'genealogy')),
    title        text NOT NULL,
    criterion    jsonb NOT NULL,
    reason       text NOT NULL CHECK (reason <> ''),
    severity     text NOT NULL,
    source_noun  text NOT NULL,
    source_subject text NOT NULL,
    state        text NOT NULL DEFAULT 'placed' CHECK (state IN ('placed', 'finding', 'contained', 'dispositioned', 'closed')),
    watching     boolean NOT NULL, -- lots that come to meet the criterion join
    named        boolean NOT NULL DEFAULT false, -- all that the criterion names has been found
    placed_by    text NOT NULL,
    since        timestamptz NOT NULL,
    requested_at timestamptz NOT NULL,
    guarded_at   timestamptz NOT NULL,
    found_at     timestamptz,
    contained_at timestamptz,
    decided_at   timestamptz,
    closed_at    timestamptz,
    watch_ended_at timestamptz,
    watch_ended_by text NOT NULL DEFAULT '',
    -- The transaction that placed it. While one that is older still runs, it may write what this one could not see.
    xid          bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (site, id),
    UNIQUE (site, n),
    UNIQUE (site, key)
);
CREATE INDEX containment_watching ON containment (kind) WHERE watching;
CREATE INDEX containment_open ON containment (site, state) WHERE state <> 'closed';

CREATE TABLE contained_lot (
    site        text NOT NULL,
    containment text NOT NULL,
    lot         text NOT NULL REFERENCES lot (id),
    why         text NOT NULL CHECK (why IN ('named', 'source', 'product')), -- of via: it went into via, or was made of it
    via         text NOT NULL DEFAULT '',
    depth       int  NOT NULL, -- from what is named; negative for what it came from
    up          boolean NOT NULL, -- what it came from is followed
    down        boolean NOT NULL, -- what it went into is followed
    expanded    boolean NOT NULL DEFAULT false,
    noted       boolean NOT NULL DEFAULT false, -- releases of its record were looked at
    joined      boolean NOT NULL DEFAULT false, -- it came after the finding
    place       text NOT NULL CHECK (place IN ('stock', 'process', 'finished', 'shipped', 'consumed', 'gone')),
    at          text NOT NULL, -- station or customer
    operation   text NOT NULL,
    quantity    numeric NOT NULL,
    found_at    timestamptz NOT NULL,
    held_at     timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text NOT NULL DEFAULT '',
    aside_at    timestamptz,
    aside_by    text NOT NULL DEFAULT '',
    aside_place text NOT NULL DEFAULT '',
    notified_at timestamptz,
    notified_by text NOT NULL DEFAULT '',
    notice      text NOT NULL DEFAULT '',
    disposition text NOT NULL DEFAULT '',
    decision    text NOT NULL DEFAULT '',
    ended_at    timestamptz,
    outcome     text NOT NULL DEFAULT '',
    PRIMARY KEY (site, containment, lot),
    FOREIGN KEY (site, containment) REFERENCES containment (site, id)
);
CREATE INDEX contained_lot_open ON contained_lot (lot) WHERE ended_at IS NULL;
CREATE INDEX contained_lot_frontier ON contained_lot (site, containment, depth) WHERE NOT expanded;
CREATE INDEX contained_lot_unnoted ON contained_lot (site, containment) WHERE NOT noted;

-- A decision on contained lots. It is written once; whether it took effect is told by its signatures and by the lots.
CREATE TABLE hold_disposition (
    id          text PRIMARY KEY,
    site        text NOT NULL,
    containment text NOT NULL,
    lots        text[] NOT NULL,
    decision    text NOT NULL,
    rework_to   text NOT NULL, -- an operation of the lot's own routing
    routing     text NOT NULL, -- or a rework routing
    permit      text NOT NULL, -- a deviation permit
    bad         numeric NOT NULL, -- of a sort
    reason      text NOT NULL,
    decided_by  text NOT NULL,
    decided_at  timestamptz NOT NULL,
    FOREIGN KEY (site, containment) REFERENCES containment (site, id)
);

-- What a criterion is looked up by.
CREATE INDEX lot_revision ON lot (material, revision) WHERE revision <> '';
CREATE INDEX lot_operation_station ON lot_operation (station, started_at);
CREATE INDEX step_record_device ON step_record (device, ended_at) WHERE device <> '';

-- The lots that a criterion names now. Genealogy is followed from them.
-- +goose StatementBegin
CREATE FUNCTION containment_matches(p_site text, p_kind text, c jsonb) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = mes, pg_temp AS $$
BEGIN
    CASE p_kind
    WHEN 'lot', 'component', 'genealogy' THEN
        RETURN QUERY SELECT l.id FROM lot l WHERE l.site = p_site AND l.id IN (SELECT jsonb_array_elements_text(c -> 'lots'));
    WHEN 'serials' THEN
        RETURN QUERY SELECT l.id FROM lot l WHERE l.site = p_site AND length(l.id) = length(c ->> 'from')
            AND l.id COLLATE "C" BETWEEN c ->> 'from' AND c ->> 'to';
    WHEN 'supplier_lot' THEN
        RETURN QUERY SELECT l.id FROM lot l WHERE l.site = p_site AND l.supplier_lot = c ->> 'supplier_lot' AND l.supplier_lot <> ''
            AND (c ->> 'supplier' IS NULL OR l.supplier = c ->> 'supplier');
    WHEN 'machine' THEN
        IF c ? 'station' THEN
            RETURN QUERY SELECT DISTINCT o.lot FROM lot_operation o JOIN lot l ON l.id = o.lot WHERE l.site = p_site AND o.station = c ->> 'station'
                AND o.started_at < coalesce((c ->> 'until')::timestamptz, 'infinity') AND coalesce(o.ended_at, 'infinity') >= (c ->> 'since')::timestamptz;
        ELSE
            RETURN QUERY SELECT DISTINCT s.lot FROM step_record s JOIN lot l ON l.id = s.lot WHERE l.site = p_site AND s.device = c ->> 'device' AND s.device <> ''
                AND s.ended_at >= (c ->> 'since')::timestamptz AND s.started_at < coalesce((c ->> 'until')::timestamptz, 'infinity');
        END IF;
    WHEN 'routing' THEN
        RETURN QUERY SELECT l.id FROM lot l WHERE l.site = p_site AND l.material = c ->> 'product' AND l.revision = c ->> 'revision' AND l.revision <> '';
    WHEN 'model' THEN
        RETURN QUERY SELECT DISTINCT v.lot FROM vision_result v JOIN lot l ON l.id = v.lot WHERE l.site = p_site AND v.model = c ->> 'model';
    END CASE;
END $$;
-- +goose StatementEnd

-- Where a lot is, in the words of a containment.
-- +goose StatementBegin
CREATE FUNCTION containment_place(state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN state = 'shipped' THEN 'shipped' WHEN state IN ('consumed', 'merged') THEN 'consumed' WHEN state IN ('scrapped', 'void', 'returned') THEN 'gone'
                WHEN state = 'available' THEN 'stock' WHEN state = 'packed' THEN 'finished' ELSE 'process' END
$$;
-- +goose StatementEnd

-- Takes lots into a containment and guards them, each under its row lock: whoever had the lock before has committed what it
-- did, and whoever gets it after finds the hold. Lots in work are locked before finished ones, each kind by ID, as the
-- ledger locks a lot before its components. It answers the lots that are new. It is the one way in, for the finding as for
-- the catch below.
-- +goose StatementBegin
CREATE FUNCTION contain_lots(p_site text, p_id text, p_lots text[], p_vias text[], p_why text, p_depth int, p_up boolean, p_down boolean, p_joined boolean)
    RETURNS TABLE (added text, station text, stations text[], place text) LANGUAGE plpgsql SET search_path = mes, pg_temp AS $$
DECLARE c containment;
BEGIN
    SELECT * INTO STRICT c FROM containment k WHERE k.site = p_site AND k.id = p_id;
    PERFORM FROM lot l WHERE l.id = ANY (p_lots) ORDER BY l.state NOT IN ('queued', 'running', 'paused', 'review'), l.id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH taken AS (
        INSERT INTO contained_lot AS m (site, containment, lot, why, via, depth, up, down, joined, place, at, operation, quantity, found_at,
                                        held_at, acknowledged_at, acknowledged_by, ended_at, outcome)
        SELECT p_site, p_id, l.id, p_why, coalesce(u.via, ''), p_depth, p_up, p_down, p_joined, w.place,
               CASE WHEN l.state = 'shipped' THEN l.customer ELSE l.station END, l.operation, l.remaining, clock_timestamp(),
               CASE WHEN w.place NOT IN ('consumed', 'gone') THEN clock_timestamp() END,
               CASE WHEN l.state <> 'running' THEN clock_timestamp() END, CASE WHEN l.state <> 'running' THEN 'system' ELSE '' END,
               CASE WHEN w.place IN ('consumed', 'gone') THEN clock_timestamp() END,
               CASE w.place WHEN 'consumed' THEN 'in_product' WHEN 'gone' THEN 'gone' ELSE '' END
          FROM unnest(p_lots, p_vias) AS u (lot, via) JOIN lot l ON l.id = u.lot, LATERAL (SELECT containment_place(l.state) AS place) w
         ORDER BY l.id
        ON CONFLICT (site, containment, lot) DO UPDATE SET up = m.up OR p_up, down = m.down OR p_down, expanded = false
            WHERE p_up AND NOT m.up OR p_down AND NOT m.down
        RETURNING m.lot, m.place, (xmax = 0) AS fresh
    ), held AS (
        INSERT INTO hold (id, site, scope, subject, reason, placed_by, placed_at, containment)
        SELECT gen_random_uuid()::text, p_site, 'lot', t.lot, c.reason, c.placed_by, clock_timestamp(), p_id
          FROM taken t WHERE t.fresh AND t.place NOT IN ('consumed', 'gone')
    ), told AS (
        INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
        SELECT 'contained/' || p_site || '/' || p_id || '/' || t.lot, t.lot, coalesce(l.work_order, ''), 'held', c.placed_by, l.station, l.operation, l.visit, l.step,
               p_id, 0, l.wait_kind, l.wait_on, c.reason, clock_timestamp()
          FROM taken t JOIN lot l ON l.id = t.lot WHERE t.fresh AND t.place NOT IN ('consumed', 'gone')
    ), sent AS (
        INSERT INTO outbox (destination, kind, key, subject, payload)
        SELECT 'workflow', 'lot_held', 'contained/' || p_site || '/' || p_id || '/' || t.lot, 'lot/' || p_site || '/' || t.lot,
               jsonb_build_object('site', p_site, 'lot', t.lot, 'containment', p_id)
          FROM taken t JOIN lot l ON l.id = t.lot WHERE t.fresh AND l.state = 'running'
        ON CONFLICT (destination, key) DO NOTHING
    )
    SELECT t.lot, l.station, l.stations, t.place FROM taken t JOIN lot l ON l.id = t.lot WHERE t.fresh;
END $$;
-- +goose StatementEnd

-- The catch: a lot joins in the transaction that makes it meet a containment, whichever path the fact comes by. The lot is
-- locked by that transaction already.
-- +goose StatementBegin
CREATE FUNCTION containment_catch(p_site text, p_id text, p_lot text, p_via text, p_up boolean, p_down boolean, p_depth int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM contain_lots(p_site, p_id, ARRAY[p_lot], ARRAY[p_via], CASE WHEN p_via = '' THEN 'named' ELSE 'product' END, p_depth, p_up, p_down, true);
    IF FOUND THEN
        PERFORM audit_append(now(), 'system', 'joined', 'containment', p_id, p_via, NULL, jsonb_build_object('lot', p_lot, 'via', p_via), p_site, '');
        INSERT INTO outbox (destination, kind, key, subject, payload)
        VALUES ('workflow', 'containment_moved', 'joined/' || p_site || '/' || p_id || '/' || p_lot, 'hold/' || p_site || '/' || p_id,
                jsonb_build_object('site', p_site, 'containment', p_id))
        ON CONFLICT (destination, key) DO NOTHING;
    END IF;
END $$;
-- +goose StatementEnd

-- Follow of a criterion: whether its named lots are followed up and down.
-- +goose StatementBegin
CREATE FUNCTION containment_follows(c jsonb, way text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN way = 'up' THEN coalesce(c ->> 'follow', 'down') IN ('up', 'both', 'around') ELSE coalesce(c ->> 'follow', 'down') NOT IN ('up', 'none') END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION catch_lot() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM containment_catch(k.site, k.id, NEW.id, '', containment_follows(k.criterion, 'up'), containment_follows(k.criterion, 'down'), 0)
       FROM containment k WHERE k.watching AND k.site = NEW.site AND (
            k.kind = 'supplier_lot' AND NEW.supplier_lot <> '' AND NEW.supplier_lot = k.criterion ->> 'supplier_lot'
                AND (k.criterion ->> 'supplier' IS NULL OR NEW.supplier = k.criterion ->> 'supplier')
         OR k.kind = 'routing' AND NEW.revision <> '' AND NEW.material = k.criterion ->> 'product' AND NEW.revision = k.criterion ->> 'revision'
         OR k.kind = 'serials' AND length(NEW.id) = length(k.criterion ->> 'from') AND NEW.id COLLATE "C" BETWEEN k.criterion ->> 'from' AND k.criterion ->> 'to');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER lot_caught AFTER INSERT OR UPDATE OF revision ON lot FOR EACH ROW EXECUTE FUNCTION catch_lot();

-- +goose StatementBegin
CREATE FUNCTION catch_visit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    IF NEW.started_at IS NOT NULL THEN
        PERFORM containment_catch(k.site, k.id, NEW.lot, '', containment_follows(k.criterion, 'up'), containment_follows(k.criterion, 'down'), 0)
           FROM containment k JOIN lot l ON l.id = NEW.lot AND l.site = k.site
          WHERE k.watching AND k.kind = 'machine' AND k.criterion ->> 'station' = NEW.station
            AND NEW.started_at < coalesce((k.criterion ->> 'until')::timestamptz, 'infinity') AND coalesce(NEW.ended_at, 'infinity') >= (k.criterion ->> 'since')::timestamptz;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER lot_operation_caught AFTER INSERT OR UPDATE OF started_at ON lot_operation FOR EACH ROW EXECUTE FUNCTION catch_visit();

-- +goose StatementBegin
CREATE FUNCTION catch_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM containment_catch(k.site, k.id, NEW.lot, '', containment_follows(k.criterion, 'up'), containment_follows(k.criterion, 'down'), 0)
       FROM containment k JOIN lot l ON l.id = NEW.lot AND l.site = k.site
      WHERE k.watching AND k.kind = 'machine' AND NEW.device <> '' AND k.criterion ->> 'device' = NEW.device
        AND NEW.ended_at >= (k.criterion ->> 'since')::timestamptz AND NEW.started_at < coalesce((k.criterion ->> 'until')::timestamptz, 'infinity');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER step_record_caught AFTER INSERT ON step_record FOR EACH ROW EXECUTE FUNCTION catch_step();

-- +goose StatementBegin
CREATE FUNCTION catch_verdict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM containment_catch(k.site, k.id, NEW.lot, '', containment_follows(k.criterion, 'up'), containment_follows(k.criterion, 'down'), 0)
       FROM containment k JOIN lot l ON l.id = NEW.lot AND l.site = k.site
      WHERE k.watching AND k.kind = 'model' AND k.criterion ->> 'model' = NEW.model;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER vision_result_caught AFTER INSERT ON vision_result FOR EACH ROW EXECUTE FUNCTION catch_verdict();

-- What is made of a lot that is contained and has no end joins, to the depth that was asked for.
-- +goose StatementBegin
CREATE FUNCTION catch_product() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = mes, pg_temp AS $$
BEGIN
    PERFORM containment_catch(m.site, m.containment, NEW.lot, NEW.component, false, true, m.depth + 1)
       FROM contained_lot m JOIN containment k ON k.site = m.site AND k.id = m.containment
      WHERE m.lot = NEW.component AND m.ended_at IS NULL AND m.down AND k.state <> 'closed'
        AND (coalesce((k.criterion ->> 'depth')::int, 0) = 0 OR m.depth < (k.criterion ->> 'depth')::int);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER consumption_caught AFTER INSERT ON consumption FOR EACH ROW EXECUTE FUNCTION catch_product();

-- +goose StatementBegin
DO $$
BEGIN
    REVOKE ALL ON FUNCTION containment_catch(text, text, text, text, boolean, boolean, int) FROM PUBLIC;
    PERFORM make_writable('containment_number');
    PERFORM make_writable('containment');
    PERFORM make_writable('contained_lot');
    PERFORM make_append_only('hold_disposition');
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
