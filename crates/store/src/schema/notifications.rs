//! The table of what people have seen of what waits for them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    seen_notifications (operation_id, account_id, id) {
        operation_id -> Guid,
        account_id -> Guid,
        id -> Guid,
        thing_id -> Guid,
    }
}
