-- +goose Up
-- Who people are: where a role comes from, how long a secret lasts, what a session and a token are.

-- An ID is given once, in whatever letters.
CREATE UNIQUE INDEX account_id_once ON account (lower(id));

ALTER TABLE account
    ADD COLUMN issuer          text NOT NULL DEFAULT '', -- of the identity provider; empty for accounts of this house
    ADD COLUMN subject         text NOT NULL DEFAULT '',
    ADD COLUMN password_set_at timestamptz,
    ADD COLUMN password_given  boolean NOT NULL DEFAULT false, -- by somebody else: it must be changed first
    ADD COLUMN pin_set_at      timestamptz,
    ADD COLUMN pin_given       boolean NOT NULL DEFAULT false,
    ADD COLUMN ended_at        timestamptz,
    ADD COLUMN ended_by        text NOT NULL DEFAULT '',
    ADD COLUMN end_reason      text NOT NULL DEFAULT '',
    ADD COLUMN last_login      timestamptz;
CREATE UNIQUE INDEX account_subject_once ON account (issuer, subject) WHERE issuer <> '';
UPDATE account SET password_set_at = CASE WHEN password_hash <> '' THEN now() END, pin_set_at = CASE WHEN pin_hash <> '' THEN now() END,
                   ended_at = CASE WHEN active THEN NULL ELSE now() END;

-- Earlier secrets, so that they do not come back.
CREATE TABLE account_secret (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL REFERENCES account (id),
    kind    text NOT NULL CHECK (kind IN ('password', 'pin')),
    hash    text NOT NULL,
    set_by  text NOT NULL,
    set_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX account_secret_newest ON account_secret (account, kind, id DESC);
INSERT INTO account_secret (account, kind, hash, set_by) SELECT id, 'password', password_hash, 'migration' FROM account WHERE password_hash <> '';
INSERT INTO account_secret (account, kind, hash, set_by) SELECT id, 'pin', pin_hash, 'migration' FROM account WHERE pin_hash <> '';

-- Roles per site. A row is closed, never deleted; account.roles is what is open at the account's own site, kept by the
-- database so that the two never differ.
CREATE TABLE role_assignment (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    text NOT NULL REFERENCES account (id),
    site       text NOT NULL REFERENCES equipment (id),
    role       text NOT NULL,
    source     text NOT NULL CHECK (source IN ('local', 'oidc')),
    from_at    timestamptz NOT NULL DEFAULT now(),
    by_account text NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    until_at   timestamptz,
    ended_by   text NOT NULL DEFAULT '',
    end_reason text NOT NULL DEFAULT '',
    CHECK ((until_at IS NULL) = (end_reason = ''))
);
CREATE UNIQUE INDEX role_assignment_once ON role_assignment (account, site, role) WHERE until_at IS NULL;
CREATE INDEX role_assignment_role ON role_assignment (site, role) WHERE until_at IS NULL;
INSERT INTO role_assignment (account, site, role, source, from_at, by_account, reason)
SELECT a.id, a.site, r.role, 'local', a.created_at, 'migration', 'Held before assignments were kept.'
  FROM account a CROSS JOIN LATERAL unnest(a.roles) WITH ORDINALITY AS r(role, n) ORDER BY a.id, r.n;

-- +goose StatementBegin
CREATE FUNCTION refresh_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account a SET roles = ARRAY(SELECT r.role FROM role_assignment r WHERE r.account = a.id AND r.site = a.site AND r.until_at IS NULL ORDER BY r.id)
     WHERE a.id = NEW.account;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER role_assignment_applied AFTER INSERT OR UPDATE ON role_assignment FOR EACH ROW EXECUTE FUNCTION refresh_roles();

-- What was assigned stays as it was written; only an open row can be closed.
-- +goose StatementBegin
CREATE FUNCTION keep_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.until_at IS NOT NULL OR (NEW.id, NEW.account, NEW.site, NEW.role, NEW.source, NEW.from_at, NEW.by_account, NEW.reason)
       IS DISTINCT FROM (OLD.id, OLD.account, OLD.site, OLD.role, OLD.source, OLD.from_at, OLD.by_account, OLD.reason) THEN
        RAISE EXCEPTION 'role_assignment % can only be closed, once', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER role_assignment_kept BEFORE UPDATE ON role_assignment FOR EACH ROW EXECUTE FUNCTION keep_assignment();

-- An account that has ended stays ended, and its ID stays its own.
-- +goose StatementBegin
CREATE FUNCTION keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR OLD.ended_at IS NOT NULL AND (NEW.active OR NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'account % keeps its ID and kind, and does not come back', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER account_kept BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION keep_account();

ALTER TABLE api_token
    ADD COLUMN id         bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN scopes     text[] NOT NULL DEFAULT '{*}', -- rights; * is all that the account has
    ADD COLUMN created_by text NOT NULL DEFAULT '',
    ADD COLUMN last_used  timestamptz,
    ADD COLUMN revoked_by text NOT NULL DEFAULT '';

-- Sessions from before are not known by account; nobody could end them. Everyone signs in once more.
DELETE FROM session;
ALTER TABLE session
    ADD COLUMN id         bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN account    text NOT NULL REFERENCES account (id),
    ADD COLUMN method     text NOT NULL,
    ADD COLUMN source     text NOT NULL DEFAULT '',
    ADD COLUMN station    text NOT NULL DEFAULT '',
    ADD COLUMN started_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN last_seen  timestamptz NOT NULL DEFAULT now();
CREATE INDEX session_account ON session (account);

-- Sign-ins that are at the identity provider. Taken once.
CREATE TABLE oidc_login (
    state_hash text PRIMARY KEY,
    nonce      text NOT NULL,
    verifier   text NOT NULL,
    next       text NOT NULL,
    expires_at timestamptz NOT NULL
);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_append_only('account_secret');
    PERFORM make_writable('role_assignment'), make_writable('oidc_login');
    GRANT DELETE ON oidc_login TO mes_app;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO mes_app', current_schema());
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
