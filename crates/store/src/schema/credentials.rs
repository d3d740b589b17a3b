//! The tables of what people and their tools are known by besides the password.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    second_factors (account_id) {
        account_id -> Guid,
        secret -> Binary,
        confirmed_at -> Nullable<Timestamp>,
        used_step -> BigInt,
        wrong_tries -> BigInt,
        server_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    recovery_codes (account_id, code_hash) {
        account_id -> Guid,
        code_hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    challenges (challenge_hash) {
        challenge_hash -> Text,
        account_id -> Guid,
        began_by -> Text,
        ends_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    tool_tokens (id) {
        id -> Guid,
        account_id -> Guid,
        token_hash -> Text,
        name -> Binary,
        scope -> Text,
        made_at -> Timestamp,
        ends_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    identities (id) {
        id -> Guid,
        account_id -> Guid,
        issuer -> Text,
        subject_hash -> Text,
        linked_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    attempts (state_hash) {
        state_hash -> Text,
        secret_hash -> Text,
        purpose -> Text,
        account_id -> Nullable<Guid>,
        session_id -> Nullable<Guid>,
        ends_at -> Timestamp,
    }
}
