//! How far a commitment is operational, and what those found who looked whether it is kept.

use concord_domain::document::Commitment;
use concord_reports::{Term, brief::Verified};

use super::Voice;

/// What must be settled before a commitment can be relied on.
pub(super) const PARTS: usize = 5;

impl Voice<'_> {
    /// Which is settled of who, what, where, when, and how it is verified.
    pub(super) fn arranged(self, _commitment: &Commitment) -> Vec<Term> {
        Vec::new()
    }

    /// What those found who looked last.
    pub(super) fn verified(self, _commitment: &Commitment) -> Option<Verified> {
        None
    }
}
