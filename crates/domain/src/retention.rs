//! For how long entries are kept, and why they are erased.

use crate::{
    document::{Commitment, Engagement},
    vocabulary::Closed,
    window::{Day, later},
};

/// Why the content of an entry is erased. It stands in the audit log, so it is a code and says
/// nothing of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetractionReason {
    /// Those whom it is about, or who carry the risk, asked for it.
    AskedFor,
    /// It came to put somebody in danger.
    Unsafe,
    /// It should not have been logged.
    Mistaken,
    /// It is needed no more.
    NotNeeded,
    /// It was kept for as long as the operation keeps entries of its class.
    PastRetention,
}

impl Closed for RetractionReason {
    const LIST: &'static str = "retraction_reason";
    const ALL: &'static [Self] =
        &[Self::AskedFor, Self::Unsafe, Self::Mistaken, Self::NotNeeded, Self::PastRetention];

    fn code(self) -> &'static str {
        match self {
            Self::AskedFor => "asked_for",
            Self::Unsafe => "unsafe",
            Self::Mistaken => "mistaken",
            Self::NotNeeded => "not_needed",
            Self::PastRetention => "past_retention",
        }
    }
}

impl RetractionReason {
    /// What the audit log calls an entry that was retracted for this.
    #[must_use]
    pub const fn object(self) -> &'static str {
        match self {
            Self::AskedFor => "retracted_asked_for",
            Self::Unsafe => "retracted_unsafe",
            Self::Mistaken => "retracted_mistaken",
            Self::NotNeeded => "retracted_not_needed",
            Self::PastRetention => "retracted_past_retention",
        }
    }
}

/// How long an entry is kept after what it tells of is over depends on what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionClass {
    /// A line of an organisation led by the community, or through an intermediary who carries a
    /// risk by it.
    Community,
    /// Any other line.
    Engagement,
    /// What an armed actor committed itself to.
    Commitment,
}

impl Closed for RetentionClass {
    const LIST: &'static str = "retention_class";
    const ALL: &'static [Self] = &[Self::Community, Self::Engagement, Self::Commitment];

    fn code(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Engagement => "engagement",
            Self::Commitment => "commitment",
        }
    }
}

/// For how many days entries are kept at least.
pub const RETENTION_DAYS_MIN: u32 = 30;
/// For how many days entries of any class are kept at most.
pub const RETENTION_DAYS_MAX: u32 = 1_825;
/// For how many days from today an entry can be kept beyond what its class says.
pub const KEPT_DAYS_MAX: u32 = 5 * 365;

impl RetentionClass {
    /// For how many days, unless the operation says otherwise.
    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Self::Community => 180,
            Self::Engagement => 365,
            Self::Commitment => 730,
        }
    }

    /// For how many days an operation can say at most.
    #[must_use]
    pub const fn days_max(self) -> u32 {
        match self {
            Self::Community => 365,
            Self::Engagement => 1_095,
            Self::Commitment => RETENTION_DAYS_MAX,
        }
    }
}

/// For how many days an operation keeps the entries of each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Of [`RetentionClass::Community`].
    pub community: u32,
    /// Of [`RetentionClass::Engagement`].
    pub engagement: u32,
    /// Of [`RetentionClass::Commitment`].
    pub commitment: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            community: RetentionClass::Community.days(),
            engagement: RetentionClass::Engagement.days(),
            commitment: RetentionClass::Commitment.days(),
        }
    }
}

impl Periods {
    /// For how many days entries of a class are kept.
    #[must_use]
    pub const fn of(&self, class: RetentionClass) -> u32 {
        match class {
            RetentionClass::Community => self.community,
            RetentionClass::Engagement => self.engagement,
            RetentionClass::Commitment => self.commitment,
        }
    }

    /// The fewest days for which any entry is kept.
    #[must_use]
    pub fn shortest(&self) -> u32 {
        self.community.min(self.engagement).min(self.commitment)
    }
}

/// The class of an engagement, given whether the organisation that leads it is led by the community.
#[must_use]
pub fn class_of(engagement: &Engagement, is_community_led: bool) -> RetentionClass {
    let through = engagement.via.as_ref().is_some_and(|via| via.kind.needs_consent());
    if is_community_led || through { RetentionClass::Community } else { RetentionClass::Engagement }
}

/// The last day of what an engagement tells of, as of a day: its last day if that has passed, or
/// the day on which somebody last touched it, so that a line which nobody ends is not kept for ever.
#[must_use]
pub fn over_on(engagement: &Engagement, today: Day) -> Day {
    let last_contact = engagement.contacts.iter().map(|contact| contact.on).max();
    match engagement.until.filter(|until| *until <= today) {
        Some(until) => last_contact.map_or(until, |contact| until.max(contact)),
        None => engagement.touched_on(),
    }
}

/// The last day of what a commitment tells of: its end, or when somebody last looked whether it is
/// kept. One that says no day at all is over on the day on which it was logged.
#[must_use]
pub fn commitment_over_on(commitment: &Commitment, logged_on: Day) -> Day {
    let looked = commitment.verifications.iter().map(|verification| verification.on);
    looked.chain(commitment.until.or(commitment.from)).fold(logged_on, Day::max)
}

/// The last day on which an engagement is kept, with the commitments that came from it. What is
/// logged long after it was over is kept for as long from then on.
#[must_use]
pub fn kept_to(
    (engagement, commitments): (&Engagement, &[Commitment]),
    (class, periods): (RetentionClass, &Periods),
    (logged_on, today): (Day, Day),
) -> Day {
    let over = over_on(engagement, today).max(logged_on);
    let agreed = commitments.iter().map(|commitment| commitment_over_on(commitment, logged_on));
    let agreed = agreed.map(|over| later(over, periods.commitment));
    agreed.fold(later(over, periods.of(class)), Day::max)
}
