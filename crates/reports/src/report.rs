//! The coordination report: who covers what, what is missing, and what became of it, for a period.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Handling, Named, Term, filters};

mod long;

pub use long::csv;

/// The coordination report as pages to print: a table for each section.
///
/// # Errors
///
/// None is known: askama reports what a formatter does.
pub fn html(report: &Report) -> Result<String, askama::Error> {
    Page { handling: &report.handling, report }.render()
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'a> {
    handling: &'a Handling,
    report: &'a Report,
}

impl<'a> Page<'a> {
    /// The outcomes by method, and those by approach.
    fn outcomes(&self) -> impl Iterator<Item = &'a [Outcome]> {
        self.report.outcomes.chunk_by(|first, second| first.list == second.list)
    }
}

/// The coordination report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// What may be done with it.
    pub handling: Handling,
    /// The first day of the period.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The armed actor with all below it to which it is limited.
    pub armed_actor: Option<Named>,
    /// The place with all inside it to which it is limited.
    pub place: Option<Named>,
    /// How much there was.
    pub totals: Totals,
    /// Who speaks to whom on what at which level: one row for each that occurs.
    pub coverage: Vec<Coverage>,
    /// What nobody speaks of or to.
    pub gaps: Vec<String>,
    /// How demands were answered, by month.
    pub answers: Vec<Answers>,
    /// The commitments of the period.
    pub commitments: Vec<CommitmentRow>,
    /// The flags, by kind: raised, settled, and how long that took.
    pub flags: Vec<FlagRow>,
    /// What became of asks, by method and by approach.
    pub outcomes: Vec<Outcome>,
    /// Who contributed, and how much.
    pub contributors: Vec<Contributor>,
}

/// How much there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Totals {
    /// Engagements.
    pub engagements: usize,
    /// Of those, live at the end.
    pub live: usize,
    /// Contacts in the period.
    pub contacts: usize,
    /// Asks.
    pub asks: usize,
    /// Organisations that lead a line.
    pub organizations: usize,
    /// Armed actors engaged.
    pub armed_actors: usize,
    /// Flags that hold and are not settled.
    pub open_flags: usize,
}

/// One organisation's speaking to one armed actor on one issue at one level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Coverage {
    /// Who.
    pub organization: Named,
    /// To whom.
    pub armed_actor: Named,
    /// On what; none where a line asks nothing yet.
    pub issue: Option<Term>,
    /// At what level.
    pub level: Term,
    /// In how many engagements.
    pub engagements: usize,
}

/// How a kind of demand was answered in a month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Answers {
    /// The month, `YYYY-MM`, in which the line with the demand began.
    pub month: String,
    /// The demand.
    pub demand: Term,
    /// Answered by accepting.
    pub accepting: usize,
    /// Answered by refusing.
    pub refusing: usize,
    /// Not yet answered, or not disclosed.
    pub undecided: usize,
}

/// A commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommitmentRow {
    /// Whose.
    pub armed_actor: Named,
    /// In what form.
    pub kind: Term,
    /// To what.
    pub action: Term,
    /// About what.
    pub issue: Term,
    /// From when to when, in words.
    pub when: String,
    /// What became of it.
    pub status: Term,
}

/// The flags of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagRow {
    /// The kind.
    pub kind: Term,
    /// The class.
    pub class: Term,
    /// Raised in the period.
    pub raised: usize,
    /// Of those, settled since.
    pub settled: usize,
    /// Of those, lapsed by themselves.
    pub lapsed: usize,
    /// Of those, still open.
    pub open: usize,
    /// Days from being raised to being settled, the median; none if none was settled.
    pub median_days_to_settle: Option<i64>,
}

/// What became of asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outcome {
    /// The method or the approach.
    pub means: Term,
    /// Whether it is a `method` or an `approach`.
    pub list: String,
    /// Granted.
    pub granted: usize,
    /// Refused.
    pub refused: usize,
    /// Withdrawn.
    pub withdrawn: usize,
    /// Still open.
    pub open: usize,
}

/// An organisation that contributed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contributor {
    /// The organisation.
    pub organization: Named,
    /// Its engagements.
    pub engagements: usize,
    /// Its contacts in the period.
    pub contacts: usize,
}

#[cfg(test)]
mod tests;
