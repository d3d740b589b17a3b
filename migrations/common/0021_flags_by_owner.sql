-- Whose each entry is that a flag rests on, beside it: what waits for an organisation is found without
-- walking through all the flags of an operation, or through all that the organisation ever logged.
ALTER TABLE flag_entries ADD COLUMN organization_id UUID;
UPDATE flag_entries SET organization_id = (
    SELECT e.organization_id FROM entries e
     WHERE e.operation_id = flag_entries.operation_id AND e.id = flag_entries.entry_id
);
CREATE INDEX flag_entries_by_organization ON flag_entries (operation_id, organization_id, flag_id);
