-- The registry: operations and what belongs to them, people, entries, flags.
--
-- Every table of an operation leads its keys with the operation's id, so that operations can be
-- put on machines of their own. Ids are random. Documents are JSON without their free texts;
-- those stand apart, in columns called `texts`, of one type. Nothing derived repeats content.

CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1)
);
INSERT INTO installation (id) VALUES (1);

CREATE TABLE operations (
    id UUID NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    slack_days INTEGER NOT NULL,
    -- The UTC day as of which the flags stand.
    evaluated_on DATE NOT NULL
);

CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name BYTEA NOT NULL,
    password_hash TEXT,
    invitation_hash TEXT UNIQUE,
    invitation_until TIMESTAMP,
    is_administrator BOOLEAN NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    -- Raised whenever the tokens that were given out are to end.
    token_generation INTEGER NOT NULL
);

CREATE TABLE places (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    -- Where it stands in the tree, as a dotted path from the root, ordered bytewise.
    lineage TEXT NOT NULL,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key),
    UNIQUE (operation_id, lineage)
);

CREATE TABLE mechanisms (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key)
);

CREATE TABLE organizations (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    is_community_led BOOLEAN NOT NULL,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key)
);

CREATE TABLE armed_actors (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    lineage TEXT NOT NULL,
    -- The armed actor that this one was found to be; it is shown no more.
    merged_into UUID,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key),
    UNIQUE (operation_id, lineage),
    FOREIGN KEY (operation_id, merged_into) REFERENCES armed_actors (operation_id, id)
);

CREATE TABLE memberships (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    organization_id UUID,
    PRIMARY KEY (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX memberships_by_account ON memberships (account_id, operation_id);

-- Every list of references: from whom, in which role, to what. It is looked up both ways.
CREATE TABLE links (
    operation_id UUID NOT NULL REFERENCES operations (id),
    owner_id UUID NOT NULL,
    role TEXT NOT NULL,
    target_id UUID NOT NULL,
    PRIMARY KEY (operation_id, owner_id, role, target_id)
);
CREATE INDEX links_by_target ON links (operation_id, role, target_id, owner_id);

CREATE TABLE leads (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    armed_actor_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    ends_on DATE,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX leads_by_actor ON leads (operation_id, armed_actor_id);
CREATE INDEX leads_by_organization ON leads (operation_id, organization_id);

CREATE TABLE common_positions (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    armed_actor_id UUID,
    ends_on DATE,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, key),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id)
);
CREATE INDEX common_positions_by_actor ON common_positions (operation_id, armed_actor_id);

-- What has an audience of its own. Whoever may read an entry is decided here and nowhere else.
CREATE TABLE entries (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    -- The owner; none keeps what the desk keeps.
    organization_id UUID,
    audience TEXT NOT NULL,
    disclosure TEXT NOT NULL,
    PRIMARY KEY (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);

CREATE TABLE engagements (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    organization_id UUID NOT NULL,
    armed_actor_id UUID NOT NULL,
    level TEXT NOT NULL,
    status TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    strategy TEXT,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, organization_id, key),
    FOREIGN KEY (operation_id, id) REFERENCES entries (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id)
);
CREATE INDEX engagements_by_actor ON engagements (operation_id, armed_actor_id, level);
CREATE INDEX engagements_by_day ON engagements (operation_id, starts_on, id);

-- The keys of asks and demands, which share one set for each owner.
CREATE TABLE parts (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    key TEXT NOT NULL,
    engagement_id UUID NOT NULL,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, organization_id, key),
    FOREIGN KEY (operation_id, engagement_id) REFERENCES engagements (operation_id, id)
);
CREATE INDEX parts_by_engagement ON parts (operation_id, engagement_id);

CREATE TABLE commitments (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    key TEXT NOT NULL,
    organization_id UUID,
    -- Whose audience it has: its engagement, or itself.
    entry_id UUID NOT NULL,
    engagement_id UUID,
    armed_actor_id UUID NOT NULL,
    status TEXT NOT NULL,
    ends_on DATE,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, organization_id, key),
    FOREIGN KEY (operation_id, entry_id) REFERENCES entries (operation_id, id),
    FOREIGN KEY (operation_id, engagement_id) REFERENCES engagements (operation_id, id),
    FOREIGN KEY (operation_id, armed_actor_id) REFERENCES armed_actors (operation_id, id)
);
CREATE INDEX commitments_by_actor ON commitments (operation_id, armed_actor_id, status);
CREATE INDEX commitments_by_engagement ON commitments (operation_id, engagement_id);

-- The live engagements alone, narrow, so that what may meet a new line is one range of one index
-- however long the history grows. `ends_on` is the last day on which any of its parts still meets
-- another, slack included.
CREATE TABLE live_lines (
    operation_id UUID NOT NULL REFERENCES operations (id),
    actor_lineage TEXT NOT NULL,
    ends_on DATE NOT NULL,
    engagement_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    organization_id UUID NOT NULL,
    strategy TEXT,
    -- The lowest place that holds all of its places; empty for the whole operation.
    place_lineage TEXT NOT NULL,
    PRIMARY KEY (operation_id, actor_lineage, ends_on, engagement_id)
);
CREATE UNIQUE INDEX live_lines_by_engagement ON live_lines (operation_id, engagement_id);
CREATE INDEX live_lines_by_organization ON live_lines (operation_id, organization_id);

-- The next day on which the passing of time changes what a thing means to the rules.
CREATE TABLE due (
    operation_id UUID NOT NULL REFERENCES operations (id),
    due_on DATE NOT NULL,
    kind TEXT NOT NULL,
    thing_id UUID NOT NULL,
    PRIMARY KEY (operation_id, kind, thing_id)
);
CREATE INDEX due_by_day ON due (operation_id, due_on);

CREATE TABLE flags (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    identity TEXT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    severity INTEGER NOT NULL,
    holds BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    resolution TEXT,
    raised_at TIMESTAMP NOT NULL,
    PRIMARY KEY (operation_id, id),
    UNIQUE (operation_id, identity)
);
CREATE INDEX flags_by_severity ON flags (operation_id, severity, raised_at, id);

CREATE TABLE flag_subjects (
    operation_id UUID NOT NULL,
    flag_id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- The id of the thing; nil for a level.
    subject_id UUID NOT NULL,
    -- The engagement that it is part of, or the code of a level.
    engagement_id UUID,
    level TEXT,
    PRIMARY KEY (operation_id, flag_id, kind, subject_id),
    FOREIGN KEY (operation_id, flag_id) REFERENCES flags (operation_id, id)
);
CREATE INDEX flag_subjects_by_subject ON flag_subjects (operation_id, subject_id);
CREATE INDEX flag_subjects_by_engagement ON flag_subjects (operation_id, engagement_id);

-- The entries that a flag rests on; whoever may read all of them may read the flag.
CREATE TABLE flag_entries (
    operation_id UUID NOT NULL,
    flag_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    PRIMARY KEY (operation_id, flag_id, entry_id),
    FOREIGN KEY (operation_id, flag_id) REFERENCES flags (operation_id, id),
    FOREIGN KEY (operation_id, entry_id) REFERENCES entries (operation_id, id)
);
CREATE INDEX flag_entries_by_entry ON flag_entries (operation_id, entry_id);

CREATE TABLE flag_steps (
    operation_id UUID NOT NULL,
    flag_id UUID NOT NULL,
    number INTEGER NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    -- Who took it; none if the flag took it by itself.
    account_id UUID REFERENCES accounts (id),
    from_state TEXT,
    to_state TEXT NOT NULL,
    resolution TEXT,
    cause TEXT,
    texts BYTEA,
    PRIMARY KEY (operation_id, flag_id, number),
    FOREIGN KEY (operation_id, flag_id) REFERENCES flags (operation_id, id)
);

-- Who changed who may read an entry, and why.
CREATE TABLE sharing_changes (
    operation_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    number INTEGER NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    audience TEXT NOT NULL,
    disclosure TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, entry_id, number),
    FOREIGN KEY (operation_id, entry_id) REFERENCES entries (operation_id, id)
);

-- What was made under a key that its sender may send again.
CREATE TABLE idempotency_keys (
    operation_id UUID NOT NULL REFERENCES operations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    resource_id UUID NOT NULL,
    used_at TIMESTAMP NOT NULL,
    PRIMARY KEY (operation_id, account_id, key)
);
