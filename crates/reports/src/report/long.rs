//! The report as one table in long format: one measure in each row, for pivot tables, and under
//! the header a row of HXL hashtags, by which humanitarian tools know the columns.

use std::borrow::Cow;

use csv::Writer;

use super::{Handling, Report, Totals};

/// The columns, each with its hashtag of the HXL standard; what the standard has none for begins
/// with `#x_`, as it asks.
pub(crate) const COLUMNS: [(&str, &str); 10] = [
    ("section", "#meta+section"),
    ("month", "#date+month"),
    ("organization", "#org+name"),
    ("armed_actor", "#group+name"),
    ("area", "#adm1+name"),
    ("issue", "#subsector+code"),
    ("level", "#x_level+code"),
    ("kind", "#x_kind+code"),
    ("measure", "#indicator+name"),
    ("value", "#indicator+value"),
];

/// The report as CSV in UTF-8, safe to open in a spreadsheet.
///
/// Vocabulary is given by its codes, everything else by its name. The rows of one commitment
/// follow each other and begin with its `action`. The first section, `document`, holds the handling
/// mark and the scope, which so stay with the numbers.
///
/// # Errors
///
/// None is known: the csv crate reports what a writer does, and this one writes to memory.
pub fn csv(report: &Report) -> Result<Vec<u8>, csv::Error> {
    written(&rows(report))
}

/// Rows as CSV, under the header and the hashtags.
pub(crate) fn written(rows: &[Row<'_>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|(name, _)| name))?;
    writer.write_record(COLUMNS.map(|(_, hashtag)| hashtag))?;
    for row in rows {
        writer.write_record(row.cells().map(Cow::into_owned))?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The report in long format, without header and hashtags.
pub(crate) fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut rows = document(report);
    rows.extend(totals(&report.totals));
    rows.extend(coverage(report));
    let gap = Row::of("gaps");
    rows.extend(report.gaps.iter().map(|it| Row { kind: &it.kind, ..gap }.text("gap", &it.name)));
    rows.extend(answers(report));
    rows.extend(commitments(report));
    rows.extend(areas(report));
    rows.extend(flags(report));
    rows.extend(outcomes(report));
    rows.extend(failures(report));
    rows.extend(contributors(report));
    rows.extend(stale(report));
    rows
}

fn document(report: &Report) -> Vec<Row<'_>> {
    let Handling { mark, operation, true_at, expires_on, note, .. } = &report.handling;
    let row = Row::of("document");
    let mut rows = vec![
        row.text("handling", mark),
        row.text("true_at", true_at),
        row.text("expires_on", expires_on),
        row.text("note", note),
        row.text("operation", &operation.name),
        row.text("from", &report.from),
        row.text("until", &report.until),
    ];
    rows.extend(report.armed_actor.iter().map(|actor| row.text("armed_actor", &actor.name)));
    rows.extend(report.place.iter().map(|place| row.text("place", &place.name)));
    rows.extend(report.issue.iter().map(|issue| row.text("issue", &issue.code)));
    rows
}

fn totals(totals: &Totals) -> Vec<Row<'static>> {
    let row = Row::of("totals");
    vec![
        row.count("engagements", totals.engagements),
        row.count("live", totals.live),
        row.count("contacts", totals.contacts),
        row.count("asks", totals.asks),
        row.count("organizations", totals.organizations),
        row.count("armed_actors", totals.armed_actors),
        row.count("open_flags", totals.open_flags),
    ]
}

fn coverage(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.coverage.iter().map(|it| {
        let row = Row {
            organization: &it.organization.name,
            armed_actor: &it.armed_actor.name,
            issue: it.issue.as_ref().map_or("", |issue| &issue.code),
            level: &it.level.code,
            ..Row::of("coverage")
        };
        row.count("engagements", it.engagements)
    })
}

fn answers(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.answers.iter().flat_map(|it| {
        let row = Row { month: &it.month, kind: &it.demand.code, ..Row::of("answers") };
        [
            row.count("accepting", it.accepting),
            row.count("refusing", it.refusing),
            row.count("undecided", it.undecided),
        ]
    })
}

fn commitments(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.commitments.iter().flat_map(|it| {
        let row = Row {
            armed_actor: &it.armed_actor.name,
            issue: &it.issue.code,
            kind: &it.kind.code,
            ..Row::of("commitments")
        };
        [
            row.text("action", &it.action.code),
            row.text("when", &it.when),
            row.text("status", &it.status.code),
            row.count("arranged", it.arranged.len()),
            row.text("finding", it.finding.as_ref().map_or("", |finding| &finding.code)),
        ]
    })
}

fn areas(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.areas.iter().flat_map(|it| {
        let row = Row { area: &it.name, ..Row::of("commitments_by_area") };
        [
            row.count("commitments", it.commitments),
            row.count("in_force", it.in_force),
            row.count("operational", it.operational),
            row.count("kept", it.kept),
            row.count("partly_kept", it.partly_kept),
            row.count("broken", it.broken),
            row.count("not_verified", it.not_verified),
        ]
    })
}

fn flags(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.flags.iter().flat_map(|it| {
        let row = Row { kind: &it.kind.code, ..Row::of("flags") };
        [
            row.text("class", &it.class.code),
            row.count("raised", it.raised),
            row.count("settled", it.settled),
            row.count("lapsed", it.lapsed),
            row.count("open", it.open),
            Row {
                measure: "median_days_to_settle",
                value: it.median_days_to_settle.map_or(Value::Text(""), Value::Days),
                ..row
            },
        ]
    })
}

fn outcomes(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.outcomes.iter().flat_map(|it| {
        // An ask counts under its method and under each approach: two sections, so that nobody
        // adds them up.
        let section = match it.list.as_str() {
            "method" => "outcomes_by_method",
            "approach" => "outcomes_by_approach",
            _ => "outcomes",
        };
        let row = Row { kind: &it.means.code, ..Row::of(section) };
        [
            row.count("granted", it.granted),
            row.count("refused", it.refused),
            row.count("withdrawn", it.withdrawn),
            row.count("open", it.open),
        ]
    })
}

fn failures(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.failures.iter().map(|it| {
        let row = Row { kind: &it.reason.code, ..Row::of("failures") };
        row.count("engagements", it.engagements)
    })
}

fn stale(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.stale.iter().map(|it| {
        let row = Row {
            organization: &it.organization.name,
            armed_actor: &it.armed_actor.name,
            ..Row::of("stale_lines")
        };
        row.text("touched_on", &it.touched_on)
    })
}

fn contributors(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.contributors.iter().flat_map(|it| {
        let row = Row { organization: &it.organization.name, ..Row::of("contributors") };
        [row.count("engagements", it.engagements), row.count("contacts", it.contacts)]
    })
}

/// One measure, and what it is a measure of.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub section: &'a str,
    pub month: &'a str,
    pub organization: &'a str,
    pub armed_actor: &'a str,
    pub area: &'a str,
    pub issue: &'a str,
    pub level: &'a str,
    pub kind: &'a str,
    pub measure: &'a str,
    pub value: Value<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Count(u64),
    Days(i64),
    Text(&'a str),
}

impl<'a> Row<'a> {
    pub(crate) const fn of(section: &'a str) -> Self {
        Self {
            section,
            month: "",
            organization: "",
            armed_actor: "",
            area: "",
            issue: "",
            level: "",
            kind: "",
            measure: "",
            value: Value::Text(""),
        }
    }

    const fn count(self, measure: &'a str, count: usize) -> Self {
        Self { measure, value: Value::Count(count as u64), ..self }
    }

    /// A figure, or nothing where it is not shown.
    pub(crate) fn counted(self, measure: &'a str, count: Option<u64>) -> Self {
        Self { measure, value: count.map_or(Value::Text(""), Value::Count), ..self }
    }

    pub(crate) const fn text(self, measure: &'a str, text: &'a str) -> Self {
        Self { measure, value: Value::Text(text), ..self }
    }

    /// What it is a measure of, and which: all columns but the last.
    pub(crate) const fn texts(&self) -> [&'a str; 9] {
        [
            self.section,
            self.month,
            self.organization,
            self.armed_actor,
            self.area,
            self.issue,
            self.level,
            self.kind,
            self.measure,
        ]
    }

    fn cells(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let value: Cow<'a, str> = match self.value {
            Value::Count(count) => count.to_string().into(),
            Value::Days(days) => days.to_string().into(),
            Value::Text(text) => guarded(text),
        };
        self.texts().into_iter().map(guarded).chain([value])
    }
}

/// A text that no spreadsheet takes for a formula: one that would is preceded by an apostrophe.
fn guarded(text: &str) -> Cow<'_, str> {
    if reads_as_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// Whether a text begins like a formula, or does once what cannot be seen is dropped from its
/// front, as spreadsheets and copying do.
pub(crate) fn reads_as_formula(text: &str) -> bool {
    for c in text.chars() {
        match c {
            '=' | '+' | '-' | '@' | '\t' | '\r' => return true,
            '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}' => return true,
            c if is_invisible(c) => {}
            _ => return false,
        }
    }
    false
}

/// Whether a character leaves no ink: white space, controls, format characters and fillers.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn what_a_spreadsheet_would_run_is_preceded_by_an_apostrophe() {
        for text in [
            "=1+1",
            "+41",
            "-2",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            " =1",
            "\u{a0}=1",
            "\u{feff}=1",
            "\u{200b}\u{200d}=1",
            "\u{200f}\u{202e}@x",
            "\u{3000}\u{2060}＝1",
            "\u{ad}\u{fe0f}-1",
            "\u{0}=1",
            "\n=1",
            "\u{2028}+1",
            " \tx",
            "\u{e0020}=1",
            "\u{3164}=1",
            "\u{180e}\u{2800}=1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            " ",
            "\u{feff}",
            "a=b",
            "'=1",
            "(=1)",
            "3 - 2",
            "نور سيفا",
            "\u{200f}نور",
            "–",
            "“=1",
        ] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }

    #[test]
    fn each_row_has_one_measure_of_one_section() {
        let bytes = csv(&samples::report()).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with(
            "section,month,organization,armed_actor,area,issue,level,kind,measure,value\n\
             #meta+section,#date+month,#org+name,#group+name,#adm1+name,#subsector+code,\
             #x_level+code,#x_kind+code,#indicator+name,#indicator+value\n\
             document,,,,,,,,handling,"
        ));
        for row in [
            "totals,,,,,,,,engagements,45",
            "coverage,,FRA,UFV Valley Zone,,access.movement,operational,,engagements,2",
            "coverage,,نور سيفا للإغاثة,UFV Sefa Post,,,tactical,,engagements,1",
            "answers,2026-02,,,,,,fee,refusing,4",
            "commitments,,,UFV Valley Zone,,access.movement.checkpoints,,written_agreement,status,in_force",
            "flags,,,,,,,contradiction,class,conflict",
            "flags,,,,,,,contradiction,median_days_to_settle,6",
            "flags,,,,,,,duplication,median_days_to_settle,",
            "outcomes_by_method,,,,,,,negotiation,granted,7",
            "outcomes_by_approach,,,,,,,ihl,open,3",
            "contributors,,FRA,,,,,,contacts,12",
            "commitments_by_area,,,,Sefa Valley,,,,kept,2",
            "failures,,,,,,,mistrust,engagements,2",
            "stale_lines,,FRA,UFV Valley Zone,,,,,touched_on,2026-01-02",
            "gaps,,,,,,,level,gap,tactical",
        ] {
            assert!(text.lines().any(|line| line == row), "{row} in\n{text}");
        }
        assert_eq!(csv::Reader::from_reader(&*bytes).records().filter(Result::is_err).count(), 0);
    }

    #[test]
    fn no_cell_of_a_hostile_report_reads_as_a_formula() {
        let mut report = samples::report();
        report.gaps[0].name = "=cmd|' /C calc'!A0, \"quoted\"\nsecond line".to_owned();
        report.contributors[0].organization.name = "\u{feff}＠evil".to_owned();
        report.armed_actor = Some(samples::named("-1"));
        let bytes = csv(&report).unwrap();
        for record in csv::Reader::from_reader(&*bytes).records() {
            assert!(record.unwrap().iter().all(|cell| !reads_as_formula(cell)));
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("\"'=cmd|' /C calc'!A0, \"\"quoted\"\"\nsecond line\""));
    }
}
