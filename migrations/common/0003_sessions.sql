-- Sessions: who signed in, and until when that can be carried on. One that has ended is no row.

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- SHA-256 of the part of its refresh tokens that stays, by which any of them is known.
    family_hash TEXT NOT NULL UNIQUE,
    -- SHA-256 of the refresh token that was given out last.
    token_hash TEXT NOT NULL,
    -- SHA-256 of the one before it, and until when that may be sent again.
    former_hash TEXT,
    former_until TIMESTAMP,
    began_at TIMESTAMP NOT NULL,
    -- When it ends unless it is carried on, which is never after it ends in any case.
    idle_until TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_idle ON sessions (idle_until);

-- What ends a session ends its tokens; they carry no generation any more.
ALTER TABLE accounts DROP COLUMN token_generation;
