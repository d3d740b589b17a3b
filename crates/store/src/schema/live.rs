//! What the live lines are tied to.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::Guid;

    live_ties (operation_id, organization_id, tie, engagement_id) {
        operation_id -> Guid,
        organization_id -> Guid,
        tie -> Text,
        engagement_id -> Guid,
    }
}
