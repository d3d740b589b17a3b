//! Telephone numbers, and addresses to which messages are sent.
//!
//! A row of digits is a telephone number by how it begins, how it is parted, or what is said
//! before it. What is parted as days, years, thousands or references are, is none.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    after, before,
    words::{Words, list, pattern},
    words_before,
};

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let local = r"[\p{Alphabetic}0-9][\p{Alphabetic}0-9._%+-]*";
    let at = r"(?:\s*@\s*|\s*[\[(]\s*(?i:at|arroba|arobase)\s*[\])]\s*)";
    let point = r"(?:\.|\s*[\[(]\s*(?i:dot|punto|point)\s*[\])]\s*)";
    let account = r"(?i:\b(?:wa\.me|t\.me|signal\.me)/[\w+#/-]{3,})";
    let label = r"[\p{Alphabetic}0-9-]+";
    let last = r"\p{Alphabetic}{2,}";
    pattern(&format!("{local}{at}{label}(?:{point}{label})*{point}{last}|{account}"))
});

/// E-mail addresses, and the addresses of accounts of messengers.
pub fn addresses(text: &str) -> Vec<Range<usize>> {
    // The work is done only where it can find something.
    if !text.contains(['@', '[', '(', '/']) {
        return Vec::new();
    }
    ADDRESS.find_iter(text).map(|found| found.range()).collect()
}

/// Rows of digits, with at most two marks between two groups of them.
static ROW: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\+ ?|\()*[0-9](?:(?:[ \t\n./_-]|\s?[()]\s?|\s-\s)?[0-9])*"));

/// Days and spans of years, which are no numbers to call, in whatever order they are written.
static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    let year = "(?:19|20)[0-9]{2}";
    let number = "[0-3]?[0-9]";
    let day = format!(
        "{year}[-./]{number}[-./]{number}|{number}[-./ ]{number}[-./ ]{year}|{year}[01][0-9][0-3][0-9]"
    );
    pattern(&format!(r"\b(?:{day}|{year}\s?[-/]\s?(?:{year}|[0-9]{{2}}))\b"))
});

static CALLED: LazyLock<Words> = LazyLock::new(|| list("phone_words"));

/// How many digits a number has that can be called.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// How many words before a number may say that it is one to call.
const WORDS_BEFORE_MAX: usize = 3;

/// Telephone numbers.
pub fn phone_numbers(text: &str) -> Vec<Range<usize>> {
    if text.bytes().filter(u8::is_ascii_digit).nth(*DIGITS.start() - 1).is_none() {
        return Vec::new();
    }
    // Days are taken out, each byte by one of the same length, so that places stay.
    let mut without: Vec<u8> = text.as_bytes().to_vec();
    for day in DAYS.find_iter(text) {
        without[day.range()].fill(b'|');
    }
    let without = String::from_utf8(without).unwrap_or_else(|_| text.to_owned());
    ROW.find_iter(&without).map(|row| row.range()).filter(|row| is_called(&without, row)).collect()
}

/// Whether a row of digits is one that is called.
fn is_called(text: &str, row: &Range<usize>) -> bool {
    let Some(written) = text.get(row.clone()) else { return false };
    let groups: Vec<&str> =
        written.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    if !DIGITS.contains(&digits) || is_part_of_a_word(text, row) {
        return false;
    }
    let is_said = words_before(text, row.start)
        .take(WORDS_BEFORE_MAX)
        .any(|word| CALLED.contains(&word.to_lowercase()));
    let first = groups.first().copied().unwrap_or_default();
    written.contains('+')
        || (first.starts_with("00") && digits >= 9)
        || (first.len() > 1 && first.starts_with('0') && digits >= 9)
        || (is_said && !is_round(&groups))
        || (is_parted(written) && groups.len() >= 3 && !is_round(&groups))
        || (groups.len() == 2
            && is_parted(written)
            && groups[1].starts_with('0')
            && groups[1].len() >= 4)
        || (groups.len() == 1 && digits >= 9 && !first.ends_with("0000"))
}

/// Whether the row belongs to a code, a symbol of a document or a number with a fraction.
fn is_part_of_a_word(text: &str, row: &Range<usize>) -> bool {
    let start = text[..row.start].trim_end_matches(['-', '/', '.', '_', '#', ',']);
    let is_joined =
        start.len() < row.start || before(text, row.start).is_some_and(char::is_alphabetic);
    let behind_letters = before(text, start.len()).is_some_and(char::is_alphanumeric);
    let is_code = is_joined && behind_letters && !text[row.clone()].contains('+');
    is_code || after(text, row.end).is_some_and(|c| c.is_alphabetic() && !c.is_whitespace())
}

/// Whether a number is written as thousands are, or is a round one.
fn is_round(groups: &[&str]) -> bool {
    let is_thousands = groups.len() > 1
        && groups
            .first()
            .is_some_and(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))
        && groups[1..].iter().all(|group| group.len() == 3);
    let ends_round = groups.last().is_some_and(|last| last.ends_with("000"));
    (is_thousands || groups.len() == 1) && ends_round
}

/// Whether strokes or brackets part a number as they part no thousands.
fn is_parted(written: &str) -> bool {
    written.contains('-') && !written.contains('/') && !written.contains('_')
}
