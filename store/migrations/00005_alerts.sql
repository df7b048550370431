-- +goose Up
-- What somebody must look at. Raised once per key; never deleted.

CREATE TABLE alert (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key       text NOT NULL UNIQUE,
    site      text NOT NULL REFERENCES equipment (id),
    kind      text NOT NULL,
    severity  text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    noun      text NOT NULL,
    subject   text NOT NULL,
    text      text NOT NULL,
    role      text NOT NULL,
    account   text NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    closed_by text NOT NULL DEFAULT '',
    comment   text NOT NULL DEFAULT ''
);
CREATE INDEX alert_open ON alert (site, id DESC) WHERE closed_at IS NULL;
CREATE INDEX alert_subject ON alert (noun, subject) WHERE closed_at IS NULL;

-- Later migrations give a new table its rights by one of these two, so that append-only stays one definition.
-- +goose StatementBegin
CREATE FUNCTION make_append_only(t text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON %I TO mes_app', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION make_writable(t text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO mes_app', t);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('alert');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
    REVOKE EXECUTE ON FUNCTION make_append_only(text), make_writable(text) FROM PUBLIC;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
