//! The tables of requests to be put in touch.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    contact_requests (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        organization_id -> Guid,
        account_id -> Guid,
        line_id -> Nullable<Guid>,
        flag_id -> Nullable<Guid>,
        class -> Text,
        asked_at -> Timestamp,
        closes_on -> Date,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    received_contact_requests (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        request_id -> Guid,
        organization_id -> Nullable<Guid>,
        asked_at -> Timestamp,
        answer -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        account_id -> Nullable<Guid>,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    contact_request_entries (operation_id, side_id, entry_id) {
        operation_id -> Guid,
        side_id -> Guid,
        entry_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    desk_changes (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        change -> Text,
        membership_id -> Nullable<Guid>,
        account_id -> Guid,
        proposed_at -> Timestamp,
        closes_on -> Date,
        texts -> Nullable<Binary>,
    }
}
