-- +goose Up
-- The plant: what exists before the first order. All tables live in schema mes; the owner migrates, the role mes_app works.

CREATE TABLE equipment (
    id         text PRIMARY KEY CHECK (id <> ''),
    level      text NOT NULL CHECK (level IN ('site', 'area', 'line', 'station')),
    parent     text REFERENCES equipment (id),
    name       text NOT NULL,
    time_zone  text NOT NULL DEFAULT '',
    capacity   int  NOT NULL DEFAULT 1 CHECK (capacity >= 0)
);

CREATE TABLE device (
    id      text PRIMARY KEY,
    site    text NOT NULL REFERENCES equipment (id),
    station text NOT NULL REFERENCES equipment (id),
    driver  text NOT NULL,
    name    text NOT NULL,
    config  jsonb NOT NULL,
    -- Handshake numbers are given out under this row's lock and never repeat.
    last_seq bigint NOT NULL DEFAULT 0
);

-- What the edge role last said of each device: state words, live values, their age.
CREATE TABLE device_status (
    device      text PRIMARY KEY REFERENCES device (id),
    state       text NOT NULL,
    since       timestamptz NOT NULL,
    error       text NOT NULL DEFAULT '',
    live        jsonb NOT NULL DEFAULT '[]',
    reported_at timestamptz NOT NULL
);

CREATE TABLE material (
    id       text PRIMARY KEY,
    name     text NOT NULL,
    tracking text NOT NULL CHECK (tracking IN ('serial', 'lot')),
    unit     text NOT NULL,
    gtin     text NOT NULL DEFAULT '',
    expires  boolean NOT NULL DEFAULT false
);

-- Pictures, documents and exported histories, once per content.
CREATE TABLE blob (
    hash         text PRIMARY KEY,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    content      bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE blob ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE routing (
    product     text NOT NULL REFERENCES material (id),
    revision    text NOT NULL,
    state       text NOT NULL CHECK (state IN ('draft', 'approved', 'superseded')),
    definition  jsonb NOT NULL,
    hash        text NOT NULL,
    approved_by text NOT NULL DEFAULT '',
    approved_at timestamptz,
    PRIMARY KEY (product, revision)
);

-- The next number of each product's lots.
CREATE TABLE lot_number (
    product text PRIMARY KEY REFERENCES material (id),
    last    bigint NOT NULL
);

-- People and programs. An account is never deleted and its ID never given again.
CREATE TABLE account (
    id            text PRIMARY KEY,
    name          text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('person', 'service')),
    site          text NOT NULL REFERENCES equipment (id),
    roles         text[] NOT NULL,
    password_hash text NOT NULL DEFAULT '',
    pin_hash      text NOT NULL DEFAULT '',
    badge         text UNIQUE,
    active        boolean NOT NULL DEFAULT true,
    failures      int NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_token (
    hash       text PRIMARY KEY, -- SHA-256 of a 256-bit random token
    account    text NOT NULL REFERENCES account (id),
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);

CREATE TABLE session (
    token  text PRIMARY KEY,
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expiry);

CREATE TABLE qualification (
    account    text NOT NULL REFERENCES account (id),
    id         text NOT NULL,
    level      int  NOT NULL CHECK (level > 0),
    issuer     text NOT NULL DEFAULT '',
    issued_at  timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    PRIMARY KEY (account, id, level)
);
-- +goose Down
SELECT 1;
