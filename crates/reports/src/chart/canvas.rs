//! What charts are drawn on: shapes, which pages show as SVG and files draw in their own way.
//!
//! Lengths along a line of text are given from where reading begins; the canvas mirrors them.

use super::as_length;

/// How wide a character is, on average, in text of the usual size.
const CHARACTER_WIDTH: f64 = 6.3;
/// The usual size of text.
pub const TEXT_SIZE: f64 = 12.0;
/// How large a round mark is.
pub const DISC_RADIUS: f64 = 3.4;
/// The lengths of dashes and of what is between them, of six lines that differ.
const DASHES: [&[f32]; 6] =
    [&[], &[7.0, 3.0], &[2.0, 3.0], &[9.0, 3.0, 2.0, 3.0], &[14.0, 4.0], &[4.0, 2.0, 1.0, 2.0]];

/// What an area is filled with; six that differ without colour.
const FILLS: usize = 6;
/// How large the squares are of which patterns are made.
pub const TILE: f64 = 6.0;

/// What the area of a series is filled with.
pub enum Filling {
    /// A plain grey, from 0, black, to 255.
    Plain(u8),
    /// A black dot of this radius in the middle of each square.
    Dots(f64),
    /// Black lines of this width across each square.
    Lines(&'static [[(f64, f64); 2]], f64),
}

impl Filling {
    /// Of the `series`-th of those that must differ.
    pub const fn of(series: usize) -> Self {
        match series {
            0 => Self::Plain(0),
            2 => Self::Lines(
                &[
                    [(-1.0, 7.0), (7.0, -1.0)],
                    [(-4.0, 4.0), (4.0, -4.0)],
                    [(2.0, 10.0), (10.0, 2.0)],
                ],
                1.5,
            ),
            3 => Self::Dots(1.3),
            4 => Self::Lines(&[[(0.0, 3.0), (6.0, 3.0)], [(3.0, 0.0), (3.0, 6.0)]], 1.1),
            5 => Self::Lines(&[[(0.0, 3.0), (6.0, 3.0)]], 2.2),
            _ => Self::Plain(255),
        }
    }
}

pub struct Canvas {
    pub width: f64,
    pub height: f64,
    /// Whether it is read from right to left.
    pub is_mirrored: bool,
    /// What programs call it.
    pub name: String,
    /// What is drawn, the first below all others.
    pub shapes: Vec<Shape>,
}

/// Something that is drawn, where it stands on the page whatever its direction is.
pub enum Shape {
    /// An area with an edge, filled as one of those that differ without colour: 0 is black, 1 white.
    Filled { area: Area, series: usize },
    /// An area of plain white.
    Blank(Area),
    /// A thin grey line.
    Rule((f64, f64), (f64, f64)),
    /// A line through points.
    Path { points: Vec<(f64, f64)>, dashes: &'static [f32] },
    /// A round black mark.
    Disc((f64, f64)),
    /// A mark with corners, black or hollow.
    Polygon { corners: Vec<(f64, f64)>, is_black: bool },
    /// A text on a line at this height.
    Text { at: (f64, f64), anchor: Anchor, text: String, weight: Weight },
    /// A text that rises from a point.
    Rising { at: (f64, f64), text: String },
}

/// How much a text weighs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Less,
    Usual,
    More,
}

/// Where a text stands, seen from its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// Where a text so wide begins on the left whose point is at `x`.
    pub fn left(self, x: f32, width: f32, is_rtl: bool) -> f32 {
        match self {
            Self::Middle => x - width / 2.0,
            Self::Start | Self::End if (self == Self::End) != is_rtl => x - width,
            Self::Start | Self::End => x,
        }
    }
}

/// Whether marks stand on lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    Drawn,
    None,
}

/// A rectangle, from where reading begins.
#[derive(Clone, Copy)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// How wide a text is, roughly.
pub fn width_of(text: &str) -> f64 {
    as_length(text.chars().count() as u64) * CHARACTER_WIDTH
}

/// A text in at most some lines that are about so wide, the last cut if it must be.
pub fn wrapped(text: &str, width: f64, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + width_of(word) + CHARACTER_WIDTH <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let is_cut = lines.len() > lines_max;
    lines.truncate(lines_max);
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter_mut().enumerate() {
        if width_of(line) > width || (is_cut && at == last) {
            let kept = (width / CHARACTER_WIDTH).max(2.0);
            let mut cut = String::new();
            for c in line.chars() {
                if width_of(&cut) + 2.0 * CHARACTER_WIDTH > kept * CHARACTER_WIDTH {
                    break;
                }
                cut.push(c);
            }
            *line = cut.trim_end().to_owned() + "…";
        }
    }
    lines
}

impl Canvas {
    pub fn new(width: f64, is_mirrored: bool, name: &str) -> Self {
        let name = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        Self { width, height: 0.0, is_mirrored, name, shapes: Vec::new() }
    }

    fn left(&self, x: f64, width: f64) -> f64 {
        if self.is_mirrored { self.width - x - width } else { x }
    }

    fn placed(&self, area: Area) -> Area {
        Area { x: self.left(area.x, area.width), ..area }
    }

    /// An area filled as the `series`-th of those that must differ.
    pub fn filled(&mut self, area: Area, series: usize) {
        self.shapes.push(Shape::Filled { area: self.placed(area), series: series % FILLS });
    }

    /// An area of plain white, so that what stands on it can be read.
    pub fn blank(&mut self, area: Area) {
        self.shapes.push(Shape::Blank(self.placed(area)));
    }

    /// A thin grey line.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let placed = |(x, y)| (self.left(x, 0.0), y);
        self.shapes.push(Shape::Rule(placed(from), placed(to)));
    }

    /// A line through points, dashed as the `series`-th of those that must differ.
    pub fn path(&mut self, points: &[(f64, f64)], series: usize) {
        let points = points.iter().map(|(x, y)| (self.left(*x, 0.0), *y)).collect();
        self.shapes.push(Shape::Path { points, dashes: DASHES[series % DASHES.len()] });
    }

    /// A mark on a point, of the shape of the `series`-th of those that must differ.
    pub fn mark(&mut self, (x, y): (f64, f64), series: usize) {
        let x = self.left(x, 0.0);
        let (near, far) = (DISC_RADIUS, 4.4);
        let corners: Vec<(f64, f64)> = match series % 6 {
            0 => {
                self.shapes.push(Shape::Disc((x, y)));
                return;
            }
            1 => vec![(-near, -near), (near, -near), (near, near), (-near, near)],
            2 => vec![(0.0, -far), (far, near), (-far, near)],
            3 => vec![(0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0)],
            4 => vec![(0.0, far), (far, -near), (-far, -near)],
            _ => vec![(-far, -1.3), (far, -1.3), (far, 1.3), (-far, 1.3)],
        };
        let corners = corners.into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        // Filled and hollow marks in turn.
        self.shapes.push(Shape::Polygon { corners, is_black: series.is_multiple_of(2) });
    }

    /// A text.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, Weight::Usual);
    }

    /// A text that weighs more.
    pub fn strong(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, Weight::More);
    }

    /// A text that weighs less.
    pub fn quiet(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, Weight::Less);
    }

    /// Lines of a text that rise from a point, where there is no room for them to lie. In any
    /// language the next line stands to the right, as it would stand below.
    pub fn rising(&mut self, (x, y): (f64, f64), lines: &[String]) {
        let first = as_length(lines.len().saturating_sub(1) as u64) / 2.0;
        for (at, line) in lines.iter().enumerate() {
            let aside = (as_length(at as u64) - first) * (TEXT_SIZE + 1.0);
            let x = self.left(x, 0.0) + 4.0 + aside;
            self.shapes.push(Shape::Rising { at: (x, y), text: line.clone() });
        }
    }

    fn write(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str, weight: Weight) {
        let (at, text) = ((self.left(x, 0.0), y), text.to_owned());
        self.shapes.push(Shape::Text { at, anchor, text, weight });
    }

    /// What each series looks like, above the chart; its height is added.
    pub fn legend(&mut self, labels: &[String]) {
        let (mut x, mut y) = (0.0, self.height + 12.0);
        for (series, label) in labels.iter().enumerate() {
            let label = wrapped(label, self.width - 40.0, 1).concat();
            let width = 20.0 + width_of(&label) + 16.0;
            if x > 0.0 && x + width > self.width {
                (x, y) = (0.0, y + 18.0);
            }
            self.filled(Area { x: x + 1.0, y: y - 10.0, width: 13.0, height: 11.0 }, series);
            self.text((x + 20.0, y), Anchor::Start, &label);
            x += width;
        }
        self.height = y + 10.0;
    }

    /// What each mark stands for, above the chart, with the line that goes with it, if there are
    /// lines; its height is added.
    pub fn key(&mut self, labels: &[String], lines: Lines) {
        let (mut x, mut y) = (0.0, self.height + 12.0);
        for (series, label) in labels.iter().enumerate() {
            let label = wrapped(label, self.width - 60.0, 1).concat();
            let width = 36.0 + width_of(&label) + 16.0;
            if x > 0.0 && x + width > self.width {
                (x, y) = (0.0, y + 18.0);
            }
            if lines == Lines::Drawn {
                self.path(&[(x + 1.0, y - 4.0), (x + 29.0, y - 4.0)], series);
            }
            self.mark((x + 15.0, y - 4.0), series);
            self.text((x + 36.0, y), Anchor::Start, &label);
            x += width;
        }
        self.height = y + 10.0;
    }
}
