use super::*;
use crate::samples;

fn page(report: &Report) -> String {
    html(report, Language::English).unwrap()
}

const HOSTILE: &str = "<script>alert(1)</script></td></style><!-- \" ' & {{ x }} ]]> \u{202e}نور";

#[test]
fn the_report_is_printable_with_a_table_for_each_section() {
    let html = page(&samples::report());
    samples::assert_printable(&html);
    assert_eq!(html.matches("<caption>").count(), 12);
    assert_eq!(html.matches("<svg ").count(), 5);
    for heading in ["Gaps", "Answers to demands", "Commitments by area", "Lessons", "Coverage"] {
        assert!(html.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    assert!(html.contains("<b>1 January 2026 – 31 March 2026</b>"));
}

#[test]
fn outcomes_stand_by_method_and_by_approach() {
    let html = page(&samples::report());
    assert!(html.contains("By method") && html.contains("By approach"));
}

#[test]
fn hostile_text_adds_no_markup() {
    // The charts are tried by themselves: codes that are none change what is drawn.
    let without_charts = |html: &str| {
        let parts = html.split("<svg").enumerate().map(|(at, part)| {
            if at == 0 { part } else { part.split_once("</svg></div>").unwrap().1 }
        });
        parts.collect::<String>().replace("<div class=\"chart\">", "")
    };
    let plain = without_charts(&page(&samples::report()));
    let hostile = page(&samples::report_with(HOSTILE));
    assert!(!hostile.contains("<script"));
    let hostile = without_charts(&hostile);
    for mark in ["<", ">", "\"", "'"] {
        assert_eq!(plain.matches(mark).count(), hostile.matches(mark).count(), "{mark}");
    }
    assert!(hostile.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
}

#[test]
fn an_empty_report_keeps_its_tables_and_says_so() {
    let report = samples::empty_report();
    let html = page(&report);
    samples::assert_printable(&html);
    assert_eq!(html.matches("<caption>").count(), 12);
    assert_eq!(html.matches("<svg ").count(), 0);
    // A line for each table, those beside the charts among them.
    assert_eq!(html.matches("None that you may know of.").count(), 16);
}

#[test]
fn a_chart_and_the_table_beside_it_hold_the_same_figures() {
    let html = page(&samples::report());
    for section in html.split("<section class=\"figure\">").skip(1) {
        let section = section.split("</section>").next().unwrap();
        let (chart, table) = section.split_once("</svg>").unwrap();
        let cells = table.split("<td class=\"number\">").skip(1);
        for figure in cells.filter_map(|cell| cell.split('<').next()) {
            let told = format!(">{figure}<");
            // A line tells its figures by where its marks stand.
            let is_drawn = chart.contains(&told) || chart.contains("<polyline") || figure == "0";
            assert!(is_drawn || chart.contains("<polygon"), "{figure}");
        }
    }
}

#[test]
fn it_is_said_in_each_language() {
    for (language, word) in [
        (Language::French, "Rapport de coordination"),
        (Language::Spanish, "Informe de coordinación"),
        (Language::Arabic, "تقرير التنسيق"),
    ] {
        let html = html(&samples::report(), language).unwrap();
        samples::assert_printable(&html);
        assert!(html.contains(word) && !html.contains("Nobody has"), "{language:?}");
        assert!(!html.contains("Coordination report"), "{language:?}");
    }
    let arabic = html(&samples::report(), Language::Arabic).unwrap();
    assert!(arabic.contains("dir=\"rtl\"") && arabic.contains("direction=\"rtl\""));
}
