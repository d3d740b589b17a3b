//! The figures of a report that are drawn: each a table and the chart of it.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    language::Language,
    vocabulary::{Closed, Level},
    window::parse_day,
};

use super::{Answers, Report};
use crate::chart::{Figure, FigureRow, Form};

/// The figures of a report, in the order in which they are read.
pub fn of(report: &Report, language: Language) -> Vec<Figure> {
    vec![
        coverage(report, language),
        answers(report, language),
        areas(report, language),
        flags(report, language),
        outcomes(report, language),
    ]
}

fn counted(count: usize) -> Option<u64> {
    Some(count as u64)
}

/// How many organisations speak to whom at which level.
fn coverage(report: &Report, w: Language) -> Figure {
    let mut cells: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for row in &report.coverage {
        let of_actor = cells.entry(&row.armed_actor.name).or_default();
        of_actor.entry(&row.level.code).or_default().insert(&row.organization.name);
    }
    let count = |levels: &BTreeMap<&str, BTreeSet<&str>>, level: &Level| {
        counted(levels.get(level.code()).map_or(0, BTreeSet::len))
    };
    Figure {
        name: "coverage".to_owned(),
        title: w.text("report.coverage_figure").to_owned(),
        about: w.text("report.coverage_about").to_owned(),
        form: Form::Matrix,
        rows_are: w.text("report.armed_actor").to_owned(),
        columns: Level::ALL
            .iter()
            .map(|level| crate::level_in(level.code(), w).to_owned())
            .collect(),
        rows: cells
            .into_iter()
            .map(|(name, levels)| FigureRow {
                label: name.to_owned(),
                values: Level::ALL.iter().map(|level| count(&levels, level)).collect(),
            })
            .collect(),
    }
}

/// How demands were answered, month by month, with the months in which none was.
fn answers(report: &Report, w: Language) -> Figure {
    let mut months: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for Answers { month, accepting, refusing, undecided, .. } in &report.answers {
        let sums = months.entry(month.clone()).or_default();
        for (sum, more) in sums.iter_mut().zip([accepting, refusing, undecided]) {
            *sum += more;
        }
    }
    let ends = months.keys().next().cloned().zip(months.keys().next_back().cloned());
    for month in ends.into_iter().flat_map(|(first, last)| between(&first, &last)) {
        months.entry(month).or_default();
    }
    Figure {
        name: "answers".to_owned(),
        title: w.text("report.answers").to_owned(),
        about: w.text("report.answers_about").to_owned(),
        form: Form::Lines,
        rows_are: w.text("report.month").to_owned(),
        columns: ["report.accepting", "report.refusing", "report.undecided"]
            .map(|key| w.text(key).to_owned())
            .to_vec(),
        rows: months
            .into_iter()
            .map(|(month, sums)| FigureRow {
                label: w.month(&month),
                values: sums.into_iter().map(counted).collect(),
            })
            .collect(),
    }
}

/// The months from one to another, both included, as `YYYY-MM`.
fn between(first: &str, last: &str) -> Vec<String> {
    const MONTHS_MAX: usize = 120;
    let first_day = parse_day(&format!("{first}-01"));
    let months =
        std::iter::successors(first_day, |day| day.checked_add_months(chrono::Months::new(1)));
    months
        .map(|day| day.format("%Y-%m").to_string())
        .take_while(|month| month.as_str() <= last)
        .take(MONTHS_MAX)
        .collect()
}

/// How far commitments are kept, area by area.
fn areas(report: &Report, w: Language) -> Figure {
    Figure {
        name: "areas".to_owned(),
        title: w.text("report.areas_figure").to_owned(),
        about: w.text("report.areas_about").to_owned(),
        form: Form::Stacked,
        rows_are: w.text("report.area").to_owned(),
        columns: ["report.kept", "report.partly_kept", "report.broken", "report.not_verified"]
            .map(|key| w.text(key).to_owned())
            .to_vec(),
        rows: report
            .areas
            .iter()
            .map(|row| FigureRow {
                label: row.name.clone(),
                values: [row.kept, row.partly_kept, row.broken, row.not_verified]
                    .map(counted)
                    .to_vec(),
            })
            .collect(),
    }
}

/// What became of flags, kind by kind.
fn flags(report: &Report, w: Language) -> Figure {
    Figure {
        name: "flags".to_owned(),
        title: w.text("report.flags").to_owned(),
        about: w.text("report.flags_about").to_owned(),
        form: Form::Stacked,
        rows_are: w.text("report.kind").to_owned(),
        columns: ["report.settled", "report.lapsed", "document.open"]
            .map(|key| w.text(key).to_owned())
            .to_vec(),
        rows: report
            .flags
            .iter()
            .map(|row| FigureRow {
                label: row.kind.label.clone(),
                values: [row.settled, row.lapsed, row.open].map(counted).to_vec(),
            })
            .collect(),
    }
}

/// What became of asks, method by method.
fn outcomes(report: &Report, w: Language) -> Figure {
    Figure {
        name: "outcomes".to_owned(),
        title: w.text("report.outcomes_figure").to_owned(),
        about: w.text("report.outcomes_about").to_owned(),
        form: Form::Stacked,
        rows_are: w.text("report.method").to_owned(),
        columns: ["document.granted", "document.refused", "report.withdrawn", "document.open"]
            .map(|key| w.text(key).to_owned())
            .to_vec(),
        rows: report
            .outcomes
            .iter()
            .filter(|row| row.list == "method")
            .map(|row| FigureRow {
                label: row.means.label.clone(),
                values: [row.granted, row.refused, row.withdrawn, row.open].map(counted).to_vec(),
            })
            .collect(),
    }
}
