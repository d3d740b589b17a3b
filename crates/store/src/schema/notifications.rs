//! The tables of what people have seen of what waits for them, and of who is told by e-mail.

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    email_addresses (account_id) {
        account_id -> Guid,
        address -> Binary,
        server_key -> Text,
        language -> Text,
        sends -> Text,
        confirmed_at -> Nullable<Timestamp>,
        digest_on -> Date,
        morning_on -> Date,
        owed -> Nullable<Text>,
        failures -> BigInt,
        try_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    email_codes (code_hash) {
        code_hash -> Text,
        account_id -> Guid,
        sent_at -> Timestamp,
        wrong_tries -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    emailed_notifications (operation_id, account_id, id) {
        operation_id -> Guid,
        account_id -> Guid,
        id -> Guid,
        thing_id -> Guid,
    }
}
