//! What others disclose of lines that their reader may not read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{Named, Term};

/// What others disclose of lines that you may not read. Lines that are alike in what is told of
/// them are told of once, and nothing says how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Disclosed {
    /// Lines in outline, where their owner discloses a summary; the latest first.
    pub summaries: Vec<DisclosedSummary>,
    /// Who is in dialogue with whom, where the owner discloses that alone.
    pub dialogues: Vec<DisclosedDialogue>,
    /// What it covers and what it does not.
    pub note: String,
}

/// A line in outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisclosedSummary {
    /// Whose it is.
    pub organization: Named,
    /// The names of the organisation's focal points, who can be asked.
    pub focal_points: Vec<String>,
    /// The topmost armed actor above the one that it is with.
    pub armed_actor: Named,
    /// At what level; null for a commitment.
    pub level: Option<Term>,
    /// By what method; null for a commitment.
    pub method: Option<Term>,
    /// The families of its issues.
    pub issues: Vec<Term>,
    /// The month in which it began, `2026-03`; null if it does not say.
    pub month: Option<String>,
    /// The areas of the first level in which its places lie; empty for the whole operation.
    pub areas: Vec<Named>,
}

/// That an organisation is in dialogue with an armed actor or a unit of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisclosedDialogue {
    /// Which organisation.
    pub organization: Named,
    /// The names of the organisation's focal points, who can be asked.
    pub focal_points: Vec<String>,
    /// The topmost armed actor above the one that it talks to.
    pub armed_actor: Named,
}
