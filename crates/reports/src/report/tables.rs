//! The report in full as headings and tables.

use concord_domain::language::Language;

use super::{Report, figures};
use crate::{
    filters, level_in,
    paper::{Cell, Line, Paper, Table, count, scope, text, texts},
};

/// The report as headings and tables, as its pages have them.
pub fn paper(report: &Report, w: Language) -> Paper {
    let mut tables = vec![totals(report, w), gaps(report, w)];
    let nothing = w.text("document.none");
    let drawn = figures::of(report, w).into_iter();
    tables.extend(drawn.map(|figure| Table::of_figure(figure, nothing)));
    let others = [answers, areas, commitments, flags, outcomes, failures, lessons, stale];
    tables.extend(others.map(|table| table(report, w)));
    tables.extend([contributors, coverage].map(|table| table(report, w)));
    Paper {
        language: w,
        handling: report.handling.clone(),
        watermark: None,
        period: (report.from.clone(), report.until.clone()),
        scope: scope(
            w,
            report.armed_actor.as_ref().map(|actor| &*actor.name),
            report.place.as_ref().map(|place| &*place.name),
            report.issue.as_ref(),
        ),
        remark: None,
        tables,
    }
}

fn totals(report: &Report, w: Language) -> Table {
    let totals = &report.totals;
    let columns = [
        "report.engagements",
        "report.live",
        "report.contacts",
        "report.asks",
        "report.organizations",
        "report.actors_engaged",
        "report.open_flags",
    ];
    let row = [
        totals.engagements,
        totals.live,
        totals.contacts,
        totals.asks,
        totals.organizations,
        totals.armed_actors,
        totals.open_flags,
    ];
    Table::new(w, ["report.totals", "report.totals_about"], &columns).of([row.map(count)])
}

fn gaps(report: &Report, w: Language) -> Table {
    let gaps = report.gaps.iter().map(|gap| [text(&gap.sentence)]);
    Table::new(w, ["report.gaps", "report.gaps_about"], &["report.gap"]).of(gaps)
}

fn answers(report: &Report, w: Language) -> Table {
    let columns = [
        "report.month",
        "report.demand",
        "report.accepting",
        "report.refusing",
        "report.undecided",
    ];
    let rows = report.answers.iter().map(|it| {
        let (month, demand) = (text(w.month(&it.month)), text(&it.demand.label));
        [month, demand, count(it.accepting), count(it.refusing), count(it.undecided)]
    });
    Table::new(w, ["report.answers_by_kind", "report.answers_about"], &columns).of(rows)
}

fn areas(report: &Report, w: Language) -> Table {
    let columns = [
        "report.area",
        "brief.commitments",
        "report.in_force",
        "brief.operational",
        "report.kept",
        "report.partly_kept",
        "report.broken",
        "report.not_verified",
    ];
    let rows = report.areas.iter().map(|it| {
        [
            text(&it.name),
            count(it.commitments),
            count(it.in_force),
            count(it.operational),
            count(it.kept),
            count(it.partly_kept),
            count(it.broken),
            count(it.not_verified),
        ]
    });
    Table::new(w, ["report.areas", "report.areas_about"], &columns).of(rows)
}

fn commitments(report: &Report, w: Language) -> Table {
    let columns = [
        "report.armed_actor",
        "brief.to_what",
        "brief.where_when",
        "brief.status",
        "brief.operational",
    ];
    let rows = report.commitments.iter().map(|it| {
        let finding = it.finding.as_ref().map(|finding| &*finding.label);
        let finding = finding.unwrap_or_else(|| w.text("brief.not_verified"));
        [
            texts([&it.armed_actor.name, &it.kind.label]),
            texts([&it.action.label, &it.issue.label]),
            texts([&it.places, &it.when]),
            text(&it.status.label),
            texts([&format!("{}/5", it.arranged.len()), finding]),
        ]
    });
    Table::new(w, ["brief.commitments", "report.commitments_about"], &columns).of(rows)
}

fn flags(report: &Report, w: Language) -> Table {
    let columns = [
        "report.kind",
        "report.class",
        "report.raised",
        "report.settled",
        "report.lapsed",
        "document.open",
        "report.median_days",
    ];
    let rows = report.flags.iter().map(|it| {
        let days = it.median_days_to_settle.and_then(|days| u64::try_from(days).ok());
        [
            text(&it.kind.label),
            text(&it.class.label),
            count(it.raised),
            count(it.settled),
            count(it.lapsed),
            count(it.open),
            days.map_or_else(|| text(w.text("report.none_settled")), Cell::Count),
        ]
    });
    Table::new(w, ["report.flags_by_kind", "report.flags_about"], &columns).of(rows)
}

/// The outcomes by method, and those by approach.
fn outcomes(report: &Report, w: Language) -> Table {
    let columns = [
        "brief.method_or_approach",
        "document.granted",
        "document.refused",
        "report.withdrawn",
        "document.open",
    ];
    let mut table = Table::new(w, ["report.outcomes", "report.outcomes_about"], &columns);
    for group in report.outcomes.chunk_by(|first, second| first.list == second.list) {
        let is_method = group.first().is_some_and(|it| it.list == "method");
        let key = if is_method { "report.by_method" } else { "report.by_approach" };
        table.rows.push(Line::Group(w.text(key).to_owned()));
        table = table.of(group.iter().map(|it| {
            let counts = [it.granted, it.refused, it.withdrawn, it.open].map(count);
            let [granted, refused, withdrawn, open] = counts;
            [text(&it.means.label), granted, refused, withdrawn, open]
        }));
    }
    table
}

fn failures(report: &Report, w: Language) -> Table {
    let rows = report.failures.iter().map(|it| [text(&it.reason.label), count(it.engagements)]);
    let columns = ["report.reason", "report.engagements"];
    Table::new(w, ["report.failures", "report.failures_about"], &columns).of(rows)
}

fn lessons(report: &Report, w: Language) -> Table {
    let rows = report
        .lessons
        .iter()
        .map(|it| [texts([&it.organization.name, &it.armed_actor.name]), text(&it.lesson)]);
    let columns = ["report.organization", "report.lesson"];
    Table::new(w, ["report.lessons", "report.lessons_about"], &columns).of(rows)
}

fn stale(report: &Report, w: Language) -> Table {
    let rows = report.stale.iter().map(|it| {
        let touched = filters::day_in(&it.touched_on, w);
        [text(&it.organization.name), text(&it.armed_actor.name), text(touched)]
    });
    let columns = ["report.organization", "report.armed_actor", "report.touched"];
    Table::new(w, ["report.stale", "report.stale_about"], &columns).of(rows)
}

fn contributors(report: &Report, w: Language) -> Table {
    let rows = report
        .contributors
        .iter()
        .map(|it| [text(&it.organization.name), count(it.engagements), count(it.contacts)]);
    let columns = ["report.organization", "report.engagements", "report.contacts"];
    Table::new(w, ["report.contributors", "report.contributors_about"], &columns).of(rows)
}

fn coverage(report: &Report, w: Language) -> Table {
    let columns = [
        "report.organization",
        "report.armed_actor",
        "report.issue",
        "report.level",
        "report.engagements",
    ];
    let rows = report.coverage.iter().map(|it| {
        let issue = it.issue.as_ref().map(|issue| &*issue.label);
        [
            text(&it.organization.name),
            text(&it.armed_actor.name),
            text(issue.unwrap_or_else(|| w.text("report.nothing_asked"))),
            text(level_in(&it.level.code, w)),
            count(it.engagements),
        ]
    });
    Table::new(w, ["report.coverage", "report.coverage_rows_about"], &columns).of(rows)
}
