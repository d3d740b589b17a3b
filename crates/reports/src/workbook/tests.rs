use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::*;
use crate::{report, samples};
use concord_domain::language::Language;

/// A part of a workbook.
fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn sheets(file: &[u8]) -> Vec<String> {
    let archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let numbers = 1..=archive.len();
    let names = numbers.map(|number| format!("xl/worksheets/sheet{number}.xml"));
    let there = names.filter(|name| archive.index_for_name(name).is_some());
    there.map(|name| part(file, &name)).collect()
}

#[test]
fn there_is_a_sheet_for_each_table_between_what_it_is_and_the_long_table() {
    for language in Language::ALL {
        let file = report::xlsx(&samples::report(), language).unwrap();
        let tables = report::paper(&samples::report(), language).tables.len();
        assert_eq!(sheets(&file).len(), tables + 2);
        for sheet in sheets(&file) {
            let is_rtl = sheet.contains("rightToLeft=\"1\"");
            assert_eq!(is_rtl, language == Language::Arabic, "{language:?}");
            assert!(sheet.contains("<oddHeader>&amp;CRESTRICTED"), "{sheet}");
        }
        let book = part(&file, "xl/workbook.xml");
        assert!(book.contains("name=\"HXL\""), "{book}");
    }
}

#[test]
fn no_text_is_a_formula_and_one_that_would_be_is_quoted() {
    for hidden in ["", "\u{200b}", "\u{feff}", "\u{202e}\u{2060}", "\u{a0}", "\t", "\u{0}"] {
        for sign in ["=", "+", "-", "@", "＝"] {
            let evil = format!("{hidden}{sign}cmd|' /C calc'!A0");
            let mut report = samples::report();
            report.contributors[0].organization.name.clone_from(&evil);
            report.lessons[0].lesson.clone_from(&evil);
            report.gaps[0].sentence.clone_from(&evil);
            let file = report::xlsx(&report, Language::English).unwrap();
            for sheet in sheets(&file) {
                assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{evil:?}: {sheet}");
                assert!(!sheet.contains("<hyperlink"), "{evil:?}: {sheet}");
            }
            assert!(part(&file, "xl/styles.xml").contains("quotePrefix=\"1\""), "{evil:?}");
            assert!(part(&file, "xl/sharedStrings.xml").contains("cmd|"), "{evil:?}");
        }
    }
    let plain = report::xlsx(&samples::report(), Language::English).unwrap();
    assert!(!part(&plain, "xl/styles.xml").contains("quotePrefix"));
}

#[test]
fn the_same_report_is_the_same_file() {
    let made = || report::xlsx(&samples::report(), Language::English).unwrap();
    assert_eq!(made(), made());
    let core = part(&made(), "docProps/core.xml");
    assert!(core.contains("2026-03-11T18:04:05Z"), "{core}");
}

#[test]
fn names_of_sheets_and_texts_are_cut_to_what_is_held() {
    let name = sheet_name("12 A [title]: of/all? the 'things' that * there \\ may be");
    assert_eq!(name, "12 A title ofall the things tha");
    let long = "\u{1f600}".repeat(CELL_LENGTH_MAX);
    let cut = held(&long);
    assert_eq!(cut.encode_utf16().count(), CELL_LENGTH_MAX + 2);
    assert!(cut.ends_with(" …"));
    assert_eq!(held("short"), "short");
    let mut report = samples::report();
    report.lessons[0].lesson = long;
    report::xlsx(&report, Language::English).unwrap();
}

#[test]
fn what_is_printed_holds_no_instruction_of_a_text() {
    let mut report = samples::report();
    report.handling.mark = "A & B &G &\"x\"".to_owned();
    let file = report::xlsx(&report, Language::English).unwrap();
    let header = "<oddHeader>&amp;CA &amp;&amp; B &amp;&amp;G &amp;&amp;\"x\"</oddHeader>";
    assert!(sheets(&file)[0].contains(header), "{}", sheets(&file)[0]);
}
