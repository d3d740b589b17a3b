//! The pages as they are drawn: what was placed on each, within what stands on all.

use std::{ops::Range, rc::Rc};

use krilla::{
    Document,
    geom::{PathBuilder, Rect, Transform},
    page::PageSettings,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag},
};

use super::{
    MARGIN, PAGE, charts,
    flow::{Flowed, Piece},
    tags::Marked,
};
use crate::{
    forms::Unwritten,
    paper::Paper,
    typeset::{self, Style, Text, Typesetter},
};

/// Where the head of a page begins, and its foot ends.
const EDGE: f32 = 24.0;
/// What stays free between the head of a page, what stands on it, and its foot.
const GAP: f32 = 12.0;
/// How many lines each text in the head of a page has at most.
const LINES_MAX: usize = 3;
/// How thick a line is.
const RULE: f32 = 0.6;

/// The lines of a text that stand in the head or the foot of a page.
fn shown(text: &Text) -> Range<usize> {
    0..text.lines().min(LINES_MAX)
}

/// What stands on every page.
pub struct Frame {
    head: Vec<Rc<Text>>,
    foot: Rc<Text>,
    watermark: Option<Rc<Text>>,
}

impl Frame {
    pub fn new(typesetter: &mut Typesetter, paper: &Paper) -> Self {
        let width = PAGE.0 - 2.0 * MARGIN;
        let mut line = |text: &str, style| typesetter.text(text, style, width);
        let watermark = paper.watermark.as_deref();
        let mut head = Vec::new();
        head.extend(watermark.map(|mark| line(mark, Style::MARK)));
        head.push(line(&paper.handling.mark, Style::MARK));
        head.push(line(&paper.true_at(), Style::SMALL));
        head.push(line(&paper.expires(), Style::SMALL));
        let foot = line(paper.language.text("document.no_clearance"), Style::SMALL);
        // Across the page from one corner to the other.
        let watermark = watermark.map(|mark| typesetter.text(mark, Style::WATERMARK, None));
        Self { head, foot, watermark }
    }

    /// Where what stands on a page begins.
    pub fn top(&self) -> f32 {
        EDGE + self.head.iter().map(|text| text.height(shown(text))).sum::<f32>() + GAP
    }

    /// Where what stands on a page ends.
    pub fn bottom(&self) -> f32 {
        PAGE.1 - EDGE - self.foot.height(shown(&self.foot)) - GAP - Style::SMALL.size
    }
}

/// Draws all pages; what was drawn of each leaf.
///
/// # Errors
/// When a page cannot be as large as A4.
pub fn draw(
    document: &mut Document,
    typesetter: &mut Typesetter,
    (frame, flowed): (&Frame, &Flowed),
) -> Result<Marked, Unwritten> {
    let mut marked = Marked::new();
    for (number, pieces) in flowed.pages.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1);
        let mut page =
            document.start_page_with(size.ok_or_else(|| Unwritten::because("no such page"))?);
        let mut surface = page.surface();
        let of = format!("{} / {}", number + 1, flowed.pages.len());
        around(&mut surface, typesetter, (frame, &of));
        for piece in pieces {
            place(&mut surface, typesetter, piece, &mut marked);
        }
        surface.finish();
        page.finish();
    }
    Ok(marked)
}

fn place(
    surface: &mut Surface<'_>,
    typesetter: &mut Typesetter,
    piece: &Piece,
    marked: &mut Marked,
) {
    match piece {
        Piece::Text { text, lines, at, leaf: Some(leaf) } => {
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            typesetter.draw(surface, text, (lines.clone(), *at));
            surface.end_tagged();
            note(marked, *leaf, id);
        }
        Piece::Chart { drawing, at, scale, leaf } => {
            let id = surface.start_tagged(ContentTag::Other);
            charts::draw(surface, typesetter, (drawing, *at, *scale));
            surface.end_tagged();
            note(marked, *leaf, id);
        }
        Piece::Text { text, lines, at, leaf: None } => {
            aside(surface, ArtifactType::PaginationOther, |surface| {
                typesetter.draw(surface, text, (lines.clone(), *at));
            });
        }
        Piece::Rule { from, to, grey } => aside(surface, ArtifactType::Layout, |surface| {
            rule(surface, *from, (*to, *grey));
        }),
    }
}

/// Notes what was drawn of a leaf.
fn note(marked: &mut Marked, leaf: usize, id: Identifier) {
    if marked.len() <= leaf {
        marked.resize_with(leaf + 1, Vec::new);
    }
    marked[leaf].push(id);
}

/// Draws what is not read.
fn aside<'s>(surface: &mut Surface<'s>, kind: ArtifactType, draw: impl FnOnce(&mut Surface<'s>)) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    draw(surface);
    surface.end_tagged();
}

fn rule(surface: &mut Surface<'_>, from: (f32, f32), (to, grey): (f32, u8)) {
    let mut path = PathBuilder::new();
    if let Some(area) = Rect::from_xywh(from.0, from.1, to - from.0, RULE) {
        path.push_rect(area);
    }
    let Some(path) = path.finish() else { return };
    surface.set_fill(Some(typeset::grey(grey)));
    surface.draw_path(&path);
}

/// What stands on every page: across it, in its head and in its foot.
fn around(surface: &mut Surface<'_>, typesetter: &mut Typesetter, (frame, number): (&Frame, &str)) {
    if let Some(mark) = &frame.watermark {
        aside(surface, ArtifactType::Watermark, |surface| {
            let middle = (PAGE.0 / 2.0, PAGE.1 / 2.0);
            surface.push_transform(&Transform::from_rotate_at(-45.0, middle.0, middle.1));
            let (width, height) = (mark.width(), mark.height(shown(mark)));
            let at = (middle.0 - width / 2.0, middle.1 - height / 2.0);
            typesetter.draw(surface, mark, (shown(mark), at));
            surface.pop();
        });
    }
    let mut y = EDGE;
    for line in &frame.head {
        aside(surface, ArtifactType::Header, |surface| {
            typesetter.draw(surface, line, (shown(line), (MARGIN, y)));
        });
        y += line.height(shown(line));
    }
    let width = PAGE.0 - 2.0 * MARGIN;
    let number = typesetter.text(number, Style::SMALL.at_end(), width);
    let y = PAGE.1 - EDGE - number.height(shown(&number));
    aside(surface, ArtifactType::PageNumber, |surface| {
        typesetter.draw(surface, &number, (shown(&number), (MARGIN, y)));
    });
    let y = y - frame.foot.height(shown(&frame.foot));
    aside(surface, ArtifactType::Footer, |surface| {
        typesetter.draw(surface, &frame.foot, (shown(&frame.foot), (MARGIN, y)));
    });
}
