//! What happened with an armed actor, or in what an organisation keeps, day by day.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Named, Term, disclosed::Disclosed};

/// What happened with an armed actor and all above and below it, as far as its reader may know;
/// the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Timeline {
    /// The armed actor.
    pub armed_actor: Named,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// What happened.
    pub events: Vec<TimelineEvent>,
    /// What others disclose of lines that the reader may not read, by month.
    pub disclosed: Disclosed,
    /// Whether there was more than is shown here.
    pub cut: bool,
    /// What it covers and what it does not.
    pub note: String,
}

/// What changed in the last seven days in what the reader's own organisations keep, as far as the
/// reader may know; the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changes {
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// What changed.
    pub events: Vec<TimelineEvent>,
    /// Whether there was more than is shown here.
    pub cut: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEvent {
    /// The day.
    pub on: String,
    /// What: `line_began`, `line_ended`, `contact`, `ask`, `demand`, `commitment_began`,
    /// `commitment_ended`, `verification`, `lead_began`, `lead_ended`, `flag_raised`, `flag_moved` or
    /// `moved`.
    #[schema(example = "ask")]
    pub kind: &'static str,
    /// What the kind is called.
    pub label: String,
    /// With which armed actor.
    pub armed_actor: Named,
    /// Of which organisation.
    pub organization: Option<Named>,
    /// The engagement that it is part of.
    pub engagement: Option<Uuid>,
    /// The commitment that it is about.
    pub commitment: Option<Uuid>,
    /// The flag that it is about.
    pub flag: Option<Uuid>,
    /// What it is about, in codes: the level, the action and the issue, the demand …
    pub about: Vec<Term>,
    /// What came of it: the status of the ask, the answer to the demand, the finding …
    pub outcome: Option<Term>,
}
