-- What others may learn of an entry, changed in several ways, each with its reason.

-- `shared` are those from before it was told apart.
ALTER TABLE sharing_changes ADD COLUMN kind TEXT NOT NULL DEFAULT 'shared';

-- The day on which an entry was retracted: nothing else is left of it but who could read it.
ALTER TABLE entries ADD COLUMN retracted_on DATE;

-- The day on which an entry was logged; of those from before, the day of this step.
ALTER TABLE entries ADD COLUMN logged_on DATE;
UPDATE entries SET logged_on = CURRENT_DATE;
-- The day to which an entry is kept, whatever its class says.
ALTER TABLE entries ADD COLUMN kept_until DATE;

-- For how many days entries of each class are kept, said anew each time; the last one holds.
CREATE TABLE retention_periods (
    operation_id UUID NOT NULL REFERENCES operations (id),
    number INTEGER NOT NULL,
    community_days INTEGER NOT NULL,
    engagement_days INTEGER NOT NULL,
    commitment_days INTEGER NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    texts BYTEA,
    PRIMARY KEY (operation_id, number)
);
