//! The tables of what is asked and told of hidden lines, in the order of their columns.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    questions (operation_id, account_id, organization_id, asked_on, digest) {
        operation_id -> Guid,
        account_id -> Guid,
        organization_id -> Guid,
        asked_on -> Date,
        digest -> Text,
        asked -> Integer,
        told -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    checks (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        account_id -> Guid,
        organization_id -> Guid,
        asked_at -> Timestamp,
        word -> Text,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    withheld_lines (operation_id, entry_id) {
        operation_id -> Guid,
        entry_id -> Guid,
        organization_id -> Guid,
        account_id -> Guid,
        since -> Timestamp,
        told -> Text,
    }
}
