-- What others may learn of an entry, changed in several ways, each with its reason.

-- `shared` are those from before it was told apart.
ALTER TABLE sharing_changes ADD COLUMN kind TEXT NOT NULL DEFAULT 'shared';

-- The day on which an entry was retracted: nothing else is left of it but who could read it.
ALTER TABLE entries ADD COLUMN retracted_on DATE;
