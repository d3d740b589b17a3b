//! How the pages write days and severities. What cannot be read as a day is shown as it is.

use askama::{Result, Values};
use chrono::{DateTime, NaiveDate, Utc};

/// A day: `2026-03-12` is 12 March 2026.
#[askama::filter_fn]
pub fn day(text: impl AsRef<str>, _: &dyn Values) -> Result<String> {
    Ok(in_words(text.as_ref(), text.as_ref(), "%-d %B %Y"))
}

/// A month: `2026-03` is March 2026.
#[askama::filter_fn]
pub fn month(text: impl AsRef<str>, _: &dyn Values) -> Result<String> {
    let first_day = format!("{}-01", text.as_ref());
    Ok(in_words(text.as_ref(), &first_day, "%B %Y"))
}

/// A moment, in UTC, to the minute.
#[askama::filter_fn]
pub fn moment(text: impl AsRef<str>, _: &dyn Values) -> Result<String> {
    let moment = DateTime::parse_from_rfc3339(text.as_ref());
    Ok(moment.map_or_else(
        |_| text.as_ref().to_owned(),
        |moment| moment.with_timezone(&Utc).format("%-d %B %Y, %H:%M UTC").to_string(),
    ))
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

fn in_words(text: &str, day: &str, format: &str) -> String {
    NaiveDate::parse_from_str(day, "%Y-%m-%d")
        .map_or_else(|_| text.to_owned(), |day| day.format(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn what_is_no_day_stays_as_it_is() {
        assert_eq!(in_words("2026-03-02", "2026-03-02", "%-d %B %Y"), "2 March 2026");
        assert_eq!(in_words("2026-03", "2026-03-01", "%B %Y"), "March 2026");
        assert_eq!(in_words("next week", "next week", "%-d %B %Y"), "next week");
    }
}
