use std::io::Read;

use zip::ZipArchive;

use super::*;
use crate::{handed_round, report, samples};

/// The parts of a document, by name.
fn parts(file: &[u8]) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let read = |at| {
        let mut part = archive.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        let name = part.name().unwrap().into_owned();
        (name, text)
    };
    (0..9).map(read).collect()
}

fn part(file: &[u8], name: &str) -> String {
    parts(file).into_iter().find(|(known, _)| known == name).unwrap().1
}

/// Each element ends, inside the one in which it began, and there is one around all others.
fn assert_balanced(name: &str, xml: &str) {
    let body = xml.split_once("?>").unwrap().1;
    let mut open = Vec::new();
    let mut roots = 0;
    for tag in body.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0) {
        roots += usize::from(open.is_empty());
        let element = tag.split([' ', '\n']).next().unwrap();
        if let Some(element) = element.strip_prefix('/') {
            assert_eq!(open.pop(), Some(element), "{name}: before </{element}>");
        } else if !tag.ends_with('/') {
            open.push(element);
        }
    }
    assert!(open.is_empty() && roots == 1, "{name}: {open:?}");
}

#[test]
fn headings_are_headings_and_heads_of_tables_are_told() {
    let file = report::docx(&samples::report(), Language::English).unwrap();
    for (name, xml) in parts(&file) {
        assert_balanced(&name, &xml);
    }
    let document = part(&file, "word/document.xml");
    let tables = report::paper(&samples::report(), Language::English).tables.len();
    assert_eq!(document.matches("<w:tbl>").count(), tables);
    assert_eq!(document.matches("<w:tblHeader/>").count(), tables);
    assert_eq!(document.matches("w:val=\"Heading1\"").count(), 1);
    assert_eq!(document.matches("w:val=\"Heading2\"").count(), tables + 1);
    let header = part(&file, "word/header1.xml");
    for text in [samples::MARK, "True at 11 March 2026, 18:04 UTC", "Expires 14 March 2026"] {
        assert!(header.contains(text), "{text} in {header}");
    }
    assert!(!header.contains("textpath"));
    assert!(!document.contains("feed0000-"), "it holds no ids");
}

#[test]
fn language_and_direction_are_set() {
    for (language, tag) in Language::ALL.into_iter().zip(["en-GB", "fr-FR", "es-ES", "ar-SA"]) {
        let file = report::docx(&samples::report(), language).unwrap();
        let styles = part(&file, "word/styles.xml");
        assert!(styles.contains(&format!("<w:lang w:val=\"{tag}\"")), "{styles}");
        let document = part(&file, "word/document.xml");
        let paragraphs = document.matches("<w:p>").count();
        let turned = if language == Language::Arabic { paragraphs } else { 0 };
        assert_eq!(document.matches("<w:pPr>").count(), paragraphs);
        assert_eq!(document.matches("<w:bidi/></w:pPr>").count(), turned, "{language:?}");
        assert_eq!(document.matches("<w:rtl/>").count(), turned, "{language:?}");
        let tables = document.matches("<w:tbl>").count();
        let turned = if language == Language::Arabic { tables } else { 0 };
        assert_eq!(document.matches("<w:bidiVisual/>").count(), turned, "{language:?}");
    }
}

#[test]
fn the_edition_for_handing_round_is_marked_across_each_page() {
    for language in Language::ALL {
        let file = handed_round::docx(&samples::handed_round(), language).unwrap();
        for (name, xml) in parts(&file) {
            assert_balanced(&name, &xml);
            assert!(!xml.contains("feed0000"), "{name}");
        }
        let header = part(&file, "word/header1.xml");
        assert!(header.contains("string=\"FOR HANDING ROUND\""), "{header}");
        assert!(part(&file, "word/document.xml").contains(">—</w:t>"));
    }
}

#[test]
fn hostile_text_adds_no_markup_and_nothing_that_xml_cannot_hold() {
    const HOSTILE: &str =
        "</w:t></w:r><w:fldSimple w:instr=\"DDEAUTO c:\\x\"/>\" ' & ]]> \u{0}\u{1b}\u{fffe}";
    let plain = report::docx(&samples::report(), Language::English).unwrap();
    let mut report = samples::report_with(HOSTILE);
    report.handling.true_at = samples::report().handling.true_at;
    let hostile = report::docx(&report, Language::English).unwrap();
    for ((name, plain), (_, hostile)) in parts(&plain).into_iter().zip(parts(&hostile)) {
        assert_balanced(&name, &hostile);
        // Codes that are none make months, levels and areas of their own in the figures, and charts.
        if !["word/document.xml", "word/_rels/document.xml.rels"].contains(&&*name) {
            assert_eq!(plain.matches('<').count(), hostile.matches('<').count(), "{name}");
        }
        assert_eq!(hostile.matches("<w:fldSimple").count(), plain.matches("<w:fldSimple").count());
        assert!(!hostile.contains(['\u{0}', '\u{1b}', '\u{fffe}']), "{name}");
    }
}

#[test]
fn the_same_report_is_the_same_file() {
    let made = || report::docx(&samples::report(), Language::Arabic).unwrap();
    assert_eq!(made(), made());
}

#[test]
fn columns_are_as_wide_as_the_page_together() {
    for table in report::paper(&samples::report(), Language::English).tables {
        let together: usize = widths(&table).iter().sum();
        assert!(together <= TEXT_WIDTH && together + table.columns.len() * 2 > TEXT_WIDTH);
    }
}
