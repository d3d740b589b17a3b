-- What went on in a period, of one armed actor or of all, is found by when it ended: the history
-- before the period is not walked along.
CREATE INDEX engagements_by_end ON engagements (operation_id, ends_on);
CREATE INDEX engagements_by_actor_and_end ON engagements (operation_id, armed_actor_id, ends_on);
