//! `undercuts_commitment`: an ask on other terms than those already agreed.

use super::{Check, Comparable, Finding, Register, Rule, because};
use crate::{
    facts::{Ask, Commitment, Engagement},
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::UndercutsCommitment,
    class: FlagClass::Conflict,
    title: "An ask reopens what an armed actor has already agreed to",
    holds_when: "A commitment in force covers a live ask of another engagement than the one it \
                 came from, and some term differs.",
    why: "A commitment that is negotiated again on other terms is weaker than one that is held to.",
    settled_by: "The ask is brought to the terms agreed, or those who hold the commitment agree \
                 to renegotiate it.",
    check: Check::Commitment(check),
};

/// Whether a commitment covers an ask of another engagement than the one that it came from.
pub fn covers(engagement: &Engagement, ask: &Ask, commitment: &Commitment) -> bool {
    commitment.engagement != Some(engagement.id)
        && commitment.actor.lineage.in_line(&engagement.actor.lineage)
        && commitment.places.intersect(&ask.places)
        && commitment.window.meets(&ask.window, 0)
        && commitment.is_alike(ask)
}

/// What is committed, and where it meets the ask.
pub fn covered(engagement: &Engagement, ask: &Ask, commitment: &Commitment) -> Vec<Reason> {
    let details = [
        ("actor", Detail::Actor(commitment.actor.id)),
        ("action", because::code(commitment.action)),
        ("issue", because::code(commitment.issue)),
    ];
    let mut because = vec![Reason::new(ReasonCode::Committed, details)];
    because.extend(because::meeting(
        (&engagement.actor, &commitment.actor),
        (&ask.places, &commitment.places),
        (ask.window, commitment.window),
    ));
    because
}

fn check(
    _: &Register<'_>,
    engagement: &Engagement,
    ask: &Ask,
    commitment: &Commitment,
) -> Option<Finding> {
    let differs = ask.differing_terms(commitment).next().is_some();
    if !differs || !covers(engagement, ask, commitment) {
        return None;
    }
    let mut because = because::differing_terms(ask, commitment);
    because.extend(covered(engagement, ask, commitment));
    Some(Finding { severity: Severity::High, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line, thing};

    #[test]
    fn asking_for_other_terms_than_those_agreed_is_high_and_for_the_same_only_noted() {
        let agreed = thing("commitments", "c1")
            .with("issue", "access.movement.checkpoints")
            .with("action", "allow_passage")
            .term("notice_hours", 24);
        let asks = |hours: u32| {
            let ask = ask("a1", "access.movement.checkpoints", "allow_passage");
            line("e1", "ingo-a", [ask.term("notice_hours", hours)])
        };
        assert_eq!(flags([&agreed, &asks(72)]), ["undercuts_commitment high a1 c1"]);
        assert_eq!(flags([&agreed, &asks(24)]), ["already_committed info a1 c1"]);
        let suspended = agreed.with("status", "suspended");
        assert_eq!(flags([&suspended, &asks(72)]), [""; 0]);
    }

    #[test]
    fn the_engagement_that_a_commitment_came_from_may_ask_for_more() {
        let agreed = thing("commitments", "c1")
            .with("issue", "access.movement.checkpoints")
            .with("action", "allow_passage")
            .with("engagement", "e1")
            .term("notice_hours", 24);
        let ask = ask("a1", "access.movement.checkpoints", "allow_passage");
        let own = line("e1", "ingo-a", [ask.term("notice_hours", 72)]);
        assert_eq!(flags([&agreed, &own]), [""; 0]);
    }
}
