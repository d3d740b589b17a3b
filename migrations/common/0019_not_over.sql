-- What is over grows with the years, and what is asked for is not: commitments that had not ended on a
-- day, with an actor and of the whole operation, and lines that began or in which somebody was met of
-- late.
CREATE INDEX commitments_by_actor_and_end ON commitments (operation_id, armed_actor_id, ends_on);
CREATE INDEX commitments_by_end ON commitments (operation_id, ends_on);
CREATE INDEX engagements_by_actor_and_touch
    ON engagements (operation_id, armed_actor_id, level, touched_on);
CREATE INDEX engagements_by_actor_and_start
    ON engagements (operation_id, armed_actor_id, starts_on);
