//! Lines over months: each with a dash, a mark and its name at its end.

use super::{
    Figure, as_length,
    canvas::{Anchor, Canvas, wrapped},
};

const PLOT_HEIGHT: f64 = 170.0;
/// Left for the figures of the axis.
const AXIS_WIDTH: f64 = 34.0;
/// Left for the names of the lines.
const NAMES_WIDTH: f64 = 170.0;
/// How far apart the names of lines are.
const NAME_HEIGHT: f64 = 15.0;
/// The most months that are named on the axis.
const MONTHS_NAMED_MAX: usize = 6;
const STEPS: u64 = 4;

pub fn draw(canvas: &mut Canvas, figure: &Figure) {
    let top = 10.0;
    let bottom = top + PLOT_HEIGHT;
    // A round number at each step of the axis.
    let step = figure.largest().div_ceil(STEPS).max(1);
    let unit = PLOT_HEIGHT / as_length(step * STEPS);
    let right = canvas.width - NAMES_WIDTH;
    for number in 0..=STEPS {
        let y = bottom - as_length(number * step) * unit;
        canvas.rule((AXIS_WIDTH, y), (right, y));
        let told = (number * step).to_string();
        canvas.text((AXIS_WIDTH - 6.0, y + 4.0), Anchor::End, &told);
    }
    let rows = figure.drawn();
    let last = rows.len().saturating_sub(1).max(1);
    let apart = (right - AXIS_WIDTH - 24.0) / as_length(last as u64);
    let x = |at: usize| AXIS_WIDTH + 12.0 + as_length(at as u64) * apart;
    let every = rows.len().div_ceil(MONTHS_NAMED_MAX).max(1);
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| at % every == 0) {
        let lines = wrapped(&row.label, (apart * as_length(every as u64)).max(70.0), 2);
        for (line, label) in lines.iter().enumerate() {
            let y = bottom + 16.0 + as_length(line as u64) * 13.0;
            let anchor = if at == 0 { Anchor::Start } else { Anchor::Middle };
            let x = if at == 0 { AXIS_WIDTH } else { x(at) };
            canvas.text((x, y), anchor, label);
        }
    }
    let mut ends = Vec::new();
    for series in 0..figure.columns.len() {
        let value = |row: &super::FigureRow| row.values.get(series).copied().flatten();
        let mut run = Vec::new();
        let mut end = bottom;
        for (at, row) in rows.iter().enumerate() {
            match value(row) {
                Some(count) => {
                    end = bottom - as_length(count) * unit;
                    run.push((x(at), end));
                }
                None => draw_run(canvas, &mut run, series),
            }
        }
        draw_run(canvas, &mut run, series);
        ends.push((series, end));
    }
    draw_names(canvas, figure, ends, (right, top));
    let named = top + as_length(figure.columns.len() as u64) * NAME_HEIGHT;
    canvas.height = (bottom + 36.0).max(named);
}

fn draw_run(canvas: &mut Canvas, run: &mut Vec<(f64, f64)>, series: usize) {
    if run.len() > 1 {
        canvas.path(run, series);
    }
    for point in run.drain(..) {
        canvas.mark(point, series);
    }
}

/// The names of the lines beside their ends, pushed apart where those lie close together.
fn draw_names(
    canvas: &mut Canvas,
    figure: &Figure,
    mut ends: Vec<(usize, f64)>,
    (right, top): (f64, f64),
) {
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let names = ends.len();
    let mut free = top - 4.0;
    for (at, (series, end)) in ends.into_iter().enumerate() {
        // Those below must still find room.
        let lowest = top + PLOT_HEIGHT - as_length((names - 1 - at) as u64) * NAME_HEIGHT;
        let y = end.min(lowest).max(free);
        free = y + NAME_HEIGHT;
        canvas.path(&[(right + 4.0, y), (right + 26.0, y)], series);
        canvas.mark((right + 15.0, y), series);
        for label in wrapped(&figure.columns[series], NAMES_WIDTH - 32.0, 1) {
            canvas.text((right + 32.0, y + 4.0), Anchor::Start, &label);
        }
    }
}
