-- What is asked about lines that the asker may not read: the budgets that it counts against, the
-- receipts of checks, and what is told a later day because a budget was spent.

-- How often checks, and entries that were logged or changed in what rules read, were answered on a
-- UTC day: once for each person and organisation, and besides for each that was told something.
CREATE TABLE questions (
    operation_id UUID NOT NULL REFERENCES operations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    organization_id UUID NOT NULL,
    asked_on DATE NOT NULL,
    -- What stands for the question, so that the same one counts once among those that were told
    -- something; empty for all that were told nothing.
    digest TEXT NOT NULL,
    asked INTEGER NOT NULL,
    -- How much was told of restricted lines.
    told INTEGER NOT NULL,
    PRIMARY KEY (operation_id, account_id, organization_id, asked_on, digest),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX questions_by_account ON questions (operation_id, account_id, asked_on);
CREATE INDEX questions_by_organization ON questions (operation_id, organization_id, asked_on);

-- The receipts of checks: the question and the word. Nothing of them changes.
CREATE TABLE checks (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    organization_id UUID NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    word TEXT NOT NULL,
    document TEXT NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX checks_by_time ON checks (operation_id, asked_at, id);

-- Entries whose restricted lines stand as they were until a budget has room.
CREATE TABLE withheld_lines (
    operation_id UUID NOT NULL REFERENCES operations (id),
    entry_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    -- Whose change it was.
    account_id UUID NOT NULL REFERENCES accounts (id),
    since TIMESTAMP NOT NULL,
    -- The classes of the lines that were shown before.
    told TEXT NOT NULL,
    PRIMARY KEY (operation_id, entry_id),
    FOREIGN KEY (operation_id, entry_id) REFERENCES entries (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX withheld_lines_by_asker ON withheld_lines (operation_id, account_id, organization_id, since);
