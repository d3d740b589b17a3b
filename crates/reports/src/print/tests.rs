use concord_domain::language::Language;

use super::*;
use crate::{
    handed_round,
    paper::{Line, text},
    report, samples,
};

/// How many pages a file has.
fn pages(file: &[u8]) -> usize {
    let is_page = |window: &&[u8]| **window == *b"/Type/Page\n" || **window == *b"/Type/Page/";
    file.windows(11).filter(is_page).count()
}

#[test]
fn the_same_report_is_the_same_file_in_each_language() {
    for language in Language::ALL {
        let made = || report::pdf(&samples::report(), language).unwrap();
        let file = made();
        assert!(file.starts_with(b"%PDF-1.7"), "{language:?}");
        assert_eq!(file, made(), "{language:?}");
        assert!(file.len() < 400_000, "{} bytes", file.len());
        let round = || handed_round::pdf(&samples::handed_round(), language).unwrap();
        assert_eq!(round(), round(), "{language:?}");
    }
}

#[test]
fn whatever_stands_in_a_report_can_be_printed() {
    let hostile = [
        "\u{0}\u{1b}\u{feff}\u{fffe}\u{202e}\u{2067}",
        "<script>alert(1)</script> )Tj ET endobj %%EOF",
        "漢字 हैलो 👩‍👩‍👧 \u{e000} \u{10ffff} ﷽ a\u{301}\u{301}\u{301}",
        "\u{200f}مرحبا world بالعالم\u{200e} 12/3 (x)",
        "Wi-fi\u{20e3} staff\u{20dd} fi\u{363} fi\u{1f3fd}",
        "لا\u{6d6} لا\u{656} إلَّا\u{6df} ស្រី",
        "one\r\ntwo\n\n\nthree\tfour",
        "",
        " ",
        "\n",
        "\u{301}",
    ];
    for language in Language::ALL {
        for text in hostile {
            assert!(report::pdf(&samples::report_with(text), language).is_ok(), "{text:?}");
        }
    }
    let long = "word ".repeat(400) + &"x".repeat(400);
    let file = report::pdf(&samples::report_with(&long), Language::English).unwrap();
    assert!(file.len() < 10_000_000, "{} bytes", file.len());
}

#[test]
fn a_row_that_no_page_has_room_for_goes_on_to_the_next() {
    let mut paper = report::paper(&samples::report(), Language::English);
    let short = pages(&pdf(&paper).unwrap());
    assert!(short > 0);
    let long = text("line\n".repeat(200));
    paper.tables[0].rows.push(Line::Cells(vec![long]));
    let more = pages(&pdf(&paper).unwrap());
    assert!(more >= short + 2, "{short} and {more}");
}

#[test]
fn what_nobody_reads_on_paper_is_not_printed() {
    let printed = |rows: usize| {
        let mut paper = report::paper(&samples::report(), Language::English);
        paper.tables.truncate(1);
        paper.tables[0].rows =
            (0..rows).map(|row| Line::Cells(vec![text(row.to_string())])).collect();
        pages(&pdf(&paper).unwrap())
    };
    let all = printed(ROWS_MAX);
    assert!(printed(ROWS_MAX / 2) < all);
    // With a line that says how many more there are.
    assert_eq!(printed(ROWS_MAX + 1), printed(3 * ROWS_MAX));
    assert!(printed(3 * ROWS_MAX) <= all + 1);
}
