-- +goose Up
-- Append-only is a right that nobody has and a trigger that refuses, not a habit.

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mes_app') THEN
        CREATE ROLE mes_app NOLOGIN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO mes_app', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA %I TO mes_app', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
    FOREACH t IN ARRAY ARRAY['step_record', 'step_value', 'consumption', 'vision_result', 'lot_event', 'entry_key', 'command_answer',
                             'run_archive', 'blob', 'audit'] LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM mes_app', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
    END LOOP;
    REVOKE ALL ON audit, audit_head FROM mes_app;
    GRANT SELECT ON audit, audit_head TO mes_app;
    GRANT DELETE ON session TO mes_app;
    IF to_regclass('goose_db_version') IS NOT NULL THEN
        REVOKE INSERT, UPDATE ON goose_db_version FROM mes_app;
    END IF;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
