-- +goose Up
-- What a history record holds more than before, and what its deviations are judged by.

-- Since when records are made in which form. What had ended before keeps the form, and so the hash, that it had.
CREATE TABLE record_form (
    form  int PRIMARY KEY,
    since timestamptz NOT NULL
);
INSERT INTO record_form VALUES (1, '-infinity'), (2, now());

-- What a signature rule asked for, and since when: a decision is judged by the rule of its time.
CREATE TABLE signature_rule_past (
    site  text NOT NULL REFERENCES equipment (id),
    noun  text NOT NULL,
    needs int NOT NULL,
    at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX signature_rule_past_noun ON signature_rule_past (site, noun, at DESC);
INSERT INTO signature_rule_past (site, noun, needs, at) SELECT site, noun, jsonb_array_length(needs), changed_at FROM signature_rule;

-- +goose StatementBegin
CREATE FUNCTION keep_signature_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signature_rule_past (site, noun, needs) VALUES (NEW.site, NEW.noun, jsonb_array_length(NEW.needs));
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER signature_rule_keep AFTER INSERT OR UPDATE ON signature_rule FOR EACH ROW EXECUTE FUNCTION keep_signature_rule();

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('record_form'), make_append_only('signature_rule_past');
    REVOKE EXECUTE ON FUNCTION keep_signature_rule() FROM PUBLIC;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
