-- That something waits for somebody can be told by e-mail, to an address that they have confirmed.

CREATE TABLE email_addresses (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id),
    -- Sealed with the server's key, all of one length.
    address BYTEA NOT NULL,
    -- The name of that key.
    server_key TEXT NOT NULL,
    language TEXT NOT NULL,
    -- What is sent there.
    sends TEXT NOT NULL,
    -- When the person showed that they read what is sent there; until then nothing but a code is.
    confirmed_at TIMESTAMP,
    -- The Monday of the last digest that was seen to, whether or not there was anything to send.
    digest_on DATE NOT NULL,
    -- The last morning on which was looked for what is told once a day.
    morning_on DATE NOT NULL,
    -- A message that was not taken, and is tried again.
    owed TEXT,
    -- How often in a row one was not.
    failures BIGINT NOT NULL,
    try_at TIMESTAMP
);

-- The codes that were sent lately to confirm an address. The last one of an account is good, until
-- others were tried too often in its place.
CREATE TABLE email_codes (
    -- SHA-256.
    code_hash TEXT NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    sent_at TIMESTAMP NOT NULL,
    wrong_tries BIGINT NOT NULL
);
CREATE INDEX email_codes_account ON email_codes (account_id, sent_at);
CREATE INDEX email_codes_sent ON email_codes (sent_at);

-- What people were sent a message about, as ids, so that none is sent twice.
CREATE TABLE emailed_notifications (
    operation_id UUID NOT NULL REFERENCES operations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- What stands for it, made of what its person was shown.
    id UUID NOT NULL,
    -- What it is about.
    thing_id UUID NOT NULL,
    PRIMARY KEY (operation_id, account_id, id)
);
CREATE INDEX emailed_notifications_by_thing ON emailed_notifications (operation_id, thing_id);
CREATE INDEX emailed_notifications_account ON emailed_notifications (account_id);
