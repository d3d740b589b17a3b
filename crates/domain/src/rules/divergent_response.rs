//! `divergent_response`: one demand, two answers.

use super::{Check, Finding, Lines, Rule, because};
use crate::{
    facts::Demand,
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, Side},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::DivergentResponse,
    class: FlagClass::Conflict,
    title: "Two organisations answer one demand differently",
    holds_when: "Two live demands of one kind that meet, of organisations that differ, are \
                 answered the one by accepting and the other by refusing.",
    why: "Whoever refuses is told that the others pay; whoever accepts has set the price for all.",
    settled_by: "The organisations agree on one answer, best in a common position.",
    check: Check::Demands(check),
};

fn check(lines: &Lines<'_>, first: &Demand, second: &Demand) -> Option<Finding> {
    let sides = (first.response.side(), second.response.side());
    let differ =
        matches!(sides, (Side::Accepting, Side::Refusing) | (Side::Refusing, Side::Accepting));
    if first.kind != second.kind || !differ {
        return None;
    }
    let mut because = vec![Reason::new(
        ReasonCode::TwoAnswers,
        [
            ("demand", because::code(first.kind)),
            ("first", because::code(first.response)),
            ("second", because::code(second.response)),
        ],
    )];
    because.extend(because::meeting(
        (&lines.first.actor, &lines.second.actor),
        (&first.places, &second.places),
        (first.window, second.window),
    ));
    Some(Finding { severity: Severity::High, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{demand, flags, line};

    #[test]
    fn paying_and_refusing_one_fee_is_high() {
        let pays = line("e1", "ingo-a", []).demands([demand("d1", "fee", "met_by_contractor")]);
        let refuses = line("e2", "ingo-b", []).demands([demand("d2", "fee", "declined")]);
        assert_eq!(flags([&pays, &refuses]), ["divergent_response high d1 d2"]);
    }

    #[test]
    fn an_answer_not_yet_given_another_demand_or_one_organisation_is_none() {
        let pays = line("e1", "ingo-a", []).demands([demand("d1", "fee", "accepted")]);
        for (organization, kind, response) in [
            ("ingo-b", "fee", "negotiating"),
            ("ingo-b", "escort", "declined"),
            ("ingo-a", "fee", "declined"),
        ] {
            let other = line("e2", organization, []).demands([demand("d2", kind, response)]);
            assert_eq!(flags([&pays, &other]), [""; 0], "{organization} {kind} {response}");
        }
    }
}
