ALTER TABLE protection_risks ALTER COLUMN key TYPE TEXT COLLATE "C";
ALTER TABLE strategies ALTER COLUMN key TYPE TEXT COLLATE "C";
-- It is compared with the key of a strategy.
ALTER TABLE engagements ALTER COLUMN strategy TYPE TEXT COLLATE "C";
