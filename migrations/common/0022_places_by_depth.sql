-- Of the tree of places the few at its top are asked for alone, to be drawn around others.
CREATE INDEX places_by_depth
    ON places (operation_id, (length(lineage) - length(replace(lineage, '.', ''))));
