//! What somebody is sent by e-mail, and when: that something waits for them, and nothing of what it
//! is. When a message goes follows from the clock alone, in rounds, and not from what others do.

use chrono::{Datelike, NaiveDateTime, TimeDelta};

use crate::{vocabulary::Closed, window::Day};

/// How far the rounds are apart in which messages are sent, in minutes.
pub const ROUND_MINUTES: i64 = 15;
/// At which hour of the day, in UTC, falls due what goes once a day, and on Monday the digest.
pub const MORNING_HOUR: i64 = 6;
/// How long the code that confirms an address is good, in minutes.
pub const CODE_MINUTES: i64 = 30;
/// How many wrong tries a code outlives.
pub const CODE_TRIES_MAX: i64 = 5;
/// How many codes are sent for an account within [`CODES_HOURS`], to whatever addresses.
pub const CODES_MAX: usize = 5;
/// Within how many hours codes are counted.
pub const CODES_HOURS: i64 = 24;
/// The longest address, in characters, as RFC 5321 has it.
pub const ADDRESS_CHARS_MAX: usize = 254;

/// What somebody is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Nothing; the address stays.
    Nothing,
    /// Once a week, if something waits.
    Digest,
    /// In the next round, if something waits that they were not sent a message about, or in that of
    /// the next morning where its time would tell when others did something; and once a week besides.
    Each,
}

impl Closed for Sends {
    const LIST: &'static str = "email_sends";
    const ALL: &'static [Self] = &[Self::Nothing, Self::Digest, Self::Each];

    fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Digest => "digest",
            Self::Each => "each",
        }
    }
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// That something new waits.
    Notice,
    /// That something waits, once a week.
    Digest,
}

impl Closed for Letter {
    const LIST: &'static str = "email_letter";
    const ALL: &'static [Self] = &[Self::Notice, Self::Digest];

    fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Digest => "digest",
        }
    }
}

/// The day of the last morning: what the list tells without a day, since that would tell when others
/// did something, goes then, so that the time of a message does not tell it either.
#[must_use]
pub fn morning(now: NaiveDateTime) -> Day {
    (now - TimeDelta::hours(MORNING_HOUR)).date()
}

/// The Monday on which the last digest fell due.
#[must_use]
pub fn digest_day(now: NaiveDateTime) -> Day {
    let day = morning(now);
    day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))
}

/// For how long nothing is tried after a message was not taken so many times in a row; none once it
/// is given up.
#[must_use]
pub fn pause_after(failures: i64) -> Option<TimeDelta> {
    const MINUTES: [i64; 5] = [15, 60, 4 * 60, 12 * 60, 24 * 60];
    let index = usize::try_from(failures - 1).ok()?;
    MINUTES.get(index).copied().map(TimeDelta::minutes)
}

/// Which round is the next one, for a process that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    next: i64,
    failures: u32,
}

impl Rounds {
    /// The most rounds that are left out while the server cannot be reached.
    const LEFT_OUT_MAX: i64 = 16;

    /// From the next round on: not at once, so that starting a process is no event either.
    #[must_use]
    pub fn after(now: NaiveDateTime) -> Self {
        Self { next: number(now) + 1, failures: 0 }
    }

    /// Whether a round is due.
    #[must_use]
    pub fn is_due(&self, now: NaiveDateTime) -> bool {
        self.next <= number(now)
    }

    /// The rounds that follow one in which the server could be reached, or was not needed.
    #[must_use]
    pub fn went_well(self, now: NaiveDateTime) -> Self {
        Self::after(now)
    }

    /// The rounds that follow one in which it could not: twice as far away each time.
    #[must_use]
    pub fn failed(self, now: NaiveDateTime) -> Self {
        let pause = 1_i64.checked_shl(self.failures).unwrap_or(Self::LEFT_OUT_MAX);
        let pause = pause.clamp(1, Self::LEFT_OUT_MAX);
        Self { next: number(now) + pause, failures: (self.failures + 1).min(16) }
    }
}

fn number(now: NaiveDateTime) -> i64 {
    now.and_utc().timestamp().div_euclid(ROUND_MINUTES * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(written: &str) -> NaiveDateTime {
        written.parse().expect("a time")
    }

    #[test]
    fn a_digest_falls_due_on_monday_at_six() {
        for (now, monday) in [
            ("2026-03-15T12:00:00", "2026-03-09"),
            ("2026-03-16T05:59:59", "2026-03-09"),
            ("2026-03-16T06:00:00", "2026-03-16"),
            ("2026-03-22T23:59:59", "2026-03-16"),
            ("2026-03-23T06:00:00", "2026-03-23"),
        ] {
            assert_eq!(digest_day(at(now)).to_string(), monday, "{now}");
        }
    }

    #[test]
    fn rounds_are_at_quarter_hours_whenever_a_process_starts() {
        let rounds = Rounds::after(at("2026-03-15T12:07:31"));
        assert!(!rounds.is_due(at("2026-03-15T12:14:59")));
        assert!(rounds.is_due(at("2026-03-15T12:15:00")));
        let rounds = rounds.went_well(at("2026-03-15T12:16:00"));
        assert!(!rounds.is_due(at("2026-03-15T12:29:59")));
        assert!(rounds.is_due(at("2026-03-15T12:30:00")));
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_asked_ever_more_rarely_and_never_not_at_all() {
        let mut now = at("2026-03-15T12:00:00");
        let mut rounds = Rounds::after(now).went_well(now);
        let mut waited = Vec::new();
        for _ in 0..7 {
            rounds = rounds.failed(now);
            let since = now;
            while !rounds.is_due(now) {
                now += TimeDelta::minutes(1);
            }
            waited.push((now - since).num_minutes());
        }
        assert_eq!(waited, [15, 30, 60, 120, 240, 240, 240]);
        assert_eq!(rounds.went_well(now), Rounds::after(now));
    }

    #[test]
    fn a_message_that_is_not_taken_is_tried_again_ever_later_and_then_given_up() {
        let pauses: Vec<Option<i64>> =
            (1..=7).map(|failures| pause_after(failures).map(|it| it.num_minutes())).collect();
        let expected = [15, 60, 240, 720, 1440].map(Some);
        assert_eq!(pauses[..5], expected);
        assert_eq!(pauses[5..], [None, None]);
    }
}
