//! `reinforcing`: asks that strengthen each other.

use super::{Asks, Check, Finding, Rule, because};
use crate::{
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, opposition},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::Reinforcing,
    class: FlagClass::Coherent,
    title: "Two lines strengthen each other",
    holds_when: "Two live asks that meet are on related issues, of organisations that differ, \
                 their actions are not opposed, and no other rule about two asks holds.",
    why: "An armed actor that hears one message from two sides is more likely to act on it.",
    settled_by: "Nothing needs settling; they may tell each other, and go on.",
    check: Check::Asks(check),
};

fn check(asks: &Asks<'_>) -> Option<Finding> {
    let lines = asks.lines;
    let holds = asks.are_related()
        && lines.organizations_differ()
        && lines.community_bypass().is_none()
        && opposition(asks.first.action, asks.second.action).is_none();
    if !holds {
        return None;
    }
    let organizations = [
        ("first", Detail::Organization(lines.first.organization)),
        ("second", Detail::Organization(lines.second.organization)),
    ];
    let mut because = vec![
        because::related(asks.first.issue, asks.second.issue),
        Reason::new(ReasonCode::TwoOrganizations, organizations),
    ];
    because.extend(because::asks_meet(asks));
    Some(Finding { severity: Severity::Info, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn related_asks_of_two_organisations_strengthen_each_other() {
        let first = line("e1", "ingo-a", [ask("a1", "protection.children", "stop")]);
        let below = ask("a2", "protection.children.recruitment", "release");
        let second = line("e2", "ingo-b", [below]);
        assert_eq!(flags([&first, &second]), ["reinforcing info a1 a2"]);
    }

    #[test]
    fn sibling_issues_and_opposed_actions_do_not() {
        let first = line("e1", "ingo-a", [ask("a1", "protection.children.killing", "stop")]);
        let sibling = ask("a2", "protection.children.recruitment", "release");
        assert_eq!(flags([&first, &line("e2", "ingo-b", [sibling])]), [""; 0]);
        let object = |key, action, sites| {
            ask(key, "access.security.notification", action).term("instrument", sites)
        };
        let public = object("a1", "commit_publicly", "one");
        let quiet = object("a2", "commit_confidentially", "two");
        let lines = [line("e1", "ingo-a", [public]), line("e2", "ingo-b", [quiet])];
        assert_eq!(flags(&lines), [""; 0]);
    }
}
