-- Passkeys (WebAuthn): public keys of people's devices, by which they sign in without a password.

-- One that was removed is no row.
CREATE TABLE passkeys (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- What the device calls it.
    credential_id BYTEA NOT NULL UNIQUE,
    -- As COSE writes it, and the algorithm of its signatures.
    public_key BYTEA NOT NULL,
    algorithm BIGINT NOT NULL,
    -- How often it has signed, as far as the device counts.
    sign_count BIGINT NOT NULL,
    -- What its person calls it.
    name BYTEA NOT NULL,
    made_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- Those who were asked to show a passkey. A challenge that was answered is no row.
CREATE TABLE passkey_challenges (
    -- SHA-256.
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- Who was signed in, and in which session.
    account_id UUID REFERENCES accounts (id),
    session_id UUID,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX passkey_challenges_account ON passkey_challenges (account_id);
CREATE INDEX passkey_challenges_ends ON passkey_challenges (ends_at);
