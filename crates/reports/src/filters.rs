//! How documents write days, levels and severities. What cannot be read as a day is shown as it is.

use askama::{Result, Values};
use chrono::{DateTime, Utc};
use concord_domain::{language::Language, window::parse_day};

/// A day: `2026-03-12` is 12 March 2026.
#[askama::filter_fn]
pub fn day(text: impl AsRef<str>, _: &dyn Values, language: &Language) -> Result<String> {
    Ok(day_in(text.as_ref(), *language))
}

/// A day in words.
pub fn day_in(text: &str, language: Language) -> String {
    parse_day(text).map_or_else(|| text.to_owned(), |day| language.day(day))
}

/// A moment, in UTC, to the minute.
#[askama::filter_fn]
pub fn moment(text: impl AsRef<str>, _: &dyn Values, language: &Language) -> Result<String> {
    Ok(moment_in(text.as_ref(), *language))
}

/// A moment in words.
pub fn moment_in(text: &str, language: Language) -> String {
    DateTime::parse_from_rfc3339(text).map_or_else(
        |_| text.to_owned(),
        |moment| {
            let moment = moment.with_timezone(&Utc);
            let (day, time) = (language.day(moment.date_naive()), moment.format("%H:%M UTC"));
            format!("{day}, {time}")
        },
    )
}

/// A text without what XML cannot hold; in the place of each such character stands the one for
/// what cannot be shown.
#[askama::filter_fn]
pub fn legible(text: impl AsRef<str>, _: &dyn Values) -> Result<String> {
    let is_held = |c: char| {
        matches!(c, '\t' | '\n' | '\r')
            || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    Ok(text.as_ref().chars().map(|c| if is_held(c) { c } else { '\u{fffd}' }).collect())
}

/// A month: `2026-03` is March 2026.
#[askama::filter_fn]
pub fn month(text: impl AsRef<str>, _: &dyn Values, language: &Language) -> Result<String> {
    Ok(language.month(text.as_ref()))
}

/// A level in one word.
#[askama::filter_fn]
pub fn level(code: impl AsRef<str>, _: &dyn Values, language: &Language) -> Result<String> {
    Ok(crate::level_in(code.as_ref(), *language).to_owned())
}

/// How much a severity weighs, as a row of squares that stays readable in black and white. It
/// stands beside the word for it and never alone.
#[askama::filter_fn]
pub fn severity_marks(code: impl AsRef<str>, _: &dyn Values) -> Result<&'static str> {
    Ok(match code.as_ref() {
        "critical" => "■■■■",
        "high" => "■■■□",
        "medium" => "■■□□",
        "low" => "■□□□",
        _ => "□□□□",
    })
}
