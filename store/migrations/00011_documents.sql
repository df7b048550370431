-- +goose Up
-- Controlled documents: what people and machines work by, revision by revision, and who has read it.

CREATE TABLE document (
    kind       text NOT NULL CHECK (kind IN ('routing', 'instruction', 'inspection_rule', 'recipe')),
    id         text NOT NULL CHECK (id <> ''),
    site       text NOT NULL REFERENCES equipment (id),
    name       text NOT NULL,
    owner      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, id)
);

CREATE TABLE document_revision (
    kind            text NOT NULL,
    id              text NOT NULL,
    revision        text NOT NULL CHECK (revision <> ''),
    state           text NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'effective', 'superseded', 'withdrawn')),
    content         jsonb NOT NULL,
    hash            text NOT NULL,
    version         bigint NOT NULL DEFAULT 1,
    source          text NOT NULL DEFAULT 'here' CHECK (source IN ('here', 'import')),
    authors         text[] NOT NULL,
    changed_by      text NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    reason          text NOT NULL DEFAULT '',
    readers         jsonb NOT NULL DEFAULT '{}',
    effective_on    timestamptz,
    submitted_by    text NOT NULL DEFAULT '',
    submitted_at    timestamptz,
    request         text NOT NULL DEFAULT '',
    approved_by     text NOT NULL DEFAULT '',
    approved_at     timestamptz,
    effective_from  timestamptz,
    effective_until timestamptz,
    superseded_by   text NOT NULL DEFAULT '',
    end_reason      text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, id, revision),
    FOREIGN KEY (kind, id) REFERENCES document (kind, id)
);
-- One revision is in force, and one is on its way.
CREATE UNIQUE INDEX document_in_force ON document_revision (kind, id) WHERE state = 'effective';
CREATE UNIQUE INDEX document_open ON document_revision (kind, id) WHERE state IN ('draft', 'in_review', 'approved');
CREATE INDEX document_changed ON document_revision (changed_at DESC);

-- What was submitted never changes: only a draft's content may be written, and a draft is what a rejection makes of it.
-- +goose StatementBegin
CREATE FUNCTION keep_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.kind, OLD.id, OLD.revision, OLD.source, OLD.created_at) IS DISTINCT FROM (NEW.kind, NEW.id, NEW.revision, NEW.source, NEW.created_at) THEN
        RAISE EXCEPTION 'a revision keeps its name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'draft' AND (OLD.content, OLD.hash, OLD.authors, OLD.reason, OLD.readers) IS DISTINCT FROM (NEW.content, NEW.hash, NEW.authors, NEW.reason, NEW.readers) THEN
        RAISE EXCEPTION '% % rev % is %: its content never changes', OLD.kind, OLD.id, OLD.revision, OLD.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('draft', 'in_review'), ('draft', 'withdrawn'), ('in_review', 'draft'), ('in_review', 'approved'),
        ('in_review', 'withdrawn'), ('approved', 'effective'), ('approved', 'withdrawn'), ('effective', 'superseded')) THEN
        RAISE EXCEPTION '% % rev % is %: it cannot become %', OLD.kind, OLD.id, OLD.revision, OLD.state, NEW.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER document_revision_keep BEFORE UPDATE ON document_revision FOR EACH ROW EXECUTE FUNCTION keep_revision();
CREATE TRIGGER document_revision_no_delete BEFORE DELETE ON document_revision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_revision_no_truncate BEFORE TRUNCATE ON document_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A person's word that they have read and understood.
CREATE TABLE read_confirmation (
    account  text NOT NULL REFERENCES account (id),
    kind     text NOT NULL,
    id       text NOT NULL,
    revision text NOT NULL,
    hash     text NOT NULL,
    station  text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, kind, id, revision),
    FOREIGN KEY (kind, id, revision) REFERENCES document_revision (kind, id, revision)
);

-- The instructions that were in force when an order took up a routing revision.
CREATE TABLE order_document (
    work_order       text NOT NULL REFERENCES work_order (number),
    routing_revision text NOT NULL,
    kind             text NOT NULL,
    id               text NOT NULL,
    revision         text NOT NULL,
    frozen_at        timestamptz NOT NULL,
    PRIMARY KEY (work_order, routing_revision, kind, id),
    FOREIGN KEY (kind, id, revision) REFERENCES document_revision (kind, id, revision)
);

-- Moves of running orders to another revision.
CREATE TABLE order_change (
    id            text PRIMARY KEY,
    site          text NOT NULL REFERENCES equipment (id),
    work_order    text NOT NULL REFERENCES work_order (number),
    from_revision text NOT NULL,
    to_revision   text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    state         text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected')),
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL DEFAULT now(),
    request       text NOT NULL DEFAULT '',
    decided_by    text NOT NULL DEFAULT '',
    decided_at    timestamptz,
    end_reason    text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX order_change_open ON order_change (work_order) WHERE state = 'requested';
CREATE INDEX order_change_order ON order_change (work_order, requested_at DESC);

-- What became of each lot that was open then: it moved, or it stays.
CREATE TABLE order_change_lot (
    change    text NOT NULL REFERENCES order_change (id),
    lot       text NOT NULL REFERENCES lot (id),
    fate      text NOT NULL CHECK (fate IN ('moved', 'stays')),
    operation text NOT NULL, -- that it waited for
    next      text NOT NULL, -- that it waits for on the new revision
    why       text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (change, lot)
);

-- A lot has a revision of its own: its order may have moved on before it could.
ALTER TABLE lot ADD COLUMN revision text NOT NULL DEFAULT '';
UPDATE lot l SET revision = o.revision FROM work_order o WHERE o.number = l.work_order;

-- Routings that are here came by import. The table routing stays what orders and lots run by: a row is written when a
-- revision comes into force, and is never changed but for its state.
INSERT INTO document (kind, id, site, name)
SELECT DISTINCT 'routing', r.product, (SELECT e.id FROM equipment e WHERE e.level = 'site' ORDER BY e.id LIMIT 1), m.name
  FROM routing r JOIN material m ON m.id = r.product;
INSERT INTO document_revision (kind, id, revision, state, content, hash, source, authors, changed_by, changed_at, approved_by, approved_at, effective_from, reason)
SELECT 'routing', r.product, r.revision,
       CASE WHEN r.state = 'draft' THEN 'withdrawn'
            WHEN r.state = 'superseded' OR r.revision <> first_value(r.revision) OVER newest THEN 'superseded' ELSE 'effective' END,
       r.definition, r.hash, 'import', ARRAY[r.approved_by], r.approved_by, coalesce(r.approved_at, now()), r.approved_by, r.approved_at, r.approved_at, 'Imported'
  FROM routing r WINDOW newest AS (PARTITION BY r.product ORDER BY r.state, r.approved_at DESC NULLS LAST, r.revision DESC);

-- +goose StatementBegin
DO $$
BEGIN
    PERFORM make_writable('document'), make_writable('document_revision'), make_writable('order_change');
    PERFORM make_append_only('read_confirmation'), make_append_only('order_document'), make_append_only('order_change_lot');
    REVOKE EXECUTE ON FUNCTION keep_revision() FROM PUBLIC;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
