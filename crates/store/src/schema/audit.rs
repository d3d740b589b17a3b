//! The tables of the audit log, in the order of their columns.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    audit_records (id) {
        id -> Guid,
        operation_id -> Guid,
        recorded_at -> Timestamp,
        organization_id -> Nullable<Guid>,
        deed -> Text,
        action -> Text,
        record -> Text,
    }
}

diesel::table! {
    use crate::sql::Guid;

    audit_waiting (record_id) {
        record_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    audit_sequence (operation_id, number) {
        operation_id -> Guid,
        number -> BigInt,
        record_id -> Guid,
        record_hash -> Binary,
        chain_hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    audit_checkpoints (operation_id, size) {
        operation_id -> Guid,
        size -> BigInt,
        made_at -> Timestamp,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    audit_salts (operation_id, object_id, record_id) {
        operation_id -> Guid,
        object_id -> Guid,
        record_id -> Guid,
        salt -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    audit_sequencer (id) {
        id -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(audit_records, audit_waiting, audit_sequence);
