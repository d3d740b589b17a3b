//! What waits for somebody, without what it holds.

use concord_domain::{notification, vocabulary::Closed};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Ref};
use uuid::Uuid;

fn notification_kind() -> Ref {
    Ref::from_schema_name("NotificationKind")
}

/// That something waits for you.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    /// Its id, by which you say that you have seen it.
    pub id: Uuid,
    /// What sort of thing waits.
    #[schema(schema_with = notification_kind)]
    pub kind: &'static str,
    /// Which thing: by its kind a request, a flag, a change of the desk, or an entry of yours.
    pub about: Uuid,
    /// Since which day, in UTC, it waits; of a commitment its last day. Null of restricted lines and
    /// of the desk's queue, where it would tell when others did something.
    #[schema(format = Date)]
    pub day: Option<String>,
}

impl From<notification::Notification> for Notification {
    fn from(waiting: notification::Notification) -> Self {
        Self {
            id: waiting.id,
            kind: waiting.kind.code(),
            about: waiting.thing,
            day: waiting.day.map(|day| day.to_string()),
        }
    }
}
