//! What those learn of a line who may not read it: cut to what its disclosure grants, and of
//! several lines together to the least that any of them grants.

use std::collections::BTreeSet;

use crate::{
    id::{ArmedActorId, OrganizationId, PlaceId},
    vocabulary::{Disclosure, Issue, Level, Method},
    window::Day,
};

/// An entry as coarsely as `summary` tells of it. Two entries that are alike in all of this are
/// one, so that they cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outline {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The topmost armed actor above the one that it is with.
    pub armed_actor: ArmedActorId,
    /// At what level; a commitment has none.
    pub level: Option<Level>,
    /// By what method; a commitment has none.
    pub method: Option<Method>,
    /// The families of its issues: the first two parts of their codes.
    pub families: BTreeSet<&'static str>,
    /// The month in which it began, `2026-03`, if it says when.
    pub month: Option<String>,
    /// The areas of the first level in which its places lie; none for the whole operation.
    pub areas: BTreeSet<PlaceId>,
}

/// That an organisation is in dialogue with an armed actor, the topmost above the one that it
/// talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dialogue {
    /// Which organisation.
    pub organization: OrganizationId,
    /// Which armed actor.
    pub armed_actor: ArmedActorId,
}

/// What is told of the entries behind a flag that its reader may not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// That there are some.
    Match,
    /// Whose they are.
    Existence(BTreeSet<OrganizationId>),
    /// What they are in outline.
    Summary(BTreeSet<Outline>),
}

impl Outline {
    /// What is left of it when its disclosure is `existence`.
    #[must_use]
    pub const fn dialogue(&self) -> Dialogue {
        Dialogue { organization: self.organization, armed_actor: self.armed_actor }
    }

    /// Whether it is about an issue, one above or one below it.
    #[must_use]
    pub fn is_about(&self, issue: Issue) -> bool {
        self.families.iter().any(|family| crate::lineage::in_line(family, issue.family()))
    }
}

/// The month of a day, `2026-03`.
#[must_use]
pub fn month(day: Day) -> String {
    day.format("%Y-%m").to_string()
}

/// What several entries tell together: the least that any of them discloses, and nothing if one
/// of them discloses nothing. An entry without an organisation has no outline.
#[must_use]
pub fn least<'o>(
    entries: impl IntoIterator<Item = (Option<&'o Outline>, Disclosure)>,
) -> Option<Told> {
    let mut told = Told::Summary(BTreeSet::new());
    for (outline, disclosure) in entries {
        told = match (told, outline, disclosure) {
            (_, _, Disclosure::None) => return None,
            (Told::Match, ..) | (_, None, _) | (_, _, Disclosure::Match) => Told::Match,
            (Told::Summary(mut outlines), Some(outline), Disclosure::Summary) => {
                outlines.insert(outline.clone());
                Told::Summary(outlines)
            }
            (Told::Summary(outlines), Some(outline), Disclosure::Existence) => {
                let organizations = outlines.iter().map(|each| each.organization);
                Told::Existence(organizations.chain([outline.organization]).collect())
            }
            (
                Told::Existence(mut organizations),
                Some(outline),
                Disclosure::Summary | Disclosure::Existence,
            ) => {
                organizations.insert(outline.organization);
                Told::Existence(organizations)
            }
        };
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vocabulary::Closed;

    fn outline(organization: u128) -> Outline {
        Outline {
            organization: OrganizationId(Uuid::from_u128(organization)),
            armed_actor: ArmedActorId(Uuid::nil()),
            level: Some(Level::Tactical),
            method: None,
            families: BTreeSet::from(["access.movement"]),
            month: Some("2026-03".to_owned()),
            areas: BTreeSet::new(),
        }
    }

    /// How much is told, as a number.
    const fn rank(told: Option<&Told>) -> u8 {
        match told {
            None => 0,
            Some(Told::Match) => 1,
            Some(Told::Existence(_)) => 2,
            Some(Told::Summary(_)) => 3,
        }
    }

    #[test]
    fn several_entries_tell_together_what_the_closest_of_them_tells_in_whatever_order() {
        let (a, b) = (outline(1), outline(2));
        for first in Disclosure::ALL.iter().copied() {
            for second in Disclosure::ALL.iter().copied() {
                let told = least([(Some(&a), first), (Some(&b), second)]);
                let alone = [first, second].map(|each| rank(least([(Some(&a), each)]).as_ref()));
                assert_eq!(rank(told.as_ref()), alone[0].min(alone[1]), "{first:?} {second:?}");
                assert_eq!(told, least([(Some(&b), second), (Some(&a), first)]));
            }
        }
        let both = BTreeSet::from([a.organization, b.organization]);
        let (summary, existence) = (Disclosure::Summary, Disclosure::Existence);
        let told = least([(Some(&a), summary), (Some(&b), existence)]);
        assert_eq!(told, Some(Told::Existence(both)));
        assert_eq!(least([(None, summary)]), Some(Told::Match));
    }

    #[test]
    fn entries_that_are_alike_are_told_of_once() {
        let (a, again) = (outline(1), outline(1));
        let summary = Disclosure::Summary;
        let told = least([(Some(&a), summary), (Some(&again), summary)]);
        assert_eq!(told, Some(Told::Summary(BTreeSet::from([a]))));
    }
}
