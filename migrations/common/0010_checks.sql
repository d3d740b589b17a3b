-- What is asked about lines that the asker may not read: the budgets that it counts against, the
-- receipts of checks, and what is told a later day because a budget was spent.

-- Each check, and each entry that was logged or changed in what rules read.
CREATE TABLE questions (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    -- `check` or `entry`.
    kind TEXT NOT NULL,
    asked_on DATE NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    organization_id UUID NOT NULL,
    -- Whether it was answered on that day, and so counts against its budgets.
    is_counted BOOLEAN NOT NULL,
    -- How much was told of restricted lines; what stands for the question, so that the same one
    -- counts once among those that were told something.
    matches INTEGER NOT NULL,
    digest TEXT NOT NULL,
    -- The ids of the organisations whose lines it met.
    touched TEXT NOT NULL,
    PRIMARY KEY (operation_id, id),
    FOREIGN KEY (operation_id, organization_id) REFERENCES organizations (operation_id, id)
);
CREATE INDEX questions_by_account ON questions (operation_id, account_id, asked_on);
CREATE INDEX questions_by_organization ON questions (operation_id, organization_id, asked_on);
CREATE INDEX questions_by_day ON questions (operation_id, asked_on);

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
