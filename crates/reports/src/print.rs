//! A report as pages to print (PDF): tagged, so that it can be read aloud and reflowed, in the four
//! languages, with how it is to be handled on every page. It holds to PDF/UA-1, as far as a program can
//! tell: what does not is not written.
//!
//! Text is shaped and broken into lines by `parley`, and written with its tags by `krilla`. The two
//! fonts are part of the program (`fonts/`, with their licence): nothing is looked for on the machine,
//! and what they have no sign for stands as the sign for that.

use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::{
    Document, SerializeSettings,
    configure::{Accessibility, ConfigurationBuilder},
    metadata::{DateTime as Moment, Metadata, TextDirection},
};

use crate::{
    chart::{Direction, drawing},
    forms::Unwritten,
    letter::tag,
    paper::{Line, Paper},
    typeset::{self, Style, Typesetter},
};

mod charts;
mod drawn;
mod flow;
mod tags;

use flow::Flow;

/// The size of A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
/// How many rows of a table are printed. Nobody reads more on paper, and what is laid out is held until
/// all is drawn.
const ROWS_MAX: usize = 1_000;
/// What stays free at each side of a page.
const MARGIN: f32 = 42.5;

/// A report as pages to print.
///
/// # Errors
/// None is known: whatever stands in a report can be printed.
pub(crate) fn pdf(paper: &Paper) -> Result<Vec<u8>, Unwritten> {
    let mut typesetter = Typesetter::new(paper.language.is_right_to_left());
    let head = drawn::Frame::new(&mut typesetter, paper);
    let mut flow = Flow::new(&mut typesetter, head.top(), head.bottom());
    set(paper, &mut flow);
    let flowed = flow.done();
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata(paper));
    let marked = drawn::draw(&mut document, &mut typesetter, (&head, &flowed))?;
    document.set_outline(flowed.outline());
    document.set_tag_tree(tags::tree(flowed.blocks, marked, tag(paper.language)));
    document.finish().map_err(|_| Unwritten::because("it does not hold to PDF/UA"))
}

/// Everything that the report says, in the order in which it is read.
fn set(paper: &Paper, flow: &mut Flow<'_>) {
    let first = NonZeroU16::MIN;
    flow.heading(first, paper.title(), Style::TITLE);
    flow.paragraph(&paper.about(), Style::PLAIN);
    for (name, value) in &paper.scope {
        flow.paragraph(&format!("{name}: {value}"), Style::PLAIN);
    }
    if let Some(remark) = &paper.remark {
        flow.paragraph(remark, Style::PLAIN);
    }
    let second = first.saturating_add(1);
    let direction = if paper.language.is_right_to_left() {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    };
    for table in &paper.tables {
        flow.heading(second, &table.title, Style::HEADING);
        flow.paragraph(&table.about, Style::SMALL);
        let drawing = table.figure.as_ref().and_then(|figure| drawing(figure, direction));
        if let Some(drawing) = drawing {
            flow.chart(drawing, typeset::legible(&format!("{}: {}", table.title, table.about)));
        }
        flow.table(table);
        let more =
            table.rows.iter().skip(ROWS_MAX).filter(|row| matches!(row, Line::Cells(_))).count();
        if more > 0 {
            let holes = [("count", more.to_string())];
            let holes = holes.each_ref().map(|(hole, filling)| (*hole, filling.as_str()));
            flow.paragraph(&paper.language.filled("document.more_rows", &holes), Style::PLAIN);
        }
    }
    flow.heading(second, paper.language.text("document.covers"), Style::HEADING);
    flow.paragraph(&paper.handling.note, Style::PLAIN);
}

fn settings() -> Result<SerializeSettings, Unwritten> {
    let accessible =
        ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration =
        accessible.map_err(|_| Unwritten::because("there is no such version of PDF"))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

/// What the file says of itself: the same report is the same file, byte for byte.
fn metadata(paper: &Paper) -> Metadata {
    let direction = if paper.language.is_right_to_left() {
        TextDirection::RightToLeft
    } else {
        TextDirection::LeftToRight
    };
    let told = Metadata::new()
        .title(typeset::legible(&paper.long_title()))
        .description(typeset::legible(&paper.handling.mark))
        .language(tag(paper.language).to_owned())
        .text_direction(direction);
    match DateTime::parse_from_rfc3339(&paper.handling.true_at) {
        Ok(at) => told.creation_date(moment(at.with_timezone(&Utc))),
        Err(_) => told,
    }
}

fn moment(at: DateTime<Utc>) -> Moment {
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    Moment::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests;
