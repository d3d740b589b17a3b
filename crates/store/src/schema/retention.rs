//! The tables of for how long entries are kept, and of what was changed in who learns of them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    retention_periods (operation_id, number) {
        operation_id -> Guid,
        number -> Integer,
        community_days -> Integer,
        engagement_days -> Integer,
        commitment_days -> Integer,
        changed_at -> Timestamp,
        account_id -> Guid,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    sharing_changes (operation_id, entry_id, number) {
        operation_id -> Guid,
        entry_id -> Guid,
        number -> Integer,
        changed_at -> Timestamp,
        account_id -> Guid,
        audience -> Text,
        disclosure -> Text,
        texts -> Nullable<Binary>,
        kind -> Text,
    }
}
