-- What the codes of second factors are made of is sealed with the server's key. What was stored
-- before stays readable until `concord keys seal`.

-- The name of the server's key that seals it; none for what stands in the clear.
ALTER TABLE second_factors ADD COLUMN server_key TEXT;

-- By what an identity provider knows somebody.
CREATE TABLE identities (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    issuer TEXT NOT NULL,
    -- SHA-256 of the issuer and of what it calls the person.
    subject_hash TEXT NOT NULL UNIQUE,
    linked_at TIMESTAMP NOT NULL
);
CREATE INDEX identities_account ON identities (account_id);

-- Those who were sent to the identity provider. One who came back is no row.
CREATE TABLE attempts (
    -- SHA-256 of what comes back with them.
    state_hash TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 of what they were told and the provider was not.
    secret_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- Who was signed in, and in which session.
    account_id UUID REFERENCES accounts (id),
    session_id UUID,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX attempts_account ON attempts (account_id);
CREATE INDEX attempts_ends ON attempts (ends_at);
