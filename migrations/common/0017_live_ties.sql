-- What makes another line coordinated with a live one. There are as many as are live, so it takes no
-- longer as history grows to ask which lines of an organisation are coordinated with one.
CREATE TABLE live_ties (
    operation_id UUID NOT NULL REFERENCES operations (id),
    -- Who leads the live line.
    organization_id UUID NOT NULL,
    -- `line` and its id, `partner` and the id of one, `follows` and the id of what it follows,
    -- `strategy` and the one that it names; ids without hyphens.
    tie TEXT NOT NULL,
    engagement_id UUID NOT NULL,
    PRIMARY KEY (operation_id, organization_id, tie, engagement_id)
);
CREATE INDEX live_ties_by_engagement ON live_ties (operation_id, engagement_id);
INSERT INTO live_ties (operation_id, organization_id, tie, engagement_id)
    SELECT l.operation_id, l.organization_id, 'strategy ' || e.strategy, l.engagement_id
    FROM live_lines l JOIN engagements e
        ON e.operation_id = l.operation_id AND e.id = l.engagement_id
    WHERE e.strategy IS NOT NULL;
