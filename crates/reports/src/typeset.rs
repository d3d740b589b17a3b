//! Text in lines, each word shaped as its script wants it, and where it stands.

use std::{collections::HashMap, ops::Range, rc::Rc, sync::Arc};

use krilla::{
    color::luma,
    geom::Point,
    num::NormalizedF32,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};
use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontContext, FontFamily, FontWeight, Layout,
    LayoutContext, LineHeight, OverflowWrap, StyleProperty,
    fontique::{Blob, Collection, CollectionOptions, SourceCache},
};

use crate::chart::canvas::{TEXT_SIZE, Weight};

/// The family of both fonts.
const FAMILY: &str = "DejaVu Sans";
static PLAIN: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");
/// What stands in the place of what cannot be shown.
const NOT_LEGIBLE: char = '\u{fffd}';

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// In points.
    pub size: f32,
    pub is_bold: bool,
    /// From 0, black, to 255.
    pub grey: u8,
    /// Whether it stands at the end of its lines, as figures do.
    pub at_end: bool,
}

impl Style {
    pub const TITLE: Self = Self { size: 17.0, is_bold: true, grey: 0, at_end: false };
    pub const HEADING: Self = Self { size: 11.5, ..Self::TITLE };
    pub const PLAIN: Self = Self { size: 9.0, is_bold: false, grey: 0, at_end: false };
    pub const SMALL: Self = Self { size: 8.0, grey: 70, ..Self::PLAIN };
    pub const CELL: Self = Self { size: 8.0, ..Self::PLAIN };
    pub const HEAD: Self = Self { size: 7.0, is_bold: true, ..Self::CELL };
    pub const MARK: Self = Self { size: 9.0, is_bold: true, ..Self::PLAIN };
    pub const WATERMARK: Self = Self { size: 58.0, is_bold: true, grey: 205, at_end: false };

    /// Of what is written in a chart.
    pub fn of_chart(weight: Weight) -> Self {
        let grey = if weight == Weight::Less { 85 } else { 0 };
        Self { size: TEXT_SIZE as f32, is_bold: weight == Weight::More, grey, at_end: false }
    }

    /// The same at the end of its lines.
    pub const fn at_end(self) -> Self {
        Self { at_end: true, ..self }
    }
}

/// A text in lines.
pub struct Text {
    text: String,
    layout: Layout<()>,
    style: Style,
}

impl Text {
    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.layout.len()
    }

    /// How high some of its lines are together.
    pub fn height(&self, lines: Range<usize>) -> f32 {
        let first = self.layout.get(lines.start);
        let last = lines.end.checked_sub(1).and_then(|last| self.layout.get(last));
        match (first, last) {
            (Some(first), Some(last)) if !lines.is_empty() => {
                last.metrics().block_max_coord - first.metrics().block_min_coord
            }
            _ => 0.0,
        }
    }

    /// How wide its widest line is.
    pub fn width(&self) -> f32 {
        self.layout.width()
    }

    /// How far the line on which its first line stands is below its top.
    pub fn baseline(&self) -> f32 {
        let first = self.layout.get(0);
        first.map_or(0.0, |line| line.metrics().baseline - line.metrics().block_min_coord)
    }

    /// Its signs, the first line of which has its top at a point: of which font, how large, which one of
    /// it, and where on the page it stands.
    pub fn glyphs(
        &self,
        at: (f32, f32),
        mut each: impl FnMut(&parley::FontData, f32, u32, (f32, f32)),
    ) {
        let Some(first) = self.layout.get(0) else { return };
        let top = at.1 - first.metrics().block_min_coord;
        for line in self.layout.lines() {
            let mut x = at.0 + line.metrics().offset;
            let y = top + line.metrics().baseline;
            for run in line.runs() {
                for glyph in
                    run.visual_clusters().flat_map(|cluster| cluster.glyphs().collect::<Vec<_>>())
                {
                    each(run.font(), run.font_size(), glyph.id, (x + glyph.x, y - glyph.y));
                    x += glyph.advance;
                }
            }
        }
    }

    /// Up to which line those from this one on fit into so much room.
    pub fn fitting(&self, from: usize, room: f32) -> usize {
        (from..self.lines()).find(|line| self.height(from..line + 1) > room).unwrap_or(self.lines())
    }
}

/// What sets texts.
pub struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    is_rtl: bool,
    /// The fonts as they are written, by the weight that they have.
    written: HashMap<u64, Font>,
}

/// A text without what no sign can stand for, and what PDF says must not be told of.
pub fn legible(text: &str) -> String {
    let is_legible = |c: char| {
        c == '\n' || (!c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
    };
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    text.chars().map(|c| if is_legible(c) { c } else { NOT_LEGIBLE }).collect()
}

impl Typesetter {
    pub fn new(is_rtl: bool) -> Self {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        for font in [PLAIN, BOLD] {
            collection.register_fonts(Blob::new(Arc::new(font)), None);
        }
        let fonts = FontContext { collection, source_cache: SourceCache::default() };
        Self { fonts, layouts: LayoutContext::new(), is_rtl, written: HashMap::new() }
    }

    pub const fn is_rtl(&self) -> bool {
        self.is_rtl
    }

    /// A text in lines that are at most so wide, if anything is said of that, and else in one as wide as
    /// it is.
    pub fn text(&mut self, text: &str, style: Style, width: impl Into<Option<f32>>) -> Rc<Text> {
        let width = width.into();
        let mut text = legible(text);
        let mut layout = self.layout(&text, style, width);
        // What was joined with something else may be found missing only when it stands alone.
        loop {
            let missing: Vec<Range<usize>> = missing(&layout)
                .into_iter()
                .filter(|range| text.get(range.clone()).is_some_and(is_to_be_replaced))
                .collect();
            if missing.is_empty() {
                break;
            }
            for range in missing.into_iter().rev() {
                let signs = text.get(range.clone()).map_or(0, |signs| signs.chars().count());
                text.replace_range(range, &NOT_LEGIBLE.to_string().repeat(signs));
            }
            layout = self.layout(&text, style, width);
        }
        Rc::new(Text { text, layout, style })
    }

    fn layout(&mut self, text: &str, style: Style, width: Option<f32>) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        let weight = if style.is_bold { FontWeight::BOLD } else { FontWeight::NORMAL };
        builder.set_base_direction(if self.is_rtl {
            BaseDirection::Rtl
        } else {
            BaseDirection::Ltr
        });
        builder.push_default(StyleProperty::FontFamily(FontFamily::named(FAMILY)));
        builder.push_default(StyleProperty::FontWeight(weight));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.35)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::BreakWord));
        let mut layout = builder.build(text);
        layout.break_all_lines(width);
        let alignment = if style.at_end { Alignment::End } else { Alignment::Start };
        layout.align(alignment, AlignmentOptions::default());
        layout
    }

    /// Draws some lines of a text, the first of which has its top at this point.
    pub fn draw(
        &mut self,
        surface: &mut Surface<'_>,
        text: &Text,
        (lines, at): (Range<usize>, (f32, f32)),
    ) {
        surface.set_fill(Some(grey(text.style.grey)));
        let Some(first) = text.layout.get(lines.start) else { return };
        let top = at.1 - first.metrics().block_min_coord;
        for line in lines.filter_map(|line| text.layout.get(line)) {
            let mut x = at.0 + line.metrics().offset;
            let y = top + line.metrics().baseline;
            for run in line.runs() {
                let Some(font) = self.written(run.font()) else { continue };
                let size = run.font_size();
                let begins = x;
                let mut glyphs = Vec::new();
                for cluster in run.visual_clusters() {
                    let range = said(&run, &cluster);
                    for glyph in cluster.glyphs() {
                        let id = GlyphId::new(glyph.id);
                        let (advance, right, up) = (glyph.advance, glyph.x, glyph.y);
                        glyphs.push(KrillaGlyph::new(
                            id,
                            advance / size,
                            right / size,
                            up / size,
                            0.0,
                            range.clone(),
                            None,
                        ));
                        x += advance;
                    }
                }
                if !glyphs.is_empty() {
                    let at = Point::from_xy(begins, y);
                    surface.draw_glyphs(at, &glyphs, font, &text.text, size, false);
                }
            }
        }
    }

    /// A font as it is written.
    fn written(&mut self, font: &parley::FontData) -> Option<Font> {
        let (index, id) = (font.index, font.data.id());
        if let Some(known) = self.written.get(&id) {
            return Some(known.clone());
        }
        let new = Font::new(font.data.as_ref().to_vec().into(), index)?;
        self.written.insert(id, new.clone());
        Some(new)
    }
}

/// A plain fill, from 0, black, to 255.
pub fn grey(grey: u8) -> Fill {
    Fill {
        paint: luma::Color::new(grey).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

type Cluster<'l> = parley::Cluster<'l, ()>;

/// Of which part of the text a cluster is the sign: its own, and that of those which it is joined with.
fn said(run: &parley::Run<'_, ()>, cluster: &Cluster<'_>) -> Range<usize> {
    let own = cluster.text_range();
    if !cluster.is_ligature_start() {
        return own;
    }
    let joined = run
        .clusters()
        .skip_while(|other| other.text_range().start <= own.start)
        .take_while(Cluster::is_ligature_continuation);
    let end = joined.last().map_or(own.end, |last| last.text_range().end);
    own.start..end
}

/// The parts of the text for which the fonts have no sign, in order.
fn missing(layout: &Layout<()>) -> Vec<Range<usize>> {
    let runs = layout.lines().flat_map(|line| line.runs().collect::<Vec<_>>());
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in runs {
        let missing = run.clusters().filter(|cluster| cluster.glyphs().any(|glyph| glyph.id == 0));
        found.extend(missing.map(|cluster| said(&run, &cluster)));
    }
    found.sort_by_key(|range| (range.start, range.end));
    // None reaches into another, so that each can be replaced by itself.
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// Whether there is anything in a part of a text that does not stand for what cannot be shown already.
fn is_to_be_replaced(part: &str) -> bool {
    part.chars().any(|c| c != NOT_LEGIBLE)
}
