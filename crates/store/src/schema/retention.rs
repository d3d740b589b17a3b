//! The table of for how long entries are kept.

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
