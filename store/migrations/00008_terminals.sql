-- +goose Up
-- Where work may be done, when, and who speaks for a device.

CREATE SEQUENCE terminal_number;
CREATE TABLE terminal (
    id            text PRIMARY KEY DEFAULT 'T-' || nextval('terminal_number'),
    site          text NOT NULL REFERENCES equipment (id),
    station       text NOT NULL REFERENCES equipment (id),
    name          text NOT NULL CHECK (name <> ''),
    idle_minutes  int  NOT NULL CHECK (idle_minutes > 0),
    token_hash    text NOT NULL UNIQUE, -- SHA-256 of a 256-bit random token
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    last_seen     timestamptz,
    revoked_by    text NOT NULL DEFAULT '',
    revoked_at    timestamptz,
    reason        text NOT NULL DEFAULT ''
);
-- A name is free again once its terminal is revoked.
CREATE UNIQUE INDEX terminal_name ON terminal (site, name) WHERE revoked_at IS NULL;

-- Days are ISO weekdays; a shift whose end is not after its start ends on the next day.
CREATE TABLE shift (
    site      text NOT NULL REFERENCES equipment (id),
    id        text NOT NULL CHECK (id <> ''),
    name      text NOT NULL,
    days      int[] NOT NULL,
    starts_at int NOT NULL CHECK (starts_at BETWEEN 0 AND 1439), -- minutes after midnight, by the site's clock
    ends_at   int NOT NULL CHECK (ends_at BETWEEN 0 AND 1439),
    PRIMARY KEY (site, id)
);

-- A person's days on a shift. What was taken back stays, with who did it and when.
CREATE TABLE shift_assignment (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text NOT NULL,
    account    text NOT NULL REFERENCES account (id),
    shift      text NOT NULL,
    from_day   date NOT NULL,
    until_day  date CHECK (until_day >= from_day),
    by_account text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    ended_by   text NOT NULL DEFAULT '',
    ended_at   timestamptz,
    FOREIGN KEY (site, shift) REFERENCES shift (site, id)
);
CREATE UNIQUE INDEX shift_assignment_once ON shift_assignment (site, account, shift, from_day) WHERE ended_at IS NULL;

CREATE TABLE shift_override (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text NOT NULL REFERENCES equipment (id),
    account    text NOT NULL REFERENCES account (id),
    until      timestamptz NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    by_account text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shift_override_open ON shift_override (site, account, until);

CREATE TABLE shift_setting (
    site              text PRIMARY KEY REFERENCES equipment (id),
    tolerance_minutes int NOT NULL CHECK (tolerance_minutes BETWEEN 0 AND 240)
);

-- Which programs speak for a device besides the edge of its site.
CREATE TABLE device_sender (
    device  text NOT NULL REFERENCES device (id),
    account text NOT NULL REFERENCES account (id),
    active  boolean NOT NULL DEFAULT true,
    PRIMARY KEY (device, account)
);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('terminal'), make_writable('shift'), make_writable('shift_assignment'), make_writable('shift_setting'), make_writable('device_sender');
    PERFORM make_append_only('shift_override');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
