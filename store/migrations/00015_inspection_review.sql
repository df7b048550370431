-- +goose Up
-- People in the loop of vision: what they say of pictures, tests of inspection rules, models and where they run, stops of
-- stations, and what was said of safety events and counts.

-- A person's word on a verdict. Several may look at one picture; the newest word that counts is the one that trains.
CREATE TABLE verdict_label (
    id          text PRIMARY KEY,
    n           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    key         text NOT NULL UNIQUE,
    site        text NOT NULL REFERENCES equipment (id),
    verdict     text NOT NULL REFERENCES vision_result (id),
    label       text NOT NULL CHECK (label IN ('pass', 'fail', 'undecided')),
    predictions jsonb,          -- the boxes as they should be; null where the model's stand
    reason      text NOT NULL,
    overrides   text NOT NULL,  -- the verdict that the label goes against; empty where it goes against none
    request     text NOT NULL,  -- the request for its signature; empty where none is asked for
    by_account  text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verdict_label_verdict ON verdict_label (verdict, n DESC);
CREATE INDEX verdict_label_at ON verdict_label (site, at);

-- Passed pictures that were drawn for a person's look.
CREATE TABLE verdict_sample (
    verdict text PRIMARY KEY REFERENCES vision_result (id),
    site    text NOT NULL,
    rule    text NOT NULL, -- id and revision of the rule that draws
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX vision_result_doubt ON vision_result (site, received_at) WHERE verdict <> 'pass';
CREATE INDEX vision_result_camera ON vision_result (site, camera, received_at DESC);

-- A draft of an inspection rule tried on stored pictures. A revision keeps the tests of its content.
CREATE TABLE rule_test (
    id       text PRIMARY KEY,
    n        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    site     text NOT NULL REFERENCES equipment (id),
    document text NOT NULL,
    revision text NOT NULL,
    hash     text NOT NULL, -- of the content that was tried
    against  text NOT NULL, -- the revision in force that it was compared with; empty where there was none
    filter   jsonb NOT NULL,
    outcome  jsonb NOT NULL,
    by_account text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rule_test_revision ON rule_test (document, revision, n DESC);

-- Models that send verdicts. A version appears when it is first seen; a person describes it.
CREATE TABLE model_version (
    site        text NOT NULL REFERENCES equipment (id),
    name        text NOT NULL CHECK (name <> ''),
    version     text NOT NULL,
    state       text NOT NULL DEFAULT 'candidate' CHECK (state IN ('candidate', 'in_use', 'retired')),
    task        text NOT NULL DEFAULT '',
    file_hash   text NOT NULL DEFAULT '',
    trained_on  text NOT NULL DEFAULT '',
    note        text NOT NULL DEFAULT '',
    runs        jsonb NOT NULL DEFAULT '[]', -- where each copy runs, and for which camera
    first_seen  timestamptz,
    changed_by  text NOT NULL DEFAULT '',
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changes     int NOT NULL DEFAULT 1,
    PRIMARY KEY (site, name, version)
);

-- A stop of a station: nothing starts there until it is lifted.
CREATE TABLE station_stop (
    id          text PRIMARY KEY,
    site        text NOT NULL REFERENCES equipment (id),
    station     text NOT NULL REFERENCES equipment (id),
    reason      text NOT NULL CHECK (reason <> ''),
    noun        text NOT NULL, -- the record that made it; empty for a person's stop
    subject     text NOT NULL,
    placed_by   text NOT NULL,
    placed_at   timestamptz NOT NULL DEFAULT now(),
    lifted_by   text NOT NULL DEFAULT '',
    lifted_at   timestamptz,
    lift_reason text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX station_stop_open ON station_stop (station) WHERE lifted_at IS NULL;
CREATE INDEX station_stop_site ON station_stop (site, placed_at DESC);

-- What a person said of a safety event, or of a count that a camera made. A word never changes stock by itself.
CREATE TABLE vision_answer (
    id         text PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    site       text NOT NULL REFERENCES equipment (id),
    event      text NOT NULL REFERENCES vision_result (id),
    answer     text NOT NULL CHECK (answer IN ('acknowledged', 'false_alarm', 'accepted', 'recount', 'adjust')),
    reason     text NOT NULL CHECK (reason <> ''),
    counted    numeric, -- what the camera counted and what the ledger said, as they stood when the word was given
    ledger     numeric,
    by_account text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX vision_answer_event ON vision_answer (event);

INSERT INTO model_version (site, name, version, first_seen)
SELECT v.site, (regexp_match(v.model, '^(.*?)(?:[/@:]([^/@:]*))?$'))[1], coalesce((regexp_match(v.model, '^(.*?)(?:[/@:]([^/@:]*))?$'))[2], ''), min(v.received_at)
  FROM vision_result v WHERE v.model ~ '^[^/@:]' GROUP BY 1, 2, 3
ON CONFLICT DO NOTHING;

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('verdict_label'), make_append_only('verdict_sample'), make_append_only('rule_test'), make_append_only('vision_answer');
    PERFORM make_writable('model_version'), make_writable('station_stop');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
