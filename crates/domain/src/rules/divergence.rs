//! `divergence`: the same ask on other terms.

use super::{Asks, Check, Comparable, Finding, Rule, because};
use crate::vocabulary::{FlagClass, FlagKind, Severity};

pub const RULE: Rule = Rule {
    kind: FlagKind::Divergence,
    class: FlagClass::Conflict,
    title: "Two lines ask for the same on different terms",
    holds_when: "Two live asks that meet have one issue, action and object, and a term that both \
                 name has two values. It is high at one level, and also holds inside one \
                 organisation.",
    why: "The armed actor will grant the weaker terms, and hold the stronger to be excessive.",
    settled_by: "The two organisations agree on one set of terms, usually the more protective.",
    check: Check::Asks(check),
};

fn check(asks: &Asks<'_>) -> Option<Finding> {
    if !asks.are_alike() || asks.first.differing_terms(asks.second).next().is_none() {
        return None;
    }
    let mut because = vec![because::same_ask(asks.first)];
    because.extend(because::differing_terms(asks.first, asks.second));
    because.extend(because::asks_meet(asks));
    let severity = if asks.lines.same_level() { Severity::High } else { Severity::Medium };
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn another_notice_is_high_at_one_level_and_medium_at_two() {
        let passage = |key, hours: u32| {
            ask(key, "access.movement.checkpoints", "allow_passage").term("notice_hours", hours)
        };
        let first = line("e1", "ingo-a", [passage("a1", 24)]);
        let second = line("e2", "ingo-b", [passage("a2", 72)]);
        assert_eq!(flags([&first, &second]), ["divergence high a1 a2"]);
        let above = second.with("level", "operational");
        assert_eq!(flags([&first, &above]), ["divergence medium a1 a2"]);
    }

    #[test]
    fn equal_values_in_other_writing_do_not_diverge() {
        let pause = |key, scope| {
            ask(key, "access.hostilities.pause", "pause_hostilities").term("scope", scope)
        };
        let first = line("e1", "ingo-a", [pause("a1", "Leer town")]);
        let second = line("e2", "ingo-b", [pause("a2", "  LEER TOWN ")]);
        assert_eq!(flags([&first, &second]), ["duplication medium a1 a2"]);
    }
}
