-- What rules ask of hundreds at once stands beside their ids: the rows themselves, with their
-- documents, are not read for it.
CREATE INDEX places_by_id ON places (operation_id, id, lineage);
CREATE INDEX armed_actors_by_id ON armed_actors (operation_id, id, lineage);
CREATE INDEX organizations_by_id ON organizations (operation_id, id, is_community_led);
