//! What waits for somebody: that there is something of a kind, of which thing, since which day, and
//! nothing of what it holds. It is made of what its reader may see and of nothing else.

use std::cmp::Reverse;

use uuid::Uuid;

use crate::{
    vocabulary::Closed,
    window::{Day, parse_day},
};

/// For how many days before a commitment ends it waits for somebody to look at it.
pub const COMMITMENT_DUE_DAYS: u32 = 14;
/// For how many days after a request to be put in touch has closed is told what has come of it.
pub const CLOSED_TOLD_DAYS: u32 = 30;

/// What sort of thing waits, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotificationKind {
    /// Somebody asks to be put in touch.
    ContactRequested,
    /// Somebody who was asked has said yes.
    ContactArranged,
    /// A request has closed, and no contact was arranged.
    ContactClosed,
    /// A flag rests on an own entry and can be read, and nobody has taken it up.
    FlagRaised,
    /// An own entry has a restricted line.
    RestrictedLine,
    /// A flag is in the desk's queue.
    DeskQueue,
    /// Another has proposed who is to join or leave the desk, and waits for a second.
    DeskChange,
    /// Nobody has touched an own engagement for long.
    EntryStale,
    /// An own commitment ends soon.
    CommitmentDue,
}

impl Closed for NotificationKind {
    const LIST: &'static str = "notification_kind";
    const ALL: &'static [Self] = &[
        Self::ContactRequested,
        Self::ContactArranged,
        Self::ContactClosed,
        Self::FlagRaised,
        Self::RestrictedLine,
        Self::DeskQueue,
        Self::DeskChange,
        Self::EntryStale,
        Self::CommitmentDue,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::ContactRequested => "contact_requested",
            Self::ContactArranged => "contact_arranged",
            Self::ContactClosed => "contact_closed",
            Self::FlagRaised => "flag_raised",
            Self::RestrictedLine => "restricted_line",
            Self::DeskQueue => "desk_queue",
            Self::DeskChange => "desk_change",
            Self::EntryStale => "entry_stale",
            Self::CommitmentDue => "commitment_due",
        }
    }
}

/// That something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What stands for it: the same as long as the same waits.
    pub id: Uuid,
    /// What sort of thing waits.
    pub kind: NotificationKind,
    /// Which thing.
    pub thing: Uuid,
    /// Since, or until, which UTC day; none where that would tell when others did something.
    pub day: Option<Day>,
}

impl Notification {
    /// That a thing waits. What waits anew is another one: `since` is what differs then.
    #[must_use]
    pub fn new(kind: NotificationKind, thing: Uuid, day: Option<Day>, since: &str) -> Self {
        let id = Uuid::new_v5(&thing, format!("{} {since}", kind.code()).as_bytes());
        Self { id, kind, thing, day }
    }

    /// Where it stands among those that wait.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place { kind: self.kind, day: Reverse(self.day), id: self.id }
    }
}

/// Where something stands among all that waits: by kind, the latest day first. It depends on no
/// other thing, so a list goes on after one that no longer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    kind: NotificationKind,
    day: Reverse<Option<Day>>,
    id: Uuid,
}

impl Place {
    /// The place that is written so.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let mut parts = written.split(' ');
        let kind = NotificationKind::from_code(parts.next()?)?;
        let day = match parts.next()? {
            "-" => None,
            day => Some(parse_day(day)?),
        };
        let id = Uuid::parse_str(parts.next()?).ok()?;
        Some(Self { kind, day: Reverse(day), id })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = self.day.0.map_or_else(|| "-".to_owned(), |day| day.to_string());
        write!(f, "{} {day} {}", self.kind.code(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(written: &str) -> Option<Day> {
        parse_day(written)
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for kind in NotificationKind::ALL {
            for day in [None, day("2026-03-15")] {
                let place = Notification::new(*kind, Uuid::from_u128(1), day, "").place();
                assert_eq!(Place::parse(&place.to_string()), Some(place));
            }
        }
        for written in ["", "flag_raised", "flag_raised - x", "other - 1", "flag_raised x 1"] {
            assert_eq!(Place::parse(written), None, "{written}");
        }
    }

    #[test]
    fn of_a_kind_the_latest_comes_first() {
        let of = |kind, written| {
            Notification::new(kind, Uuid::from_u128(1), day(written), written).place()
        };
        let mut places = [
            of(NotificationKind::EntryStale, "2026-03-17"),
            of(NotificationKind::FlagRaised, "2026-03-15"),
            of(NotificationKind::FlagRaised, "2026-03-16"),
        ];
        places.sort();
        let days: Vec<_> = places.iter().map(|place| place.day.0).collect();
        assert_eq!(days, [day("2026-03-16"), day("2026-03-15"), day("2026-03-17")]);
    }

    #[test]
    fn what_waits_anew_is_another() {
        let one = |since| Notification::new(NotificationKind::FlagRaised, Uuid::nil(), None, since);
        assert_eq!(one("1"), one("1"));
        assert_ne!(one("1").id, one("2").id);
        let other = Notification::new(NotificationKind::DeskQueue, Uuid::nil(), None, "1");
        assert_ne!(one("1").id, other.id);
    }
}
