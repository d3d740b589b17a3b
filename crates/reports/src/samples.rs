//! A brief and a report to try the documents on, in the fictional Talmira of the exercises, and
//! what any page must be.

use uuid::Uuid;

use crate::{
    Handling, Named, Term,
    brief::Brief,
    report::{Report, Totals},
};

mod brief;
mod handed_round;
mod report;

pub use brief::long_brief;
pub use handed_round::handed_round;

pub const MARK: &str = "RESTRICTED: for its reader and those who go to the meeting";

/// A typical brief.
pub fn brief() -> Brief {
    Sample { suffix: "" }.brief()
}

/// The typical brief, each of its texts followed by another.
pub fn brief_with(suffix: &str) -> Brief {
    Sample { suffix }.brief()
}

/// A typical report.
pub fn report() -> Report {
    Sample { suffix: "" }.report()
}

/// A report of a period in which nothing was.
pub fn empty_report() -> Report {
    Report {
        totals: Totals::default(),
        coverage: vec![],
        gaps: vec![],
        answers: vec![],
        commitments: vec![],
        flags: vec![],
        outcomes: vec![],
        areas: vec![],
        failures: vec![],
        lessons: vec![],
        stale: vec![],
        contributors: vec![],
        ..report()
    }
}

/// The typical report, each of its texts followed by another.
pub fn report_with(suffix: &str) -> Report {
    Sample { suffix }.report()
}

pub fn named(name: &str) -> Named {
    Named { id: Uuid::from_u128(0xfeed_0000_0000_4000_8000_0000_0000_0001), name: name.to_owned() }
}

struct Sample<'a> {
    suffix: &'a str,
}

impl Sample<'_> {
    fn text(&self, text: &str) -> String {
        format!("{text}{}", self.suffix)
    }

    fn texts(&self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn named(&self, name: &str) -> Named {
        named(&self.text(name))
    }

    fn all_named(&self, names: &[&str]) -> Vec<Named> {
        names.iter().map(|name| self.named(name)).collect()
    }

    fn term(&self, code: &str, label: &str) -> Term {
        Term { code: self.text(code), label: self.text(label) }
    }

    fn handling(&self) -> Handling {
        Handling {
            language: "en".to_owned(),
            mark: self.text(MARK),
            operation: self.named("Talmira (fictional, for exercises)"),
            true_at: self.text("2026-03-11T18:04:05Z"),
            expires_on: self.text("2026-03-14"),
            note: self.text(
                "It counts what you may read in this operation at the time above, and what others \
                 disclose to everybody. Entries that nobody has shared with you are not in it.",
            ),
        }
    }
}

/// What any page to print must be, whatever stands in it.
pub fn assert_printable(html: &str) {
    assert!(html.len() < 60_000, "{} bytes", html.len());
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\""));
    assert_eq!(html.matches(MARK).count(), 2, "the handling mark stands at the top and the foot");
    assert_eq!(html.matches("<style>").count(), 1);
    for foreign in [
        "<script", "<link", "<img", "https://", " style=", " src=", " href=", "url(h", "url(\"",
        "@import",
    ] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    let (begun, all) = (html.matches("<svg ").count(), html.matches("http://").count());
    assert_eq!(begun, all, "the one address is the name space of charts");
    assert_eq!(html.matches("<table").count(), html.matches("<caption").count());
    assert_eq!(
        html.matches("<th").count(),
        html.matches("scope=\"").count() + html.matches("<thead").count()
    );
    assert!(!html.contains("feed0000-"), "a page holds no ids");
    assert_balanced(html);
}

/// Each element ends, inside the one in which it began.
fn assert_balanced(html: &str) {
    let mut open = Vec::new();
    for tag in html.split('<').skip(2).map(|rest| rest.split_once('>').unwrap().0) {
        let name = tag.split([' ', '\n']).next().unwrap();
        if tag.ends_with('/') {
            continue;
        }
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before </{name}>");
        } else if name != "meta" {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
