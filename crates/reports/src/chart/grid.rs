//! A matrix with many columns, whose heads stand upright where there is no room, and with gaps.

use super::{
    Direction, as_length,
    canvas::{Anchor, Area, Canvas, wrapped},
    svg::element,
};

const LABELS_WIDTH: f64 = 210.0;
const WIDTH: f64 = 720.0;
const ROW_HEIGHT: f64 = 30.0;
const SQUARE: f64 = 20.0;
const LINE_HEIGHT: f64 = 13.0;
/// A cell that is narrower has a head that stands upright.
const LYING_MIN: f64 = 84.0;
/// How wide a cell is at most, so that few columns stay close to what their rows are called.
const CELL_MAX: f64 = 110.0;
/// How high upright heads may be.
const UPRIGHT_MAX: f64 = 140.0;

/// What stands in a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// What programs call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// What the rows are called.
    pub rows: Vec<String>,
    /// What the columns are called.
    pub columns: Vec<String>,
    /// For each row its cells, one for each column.
    pub cells: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// So many.
    Count(u64),
    /// Nothing, where something should.
    Gap,
}

/// What stands in a gap.
pub const GAP: &str = "!";

/// The matrix as an SVG element; nothing if nothing stands in it.
#[must_use]
pub fn svg(grid: &Grid, direction: Direction) -> String {
    let is_empty = grid.cells.iter().flatten().all(|cell| *cell == Cell::Empty);
    if is_empty || grid.columns.is_empty() {
        return String::new();
    }
    let room = (WIDTH - LABELS_WIDTH) / as_length(grid.columns.len() as u64);
    // What has more columns than there is room for is wider.
    let cell = room.clamp(2.0 * LINE_HEIGHT + 6.0, CELL_MAX);
    let width = LABELS_WIDTH + cell * as_length(grid.columns.len() as u64);
    let mut canvas = Canvas::new(width, direction == Direction::RightToLeft, &grid.name);
    let middle = |at: usize| LABELS_WIDTH + (as_length(at as u64) + 0.5) * cell;
    draw_heads(&mut canvas, grid, cell);
    rule(&mut canvas);
    let largest = grid.cells.iter().flatten().map(|cell| count(*cell)).max().unwrap_or(1).max(1);
    for (label, cells) in grid.rows.iter().zip(&grid.cells) {
        let y = canvas.height + ROW_HEIGHT / 2.0;
        let label = wrapped(label, LABELS_WIDTH - 10.0, 2);
        let above = as_length(label.len().saturating_sub(1) as u64) * LINE_HEIGHT / 2.0;
        for (line, text) in label.iter().enumerate() {
            let y = y + 4.0 - above + as_length(line as u64) * LINE_HEIGHT;
            canvas.text((0.0, y), Anchor::Start, text);
        }
        for (at, each) in cells.iter().take(grid.columns.len()).enumerate() {
            draw_cell(&mut canvas, (middle(at), y), *each, largest);
        }
        canvas.height += ROW_HEIGHT;
        rule(&mut canvas);
    }
    canvas.height += 2.0;
    element(&canvas, &grid.title, &grid.about)
}

const fn count(cell: Cell) -> u64 {
    match cell {
        Cell::Count(count) => count,
        Cell::Empty | Cell::Gap => 0,
    }
}

fn rule(canvas: &mut Canvas) {
    canvas.rule((0.0, canvas.height), (canvas.width, canvas.height));
}

fn draw_heads(canvas: &mut Canvas, grid: &Grid, cell: f64) {
    let lies = cell >= LYING_MIN;
    let (room, lines_max) = if lies { (cell - 6.0, 3) } else { (UPRIGHT_MAX, 2) };
    let heads: Vec<Vec<String>> =
        grid.columns.iter().map(|head| wrapped(head, room, lines_max)).collect();
    let lines = heads.iter().map(Vec::len).max().unwrap_or(0);
    canvas.height =
        if lies { as_length(lines as u64) * LINE_HEIGHT + 6.0 } else { UPRIGHT_MAX + 8.0 };
    let bottom = canvas.height;
    for (at, head) in heads.iter().enumerate() {
        let middle = LABELS_WIDTH + (as_length(at as u64) + 0.5) * cell;
        if !lies {
            canvas.rising((middle, bottom - 4.0), head);
            continue;
        }
        for (line, text) in head.iter().enumerate() {
            let below = as_length((head.len() - line) as u64) - 1.0;
            canvas.text((middle, bottom - 6.0 - below * LINE_HEIGHT), Anchor::Middle, text);
        }
    }
}

fn draw_cell(canvas: &mut Canvas, (x, y): (f64, f64), cell: Cell, largest: u64) {
    match cell {
        Cell::Empty | Cell::Count(0) => {}
        Cell::Gap => {
            let area =
                Area { x: x - SQUARE / 2.0, y: y - SQUARE / 2.0, width: SQUARE, height: SQUARE };
            canvas.filled(area, 1);
            canvas.strong((x, y + 4.0), Anchor::Middle, GAP);
        }
        Cell::Count(count) => {
            let side = SQUARE * (as_length(count) / as_length(largest)).sqrt();
            let area = Area { x: x - 2.0 - side, y: y - side / 2.0, width: side, height: side };
            canvas.filled(area, 2);
            canvas.strong((x + 2.0, y + 4.0), Anchor::Start, &count.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(columns: usize) -> Grid {
        let names = |of: &str, how_many| (0..how_many).map(|at| format!("{of}{at}")).collect();
        let mut cells = vec![vec![Cell::Empty; columns]; 2];
        cells[0][0] = Cell::Count(7);
        cells[1][columns - 1] = Cell::Gap;
        Grid {
            name: "grid".to_owned(),
            title: "Issues".to_owned(),
            about: "Who asks about what.".to_owned(),
            rows: names("row", 2),
            columns: names("column", columns),
            cells,
        }
    }

    #[test]
    fn counts_and_gaps_stand_in_their_cells() {
        for columns in [1, 4, 12, 40] {
            let svg = svg(&grid(columns), Direction::LeftToRight);
            assert_eq!(svg.matches("font-weight=\"600\">7</text>").count(), 1);
            assert_eq!(svg.matches(">!</text>").count(), 1);
            for name in ["row0", "row1", "column0"] {
                assert!(svg.contains(&format!(">{name}</text>")), "{name} in {svg}");
            }
        }
    }

    #[test]
    fn heads_stand_upright_where_there_is_no_room() {
        for (columns, upright) in [(4, 0), (12, 12), (40, 40)] {
            let svg = svg(&grid(columns), Direction::LeftToRight);
            assert_eq!(svg.matches("rotate(-90").count(), upright);
        }
        // The second line stands to the right of the first, whichever way is read.
        let mut two = grid(12);
        two.columns[0] = "Siege and restrictions on movement".to_owned();
        for direction in [Direction::LeftToRight, Direction::RightToLeft] {
            let svg = svg(&two, direction);
            let heads: Vec<&str> = svg.split("<text ").filter(|it| it.contains("rotate")).collect();
            let x = |head: &str| head.split('"').nth(1).unwrap().parse::<f64>().unwrap();
            assert!(heads[0].contains("Siege") && x(heads[0]) < x(heads[1]), "{heads:?}");
        }
        // What is read from the right ends at the matrix, as what is read from the left begins there.
        let back = svg(&grid(12), Direction::RightToLeft);
        assert_eq!(back.matches("text-anchor=\"end\"").count(), 12);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let mut grid = grid(3);
        grid.cells = vec![vec![Cell::Empty; 3]; 2];
        assert_eq!(svg(&grid, Direction::LeftToRight), "");
    }
}
