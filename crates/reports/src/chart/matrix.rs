//! A matrix: in each cell a square, the larger the more, and the figure.

use super::{
    Figure, NOT_SHOWN, as_length,
    canvas::{Anchor, Area, Canvas, wrapped},
};

const LABELS_WIDTH: f64 = 200.0;
const ROW_HEIGHT: f64 = 32.0;
const HEAD_LINE_HEIGHT: f64 = 14.0;
const SQUARE_MAX: f64 = 22.0;

pub fn draw(canvas: &mut Canvas, figure: &Figure) {
    let columns = figure.columns.len().max(1);
    let cell = (canvas.width - LABELS_WIDTH) / as_length(columns as u64);
    let heads: Vec<Vec<String>> =
        figure.columns.iter().map(|head| wrapped(head, cell - 6.0, 3)).collect();
    let head_lines = heads.iter().map(Vec::len).max().unwrap_or(0);
    let head_height = as_length(head_lines as u64) * HEAD_LINE_HEIGHT + 6.0;
    for (at, head) in heads.iter().enumerate() {
        let first = head_lines - head.len();
        for (line, text) in head.iter().enumerate() {
            let y = as_length((first + line) as u64 + 1) * HEAD_LINE_HEIGHT - 2.0;
            let x = LABELS_WIDTH + (as_length(at as u64) + 0.5) * cell;
            canvas.text((x, y), Anchor::Middle, text);
        }
    }
    canvas.height = head_height;
    canvas.rule((0.0, canvas.height), (canvas.width, canvas.height));
    let largest = as_length(figure.largest().max(1));
    for row in figure.drawn() {
        let middle = canvas.height + ROW_HEIGHT / 2.0;
        let label = wrapped(&row.label, LABELS_WIDTH - 10.0, 2);
        let above = as_length(label.len().saturating_sub(1) as u64) * 6.5;
        for (line, text) in label.iter().enumerate() {
            let y = middle + 4.0 - above + as_length(line as u64) * 13.0;
            canvas.text((0.0, y), Anchor::Start, text);
        }
        for (at, value) in row.values.iter().enumerate() {
            let centre = LABELS_WIDTH + (as_length(at as u64) + 0.5) * cell;
            match value {
                Some(0) => canvas.text((centre + 6.0, middle + 4.0), Anchor::Start, "0"),
                Some(count) => {
                    let side = SQUARE_MAX * (as_length(*count) / largest).sqrt();
                    let (x, y) = (centre - 12.0 - side / 2.0, middle - side / 2.0);
                    canvas.filled(Area { x, y, width: side, height: side }, 2);
                    let told = count.to_string();
                    canvas.strong((centre + 6.0, middle + 4.0), Anchor::Start, &told);
                }
                None => canvas.text((centre + 4.0, middle + 4.0), Anchor::Start, NOT_SHOWN),
            }
        }
        canvas.height += ROW_HEIGHT;
        canvas.rule((0.0, canvas.height), (canvas.width, canvas.height));
    }
    canvas.height += 2.0;
}
