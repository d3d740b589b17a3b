use super::*;
use crate::samples;

const HOSTILE: &str = "<script>alert(1)</script></td></style><!-- \" ' & {{ x }} ]]> \u{202e}نور";

#[test]
fn the_report_is_printable_with_a_table_for_each_section() {
    let html = html(&samples::report()).unwrap();
    samples::assert_printable(&html);
    assert_eq!(html.matches("<caption>").count(), 8);
    for caption in [
        "In the period",
        "What nobody speaks of or to.",
        "How each kind of demand was answered",
        "What armed actors committed themselves to",
        "Raised in the period",
        "What became of asks.",
        "Organisations, with their engagements",
        "Who speaks to whom",
    ] {
        assert!(html.contains(&format!("</h2> {caption}")), "{caption}");
    }
    assert!(html.contains("<b>1 January 2026 to 31 March 2026</b>"));
}

#[test]
fn outcomes_stand_by_method_and_by_approach() {
    let html = html(&samples::report()).unwrap();
    assert!(html.contains("By <bdi>method</bdi>") && html.contains("By <bdi>approach</bdi>"));
}

#[test]
fn hostile_text_adds_no_markup() {
    let plain = html(&samples::report()).unwrap();
    let hostile = html(&samples::report_with(HOSTILE)).unwrap();
    for mark in ["<", ">", "\"", "'"] {
        assert_eq!(plain.matches(mark).count(), hostile.matches(mark).count(), "{mark}");
    }
    assert!(hostile.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
}

#[test]
fn an_empty_report_keeps_its_tables_and_says_so() {
    let report = Report {
        totals: Totals::default(),
        coverage: vec![],
        gaps: vec![],
        answers: vec![],
        commitments: vec![],
        flags: vec![],
        outcomes: vec![],
        contributors: vec![],
        ..samples::report()
    };
    let html = html(&report).unwrap();
    samples::assert_printable(&html);
    assert_eq!(html.matches("<caption>").count(), 8);
    assert_eq!(html.matches("None that you may know of.").count(), 7);
}
