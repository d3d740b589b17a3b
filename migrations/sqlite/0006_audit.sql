-- What is in the log stays there as it is.
CREATE TRIGGER audit_records_wait AFTER INSERT ON audit_records
BEGIN INSERT INTO audit_waiting (record_id) VALUES (NEW.id); END;

CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_records_same BEFORE UPDATE ON audit_records
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;

CREATE TRIGGER audit_sequence_stays BEFORE DELETE ON audit_sequence
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_sequence_same BEFORE UPDATE ON audit_sequence
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;

CREATE TRIGGER audit_checkpoints_stay BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_checkpoints_same BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
