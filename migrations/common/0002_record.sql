-- The rest of the record: strategies, protection risks, and when an engagement was last touched.

-- What is coordinated by strategy is decided from the documents of the lines that meet.
ALTER TABLE live_lines DROP COLUMN strategy;

-- The last day on which it was begun, renewed, or its armed actor was met. Of what was logged
-- before, only the beginning is known until it is next written.
ALTER TABLE engagements ADD COLUMN touched_on DATE NOT NULL DEFAULT '1970-01-01';
UPDATE engagements SET touched_on = starts_on;

-- Who may read a strategy is asked of the engagements of its owner that name it.
CREATE INDEX engagements_by_strategy ON engagements (operation_id, organization_id, strategy);

CREATE TABLE strategies (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    organization_id UUID NOT NULL,
    armed_actor_id UUID,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, organization_id, key),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id)
);

CREATE TABLE protection_risks (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    armed_actor_id UUID,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id)
);
CREATE INDEX protection_risks_by_actor ON protection_risks (operation_id, armed_actor_id);
