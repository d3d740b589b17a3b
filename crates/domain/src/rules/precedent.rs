//! `precedent`: one gives what another asks the actor to give up.

use super::{Check, Finding, Lines, Rule, because};
use crate::{
    document::TermValue,
    facts::{Ask, Demand},
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, Side},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::Precedent,
    class: FlagClass::Conflict,
    title: "One organisation gives what another asks the armed actor to give up",
    holds_when: "A live demand is answered by accepting, and another organisation's live ask that \
                 meets it asks the armed actor to give that demand up.",
    why: "As long as somebody gives it, the armed actor has no reason to stop demanding it.",
    settled_by: "The organisations agree whether the demand is met at all, and on which terms.",
    check: Check::DemandAndAsk(check),
};

fn check(lines: &Lines<'_>, demand: &Demand, ask: &Ask) -> Option<Finding> {
    let is_about_another = ask.terms.iter().any(|(term, value)| {
        let of_demand = demand.kind.object(*term);
        term.is_object()
            && of_demand.is_some_and(|object| TermValue::Text(object.to_owned()) != *value)
    });
    if demand.response.side() != Side::Accepting
        || !demand.kind.is_given_up_by(ask.action)
        || is_about_another
    {
        return None;
    }
    let mut because = vec![
        Reason::new(
            ReasonCode::Accepted,
            [("demand", because::code(demand.kind)), ("response", because::code(demand.response))],
        ),
        Reason::new(ReasonCode::AsksToGiveUp, [("action", because::code(ask.action))]),
    ];
    because.extend(because::meeting(
        (&lines.first.actor, &lines.second.actor),
        (&demand.places, &ask.places),
        (demand.window, ask.window),
    ));
    Some(Finding { severity: Severity::High, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, demand, flags, line};

    #[test]
    fn lists_given_where_another_asks_to_forgo_them_are_high() {
        let gives = line("e1", "ingo-a", []).demands([demand("d1", "staff_list", "accepted")]);
        let lists = ask("a2", "access.interference.data", "forgo_lists");
        let about_staff = line("e2", "ingo-b", [lists.term("list_kind", "staff")]);
        assert_eq!(flags([&gives, &about_staff]), ["precedent high a2 d1"]);
        assert_eq!(
            flags([&gives, &line("e2", "ingo-b", [lists.clone()])]),
            ["precedent high a2 d1"]
        );
    }

    #[test]
    fn other_lists_a_refusal_or_ones_own_ask_are_none() {
        let gives = line("e1", "ingo-a", []).demands([demand("d1", "staff_list", "accepted")]);
        let lists = ask("a2", "access.interference.data", "forgo_lists");
        let about_patients = line("e2", "ingo-b", [lists.term("list_kind", "patients")]);
        assert_eq!(flags([&gives, &about_patients]), [""; 0]);
        assert_eq!(flags([&gives, &line("e2", "ingo-a", [lists.clone()])]), [""; 0]);
        let refuses = line("e1", "ingo-a", []).demands([demand("d1", "staff_list", "declined")]);
        assert_eq!(flags([&refuses, &line("e2", "ingo-b", [lists])]), [""; 0]);
    }
}
