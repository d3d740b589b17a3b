//! For how long entries are kept, and why they are erased.

use crate::vocabulary::Closed;

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
