//! `below_common_position`: an ask or an answer below what was agreed.

use super::{Check, Finding, Part, Rule, because};
use crate::{
    facts::{Ask, CommonPosition, Demand, Engagement},
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, Side, Term},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::BelowCommonPosition,
    class: FlagClass::Conflict,
    title: "An ask or an answer falls below a common position",
    holds_when: "A live ask on a related issue uses an action, an offer or a term's value that a \
                 common position excludes, or a live demand that it refuses is answered by \
                 accepting; by actor and place, on days that both share.",
    why: "A common position protects those who keep it only as long as all do.",
    settled_by: "The organisation keeps to the position, or takes its case for an exception to \
                 the mechanism that agreed it.",
    check: Check::Position(check),
};

fn check(engagement: &Engagement, part: Part<'_>, position: &CommonPosition) -> Option<Finding> {
    let towards = position.actor.as_ref();
    if towards.is_some_and(|actor| !actor.lineage.contains(&engagement.actor.lineage)) {
        return None;
    }
    let (window, places, below) = match part {
        Part::Ask(ask) => (ask.window, &ask.places, ask_below(ask, position)),
        Part::Demand(demand) => (demand.window, &demand.places, answer_below(demand, position)),
    };
    let meets = window.meets(&position.window, 0) && places.intersect(&position.places);
    if below.is_empty() || !meets {
        return None;
    }
    let actor = towards.unwrap_or(&engagement.actor);
    let mut because = below;
    because.extend(because::meeting(
        (&engagement.actor, actor),
        (places, &position.places),
        (window, position.window),
    ));
    Some(Finding { severity: Severity::High, because })
}

fn ask_below(ask: &Ask, position: &CommonPosition) -> Vec<Reason> {
    if !ask.issue.is_related(position.issue) {
        return Vec::new();
    }
    let action = position
        .excludes_actions
        .contains(&ask.action)
        .then(|| Reason::new(ReasonCode::ExcludedAction, [("action", because::code(ask.action))]));
    let offer = position
        .excludes_offers
        .contains(&ask.offer)
        .then(|| Reason::new(ReasonCode::ExcludedOffer, [("offer", because::code(ask.offer))]));
    let terms = ask.terms.iter().filter(|(term, value)| {
        position.excludes_terms.get(term).is_some_and(|excluded| excluded.contains(value))
    });
    let term = |(term, value): (&Term, &crate::document::TermValue)| {
        let details = [("term", because::code(*term)), ("value", Detail::Value(value.clone()))];
        Reason::new(ReasonCode::ExcludedTerm, details)
    };
    action.into_iter().chain(offer).chain(terms.map(term)).collect()
}

fn answer_below(demand: &Demand, position: &CommonPosition) -> Vec<Reason> {
    let refused = position.refuses_demands.contains(&demand.kind)
        && demand.response.side() == Side::Accepting;
    let details = || [("demand", because::code(demand.kind))];
    refused.then(|| Reason::new(ReasonCode::RefusedDemand, details())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, demand, flags, line, thing};

    #[test]
    fn an_excluded_offer_term_or_action_and_a_refused_demand_fall_below() {
        let position = thing("common_positions", "p1")
            .with("issue", "access")
            .with("excludes_offers", ["payment"])
            .with("excludes_actions", ["provide_escort"])
            .with("refuses_demands", ["fee"]);
        let low = [
            ask("a1", "access.movement", "allow_passage").with("offer", "payment"),
            ask("a2", "access.security.escorts", "provide_escort"),
            ask("a3", "access.movement", "allow_passage"),
        ];
        let line = line("e1", "ingo-a", low).demands([demand("d1", "fee", "accepted")]);
        let found =
            ["a1 p1", "a2 p1", "d1 p1"].map(|at| format!("below_common_position high {at}"));
        assert_eq!(flags([&position, &line]), found);
    }

    #[test]
    fn an_unrelated_issue_another_place_or_the_day_after_does_not() {
        let position = thing("common_positions", "p1")
            .with("issue", "access.security")
            .with("excludes_offers", ["payment"])
            .with("places", ["koch"])
            .with("until", "2026-01-31");
        let pays = |issue| ask("a1", issue, "guarantee_safety").with("offer", "payment");
        let there = line("e1", "ingo-a", [pays("access.security.staff")])
            .with("places", ["koch"])
            .with("from", "2026-01-31");
        assert_eq!(flags([&position, &there]), ["below_common_position high a1 p1"]);
        assert_eq!(flags([&position, &there.with("from", "2026-02-01")]), [""; 0]);
        assert_eq!(flags([&position, &there.with("places", ["leer"])]), [""; 0]);
        let unrelated = line("e1", "ingo-a", [pays("access.movement")]).with("from", "2026-01-31");
        assert_eq!(flags([&position, &unrelated.with("places", ["koch"])]), [""; 0]);
    }
}
