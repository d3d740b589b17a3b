-- What changed of late is asked for, and most of what there is did not: lines of an organisation that were
-- begun, renewed or met since a day, and flags that took a step since a moment.
CREATE INDEX engagements_by_organization_and_touch
    ON engagements (operation_id, organization_id, touched_on);
CREATE INDEX flag_steps_by_time ON flag_steps (operation_id, taken_at);
