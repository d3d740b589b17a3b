use super::*;
use crate::samples;

fn term(code: &str, label: &str) -> Term {
    Term { code: code.to_owned(), label: label.to_owned() }
}

fn who(organizations: &[u128]) -> BTreeSet<Uuid> {
    organizations.iter().map(|number| Uuid::from_u128(0xfeed_0000 + number)).collect()
}

fn document() -> HandedRound {
    let mut lines = Sheet::new(
        vec![term("feed0000-a", "United Front of the Valleys"), term("feed0000-b", "Lenga")],
        vec![term("strategic", "Strategic"), term("tactical", "Tactical")],
    );
    for organization in 0..4 {
        lines.count("feed0000-a", "tactical", &who(&[organization]));
        lines.count("feed0000-a", "strategic", &who(&[organization]));
        lines.count("feed0000-b", "strategic", &who(&[organization]));
    }
    lines.count("feed0000-b", "tactical", &who(&[1]));
    lines.count("nowhere", "tactical", &who(&[9]));
    let mut asks = Sheet::new(vec![term("access.movement", "Movement")], vec![]);
    for organization in 0..3 {
        asks.count("access.movement", "", &who(&[organization]));
    }
    HandedRound {
        edition: "handed_round".to_owned(),
        handling: HandlingRound {
            language: "en".to_owned(),
            mark: samples::MARK.to_owned(),
            operation: "Talmira".to_owned(),
            true_at: "2026-03-11T18:04:05Z".to_owned(),
            expires_on: "2026-03-14".to_owned(),
            note: "A note.".to_owned(),
        },
        watermark: "FOR HANDING ROUND".to_owned(),
        from: "2026-01-01".to_owned(),
        until: "2026-03-31".to_owned(),
        armed_actor: None,
        place: None,
        issue: None,
        tables: vec![lines.shown(Counted::Lines), asks.shown(Counted::OpenAsks)],
    }
}

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
