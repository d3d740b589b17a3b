//! `uneven_terms`: one was granted what another was not.

use super::{Check, Comparable, Finding, Register, Rule, because};
use crate::{
    facts::Commitment,
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::UnevenTerms,
    class: FlagClass::Conflict,
    title: "Two organisations were granted one thing on different terms",
    holds_when: "Two commitments in force, from engagements of organisations that differ, whose \
                 armed actors are in line and whose places and days meet, are alike and some term \
                 differs.",
    why: "What one was granted is what all could ask for, and the weaker grant is the excuse.",
    settled_by: "The two compare what they were granted, and ask together for the better terms.",
    check: Check::Commitments(check),
};

fn check(register: &Register<'_>, first: &Commitment, second: &Commitment) -> Option<Finding> {
    let origins = register.origin(first).zip(register.origin(second));
    let of_two = origins.is_some_and(|(a, b)| a.organization != b.organization);
    let holds = of_two
        && first.actor.lineage.in_line(&second.actor.lineage)
        && first.places.intersect(&second.places)
        && first.window.meets(&second.window, 0)
        && first.is_alike(second)
        && first.differing_terms(second).next().is_some();
    if !holds {
        return None;
    }
    let mut because = vec![because::same_ask(first)];
    because.extend(because::differing_terms(first, second));
    because.extend(because::meeting(
        (&first.actor, &second.actor),
        (&first.places, &second.places),
        (first.window, second.window),
    ));
    Some(Finding { severity: Severity::Medium, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{flags, line, thing};

    #[test]
    fn one_thing_granted_on_two_terms_is_medium_for_two_organisations_and_none_for_one() {
        let granted = |key, from, hours: u32| {
            thing("commitments", key)
                .with("issue", "access.movement.checkpoints")
                .with("action", "allow_passage")
                .with("engagement", from)
                .term("notice_hours", hours)
        };
        let ended = |key, organization| line(key, organization, []).with("status", "concluded");
        let (first, second) = (granted("c1", "e1", 24), granted("c2", "e2", 72));
        let of_a = ended("e1", "ingo-a");
        let found = flags([&first, &second, &of_a, &ended("e2", "ingo-b")]);
        assert_eq!(found, ["uneven_terms medium c1 c2"]);
        assert_eq!(flags([&first, &second, &of_a, &ended("e2", "ingo-a")]), [""; 0]);
        let same = granted("c2", "e2", 24);
        assert_eq!(flags([&first, &same, &of_a, &ended("e2", "ingo-b")]), [""; 0]);
    }
}
