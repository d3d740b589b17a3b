//! The tables, in the order of their columns. A test compares this with both databases.

mod asking;
pub mod audit;
pub mod contact;
mod live;
mod notifications;
pub mod passkeys;
mod retention;

pub use live::live_ties;
pub use notifications::{email_addresses, email_codes, emailed_notifications, seen_notifications};
pub use retention::{retention_periods, sharing_changes};

pub use asking::{checks, questions, withheld_lines};

diesel::table! {
    use diesel::sql_types::*;

    installation (id) {
        id -> Integer,
        server_key -> Nullable<Text>,
        locked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    lock_down_calls (account_id) {
        account_id -> Guid,
        called_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    organization_keys (operation_id, owner_id) {
        operation_id -> Guid,
        owner_id -> Guid,
        id -> Guid,
        wrapped -> Binary,
        server_key -> Text,
    }
}
pub mod credentials;

pub use contact::{contact_requests, desk_changes, received_contact_requests};

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    operations (id) {
        id -> Guid,
        key -> Text,
        document -> Text,
        slack_days -> Integer,
        evaluated_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    accounts (id) {
        id -> Guid,
        login -> Text,
        name -> Binary,
        password_hash -> Nullable<Text>,
        invitation_hash -> Nullable<Text>,
        invitation_until -> Nullable<Timestamp>,
        is_administrator -> Bool,
        is_disabled -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    sessions (id) {
        id -> Guid,
        account_id -> Guid,
        family_hash -> Text,
        token_hash -> Text,
        former_hash -> Nullable<Text>,
        former_until -> Nullable<Timestamp>,
        began_at -> Timestamp,
        idle_until -> Timestamp,
        ends_at -> Timestamp,
        carried_on_at -> Timestamp,
        proved_at -> Timestamp,
        began_by -> Text,
        second_factor -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    places (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        lineage -> Text,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    mechanisms (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    organizations (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        is_community_led -> Bool,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    armed_actors (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        lineage -> Text,
        merged_into -> Nullable<Guid>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    memberships (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        account_id -> Guid,
        role -> Text,
        organization_id -> Nullable<Guid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    links (operation_id, owner_id, role, target_id) {
        operation_id -> Guid,
        owner_id -> Guid,
        role -> Text,
        target_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    leads (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        armed_actor_id -> Guid,
        organization_id -> Guid,
        ends_on -> Nullable<Date>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    common_positions (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        armed_actor_id -> Nullable<Guid>,
        ends_on -> Nullable<Date>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    entries (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        organization_id -> Nullable<Guid>,
        audience -> Text,
        disclosure -> Text,
        retracted_on -> Nullable<Date>,
        logged_on -> Nullable<Date>,
        kept_until -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    engagements (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        organization_id -> Guid,
        armed_actor_id -> Guid,
        level -> Text,
        status -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        strategy -> Nullable<Text>,
        document -> Text,
        texts -> Nullable<Binary>,
        touched_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    strategies (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        organization_id -> Guid,
        armed_actor_id -> Nullable<Guid>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    protection_risks (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        armed_actor_id -> Nullable<Guid>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    parts (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        organization_id -> Guid,
        key -> Text,
        engagement_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    commitments (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        key -> Text,
        organization_id -> Nullable<Guid>,
        entry_id -> Guid,
        engagement_id -> Nullable<Guid>,
        armed_actor_id -> Guid,
        status -> Text,
        ends_on -> Nullable<Date>,
        document -> Text,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    live_lines (operation_id, actor_lineage, ends_on, engagement_id) {
        operation_id -> Guid,
        actor_lineage -> Text,
        ends_on -> Date,
        engagement_id -> Guid,
        starts_on -> Date,
        organization_id -> Guid,
        place_lineage -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    due (operation_id, kind, thing_id) {
        operation_id -> Guid,
        due_on -> Date,
        kind -> Text,
        thing_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    flags (operation_id, id) {
        operation_id -> Guid,
        id -> Guid,
        identity -> Text,
        kind -> Text,
        class -> Text,
        severity -> Integer,
        holds -> Bool,
        state -> Text,
        resolution -> Nullable<Text>,
        raised_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    flag_subjects (operation_id, flag_id, kind, subject_id) {
        operation_id -> Guid,
        flag_id -> Guid,
        kind -> Text,
        subject_id -> Guid,
        engagement_id -> Nullable<Guid>,
        level -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    flag_entries (operation_id, flag_id, entry_id) {
        operation_id -> Guid,
        flag_id -> Guid,
        entry_id -> Guid,
        organization_id -> Nullable<Guid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    flag_steps (operation_id, flag_id, number) {
        operation_id -> Guid,
        flag_id -> Guid,
        number -> Integer,
        taken_at -> Timestamp,
        account_id -> Nullable<Guid>,
        from_state -> Nullable<Text>,
        to_state -> Text,
        resolution -> Nullable<Text>,
        cause -> Nullable<Text>,
        texts -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    idempotency_keys (operation_id, account_id, key) {
        operation_id -> Guid,
        account_id -> Guid,
        key -> Text,
        request_hash -> Text,
        resource_id -> Guid,
        used_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(withheld_lines, entries);
diesel::allow_tables_to_appear_in_same_query!(
    operations,
    accounts,
    places,
    mechanisms,
    organizations,
    armed_actors,
    memberships,
    links,
    leads,
    common_positions,
    entries,
    engagements,
    parts,
    commitments,
    strategies,
    protection_risks,
    live_lines,
    due,
    flags,
    flag_subjects,
    flag_entries,
    flag_steps,
    sharing_changes,
    idempotency_keys,
    sessions,
    organization_keys
);
