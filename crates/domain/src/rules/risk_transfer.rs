//! `risk_transfer`: an intermediary who carries the risk.

use super::{Check, Finding, Register, Rule, because};
use crate::{
    facts::Engagement,
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::RiskTransfer,
    class: FlagClass::Process,
    title: "An intermediary may be carrying the risk of this line",
    holds_when: "A live engagement goes through an intermediary who is less protected than those \
                 who send them, without their consent in force or without the risk to them having \
                 been assessed. It is high for a member of the community.",
    why: "Who carries a message is easily taken for its author, and stays when the senders leave.",
    settled_by: "The risk is assessed with the intermediary, their consent is asked and can be \
                 taken back, or another way is found.",
    check: Check::Line(check),
};

fn check(register: &Register<'_>, engagement: &Engagement) -> Option<Finding> {
    let via = engagement.via.as_ref().filter(|via| via.kind.is_less_protected())?;
    let ended = register.facts.as_of.zip(via.consent_until).is_some_and(|(day, until)| until < day);
    let consent = via.consent && !ended;
    if consent && via.risk_assessed {
        return None;
    }
    let mut because =
        vec![Reason::new(ReasonCode::LessProtected, [("kind", because::code(via.kind))])];
    if !consent {
        because.push(Reason::new(ReasonCode::NoConsent, []));
    }
    if !via.risk_assessed {
        because.push(Reason::new(ReasonCode::NotAssessed, []));
    }
    let severity = if via.kind.is_community_member() { Severity::High } else { Severity::Medium };
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::story::{flags, line};

    #[test]
    fn a_villager_is_high_and_a_trader_medium_unless_willing_and_assessed() {
        let via = |kind: &str, consent: bool, risk_assessed: bool| {
            let via = json!({"kind": kind, "consent": consent, "risk_assessed": risk_assessed});
            flags([&line("e1", "ingo-a", []).with("via", via)])
        };
        assert_eq!(via("community_member", true, false), ["risk_transfer high e1"]);
        assert_eq!(via("business_person", false, true), ["risk_transfer medium e1"]);
        assert_eq!(via("community_member", true, true), [""; 0]);
        assert_eq!(via("diplomat", false, false), [""; 0]);
    }

    #[test]
    fn a_consent_that_has_ended_is_none() {
        let via = json!({"kind": "community_leader", "consent": true, "risk_assessed": true});
        let line = line("e1", "ingo-a", []).with("via", via);
        let until =
            |until: &str| line.with("consent", json!({"given": "2026-02-01", "until": until}));
        assert_eq!(flags([&until("2026-02-10").as_of("2026-02-10")]), [""; 0]);
        assert_eq!(flags([&until("2026-02-09").as_of("2026-02-10")]), ["risk_transfer medium e1"]);
    }
}
