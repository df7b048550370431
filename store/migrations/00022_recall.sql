-- +goose Up
-- Lots divided and put together, and recalls with what was found.

-- What left a lot for another one. quantity stays as received or started, so that
-- quantity = remaining + scrapped + split_off + what was consumed.
ALTER TABLE lot ADD COLUMN split_off numeric NOT NULL DEFAULT 0 CHECK (split_off >= 0);

-- Why a lot is in another one: built in, or the same pieces under another number.
ALTER TABLE consumption ADD COLUMN kind text NOT NULL DEFAULT 'consumed' CHECK (kind IN ('consumed', 'split', 'merged'));

CREATE TABLE recall (
    id           text PRIMARY KEY,
    site         text NOT NULL REFERENCES equipment (id),
    n            int  NOT NULL,
    key          text NOT NULL,
    lot          text NOT NULL REFERENCES lot (id),
    mock         boolean NOT NULL,
    reason       text NOT NULL,
    started_by   text NOT NULL,
    started_at   timestamptz NOT NULL,
    traced_at    timestamptz NOT NULL, -- when everything was found
    found        jsonb NOT NULL,       -- lots, edges, and the sheet, as they were found
    hash         text NOT NULL,        -- hex SHA-256 of found in its canonical form
    balanced     boolean NOT NULL,
    completed_by text NOT NULL DEFAULT '',
    completed_at timestamptz,
    note         text NOT NULL DEFAULT '',
    UNIQUE (site, n),
    UNIQUE (site, key)
);
CREATE INDEX recall_list ON recall (site, started_at DESC, id);

-- What was found never changes; that it is completed is said once.
-- +goose StatementBegin
CREATE FUNCTION recall_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.site, OLD.n, OLD.key, OLD.lot, OLD.mock, OLD.reason, OLD.started_by, OLD.started_at, OLD.traced_at, OLD.found, OLD.hash, OLD.balanced)
       IS DISTINCT FROM (NEW.id, NEW.site, NEW.n, NEW.key, NEW.lot, NEW.mock, NEW.reason, NEW.started_by, NEW.started_at, NEW.traced_at, NEW.found, NEW.hash, NEW.balanced)
       OR OLD.completed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a recall keeps what was found' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER recall_keeps BEFORE UPDATE ON recall FOR EACH ROW EXECUTE FUNCTION recall_keeps();

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('recall');
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
