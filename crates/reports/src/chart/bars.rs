//! Bars, whole or in parts: the label above, the figure at the end.

use super::{
    Figure, FigureRow, Form, NOT_SHOWN, as_length,
    canvas::{Anchor, Area, Canvas, width_of, wrapped},
};

const BAR_HEIGHT: f64 = 14.0;
const LABEL_HEIGHT: f64 = 16.0;
/// Left for the figure at the end of the longest bar.
const FIGURE_WIDTH: f64 = 70.0;

pub fn draw(canvas: &mut Canvas, figure: &Figure) {
    let parts = if figure.form == Form::Stacked { figure.columns.len() } else { 1 };
    if parts > 1 {
        canvas.legend(&figure.columns);
    }
    let sum = |row: &FigureRow| row.values.iter().take(parts).flatten().sum::<u64>();
    let longest = figure.drawn().iter().map(sum).max().unwrap_or(0).max(1);
    let unit = (canvas.width - FIGURE_WIDTH) / as_length(longest);
    for row in figure.drawn() {
        let top = canvas.height;
        for label in wrapped(&row.label, canvas.width, 1) {
            canvas.text((0.0, top + 12.0), Anchor::Start, &label);
        }
        draw_bar(canvas, &row.values[..parts.min(row.values.len())], top + LABEL_HEIGHT, unit);
        canvas.height = top + LABEL_HEIGHT + BAR_HEIGHT + 9.0;
    }
}

fn draw_bar(canvas: &mut Canvas, values: &[Option<u64>], y: f64, unit: f64) {
    let mut x = 0.5;
    let is_in_parts = values.len() > 1;
    for (series, value) in values.iter().enumerate() {
        let Some(count) = value.filter(|count| *count > 0) else { continue };
        let width = as_length(count) * unit;
        canvas
            .filled(Area { x, y, width, height: BAR_HEIGHT }, if is_in_parts { series } else { 2 });
        let figure = count.to_string();
        let needed = width_of(&figure) + 6.0;
        if is_in_parts && needed <= width - 2.0 {
            let middle = x + width / 2.0;
            let on = Area { x: middle - needed / 2.0, y: y + 1.5, width: needed, height: 11.0 };
            canvas.blank(on);
            canvas.text((middle, y + 11.0), Anchor::Middle, &figure);
        }
        x += width;
    }
    let is_whole = values.iter().all(Option::is_some);
    let sum: u64 = values.iter().flatten().sum();
    let told = match (is_whole, sum) {
        (true, sum) => sum.to_string(),
        (false, 0) => NOT_SHOWN.to_owned(),
        (false, sum) => format!("{sum} + {NOT_SHOWN}"),
    };
    canvas.strong((x + 6.0, y + 11.5), Anchor::Start, &told);
}
