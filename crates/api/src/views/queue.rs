//! What the desk sees of flags.

use concord_app::desk::Queued;
use concord_domain::vocabulary::Closed;
use concord_reports::Named;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{flag_class, flag_kind, severity};

/// A flag as the desk sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedFlag {
    /// Its id.
    pub id: Uuid,
    /// Which rule raised it.
    #[schema(schema_with = flag_kind)]
    pub kind: &'static str,
    /// What it is about, in one word.
    #[schema(schema_with = flag_class)]
    pub class: &'static str,
    /// How much it matters.
    #[schema(schema_with = severity)]
    pub severity: &'static str,
    /// The organisations whose entries it is about.
    pub organizations: Vec<Named>,
    /// The topmost armed actors that it is about.
    pub armed_actors: Vec<Named>,
}

impl From<Queued> for QueuedFlag {
    fn from(flag: Queued) -> Self {
        let named = |all: Vec<(Uuid, String)>| {
            all.into_iter().map(|(id, name)| Named { id, name }).collect()
        };
        Self {
            id: flag.id,
            kind: flag.kind.code(),
            class: flag.class.code(),
            severity: flag.severity.code(),
            organizations: named(flag.organizations),
            armed_actors: named(flag.armed_actors),
        }
    }
}

/// What waits for the desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// The flags, the worst first.
    pub items: Vec<QueuedFlag>,
    /// Where the list goes on; null at its end.
    pub next: Option<String>,
}
