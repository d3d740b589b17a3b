//! A report as a workbook (Office Open XML): first a sheet that says what it is and how it is to be
//! handled, then one for each table, then the long table with HXL hashtags.
//!
//! Every text is written as a text, and one that a spreadsheet would work out if it were typed is
//! marked as quoted, so that it stays one when its cell is edited. There are no formulas, no links
//! and nothing that runs, and the same report is the same file, byte for byte.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Image, Workbook, Worksheet,
    XlsxError,
};

use crate::{
    chart::NOT_SHOWN,
    forms::Unwritten,
    paper::{Cell, Line, Paper, Table},
    picture::{self, Picture},
    report::{COLUMNS, Row, Value, reads_as_formula},
};

/// How long the name of a sheet may be.
const NAME_LENGTH_MAX: usize = 31;
/// The most that a cell may hold, in units of UTF-16; the rest of a text is left out, and it says so.
const CELL_LENGTH_MAX: usize = 32_000;
/// How much spreadsheets take of what a picture shows.
const ABOUT_LENGTH_MAX: usize = 255;
/// How wide a column is, in characters.
const WIDTH_MIN: usize = 10;
const WIDTH_MAX: usize = 48;
/// The number of the paper size A4.
const A4: u8 = 9;
/// The column of the long table in which its measures stand: the last.
const VALUE: u16 = 9;
/// The sheet with the long table, called so in every language.
const LONG: &str = "HXL";

/// A report as a workbook, with its long table.
///
/// # Errors
///
/// None is known: the writer reports what a writer does, and this one writes to memory.
pub(crate) fn xlsx(paper: &Paper, rows: &[Row<'_>]) -> Result<Vec<u8>, Unwritten> {
    let mut workbook = Workbook::new();
    let at = ExcelDateTime::parse_from_str(&paper.handling.true_at)?;
    let properties = DocProperties::new()
        .set_title(paper.long_title())
        .set_subject(&paper.handling.mark)
        .set_creation_datetime(&at);
    workbook.set_properties(&properties);
    let looks = Looks::new();
    cover(sheet(&mut workbook, paper, paper.title())?, paper, &looks)?;
    let pictures = picture::of_tables(paper)?;
    for (number, (table, picture)) in (1..).zip(paper.tables.iter().zip(&pictures)) {
        let sheet = sheet(&mut workbook, paper, &format!("{number} {}", table.title))?;
        let below = fill(sheet, table, &looks)?;
        if let Some(picture) = picture {
            draw(sheet, picture, below)?;
        }
    }
    long(sheet(&mut workbook, paper, LONG)?, rows, &looks)?;
    Ok(workbook.save_to_buffer()?)
}

/// How cells look.
struct Looks {
    title: Format,
    plain: Format,
    head: Format,
    number: Format,
}

impl Looks {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        let wrapped = top.clone().set_text_wrap();
        Self {
            title: top.clone().set_bold().set_font_size(14),
            head: wrapped.clone().set_bold().set_border_bottom(FormatBorder::Thin),
            number: top.set_align(FormatAlign::Right),
            plain: wrapped,
        }
    }
}

/// A new sheet that is printed with the mark and the last day.
fn sheet<'w>(
    workbook: &'w mut Workbook,
    paper: &Paper,
    name: &str,
) -> Result<&'w mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(name))?;
    sheet.set_right_to_left(paper.language.is_right_to_left());
    // An ampersand would be read as an instruction.
    let plain = |text: &str| text.replace('&', "&&");
    let marks = paper.watermark.iter().chain([&paper.handling.mark]);
    let marks: Vec<String> = marks.map(|mark| plain(mark)).collect();
    sheet.set_header(format!("&C{}", marks.join("\n")));
    sheet.set_footer(format!("&L{}&R&P / &N", plain(&paper.expires())));
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

/// What a sheet may be called.
fn sheet_name(name: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let name: String = name.chars().filter(is_allowed).take(NAME_LENGTH_MAX).collect();
    name.trim_end().to_owned()
}

/// The first sheet: what it is, how it is to be handled, and what it covers.
fn cover(sheet: &mut Worksheet, paper: &Paper, looks: &Looks) -> Result<(), XlsxError> {
    let w = paper.language;
    sheet.set_column_width(0, 28)?.set_column_width(1, 80)?;
    put(sheet, (0, 0), paper.title(), &looks.title)?;
    put(sheet, (1, 0), &paper.about(), &looks.title)?;
    let mut below: Vec<(&str, String)> = vec![("", paper.handling.mark.clone())];
    below.extend(paper.watermark.iter().map(|watermark| ("", watermark.clone())));
    below.push(("", paper.true_at()));
    below.push(("", paper.expires()));
    below.extend(paper.scope.iter().map(|(name, value)| (*name, value.clone())));
    below.push((w.text("document.covers"), paper.handling.note.clone()));
    below.extend(paper.remark.iter().map(|remark| ("", remark.clone())));
    below.push(("", w.text("document.no_clearance").to_owned()));
    for (at, (name, value)) in (3..).zip(&below) {
        put(sheet, (at, 0), name, &looks.plain)?;
        put(sheet, (at, 1), value, &looks.plain)?;
    }
    Ok(())
}

/// A chart from a row on, below the table, so that a sheet is printed no smaller for it.
fn draw(sheet: &mut Worksheet, picture: &Picture, row: u32) -> Result<(), XlsxError> {
    let about: String = picture.about.chars().take(ABOUT_LENGTH_MAX).collect();
    let image = Image::new_from_buffer(&picture.png)?
        .set_scale_to_size(picture.width, picture.height, true)
        .set_alt_text(about);
    sheet.insert_image(row, 0, &image)?;
    Ok(())
}

/// A table under its title; the row from which on something may stand below it.
fn fill(sheet: &mut Worksheet, table: &Table, looks: &Looks) -> Result<u32, XlsxError> {
    const HEAD: u32 = 3;
    put(sheet, (0, 0), &table.title, &looks.title)?;
    let about = Format::new();
    put(sheet, (1, 0), &table.about, &about)?;
    for (column, name) in (0..).zip(&table.columns) {
        put(sheet, (HEAD, column), name, &looks.head)?;
        sheet.set_column_width(column, width(table, usize::from(column)))?;
    }
    sheet.set_freeze_panes(HEAD + 1, 1)?.set_repeat_rows(HEAD, HEAD)?;
    if table.rows.is_empty() {
        put(sheet, (HEAD + 1, 0), &table.nothing, &looks.plain)?;
    }
    for (row, line) in (HEAD + 1..).zip(&table.rows) {
        let cells = match line {
            Line::Group(name) => {
                put(sheet, (row, 0), name, &looks.head)?;
                continue;
            }
            Line::Cells(cells) => cells,
        };
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Texts(texts) => {
                    put(sheet, (row, column), &texts.join("\n"), &looks.plain)?;
                }
                Cell::Count(count) => number(sheet, (row, column), *count, &looks.number)?,
                Cell::NotShown => put(sheet, (row, column), NOT_SHOWN, &looks.number)?,
            }
        }
    }
    let rows = u32::try_from(table.rows.len().max(1)).unwrap_or(u32::MAX);
    Ok(rows.saturating_add(HEAD + 2))
}

/// How wide a column is by what stands in it, in characters.
#[expect(clippy::cast_precision_loss, reason = "it is at most `WIDTH_MAX`")]
fn width(table: &Table, column: usize) -> f64 {
    let cells = table.rows.iter().filter_map(|line| match line {
        Line::Cells(cells) => cells.get(column),
        Line::Group(_) => None,
    });
    let longest = |cell: &Cell| match cell {
        Cell::Texts(texts) => texts.iter().map(|text| text.chars().count()).max().unwrap_or(0),
        Cell::Count(_) | Cell::NotShown => 0,
    };
    let head = table.columns.get(column).map_or(0, |name| name.chars().count());
    let longest = cells.map(longest).max().unwrap_or(0).max(head);
    longest.clamp(WIDTH_MIN, WIDTH_MAX) as f64
}

/// The long table: one measure in each row, under the header a row of hashtags.
fn long(sheet: &mut Worksheet, rows: &[Row<'_>], looks: &Looks) -> Result<(), XlsxError> {
    for (column, (name, hashtag)) in (0..).zip(COLUMNS) {
        put(sheet, (0, column), name, &looks.head)?;
        put(sheet, (1, column), hashtag, &looks.head)?;
        sheet.set_column_width(column, 22)?;
    }
    sheet.set_freeze_panes(2, 0)?.set_repeat_rows(0, 1)?;
    for (at, row) in (2..).zip(rows) {
        for (column, text) in (0..).zip(row.texts()) {
            put(sheet, (at, column), text, &looks.plain)?;
        }
        match row.value {
            Value::Count(count) => number(sheet, (at, VALUE), count, &looks.number)?,
            Value::Days(days) => match u64::try_from(days) {
                Ok(days) => number(sheet, (at, VALUE), days, &looks.number)?,
                Err(_) => put(sheet, (at, VALUE), &days.to_string(), &looks.number)?,
            },
            Value::Text(text) => put(sheet, (at, VALUE), text, &looks.plain)?,
        }
    }
    Ok(())
}

/// Puts a text into a cell: never a formula, an address or a number.
fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    look: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    let text = held(text);
    if reads_as_formula(&text) {
        let quoted = look.clone().set_quote_prefix();
        sheet.write_string_with_format(row, column, text, &quoted)?;
    } else {
        sheet.write_string_with_format(row, column, text, look)?;
    }
    Ok(())
}

/// As much of a text as a cell holds.
fn held(text: &str) -> String {
    let mut length = 0;
    let is_held = |c: &char| {
        length += c.len_utf16();
        length <= CELL_LENGTH_MAX
    };
    let held: String = text.chars().take_while(is_held).collect();
    if held.len() < text.len() { format!("{held} …") } else { held }
}

#[expect(clippy::cast_precision_loss, reason = "counts in a report are far below 2^52")]
fn number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    count: u64,
    look: &Format,
) -> Result<(), XlsxError> {
    sheet.write_number_with_format(row, column, count as f64, look)?;
    Ok(())
}

#[cfg(test)]
mod tests;
