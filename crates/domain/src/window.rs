//! Days and windows of days. Both ends of a window belong to it.

use chrono::{Days, NaiveDate};

/// A calendar day, without a time and without a zone.
pub type Day = NaiveDate;

/// A window of days; no beginning means always, no end means for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
}

impl Window {
    /// Whether it ends before it begins.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until < from)
    }

    /// Whether each begins no later than the other ends, `slack_days` after its last day.
    #[must_use]
    pub fn meets(&self, other: &Self, slack_days: u32) -> bool {
        self.begins_before_end_of(other, slack_days) && other.begins_before_end_of(self, slack_days)
    }

    /// Whether it ended more than `slack_days` before `day`.
    #[must_use]
    pub fn is_over(&self, day: Day, slack_days: u32) -> bool {
        self.until.is_some_and(|until| later(until, slack_days) < day)
    }

    /// The smallest window that holds both.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        Self {
            from: self.from.zip(other.from).map(|(a, b)| a.min(b)),
            until: self.until.zip(other.until).map(|(a, b)| a.max(b)),
        }
    }

    fn begins_before_end_of(&self, other: &Self, slack_days: u32) -> bool {
        match (self.from, other.until) {
            (Some(from), Some(until)) => from <= later(until, slack_days),
            _ => true,
        }
    }
}

/// The day `days` after `day`; the end of the calendar if there is none.
#[must_use]
pub fn later(day: Day, days: u32) -> Day {
    day.checked_add_days(Days::new(days.into())).unwrap_or(Day::MAX)
}

/// The day `days` before `day`; the beginning of the calendar if there is none.
#[must_use]
pub fn earlier(day: Day, days: u32) -> Day {
    day.checked_sub_days(Days::new(days.into())).unwrap_or(Day::MIN)
}

/// The first day of the month of a day.
#[must_use]
pub fn first_of_month(day: Day) -> Day {
    use chrono::Datelike;
    day.with_day(1).unwrap_or(day)
}

/// The last day of the month of a day.
#[must_use]
pub fn last_of_month(day: Day) -> Day {
    first_of_month(later(first_of_month(day), 31)).pred_opt().unwrap_or(day)
}

/// The day written as `YYYY-MM-DD`, and in no other way.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if plain && !text.starts_with("0000") {
        return Day::parse_from_str(text, "%Y-%m-%d").ok();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> Window {
        Window { from: parse_day(from), until: parse_day(until) }
    }

    #[test]
    fn windows_meet_up_to_the_last_day_of_slack() {
        let first = window("2026-02-01", "2026-02-10");
        assert!(first.meets(&window("2026-02-24", ""), 14));
        assert!(!first.meets(&window("2026-02-25", ""), 14));
        assert!(first.meets(&window("", "2026-02-01"), 0));
        assert!(!first.meets(&window("", "2026-01-31"), 0));
    }

    #[test]
    fn a_window_is_over_the_day_after_its_slack() {
        let window = window("2026-02-01", "2026-03-18");
        assert!(!window.is_over(parse_day("2026-04-01").unwrap(), 14));
        assert!(window.is_over(parse_day("2026-04-02").unwrap(), 14));
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        for wrong in [
            "0000-01-01",
            "2026-2-01",
            "2026-02-30",
            "+026-02-01",
            " 2026-02-1",
            "20260201",
            "2026-02-01T",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
        assert!(parse_day("0001-01-01").is_some());
    }
}
