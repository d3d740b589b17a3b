//! Charts as pictures (PNG), for files in which no shapes can stand that all programs show alike: drawn
//! from the very shapes of which the pages' are made. The same chart is the same picture, byte for byte.

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};
use tiny_skia::{
    Color, FillRule, FilterQuality, Paint, Path, PathBuilder, Pattern, Pixmap, Rect, Shader,
    SpreadMode, Stroke, StrokeDash, Transform,
};

use crate::{
    chart::{
        Direction,
        canvas::{Area, Canvas, DISC_RADIUS, Filling, Shape, TILE, Weight},
        drawing,
    },
    forms::Unwritten,
    paper::Paper,
    typeset::{Style, Text, Typesetter, legible},
};

/// How many pixels go along a unit of a chart, so that it is sharp in print as well.
const SCALE: f64 = 2.0;
/// How many pixels a picture has at most; a larger chart is less sharp.
const PIXELS_MAX: f64 = 4_000_000.0;

/// A chart as a picture.
pub(crate) struct Picture {
    /// The file.
    pub png: Vec<u8>,
    /// How wide it is to be shown, in pixels of a screen.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// What it shows, for who does not see it.
    pub about: String,
}

/// The chart of each table of a report, where it has one.
pub(crate) fn of_tables(paper: &Paper) -> Result<Vec<Option<Picture>>, Unwritten> {
    let is_rtl = paper.language.is_right_to_left();
    let direction = if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight };
    let mut typesetter = Typesetter::new(is_rtl);
    let picture = |table: &crate::paper::Table| {
        let chart = table.figure.as_ref().and_then(|figure| drawing(figure, direction));
        let about = legible(&format!("{}: {}", table.title, table.about));
        chart.map(|chart| picture(&mut typesetter, &chart, about)).transpose()
    };
    paper.tables.iter().map(picture).collect()
}

fn picture(
    typesetter: &mut Typesetter,
    chart: &Canvas,
    about: String,
) -> Result<Picture, Unwritten> {
    let (width, height) = (chart.width, chart.height);
    let scale = (PIXELS_MAX / (width * height)).sqrt().min(SCALE);
    let pixels = |length: f64| (length * scale).ceil() as u32;
    let pixmap = Pixmap::new(pixels(width), pixels(height));
    let mut pixmap = pixmap.ok_or_else(|| Unwritten::because("a chart has no size"))?;
    pixmap.fill(Color::WHITE);
    let mut page = Page { pixmap, scale: scale as f32 };
    for shape in &chart.shapes {
        page.draw(typesetter, shape);
    }
    let png = page.pixmap.encode_png();
    let png = png.map_err(|_| Unwritten::because("a chart is not encoded"))?;
    Ok(Picture { png, width, height, about })
}

/// What is drawn on.
struct Page {
    pixmap: Pixmap,
    scale: f32,
}

impl Page {
    fn draw(&mut self, typesetter: &mut Typesetter, shape: &Shape) {
        match shape {
            Shape::Filled { area, series } => {
                let path = rectangle(*area);
                self.fill_series(path.as_ref(), *series);
                self.stroke(path.as_ref(), 0, (1.0, &[]));
            }
            Shape::Blank(area) => self.fill(rectangle(*area).as_ref(), 255, self.plain()),
            Shape::Rule(from, to) => {
                self.stroke(through(&[*from, *to], false).as_ref(), 153, (0.7, &[]));
            }
            Shape::Path { points, dashes } => {
                self.stroke(through(points, false).as_ref(), 0, (1.6, dashes));
            }
            Shape::Disc((x, y)) => {
                let disc = PathBuilder::from_circle(*x as f32, *y as f32, DISC_RADIUS as f32);
                self.fill(disc.as_ref(), 0, self.plain());
            }
            Shape::Polygon { corners, is_black } => {
                let path = through(corners, true);
                self.fill(path.as_ref(), if *is_black { 0 } else { 255 }, self.plain());
                self.stroke(path.as_ref(), 0, (1.3, &[]));
            }
            Shape::Text { at: (x, y), anchor, text, weight } => {
                let set = typesetter.text(text, Style::of_chart(*weight), None);
                let left = anchor.left(*x as f32, set.width(), typesetter.is_rtl());
                let path = outlines(&set, (left, *y as f32 - set.baseline()));
                self.fill(path.as_ref(), Style::of_chart(*weight).grey, self.plain());
            }
            Shape::Rising { at: (x, y), text } => {
                let (x, y) = (*x as f32, *y as f32);
                let style = Style::of_chart(Weight::Usual);
                let set = typesetter.text(text, style, None);
                let path = outlines(&set, (x, y - set.baseline()));
                let risen = self.plain().pre_concat(Transform::from_rotate_at(-90.0, x, y));
                self.fill(path.as_ref(), style.grey, risen);
            }
        }
    }

    /// From the units of the chart to pixels.
    fn plain(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    fn fill(&mut self, path: Option<&Path>, grey: u8, transform: Transform) {
        if let Some(path) = path {
            self.pixmap.fill_path(path, &paint(grey), FillRule::Winding, transform, None);
        }
    }

    fn stroke(&mut self, path: Option<&Path>, grey: u8, (width, dashes): (f32, &[f32])) {
        let dash = StrokeDash::new(dashes.to_vec(), 0.0);
        let stroke = Stroke { width, dash, ..Stroke::default() };
        if let Some(path) = path {
            self.pixmap.stroke_path(path, &paint(grey), &stroke, self.plain(), None);
        }
    }

    /// Fills with what a series is told by.
    fn fill_series(&mut self, path: Option<&Path>, series: usize) {
        let tile = match Filling::of(series) {
            Filling::Plain(grey) => return self.fill(path, grey, self.plain()),
            Filling::Dots(radius) => self.tile(&[], (0.0, Some(radius))),
            Filling::Lines(lines, width) => self.tile(lines, (width, None)),
        };
        let (Some(path), Some(tile)) = (path, tile) else { return };
        let units = TILE as f32 / tile.width() as f32;
        let paint = Paint {
            shader: Pattern::new(
                tile.as_ref(),
                SpreadMode::Repeat,
                FilterQuality::Bilinear,
                1.0,
                Transform::from_scale(units, units),
            ),
            ..paint(0)
        };
        self.pixmap.fill_path(path, &paint, FillRule::Winding, self.plain(), None);
    }

    /// A square of a pattern.
    fn tile(&self, lines: &[[(f64, f64); 2]], (width, dot): (f64, Option<f64>)) -> Option<Pixmap> {
        let side = (TILE as f32 * self.scale).round().max(1.0);
        let mut pixmap = Pixmap::new(side as u32, side as u32)?;
        pixmap.fill(Color::WHITE);
        let mut tile = Self { pixmap, scale: side / TILE as f32 };
        for line in lines {
            tile.stroke(through(line, false).as_ref(), 0, (width as f32, &[]));
        }
        if let Some(radius) = dot {
            let middle = TILE as f32 / 2.0;
            let dot = PathBuilder::from_circle(middle, middle, radius as f32);
            tile.fill(dot.as_ref(), 0, tile.plain());
        }
        Some(tile.pixmap)
    }
}

fn paint(grey: u8) -> Paint<'static> {
    let shader = Shader::SolidColor(Color::from_rgba8(grey, grey, grey, 255));
    Paint { shader, anti_alias: true, ..Paint::default() }
}

fn rectangle(Area { x, y, width, height }: Area) -> Option<Path> {
    let area = Rect::from_xywh(x as f32, y as f32, width as f32, height as f32)?;
    Some(PathBuilder::from_rect(area))
}

fn through(points: &[(f64, f64)], is_closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut points = points.iter().map(|(x, y)| (*x as f32, *y as f32));
    let (x, y) = points.next()?;
    path.move_to(x, y);
    points.for_each(|(x, y)| path.line_to(x, y));
    if is_closed {
        path.close();
    }
    path.finish()
}

/// The outlines of a text that has its top at this point.
fn outlines(text: &Text, at: (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    text.glyphs(at, |font, size, id, at| {
        let Ok(font) = FontRef::from_index(font.data.as_ref(), font.index) else { return };
        let Some(glyph) = font.outline_glyphs().get(GlyphId::new(id)) else { return };
        let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
        // The fonts are part of the program, and each of their signs can be drawn.
        glyph.draw(settings, &mut Pen { path: &mut path, at }).ok();
    });
    path.finish()
}

/// Draws a sign at a point; fonts count upwards, and charts downwards.
struct Pen<'p> {
    path: &'p mut PathBuilder,
    at: (f32, f32),
}

impl Pen<'_> {
    fn on(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at.0 + x, self.at.1 - y)
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.on(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.on(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.on(cx, cy), self.on(x, y));
        self.path.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, (x, y)) = (self.on(cx0, cy0), self.on(cx1, cy1), self.on(x, y));
        self.path.cubic_to(first.0, first.1, second.0, second.1, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use concord_domain::language::Language;

    use super::*;
    use crate::{report, samples};

    #[test]
    fn the_same_chart_is_the_same_picture_in_each_language() {
        for language in Language::ALL {
            let made = || of_tables(&report::paper(&samples::report(), language)).unwrap();
            let pictures: Vec<Picture> = made().into_iter().flatten().collect();
            assert!(!pictures.is_empty());
            for (picture, again) in pictures.iter().zip(made().into_iter().flatten()) {
                assert!(picture.png.starts_with(b"\x89PNG\r\n\x1a\n"));
                assert!(picture.png == again.png && picture.png.len() < 200_000);
                assert!(!picture.about.is_empty());
            }
        }
    }

    #[test]
    fn whatever_stands_in_a_chart_can_be_drawn() {
        let long = "W".repeat(2_000);
        for text in ["", " ", "\u{10ffff}\u{e000} ﷽ 漢字", "a\r\nb\tc", "مرحبا (x) 12/3", &long]
        {
            for language in [Language::English, Language::Arabic] {
                of_tables(&report::paper(&samples::report_with(text), language)).unwrap();
            }
        }
    }
}
