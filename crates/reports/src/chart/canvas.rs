//! What charts are drawn on: an SVG element whose inline direction is that of the reader.
//!
//! Lengths along a line of text are given from where reading begins; the canvas mirrors them.

use std::fmt::Write;

use super::as_length;

/// How wide a character is, on average, in text of the usual size.
const CHARACTER_WIDTH: f64 = 6.3;
/// The usual size of text.
const TEXT_SIZE: f64 = 12.0;

/// What an area is filled with; six that differ without colour.
const FILLS: usize = 6;

pub struct Canvas {
    pub width: f64,
    pub height: f64,
    is_mirrored: bool,
    name: String,
    body: String,
}

/// Where a text stands, seen from its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
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
        Self { width, height: 0.0, is_mirrored, name, body: String::new() }
    }

    fn put(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        let _ = self.body.write_fmt(markup);
    }

    fn left(&self, x: f64, width: f64) -> f64 {
        if self.is_mirrored { self.width - x - width } else { x }
    }

    /// An area filled as the `series`-th of those that must differ.
    pub fn filled(&mut self, area: Area, series: usize) {
        let Area { x, y, width, height } = area;
        let (left, fill) = (self.left(x, width), self.fill(series));
        self.put(format_args!(
            "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{fill}\" stroke=\"#000\"/>"
        ));
    }

    /// An area of plain white, so that what stands on it can be read.
    pub fn blank(&mut self, area: Area) {
        let Area { x, y, width, height } = area;
        let left = self.left(x, width);
        self.put(format_args!(
            "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"#fff\"/>"
        ));
    }

    /// A thin grey line.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (x1, x2) = (self.left(from.0, 0.0), self.left(to.0, 0.0));
        let (y1, y2) = (from.1, to.1);
        self.put(format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#999\" \
             stroke-width=\".7\"/>"
        ));
    }

    /// A line through points, dashed as the `series`-th of those that must differ.
    pub fn path(&mut self, points: &[(f64, f64)], series: usize) {
        const DASHES: [&str; 6] = ["none", "7 3", "2 3", "9 3 2 3", "14 4", "4 2 1 2"];
        let mut written = String::new();
        for (x, y) in points {
            let _ = write!(written, "{:.1},{y:.1} ", self.left(*x, 0.0));
        }
        let (points, dash) = (written.trim_end(), DASHES[series % DASHES.len()]);
        self.put(format_args!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.6\" \
             stroke-dasharray=\"{dash}\"/>"
        ));
    }

    /// A mark on a point, of the shape of the `series`-th of those that must differ.
    pub fn mark(&mut self, (x, y): (f64, f64), series: usize) {
        let x = self.left(x, 0.0);
        let (near, far) = (3.4, 4.4);
        let corners: Vec<(f64, f64)> = match series % 6 {
            0 => {
                self.put(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.4\"/>"));
                return;
            }
            1 => vec![(-near, -near), (near, -near), (near, near), (-near, near)],
            2 => vec![(0.0, -far), (far, near), (-far, near)],
            3 => vec![(0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0)],
            4 => vec![(0.0, far), (far, -near), (-far, -near)],
            _ => vec![(-far, -1.3), (far, -1.3), (far, 1.3), (-far, 1.3)],
        };
        let mut points = String::new();
        for (dx, dy) in corners {
            let _ = write!(points, "{:.1},{:.1} ", x + dx, y + dy);
        }
        // Filled and hollow marks in turn.
        let fill = if series.is_multiple_of(2) { "#000" } else { "#fff" };
        let points = points.trim_end();
        self.put(format_args!(
            "<polygon points=\"{points}\" fill=\"{fill}\" stroke=\"#000\" stroke-width=\"1.3\"/>"
        ));
    }

    /// A text.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, "");
    }

    /// A text that weighs more.
    pub fn strong(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, " font-weight=\"600\"");
    }

    /// A text that weighs less.
    pub fn quiet(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(at, anchor, text, " fill=\"#555\"");
    }

    /// Lines of a text that rise from a point, where there is no room for them to lie. In any
    /// language the next line stands to the right, as it would stand below.
    pub fn rising(&mut self, (x, y): (f64, f64), lines: &[String]) {
        // What is read from the right begins at its upper end.
        let anchor = if self.is_mirrored { " text-anchor=\"end\"" } else { "" };
        let first = as_length(lines.len().saturating_sub(1) as u64) / 2.0;
        for (at, line) in lines.iter().enumerate() {
            let aside = (as_length(at as u64) - first) * (TEXT_SIZE + 1.0);
            let (x, line) = (self.left(x, 0.0) + 4.0 + aside, escaped(line));
            self.put(format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" transform=\"rotate(-90 {x:.1} {y:.1})\"{anchor}>\
                 {line}</text>"
            ));
        }
    }

    fn write(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str, more: &str) {
        let (x, text) = (self.left(x, 0.0), escaped(text));
        // Seen from the direction of the element, which is the reader's.
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.put(format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\"{anchor}{more}>{text}</text>"));
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

    fn fill(&self, series: usize) -> String {
        match series % FILLS {
            0 => "#000".to_owned(),
            1 => "#fff".to_owned(),
            pattern => format!("url(#{}-{pattern})", self.name),
        }
    }

    /// The element.
    pub fn finish(self, title: &str, about: &str) -> String {
        let Self { width, height, is_mirrored, name, body } = self;
        let (title, about) = (escaped(title), escaped(about));
        let direction = if is_mirrored { "rtl" } else { "ltr" };
        let used = |pattern: &&(usize, &str)| body.contains(&format!("url(#{name}-{})", pattern.0));
        let patterns: String = PATTERNS
            .iter()
            .filter(used)
            .map(|(number, drawn)| {
                format!(
                    "<pattern id=\"{name}-{number}\" width=\"6\" height=\"6\" \
                     patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" \
                     fill=\"#fff\"/>{drawn}</pattern>"
                )
            })
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             role=\"img\" aria-labelledby=\"{name}-title {name}-about\" direction=\"{direction}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"{TEXT_SIZE}\" fill=\"#000\">\
             <title id=\"{name}-title\">{title}</title><desc id=\"{name}-about\">{about}</desc>\
             <defs>{patterns}</defs><rect width=\"{width:.0}\" height=\"{height:.0}\" \
             fill=\"#fff\"/>{body}</svg>"
        )
    }
}

/// What the patterns are made of, by their numbers; 0 is black and 1 is white.
const PATTERNS: [(usize, &str); 4] = [
    (2, "<path d=\"M-1 7L7 -1M-4 4L4 -4M2 10L10 2\" stroke=\"#000\" stroke-width=\"1.5\"/>"),
    (3, "<circle cx=\"3\" cy=\"3\" r=\"1.3\"/>"),
    (4, "<path d=\"M0 3H6M3 0V6\" stroke=\"#000\" stroke-width=\"1.1\"/>"),
    (5, "<path d=\"M0 3H6\" stroke=\"#000\" stroke-width=\"2.2\"/>"),
];

/// A text in which nothing is markup, and that no control character breaks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&#60;"),
            '>' => escaped.push_str("&#62;"),
            '&' => escaped.push_str("&#38;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
