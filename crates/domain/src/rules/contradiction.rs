//! `contradiction`: opposed asks.

use super::{Asks, Check, Comparable, Finding, Rule, because};
use crate::{
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, OpposedOn, Opposition, Severity, opposition},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::Contradiction,
    class: FlagClass::Conflict,
    title: "Two lines ask one armed actor for opposite things",
    holds_when: "Two live asks that meet have opposed actions, and nothing says that they are \
                 about different objects. It is critical at one level, and also holds inside one \
                 organisation.",
    why: "The armed actor can grant either and refuse both, and neither line is believed again.",
    settled_by: "The two organisations agree which ask stands, or in which order; one withdraws \
                 or narrows its own.",
    check: Check::Asks(check),
};

/// The row that says that two asks are opposed, if they are.
pub fn opposed(asks: &Asks<'_>) -> Option<&'static Opposition> {
    let row = opposition(asks.first.action, asks.second.action)?;
    let on_these = row.issues == OpposedOn::Any || asks.are_related();
    (on_these && !asks.first.differs_in_object(asks.second)).then_some(row)
}

fn check(asks: &Asks<'_>) -> Option<Finding> {
    let row = opposed(asks)?;
    let mut because = vec![Reason::new(
        ReasonCode::Opposed,
        [
            ("first", because::code(asks.first.action)),
            ("second", because::code(asks.second.action)),
            ("why", Detail::Why(&row.why)),
        ],
    )];
    because.extend(because::asks_meet(asks));
    let severity = if asks.lines.same_level() { Severity::Critical } else { Severity::High };
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn opposed_asks_at_one_level_are_critical_and_at_two_levels_high() {
        let open = line("e1", "ingo-a", [ask("a1", "access.movement.routes", "open_route")]);
        let close = line("e2", "ingo-b", [ask("a2", "access.movement.routes", "close_route")]);
        assert_eq!(flags([&open, &close]), ["contradiction critical a1 a2"]);
        let above = close.with("level", "strategic");
        assert_eq!(flags([&open, &above]), ["contradiction high a1 a2"]);
    }

    #[test]
    fn two_roads_or_unrelated_issues_are_no_contradiction() {
        let release = line("e1", "ingo-a", [ask("a1", "protection.liberty", "release")]);
        let transfer = line("e2", "ingo-b", [ask("a2", "protection.torture", "transfer")]);
        assert_eq!(flags([&release, &transfer]), [""; 0]);
        let route =
            |key, action, route| ask(key, "access.movement.routes", action).term("route", route);
        let open = line("e1", "ingo-a", [route("a1", "open_route", "Leer-Adok")]);
        let close = line("e2", "ingo-b", [route("a2", "close_route", "Leer-Nyal")]);
        assert_eq!(flags([&open, &close]), [""; 0]);
    }

    #[test]
    fn field_offices_of_one_organisation_can_contradict_each_other() {
        let open = line("e1", "ingo-a", [ask("a1", "access.movement.routes", "open_route")]);
        let close = line("e2", "ingo-a", [ask("a2", "access.movement.routes", "close_route")]);
        assert_eq!(flags([&open, &close]), ["contradiction critical a1 a2"]);
    }
}
