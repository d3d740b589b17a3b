//! Being put in touch: what each side of a request learns, and when.
//!
//! Who asks has said yes by asking. What the others answer is told to who asks in one case alone,
//! when it is yes; a no, silence, and what can no longer be answered are told apart by nothing, until
//! the request closes and after.

use chrono::Days;

use crate::{
    vocabulary::{Closed, Disclosure},
    window::Day,
};

/// After how many days a request closes, at the start of a UTC day.
pub const OPEN_DAYS: u64 = 7;

/// What the owner of the other entry answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To be put in touch.
    Yes,
    /// Not to be, which who asks is never told.
    No,
}

impl Closed for Answer {
    const LIST: &'static str = "contact_answer";
    const ALL: &'static [Self] = &[Self::Yes, Self::No];

    fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// What has come of a request, as who asked may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is open.
    Waiting,
    /// Both sides have said yes.
    Arranged,
    /// It has closed, and no contact was arranged.
    NotArranged,
}

impl Closed for Asked {
    const LIST: &'static str = "contact_request_state";
    const ALL: &'static [Self] = &[Self::Waiting, Self::Arranged, Self::NotArranged];

    fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Arranged => "arranged",
            Self::NotArranged => "not_arranged",
        }
    }
}

/// What has come of a request, as who was asked knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It waits for an answer.
    Waiting,
    /// It was answered with yes.
    Accepted,
    /// It was answered with no.
    Declined,
    /// It has closed without an answer.
    Unanswered,
}

impl Closed for Received {
    const LIST: &'static str = "received_contact_request_state";
    const ALL: &'static [Self] = &[Self::Waiting, Self::Accepted, Self::Declined, Self::Unanswered];

    fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Unanswered => "unanswered",
        }
    }
}

/// The UTC day with whose start a request closes that was made on a day.
#[must_use]
pub fn closes_on(asked: Day) -> Day {
    asked.checked_add_days(Days::new(OPEN_DAYS)).unwrap_or(asked)
}

/// Whether a request that closes on a day is open on another.
#[must_use]
pub fn is_open(closes_on: Day, today: Day) -> bool {
    today < closes_on
}

/// What who asked learns, of what those who were asked have answered.
#[must_use]
pub fn as_asked(
    answers: impl IntoIterator<Item = Option<Answer>>,
    closes_on: Day,
    today: Day,
) -> Asked {
    if answers.into_iter().any(|answer| answer == Some(Answer::Yes)) {
        Asked::Arranged
    } else if is_open(closes_on, today) {
        Asked::Waiting
    } else {
        Asked::NotArranged
    }
}

/// What who was asked learns.
#[must_use]
pub fn as_received(answer: Option<Answer>, closes_on: Day, today: Day) -> Received {
    match answer {
        Some(Answer::Yes) => Received::Accepted,
        Some(Answer::No) => Received::Declined,
        None if is_open(closes_on, today) => Received::Waiting,
        None => Received::Unanswered,
    }
}

/// Why it may not be told whose an entry is, not even by being put in touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// It discloses nothing.
    DisclosesNothing,
    /// Those who carry the risk have not consented, or no longer.
    NeedsConsent,
}

/// A consent that an entry needs before more is told of it than that there is a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// None is needed.
    NotNeeded,
    /// It stands.
    Stands,
    /// It was not given, or has ended.
    Missing,
}

/// Why it may not be told whose an entry is, if so: asking, as saying yes, tells it.
#[must_use]
pub const fn untold(disclosure: Disclosure, consent: Consent) -> Option<Untold> {
    match (disclosure, consent) {
        (Disclosure::None, _) => Some(Untold::DisclosesNothing),
        (_, Consent::Missing) => Some(Untold::NeedsConsent),
        (_, Consent::NotNeeded | Consent::Stands) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn a_no_is_told_as_silence_is_on_every_day() {
        let asked = day("2026-03-15");
        let closes = closes_on(asked);
        assert_eq!(closes, day("2026-03-22"));
        for days in 0..20 {
            let today = asked.checked_add_days(Days::new(days)).expect("a day");
            let silence = as_asked([None, None], closes, today);
            assert_eq!(as_asked([Some(Answer::No), None], closes, today), silence);
            assert_eq!(as_asked([], closes, today), silence);
            assert_eq!(silence == Asked::Waiting, days < 7);
            assert_eq!(
                as_asked([Some(Answer::No), Some(Answer::Yes)], closes, today),
                Asked::Arranged
            );
        }
    }

    #[test]
    fn who_was_asked_knows_what_was_answered() {
        let (before, closes) = (day("2026-03-21"), day("2026-03-22"));
        assert_eq!(as_received(None, closes, before), Received::Waiting);
        assert_eq!(as_received(None, closes, closes), Received::Unanswered);
        assert_eq!(as_received(Some(Answer::No), closes, closes), Received::Declined);
        assert_eq!(as_received(Some(Answer::Yes), closes, closes), Received::Accepted);
    }

    #[test]
    fn what_discloses_nothing_or_lacks_a_consent_is_not_told_of() {
        for disclosure in Disclosure::ALL {
            let nothing = *disclosure == Disclosure::None;
            let expected = nothing.then_some(Untold::DisclosesNothing);
            assert_eq!(untold(*disclosure, Consent::NotNeeded), expected);
            assert_eq!(untold(*disclosure, Consent::Stands), expected);
            let expected = expected.or(Some(Untold::NeedsConsent));
            assert_eq!(untold(*disclosure, Consent::Missing), expected);
        }
    }
}
