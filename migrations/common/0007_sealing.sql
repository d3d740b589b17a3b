-- Free texts are sealed with a data key of each organisation, and that with the server's key, which
-- stands in no database. What was stored before stays readable until `concord keys seal`.

-- Which key of the server's this database belongs to: a name of it, from which nothing follows.
ALTER TABLE installation ADD COLUMN server_key TEXT;
-- Since when the installation is locked down, if it is.
ALTER TABLE installation ADD COLUMN locked_at TIMESTAMP;

CREATE TABLE organization_keys (
    operation_id UUID NOT NULL REFERENCES operations (id),
    -- The organisation; the operation itself for what is no single organisation's.
    owner_id UUID NOT NULL,
    -- By which a text says with which key it is sealed; each new key has another one.
    id UUID NOT NULL UNIQUE,
    wrapped BYTEA NOT NULL,
    -- The name of the server's key that wraps it.
    server_key TEXT NOT NULL,
    PRIMARY KEY (operation_id, owner_id)
);

-- Who has called for a lock-down, and when last. Two within a short time make one.
CREATE TABLE lock_down_calls (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id),
    called_at TIMESTAMP NOT NULL
);
