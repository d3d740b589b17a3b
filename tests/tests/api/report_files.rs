//! The report as files for offices: what an independent reader finds in them is what the page says,
//! as far as the one who asked may know it.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Database, Person, Registry,
    office::{bytes, pages_of_libreoffice, parts, printed, read},
    on_each_database,
    plain_browser::said,
    small_world,
};
use serde_json::{Value, json};

use super::{asks, is_problem, logged, own_line, with};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PDF: &str = "application/pdf";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The report in a form and a language.
#[track_caller]
fn report_as(person: &Person<'_>, form: &str, language: &str, question: &Value) -> Answer {
    let headers =
        [("content-type", "application/json"), ("accept", form), ("accept-language", language)];
    let body = question.to_string();
    person.request("POST", "reports", &headers, Some(body.as_bytes())).expect(200)
}

fn exercise(registry: &Registry) -> Person<'_> {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
    registry.member("exercise", "rtw")
}

fn questions() -> [Value; 2] {
    let full = json!({"from": "2025-07-01", "until": "2026-06-30"});
    [full.clone(), with(&full, &json!({"edition": "handed_round"}))]
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a cell says, be it a text, a number or nothing.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => words(text),
        other => other.to_string(),
    }
}

fn rows(table: &Value) -> Vec<Vec<String>> {
    let rows = list(table, "rows").iter();
    rows.map(|row| row.as_array().expect("cells").iter().map(cell).collect()).collect()
}

/// A page without its charts, which say again what the tables beside them say.
fn without_charts(page: &str) -> String {
    let parts = page.split("<svg").enumerate();
    parts
        .map(|(at, part)| match part.split_once("</svg>") {
            Some((_, rest)) if at > 0 => rest,
            _ => part,
        })
        .collect()
}

/// Fails unless the page says the headings and tables of the document in their order, and has
/// neither a table nor a cell besides.
fn is_the_page(document: &Value, page: &str) {
    let page = without_charts(page);
    let text = said(&page);
    let mut rest = &*text;
    let tables = list(document, "tables");
    let titles: Vec<String> = list(document, "headings")
        .iter()
        .filter(|heading| heading[0] == 2)
        .map(|heading| cell(&heading[1]))
        .collect();
    assert_eq!(titles.len(), tables.len() + 1, "{titles:?}");
    let mut cells = 0;
    for (title, table) in titles.iter().zip(tables) {
        assert_eq!(table["heads"], 1, "{title}");
        let texts = rows(table).concat();
        cells += texts.len();
        for line in std::iter::once(title).chain(&texts) {
            let after = rest.split_once(line.as_str());
            let (_, after) = after.unwrap_or_else(|| panic!("{line} of {title} in {rest}"));
            rest = after;
        }
    }
    let there = page.matches("</td>").count() + page.matches("</th>").count();
    assert_eq!((tables.len(), cells), (page.matches("<table").count(), there));
    for mark in list(document, "header").iter().chain(list(document, "footer")) {
        let mark = cell(mark);
        assert!(text.contains(&mark) || mark == "/", "{mark} in {text}");
    }
}

/// Fails unless a workbook has the tables of the document, a sheet for each.
fn is_the_document(workbook: &Value, document: &Value) {
    let (sheets, tables) = (list(workbook, "sheets"), list(document, "tables"));
    assert_eq!(sheets.len(), tables.len() + 2);
    for (sheet, table) in sheets[1..].iter().zip(tables) {
        let width = rows(table)[0].len();
        // Cells that span others are followed by empty ones.
        let filled = |row: &Vec<String>| {
            let mut row = row.clone();
            row.resize(width, String::new());
            row
        };
        let all = rows(sheet);
        let own: Vec<Vec<String>> = all[3..].iter().map(filled).collect();
        assert_eq!(own, rows(table).iter().map(filled).collect::<Vec<_>>(), "{}", sheet["name"]);
    }
    assert_eq!(workbook["formulas"], 0);
    assert_eq!(
        (&workbook["title"], &workbook["subject"]),
        (&document["title"], &document["subject"])
    );
}

#[test]
fn an_independent_reader_finds_in_both_files_what_the_page_says() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    for (question, language) in questions()
        .iter()
        .flat_map(|question| ["en", "fr", "es", "ar"].map(move |language| (question, language)))
    {
        let page = report_as(&adviser, "text/html", language, question);
        let document = read(&report_as(&adviser, DOCX, language, question));
        let workbook = read(&report_as(&adviser, XLSX, language, question));
        is_the_page(&document, &page.text);
        is_the_document(&workbook, &document);
        let is_rtl = language == "ar";
        assert!(list(&document, "tables").iter().all(|table| table["is_rtl"] == is_rtl));
        assert!(list(&workbook, "sheets").iter().all(|sheet| sheet["is_rtl"] == is_rtl));
        assert!(document["language"].as_str().expect("a language").starts_with(language));
        assert_eq!(document["headings"][0][0], 1);
    }
}

#[test]
fn each_file_says_how_it_is_to_be_handled_and_until_when() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    for (question, mark, across) in [
        (&questions()[0], "TLP:AMBER+STRICT", None),
        (&questions()[1], "TLP:AMBER –", Some("FOR HANDING ROUND")),
    ] {
        let workbook = read(&report_as(&adviser, XLSX, "en", question));
        let first: Vec<String> = rows(&list(&workbook, "sheets")[0]).concat();
        let all = first.join("\n");
        for text in [mark, "Expires 22 March 2026", "1 July 2025 – 30 June 2026", "Talmira"] {
            assert!(all.contains(text), "{text} in {all}");
        }
        for sheet in list(&workbook, "sheets") {
            assert!(cell(&sheet["header"]).contains(mark), "{sheet}");
            assert_eq!(cell(&sheet["footer"]), "Expires 22 March 2026");
        }
        let document = read(&report_as(&adviser, DOCX, "en", question));
        let header = list(&document, "header").iter().map(cell).collect::<Vec<_>>().join("\n");
        assert!(header.contains(mark) && header.contains("Expires 22 March 2026"), "{header}");
        if let Some(text) = across {
            assert!(header.contains(text) && all.contains(text));
            let drawn = &parts(&report_as(&adviser, DOCX, "en", question))["word/header1.xml"];
            assert!(drawn.contains(&format!("string=\"{text}\"")), "{drawn}");
        }
    }
}

#[test]
fn the_last_sheet_is_the_table_with_hashtags() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    for question in &questions() {
        let table = report_as(&adviser, "text/csv", "en", question).text;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
        let long: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.expect("a row").iter().map(words).collect())
            .collect();
        let workbook = read(&report_as(&adviser, XLSX, "en", question));
        let sheets = list(&workbook, "sheets");
        let last = &sheets[sheets.len() - 1];
        assert_eq!(last["name"], "HXL");
        assert_eq!(rows(last), long);
        assert!(long[1].iter().all(|tag| tag.starts_with('#')));
    }
}

#[test]
fn what_reads_as_a_formula_stays_the_text_that_it_is() {
    on_each_database(|registry: &Registry| {
        // Others that cannot be seen may stand in no text.
        let names = ["=1+1", "\u{200b}=1+1", "\u{2060}@sum", "＝1", "-1", "+41"];
        let mut world = small_world();
        let unit = |(number, name): (usize, &&str)| {
            json!({"key": format!("unit-{number}"), "name": format!("{name} {number}"),
                "kind": "militia", "parent": "north"})
        };
        let actors = world["armed_actors"].as_array_mut().expect("a list");
        actors.extend(names.iter().enumerate().map(unit));
        registry.import(&world);
        let a = registry.member("demo", "a");
        for number in 0..names.len() {
            logged(&a, &own_line("a", &format!("unit-{number}"), &asks(&["open_route"])));
        }
        let question = json!({"from": "2026-03-01", "until": "2026-03-31"});
        let workbook = read(&report_as(&a, XLSX, "en", &question));
        assert_eq!(workbook["formulas"], 0);
        let of = |name: &str| -> Vec<&Value> {
            list(&workbook, "sheets").iter().flat_map(|sheet| list(sheet, name)).collect()
        };
        let cells: Vec<&Value> =
            of("rows").into_iter().flat_map(|row| row.as_array().expect("cells")).collect();
        for (number, name) in names.iter().enumerate() {
            let text = json!(format!("{name} {number}"));
            assert!(cells.contains(&&text), "{text} in {cells:?}");
            assert!(of("quoted").contains(&&text), "{text} is not quoted");
        }
    });
}

#[test]
fn two_people_who_may_read_different_things_get_different_numbers() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let question = json!({"from": "2026-03-01", "until": "2026-03-31"});
        let before = [XLSX, DOCX].map(|form| bytes(&report_as(&b, form, "en", &question)));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let after = [XLSX, DOCX].map(|form| bytes(&report_as(&b, form, "en", &question)));
        assert!(before == after, "a line that B may not read changes what B gets");
        let totals = |person: &Person<'_>| {
            let workbook = read(&report_as(person, XLSX, "en", &question));
            let document = read(&report_as(person, DOCX, "en", &question));
            let (sheet, table) = (&list(&workbook, "sheets")[1], &list(&document, "tables")[0]);
            assert_eq!(rows(sheet)[4], rows(table)[1]);
            rows(table)[1].clone()
        };
        assert_eq!(totals(&a), ["1", "1", "0", "1", "1", "1", "0"]);
        assert_eq!(totals(&b), ["0", "0", "0", "0", "0", "0", "0"]);
    });
}

#[test]
fn a_figure_that_is_not_shown_is_in_no_file() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    let [full, round] = questions();
    let shown = adviser.post("reports", &round).expect(200).body;
    let workbook = read(&report_as(&adviser, XLSX, "en", &round));
    let document = read(&report_as(&adviser, DOCX, "en", &round));
    let figures: Vec<usize> = list(&shown, "tables")
        .iter()
        .map(|table| {
            let rows = list(table, "rows").iter();
            let cells = rows.map(|row| match list(row, "cells") {
                [] => usize::from(row["total"].is_u64()),
                cells => cells.iter().filter(|cell| cell.is_u64()).count(),
            });
            cells.sum()
        })
        .collect();
    let counted = |tables: &[Value]| -> Vec<usize> {
        let is_figure =
            |text: &&String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        tables.iter().map(|table| rows(table).concat().iter().filter(is_figure).count()).collect()
    };
    assert_eq!(counted(list(&document, "tables")), figures);
    let sheets = list(&workbook, "sheets");
    assert_eq!(counted(&sheets[1..sheets.len() - 1]), figures);
    // Organisations have names in the one edition and in no part of the other.
    let named = |question: &Value| {
        [XLSX, DOCX].map(|form| {
            let parts = parts(&report_as(&adviser, form, "en", question));
            parts.values().any(|part| part.contains("RTW"))
        })
    };
    assert_eq!((named(&full), named(&round)), ([true, true], [false, false]));
}

/// The letters of a text, without marks, spaces, and how lines are broken. Lam and alef are one sign, of
/// which poppler tells the two letters in the other order.
fn letters(text: &str) -> String {
    let is_mark = |c: char| ('\u{64b}'..='\u{652}').contains(&c);
    let letters: String = text.chars().filter(|c| c.is_alphanumeric() && !is_mark(*c)).collect();
    let signs = [("لا", "ال"), ("لأ", "أل"), ("لإ", "إل"), ("لآ", "آل")];
    signs.iter().fold(letters, |text, (sign, told)| text.replace(sign, told))
}

#[test]
fn pages_to_print_say_in_each_language_what_the_page_says_and_can_be_read_aloud() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    for question in questions() {
        for language in ["en", "fr", "es", "ar"] {
            let document = read(&report_as(&adviser, DOCX, language, &question));
            let [text, about, structure] = printed(&report_as(&adviser, PDF, language, &question));
            let said = |name: &str| {
                let line = about.lines().find(|line| line.starts_with(&format!("{name}:")));
                line.and_then(|line| line.split_once(':')).map_or("", |(_, said)| said.trim())
            };
            assert_eq!(
                (said("Tagged"), said("Encrypted"), said("JavaScript")),
                ("yes", "no", "no")
            );
            assert!(said("Page size").contains("A4"), "{about}");
            assert!(!said("Title").is_empty(), "{about}");
            // Each heading is one, each table has a head, and as many cells as the document has.
            let tables = list(&document, "tables");
            let count = |tag: &str| {
                structure.lines().filter(|line| line.trim_start().starts_with(tag)).count()
            };
            assert_eq!(count("H1"), 1, "{structure}");
            assert_eq!(count("H2"), tables.len() + 1, "{structure}");
            assert_eq!((count("Table"), count("THead")), (tables.len(), tables.len()));
            let heads: usize = tables.iter().map(|table| rows(table)[0].len()).sum();
            assert_eq!(count("TH:"), heads, "{structure}");
            // What stands in a cell of the one stands in the other. Of Arabic poppler tells the structure
            // in the order of the signs, and puts some words apart.
            let (all, aloud) = (letters(&text), letters(&structure));
            let cells = tables.iter().flat_map(|table| rows(table).concat());
            let words: Vec<String> = cells
                .flat_map(|cell| cell.split_whitespace().map(letters).collect::<Vec<_>>())
                .filter(|word| word.chars().count() < 12)
                .collect();
            let is_told =
                |word: &&String| all.contains(*word) && (language == "ar" || aloud.contains(*word));
            let missing: Vec<&String> = words.iter().filter(|word| !is_told(word)).collect();
            let missing_max = if language == "ar" { words.len() / 20 } else { 0 };
            assert!(words.len() > 100 && missing.len() <= missing_max, "{language}: {missing:?}");
        }
    }
}

#[test]
fn libreoffice_shows_of_a_document_what_the_page_says_and_its_charts() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    let question = &questions()[0];
    let languages = ["en", "fr", "es", "ar"];
    let documents = languages.map(|language| report_as(&adviser, DOCX, language, question));
    let shown = pages_of_libreoffice(&documents);
    for ((language, document), (text, pictures)) in languages.iter().zip(&documents).zip(shown) {
        let page = report_as(&adviser, "text/html", language, question);
        assert_eq!(pictures, page.text.matches("<svg").count(), "{language}");
        let all = letters(&text);
        let document = read(document);
        let cells = list(&document, "tables").iter().flat_map(|table| rows(table).concat());
        let words: Vec<String> = cells
            .flat_map(|cell| cell.split_whitespace().map(letters).collect::<Vec<_>>())
            .collect();
        // A long word may be broken, and where reading goes from right to left poppler puts some apart.
        let words: Vec<&String> = words.iter().filter(|word| word.chars().count() < 12).collect();
        let missing: Vec<_> = words.iter().filter(|word| !all.contains(word.as_str())).collect();
        let missing_max = if *language == "ar" { words.len() / 20 } else { 0 };
        assert!(words.len() > 100 && missing.len() <= missing_max, "{language}: {missing:?}");
    }
}

#[test]
fn charts_are_drawn_in_files_as_on_the_page_and_say_what_they_show() {
    let registry = Registry::on(Database::Sqlite);
    let adviser = exercise(&registry);
    for question in &questions() {
        let page = report_as(&adviser, "text/html", "en", question).text;
        let drawn = page.matches("<svg").count();
        assert!(drawn > 0);
        for (form, folder, about) in [
            (DOCX, "word/media/", "word/document.xml"),
            (XLSX, "xl/media/", "xl/drawings/drawing1.xml"),
        ] {
            let parts = parts(&report_as(&adviser, form, "en", question));
            let pictures: Vec<_> =
                parts.iter().filter(|(name, _)| name.starts_with(folder)).collect();
            assert_eq!(pictures.len(), drawn, "{form}");
            // As a picture begins, in base64.
            assert!(pictures.iter().all(|(_, picture)| picture.starts_with("iVBORw0KGgo")));
            assert!(!parts[about].contains("descr=\"\""), "{}", parts[about]);
            assert!(parts[about].contains("descr=\""), "{}", parts[about]);
        }
    }
}

#[test]
fn a_file_has_its_kind_and_a_name_that_tells_nothing_and_is_kept_nowhere() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let shared = logged(&a, &concord_tests::line("a", "north", &asks(&["open_route"])));
        let b = registry.person("demo", Role::FocalPoint, Some("b"));
        let focal = registry.person("demo", Role::FocalPoint, Some("a"));
        let question = json!({"from": "2026-03-01", "until": "2026-03-31"});
        for (form, ending) in [(XLSX, "xlsx"), (DOCX, "docx"), (PDF, "pdf")] {
            let answer = report_as(&b, form, "en", &question);
            assert_eq!(answer.header("content-type"), Some(form));
            let disposition = format!("attachment; filename=\"coordination-report.{ending}\"");
            assert_eq!(answer.header("content-disposition"), Some(&*disposition));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            // The owner learns who took it out, each time.
            let list = focal.get("audit").expect(200).body;
            let read = list["items"]
                .as_array()
                .expect("items")
                .iter()
                .find(|item| item["deed"] == "read" && item["action"] == "create_report");
            let read = read.unwrap_or_else(|| panic!("no record in {list}"));
            assert_eq!(read["objects"][0]["id"], shared.as_str());
        }
        let auditor = registry.person("demo", Role::Auditor, None);
        let headers = [("content-type", "application/json"), ("accept", XLSX)];
        let body = question.to_string();
        let refused = auditor.request("POST", "reports", &headers, Some(body.as_bytes()));
        is_problem(&refused, 403, "forbidden");
        let wrong = json!({"from": "2026-03-31", "until": "2026-03-01"}).to_string();
        let wrong = a.request("POST", "reports", &headers, Some(wrong.as_bytes()));
        is_problem(&wrong, 422, "invalid");
    });
}
