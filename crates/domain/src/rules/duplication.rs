//! `duplication`: the same ask twice at one level.

use super::{Asks, Check, Finding, Rule, because};
use crate::{
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::Duplication,
    class: FlagClass::Overlap,
    title: "Two organisations ask for the same at one level",
    holds_when: "Two live asks that meet have one issue, action and object, at one level, of \
                 organisations that differ and are not coordinated. It is low when some mechanism \
                 was told of both.",
    why: "The same people are visited twice for one thing; each visit costs patience, and what \
          one was promised the other does not know.",
    settled_by: "One of the two leads and the other follows, or they go together.",
    check: Check::Asks(check),
};

fn check(asks: &Asks<'_>) -> Option<Finding> {
    let lines = asks.lines;
    if !lines.same_level() || !twice(asks) {
        return None;
    }
    let informed = lines.first.informed.iter().find(|told| lines.second.informed.contains(told));
    let mut because = vec![because::same_ask(asks.first), because::not_coordinated(lines)];
    because.extend(because::asks_meet(asks));
    because.extend(informed.map(|mechanism| {
        let detail = Detail::Mechanism(*mechanism);
        Reason::new(ReasonCode::BothInformed, [("mechanism", detail)])
    }));
    let severity = if informed.is_some() { Severity::Low } else { Severity::Medium };
    Some(Finding { severity, because })
}

/// Whether organisations that do not coordinate ask for the same, and neither steps past the
/// community.
pub fn twice(asks: &Asks<'_>) -> bool {
    let lines = asks.lines;
    asks.are_alike()
        && lines.organizations_differ()
        && !lines.are_coordinated()
        && lines.community_bypass().is_none()
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn one_ask_of_two_organisations_is_medium_and_low_when_one_mechanism_knows() {
        let first = line("e1", "ingo-a", [ask("a1", "access.denial", "stop")]);
        let second = line("e2", "ingo-b", [ask("a2", "access.denial", "stop")]);
        assert_eq!(flags([&first, &second]), ["duplication medium a1 a2"]);
        let told = [first.with("informed", ["awg"]), second.with("informed", ["awg", "poc"])];
        assert_eq!(flags(&told), ["duplication low a1 a2"]);
    }

    #[test]
    fn coordinated_lines_strengthen_each_other_instead() {
        let first = line("e1", "ingo-a", [ask("a1", "access.denial", "stop")]);
        let second = line("e2", "ingo-b", [ask("a2", "access.denial", "stop")]);
        for coordinated in [second.with("follows", ["e1"]), second.with("partners", ["ingo-a"])] {
            assert_eq!(flags([&first, &coordinated]), ["reinforcing info a1 a2"]);
        }
        let own = line("e2", "ingo-a", [ask("a2", "access.denial", "stop")]);
        assert_eq!(flags([&first, &own]), [""; 0]);
    }
}
