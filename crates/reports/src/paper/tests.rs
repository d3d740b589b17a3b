use super::*;
use crate::{handed_round, report, samples};

/// What a page says, without its charts and tags.
fn said(page: &str) -> String {
    let without_charts: String = page
        .split("<svg")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once("</svg>").unwrap().1 })
        .collect();
    let mut said = String::new();
    for part in without_charts.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        if !matches!(tag.trim_start_matches('/'), "b" | "bdi") {
            said.push(' ');
        }
        said.push_str(text);
    }
    let escapes = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    let said = escapes.iter().fold(said, |said, (escape, sign)| said.replace(escape, sign));
    words(&said)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of a table in the order in which they are read.
fn texts_of(table: &Table) -> Vec<String> {
    let mut texts = vec![table.title.clone(), table.about.clone()];
    texts.extend(table.columns.clone());
    for line in &table.rows {
        match line {
            Line::Group(name) => texts.push(name.clone()),
            Line::Cells(cells) => texts.extend(cells.iter().flat_map(|cell| match cell {
                Cell::Texts(texts) => texts.clone(),
                Cell::Count(count) => vec![count.to_string()],
                Cell::NotShown => vec!["—".to_owned()],
            })),
        }
    }
    if table.rows.is_empty() {
        texts.push(table.nothing.clone());
    }
    texts
}

/// Fails unless a page says all that a paper does, in its order, and has no cell besides.
fn is_the_page(paper: &Paper, page: &str) {
    let said = said(page);
    let mut rest = &*said;
    let mut cells = 0;
    for table in &paper.tables {
        for text in texts_of(table) {
            let text = words(&text);
            let (_, after) = rest.split_once(&text).unwrap_or_else(|| panic!("{text} in {rest}"));
            rest = after;
        }
        let in_line = |line: &Line| match line {
            Line::Group(_) => 1,
            Line::Cells(cells) => cells.len(),
        };
        let in_lines: usize = table.rows.iter().map(in_line).sum();
        cells += table.columns.len() + in_lines.max(1);
        for line in &table.rows {
            let is_whole =
                |cells: &Vec<Cell>| cells.len() == table.columns.len() && !cells.is_empty();
            assert!(
                matches!(line, Line::Group(_)) || matches!(line, Line::Cells(c) if is_whole(c))
            );
        }
    }
    let ends = page.matches("</td>").count() + page.matches("</th>").count();
    assert_eq!(cells, ends, "cells of the page");
    for text in [&paper.handling.mark, &paper.handling.note, &paper.true_at(), &paper.expires()] {
        assert!(said.contains(&words(text)), "{text} in {said}");
    }
    for (name, value) in &paper.scope {
        assert!(said.contains(&format!("{name} {value}")), "{name} {value} in {said}");
    }
    assert!(said.contains(&words(&paper.about())), "{} in {said}", paper.about());
}

#[test]
fn the_tables_are_those_of_the_pages_in_every_language() {
    for language in Language::ALL {
        let report = samples::report();
        let page = report::html(&report, language).unwrap();
        is_the_page(&report::paper(&report, language), &page);
        let round = samples::handed_round();
        let page = handed_round::html(&round, language).unwrap();
        is_the_page(&handed_round::paper(&round, language), &page);
    }
}

#[test]
fn an_empty_report_has_the_same_tables_which_say_so() {
    let (full, empty) = (samples::report(), samples::empty_report());
    let (full, paper) =
        (report::paper(&full, Language::English), report::paper(&empty, Language::English));
    is_the_page(&paper, &report::html(&empty, Language::English).unwrap());
    let titles = |paper: &Paper| -> Vec<String> {
        paper.tables.iter().map(|table| table.title.clone()).collect()
    };
    assert_eq!(titles(&paper), titles(&full));
}

#[test]
fn a_figure_that_is_not_shown_is_in_no_table() {
    let paper = handed_round::paper(&samples::handed_round(), Language::English);
    let lines = &paper.tables[0];
    let hidden = Line::Cells(vec![text("Lenga (5)"), Cell::NotShown, Cell::NotShown]);
    assert!(lines.rows.contains(&hidden), "{:?}", lines.rows);
    assert!(lines.counts_in(&1) && !lines.counts_in(&0));
    assert_eq!(paper.watermark.as_deref(), Some("FOR HANDING ROUND"));
}
