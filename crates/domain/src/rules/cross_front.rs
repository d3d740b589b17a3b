//! `cross_front`: access and protection talks that can undermine each other.

use super::{Check, Finding, Lines, Rule, because};
use crate::{
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, link},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::CrossFront,
    class: FlagClass::Overlap,
    title: "Access talks and protection talks bear on each other",
    holds_when: "Two live engagements that meet, of organisations that differ and are not \
                 coordinated, have live asks on an access and a protection issue that are linked.",
    why: "What is won for aid can be paid for by civilians, and the other way round.",
    settled_by: "The access and the protection side exchange what they ask for and what they \
                 would give, before the next meeting of either.",
    check: Check::Lines(check),
};

fn check(lines: &Lines<'_>) -> Option<Finding> {
    let (asks, row) = lines
        .asks()
        .find_map(|asks| link(asks.first.issue, asks.second.issue).map(|row| (asks, row)))?;
    let mut because = vec![Reason::new(
        ReasonCode::Linked,
        [
            ("first", because::code(asks.first.issue)),
            ("second", because::code(asks.second.issue)),
            ("why", Detail::Why(&row.why)),
        ],
    )];
    because.extend(because::lines_meet(lines));
    because.push(because::levels(lines.first.level, lines.second.level));
    because.push(because::not_coordinated(lines));
    let severity = if lines.same_level() { Severity::Medium } else { Severity::Low };
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn linked_issues_are_medium_at_one_level_and_low_at_two() {
        let access = line("e1", "ingo-a", [ask("a1", "access.movement.convoys", "allow_passage")]);
        let protection = line("e2", "ingo-b", [ask("a2", "protection.movement", "allow_movement")]);
        assert_eq!(flags([&access, &protection]), ["cross_front medium e1 e2"]);
        let above = protection.with("level", "strategic");
        assert_eq!(flags([&access, &above]), ["cross_front low e1 e2"]);
    }

    #[test]
    fn issues_that_are_not_linked_or_an_ask_already_granted_are_none() {
        let access = line("e1", "ingo-a", [ask("a1", "access.movement.convoys", "allow_passage")]);
        let unlinked = line("e2", "ingo-b", [ask("a2", "protection.gbv", "stop")]);
        assert_eq!(flags([&access, &unlinked]), [""; 0]);
        let granted = ask("a2", "protection.movement", "allow_movement").with("status", "granted");
        assert_eq!(flags([&access, &line("e2", "ingo-b", [granted])]), [""; 0]);
    }
}
