-- Signing in: how a session began and when it was last carried on or proved, second factors, and
-- tokens for tools.

ALTER TABLE sessions ADD COLUMN carried_on_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
-- When the person last proved, within it, who they are.
ALTER TABLE sessions ADD COLUMN proved_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
-- By what it began, and by which second factor besides.
ALTER TABLE sessions ADD COLUMN began_by TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN second_factor TEXT;
UPDATE sessions SET carried_on_at = began_at, proved_at = began_at;

-- What the codes of a second factor are made of.
CREATE TABLE second_factors (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id),
    secret BYTEA NOT NULL,
    -- When the person showed that they have it; until then it is asked for nowhere.
    confirmed_at TIMESTAMP,
    -- The half minute of the code that was used last: a code is good once, and none before it.
    used_step BIGINT NOT NULL,
    -- How many wrong codes were tried since one was right.
    wrong_tries BIGINT NOT NULL
);

-- What stands in for a code if the second factor is lost. One that was used is no row.
CREATE TABLE recovery_codes (
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- SHA-256.
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

-- Those who made the first of two steps of signing in. One that led on is no row.
CREATE TABLE challenges (
    -- SHA-256 of what was given out.
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    began_by TEXT NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX challenges_account ON challenges (account_id);
CREATE INDEX challenges_ends ON challenges (ends_at);

-- Tokens that a person gave to tools. One that was revoked is no row.
CREATE TABLE tool_tokens (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- SHA-256.
    token_hash TEXT NOT NULL UNIQUE,
    name BYTEA NOT NULL,
    scope TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX tool_tokens_account ON tool_tokens (account_id);
