-- Being put in touch: requests as those who ask know them, and, apart from these and with ids of
-- their own, as each of those knows it who was asked.

CREATE TABLE contact_requests (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    -- The organisation that asks, and who asked for it.
    organization_id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    -- The restricted line, or the flag that could be read, about which it asks.
    line_id UUID,
    flag_id UUID,
    class TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    -- It closes with the start of this UTC day.
    closes_on DATE NOT NULL,
    texts BYTEA,
    PRIMARY KEY (operation_id, id)
);
CREATE INDEX contact_requests_by_organization
    ON contact_requests (operation_id, organization_id, asked_at, id);

CREATE TABLE received_contact_requests (
    operation_id UUID NOT NULL,
    id UUID NOT NULL,
    request_id UUID NOT NULL,
    -- The organisation that is asked; none is the desk, of what is no organisation's.
    organization_id UUID,
    asked_at TIMESTAMP NOT NULL,
    answer TEXT,
    answered_at TIMESTAMP,
    account_id UUID REFERENCES accounts (id),
    texts BYTEA,
    PRIMARY KEY (operation_id, id),
    FOREIGN KEY (operation_id, request_id) REFERENCES contact_requests (operation_id, id)
);
CREATE INDEX received_contact_requests_by_request
    ON received_contact_requests (operation_id, request_id);
CREATE INDEX received_contact_requests_by_organization
    ON received_contact_requests (operation_id, organization_id, asked_at, id);

-- The entries that each of them is about, those of its own organisation alone. An entry that is
-- gone may still stand here.
CREATE TABLE contact_request_entries (
    operation_id UUID NOT NULL,
    -- A request, or a received one.
    side_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    PRIMARY KEY (operation_id, side_id, entry_id)
);

-- Changes of who is on the desk that one has proposed and another has to confirm. One that was
-- confirmed or withdrawn is no row.
CREATE TABLE desk_changes (
    operation_id UUID NOT NULL REFERENCES operations (id),
    id UUID NOT NULL,
    -- `add` or `remove`.
    change TEXT NOT NULL,
    -- The membership that is to end.
    membership_id UUID,
    -- Who proposed it.
    account_id UUID NOT NULL REFERENCES accounts (id),
    proposed_at TIMESTAMP NOT NULL,
    -- It can be confirmed until the start of this UTC day.
    closes_on DATE NOT NULL,
    -- Login and name of who is to join.
    texts BYTEA,
    PRIMARY KEY (operation_id, id)
);
