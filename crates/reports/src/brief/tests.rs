use super::*;
use crate::samples;

fn page(brief: &Brief) -> String {
    html(brief, Language::English).unwrap()
}

const HOSTILE: &str = "<script>alert(1)</script></td></style><!-- \" ' & {{ x }} ]]> \u{202e}نور";

#[test]
fn the_brief_is_one_printable_page() {
    let html = page(&samples::brief());
    samples::assert_printable(&html);
    for level in ["Strategic", "Operational", "Tactical", "Community"] {
        assert!(html.contains(level), "{level}");
    }
    assert_eq!(html.matches("Nobody that you may know of.").count(), 1);
    assert!(
        html.contains("True at <time datetime=\"2026-03-11T18:04:05Z\">11 March 2026, 18:04 UTC<")
    );
    assert!(html.contains("Expires <time datetime=\"2026-03-14\">14 March 2026<"));
}

#[test]
fn it_goes_from_whom_to_call_to_what_is_missing() {
    let html = page(&samples::brief());
    let headings: Vec<&str> =
        html.split("<h2>").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect();
    assert_eq!(
        headings,
        [
            "Whom to call first",
            "Who seems best placed",
            "Open flags",
            "Lines of dialogue",
            "Common positions and leads",
            "Commitments",
            "What has worked",
            "Community lines to follow",
            "What moves it",
            "Cautions",
            "Silences",
            "Matching guidance",
            "What this covers",
        ]
    );
}

#[test]
fn a_severity_is_a_word_beside_its_squares() {
    let flags = samples::brief().flags;
    for (squares, word) in
        [("■■■■", "Critical"), ("■■■□", "High"), ("■■□□", "Medium"), ("■□□□", "Low")]
    {
        let flag = flags.iter().find(|flag| flag.severity.label == word).unwrap();
        let html = page(&Brief { flags: vec![flag.clone()], ..samples::brief() });
        let beside = format!("{squares}</span> <span class=\"word\">{word}</span>");
        assert!(html.contains(&beside), "{word}");
    }
}

#[test]
fn the_title_names_no_armed_actor() {
    let html = page(&samples::brief());
    assert!(
        html.contains("<title>Brief, 12 March 2026, Talmira (fictional, for exercises)</title>")
    );
}

#[test]
fn a_long_brief_stays_small() {
    let brief = samples::long_brief();
    let lines = brief.levels.iter().flat_map(|step| &step.lines);
    assert_eq!(lines.map(|line| line.asks.len()).collect::<Vec<_>>(), [3; 20]);
    assert_eq!(brief.flags.len(), 15);
    samples::assert_printable(&page(&brief));
}

#[test]
fn hostile_text_adds_no_markup() {
    let plain = page(&samples::brief());
    let hostile = page(&samples::brief_with(HOSTILE));
    for mark in ["<", ">", "\"", "'"] {
        assert_eq!(plain.matches(mark).count(), hostile.matches(mark).count(), "{mark}");
    }
    assert!(!hostile.contains("<script"));
    assert!(hostile.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
}

#[test]
fn very_long_words_are_kept_whole_in_the_text() {
    let word = "x".repeat(10_000);
    let brief = Brief { cautions: vec![word.clone()], ..samples::brief() };
    assert!(page(&brief).contains(&word));
}

#[test]
fn an_empty_section_says_that_none_may_be_known() {
    let mut brief = samples::brief();
    brief.armed_actor.influences = None;
    brief.armed_actor.decisions = None;
    let brief = Brief {
        levels: vec![],
        commitments: vec![],
        common_positions: vec![],
        leads: vec![],
        community_lines: vec![],
        worked: vec![],
        cautions: vec![],
        flags: vec![],
        restricted: vec![],
        best_placed: vec![],
        call_first: vec![],
        silences: vec![],
        guidance: vec![],
        ..brief
    };
    let html = page(&brief);
    samples::assert_printable(&html);
    assert_eq!(html.matches("None that you may know of.").count(), 10);
}

#[test]
fn restricted_flags_are_counted_by_class() {
    let mut brief = samples::brief();
    let class = brief.restricted[0].clone();
    let overlap = Term { code: "overlap".to_owned(), label: "Possible overlap".to_owned() };
    brief.restricted = vec![overlap, class.clone(), class];
    let html = page(&brief);
    assert!(html.contains("<li>Possible conflict (×2)</li>"));
    assert!(html.contains("<li>Possible overlap</li>"));
}

#[test]
fn what_goes_well_has_no_state() {
    let mut brief = samples::brief();
    brief.flags.truncate(1);
    brief.flags[0].state = None;
    brief.flags[0].severity = Term { code: "info".to_owned(), label: "For information".to_owned() };
    assert!(page(&brief).contains("□□□□</span> <span class=\"word\">For information"));
}

#[test]
fn it_is_said_in_each_language_and_turned_for_those_who_read_from_right_to_left() {
    for (language, head, word) in [
        (Language::French, "lang=\"fr\" dir=\"ltr\"", "Qui appeler en premier"),
        (Language::Spanish, "lang=\"es\" dir=\"ltr\"", "A quién llamar primero"),
        (Language::Arabic, "lang=\"ar\" dir=\"rtl\"", "بمن تتصلون أولاً"),
    ] {
        let html = html(&samples::brief(), language).unwrap();
        samples::assert_printable(&html);
        assert!(html.contains(head) && html.contains(word), "{language:?}");
        assert!(!html.contains("Whom to call") && !html.contains("March 2026"), "{language:?}");
    }
}

#[test]
fn what_the_page_has_no_room_for_is_counted() {
    let brief = samples::long_brief();
    let html = page(&brief);
    assert!(html.contains("not shown here: 12"), "flags");
    assert!(html.contains("not shown here: 15"), "lines");
    let handling = &brief.handling;
    let page = Page { w: &Language::English, handling, brief: &brief, way_back: None };
    let levels = page.levels();
    assert_eq!(levels.iter().map(|step| step.lines.len()).collect::<Vec<_>>(), [2, 1, 1, 1]);
}
