//! Clock times. A time of day is one by its point between hours and minutes, by the word behind it
//! or before it; how long something lasts is none. Opening hours and curfews, which are said of a
//! place and not of a meeting, are let pass where the sentence speaks of them.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    after, before,
    words::{Words, any_of, list, pattern},
    words_after,
};

/// A time of day in full, or with what says so behind it.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let hour = "(?:[01]?[0-9]|2[0-4])";
    let minutes = "[0-5][0-9]";
    let half = r"(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?clock\b)";
    let hours = r"(?:hrs?\b|hours?\b|h\b|z\b|lt\b)";
    pattern(&format!(
        // 2:30 pm, 2 pm, 14:30, 14h30, 14 h 30, 14.30 hrs, 1430 hrs
        r"(?i:{hour}(?::{minutes}(?::{minutes})?)?\s?{half}|{hour}:{minutes}(?::{minutes})?(?:\s?{hours})?|{hour}\s?h\s?{minutes}\b|{hour}\.{minutes}\s?(?:hrs?\b|h\b|{half})|(?:[01][0-9]|2[0-4]){minutes}\s?{hours}|half\spast\s\w+|quarter\s(?:past|to)\s\w+)"
    ))
});

/// A time of day by what stands before it.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    let hour = "(?:[01]?[0-9]|2[0-4])";
    let (spanish, arabic) = (any_of("spanish_hours"), any_of("clock_hours"));
    pattern(&format!(
        r"(?i:\ba\slas?\s(?P<spanish>{hour}|{spanish})\b|\b(?:a|vers|des|avant|apres|jusqu'a)\s(?P<french>{hour})\s?(?:h|heures?)\b|\bالساعه\s(?:{hour}|{arabic})(?::[0-5][0-9])?)"
    ))
});

/// What may follow an hour in Spanish, where a number of things would be followed by the things.
static BEHIND_SPANISH: LazyLock<Words> = LazyLock::new(|| {
    let words = "de del en con y h hs hrs horas am pm a p hoy manana el para se punto local";
    words.split(' ').map(str::to_owned).collect()
});

static HOURS: LazyLock<Words> = LazyLock::new(|| list("hours_words"));
static MEETING: LazyLock<Words> = LazyLock::new(|| list("meeting_words"));

/// Clock times.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let written = WRITTEN.find_iter(text).map(|found| found.range());
    found.extend(written.filter(|range| is_time(text, range)));
    for said in SAID.captures_iter(text) {
        let Some(whole) = said.get(0) else { continue };
        let next = words_after(text, whole.end()).next().unwrap_or_default().to_lowercase();
        // Words behind a mark belong to something else.
        let goes_on = after(text, whole.end()) == Some(' ') && !next.is_empty();
        let counts = match (said.name("spanish"), said.name("french")) {
            (Some(_), _) => goes_on && !BEHIND_SPANISH.contains(&next),
            // A way of two hours.
            (_, Some(_)) => goes_on && lasts(text, whole.end()),
            _ => false,
        };
        if !counts && !speaks_of_hours(text, &whole.range()) {
            found.push(whole.range());
        }
    }
    found
}

fn is_time(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, ':' | '/' | '.' | ',' | '-');
    let preceded = before(text, range.start).is_some_and(|c| joins(c) && c != '-' && c != ',');
    let written = text.get(range.clone()).unwrap_or_default();
    // 1:100 000 is a scale, and 1200 hours of training are none of the clock.
    let followed = after(text, range.end).is_some_and(|c| c.is_alphanumeric() || c == ':');
    let is_long = written.to_lowercase().contains("hour") && lasts(text, range.end);
    !preceded && !followed && !is_long && !speaks_of_hours(text, range)
}

/// Whether what follows says that hours are how long something lasts.
fn lasts(text: &str, end: usize) -> bool {
    let mut next = words_after(text, end);
    match next.next() {
        Some("of") => true,
        Some("de") => !matches!(next.next(), Some("l" | "la" | "matin" | "tarde")),
        _ => false,
    }
}

/// Whether the sentence is about when a place is open or people stay in, and about no meeting.
fn speaks_of_hours(text: &str, range: &Range<usize>) -> bool {
    let ends = |c: char| matches!(c, '\n' | ';' | '!' | '?');
    let is_end = |(at, c): &(usize, char)| {
        ends(*c) || (*c == '.' && !after(text, at + 1).is_some_and(char::is_alphanumeric))
    };
    let start = text[..range.start].char_indices().rev().find(is_end).map_or(0, |(at, _)| at);
    let rest = text[range.end..].char_indices().map(|(at, c)| (range.end + at, c));
    let end = rest.into_iter().find(is_end).map_or(text.len(), |(at, _)| at);
    let sentence = text.get(start..end).unwrap_or_default().to_lowercase();
    let has = |words: &Words| {
        sentence.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(word))
    };
    has(&HOURS) && !has(&MEETING)
}
