//! `concession`: one trades where another does not.

use super::{Check, Finding, Lines, Rule, because};
use crate::{
    facts::{Ask, Engagement},
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::Concession,
    class: FlagClass::Conflict,
    title: "One organisation gives something in return where another does not",
    holds_when: "Two live engagements that meet, of organisations that differ and are not \
                 coordinated, have live asks on related issues, of which one offers something or \
                 works by quid pro quo and the other does neither. It is high for a payment.",
    why: "What one gives becomes what the armed actor expects of everybody.",
    settled_by: "The organisations agree whether anything is offered, what, and by whom; best in \
                 a common position.",
    check: Check::Lines(check),
};

fn trades(engagement: &Engagement, ask: &Ask) -> bool {
    engagement.trades || !ask.offer.is_none()
}

fn check(lines: &Lines<'_>) -> Option<Finding> {
    let severity = |ask: &Ask| match ask.offer.is_payment() {
        true => Severity::High,
        false => Severity::Medium,
    };
    let traded = lines.asks().filter(super::Asks::are_related).filter_map(|asks| {
        let (first, second) = (asks.first, asks.second);
        match (trades(lines.first, first), trades(lines.second, second)) {
            (true, false) => Some((first, second)),
            (false, true) => Some((second, first)),
            _ => None,
        }
    });
    let (trading, plain) = traded.min_by_key(|(trading, _)| severity(trading))?;
    let issue = ("issue", because::code(trading.issue));
    let mut because = vec![
        match trading.offer.is_none() {
            true => Reason::new(ReasonCode::TradesByApproach, [issue]),
            false => {
                Reason::new(ReasonCode::Trades, [issue, ("offer", because::code(trading.offer))])
            }
        },
        Reason::new(ReasonCode::AsksPlainly, [("issue", because::code(plain.issue))]),
    ];
    because.extend(because::lines_meet(lines));
    because.push(because::not_coordinated(lines));
    Some(Finding { severity: severity(trading), because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags_of, line};

    #[test]
    fn paying_where_another_does_not_is_high_and_another_offer_medium() {
        let passage = |key| ask(key, "access.movement.checkpoints", "allow_passage");
        let plain = line("e2", "ingo-b", [passage("a2")]);
        let offering = |offer| line("e1", "ingo-a", [passage("a1").with("offer", offer)]);
        let found = |offer| flags_of("concession", [&offering(offer), &plain]);
        assert_eq!(found("payment"), ["concession high e1 e2"]);
        assert_eq!(found("service"), ["concession medium e1 e2"]);
        assert_eq!(found("none"), [""; 0]);
    }

    #[test]
    fn working_by_quid_pro_quo_trades_and_two_that_trade_do_not_differ() {
        let passage = |key| ask(key, "access.movement.checkpoints", "allow_passage");
        let barters = line("e1", "ingo-a", [passage("a1")]).with("approaches", ["quid_pro_quo"]);
        let plain = line("e2", "ingo-b", [passage("a2")]);
        assert_eq!(flags_of("concession", [&barters, &plain]), ["concession medium e1 e2"]);
        let too = plain.with("approaches", ["quid_pro_quo"]);
        assert_eq!(flags_of("concession", [&barters, &too]), [""; 0]);
    }
}
