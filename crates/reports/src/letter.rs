//! A report as a document for word processors (Office Open XML): headings that are headings, tables
//! whose first row is repeated on each page and told as their head, language and direction set, and
//! how it is to be handled in the head and the foot of each page.
//!
//! It is written here, from templates, since the crate for it that is kept up sets no language and no
//! heads of tables, and turns no table for Arabic. It holds no macros, no links and no fields but
//! the numbers of pages, and the same report is the same file, byte for byte.

use std::io::{Cursor, Write};

use askama::Template;
use concord_domain::language::Language;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    chart::NOT_SHOWN,
    filters,
    forms::Unwritten,
    paper::{Cell, Line, Paper, Table},
    picture::{self, Picture},
};

/// How wide the text of a page is, in twentieths of a point.
const TEXT_WIDTH: usize = 10_206;
/// How wide that is, and how high a chart is at most, in the unit in which word processors place
/// pictures: 635 are a twentieth of a point.
const CHART_WIDTH: f64 = 10_206.0 * 635.0;
const CHART_HEIGHT_MAX: f64 = 13_000.0 * 635.0;

/// A report as a document for word processors.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub(crate) fn docx(paper: &Paper) -> Result<Vec<u8>, Unwritten> {
    let is_rtl = paper.language.is_right_to_left();
    let language = tag(paper.language);
    let pictures = picture::of_tables(paper)?;
    let charts: Vec<Option<Chart<'_>>> = (1..).zip(&pictures).map(Chart::of).collect();
    let (w, drawn) = (paper.language, charts.iter().flatten().collect());
    let parts = [
        ("[Content_Types].xml", include_str!("../templates/docx/types.xml").to_owned()),
        ("_rels/.rels", include_str!("../templates/docx/package.xml").to_owned()),
        ("docProps/core.xml", Core { paper, language }.render()?),
        ("word/document.xml", Document { paper, charts: &charts, w, is_rtl }.render()?),
        ("word/_rels/document.xml.rels", Links { charts: drawn }.render()?),
        ("word/styles.xml", Styles { language, is_rtl }.render()?),
        ("word/settings.xml", Settings { language }.render()?),
        ("word/header1.xml", Head { paper, is_rtl }.render()?),
        ("word/footer1.xml", Foot { w, is_rtl }.render()?),
    ];
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    // At a moment of its own a file would differ from the same made later.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o600);
    for (name, part) in parts {
        file.start_file(name, options)?;
        file.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")?;
        file.write_all(part.trim().as_bytes())?;
    }
    for chart in charts.iter().flatten() {
        file.start_file(format!("word/media/chart{}.png", chart.number), options)?;
        file.write_all(&chart.picture.png)?;
    }
    Ok(file.finish()?.into_inner())
}

/// A language as word processors know it, by which they spell, hyphenate and read aloud.
pub(crate) const fn tag(language: Language) -> &'static str {
    match language {
        Language::English => "en-GB",
        Language::French => "fr-FR",
        Language::Spanish => "es-ES",
        Language::Arabic => "ar-SA",
    }
}

#[derive(Template)]
#[template(path = "docx/core.xml", whitespace = "minimize")]
struct Core<'a> {
    paper: &'a Paper,
    language: &'static str,
}

/// A chart as it stands in the text.
struct Chart<'a> {
    /// The number of its table.
    number: usize,
    picture: &'a Picture,
    /// Its width and height, in units of [`CHART_WIDTH`].
    size: (u64, u64),
}

impl<'a> Chart<'a> {
    /// As wide as the text, unless it would be too high.
    fn of((number, picture): (usize, &'a Option<Picture>)) -> Option<Self> {
        let picture = picture.as_ref()?;
        let scale = (CHART_WIDTH / picture.width).min(CHART_HEIGHT_MAX / picture.height);
        let size = ((picture.width * scale) as u64, (picture.height * scale) as u64);
        Some(Self { number, picture, size })
    }
}

#[derive(Template)]
#[template(path = "docx/links.xml", whitespace = "minimize")]
struct Links<'a> {
    charts: Vec<&'a Chart<'a>>,
}

#[derive(Template)]
#[template(path = "docx/document.xml", whitespace = "minimize")]
struct Document<'a> {
    paper: &'a Paper,
    /// The chart of each table, where it has one.
    charts: &'a [Option<Chart<'a>>],
    w: Language,
    is_rtl: bool,
}

#[derive(Template)]
#[template(path = "docx/styles.xml", whitespace = "minimize")]
struct Styles {
    language: &'static str,
    is_rtl: bool,
}

#[derive(Template)]
#[template(path = "docx/settings.xml", whitespace = "minimize")]
struct Settings {
    language: &'static str,
}

#[derive(Template)]
#[template(path = "docx/header.xml", whitespace = "minimize")]
struct Head<'a> {
    paper: &'a Paper,
    is_rtl: bool,
}

#[derive(Template)]
#[template(path = "docx/footer.xml", whitespace = "minimize")]
struct Foot {
    w: Language,
    is_rtl: bool,
}

/// How wide each of so many columns is: the first, in which stands what a row is about, is wider.
pub(crate) fn widths(table: &Table) -> Vec<usize> {
    let columns = table.columns.len();
    let parts = columns + usize::from(columns > 1);
    let first = TEXT_WIDTH / parts * (1 + usize::from(columns > 1));
    (0..columns).map(|column| if column == 0 { first } else { TEXT_WIDTH / parts }).collect()
}

/// What stands in a cell, text by text.
pub(crate) fn said(cell: &Cell) -> Vec<String> {
    match cell {
        Cell::Texts(texts) => texts.clone(),
        Cell::Count(count) => vec![count.to_string()],
        Cell::NotShown => vec![NOT_SHOWN.to_owned()],
    }
}

/// Whether a cell holds a figure, which stands at its end.
pub(crate) const fn is_figure(cell: &Cell) -> bool {
    !matches!(cell, Cell::Texts(_))
}

#[cfg(test)]
mod tests;
