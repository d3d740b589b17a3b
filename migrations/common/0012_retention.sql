-- What others may learn of an entry, changed in several ways, each with its reason.

-- `shared` are those from before it was told apart.
ALTER TABLE sharing_changes ADD COLUMN kind TEXT NOT NULL DEFAULT 'shared';
