use super::*;
use crate::samples::{self, handed_round as document};

#[test]
fn it_shows_no_figure_about_fewer_than_three_and_none_from_which_one_follows() {
    let document = document();
    let lines = &document.tables[0];
    assert_eq!(lines.total, Some(13));
    let cells: Vec<_> = lines.rows.iter().map(|row| (row.total, row.cells.clone())).collect();
    // What Lenga has at the tactical level would follow from its row and the other cell.
    let front = (Some(8), vec![Some(4), Some(4)]);
    assert_eq!(cells, [front, (Some(5), vec![None, None])]);
    assert!(lines.rows.iter().all(|row| row.code.is_empty()), "armed actors have no codes");
}

#[test]
fn it_is_printable_marked_and_without_ids() {
    for language in Language::ALL {
        let html = html(&document(), language).unwrap();
        samples::assert_printable(&html);
        assert!(html.contains("class=\"watermark\" aria-hidden=\"true\"><span>FOR HANDING ROUND"));
        assert!(!html.contains("feed0000"));
    }
}

#[test]
fn a_figure_that_is_not_shown_is_empty_in_the_table_for_spreadsheets() {
    let text = String::from_utf8(csv(&document()).unwrap()).unwrap();
    let header =
        "section,month,organization,armed_actor,area,issue,level,kind,measure,value\n#meta";
    assert!(text.starts_with(header));
    for row in [
        "lines,,,,,,,,all,13",
        "lines,,,United Front of the Valleys,,,tactical,,engagements,4",
        "lines,,,Lenga,,,tactical,,engagements,",
        "open_asks,,,,,access.movement,,,all,3",
    ] {
        assert!(text.lines().any(|line| line == row), "{row} in\n{text}");
    }
    assert!(!text.contains("feed0000"));
}
