//! The tables of passkeys.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    passkeys (id) {
        id -> Guid,
        account_id -> Guid,
        credential_id -> Binary,
        public_key -> Binary,
        algorithm -> BigInt,
        sign_count -> BigInt,
        name -> Binary,
        made_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    passkey_challenges (challenge_hash) {
        challenge_hash -> Text,
        purpose -> Text,
        account_id -> Nullable<Guid>,
        session_id -> Nullable<Guid>,
        ends_at -> Timestamp,
    }
}
