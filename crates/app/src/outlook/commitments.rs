//! How far a commitment is operational, and what those found who looked whether it is kept.

use concord_domain::{
    document::{Commitment, Prose, Verification},
    window::Day,
};
use concord_reports::{Term, brief::Verified};

use super::Voice;

/// What must be settled before a commitment can be relied on: who, what, where, when, and how it
/// is verified.
pub(super) const PARTS: usize = 5;

impl Voice<'_> {
    /// Which is settled of who, what, where, when, and how it is verified.
    pub(super) fn arranged(self, commitment: &Commitment) -> Vec<Term> {
        let Some(arrangements) = &commitment.arrangements else { return Vec::new() };
        let parts: [(&str, &'static str, &Option<Prose>); PARTS] = [
            ("who", "brief.arranged_who", &arrangements.responsible),
            ("what", "brief.arranged_what", &arrangements.procedure),
            ("where", "brief.arranged_where", &arrangements.location),
            ("when", "brief.arranged_when", &arrangements.timing),
            ("verified", "brief.arranged_verified", &arrangements.verification),
        ];
        let settled = parts.into_iter().filter(|(.., text)| text.is_some());
        settled
            .map(|(code, key, _)| Term {
                code: code.to_owned(),
                label: self.language.text(key).to_owned(),
            })
            .collect()
    }

    /// What those found who looked last, until a day.
    pub(super) fn verified(self, commitment: &Commitment, day: Day) -> Option<Verified> {
        last_of(commitment.verifications.iter().filter(|each| each.on <= day)).map(|last| {
            Verified {
                on: last.on.to_string(),
                finding: self.closed(last.finding.0),
                organization: self.named(last.organization.0),
            }
        })
    }
}

/// The last of some verifications; of one day, the one that was told last.
pub(super) fn last_of<'v>(
    verifications: impl Iterator<Item = &'v Verification>,
) -> Option<&'v Verification> {
    verifications.max_by_key(|each| each.on)
}
