//! What stands on which page: texts and tables one below the other, tables with their heads again on
//! every page that they go on to, rows whole as long as a page has room for one.

use std::{num::NonZeroU16, ops::Range, rc::Rc};

use krilla::{
    destination::XyzDestination,
    geom::Point,
    outline::{Outline, OutlineNode},
};

use super::{
    MARGIN, PAGE, ROWS_MAX,
    tags::{Block, Row, TableTags},
};
use crate::{
    chart::canvas::Canvas,
    letter::{is_figure, said, widths},
    paper::{Line, Table},
    typeset::{Style, Text, Typesetter, legible},
};

/// What stays free around what stands in a cell.
const PADDING: f32 = 3.0;
/// How much room is left below a heading at least, so that it never stands alone.
const BELOW_HEADING: f32 = 90.0;
/// Of how many parts of a page the head of a table may take one.
const HEAD_PARTS: f32 = 3.0;
/// How many of the units in which widths of columns are given make a point.
const UNITS: f32 = 20.0;

/// Something on a page.
pub enum Piece {
    /// Some lines of a text, with the leaf of the tags that they belong to; none for what is only
    /// repeated.
    Text { text: Rc<Text>, lines: Range<usize>, at: (f32, f32), leaf: Option<usize> },
    /// A chart, so many times as large as it was drawn.
    Chart { drawing: Canvas, at: (f32, f32), scale: f32, leaf: usize },
    /// A line across, from here to there.
    Rule { from: (f32, f32), to: f32, grey: u8 },
}

/// The pages, and how they are to be read.
pub struct Flowed {
    pub pages: Vec<Vec<Piece>>,
    pub blocks: Vec<Block>,
    headings: Vec<(NonZeroU16, String, usize, f32)>,
}

impl Flowed {
    /// The headings, for who goes from one to another.
    pub fn outline(&self) -> Outline {
        let mut outline = Outline::new();
        for (_, title, page, y) in &self.headings {
            let to = XyzDestination::new(*page, Point::from_xy(0.0, *y));
            outline.push_child(OutlineNode::new(title.clone(), to));
        }
        outline
    }
}

/// A cell of a row that is being placed.
struct Cell {
    x: f32,
    /// Its texts, with their leaves, and of each from which line on it is to be placed.
    texts: Vec<(Rc<Text>, Option<usize>, usize)>,
}

impl Cell {
    fn height(&self) -> f32 {
        self.texts.iter().map(|(text, _, from)| text.height(*from..text.lines())).sum()
    }

    fn is_placed(&self) -> bool {
        self.texts.iter().all(|(text, _, from)| *from >= text.lines())
    }
}

/// What makes the cells of the head of a table, for the first time or again; none where it is not shown
/// again.
type Again<'h> = Option<&'h dyn Fn(bool) -> Vec<Cell>>;

/// Pages that are being filled.
pub struct Flow<'t> {
    typesetter: &'t mut Typesetter,
    top: f32,
    bottom: f32,
    y: f32,
    leaves: usize,
    flowed: Flowed,
}

impl<'t> Flow<'t> {
    pub fn new(typesetter: &'t mut Typesetter, top: f32, bottom: f32) -> Self {
        let flowed = Flowed { pages: vec![Vec::new()], blocks: Vec::new(), headings: Vec::new() };
        Self { typesetter, top, bottom, y: top, leaves: 0, flowed }
    }

    pub fn done(self) -> Flowed {
        self.flowed
    }

    fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    fn room(&self) -> f32 {
        self.bottom - self.y
    }

    fn put(&mut self, piece: Piece) {
        if let Some(page) = self.flowed.pages.last_mut() {
            page.push(piece);
        }
    }

    fn turn(&mut self) {
        self.flowed.pages.push(Vec::new());
        self.y = self.top;
    }

    /// A heading, which something stands below on the same page.
    pub fn heading(&mut self, level: NonZeroU16, title: &str, style: Style) {
        let is_first = self.y <= self.top;
        let above = if is_first { 0.0 } else { style.size };
        if self.room() < above + BELOW_HEADING {
            self.turn();
        } else {
            self.y += above;
        }
        let page = self.flowed.pages.len() - 1;
        self.flowed.headings.push((level, legible(title), page, self.y));
        let leaf = self.leaf();
        self.flowed.blocks.push(Block::Heading(level, legible(title), leaf));
        self.lines(title, style, leaf);
        self.y += 3.0;
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str, style: Style) {
        let leaf = self.leaf();
        self.flowed.blocks.push(Block::Paragraph(leaf));
        self.lines(text, style, leaf);
        self.y += 3.0;
    }

    fn lines(&mut self, text: &str, style: Style, leaf: usize) {
        let text = self.typesetter.text(text, style, PAGE.0 - 2.0 * MARGIN);
        let cell = Cell { x: MARGIN, texts: vec![(text, Some(leaf), 0)] };
        self.place(vec![cell], (0.0, None));
    }

    /// A chart, as wide as the text, or as high as a page if it would be higher.
    pub fn chart(&mut self, drawing: Canvas, about: String) {
        let (width, height) = (drawing.width as f32, drawing.height as f32);
        let scale = ((PAGE.0 - 2.0 * MARGIN) / width).min((self.bottom - self.top) / height);
        if height * scale > self.room() {
            self.turn();
        }
        let left = if self.typesetter.is_rtl() { PAGE.0 - MARGIN - width * scale } else { MARGIN };
        let (at, leaf) = ((left, self.y), self.leaf());
        self.flowed.blocks.push(Block::Figure(about, leaf));
        self.put(Piece::Chart { drawing, at, scale, leaf });
        self.y += height * scale + 6.0;
    }

    /// A table, as far as it is printed.
    pub fn table(&mut self, table: &Table) {
        let columns = self.columns(table);
        let figures: Vec<bool> = (0..columns.len()).map(|at| table.counts_in(&at)).collect();
        let style = |style: Style, at: usize| if figures[at] { style.at_end() } else { style };
        let names: Vec<(Rc<Text>, usize)> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, name)| (self.cell(name, style(Style::HEAD, at), columns[at].1), self.leaf()))
            .collect();
        let head = |is_first: bool| -> Vec<Cell> {
            let cell = |(at, (text, leaf)): (usize, &(Rc<Text>, usize))| {
                let leaf = is_first.then_some(*leaf);
                Cell { x: columns[at].0, texts: vec![(Rc::clone(text), leaf, 0)] }
            };
            names.iter().enumerate().map(cell).collect()
        };
        let first = head(true);
        let height = first.iter().map(Cell::height).fold(0.0, f32::max);
        self.row(first, None, 90);
        // A head that leaves no room for what stands below it is not shown again.
        let is_short = height < (self.bottom - self.top) / HEAD_PARTS;
        let again: Again<'_> = if is_short { Some(&head) } else { None };
        let mut rows = Vec::new();
        for line in table.rows.iter().take(ROWS_MAX) {
            let cells = match line {
                Line::Group(name) => {
                    let (cell, row) = self.across(name, Style::HEAD);
                    rows.push(row);
                    vec![cell]
                }
                Line::Cells(cells) => {
                    let mut leaves = Vec::new();
                    let mut placed = Vec::new();
                    for (at, cell) in cells.iter().enumerate().take(columns.len()) {
                        let (x, width) = columns[at];
                        let style =
                            if is_figure(cell) { Style::CELL.at_end() } else { Style::CELL };
                        let texts: Vec<_> = said(cell)
                            .iter()
                            .map(|text| (self.cell(text, style, width), Some(self.leaf()), 0))
                            .collect();
                        leaves.push(texts.iter().filter_map(|(_, leaf, _)| *leaf).collect());
                        placed.push(Cell { x, texts });
                    }
                    rows.push(Row::Cells(leaves));
                    placed
                }
            };
            self.row(cells, again, 200);
        }
        if table.rows.is_empty() {
            let (cell, row) = self.across(&table.nothing, Style::CELL);
            rows.push(row);
            self.row(vec![cell], again, 200);
        }
        let head = names.into_iter().map(|(_, leaf)| leaf).collect();
        let (columns, summary) = (table.columns.len(), legible(&table.about));
        self.flowed.blocks.push(Block::Table(TableTags { summary, columns, head, rows }));
        self.y += 6.0;
    }

    /// Where each column begins and how wide what stands in it may be, from where reading begins.
    fn columns(&self, table: &Table) -> Vec<(f32, f32)> {
        let mut begins = 0.0;
        let mut columns = Vec::new();
        for units in widths(table) {
            let width = f32::from(u16::try_from(units).unwrap_or(u16::MAX)) / UNITS;
            let left = if self.typesetter.is_rtl() {
                PAGE.0 - MARGIN - begins - width
            } else {
                MARGIN + begins
            };
            columns.push((left + PADDING, width - 2.0 * PADDING));
            begins += width;
        }
        columns
    }

    fn cell(&mut self, text: &str, style: Style, width: f32) -> Rc<Text> {
        self.typesetter.text(text, style, width)
    }

    /// A cell across the whole table.
    fn across(&mut self, text: &str, style: Style) -> (Cell, Row) {
        let width = PAGE.0 - 2.0 * (MARGIN + PADDING);
        let (text, leaf) = (self.cell(text, style, width), self.leaf());
        (Cell { x: MARGIN + PADDING, texts: vec![(text, Some(leaf), 0)] }, Row::Across(leaf))
    }

    /// A row with a line below it, on the next page if this one has no room for it and is not empty.
    fn row(&mut self, cells: Vec<Cell>, head: Again<'_>, grey: u8) {
        let height = cells.iter().map(Cell::height).fold(0.0, f32::max) + 2.0 * PADDING;
        if height > self.room() && self.y > self.top {
            self.turn();
            if let Some(head) = head {
                self.row(head(false), None, 90);
            }
        }
        self.place(cells, (PADDING, head));
        let y = self.y;
        self.put(Piece::Rule { from: (MARGIN, y), to: PAGE.0 - MARGIN, grey });
    }

    /// Places cells side by side, on as many pages as they need.
    fn place(&mut self, mut cells: Vec<Cell>, (padding, head): (f32, Again<'_>)) {
        // Whether no other page would have more room.
        let mut is_fresh = self.y <= self.top;
        loop {
            let begins = self.y + padding;
            let mut ends = begins;
            for cell in &mut cells {
                let mut y = begins;
                for (text, leaf, from) in &mut cell.texts {
                    if *from >= text.lines() {
                        continue;
                    }
                    let mut to = text.fitting(*from, self.bottom - y);
                    // A line that no page has room for is placed all the same.
                    if to == *from && is_fresh && y <= begins {
                        to += 1;
                    }
                    if to > *from {
                        let (text, lines, leaf) = (Rc::clone(text), *from..to, *leaf);
                        let at = (cell.x, y);
                        y += text.height(lines.clone());
                        *from = to;
                        let piece = Piece::Text { text, lines, at, leaf };
                        if let Some(page) = self.flowed.pages.last_mut() {
                            page.push(piece);
                        }
                    }
                    if *from < text.lines() {
                        break;
                    }
                }
                ends = ends.max(y);
            }
            self.y = ends + padding;
            if cells.iter().all(Cell::is_placed) {
                return;
            }
            self.turn();
            if let Some(head) = head {
                self.row(head(false), None, 90);
            }
            is_fresh = true;
        }
    }
}
