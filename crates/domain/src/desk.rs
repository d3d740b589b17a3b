//! Who decides who is on the desk: two of the desk together, or whoever stands in for it while there
//! are not two.

use crate::policy::Decision;

/// For how many days a change that was proposed can be confirmed.
pub const CHANGE_DAYS: u64 = 7;

/// As what somebody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decider {
    /// As one of the desk.
    Desk,
    /// As administrator.
    Administrator,
}

/// How many people of the desk can sign in, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Nobody: there is no desk yet, or no longer.
    Nobody,
    /// One, who can agree with nobody.
    One,
    /// Two or more.
    Several,
}

impl From<usize> for Strength {
    fn from(people: usize) -> Self {
        match people {
            0 => Self::Nobody,
            1 => Self::One,
            _ => Self::Several,
        }
    }
}

/// Whether somebody may propose a change, or withdraw what was proposed.
#[must_use]
pub const fn may_propose(decider: Decider, desk: Strength) -> Decision {
    match (decider, desk) {
        (Decider::Desk, _) | (Decider::Administrator, Strength::Nobody | Strength::One) => {
            Decision::Allow
        }
        (Decider::Administrator, Strength::Several) => Decision::Forbid,
    }
}

/// Whether what one proposed and another confirms is done. They are different people.
#[must_use]
pub const fn may_change(proposer: Decider, confirmer: Decider, desk: Strength) -> Decision {
    match (proposer, confirmer, desk) {
        (Decider::Desk, Decider::Desk, _)
        | (Decider::Desk, Decider::Administrator, Strength::One)
        | (Decider::Administrator, Decider::Desk, Strength::One)
        | (_, _, Strength::Nobody) => Decision::Allow,
        (Decider::Administrator, _, Strength::One | Strength::Several)
        | (Decider::Desk, Decider::Administrator, Strength::Several) => Decision::Forbid,
    }
}

/// Whether an administrator alone says who is on the desk: while nobody is.
#[must_use]
pub const fn is_set_by_administrator(desk: Strength) -> Decision {
    match desk {
        Strength::Nobody => Decision::Allow,
        Strength::One | Strength::Several => Decision::Forbid,
    }
}

#[cfg(test)]
mod tests {
    use super::{Decider::*, *};

    #[test]
    fn no_administrator_changes_a_desk_without_one_of_the_desk() {
        for desk in [Strength::One, Strength::Several] {
            assert_eq!(may_change(Administrator, Administrator, desk), Decision::Forbid);
            assert_eq!(is_set_by_administrator(desk), Decision::Forbid);
        }
        for (proposer, confirmer) in [(Desk, Administrator), (Administrator, Desk)] {
            assert_eq!(may_change(proposer, confirmer, Strength::One), Decision::Allow);
            assert_eq!(may_change(proposer, confirmer, Strength::Several), Decision::Forbid);
        }
        assert_eq!(may_propose(Administrator, Strength::Several), Decision::Forbid);
    }

    #[test]
    fn there_is_always_somebody_who_can_change_it() {
        for (people, desk) in [(0, Strength::Nobody), (1, Strength::One), (2, Strength::Several)] {
            assert_eq!(Strength::from(people), desk);
            let two = [(Administrator, Administrator), (Desk, Administrator), (Desk, Desk)];
            let there = two
                .iter()
                .filter(|(a, b)| [a, b].iter().filter(|each| ***each == Desk).count() <= people);
            let mut able = there.filter(|(a, b)| may_change(*a, *b, desk) == Decision::Allow);
            assert!(able.next().is_some(), "{desk:?}");
        }
    }
}
