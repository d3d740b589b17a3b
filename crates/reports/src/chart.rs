//! Charts, drawn here as SVG from the figures that also stand in the table beside them.
//!
//! A chart says nothing by colour: series differ by pattern, dash and mark, and figures stand where
//! they belong. It is black on white whatever the page is, needs nothing from elsewhere, and is
//! mirrored for languages that are written from right to left.

use serde::Serialize;
use utoipa::ToSchema;

mod bars;
pub(crate) mod canvas;
pub mod graph;
pub mod grid;
mod lines;
pub mod map;
mod matrix;
mod svg;

use canvas::Canvas;

/// The most rows that are drawn; the table beside the chart holds them all.
const ROWS_DRAWN_MAX: usize = 40;
/// How wide every chart is, in its own units; the page scales it.
const WIDTH: f64 = 640.0;

/// Figures with what they are about: one table, and the chart of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    /// What programs call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// As what it is drawn.
    pub form: Form,
    /// What a row is.
    pub rows_are: String,
    /// What each column counts.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<FigureRow>,
}

/// A row of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FigureRow {
    /// What it is about.
    pub label: String,
    /// A figure for each column; none where it is not shown.
    pub values: Vec<Option<u64>>,
}

/// As what figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A bar for each row, of the first column.
    Bars,
    /// A bar for each row, with a part for each column.
    Stacked,
    /// A line for each column; the rows follow each other in time.
    Lines,
    /// A square for each figure, the larger the more.
    Matrix,
}

/// Which way people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// As English.
    LeftToRight,
    /// As Arabic.
    RightToLeft,
}

/// Stands where a figure is not shown.
pub const NOT_SHOWN: &str = "—";

/// The chart of some figures as an SVG element; nothing if there is nothing to draw.
#[must_use]
pub fn svg(figure: &Figure, direction: Direction) -> String {
    let drawn = drawing(figure, direction);
    drawn.map_or_else(String::new, |canvas| svg::element(&canvas, &figure.title, &figure.about))
}

/// The chart of some figures; none if there is nothing to draw.
pub(crate) fn drawing(figure: &Figure, direction: Direction) -> Option<Canvas> {
    let is_drawn = figure.rows.iter().flat_map(|row| &row.values).any(|v| v.is_some_and(|n| n > 0));
    if !is_drawn {
        return None;
    }
    let mut canvas = Canvas::new(WIDTH, direction == Direction::RightToLeft, &figure.name);
    match figure.form {
        Form::Bars | Form::Stacked => bars::draw(&mut canvas, figure),
        Form::Lines => lines::draw(&mut canvas, figure),
        Form::Matrix => matrix::draw(&mut canvas, figure),
    }
    Some(canvas)
}

/// A chart as it stands within a page, where it is known for what it is without saying so.
#[must_use]
pub fn within_page(svg: &str) -> String {
    svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
}

impl Figure {
    fn drawn(&self) -> &[FigureRow] {
        &self.rows[..self.rows.len().min(ROWS_DRAWN_MAX)]
    }

    fn largest(&self) -> u64 {
        self.drawn().iter().flat_map(|row| &row.values).flatten().copied().max().unwrap_or(0)
    }
}

impl FigureRow {
    /// The sum of what is shown.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.values.iter().flatten().sum()
    }

    /// Whether every figure is shown.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.values.iter().all(Option::is_some)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts on a page are far below 2^52")]
fn as_length(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
