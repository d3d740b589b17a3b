-- The audit log: who did what, who was shown whose entries, and who was refused. It holds ids,
-- codes and salted hashes, and no content.

-- What was written with the deed itself. Nobody counts here, so that no writer waits for another.
CREATE TABLE audit_records (
    id UUID NOT NULL PRIMARY KEY,
    -- Which log it is of: that of an operation; that of zeros is the installation's.
    operation_id UUID NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    -- The organisation whose part of the log it belongs to; of none, only an auditor reads it.
    organization_id UUID,
    deed TEXT NOT NULL,
    action TEXT NOT NULL,
    -- What is hashed, byte by byte.
    record TEXT NOT NULL
);
CREATE INDEX audit_records_by_time ON audit_records (operation_id, recorded_at, id);
CREATE INDEX audit_records_by_organization
    ON audit_records (operation_id, organization_id, recorded_at, id);

-- The records that stand in no order yet. A trigger puts them here.
CREATE TABLE audit_waiting (
    record_id UUID NOT NULL PRIMARY KEY
);

-- The order of the records of each log, in which each binds all before it.
CREATE TABLE audit_sequence (
    operation_id UUID NOT NULL,
    -- From 0, without gaps.
    number BIGINT NOT NULL,
    record_id UUID NOT NULL UNIQUE REFERENCES audit_records (id),
    -- SHA-256 of the record, and of what was chained before it with that.
    record_hash BYTEA NOT NULL,
    chain_hash BYTEA NOT NULL,
    PRIMARY KEY (operation_id, number)
);

-- What was signed: that a log of so many records is this one.
CREATE TABLE audit_checkpoints (
    operation_id UUID NOT NULL,
    size BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (operation_id, size)
);

-- With its salt it can be shown what a thing was when it was written. Erasing a thing erases its
-- salts: then its hashes in the log say nothing, and the log stays whole.
CREATE TABLE audit_salts (
    operation_id UUID NOT NULL,
    object_id UUID NOT NULL,
    record_id UUID NOT NULL,
    salt BYTEA NOT NULL,
    PRIMARY KEY (operation_id, object_id, record_id)
);

-- Whoever puts records in order holds this row.
CREATE TABLE audit_sequencer (
    id INTEGER NOT NULL PRIMARY KEY
);
INSERT INTO audit_sequencer (id) VALUES (1);
