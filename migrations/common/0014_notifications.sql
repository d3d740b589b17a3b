-- What waits for people is found when they ask for it. What each of them has seen of it is kept, as
-- ids, for as long as it waits.

CREATE TABLE seen_notifications (
    operation_id UUID NOT NULL REFERENCES operations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- What stands for it, made of what its person was shown.
    id UUID NOT NULL,
    -- What it is about.
    thing_id UUID NOT NULL,
    PRIMARY KEY (operation_id, account_id, id)
);
CREATE INDEX seen_notifications_by_thing ON seen_notifications (operation_id, thing_id);
