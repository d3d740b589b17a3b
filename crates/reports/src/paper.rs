//! A report as headings and tables in words, in the order of its pages. Files for offices
//! ([`crate::workbook`], [`crate::letter`]) are made of this alone, so that what stands in one of
//! them stands in all.

use concord_domain::language::Language;

use crate::{Handling, Term, chart::Figure, filters};

/// A report as headings and tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    /// The language that it is in.
    pub language: Language,
    /// What may be done with it, and until when.
    pub handling: Handling,
    /// What stands across each page, where something does.
    pub watermark: Option<String>,
    /// The first and the last day of the period.
    pub period: (String, String),
    /// To what it is limited: what sort of thing, and which.
    pub scope: Vec<(&'static str, String)>,
    /// What has to be known to read its tables.
    pub remark: Option<String>,
    /// The tables, in the order in which they are read.
    pub tables: Vec<Table>,
}

/// A table under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    pub columns: Vec<String>,
    pub rows: Vec<Line>,
    /// What stands there if there are no rows.
    pub nothing: String,
    /// The figures that are drawn above it, if it has a chart.
    pub figure: Option<Figure>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// What the rows that follow have in common.
    Group(String),
    /// A cell for each column.
    Cells(Vec<Cell>),
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Texts, one below the other.
    Texts(Vec<String>),
    /// A figure.
    Count(u64),
    /// A figure that is not shown.
    NotShown,
}

impl Paper {
    /// What it is called.
    pub fn title(&self) -> &'static str {
        self.language.text("report.title")
    }

    /// What it is called where files are listed and printed; it names no armed actor.
    pub fn long_title(&self) -> String {
        let (from, until) = &self.period;
        format!("{}, {from} – {until}, {}", self.title(), self.handling.operation.name)
    }

    /// For which period and which operation it is.
    pub fn about(&self) -> String {
        let w = self.language;
        let (from, until) = &self.period;
        format!(
            "{} – {}; {} {}",
            filters::day_in(from, w),
            filters::day_in(until, w),
            w.text("document.operation"),
            self.handling.operation.name,
        )
    }

    /// When it was true.
    pub fn true_at(&self) -> String {
        let w = self.language;
        let at = filters::moment_in(&self.handling.true_at, w);
        format!("{} {at}", w.text("document.true_at"))
    }

    /// Until when it is to be relied on.
    pub fn expires(&self) -> String {
        let w = self.language;
        let on = filters::day_in(&self.handling.expires_on, w);
        format!("{} {on}", w.text("document.expires"))
    }
}

/// To what a report is limited, in words.
pub(crate) fn scope(
    w: Language,
    armed_actor: Option<&str>,
    place: Option<&str>,
    issue: Option<&Term>,
) -> Vec<(&'static str, String)> {
    let or = |limit: Option<&str>, all| limit.unwrap_or_else(|| w.text(all)).to_owned();
    vec![
        (w.text("report.armed_actors"), or(armed_actor, "report.all")),
        (w.text("report.places"), or(place, "document.whole_operation")),
        (w.text("report.issues"), or(issue.map(|issue| &*issue.label), "report.all")),
    ]
}

impl Table {
    /// A table with a title and what it shows, both by their keys, and with columns by theirs.
    pub fn new(w: Language, [title, about]: [&'static str; 2], columns: &[&'static str]) -> Self {
        Self {
            title: w.text(title).to_owned(),
            about: w.text(about).to_owned(),
            columns: columns.iter().map(|key| w.text(key).to_owned()).collect(),
            rows: Vec::new(),
            nothing: w.text("document.none").to_owned(),
            figure: None,
        }
    }

    /// The same with these rows.
    pub fn of<const N: usize>(mut self, rows: impl IntoIterator<Item = [Cell; N]>) -> Self {
        self.rows.extend(rows.into_iter().map(|cells| Line::Cells(cells.into())));
        self
    }

    /// The figures that are drawn on the pages.
    pub fn of_figure(figure: Figure, nothing: &str) -> Self {
        let cell = |value: &Option<u64>| value.map_or(Cell::NotShown, Cell::Count);
        let mut columns = vec![figure.rows_are.clone()];
        columns.extend_from_slice(&figure.columns);
        let rows = figure.rows.iter().map(|row| {
            let values = row.values.iter().map(cell);
            Line::Cells([text(&*row.label)].into_iter().chain(values).collect())
        });
        Self {
            title: figure.title.clone(),
            about: figure.about.clone(),
            columns,
            rows: rows.collect(),
            nothing: nothing.to_owned(),
            figure: Some(figure),
        }
    }

    /// Whether nothing but figures stands in a column.
    pub fn counts_in(&self, column: &usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|line| match line {
            Line::Cells(cells) => cells.get(*column),
            Line::Group(_) => None,
        });
        cells.clone().next().is_some() && cells.all(|cell| !matches!(cell, Cell::Texts(_)))
    }
}

/// A text in a cell.
pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Texts(vec![text.into()])
}

/// Texts in a cell, one below the other.
pub(crate) fn texts<const N: usize>(texts: [&str; N]) -> Cell {
    Cell::Texts(texts.map(str::to_owned).into())
}

/// How many, in a cell.
pub(crate) const fn count(count: usize) -> Cell {
    Cell::Count(count as u64)
}

#[cfg(test)]
mod tests;
