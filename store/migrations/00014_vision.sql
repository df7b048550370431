-- +goose Up
-- Verdicts that come in every way a plant has: what was found, what the rule said, the body as it was sent, and a table
-- that other programs may insert into.

ALTER TABLE vision_result
    ADD COLUMN kind            text NOT NULL DEFAULT 'quality_check',
    ADD COLUMN way             text NOT NULL DEFAULT 'rest',
    ADD COLUMN station         text NOT NULL DEFAULT '', -- where the camera stood
    ADD COLUMN model_version   text NOT NULL DEFAULT '',
    ADD COLUMN said            text NOT NULL DEFAULT '', -- the sender's own verdict, where another one counts
    ADD COLUMN said_confidence numeric,
    ADD COLUMN rule            jsonb,                    -- what the inspection rule said, with its ID and revision
    ADD COLUMN picture_width   int NOT NULL DEFAULT 0,
    ADD COLUMN picture_height  int NOT NULL DEFAULT 0,
    ADD COLUMN code            text NOT NULL DEFAULT '',
    ADD COLUMN severity        text NOT NULL DEFAULT '',
    ADD COLUMN related         text NOT NULL DEFAULT '',
    ADD COLUMN dropped         text NOT NULL DEFAULT '', -- hash of a picture that was not stored
    DROP CONSTRAINT vision_result_match_check,
    ADD CONSTRAINT vision_result_match_check CHECK (match IN ('matched', 'late', 'unknown', 'kept'));
CREATE INDEX vision_result_list ON vision_result (site, received_at DESC, id DESC);
CREATE INDEX vision_result_kind ON vision_result (site, kind, received_at DESC) WHERE kind <> 'quality_check';

CREATE INDEX document_rule_device ON document_revision ((content ->> 'device')) WHERE kind = 'inspection_rule' AND state = 'effective';

-- What was sent, with the hash of each picture in its place.
CREATE TABLE vision_body (
    result text PRIMARY KEY REFERENCES vision_result (id),
    hash   text NOT NULL, -- hex SHA-256 of body
    body   bytea NOT NULL
);

-- What is settled for a camera. Without a row, all pictures are kept but those of dangers.
CREATE TABLE vision_camera (
    site       text NOT NULL REFERENCES equipment (id),
    camera     text NOT NULL,
    keep       boolean,
    safety     boolean NOT NULL,
    version    int NOT NULL CHECK (version > 0),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (site, camera)
);

-- The door for programs that speak SQL: a schema of its own, so that whoever may insert there has no way into the other.
CREATE SCHEMA mes_in;
CREATE TABLE mes_in.vision_inbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        text NOT NULL,
    camera      text NOT NULL,
    lot         text NOT NULL DEFAULT '',
    operation   text NOT NULL DEFAULT '',
    step        text NOT NULL DEFAULT '',
    kind        text NOT NULL DEFAULT 'quality_check',
    key         text NOT NULL DEFAULT '',
    verdict     text NOT NULL DEFAULT '',
    confidence  numeric NOT NULL DEFAULT 0,
    model       text NOT NULL DEFAULT '',
    code        text NOT NULL DEFAULT '',
    body        jsonb, -- an inference server's answer as it is
    image       bytea, -- PNG or JPEG
    captured_at timestamptz,
    inserted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    inserted_by text NOT NULL DEFAULT session_user
);
-- What became of each row stands where whoever inserts has no right.
CREATE TABLE vision_inbox_done (
    inbox  bigint PRIMARY KEY,
    result text NOT NULL DEFAULT '', -- the stored result
    match  text NOT NULL DEFAULT '',
    fault  text NOT NULL DEFAULT '', -- why there is none
    at     timestamptz NOT NULL DEFAULT now()
);
-- The row up to which everything is done, so that a look for new ones does not read the old.
CREATE TABLE vision_inbox_mark (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    upto bigint NOT NULL
);
INSERT INTO vision_inbox_mark (upto) VALUES (0);

-- +goose StatementBegin
CREATE FUNCTION ring_vision_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mes_event', '[{"kind":"vision_inbox","id":"new"}]');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER vision_inbox_ring AFTER INSERT ON mes_in.vision_inbox FOR EACH STATEMENT EXECUTE FUNCTION ring_vision_inbox();

-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mes_vision') THEN
        BEGIN
            CREATE ROLE mes_vision NOLOGIN;
        EXCEPTION WHEN duplicate_object THEN NULL; -- another database of the same server was migrated at this moment
        END;
    END IF;
    PERFORM make_append_only('vision_body');
    PERFORM make_writable('vision_camera');
    PERFORM make_append_only('vision_inbox_done');
    PERFORM make_writable('vision_inbox_mark');
    REVOKE ALL ON SCHEMA mes_in FROM PUBLIC;
    GRANT USAGE ON SCHEMA mes_in TO mes_vision, mes_app;
    GRANT INSERT (site, camera, lot, operation, step, kind, key, verdict, confidence, model, code, body, image, captured_at) ON mes_in.vision_inbox TO mes_vision;
    -- The picture leaves the inbox when it is stored, or when it may not be.
    GRANT SELECT ON mes_in.vision_inbox TO mes_app;
    GRANT UPDATE (image, body) ON mes_in.vision_inbox TO mes_app;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO mes_vision', current_database());
    REVOKE EXECUTE ON FUNCTION ring_vision_inbox() FROM PUBLIC;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
