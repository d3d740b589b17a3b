//! The edition of the coordination report for handing round: figures alone, about three
//! organisations at least, of which none about fewer can be computed ([`crate::suppression`]).
//!
//! It names no organisation, no entry and no armed actor but topmost ones, and holds nothing that
//! anybody wrote. Each thing is counted in one table of a document, once: that is what the choice
//! of figures rests on, and why there are few tables.

use std::collections::BTreeSet;

use askama::Template;
use concord_domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Handling, Named, Term,
    brief::WayBack,
    chart::{Figure, FigureRow, Form, NOT_SHOWN},
    filters,
    forms::Unwritten,
    letter,
    paper::{self, Paper, scope},
    print,
    report::{Row, drawn, written},
    suppression::{CONTRIBUTORS_MIN, Group, Shown},
    workbook,
};

/// The edition as pages to print, with a watermark.
///
/// # Errors
///
/// None is known: askama reports what a formatter does.
pub fn html(document: &HandedRound, language: Language) -> Result<String, askama::Error> {
    html_with_way_back(document, language, None)
}

/// The same pages with a way back above them, which is not printed.
///
/// # Errors
///
/// As [`html`].
pub fn html_with_way_back(
    document: &HandedRound,
    language: Language,
    way_back: Option<WayBack<'_>>,
) -> Result<String, askama::Error> {
    let figures = document.tables.iter().map(|table| figure(table, language)).collect();
    let (handling, figures) = (handling(document), drawn(figures, language));
    Page { w: &language, handling: &handling, document, figures, way_back }.render()
}

/// The edition as a workbook: what it is and how it is to be handled, a sheet for each table, and
/// the table with HXL hashtags.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub fn xlsx(document: &HandedRound, language: Language) -> Result<Vec<u8>, Unwritten> {
    workbook::xlsx(&paper(document, language), &rows(document))
}

/// The edition as a document for word processors.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub fn docx(document: &HandedRound, language: Language) -> Result<Vec<u8>, Unwritten> {
    letter::docx(&paper(document, language))
}

/// The edition as pages to print.
///
/// # Errors
///
/// None is known: whatever stands in a report can be printed.
pub fn pdf(document: &HandedRound, language: Language) -> Result<Vec<u8>, Unwritten> {
    print::pdf(&paper(document, language))
}

/// How it is to be handled. No document prints ids, and this one has none.
fn handling(document: &HandedRound) -> Handling {
    let HandlingRound { language, mark, operation, true_at, expires_on, note } =
        document.handling.clone();
    let operation = Named { id: Uuid::nil(), name: operation };
    Handling { language, mark, operation, true_at, expires_on, note }
}

/// The edition as headings and tables, as its pages have them.
pub(crate) fn paper(document: &HandedRound, w: Language) -> Paper {
    let tables = document.tables.iter().map(|table| figure(table, w));
    let limits = (document.armed_actor.as_deref(), document.place.as_deref());
    Paper {
        language: w,
        handling: handling(document),
        watermark: Some(document.watermark.clone()),
        period: (document.from.clone(), document.until.clone()),
        scope: scope(w, limits.0, limits.1, document.issue.as_ref()),
        remark: Some(format!("{NOT_SHOWN} {}", w.text("round.not_shown"))),
        tables: tables.map(|figure| paper::Table::of_figure(figure, NOT_SHOWN)).collect(),
    }
}

/// The edition as CSV, with a row of HXL hashtags under the header.
///
/// # Errors
///
/// None is known: the csv crate reports what a writer does, and this one writes to memory.
pub fn csv(document: &HandedRound) -> Result<Vec<u8>, csv::Error> {
    written(&rows(document))
}

/// The edition in long format, without header and hashtags.
fn rows(document: &HandedRound) -> Vec<Row<'_>> {
    let HandlingRound { mark, operation, true_at, expires_on, note, .. } = &document.handling;
    let row = Row::of("document");
    let mut rows = vec![
        row.text("handling", mark),
        row.text("true_at", true_at),
        row.text("expires_on", expires_on),
        row.text("note", note),
        row.text("operation", operation),
        row.text("from", &document.from),
        row.text("until", &document.until),
    ];
    rows.extend(document.armed_actor.iter().map(|name| row.text("armed_actor", name)));
    rows.extend(document.place.iter().map(|name| row.text("place", name)));
    rows.extend(document.issue.iter().map(|issue| row.text("issue", &issue.code)));
    for table in &document.tables {
        let of = Row::of(table.name.as_str());
        rows.push(of.counted("all", table.total));
        for each in &table.rows {
            let of = match table.name.as_str() {
                "lines" => Row { armed_actor: &each.name, ..of },
                "open_asks" => Row { issue: &each.code, ..of },
                "contacts" => Row { month: &each.code, ..of },
                _ => Row { kind: &each.code, ..of },
            };
            rows.push(of.counted("all", each.total));
            let cells = table.columns.iter().zip(&each.cells);
            rows.extend(cells.map(|(column, count)| {
                if table.name == "lines" {
                    Row { level: &column.code, ..of }.counted("engagements", *count)
                } else {
                    of.counted(&column.code, *count)
                }
            }));
        }
    }
    rows
}

#[derive(Template)]
#[template(path = "handed_round.html", whitespace = "minimize")]
struct Page<'a> {
    w: &'a Language,
    handling: &'a Handling,
    document: &'a HandedRound,
    figures: Vec<(Figure, String)>,
    way_back: Option<WayBack<'a>>,
}

/// The edition of the coordination report for handing round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandedRound {
    /// `handed_round`: it names no organisation, and holds no figure about fewer than three.
    pub edition: String,
    /// What may be done with it.
    pub handling: HandlingRound,
    /// What stands across each page.
    pub watermark: String,
    /// The first day of the period.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The topmost armed actor to which it is limited, by its name.
    pub armed_actor: Option<String>,
    /// The place to which it is limited, by its name.
    pub place: Option<String>,
    /// The issue with all below it to which it is limited.
    pub issue: Option<Term>,
    /// The figures. What is counted in one of them is counted in no other.
    pub tables: Vec<Table>,
}

/// What may be done with a document that names no ids, and until when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandlingRound {
    /// The language that it is in.
    pub language: String,
    /// How it is to be handled.
    pub mark: String,
    /// The operation that it is about, by its name.
    pub operation: String,
    /// When it was true, in UTC, as RFC 3339.
    pub true_at: String,
    /// The last day on which it is to be relied on.
    pub expires_on: String,
    /// What it covers and what it does not.
    pub note: String,
}

/// Figures about one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FiguresRound)]
pub struct Table {
    /// What is counted.
    pub name: String,
    /// What each column counts.
    pub columns: Vec<Term>,
    /// How many in all; null if that is not shown.
    pub total: Option<u64>,
    /// The rows of which something is shown.
    pub rows: Vec<TableRow>,
}

/// A row of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FiguresRoundRow)]
pub struct TableRow {
    /// The code, or nothing for an armed actor.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// How many in all.
    pub total: Option<u64>,
    /// A figure for each column; null where it is not shown.
    pub cells: Vec<Option<u64>>,
}

/// What is counted; each thing in one of these alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Lines of dialogue, by topmost armed actor and level.
    Lines,
    /// Asks that are open, by family of issues.
    OpenAsks,
    /// Asks that were answered, by method, and how.
    AnsweredAsks,
    /// Demands, by kind, and how they were answered.
    Demands,
    /// Contacts, by month.
    Contacts,
    /// Commitments, by what became of them.
    Commitments,
    /// Flags, by class, and what became of them.
    Flags,
}

impl Counted {
    /// Everything that is counted.
    pub const ALL: [Self; 7] = [
        Self::Lines,
        Self::OpenAsks,
        Self::AnsweredAsks,
        Self::Demands,
        Self::Contacts,
        Self::Commitments,
        Self::Flags,
    ];

    /// What programs call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::OpenAsks => "open_asks",
            Self::AnsweredAsks => "answered_asks",
            Self::Demands => "demands",
            Self::Contacts => "contacts",
            Self::Commitments => "commitments",
            Self::Flags => "flags",
        }
    }
}

/// The rows and columns of a table, which do not depend on what is counted in it, and the things.
#[derive(Clone, Debug)]
pub struct Sheet {
    rows: Vec<Term>,
    columns: Vec<Term>,
    group: Group<Uuid>,
}

impl Sheet {
    /// An empty sheet. Without columns each row is one figure.
    #[must_use]
    pub fn new(rows: Vec<Term>, columns: Vec<Term>) -> Self {
        let group = if columns.is_empty() {
            Group::empty(&[rows.len()])
        } else {
            Group::empty(&[rows.len(), columns.len()])
        };
        Self { rows, columns, group }
    }

    /// Counts a thing that these organisations contributed, under the codes of a row and a column.
    /// What has no row here is not counted.
    pub fn count(&mut self, row: &str, column: &str, contributors: &BTreeSet<Uuid>) {
        let at = |list: &[Term], code: &str| list.iter().position(|term| term.code == code);
        let Some(row) = at(&self.rows, row) else { return };
        if self.columns.is_empty() {
            self.group.add(&[row], contributors);
        } else if let Some(column) = at(&self.columns, column) {
            self.group.add(&[row, column], contributors);
        }
    }

    /// What may be shown of it. Rows of which nothing is shown are left out, so that one cannot
    /// tell that there is something from that there is a row.
    #[must_use]
    pub fn shown(self, counted: Counted) -> Table {
        let Shown { count, parts } = self.group.shown();
        // An armed actor is named and has no code that others would know.
        let code = |term: &Term| match counted {
            Counted::Lines => String::new(),
            _ => term.code.clone(),
        };
        let rows = self.rows.iter().zip(parts).filter(|(_, part)| part.count.is_some());
        Table {
            name: counted.name().to_owned(),
            columns: self.columns,
            total: count,
            rows: rows
                .map(|(term, part)| TableRow {
                    code: code(term),
                    name: term.label.clone(),
                    total: part.count,
                    cells: part.parts.iter().map(|cell| cell.count).collect(),
                })
                .collect(),
        }
    }
}

/// A table as figures to draw.
fn figure(table: &Table, w: Language) -> Figure {
    let (title, about, rows_are, form) = match table.name.as_str() {
        "lines" => ("round.lines", "round.lines_about", "report.armed_actor", Form::Matrix),
        "open_asks" => ("round.open_asks", "round.open_asks_about", "report.issue", Form::Bars),
        "answered_asks" => {
            ("round.answered_asks", "round.answered_asks_about", "report.method", Form::Stacked)
        }
        "demands" => ("report.answers", "round.demands_about", "report.demand", Form::Stacked),
        "contacts" => ("round.contacts", "round.contacts_about", "report.month", Form::Bars),
        "commitments" => {
            ("brief.commitments", "round.commitments_about", "brief.status", Form::Bars)
        }
        _ => ("report.flags", "round.flags_about", "report.class", Form::Stacked),
    };
    let all = w.text("round.all").to_owned();
    let mut columns: Vec<String> = table.columns.iter().map(|term| term.label.clone()).collect();
    if columns.is_empty() {
        columns.push(all);
    }
    let told = table.total.map_or_else(|| NOT_SHOWN.to_owned(), |total| total.to_string());
    let row = |row: &TableRow| FigureRow {
        label: match (row.cells.is_empty(), row.total) {
            (false, Some(total)) => format!("{} ({total})", row.name),
            _ => row.name.clone(),
        },
        values: if row.cells.is_empty() { vec![row.total] } else { row.cells.clone() },
    };
    Figure {
        name: table.name.clone(),
        title: w.text(title).to_owned(),
        about: format!("{} {}", w.text(about), w.filled("round.in_all", &[("count", &*told)])),
        form,
        rows_are: w.text(rows_are).to_owned(),
        columns,
        rows: table.rows.iter().map(row).collect(),
    }
}

/// How few organisations a figure is never about, to be said.
#[must_use]
pub const fn contributors_min() -> usize {
    CONTRIBUTORS_MIN
}

#[cfg(test)]
mod tests;
