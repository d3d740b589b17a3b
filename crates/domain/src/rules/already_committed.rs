//! `already_committed`: an ask for what is already agreed.

use super::{
    Check, Comparable, Finding, Register, Rule,
    undercuts_commitment::{covered, covers},
};
use crate::{
    facts::{Ask, Commitment, Engagement},
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::AlreadyCommitted,
    class: FlagClass::Overlap,
    title: "An ask is for what an armed actor has already agreed to",
    holds_when: "A commitment in force covers a live ask, no term differs, and the ask belongs \
                 neither to the engagement that it came from nor to one coordinated with that.",
    why: "Asking again for what is agreed spends goodwill; holding to it is stronger.",
    settled_by: "The ask becomes a reminder of the commitment, or is withdrawn.",
    check: Check::Commitment(check),
};

fn check(
    register: &Register<'_>,
    engagement: &Engagement,
    ask: &Ask,
    commitment: &Commitment,
) -> Option<Finding> {
    let differs = ask.differing_terms(commitment).next().is_some();
    if differs || !covers(engagement, ask, commitment) {
        return None;
    }
    let origin = register.origin(commitment);
    if origin.is_some_and(|origin| engagement.is_coordinated_with(origin)) {
        return None;
    }
    let mut because = covered(engagement, ask, commitment);
    because.push(Reason::new(ReasonCode::SameTerms, []));
    Some(Finding { severity: Severity::Info, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line, thing};

    #[test]
    fn an_ask_already_agreed_is_noted_unless_it_is_coordinated_with_where_that_came_from() {
        let agreed = thing("commitments", "c1")
            .with("issue", "access.denial")
            .with("action", "stop")
            .with("engagement", "e1");
        let origin = line("e1", "ingo-a", []).with("status", "concluded");
        let other = line("e2", "ingo-b", [ask("a2", "access.denial", "stop")]);
        assert_eq!(flags([&agreed, &origin, &other]), ["already_committed info a2 c1"]);
        let follows = other.with("follows", ["e1"]);
        assert_eq!(flags([&agreed, &origin, &follows]), [""; 0]);
        let elsewhere = agreed.with("places", ["koch"]);
        assert_eq!(flags([&elsewhere, &origin, &other.with("places", ["leer"])]), [""; 0]);
    }
}
