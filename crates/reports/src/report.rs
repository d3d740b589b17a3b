//! The coordination report: who covers what, what is missing, and what became of it, for a period.

use askama::Template;
use concord_domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Handling, Named, Term,
    brief::WayBack,
    chart::{self, Direction, Figure},
    filters,
    forms::Unwritten,
    letter, print, workbook,
};

mod figures;
mod long;
mod tables;

pub use long::csv;
pub(crate) use long::{COLUMNS, Row, Value, reads_as_formula, written};
pub(crate) use tables::paper;

/// The coordination report as pages to print: figures as charts and tables, then a table for each
/// section.
///
/// # Errors
///
/// None is known: askama reports what a formatter does.
pub fn html(report: &Report, language: Language) -> Result<String, askama::Error> {
    html_with_way_back(report, language, None)
}

/// The same pages with a way back above them, which is not printed.
///
/// # Errors
///
/// As [`html`].
pub fn html_with_way_back(
    report: &Report,
    language: Language,
    way_back: Option<WayBack<'_>>,
) -> Result<String, askama::Error> {
    let figures = drawn(figures::of(report, language), language);
    Page { w: &language, handling: &report.handling, report, figures, way_back }.render()
}

/// The coordination report as a workbook: what it is and how it is to be handled, a sheet for each
/// table of its pages, and the table with HXL hashtags.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub fn xlsx(report: &Report, language: Language) -> Result<Vec<u8>, Unwritten> {
    workbook::xlsx(&paper(report, language), &long::rows(report))
}

/// The coordination report as a document for word processors, with the tables of its pages.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub fn docx(report: &Report, language: Language) -> Result<Vec<u8>, Unwritten> {
    letter::docx(&paper(report, language))
}

/// The coordination report as pages to print, with the tables of its pages.
///
/// # Errors
///
/// None is known: whatever stands in a report can be printed.
pub fn pdf(report: &Report, language: Language) -> Result<Vec<u8>, Unwritten> {
    print::pdf(&paper(report, language))
}

/// Figures, each with its chart.
pub(crate) fn drawn(figures: Vec<Figure>, language: Language) -> Vec<(Figure, String)> {
    let direction =
        if language.is_right_to_left() { Direction::RightToLeft } else { Direction::LeftToRight };
    figures
        .into_iter()
        .map(|figure| {
            let chart = chart::svg(&figure, direction);
            (figure, chart)
        })
        .collect()
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'a> {
    w: &'a Language,
    handling: &'a Handling,
    report: &'a Report,
    figures: Vec<(Figure, String)>,
    way_back: Option<WayBack<'a>>,
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
    /// `full`: it counts what its reader may read, and names organisations.
    pub edition: String,
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
    /// The issue with all below it to which it is limited.
    pub issue: Option<Term>,
    /// How much there was.
    pub totals: Totals,
    /// Who speaks to whom on what at which level: one row for each that occurs.
    pub coverage: Vec<Coverage>,
    /// What nobody speaks of or to.
    pub gaps: Vec<Gap>,
    /// How demands were answered, by month.
    pub answers: Vec<Answers>,
    /// The commitments of the period.
    pub commitments: Vec<CommitmentRow>,
    /// The commitments by area, and how far they are kept.
    pub areas: Vec<AreaRow>,
    /// The flags, by kind: raised, settled, and how long that took.
    pub flags: Vec<FlagRow>,
    /// What became of asks, by method and by approach.
    pub outcomes: Vec<Outcome>,
    /// Why dialogues did not reach what they sought.
    pub failures: Vec<Failure>,
    /// What others can learn.
    pub lessons: Vec<Lesson>,
    /// Who contributed, and how much.
    pub contributors: Vec<Contributor>,
    /// Live lines that nobody has touched for long.
    pub stale: Vec<StaleLine>,
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

/// Something that nobody speaks of, or somebody to whom nobody speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gap {
    /// What it is about: `protection_risk`, `level`, `armed_actor` or `issue`.
    pub kind: String,
    /// What that is called.
    pub name: String,
    /// The gap as a sentence.
    pub sentence: String,
}

/// How a kind of demand was answered in a month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Answers {
    /// The month, `YYYY-MM`, in which it was answered so; where the day is not known, in which the
    /// demand began.
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
    /// Where, in words.
    pub places: String,
    /// From when to when, in words.
    pub when: String,
    /// What became of it.
    pub status: Term,
    /// Which is settled of who, what, where, when, and how it is verified.
    pub arranged: Vec<Term>,
    /// What those found who looked last.
    pub finding: Option<Term>,
}

/// The commitments of an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaRow {
    /// The area of the first level; none for those that cover the whole operation.
    pub area: Option<Named>,
    /// What people call it.
    pub name: String,
    /// Commitments that cover some of it.
    pub commitments: usize,
    /// Of those, in force.
    pub in_force: usize,
    /// Of those, for which who, what, where, when and verification are all settled.
    pub operational: usize,
    /// Of those, found to be kept when somebody last looked there.
    pub kept: usize,
    /// Found to be kept in part.
    pub partly_kept: usize,
    /// Found to be broken, or known to have been breached without that.
    pub broken: usize,
    /// Looked at without a finding, or by nobody.
    pub not_verified: usize,
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

/// Why dialogues did not reach what they sought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Failure {
    /// Why.
    pub reason: Term,
    /// In how many engagements.
    pub engagements: usize,
}

/// What others can learn from a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lesson {
    /// Whose line.
    pub organization: Named,
    /// With whom.
    pub armed_actor: Named,
    /// The lesson, as they wrote it.
    pub lesson: String,
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

/// A live line that nobody has touched for long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaleLine {
    /// Whose.
    pub organization: Named,
    /// With whom.
    pub armed_actor: Named,
    /// The last day on which somebody met the armed actor, began or renewed the line.
    pub touched_on: String,
}

#[cfg(test)]
mod tests;
