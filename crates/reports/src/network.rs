//! Who talks to whom: as a graph of organisations and armed actors, and as two tables with their
//! gaps.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{Named, Term, disclosed::Disclosed};

/// Who talks to whom on what, as far as its reader may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Network {
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The organisations that lead a line or carry one on, by name.
    pub organizations: Vec<Named>,
    /// The armed actors that a line is with, by name.
    pub armed_actors: Vec<NetworkActor>,
    /// The lines of the graph: one for each organisation, armed actor and level.
    pub edges: Vec<Edge>,
    /// The table of organisations and armed actors: one cell for each pair that occurs.
    pub organization_by_actor: Vec<OrganizationCell>,
    /// The table of armed actors and families of issues: one cell for each pair that occurs, and
    /// for each that a protection risk says should.
    pub actor_by_issue: Vec<IssueCell>,
    /// The gaps: what a protection risk names and nothing is asked about, levels at which nobody
    /// speaks to an armed actor, and topmost armed actors that nobody speaks to.
    pub gaps: Vec<NetworkGap>,
    /// What others disclose of lines that the reader may not read; no figure above counts them.
    pub disclosed: Disclosed,
    /// Whether there was more than could be looked at.
    pub cut: bool,
    /// What it covers and what it does not.
    pub note: String,
}

/// An armed actor of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkActor {
    /// Which one.
    pub armed_actor: Named,
    /// The topmost armed actor that it is part of.
    pub topmost: Named,
}

/// One organisation's talking to one armed actor at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Edge {
    /// Who.
    pub organization: Named,
    /// To whom.
    pub armed_actor: Named,
    /// At what level.
    pub level: Term,
    /// In how many engagements.
    pub engagements: usize,
    /// In how many of them as a partner and not as the lead.
    pub as_partner: usize,
    /// On how many days they met in the period.
    pub contacts: usize,
    /// The last of them.
    pub last_contact: Option<String>,
}

/// A cell of the table of organisations and armed actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizationCell {
    /// The row.
    pub organization: Named,
    /// The column.
    pub armed_actor: Named,
    /// In how many engagements.
    pub engagements: usize,
    /// The levels at which they talk.
    pub levels: Vec<Term>,
}

/// A cell of the table of armed actors and families of issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCell {
    /// The row.
    pub armed_actor: Named,
    /// The column: the first two parts of the code of an issue.
    pub issue: Term,
    /// How many asks.
    pub asks: usize,
    /// How many organisations ask.
    pub organizations: usize,
    /// How many protection risks are named.
    pub risks: usize,
}

/// What nobody speaks of, or to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkGap {
    /// What is missing: `issue`, `level` or `armed_actor`.
    #[schema(example = "issue")]
    pub kind: &'static str,
    /// Of which armed actor.
    pub armed_actor: Named,
    /// The issue that a protection risk names and nothing is asked about.
    pub issue: Option<Term>,
    /// The protection risk.
    pub risk: Option<Named>,
    /// The level at which nobody speaks to it.
    pub level: Option<Term>,
}
